package signup_test

import (
	"fmt"
	"testing"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// People are put between two others until there is no number left between them;
// the line keeps its order all the same.
func TestALineIsShiftedAgainAndAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 0)
		who := c.accounts(4)
		for _, one := range who {
			c.one(one, s)
		}
		line := append(who[:0:0], who...)
		for i := range 60 { // each halves the room behind the first
			from := 2 + i%2
			moved := line[from]
			line = append(line[:from], line[from+1:]...)
			line = append(line[:1], append([]people.AccountID{moved}, line[1:]...)...)
			c.must(c.signup.Shift(t.Context(), c.edition.ID, signup.Change{By: "desk", Reason: "asked"}, signup.Spot{Session: s, Account: moved, Position: 2}))
		}
		for i, one := range line {
			if got := c.at(one, s); got.Position != i+1 {
				t.Errorf("place %d has position %d after sixty shifts", i+1, got.Position)
			}
		}
		c.sound()
	})
}

// An invitation for one seat gives one, also to those who wait by it.
func TestAnInvitationGivesNoMoreFromTheLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.window(admission.Invitation)
		s := c.session("kolacja", 10)
		c.open(w, s, 1)
		host := invitation.NewService(d, c.clock.time)
		press := func(i int, code string) signup.Outcome {
			t.Helper()
			answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
				Account: c.accounts(1)[0], Key: fmt.Sprintf("press-number-%08d", i), Code: invitation.CodeSum(code), Wishes: []signup.Wish{{Session: s}},
			})
			c.must(err)
			return answer.Outcomes[0]
		}
		for _, code := range []string{"pierwszy", "drugi"} {
			_, err := host.Save(t.Context(), "desk", c.edition.ID, invitation.Invitation{
				Window: w.ID, Kind: invitation.ByCode, Target: invitation.CodeSum(code), Uses: 1,
			})
			c.must(err)
		}
		press(1, "pierwszy")
		for i := range 3 {
			if got := press(2+i, "drugi"); got.State != signup.Waiting {
				t.Fatalf("by the second invitation = %+v, want a place in the line", got)
			}
		}
		plan, err := c.signup.Plan(t.Context(), c.edition.ID)
		c.must(err)
		o, _ := plan.Offer(s)
		more := *o
		more.Pools = []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 4}}
		c.must(arranging(c.signup).SaveOffer(t.Context(), signup.Change{By: "desk", Reason: "more chairs"}, more))
		if seats, _ := c.taken(s); seats != 2 {
			t.Errorf("%d seats by two invitations of one seat, want 2", seats)
		}
		if got := press(9, "drugi"); got.Why != signup.Uninvited {
			t.Errorf("by an invitation that is used up = %+v, want uninvited", got)
		}
		c.sound()
	})
}
