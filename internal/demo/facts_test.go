package demo

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/civil"
	"obrady/internal/programme"
)

// realItem is an entry of the public list of real programme items.
type realItem struct {
	ID       string     `json:"id"`
	Edition  string     `json:"edition"`
	Title    string     `json:"title"`
	Day      civil.Date `json:"day"`
	Start    string     `json:"start"`
	End      string     `json:"end"`
	Capacity int        `json:"capacity"`
	Language string     `json:"language"`
	Speakers []struct {
		Name string `json:"name"`
	} `json:"speakers"`
	Organisers []string `json:"organisers"`
	Talks      []struct {
		Speakers []struct {
			Name string `json:"name"`
		} `json:"speakers"`
	} `json:"talks"`
	Source []string `json:"source"`
}

// realEdition is an entry of the public list of editions.
type realEdition struct {
	ID     string     `json:"id"`
	No     string     `json:"no"`
	Name   string     `json:"name"`
	Start  civil.Date `json:"start"`
	End    civil.Date `json:"end"`
	City   string     `json:"city"`
	Venue  string     `json:"venue"`
	Mode   string     `json:"mode"`
	Motto  string     `json:"motto"`
	Source []string   `json:"source"`
}

// realItems returns the items of the list that belong to an edition.
func realItems(t *testing.T) []realItem {
	t.Helper()
	return slices.DeleteFunc(realFacts(t).Items, func(i realItem) bool { return i.Edition == "wuf11-2022" })
}

type realList struct {
	Editions []realEdition `json:"editions"`
	Items    []realItem    `json:"items"`
}

// realFacts reads the list, or skips the test where it is not at hand.
func realFacts(t *testing.T) (list realList) {
	t.Helper()
	folder := os.Getenv("OBRADY_SHARED")
	if folder == "" {
		folder = "../../../shared"
	}
	raw, err := os.ReadFile(filepath.Join(folder, "demo-data", "programme.json"))
	if err != nil {
		t.Skipf("the list of real items is not here: %v", err)
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryEditionIsKeptWithItsFacts(t *testing.T) {
	for _, want := range realFacts(t).Editions {
		file, err := read[editionFile](want.ID + "/edition.json")
		if err != nil {
			t.Fatal(err)
		}
		e := file.Edition
		got := realEdition{
			e.Slug, e.Roman(), e.Name.PL, e.StartsOn, e.EndsOn, e.City.PL, e.Venue.PL, string(e.Form), e.Motto.PL, e.Sources,
		}
		if want.Mode == "" && slices.Contains(e.Examples, "form") {
			want.Mode = got.Mode
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("edition %s (-want +got):\n%s", want.ID, diff)
		}
	}
}

// entries returns all session entries by the real item that they stand for.
func entries(t *testing.T) (byItem map[string][]sessionEntry, all []sessionEntry) {
	t.Helper()
	byItem = map[string][]sessionEntry{}
	for _, slug := range congresses {
		sessions, err := readSessions(slug)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sessions {
			byItem[s.Item] = append(byItem[s.Item], s)
		}
		all = append(all, sessions...)
	}
	return byItem, all
}

func TestEveryRealItemIsKeptWithItsFacts(t *testing.T) {
	byItem, _ := entries(t)
	for _, item := range realItems(t) {
		if item.ID == "2021-nup" { // the conference is a block
			continue
		}
		t.Run(item.ID, func(t *testing.T) {
			found := byItem[item.ID]
			if len(found) == 0 {
				t.Fatal("no session stands for it, want one")
			}
			for _, s := range found {
				if !strings.HasPrefix(s.Title.PL, item.Title) {
					t.Errorf("title = %q, want %q", s.Title.PL, item.Title)
				}
				if diff := cmp.Diff(item.Source, s.Sources); !containsAll(s.Sources, item.Source) {
					t.Errorf("sources (-want +got):\n%s", diff)
				}
				if s.Capacity != item.Capacity {
					t.Errorf("capacity = %d, want %d", s.Capacity, item.Capacity)
				}
				wantHours(t, item, s)
				if len(s.Languages) > 0 && item.Language == "" && !slices.Contains(s.Examples, "language") {
					t.Errorf("languages = %v, want them marked as an example", s.Languages)
				}
			}
		})
	}
}

func containsAll(all, some []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(all, one) })
}

