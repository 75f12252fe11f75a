package session

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/web"
)

var _ web.Callers = (*Store)(nil)

// whose is the account of the session of token, as the store says.
func whose(t *testing.T, s *Store, token string) string {
	t.Helper()
	who, known, err := s.Caller(t.Context(), token)
	if err != nil || known != (who.Account != "") || known && who.Session != s.Name(token) {
		t.Fatalf("Caller = %+v, %v, %v", who, known, err)
	}
	return who.Account
}

func TestWhoIsKnownIsReadOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, _ := house(t, d)
		if err := s.Commit("public", []byte("public"), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		for token, want := range map[string]string{"phone": string(ada), "public": "", "nobody's": "", "": ""} {
			if got := whose(t, s, token); got != want {
				t.Errorf("the session %q is of %q, want %q", token, got, want)
			}
		}
		if _, found, err := s.Find("desk"); !found || err != nil { // a page that was opened before the hour
			t.Fatal(found, err)
		}
		if _, err := d.Exec(t.Context(), `DELETE FROM web_session`); err != nil { // behind the back of the store
			t.Fatal(err)
		}
		for token, want := range map[string]string{"phone": string(ada), "desk": string(ada), "laptop": ""} {
			if got := whose(t, s, token); got != want {
				t.Errorf("without a table the session %q is of %q, want %q", token, got, want)
			}
		}
	})
}

// Whatever ends a session here ends it for the next request.
func TestWhatIsEndedIsForgotten(t *testing.T) {
	errChanged := errors.New("changed my mind")
	endings := []struct {
		name  string
		do    func(t *testing.T, d *db.DB, s *Store, ada, ola people.AccountID) error
		phone string // whose it is afterwards: ada, ola or nobody's
	}{
		{"ended from the list", func(t *testing.T, _ *db.DB, s *Store, ada, _ people.AccountID) error {
			return s.End(t.Context(), ada, s.Name("phone"))
		}, ""},
		{"ended from another device", func(t *testing.T, _ *db.DB, s *Store, ada, _ people.AccountID) error {
			_, err := s.EndOthers(t.Context(), ada, s.Name("desk"))
			return err
		}, ""},
		{"the device that ends the others", func(t *testing.T, _ *db.DB, s *Store, ada, _ people.AccountID) error {
			_, err := s.EndOthers(t.Context(), ada, s.Name("phone"))
			return err
		}, "ada"},
		{"all ended", func(t *testing.T, d *db.DB, s *Store, ada, _ people.AccountID) error {
			return d.Tx(t.Context(), func(tx *db.Tx) error { return s.EndAll(t.Context(), tx, ada) })
		}, ""},
		{"all ended, and taken back", func(t *testing.T, d *db.DB, s *Store, ada, _ people.AccountID) error {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				return errors.Join(s.EndAll(t.Context(), tx, ada), errChanged)
			})
			if errors.Is(err, errChanged) {
				err = nil
			}
			return err
		}, "ada"},
		{"signed out, or under a new token", func(_ *testing.T, _ *db.DB, s *Store, _, _ people.AccountID) error {
			return s.Delete("phone")
		}, ""},
		{"erased", func(t *testing.T, d *db.DB, _ *Store, ada, _ people.AccountID) error {
			return d.Tx(t.Context(), func(tx *db.Tx) error {
				_, err := Erase(t.Context(), tx, people.Subject{Account: ada}, noon)
				return err
			})
		}, ""},
		{"taken by another account", func(t *testing.T, _ *db.DB, s *Store, _, ola people.AccountID) error {
			return s.Own(t.Context(), "phone", string(ola), "phone", noon)
		}, "ola"},
		{"shortened", func(_ *testing.T, _ *db.DB, s *Store, _, _ people.AccountID) error {
			return s.Commit("phone", []byte("phone"), noon)
		}, ""},
		{"somebody else's ended", func(t *testing.T, _ *db.DB, s *Store, _, ola people.AccountID) error {
			return s.End(t.Context(), ola, s.Name("laptop"))
		}, "ada"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, test := range endings {
			t.Run(test.name, func(t *testing.T) {
				mustEmpty(t, d)
				s, ada, ola := house(t, d)
				names := map[string]string{string(ada): "ada", string(ola): "ola", "": ""}
				if got := names[whose(t, s, "phone")]; got != "ada" {
					t.Fatalf("at first the phone is %q's, want ada's", got)
				}
				if err := test.do(t, d, s, ada, ola); err != nil {
					t.Fatal(err)
				}
				if got := names[whose(t, s, "phone")]; got != test.phone {
					t.Errorf("the phone is %q's, want %q's", got, test.phone)
				}
				alive, err := s.Alive(t.Context(), d, []string{s.Name("phone")})
				if got := names[string(alive[s.Name("phone")])]; err != nil || got != test.phone {
					t.Errorf("Alive says that it is %q's, %v, want %q's", got, err, test.phone)
				}
			})
		}
	})
}

