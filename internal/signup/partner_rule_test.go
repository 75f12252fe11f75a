package signup_test

import (
	"testing"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signup"
)

// A partner's rule about "all sessions" is about all of the partner's.
func TestARuleOfAPartnerLeavesTheHostsSessionsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		house := c.window(admission.FirstCome)
		theirs := c.window(admission.FirstCome, func(w *admission.Window) { w.Workspace = "gzm" })
		a, b := c.session("dom-a", 8), c.session("dom-b", 10)
		x, y := c.session("gzm-a", 12), c.session("gzm-b", 14)
		c.open(house, a, 5)
		c.open(house, b, 5)
		c.open(theirs, x, 5)
		c.open(theirs, y, 5)
		_, err := arranging(c.signup).SaveRule(t.Context(), signup.Change{By: "desk", Reason: "test"}, admission.Rule{
			Edition: c.edition.ID, Workspace: "gzm", Kind: admission.MostEach, Most: 1, Over: admission.OverAll,
		})
		c.must(err)
		who := c.accounts(1)[0]
		for _, session := range []struct {
			name string
			got  signup.Outcome
			want signup.State
		}{
			{"the host's first", c.one(who, a), signup.Holding},
			{"the host's second", c.one(who, b), signup.Holding},
			{"the partner's first", c.one(who, x), signup.Holding},
			{"the partner's second", c.one(who, y), signup.Refused},
		} {
			if session.got.State != session.want {
				t.Errorf("%s = %+v, want %s", session.name, session.got, session.want)
			}
		}
	})
}
