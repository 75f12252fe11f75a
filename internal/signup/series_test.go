package signup_test

import (
	"testing"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signup"
)

// The beginning of a session ends its sign-ups, unless it was under way before they began: then the window does.
func TestASessionUnderWayTakesPeopleInUntilItsWindowCloses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		begun := c.session("cykl", 9)
		c.clock.set(congressAt(12, 0))
		w := c.window(admission.FirstCome, func(w *admission.Window) { w.OpensAt = congressAt(12, 0) })
		c.open(w, begun, 1)
		who := c.accounts(3)
		if got := c.one(who[0], begun); got.State != signup.Holding {
			t.Errorf("a session that was under way before its window opened gives %+v, want a seat", got)
		}
		c.one(who[1], begun)
		c.must(c.signup.Leave(t.Context(), c.edition.ID, who[0], begun))
		if got := c.at(who[1], begun); got.State != signup.Holding {
			t.Errorf("who waits for such a session has %q once a seat is free, want it at once", got.State)
		}
		c.clock.set(congressAt(23, 30))
		if got := c.one(who[2], begun); got.Why != signup.TooLate {
			t.Errorf("after the window has closed it gives %+v, want too late", got)
		}
		c.sound()
	})
}
