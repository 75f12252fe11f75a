package privacy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"obrady/internal/people"
)

func say(t *testing.T, v any) []byte {
	t.Helper()
	said, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestABookSurvivesACrash(t *testing.T) {
	at := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	first, second := Stone{Case: "c-1", Number: 1, At: at, Person: "p-1"}, Stone{Case: "c-2", Number: 2, At: at, Account: "a-2"}
	line := string(say(t, first))
	for _, test := range []struct {
		name, content string
		want          []CaseID // before and after the second is added
		after         []CaseID
	}{
		{"no file", "", nil, []CaseID{"c-2"}},
		{"a whole line", line + "\n", []CaseID{"c-1"}, []CaseID{"c-1", "c-2"}},
		{"a line without its end", line, []CaseID{"c-1"}, []CaseID{"c-1", "c-2"}},
		{"half a line", line + "\n" + line[:20], []CaseID{"c-1"}, []CaseID{"c-1", "c-2"}},
		{"only half a line", line[:20], nil, []CaseID{"c-2"}},
		{"empty lines", "\n" + line + "\n\n", []CaseID{"c-1"}, []CaseID{"c-1", "c-2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "book")
			if test.content != "" {
				if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			book, err := OpenBook(path)
			if err != nil {
				t.Fatal(err)
			}
			checkBook(t, book, test.want)
			if err := book.Add(second); err != nil {
				t.Fatal(err)
			}
			checkBook(t, book, test.after)
		})
	}
}

func checkBook(t *testing.T, book *Book, want []CaseID) {
	t.Helper()
	got, err := book.Stones()
	if err != nil || len(got) != len(want) {
		t.Fatalf("the book has %+v, %v, want %v", got, err, want)
	}
	for i := range got {
		if got[i].Case != want[i] {
			t.Errorf("stone %d is of %s, want %s", i, got[i].Case, want[i])
		}
	}
}

func TestADamagedBookIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	good := string(say(t, Stone{Case: "c-1", Person: people.PersonID("p-1")}))
	for name, content := range map[string]string{
		"a torn line in the middle": good[:12] + "\n" + good + "\n",
		"a line of something else":  `{"name":"x"}` + "\n" + good + "\n",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenBook(path); err == nil {
			t.Errorf("%s: OpenBook = nil, want a refusal", name)
		}
	}
}

func TestOnlyTheOwnerReadsTheBook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book")
	book, err := OpenBook(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Add(Stone{Case: "c-1"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the book has mode %v, %v, want 0600", info.Mode(), err)
	}
}
