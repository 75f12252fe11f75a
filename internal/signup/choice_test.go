package signup_test

import (
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

// selection is a window in which leaders choose until a day before the congress.
func (c *congress) selection() admission.Window {
	return c.window(admission.Selection, func(w *admission.Window) {
		w.DecidesAt, w.AnnouncesAt = noon.Add(time.Hour), noon.Add(2*time.Hour)
	})
}

func (c *congress) announce(w admission.Window, decisions ...signup.Decision) (outcomes []signup.Outcome) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		outcomes, err = c.signup.Announce(c.t.Context(), tx, c.edition.ID, w.ID, decisions)
		return err
	}))
	return outcomes
}

func TestAChoiceIsAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.selection()
		a, b := c.session("zielen", 10), c.session("woda", 10) // at the same hour
		c.open(w, a, 1)
		c.open(w, b, 2)
		c.clock.set(noon.Add(90 * time.Minute))
		who := c.accounts(4)
		outcomes := c.announce(w,
			signup.Decision{Account: who[0], Session: b, Verdict: signup.Chosen},
			signup.Decision{Account: who[1], Session: a, Verdict: signup.Chosen},
			signup.Decision{Account: who[0], Session: a, Verdict: signup.Chosen}, // wanted b more
			signup.Decision{Account: who[2], Session: a, Verdict: signup.Chosen}, // no room is left
			signup.Decision{Account: who[2], Session: b, Verdict: signup.Reserve},
			signup.Decision{Account: who[3], Session: b, Verdict: signup.Passed},
		)
		for _, test := range []struct {
			name    string
			who     int
			session programme.SessionID
			want    signup.State
		}{
			{"got what they wanted more", 0, b, signup.Holding},
			{"and not what overlaps with it", 0, a, ""},
			{"was admitted", 1, a, signup.Holding},
			{"a waiting list is served when a seat stays free", 2, b, signup.Holding},
			{"and waits for nothing that overlaps with it", 2, a, signup.Released},
			{"was passed over", 3, b, ""},
		} {
			if got := c.at(who[test.who], test.session).State; got != test.want {
				t.Errorf("%s: %s, want %s", test.name, got, test.want)
			}
		}
		if outcomes[2].Why != signup.Overlapping || outcomes[5].Why != signup.NotChosen {
			t.Errorf("refused for %q and %q, want an overlap and the choice of others", outcomes[2].Why, outcomes[5].Why)
		}
		if got := c.one(who[3], a).State; got != signup.Waiting {
			t.Errorf("a press after the decision = %s, want a place on the waiting list", got)
		}
		c.sound()
	})
}

func TestSeatsOfThoseWhoDidNotComeAreGivenAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 2)
		who := c.accounts(5)
		for _, one := range who {
			c.one(one, s)
		}
		c.clock.set(congressAt(10, 5))
		var missed int
		var came []signup.Outcome
		c.must(d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			missed, came, err = c.signup.AtDoor(t.Context(), tx, c.edition.ID, signup.Turn{
				Session: s, By: "desk", Missed: []people.AccountID{who[0], who[4]}, // the last has no seat to lose
				Came: []people.AccountID{who[3], who[4], who[1]},
			})
			return err
		}))
		if missed != 1 || len(came) != 2 || came[0].State != signup.Holding || came[1].Why != signup.Full {
			t.Errorf("AtDoor = %d, %+v, want one seat given to the first at the door", missed, came)
		}
		var got []signup.State
		for _, one := range who {
			got = append(got, c.at(one, s).State)
		}
		want := []signup.State{signup.Released, signup.Holding, signup.Waiting, signup.Holding, signup.Waiting}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		c.sound()
	})
}
