package edition

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

func atNoon() time.Time { return time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC) }

func congress() Edition {
	return Edition{
		Slug: "kpm-2021", Number: 3, Name: i18n.Text{PL: "Kongres Polityki Miejskiej", EN: "Congress of Urban Policy"},
		City: i18n.Both("Katowice"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: Hybrid,
		Licence: "CC-BY-4.0", Sources: []string{"https://example.org/"}, Public: true,
	}
}

func save(t *testing.T, s *Service, e Edition) Edition {
	t.Helper()
	e, err := s.Save(t.Context(), "desk", e)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEditionComesBackAsItWent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, atNoon)
		office, err := people.NewService(d, atNoon).SaveInstitution(t.Context(), "desk", people.Institution{
			Slug: "irmir", Name: i18n.Both("IRMiR"), Sector: people.Science,
		})
		if err != nil {
			t.Fatal(err)
		}
		e := congress()
		e.Credits = []Credit{{Institution: office.ID, Role: Organiser}}
		want := save(t, s, e)
		got, err := s.Edition(t.Context(), "kpm-2021")
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("the edition came back changed, %v (-went +came):\n%s", err, diff)
		}
		want.Name.PL = "Nowa nazwa"
		if _, err := s.Save(t.Context(), "ada", want); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Save(t.Context(), "ola", want); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

func TestValidate(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(*Edition)
		field string
	}{
		{"a good one", func(*Edition) {}, ""},
		{"without a Polish name", func(e *Edition) { e.Name.PL = " " }, "name_pl"},
		{"that ends before it begins", func(e *Edition) { e.EndsOn = "2021-06-06" }, "ends_on"},
		{"that begins on a day that is not", func(e *Edition) { e.StartsOn = "2021-02-29" }, "starts_on"},
		{"that lasts two months", func(e *Edition) { e.EndsOn = "2021-08-08" }, "ends_on"},
		{"in a zone that nobody knows", func(e *Edition) { e.TimeZone = "Europe/Katowice" }, "time_zone"},
		{"in the zone of the machine", func(e *Edition) { e.TimeZone = "Local" }, "time_zone"},
		{"with blanks in the address", func(e *Edition) { e.Slug = "kpm 2021" }, "slug"},
		{"of an unknown form", func(e *Edition) { e.Form = "astral" }, "form"},
		{"below number nought", func(e *Edition) { e.Number = -1 }, "number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := congress()
			test.spoil(&e)
			err := e.Validate()
			var wrong errs.Problems
			errors.As(err, &wrong)
			if test.field == "" && err != nil || test.field != "" && wrong.Of(test.field) == nil {
				t.Errorf("Validate = %v, want a problem with %q", err, test.field)
			}
		})
	}
}

func TestRoman(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "I", 3: "III", 4: "IV", 9: "IX", 14: "XIV", 49: "XLIX", 88: "LXXXVIII"} {
		if got := (Edition{Number: n}).Roman(); got != want {
			t.Errorf("Roman of %d = %q, want %q", n, got, want)
		}
	}
}

func TestEveryWordingOfAPageIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, atNoon)
		e := save(t, s, congress())
		page := Page{Edition: e.ID, Slug: "regulamin", Kind: Legal, Title: i18n.Both("Regulamin"), Body: i18n.Both("Pierwszy")}
		page, err := s.SavePage(t.Context(), "desk", page)
		if err != nil {
			t.Fatal(err)
		}
		page.Body.PL = "Drugi"
		if page, err = s.SavePage(t.Context(), "desk", page); err != nil {
			t.Fatal(err)
		}
		versions, err := s.PageVersions(t.Context(), page.ID)
		if err != nil || len(versions) != 2 || versions[0].Body.PL != "Drugi" || versions[1].Body.PL != "Pierwszy" {
			t.Errorf("versions %+v, %v, want both wordings, the latest first", versions, err)
		}
		after, err := s.Edition(t.Context(), e.Slug)
		if err != nil || after.Revision != e.Revision+2 {
			t.Errorf("the edition has revision %d, %v, want %d so that its pages are made anew", after.Revision, err, e.Revision+2)
		}
	})
}

func TestTermsContinueEarlierOnes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, atNoon)
		e := save(t, s, congress())
		taxonomy, err := s.SaveTaxonomy(t.Context(), "desk", Taxonomy{
			Edition: e.ID, Kind: Theme, Name: i18n.Both("Obszary"), Version: 1,
			Terms: []Term{
				{Slug: "gospodarka", Name: i18n.Both("Gospodarka i rynek pracy"), Since: 1},
				{Slug: "transport", Name: i18n.Both("Transport"), Since: 1},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		taxonomy.Version = 2
		taxonomy.Terms[0].Until = 1
		taxonomy.Terms = append(taxonomy.Terms, Term{
			Slug: "rozwoj", Name: i18n.Both("Rozwój gospodarczy i rynek pracy"), Since: 2, Continues: taxonomy.Terms[0].ID,
		})
		if taxonomy, err = s.SaveTaxonomy(t.Context(), "desk", taxonomy); err != nil {
			t.Fatal(err)
		}
		all, err := s.Taxonomies(t.Context(), e.ID)
		if err != nil || len(all) != 1 || len(all[0].Terms) != 3 || len(all[0].Current()) != 2 {
			t.Fatalf("taxonomies %+v, %v, want three terms of which two hold", all, err)
		}
		taxonomy.Terms = taxonomy.Terms[1:]
		if _, err := s.SaveTaxonomy(t.Context(), "desk", taxonomy); !errors.Is(err, ErrTermInUse) {
			t.Errorf("leaving out a term that another continues: %v, want ErrTermInUse", err)
		}
	})
}

func TestLogos(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, atNoon)
		e := save(t, s, congress())
		logo, err := s.SaveLogo(t.Context(), "desk", Logo{Edition: e.ID, Role: Funder, Name: i18n.Both("Fundusz"), Image: []byte{1, 0, 255}, MediaType: "image/png"})
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Logos(t.Context(), e.ID)
		if diff := cmp.Diff([]Logo{logo}, all); err != nil || diff != "" {
			t.Errorf("the mark came back changed, %v (-went +came):\n%s", err, diff)
		}
		if err := s.RemoveLogo(t.Context(), "desk", e.ID, logo.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.RemoveLogo(t.Context(), "desk", e.ID, logo.ID); !errors.Is(err, ErrNoLogo) {
			t.Errorf("removing it twice: %v, want ErrNoLogo", err)
		}
	})
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"an edition in no zone":           `UPDATE edition SET time_zone = 'Nowhere/At_all'`,
		"a legal text changed in silence": `UPDATE edition_page SET body = '{"pl":"inne"}'`,
		"a term from a version to come":   `UPDATE term SET since = 9`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := NewService(d, atNoon)
				e := save(t, s, congress())
				if _, err := s.SavePage(t.Context(), "desk", Page{Edition: e.ID, Slug: "regulamin", Kind: Legal, Title: i18n.Both("R"), Body: i18n.Both("Tekst")}); err != nil {
					t.Fatal(err)
				}
				if _, err := s.SaveTaxonomy(t.Context(), "desk", Taxonomy{
					Edition: e.ID, Kind: Goal, Name: i18n.Both("Cele"), Version: 1, Terms: []Term{{Slug: "cel", Name: i18n.Both("Cel"), Since: 1}},
				}); err != nil {
					t.Fatal(err)
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
