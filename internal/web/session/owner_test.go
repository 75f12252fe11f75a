package session

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/web"
)

var _ web.Owners = (*Store)(nil)

var noon = time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)

// house has two accounts; the first is signed in with a telephone and a desk, the second with a laptop.
func house(t *testing.T, d *db.DB) (s *Store, first, second people.AccountID) {
	t.Helper()
	s = NewStore(d, func() time.Time { return noon })
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		ada, err := people.OpenAccount(t.Context(), tx, people.Account{Email: "ada@example.org", CreatedAt: noon})
		if err != nil {
			return err
		}
		ola, err := people.OpenAccount(t.Context(), tx, people.Account{Email: "ola@example.org", CreatedAt: noon})
		first, second = ada.ID, ola.ID
		return err
	})
	for token, owner := range map[string]people.AccountID{"phone": first, "desk": first, "laptop": second} {
		if err == nil {
			err = s.Commit(token, []byte(token), noon.Add(24*time.Hour))
		}
		if err == nil {
			err = s.Own(t.Context(), token, string(owner), token, noon)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, first, second
}

func labels(t *testing.T, s *Store, of people.AccountID) (all []string) {
	t.Helper()
	list, err := s.List(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		all = append(all, one.Label)
	}
	return all
}

func TestSessionsAreListedAndEndedByTheirOwnerAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, ola := house(t, d)
		if got := labels(t, s, ada); len(got) != 2 {
			t.Fatalf("Ada sees %q, want two sessions", got)
		}
		if err := s.End(t.Context(), ada, s.Name("laptop")); !errors.Is(err, ErrNone) {
			t.Errorf("ending somebody else's session: %v, want ErrNone", err)
		}
		if err := s.End(t.Context(), ada, s.Name("phone")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"desk"}, labels(t, s, ada)); diff != "" {
			t.Errorf("after one ended (-want +got):\n%s", diff)
		}
		if _, found, err := s.Find("phone"); found || err != nil {
			t.Errorf("the ended session is found: %v, %v", found, err)
		}
		if n, err := s.EndOthers(t.Context(), ada, s.Name("desk")); n != 0 || err != nil {
			t.Errorf("EndOthers = %d, %v, want none left", n, err)
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error { return s.EndAll(t.Context(), tx, ada) }); err != nil {
			t.Fatal(err)
		}
		if got, other := labels(t, s, ada), labels(t, s, ola); len(got) != 0 || len(other) != 1 {
			t.Errorf("after EndAll Ada has %q and Ola %q, want none and one", got, other)
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

// A request that was under way when its session ended must not bring it back.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, _ := house(t, d)
		if err := s.End(t.Context(), ada, s.Name("phone")); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit("phone", []byte("late"), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if _, found, err := s.Find("phone"); found || err != nil {
			t.Errorf("found %v, %v, want it ended", found, err)
		}
		if err := s.Own(t.Context(), "phone", string(ada), "phone", noon); !errors.Is(err, ErrNone) {
			t.Errorf("Own of an ended session = %v, want ErrNone", err)
		}
	})
}

func TestAPersonTakesTheirSessionsAwayWithThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, ola := house(t, d)
		found, err := Collect(t.Context(), d, people.Subject{Account: ada})
		if err != nil || len(found.Rows) != 2 {
			t.Errorf("Collect = %v, %v, want two rows", found, err)
		}
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			gone, err := Erase(t.Context(), tx, people.Subject{Account: ada}, noon)
			if len(gone) != 1 || gone[0].Gone != 2 {
				t.Errorf("Erase = %v, want two gone", gone)
			}
			return err
		})
		if got := labels(t, s, ola); err != nil || len(labels(t, s, ada)) != 0 || len(got) != 1 {
			t.Errorf("after Erase: %v; Ola has %q, want her one", err, got)
		}
	})
}

func TestCheckFindsSessionsThatMustNotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		house(t, d)
		for _, statement := range []string{
			`UPDATE web_session SET authenticated_at = NULL WHERE label = 'phone'`,
			`UPDATE web_session SET ended_at = seen_at WHERE label = 'desk'`,
		} {
			if _, err := d.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if faults, err := Check(t.Context(), d); err != nil || len(faults) != 2 {
			t.Errorf("Check = %v, %v, want two faults", faults, err)
		}
	})
}
