package export_test

import (
	"testing"
	"time"

	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// sample is a small congress with one of everything that files find hard: a
// kaleidoscope, a night that ends after midnight, a shared place, a session
// given twice, a cancelled one, a draft and one without hours.
type sample struct {
	congress
	edition edition.Edition
	block   programme.Block
	stage   programme.Stage
	hall    timetable.Place
	net     timetable.Place
	anna    people.Person
	jan     people.Person
}

// must ends the test if what the house did went wrong.
func must[T any](t testing.TB) func(v T, err error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newSample(t testing.TB, c congress) sample {
	t.Helper()
	ctx := t.Context()
	s := sample{congress: c}
	s.edition = must[edition.Edition](t)(c.edition.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Number: 3, Name: i18n.Text{PL: "III Kongres", EN: "3rd Congress"}, City: i18n.Both("Katowice"),
		Venue: i18n.Both("MCK"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.Hybrid, Public: true,
	}))
	of := s.edition.ID
	s.block = must[programme.Block](t)(c.programme.SaveBlock(ctx, "desk", programme.Block{
		Edition: of, Slug: "kalejdoskopy", Kind: programme.Kaleidoscopes, Mark: "K", Colour: 3,
		Name: i18n.Text{PL: "Kalejdoskopy", EN: "Kaleidoscopes"},
	}))
	s.stage = must[programme.Stage](t)(c.programme.SaveStage(ctx, "desk", programme.Stage{
		Edition: of, Slug: "metropolia", Mark: "M", Colour: 5, Name: i18n.Text{PL: "Scena Metropolia"},
	}))
	s.hall = must[timetable.Place](t)(c.timetable.SavePlace(ctx, "desk", timetable.Place{
		Edition: of, Slug: "sala-1", Kind: timetable.Hall, Name: i18n.Text{PL: "Sala 1", EN: "Hall 1"}, Capacity: 100, Position: 1,
	}))
	s.net = must[timetable.Place](t)(c.timetable.SavePlace(ctx, "desk", timetable.Place{
		Edition: of, Slug: "online", Kind: timetable.OnlineHub, Name: i18n.Both("Platforma"), Shared: true, Position: 2,
	}))
	s.anna = must[people.Person](t)(c.people.SavePerson(ctx, "desk", people.Person{Slug: "anna-nowak", Name: "Anna Nowak"}))
	s.jan = must[people.Person](t)(c.people.SavePerson(ctx, "desk", people.Person{Slug: "jan-zolw", Name: "Jan Żółw"}))
	s.fill(t)
	return s
}

// at is a moment of the congress: the day of June 2021 and the hour there.
func at(t testing.TB, day, hour, minute int) time.Time {
	return time.Date(2021, 6, day, hour, minute, 0, 0, warsaw(t))
}

// add saves a session with defaults filled in, and its slots.
func (s sample) add(t testing.TB, n programme.Session, slots ...timetable.Slot) {
	t.Helper()
	n.Edition, n.Block, n.Form = s.edition.ID, s.block.ID, edition.OnSite
	if n.Status == "" {
		n.Status = programme.Ready
	}
	if n.Format == "" {
		n.Format = programme.Panel
	}
	n = must[programme.Session](t)(s.programme.SaveSession(t.Context(), "desk", n))
	for _, slot := range slots {
		slot.Session = n.ID
		must[timetable.Slot](t)(s.timetable.SaveSlot(t.Context(), "desk", slot))
	}
}

func (s sample) fill(t testing.TB) {
	t.Helper()
	by := func(p people.Person) []programme.Appearance {
		return []programme.Appearance{{Person: p.ID, Role: programme.Speaker}}
	}
	s.add(t, programme.Session{
		Slug: "miasto-zielone", Title: i18n.Text{PL: "Miasto zielone; czyli „drzewa”", EN: "A green city, </script> & trees"},
		Lead: i18n.Text{PL: "O cieniu, wodzie i zieleni w mieście."}, Body: i18n.Text{PL: "Wiersz *pierwszy*.\n\nWiersz drugi."},
		Languages: []string{"pl", "en"}, Stage: s.stage.ID, Recording: programme.NotRecorded, Capacity: 80,
		People: []programme.Appearance{
			{Person: s.anna.ID, Role: programme.Moderator, Affiliation: i18n.Text{PL: "Miasto Łódź", EN: "City of Łódź"}},
			{Person: s.jan.ID, Role: programme.Speaker},
		},
		Links: []programme.Link{{Kind: programme.Material, Title: i18n.Both("Slajdy"), URL: "https://example.org/a.pdf"}},
	}, timetable.Slot{Place: s.hall.ID, Start: at(t, 7, 9, 0), End: at(t, 7, 10, 30)})
	s.add(t, programme.Session{
		Slug: "kalejdoskop", Title: i18n.Both("Kalejdoskop 1"), Format: programme.Kaleidoscope,
		Segments: []programme.Segment{
			{Kind: programme.Talk, Cycle: 1, Title: i18n.Both("Wystąpienie pierwsze"), Minutes: 6, People: by(s.anna)},
			{Kind: programme.Talk, Cycle: 1, Title: i18n.Both("Wystąpienie drugie"), Minutes: 6, People: by(s.jan)},
			{Kind: programme.Discussion, Cycle: 1, Minutes: 18},
			{Kind: programme.Pause, Minutes: 10},
		},
	}, timetable.Slot{Place: s.hall.ID, Start: at(t, 7, 11, 0), End: at(t, 7, 11, 40)})
	s.add(t, programme.Session{Slug: "noc-wtop", Title: i18n.Both("Noc wtop"), Format: programme.FailPanel},
		timetable.Slot{Place: s.hall.ID, Start: at(t, 7, 22, 0), End: at(t, 8, 0, 0)},
		timetable.Slot{Place: s.hall.ID, Start: at(t, 8, 0, 30), End: at(t, 8, 1, 30)})
	for _, slug := range []string{"stol-1", "stol-2"} {
		s.add(t, programme.Session{Slug: slug, Title: i18n.Both("Rozmowy: " + slug), Format: programme.NetworkingMeet},
			timetable.Slot{Place: s.net.ID, Start: at(t, 8, 10, 0), End: at(t, 8, 11, 0)})
	}
	s.add(t, programme.Session{
		Slug: "odwolana", Title: i18n.Both("Sesja odwołana"), Status: programme.Cancelled, Reason: i18n.Text{PL: "Choroba prelegentki."},
	}, timetable.Slot{Place: s.hall.ID, Start: at(t, 8, 12, 0), End: at(t, 8, 13, 0)})
	s.add(t, programme.Session{Slug: "szkic", Title: i18n.Both("Szkic"), Status: programme.Draft},
		timetable.Slot{Place: s.hall.ID, Start: at(t, 8, 14, 0), End: at(t, 8, 15, 0)})
	s.add(t, programme.Session{Slug: "bez-terminu", Title: i18n.Both("Bez terminu")})
}

// edit saves other facts of the edition.
func (s sample) edit(t testing.TB, e edition.Edition) (any, error) {
	t.Helper()
	return s.congress.edition.Save(t.Context(), "desk", e)
}

// web is where the sample's pages stand.
type web struct{}

func (web) Home() string { return "https://kongres.example" }

func (web) Edition(lang i18n.Lang, edition string) string {
	return "https://kongres.example/" + string(lang) + "/" + edition
}

func (w web) Session(lang i18n.Lang, edition, session string) string {
	return w.Edition(lang, edition) + "/sesje/" + session
}

func (web) File(edition, name string) string {
	return "https://kongres.example/" + edition + "/" + name
}

func order(t testing.TB, release timetable.Release) export.Order {
	return export.Order{Words: words(t, i18n.Polish), Release: release, Addresses: web{}}
}
