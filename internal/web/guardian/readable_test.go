package guardian

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"obrady/internal/i18n"
)

func TestWhatProgramsKeepIsReadByPeople(t *testing.T) {
	for _, test := range []struct {
		name, kept string
		want       i18n.Text
	}{
		{"a text in two languages", `{"pl":"Zgłoszenie","en":"Registration"}`, i18n.Text{PL: "Zgłoszenie", EN: "Registration"}},
		{"a text in one language", `{"pl":"Zgłoszenie"}`, i18n.Both("Zgłoszenie")},
		{"paragraphs of a letter", `{"paragraphs":[{"text":"Dzień dobry."},{"text":"Do zobaczenia."}]}`, i18n.Both("Dzień dobry. Do zobaczenia.")},
		{"what somebody was told, by identifier", `[{"clause":"01a2063d-32bd-7000-8000-000000000001","version":2}]`, i18n.Both("2")},
		{"a list", `["hours","seats"]`, i18n.Both("hours, seats")},
		{"nothing", `{"a":"","b":[],"c":null,"d":false}`, i18n.Text{}},
		{"no JSON at all", `{"pl":`, i18n.Text{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := flowing([]byte(test.kept)); got != test.want {
				t.Errorf("flowing = %+v, want %+v", got, test.want)
			}
		})
	}
}

// Whatever is written into the journal has a name that the readers of the log understand.
func TestTheLogNamesEverythingThatIsDone(t *testing.T) {
	said, err := Locale.ReadFile("locale/pl.json")
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`Action: +"([a-z]+\.[a-z_]+)"`)
	found := 0
	err = filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "web"+string(filepath.Separator)) {
			return err
		}
		source, err := os.ReadFile(name)
		for _, match := range written.FindAllSubmatch(source, -1) {
			found++
			if !strings.Contains(string(said), `"guardian.action.`+string(match[1])+`"`) {
				t.Errorf("%s writes %s, which the log has no name for", name, match[1])
			}
		}
		return err
	})
	if err != nil || found < 40 {
		t.Errorf("%d actions were found in the house (%v), want those of every package", found, err)
	}
}
