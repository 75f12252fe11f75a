package guardian

import (
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
