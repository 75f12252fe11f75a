package signup_test

import (
	"errors"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/signup"
)

// problem is the first field that a form got wrong, or "" .
func problem(err error) string {
	var wrong errs.Problems
	if errors.As(err, &wrong) && len(wrong) > 0 {
		return wrong[0].Name
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// Once a window has opened people are only given more, and for a reason.
func TestAfterTheOpeningOnlyMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.clock.set(noon.Add(-time.Hour))
		w := c.window(admission.FirstCome)
		s, free := c.session("zielen", 10), c.session("woda", 12)
		c.open(w, s, 3, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: string(admission.Headset), Capacity: 2})
		c.must(arranging(c.signup).SaveOffer(t.Context(), signup.Change{By: "desk"}, admission.Offer{Session: free, Edition: c.edition.ID, Window: w.ID}))
		resize := func(reason string, session any, pools ...admission.Pool) error {
			plan, err := c.signup.Plan(t.Context(), c.edition.ID)
			c.must(err)
			for _, o := range plan.Offers() {
				if o.Session == session {
					o.Pools = pools
					return arranging(c.signup).SaveOffer(t.Context(), signup.Change{By: "desk", Reason: reason}, o)
				}
			}
			return signup.ErrNoSession
		}
		all := func(n int) admission.Pool { return admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: n} }
		things := func(n int) admission.Pool {
			return admission.Pool{Number: 2, Kind: admission.ForNeed, Target: string(admission.Headset), Capacity: n}
		}
		if err := resize("", s, all(2), things(2)); err != nil {
			t.Errorf("fewer seats before the opening: %v, want it done", err)
		}
		c.clock.set(noon)
		for _, who := range c.accounts(3) {
			c.one(who, s)
		}
		kept := admission.Pool{Number: 1, Kind: admission.ForInvited, Capacity: 5}
		for _, test := range []struct {
			name string
			err  error
			want string
		}{
			{"fewer seats", resize("why", s, all(1), things(2)), "pool-1"},
			{"no pool any more", resize("why", s, things(2)), "pools"},
			{"a pool for others", resize("why", s, kept, things(2)), "pools"},
			{"seats where there was room for all", resize("why", free, all(500)), "pools"},
			{"more without a reason", resize("", s, all(3), things(2)), "reason"},
			{"fewer headsets, none of which is taken", resize("broken", s, all(2), things(1)), ""},
			{"more", resize("a larger hall", s, all(3), things(1)), ""},
		} {
			if got := problem(test.err); got != test.want {
				t.Errorf("%s: %q, want %q", test.name, got, test.want)
			}
		}
		if seats, _ := c.taken(s); seats != 3 {
			t.Errorf("%d seats taken after one more was added, want 3", seats)
		}
		later := w
		later.ClosesAt = w.ClosesAt.Add(-time.Hour)
		if _, err := arranging(c.signup).SaveWindow(t.Context(), signup.Change{By: "desk", Reason: "why"}, later); problem(err) != "closes_at" {
			t.Errorf("closing earlier: %v, want closes_at refused", err)
		}
		later.ClosesAt = w.ClosesAt.Add(time.Hour)
		if _, err := arranging(c.signup).SaveWindow(t.Context(), signup.Change{By: "desk"}, later); problem(err) != "reason" {
			t.Errorf("closing later without a reason: %v, want reason missing", err)
		}
		if _, err := arranging(c.signup).SaveWindow(t.Context(), signup.Change{By: "desk", Reason: "a longer evening"}, later); err != nil {
			t.Errorf("closing later: %v", err)
		}
		c.sound()
	})
}

// A partner sets up what the host has allowed, and no more.
func TestAPartnerKeepsToTheAllotment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		for _, statement := range []string{
			`INSERT INTO workspace (id, edition_id, kind, slug, name, updated_at) VALUES ('gzm', '` + string(c.edition.ID) + `', 'partner', 'gzm', '{"pl":"GZM"}', $1)`,
			`INSERT INTO allotment (workspace_id, seats_each, seats_all, modes, updated_at) VALUES ('gzm', 10, 15, '["first_come"]', $1)`,
		} {
			_, err := d.Exec(t.Context(), statement, noon)
			c.must(err)
		}
		w := c.window(admission.FirstCome, func(w *admission.Window) { w.Workspace = "gzm" })
		lottery := w
		lottery.ID, lottery.Revision, lottery.Mode, lottery.DecidesAt = "", 0, admission.Lottery, noon.Add(time.Hour)
		if _, err := arranging(c.signup).SaveWindow(t.Context(), signup.Change{By: "desk"}, lottery); problem(err) != "mode" {
			t.Errorf("a mode beyond the allotment: %v, want mode refused", err)
		}
		for _, test := range []struct {
			name  string
			seats int
			want  string
		}{
			{"jeden", 11, "pools"}, {"dwa", 10, ""}, {"trzy", 6, "pools"}, {"cztery", 5, ""},
		} {
			err := arranging(c.signup).SaveOffer(t.Context(), signup.Change{By: "desk"}, admission.Offer{
				Session: c.session(test.name, 10), Edition: c.edition.ID, Window: w.ID,
				Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: test.seats}},
			})
			if got := problem(err); got != test.want {
				t.Errorf("%d seats: %q, want %q", test.seats, got, test.want)
			}
		}
	})
}
