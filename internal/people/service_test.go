package people

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/i18n"
)

var noon = time.Date(2021, 5, 20, 10, 0, 0, 0, time.UTC)

// clock is a time that a test can move on.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestPersonComesBackAsItWent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		office, err := s.SaveInstitution(t.Context(), "desk", Institution{
			Slug: "urzad", Name: i18n.Text{PL: "Urząd Miasta", EN: "City Office"}, Short: "UM", Sector: LocalGovernment,
			URL: "https://example.org/",
		})
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.SavePerson(t.Context(), "desk", Person{
			Slug: "lucja-zrebak", Name: "Łucja Źrebak", Bio: i18n.Text{PL: "Zajmuje się **zielenią**."},
			Affiliations: []Affiliation{{Institution: office.ID, Title: i18n.Both("Ogrodniczka miejska"), From: "2019-01-01"}},
			Origin:       "kpm2021:42",
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Person(t.Context(), "lucja-zrebak")
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("the person came back changed, %v (-went +came):\n%s", err, diff)
		}
		if got.SortName != "Źrebak Łucja" {
			t.Errorf("sorted under %q, want the family name first", got.SortName)
		}
		back, err := s.Institution(t.Context(), "urzad")
		if diff := cmp.Diff(office, back); err != nil || diff != "" {
			t.Errorf("the institution came back changed, %v (-went +came):\n%s", err, diff)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{"a person without a name", Person{Slug: "x"}.Validate(), "name"},
		{"a person under a Polish address", Person{Slug: "łucja", Name: "Łucja"}.Validate(), "slug"},
		{"work that ends before it begins", Person{Slug: "x", Name: "X", Affiliations: []Affiliation{{From: "2021-02-01", Until: "2021-01-01"}}}.Validate(), "affiliations"},
		{"an institution without a Polish name", Institution{Slug: "x", Sector: Civic}.Validate(), "name_pl"},
		{"an institution of no sector", Institution{Slug: "x", Name: i18n.Both("X")}.Validate(), "sector"},
		{"a script for an address", Institution{Slug: "x", Name: i18n.Both("X"), Sector: Civic, URL: "javascript:alert(1)"}.Validate(), "url"},
		{"an address with a password in it", Institution{Slug: "x", Name: i18n.Both("X"), Sector: Civic, URL: "https://a:b@example.org"}.Validate(), "url"},
	} {
		var wrong errs.Problems
		if !errors.As(test.err, &wrong) || wrong.Of(test.want) == nil {
			t.Errorf("%s: %v, want a problem with %s", test.name, test.err, test.want)
		}
	}
}

func TestConflicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		jan, err := s.SavePerson(t.Context(), "desk", Person{Slug: "jan", Name: "Jan"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.SavePerson(t.Context(), "desk", Person{Slug: "jan", Name: "Inny Jan"}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an address that is taken: %v, want it refused as invalid", err)
		}
		if _, err := s.SavePerson(t.Context(), "ada", jan); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SavePerson(t.Context(), "ola", jan); !errors.Is(err, ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		if _, err := s.Person(t.Context(), "nikt"); !errors.Is(err, ErrNoPerson) {
			t.Errorf("an unknown person: %v, want ErrNoPerson", err)
		}
	})
}

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &clock{noon}
		s := NewService(d, c.now)
		first, err := s.Invite(t.Context(), "ada@example.org", "Ada")
		if err != nil {
			t.Fatal(err)
		}
		second, err := s.Invite(t.Context(), "ada@example.org", "Ada Druga")
		if err != nil {
			t.Fatal(err)
		}
		account, err := s.SignIn(t.Context(), first)
		if err != nil || account.Name != "Ada" {
			t.Errorf("SignIn = %+v, %v, want the account under its first name", account, err)
		}
		if _, err := s.SignIn(t.Context(), first); !errors.Is(err, ErrLink) {
			t.Errorf("a link used twice: %v, want ErrLink", err)
		}
		c.at = noon.Add(LinkLife)
		if _, err := s.SignIn(t.Context(), second); !errors.Is(err, ErrLink) {
			t.Errorf("a link past its time: %v, want ErrLink", err)
		}
		if _, err := s.SignIn(t.Context(), "guess"); !errors.Is(err, ErrLink) {
			t.Errorf("a guess: %v, want ErrLink", err)
		}
	})
}

// Many browsers use one link in the same moment; it lets in exactly one.
func TestALinkLetsInOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := NewService(d, (&clock{noon}).now)
		token, err := s.Invite(t.Context(), "ada@example.org", "Ada")
		if err != nil {
			t.Fatal(err)
		}
		var in atomic.Int32
		var crowd sync.WaitGroup
		for range 20 {
			crowd.Go(func() {
				switch _, err := s.SignIn(t.Context(), token); {
				case err == nil:
					in.Add(1)
				case !errors.Is(err, ErrLink):
					t.Errorf("SignIn = %v, want ErrLink", err)
				}
			})
		}
		crowd.Wait()
		if in.Load() != 1 {
			t.Errorf("%d got in, want 1", in.Load())
		}
	})
}

func TestEmail(t *testing.T) {
	for in, want := range map[string]string{
		" Ada@Example.org ": "ada@example.org", "Jan Kowalski <jan@x.pl>": "jan@x.pl", "a@": "", "": "", "a@b\r\nBcc: c@d": "",
	} {
		if got, ok := Email(in); got != want || ok != (want != "") {
			t.Errorf("Email(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

// Each kind of damage is done behind the package's back and must be found.
func TestCheckFindsDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"a person without a name":         `UPDATE person SET name = ''`,
		"an institution without a sector": `UPDATE institution SET sector = 'none'`,
		"two institutions in a circle": `UPDATE institution SET part_of =
			(SELECT MAX(id) FROM institution AS other WHERE other.id <> institution.id)`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := NewService(d, (&clock{noon}).now)
				for _, slug := range []string{"jeden", "dwa"} {
					if _, err := s.SaveInstitution(t.Context(), "desk", Institution{Slug: slug, Name: i18n.Both(slug), Sector: Civic}); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := s.SavePerson(t.Context(), "desk", Person{Slug: "jan", Name: "Jan"}); err != nil {
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