func mustEmpty(t *testing.T, d *db.DB) {
	t.Helper()
	for _, statement := range []string{`DELETE FROM web_session`, `DELETE FROM account`} {
		if _, err := d.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

// Two instances of the program: what one ends, the other remembers until the decision itself asks.
func TestAnotherInstanceAsksInItsDecision(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		here, ada, ola := house(t, d)
		there := NewStore(d, func() time.Time { return noon })
		for _, token := range []string{"phone", "desk", "laptop"} {
			whose(t, there, token)
		}
		if err := here.End(t.Context(), ada, here.Name("phone")); err != nil {
			t.Fatal(err)
		}
		names := []string{here.Name("phone"), here.Name("desk"), here.Name("laptop"), here.Name("nobody's")}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			alive, err := there.Alive(t.Context(), tx, names)
			want := map[string]people.AccountID{here.Name("desk"): ada, here.Name("laptop"): ola}
			if diff := cmp.Diff(want, alive); diff != "" {
				t.Errorf("alive in a transaction there (-want +got):\n%s", diff)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := whose(t, there, "phone"); got != string(ada) {
			t.Errorf("the memory there says %q; if it knows now, Alive is not needed any more", got)
		}
	})
}

func TestAliveTakesAnyNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, _ := house(t, d)
		for _, n := range []int{0, 1, 2, 3, 511, 512, 513, 1300} {
			names := make([]string, n)
			for i := range names {
				names[i] = s.Name(fmt.Sprint("stranger ", i))
			}
			want := map[string]people.AccountID{}
			if n > 0 {
				names[n-1] = s.Name("phone")
				want[s.Name("phone")] = ada
			}
			got, err := s.Alive(t.Context(), d, names)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("Alive of %d: %v (-want +got):\n%s", n, err, diff)
			}
		}
	})
}

// A session that is used only from memory lives as long as one that opens pages.
func TestUseIsNotedTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, ada, _ := house(t, d)
		now := noon
		s := NewStore(d, func() time.Time { return now })
		if _, err := d.Exec(t.Context(), `UPDATE web_session SET expires_at = $1`, noon.Add(48*time.Hour)); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after   time.Duration
			touched int64
		}{
			{0, 0}, {touch, 0}, {touch + time.Second, 1}, {touch + time.Minute, 0}, {11 * time.Hour, 1}, {22 * time.Hour, 1},
		} {
			now = noon.Add(step.after)
			for range 3 {
				if got := whose(t, s, "phone"); got != string(ada) {
					t.Fatalf("after %v: %q, want ada", step.after, got)
				}
			}
			if n, err := s.Touch(t.Context()); err != nil || n != step.touched {
				t.Errorf("after %v: Touch = %d, %v, want %d", step.after, n, err, step.touched)
			}
		}
		now = noon.Add(22*time.Hour + Idle)
		if got := whose(t, s, "phone"); got != "" {
			t.Errorf("after half a day away: %q, want nobody", got)
		}
		if list, err := s.List(t.Context(), ada); err != nil || len(list) != 0 {
			t.Errorf("List = %v, %v, want none", list, err)
		}
	})
}

// What an ordinary page has noted counts, although the memory has not seen it.
func TestAPageElsewhereKeepsTheSessionAlive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, ada, _ := house(t, d)
		now := noon
		clock := func() time.Time { return now }
		here, there := NewStore(d, clock), NewStore(d, clock)
		whose(t, here, "phone")
		now = noon.Add(Idle - time.Minute)
		if _, found, err := there.Find("phone"); !found || err != nil {
			t.Fatal(found, err)
		}
		now = noon.Add(Idle + time.Minute)
		if got := whose(t, here, "phone"); got != string(ada) {
			t.Errorf("Caller = %q, want ada: the session was used elsewhere", got)
		}
	})
}

// Once End has returned nobody gets in, whoever was on the way in meanwhile.
func TestNothingOutlivesItsEndInACrowd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ada, _ := house(t, d)
		for round := range 20 {
			token := fmt.Sprint("token ", round)
			if err := errors.Join(s.Commit(token, []byte("x"), noon.Add(time.Hour)), s.Own(t.Context(), token, string(ada), "", noon)); err != nil {
				t.Fatal(err)
			}
			var ended atomic.Bool
			var crowd sync.WaitGroup
			for range 4 {
				crowd.Go(func() {
					for range 50 {
						over := ended.Load()
						if _, in, err := s.Caller(t.Context(), token); in && over || err != nil {
							t.Errorf("Caller after the end: in %v, %v", in, err)
						}
					}
				})
			}
			if err := s.End(t.Context(), ada, s.Name(token)); err != nil {
				t.Error(err)
			}
			ended.Store(true)
			crowd.Wait()
			if got := whose(t, s, token); got != "" {
				t.Fatalf("round %d: the ended session is of %q", round, got)
			}
		}
	})
}

func TestMemory(t *testing.T) {
	one := remembered{account: "ada", name: fmt.Sprintf("%064x", 1), expires: noon.Add(time.Hour), seen: noon}
	key := digest{31: 1}

	m := newMemory(func() {})
	before := m.moment()
	m.forget(one.name) // it ends between the look into the table and the note of what was seen
	m.keep(key, one, before)
	if _, ok := m.find(key, noon); ok {
		t.Error("what was read before something ended is kept")
	}
	m.keep(key, one, m.moment())
	if _, ok := m.find(key, noon); !ok {
		t.Error("what was read after that is not kept")
	}
	m.forget("no sum at all")
	for i := range 3 * mostRemembered {
		d := digest{byte(i), byte(i >> 8), byte(i >> 16), 1}
		m.keep(d, remembered{account: "crowd", expires: one.expires, seen: noon}, m.moment())
		m.find(key, noon) // used again and again
	}
	if n := len(m.recent) + len(m.before); n > 2*mostRemembered {
		t.Errorf("%d sessions are remembered, want at most %d", n, 2*mostRemembered)
	}
	if _, ok := m.find(key, noon); !ok {
		t.Error("the session that is used all the time was driven out")
	}
}
