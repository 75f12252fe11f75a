package signup_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// instances are several servers over one database, each with a clock of its own
// that is off by so much. Their database has the clock of the congress.
func (c *congress) instances(address string, off ...time.Duration) (all []*signup.Service) {
	for _, by := range off {
		s := signup.NewService(dbtest.Open(c.t, address), func() time.Time { return c.clock.time().Add(by) })
		s.Clock = c.clock.read
		all = append(all, s)
	}
	return all
}

// presses lets several people press at each instance and counts who got in.
func (c *congress) presses(all []*signup.Service, w admission.Window, seats int) (in int) {
	c.t.Helper()
	c.keys++
	s := c.session(fmt.Sprintf("s%d", c.keys), 10)
	c.open(w, s, seats)
	for _, one := range all {
		for _, who := range c.accounts(3) {
			answer, err := one.Take(c.t.Context(), c.edition.ID, signup.Claim{Account: who, Key: c.key(), Wishes: []signup.Wish{{Session: s}}})
			c.must(err)
			if answer.Got() {
				in++
			}
		}
	}
	return in
}

// Two instances whose clocks are a minute apart open a window at the same moment:
// that of the database.
func TestClocksOfInstancesOpenNothing(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			c := convene(t, dbtest.Open(t, address))
			w := c.window(admission.FirstCome)
			all := c.instances(address, -30*time.Second, 30*time.Second)
			for _, early := range []time.Duration{29 * time.Second, time.Second, time.Microsecond} {
				c.clock.set(noon.Add(-early))
				if in := c.presses(all, w, 10); in != 0 {
					t.Errorf("%v early: %d got in, want none", early, in)
				}
			}
			c.clock.set(noon)
			if in := c.presses(all, w, 10); in != 6 {
				t.Errorf("on the stroke: %d got in, want 6", in)
			}
			// The control: an instance that trusts its own clock lets people in early.
			c.clock.set(noon.Add(-time.Second))
			for i, off := range []time.Duration{-30 * time.Second, 30 * time.Second} {
				all[i].Clock = func(context.Context, db.Querier) (time.Time, error) { return c.clock.time().Add(off), nil }
			}
			if in := c.presses(all, w, 10); in != 3 {
				t.Errorf("by their own clocks: %d got in, want the 3 of the instance that is fast", in)
			}
		})
	}
}

// Without a Clock of its own a Service asks the database, whatever its now says.
func TestTheDatabaseSaysWhatTimeItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := signup.NewService(d, func() time.Time { return noon })
		got, err := s.Time(t.Context())
		c.must(err)
		want, err := db.Clock(t.Context(), d)
		c.must(err)
		if off := want.Sub(got); off < 0 || off > time.Minute || got.Before(noon.AddDate(1, 0, 0)) {
			t.Errorf("Time = %v, want that of the database, %v", got, want)
		}
	})
}

// One account presses a hundred times at three instances at once.
func TestAHundredPressesAtThreeInstances(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			c := convene(t, dbtest.Open(t, address))
			s := c.session("zielen", 10)
			c.open(c.window(admission.FirstCome), s, 30)
			all := c.instances(address, 0, 0, 0)
			for _, test := range []struct {
				name string
				key  func(press int) string
				same bool // to the last bit
			}{
				{"each press by itself", func(press int) string { return fmt.Sprintf("press-number-%08d", press) }, false},
				{"the same request", func(int) string { return "one-request-for-ever" }, true},
			} {
				who := c.accounts(1)[0]
				answers := make([]signup.Answer, 100)
				var wait sync.WaitGroup
				for i := range answers {
					wait.Go(func() {
						var err error
						answers[i], err = all[i%3].Take(t.Context(), c.edition.ID, signup.Claim{
							Account: who, Key: test.key(i), Wishes: []signup.Wish{{Session: s}},
						})
						if err != nil {
							t.Error(err)
						}
					})
				}
				wait.Wait()
				for _, a := range answers {
					if a.Receipt != answers[0].Receipt || a.Receipt == 0 || a.Outcomes[0].State != signup.Holding {
						t.Fatalf("%s: %+v and %+v, want one receipt", test.name, answers[0], a)
					}
					if diff := cmp.Diff(answers[0], a); test.same && diff != "" {
						t.Fatalf("%s: answers differ:\n%s", test.name, diff)
					}
				}
			}
			if seats, over := c.taken(s); seats != 2 || over != 0 {
				t.Errorf("%d seats taken, want one for each of the two", seats)
			}
			c.sound()
		})
	}
}

// taken counts the seats of a session, and those beyond its capacity.
func (c *congress) taken(session programme.SessionID) (seats, over int) {
	c.t.Helper()
	c.must(c.db.QueryRow(c.t.Context(), `
		SELECT (SELECT COUNT(*) FROM signup_standing WHERE session_id = $1 AND state = 'held'), capacity
		FROM admission_pool WHERE session_id = $1 AND number = 1`, session).Scan(&seats, &over))
	return seats, max(0, seats-over)
}

// What one instance remembers of its last batch must not outlive what another
// one decides, sets or forgets.
func TestWhatIsRememberedDoesNotOutliveTheOthers(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			address := dbtest.URL(t, engine)
			c := convene(t, dbtest.Open(t, address))
			w := c.window(admission.FirstCome)
			a, b := c.session("zielen", 10), c.session("woda", 12)
			c.open(w, a, 1)
			c.open(w, b, 1)
			both := c.instances(address, 0, 0)
			who := c.accounts(6)
			press := func(instance, person int, wish signup.Wish, instead ...signup.Claim) signup.Outcome {
				t.Helper()
				claim := signup.Claim{Account: who[person], Key: c.key(), Wishes: []signup.Wish{wish}}
				for _, more := range instead {
					claim.Instead = more.Instead
				}
				answer, err := both[instance].Take(t.Context(), c.edition.ID, claim)
				c.must(err)
				return answer.Outcomes[0]
			}
			press(0, 0, signup.Wish{Session: a})
			if got := press(1, 1, signup.Wish{Session: a}); got.State != signup.Waiting {
				t.Errorf("at the other instance = %+v, want a place in the line", got)
			}
			press(1, 1, signup.Wish{Session: b})
			press(0, 2, signup.Wish{Session: b}) // remembered by the first: 1 waits for both
			// They would swap: said to the second instance only, and no decision.
			press(1, 1, signup.Wish{Session: a}, signup.Claim{Instead: b})
			press(0, 3, signup.Wish{Session: b})
			c.must(both[0].Leave(t.Context(), c.edition.ID, who[0], a))
			if got := c.at(who[1], a); got.State != signup.Holding {
				t.Errorf("who waited has %+v, want the seat", got)
			}
			if got := c.at(who[1], b); got.State != signup.Released {
				t.Errorf("who swapped has %+v, want it given back", got)
			}
			// Somebody who was known is erased by the other instance.
			c.clock.set(noon.Add(-time.Second))
			press(0, 5, signup.Wish{Session: b}) // too early: nothing is written about them
			c.clock.set(noon)
			c.erase(who[5])
			if got := press(0, 5, signup.Wish{Session: b}); got.Why != signup.NotListed {
				t.Errorf("who was erased = %+v, want not listed", got)
			}
			c.sound()
		})
	}
}

// erase forgets somebody, account and all.
func (c *congress) erase(who people.AccountID) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		if _, err := signup.Erase(c.t.Context(), tx, people.Subject{Account: who}, c.clock.time()); err != nil {
			return err
		}
		_, err := tx.Exec(c.t.Context(), `DELETE FROM account WHERE id = $1`, who)
		return err
	}))
}
