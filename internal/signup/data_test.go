package signup_test

import (
	"testing"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// Whoever asks gets everything that is kept about their sign-ups; whoever is
// erased leaves nothing behind that says who it was.
func TestWhatIsKeptAboutSomebody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		s := c.session("zielen", 10)
		c.open(c.window(admission.FirstCome), s, 1, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: string(admission.Headset), Capacity: 1})
		who := c.accounts(2)
		claim := signup.Claim{Account: who[0], Key: c.key(), Wishes: []signup.Wish{{Session: s, Needs: []admission.Need{admission.Headset}}}}
		_, err := c.signup.Take(t.Context(), c.edition.ID, claim)
		c.must(err)
		c.one(who[1], s)
		c.must(c.signup.SaveWishes(t.Context(), c.edition.ID, who[0], []signup.Wish{{Session: s}}))
		if wishes, err := c.signup.Wishes(t.Context(), c.edition.ID, who[0]); err != nil || len(wishes) != 1 || wishes[0].Session != s {
			t.Errorf("Wishes = %+v, %v, want the one", wishes, err)
		}
		extract := func() int {
			t.Helper()
			out, err := signup.Collect(t.Context(), d, people.Subject{Account: who[0]})
			c.must(err)
			return len(out.Rows)
		}
		if n := extract(); n != 3 {
			t.Errorf("%d rows about somebody with a seat, a need and a wish, want 3", n)
		}
		if out, err := signup.Collect(t.Context(), d, people.Subject{Email: "x@example.org"}); err != nil || len(out.Rows) != 0 {
			t.Errorf("about somebody without an account: %+v, %v, want nothing", out, err)
		}
		c.erase(who[0])
		if n := extract(); n != 0 {
			t.Errorf("%d rows about somebody who was erased, want none", n)
		}
		if seats, _ := c.taken(s); seats != 0 { // by the clock of the database the congress is over, so nobody moves up
			t.Errorf("%d seats taken after it, want none", seats)
		}
		c.sound()
	})
}

func TestReceiptsAreWrittenForPeople(t *testing.T) {
	for receipt, want := range map[signup.Receipt]string{0: "", 1: "000001-96", 97: "000097-97", 123: "000123-71", 1_234_567: "1234567-49"} {
		if got := receipt.String(); got != want {
			t.Errorf("receipt %d is written %q, want %q", int64(receipt), got, want)
		}
	}
}
