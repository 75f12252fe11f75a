package signup_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/signup"
)

func TestTheLastSeatAndTheList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 2)
		who := c.accounts(5)
		for i, want := range []signup.Outcome{
			{State: signup.Holding},
			{State: signup.Holding},
			{State: signup.Waiting, Position: 1},
			{State: signup.Waiting, Position: 2},
			{State: signup.Waiting, Position: 3},
		} {
			got := c.one(who[i], s)
			if got.State != want.State || got.Position != want.Position {
				t.Errorf("press %d = %+v, want %+v", i, got, want)
			}
		}
		c.sound()
		if err := c.signup.Leave(t.Context(), c.edition.ID, who[0], s); err != nil {
			t.Fatal(err)
		}
		if got := c.at(who[2], s); got.State != signup.Holding {
			t.Errorf("the first who waited has %+v, want a seat", got)
		}
		if got := c.at(who[3], s); got.State != signup.Waiting || got.Position != 1 {
			t.Errorf("the second who waited has %+v, want position 1", got)
		}
		if got := c.one(who[2], s); got.State != signup.Holding {
			t.Errorf("pressing again = %+v, want the seat that is there", got)
		}
		c.sound()
	})
}

func TestAWindowJudgesByTheDatabasesClock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 2)
		who := c.accounts(1)[0]
		for _, test := range []struct {
			name string
			at   time.Time
			want signup.Why
		}{
			{"a microsecond early", noon.Add(-time.Microsecond), signup.TooEarly},
			{"closed", congressAt(23, 0), signup.TooLate},
			{"the session has begun", congressAt(10, 0), signup.TooLate},
			{"on the stroke", noon, ""},
		} {
			c.clock.set(test.at)
			if got := c.one(who, s); got.Why != test.want {
				t.Errorf("%s: %+v, want %q", test.name, got, test.want)
			}
		}
	})
}

func TestTheSameRequestGetsTheSameAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		a, b := c.session("zielen", 10), c.session("woda", 10)
		w := c.window(admission.FirstCome)
		c.open(w, a, 1)
		c.open(w, b, 1)
		who := c.accounts(2)
		c.one(who[1], a)
		claim := signup.Claim{Account: who[0], Key: "the-same-key-for-ever", Wishes: []signup.Wish{{Session: a}, {Session: b}}}
		first, err := c.signup.Take(t.Context(), c.edition.ID, claim)
		c.must(err)
		c.clock.set(noon.Add(time.Hour))
		c.must(c.signup.Leave(t.Context(), c.edition.ID, who[1], a))
		again, err := c.signup.Take(t.Context(), c.edition.ID, claim)
		c.must(err)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("the same request (-first +again):\n%s", diff)
		}
		c.sound()
	})
}

func TestAHundredPressesAreOneSeat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 30)
		who := c.accounts(1)[0]
		var wait sync.WaitGroup
		receipts := make([]signup.Receipt, 100)
		for i := range receipts {
			wait.Go(func() {
				answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
					Account: who, Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: s}},
				})
				if err != nil {
					t.Error(err)
				}
				receipts[i] = answer.Receipt
			})
		}
		wait.Wait()
		for _, r := range receipts {
			if r != receipts[0] || r == 0 {
				t.Fatalf("receipts %v, want all the same", receipts)
			}
		}
		c.sound()
	})
}

func TestRulesAndPools(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		a, b, later := c.session("zielen", 10), c.session("woda", 10), c.session("ruch", 14)
		w := c.window(admission.FirstCome, func(w *admission.Window) { w.Waiting = false })
		c.open(w, a, 5, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: string(admission.Headset), Capacity: 1})
		c.open(w, b, 5)
		c.open(w, later, 5)
		if _, err := arranging(c.signup).SaveRule(t.Context(), signup.Change{By: "desk", Reason: "two each"}, admission.Rule{
			Edition: c.edition.ID, Kind: admission.MostEach, Most: 1, Over: admission.OverSessions, Keys: []string{string(a), string(later)},
		}); err != nil {
			t.Fatal(err)
		}
		who := c.accounts(3)
		press := func(who people.AccountID, wishes ...signup.Wish) signup.Outcome {
			answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{Account: who, Key: c.key(), Wishes: wishes})
			c.must(err)
			return answer.Outcomes[0]
		}
		headset := []admission.Need{admission.Headset}
		if got := press(who[0], signup.Wish{Session: a, Needs: headset}); got.State != signup.Holding {
			t.Errorf("the first headset = %+v", got)
		}
		if got := press(who[1], signup.Wish{Session: a, Needs: headset}); got.Why != signup.Full || got.Number != 2 {
			t.Errorf("the second headset = %+v, want pool 2 empty", got)
		}
		if got := press(who[1], signup.Wish{Session: a}); got.State != signup.Holding {
			t.Errorf("without a headset = %+v, want a seat", got)
		}
		if got := press(who[0], signup.Wish{Session: b}); got.Why != signup.Overlapping || got.Other != string(a) {
			t.Errorf("at the same hour = %+v, want overlapping %s", got, a)
		}
		if got := press(who[0], signup.Wish{Session: later}); got.Why != signup.TooMany || got.Number != 1 {
			t.Errorf("the second of the set = %+v, want too many", got)
		}
		c.sound()
	})
}

// A crowd presses for few seats; every place is given, none twice.
func TestACrowd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		const seats, people = 10, 600
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, seats)
		who := c.accounts(people)
		outcomes := make([]signup.Outcome, people)
		var wait sync.WaitGroup
		for i := range who {
			wait.Go(func() {
				answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
					Account: who[i], Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: s}},
				})
				if err != nil {
					t.Error(err)
					return
				}
				outcomes[i] = answer.Outcomes[0]
			})
		}
		wait.Wait()
		held, positions := 0, map[int]bool{}
		for _, o := range outcomes {
			if o.State == signup.Holding {
				held++
			} else {
				positions[o.Position] = true
			}
		}
		if held != seats || len(positions) != people-seats || positions[0] {
			t.Errorf("%d held and %d positions, want %d and %d", held, len(positions), seats, people-seats)
		}
		c.sound()
	})
}
