package programme

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// world is an edition with one block, one institution, one person and a theme.
type world struct {
	*Service
	edition edition.Edition
	block   Block
	person  people.Person
	body    people.Institution
	term    edition.TermID
}

func makeWorld(t *testing.T, d *db.DB) world {
	t.Helper()
	w := world{Service: NewService(d, atNoon)}
	ctx := t.Context()
	var err error
	must := func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.edition, err = edition.NewService(d, atNoon).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Number: 3, Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	must()
	taxonomy, err := edition.NewService(d, atNoon).SaveTaxonomy(ctx, "desk", edition.Taxonomy{
		Edition: w.edition.ID, Kind: edition.Theme, Name: i18n.Both("Obszary"), Version: 1,
		Terms: []edition.Term{{Slug: "transport", Name: i18n.Both("Transport"), Since: 1}},
	})
	must()
	w.term = taxonomy.Terms[0].ID
	w.person, err = people.NewService(d, atNoon).SavePerson(ctx, "desk", people.Person{Slug: "jan", Name: "Jan Przykład"})
	must()
	w.body, err = people.NewService(d, atNoon).SaveInstitution(ctx, "desk", people.Institution{
		Slug: "gzm", Name: i18n.Both("GZM"), Sector: people.LocalGovernment,
	})
	must()
	w.block, err = w.SaveBlock(ctx, "desk", Block{
		Edition: w.edition.ID, Slug: "warsztaty", Kind: Workshops, Mark: "W", Colour: 3, Name: i18n.Both("Warsztaty"),
		Credits: []edition.Credit{{Institution: w.body.ID, Role: edition.Organiser}},
	})
	must()
	return w
}

func (w world) session(slug string) Session {
	return Session{
		Edition: w.edition.ID, Slug: slug, Block: w.block.ID, Title: i18n.Text{PL: "Żółty jeż", ENState: i18n.Draft},
		Format: Workshop, Form: edition.OnSite, Status: Ready, Languages: []string{"pl"}, Capacity: 25, Entry: FirstCome,
		Terms: []edition.TermID{w.term}, Credits: []edition.Credit{{Institution: w.body.ID, Role: edition.Partner}},
		People: []Appearance{{Person: w.person.ID, Role: Host, Affiliation: i18n.Both("GZM")}},
		Segments: []Segment{
			{Kind: Talk, Title: i18n.Text{PL: "pierwsze"}, Minutes: 4, Cycle: 1}, {Kind: Discussion, Minutes: 10, Cycle: 1, People: []Appearance{{Person: w.person.ID, Role: Moderator}}},
		},
		Links: []Link{{Kind: Material, Title: i18n.Both("Slajdy"), URL: "https://example.org/slajdy"}},
	}
}

func TestSessionComesBackAsItWent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		saved, err := w.SaveSession(t.Context(), "desk", w.session("jez"))
		if err != nil {
			t.Fatal(err)
		}
		later := w.session("jez-2")
		later.Follows, later.Parent = []SessionID{saved.ID}, saved.ID
		want, err := w.SaveSession(t.Context(), "desk", later)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Session(t.Context(), w.edition.ID, "jez-2")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the session came back changed (-went +came):\n%s", diff)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

// Two editors open the same session; the one who saves second must look again.
func TestTheSecondEditorLooksAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		saved, err := w.SaveSession(t.Context(), "desk", w.session("jez"))
		if err != nil {
			t.Fatal(err)
		}
		first, second := saved, saved
		first.Title.PL, second.Title.PL = "Pierwsza", "Druga"
		if _, err := w.SaveSession(t.Context(), "ada", first); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SaveSession(t.Context(), "jan", second); !errors.Is(err, ErrChanged) {
			t.Errorf("the second save: %v, want ErrChanged", err)
		}
		got, err := w.Session(t.Context(), w.edition.ID, "jez")
		if err != nil || got.Title.PL != "Pierwsza" {
			t.Errorf("the session says %q, %v, want what the first editor wrote", got.Title.PL, err)
		}
	})
}

func TestSaveSessionsIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		bad := w.session("zly")
		bad.Title = i18n.Text{}
		_, err := w.SaveSessions(t.Context(), "desk", []Session{w.session("dobry"), bad})
		if errs.KindOf(err) != errs.Invalid {
			t.Errorf("SaveSessions = %v, want it refused as invalid", err)
		}
		content, err := w.Content(t.Context(), w.edition.ID)
		if err != nil || len(content.Sessions) != 0 {
			t.Errorf("%d sessions are there, %v, want none", len(content.Sessions), err)
		}
	})
}

