package timetable

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// announce puts a person into the session of h, with a name in every place that can hold one.
func (h *hosted) announce(t *testing.T, p *people.Service, name string) people.Person {
	t.Helper()
	office, err := p.SaveInstitution(t.Context(), "desk", people.Institution{
		Slug: "urzad", Name: i18n.Both("Urząd"), Sector: people.LocalGovernment,
	})
	if err != nil {
		t.Fatal(err)
	}
	person, err := p.SavePerson(t.Context(), "desk", people.Person{
		Slug: "zofia-kanarek", Name: name, Bio: i18n.Text{PL: "kanarek-bio", EN: "kanarek-bio-en"}, Origin: "kpm2021:kanarek-key",
		Affiliations: []people.Affiliation{{Institution: office.ID, Title: i18n.Both("kanarek-title")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{
		"Event": map[string]any{
			"GUID": "e1", "ID": 12345678901234567, "Title": "Spotkanie", "Abstract": "prowadzi " + name,
			"Persons": []any{
				map[string]any{"GUID": "kanarek-key", "Name": name, "Extra": map[string]string{"biography": "kanarek-told"}},
				map[string]any{"GUID": "other", "Name": "Inny Człowiek"},
			},
		},
		"Known": map[string]string{"kanarek-key": name, "other": "Inny Człowiek"},
	})
	if err != nil {
		t.Fatal(err)
	}
	shown := programme.Appearance{Person: person.ID, Role: programme.Speaker, Affiliation: i18n.Both("kanarek-printed")}
	h.session.People = []programme.Appearance{shown}
	h.session.Segments[0].People = []programme.Appearance{shown}
	h.session.Origin = programme.Origin{Source: "kpm2021", Fields: map[string]string{"event": string(event)}}
	if h.session, err = h.programme.SaveSession(t.Context(), "desk", h.session); err != nil {
		t.Fatal(err)
	}
	return person
}

// documents is everything that the releases say, unpacked.
func documents(t *testing.T, d *db.DB) string {
	t.Helper()
	packed, err := db.Collect(func(row db.Scanner) (all []byte, err error) {
		return all, row.Scan(&all)
	})(d.Query(t.Context(), `SELECT document FROM release`))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := db.Collect(func(row db.Scanner) (all string, err error) {
		return all, row.Scan(&all)
	})(d.Query(t.Context(), `SELECT changes FROM release`))
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(lists, "\n")
	for _, one := range packed {
		zip, err := gzip.NewReader(strings.NewReader(string(one)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(zip)
		if err != nil {
			t.Fatal(err)
		}
		said += string(text)
	}
	return said
}

var traces = []string{"Kanarek", "kanarek", "Zofia"}

func TestAnErasureReachesEveryRelease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h, register := host(t, d), people.NewService(d, atNoon)
		h.publish(t, "Zero")
		person := h.announce(t, register, "Zofia Kanarek")
		first := h.publish(t, "Pierwsze")
		person.Name, person.SortName = "Zofia Kanarek-Nowa", ""
		person, err := register.SavePerson(t.Context(), "desk", person)
		if err != nil {
			t.Fatal(err)
		}
		second := h.publish(t, "Drugie")
		if !strings.Contains(documents(t, d), "Kanarek-Nowa") {
			t.Fatal("before the erasure no release names the person; the test proves nothing")
		}
		shown, err := h.Published(t.Context(), first.ID)
		if err != nil || shown.Person(person.ID).Name != "Zofia Kanarek" {
			t.Fatalf("the first release shows %v, %v", shown.Person(person.ID), err)
		}
		other := NewService(d, atNoon) // another instance, which has read it too
		if _, err := other.Published(t.Context(), second.ID); err != nil {
			t.Fatal(err)
		}

		subject := people.Subject{Person: person.ID}
		outcomes := erase(t, d, subject)
		if len(outcomes) == 0 || outcomes[0].Gone != 2 {
			t.Errorf("Erase = %+v, want two releases rewritten", outcomes)
		}

		said := documents(t, d)
		for _, trace := range traces {
			if strings.Contains(said, trace) {
				t.Errorf("after the erasure the releases still say %q", trace)
			}
		}
		if !strings.Contains(said, "Inny Człowiek") || !strings.Contains(said, "12345678901234567") {
			t.Error("the erasure took out what the file tells of others")
		}
		for name, service := range map[string]*Service{"this": h.Service, "the other": other} {
			x, err := service.Published(t.Context(), second.ID)
			if err != nil || x.Person(person.ID).Name != people.ErasedName {
				t.Errorf("%s instance shows %v, %v, want the neutral mark", name, x.Person(person.ID), err)
			}
		}
		if faults, err := CheckStored(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("CheckStored = %v, %v, want no fault", faults, err)
		}
		checkNoted(t, d, second)
		if again := erase(t, d, subject); again[0].Gone != 0 {
			t.Errorf("erasing again rewrote %d releases, want none", again[0].Gone)
		}
	})
}

func erase(t *testing.T, d *db.DB, s people.Subject) (outcomes []people.Outcome) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
		for _, part := range []func(context.Context, *db.Tx) ([]people.Outcome, error){
			func(ctx context.Context, tx *db.Tx) ([]people.Outcome, error) { return Erase(ctx, tx, s, atNoon()) },
			func(ctx context.Context, tx *db.Tx) ([]people.Outcome, error) {
				return programme.Erase(ctx, tx, s, atNoon())
			},
			func(ctx context.Context, tx *db.Tx) ([]people.Outcome, error) {
				return people.Erase(ctx, tx, s, atNoon())
			},
		} {
			some, err := part(t.Context(), tx)
			if err != nil {
				return err
			}
			outcomes = append(outcomes, some...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// checkNoted expects the old and the new hash of the release in the journal.
func checkNoted(t *testing.T, d *db.DB, r Release) {
	t.Helper()
	entries, err := journal.Entries(t.Context(), d, journal.Filter{Object: string(r.ID)})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e journal.Entry) bool { return e.Action == "timetable.release_redacted" })
	if i < 0 {
		t.Fatalf("the journal says nothing of the rewriting: %v", entries)
	}
	var told struct{ Was, Is string }
	detail, _ := entries[i].Detail.(json.RawMessage)
	if err := json.Unmarshal(detail, &told); err != nil {
		t.Fatal(err)
	}
	var now string
	if err := d.QueryRow(t.Context(), `SELECT hash FROM release WHERE id = $1`, r.ID).Scan(&now); err != nil {
		t.Fatal(err)
	}
	if told.Was != r.Hash || told.Is != now || now == r.Hash {
		t.Errorf("the journal notes %+v, want %s and then %s", told, r.Hash, now)
	}
}

func TestTheSubjectReadsInWhichReleasesItStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := host(t, d)
		person := h.announce(t, people.NewService(d, atNoon), "Zofia Kanarek")
		h.publish(t, "Pierwsze")
		for subject, want := range map[people.PersonID]int{person.ID: 1, "somebody-else": 0} {
			got, err := Collect(t.Context(), d, people.Subject{Person: subject})
			if err != nil || len(got.Rows) != want {
				t.Errorf("Collect of %s = %v, %v, want %d releases", subject, got.Rows, err, want)
			}
		}
	})
}