// wantHours wants every hour that is known, and an example where the data
// have an hour that is not.
func wantHours(t *testing.T, item realItem, s sessionEntry) {
	t.Helper()
	for _, h := range s.Hours {
		if item.Day != "" && h.Day != item.Day {
			t.Errorf("day = %s, want %s", h.Day, item.Day)
		}
		if item.Start != "" && h.Start != item.Start {
			t.Errorf("start = %s, want %s", h.Start, item.Start)
		}
		if item.End != "" && h.End != item.End {
			t.Errorf("end = %s, want %s", h.End, item.End)
		}
		known := item.Day != "" && item.Start != "" && item.End != ""
		if marked := slices.Contains(s.Examples, "hours"); known == marked {
			t.Errorf("hours are marked as an example: %v, want %v", marked, !known)
		}
	}
	if item.Start != "" && len(s.Hours) == 0 {
		t.Errorf("no hours, want the start at %s", item.Start)
	}
}

func TestTheRealConferenceIsABlock(t *testing.T) {
	file, err := read[blocksFile](Main + "/blocks.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range realItems(t) {
		for _, b := range file.Blocks {
			if b.Item != "" && b.Item == item.ID && (b.Name.PL != item.Title || !containsAll(b.Sources, item.Source)) {
				t.Errorf("block %s = %q %v, want %q %v", b.Slug, b.Name.PL, b.Sources, item.Title, item.Source)
			}
		}
	}
}

func TestWhatNobodyReportedIsMarkedAsAnExample(t *testing.T) {
	_, all := entries(t)
	for _, s := range all {
		if s.Item == "" && !slices.Contains(s.Examples, "all") {
			t.Errorf("session %s: examples = %v, want all", s.Slug, s.Examples)
		}
	}
	places, err := readPlaces(Main)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range places.Places {
		if !slices.Contains(p.Examples, "name") {
			t.Errorf("place %s: examples = %v, want the name among them", p.Slug, p.Examples)
		}
	}
}

func TestRealPeopleStandOnlyWhereTheyStood(t *testing.T) {
	register, err := read[registerFile]("register.json")
	if err != nil {
		t.Fatal(err)
	}
	names, examples := map[string]string{}, map[string]bool{}
	for _, p := range register.Persons {
		names[p.Slug], examples[p.Slug] = p.Name, p.Example
	}
	named := map[string]string{} // everything that an item says of people
	for _, item := range realItems(t) {
		raw, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		named[item.ID] = string(raw)
	}
	_, all := entries(t)
	for _, s := range all {
		for _, person := range s.Everybody() {
			p := string(person)
			if !examples[p] && !strings.Contains(named[s.Item], names[p]) {
				t.Errorf("%s is in %s, want real people only in their own items", names[p], s.Slug)
			}
			if examples[p] && !markedPeople(s.Session) {
				t.Errorf("invented %s is in %s, want that marked", names[p], s.Slug)
			}
		}
	}
}

func markedPeople(s programme.Session) bool {
	return slices.Contains(s.Examples, "all") || slices.Contains(s.Examples, "people")
}

func TestInventedPeopleHoldNoRealOffice(t *testing.T) {
	register, err := read[registerFile]("register.json")
	if err != nil {
		t.Fatal(err)
	}
	invented := map[string]bool{}
	for _, i := range register.Institutions {
		invented[i.Slug] = i.Example
	}
	for _, p := range register.Persons {
		for _, a := range p.Affiliations {
			if invented[string(a.Institution)] != p.Example {
				t.Errorf("%s (invented: %v) works for %s (invented: %v), want both alike",
					p.Name, p.Example, a.Institution, invented[string(a.Institution)])
			}
		}
	}
}

func TestEveryTextIsInEnglishUnlessListed(t *testing.T) {
	var missing, machine []string
	walkTexts(t, "data", func(polish string, text map[string]any) {
		start, _, _ := strings.Cut(polish, " ")
		if text["en"] == nil {
			missing = append(missing, start)
		}
		if text["en_state"] == "machine" {
			machine = append(machine, start)
		}
	})
	// infoGZM and the URBACT transfer networks show how a page falls back to
	// Polish, the first NewUrbPact session how it owns up to a machine.
	slices.Sort(missing)
	if diff := cmp.Diff([]string{"Dobre", "Drugiego"}, missing); diff != "" {
		t.Errorf("texts without English (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Im"}, machine); diff != "" {
		t.Errorf("texts translated by a machine (-want +got):\n%s", diff)
	}
}

// walkTexts calls found with every text in two languages that the files hold.
func walkTexts(t *testing.T, folder string, found func(polish string, text map[string]any)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join(folder, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, deeper...) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var content any
		if err := json.Unmarshal(raw, &content); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		descend(content, found)
	}
}

func descend(value any, found func(string, map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, one := range value {
			descend(one, found)
		}
	case map[string]any:
		if polish, is := value["pl"].(string); is {
			found(polish, value)
			return
		}
		for _, one := range value {
			descend(one, found)
		}
	}
}