func TestBlocksDoNotGoInCircles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		inner, err := w.SaveBlock(t.Context(), "desk", Block{
			Edition: w.edition.ID, Slug: "w-srodku", Parent: w.block.ID, Kind: General, Mark: "G", Colour: 1, Name: i18n.Both("W środku"),
		})
		if err != nil {
			t.Fatal(err)
		}
		outer := w.block
		outer.Parent = inner.ID
		_, err = w.SaveBlock(t.Context(), "desk", outer)
		var wrong errs.Problems
		if !errors.As(err, &wrong) || wrong.Of("parent") == nil {
			t.Errorf("a circle of blocks: %v, want a problem with parent", err)
		}
	})
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		saved, err := w.SaveSession(t.Context(), "desk", w.session("jez"))
		if err != nil {
			t.Fatal(err)
		}
		again := w.session("jez")
		if _, err := w.SaveSession(t.Context(), "desk", again); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an address that is taken: %v, want it refused as invalid", err)
		}
		stray := w.session("obcy")
		stray.People[0].Person = "nobody"
		if _, err := w.SaveSession(t.Context(), "desk", stray); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a person who is not there: %v, want it refused as invalid", err)
		}
		if _, err := w.Session(t.Context(), w.edition.ID, "nie-ma"); !errors.Is(err, ErrNoSession) {
			t.Errorf("an unknown session: %v, want ErrNoSession", err)
		}
		follower := w.session("nastepny")
		follower.Follows = []SessionID{saved.ID}
		if _, err := w.SaveSession(t.Context(), "desk", follower); err != nil {
			t.Fatal(err)
		}
		if err := w.RemoveSession(t.Context(), "desk", saved); !errors.Is(err, ErrInUse) {
			t.Errorf("removing what another session follows: %v, want ErrInUse", err)
		}
	})
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a session without a title":            `UPDATE session SET title = '{}'`,
		"a block inside itself":                `UPDATE block SET parent_id = (SELECT MAX(id) FROM block AS other WHERE other.id <> block.id)`,
		"a stage without a sign":               `UPDATE stage SET mark = ''`,
		"a person in a segment that has gone":  `UPDATE appearance SET segment_id = 'gone' WHERE segment_id <> ''`,
		"a session in another edition's block": `UPDATE session SET edition_id = (SELECT id FROM edition WHERE slug = 'inna')`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := makeWorld(t, d)
				other := w.edition
				other.ID, other.Slug, other.Revision = "", "inna", 0
				if _, err := edition.NewService(d, atNoon).Save(t.Context(), "desk", other); err != nil {
					t.Fatal(err)
				}
				if _, err := w.SaveBlock(t.Context(), "desk", Block{
					Edition: w.edition.ID, Slug: "drugi", Kind: General, Mark: "D", Colour: 1, Name: i18n.Both("Drugi"),
				}); err != nil {
					t.Fatal(err)
				}
				if _, err := w.SaveStage(t.Context(), "desk", Stage{
					Edition: w.edition.ID, Slug: "scena", Mark: "S", Colour: 1, Name: i18n.Both("Scena"),
				}); err != nil {
					t.Fatal(err)
				}
				if _, err := w.SaveSession(t.Context(), "desk", w.session("jez")); err != nil {
					t.Fatal(err)
				}
				if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
					t.Fatalf("before the damage Check = %v, %v, want no fault", faults, err)
				}
				if _, err := d.Exec(t.Context(), damage); err != nil {
					t.Fatal(err)
				}
				if faults, err := Check(t.Context(), d); err != nil || len(faults) == 0 {
					t.Errorf("Check = %v, %v, want the damage found", faults, err)
				}
			})
		})
	}
}

func TestNothingStandsOnAPartOfAnotherEdition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := makeWorld(t, d)
		other, err := edition.NewService(d, atNoon).Save(t.Context(), "desk", edition.Edition{
			Slug: "kpm-2023", Number: 4, Name: i18n.Both("Kongres"), StartsOn: "2023-06-07", EndsOn: "2023-06-08",
			TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
		})
		if err != nil {
			t.Fatal(err)
		}
		block := Block{Edition: other.ID, Slug: "blok", Kind: General, Mark: "X", Colour: 1, Name: i18n.Both("Blok"), Parent: w.block.ID}
		_, inBlock := w.SaveBlock(t.Context(), "desk", block)
		_, onStage := w.SaveStage(t.Context(), "desk", Stage{Edition: other.ID, Slug: "scena", Mark: "S", Colour: 1, Name: i18n.Both("Scena"), Block: w.block.ID})
		_, asSession := w.SaveSession(t.Context(), "desk", Session{
			Edition: other.ID, Slug: "sesja", Block: w.block.ID, Title: i18n.Both("Sesja"), Format: Panel, Form: edition.OnSite, Status: Draft,
		})
		for what, err := range map[string]error{"a block": inBlock, "a stage": onStage, "a session": asSession} {
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s on a block of another edition = %v, want it refused", what, err)
			}
		}
	})
}
