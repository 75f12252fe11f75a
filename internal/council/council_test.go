package council_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

// sit opens a sitting with some members, and fills its agenda.
func (c *chamber) sit(members ...people.AccountID) council.Sitting {
	c.t.Helper()
	ctx := c.t.Context()
	s := council.Sitting{Call: c.call.ID, BeginsAt: c.time(), Place: "Sala 101"}
	for _, m := range members {
		s.Present = append(s.Present, council.Present{Account: m, Part: council.Member})
	}
	s, err := c.council.SaveSitting(ctx, members[0], s)
	c.must(err)
	c.must(c.council.Turn(ctx, members[0], s.ID, council.OpenNow))
	c.must(c.council.Fill(ctx, members[0], s.ID))
	return s
}

// decides writes a decision in which everybody agrees.
func (c *chamber) decides(by people.AccountID, s council.Sitting, submission call.SubmissionID, outcome review.Outcome) council.Decision {
	c.t.Helper()
	d, err := c.council.Decide(c.t.Context(), by, c.ruling(s, submission, outcome))
	c.must(err)
	return d
}

func (c *chamber) ruling(s council.Sitting, submission call.SubmissionID, outcome review.Outcome) council.Decision {
	return council.Decision{Submission: submission, Sitting: s.ID, Outcome: outcome, Path: "woda", Place: 1, ToAuthor: "Bo tak postanowiła Rada.", InFavour: 1}
}

func (c *chamber) members(n int) (all []people.AccountID) {
	c.t.Helper()
	for range n {
		all = append(all, c.somebody("członkini rady", rights.Council))
	}
	return all
}

// announces makes everything known that is pending.
func (c *chamber) announces() int {
	c.t.Helper()
	desk := c.desk()
	_, digest, err := c.council.Preview(c.t.Context(), desk, c.call.ID)
	c.must(err)
	n, err := c.council.Announce(c.t.Context(), desk, c.call.ID, digest)
	c.must(err)
	return n
}

func TestFromSittingToLetter(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		author, desk := c.account("pisarz"), c.desk()
		river, lake := c.sent(author, "Rzeka"), c.sent(c.account("pisarka"), "Jezioro")
		c.now(reviewing)
		m := c.members(3)
		s := c.sit(m...)
		c.must(c.council.Take(ctx, m[0], s.ID, river))
		c.decides(m[0], s, river, review.Accept)
		c.must(c.council.Dissent(ctx, m[1], river, "Brakuje dowodów"))
		c.want(council.ErrAbsent, c.council.Dissent(ctx, c.members(1)[0], river, "Nie było mnie"))

		// Nobody outside learns of it yet.
		_, err := c.council.Told(ctx, author, river)
		c.want(council.ErrNoDecision, err)
		if got := c.state(river).Told(); got != call.UnderReview {
			t.Errorf("the author is told %s, want %s", got, call.UnderReview)
		}
		slots, err := c.council.Slots(ctx, m[0], c.call.ID)
		if err != nil || len(slots) != 1 || slots[0].Left() != 0 {
			t.Errorf("the places are %+v, %v, want none left", slots, err)
		}

		shown, digest, err := c.council.Preview(ctx, desk, c.call.ID)
		if err != nil || len(shown) != 1 || shown[0].Code != "AB-1" {
			t.Fatalf("to announce: %+v, %v, want AB-1", shown, err)
		}
		c.decides(m[0], s, lake, review.OnReserve)
		_, err = c.council.Announce(ctx, desk, c.call.ID, digest)
		c.want(review.ErrChanged, err)
		c.want(rights.ErrRole, func() error { _, err := c.council.Announce(ctx, m[0], c.call.ID, digest); return err }())
		if n := c.announces(); n != 2 {
			t.Errorf("%d decisions are announced, want both at once", n)
		}
		if river, lake := c.state(river), c.state(lake); river != call.Accepted || lake != call.Reserve {
			t.Errorf("they are %s and %s, want accepted and on the reserve list", river, lake)
		}
		if n := c.promised(council.Announced{}.Kind()); n != 2 {
			t.Errorf("%d letters are promised, want 2", n)
		}
		told, err := c.council.Told(ctx, author, river)
		if err != nil || told.Outcome != review.Accept || told.Rationale == "" {
			t.Errorf("the author is told %+v, %v, want that it is accepted, and why", told, err)
		}
		_, err = c.council.Told(ctx, c.account("ciekawski"), river)
		c.want(review.ErrNone, err)
		_, _, err = c.council.Preview(ctx, desk, c.call.ID)
		c.must(err)
		_, err = c.council.Announce(ctx, desk, c.call.ID, "")
		c.want(council.ErrNothing, err)
		c.sound()
	})
}

// sound fails if the check of the house finds anything.
func (c *chamber) sound() {
	c.t.Helper()
	for name, check := range map[string]func() (int, error){
		"review":  func() (int, error) { f, err := review.Check(c.t.Context(), c.db); return len(f), err },
		"council": func() (int, error) { f, err := council.Check(c.t.Context(), c.db); return len(f), err },
	} {
		if n, err := check(); n > 0 || err != nil {
			c.t.Errorf("the check of %s finds %d faults, %v, want none", name, n, err)
		}
	}
}

func TestWhatStandsInTheWayOfADecision(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		river := c.sent(c.account("pisarz"), "Rzeka")
		c.now(reviewing)
		m := c.members(3)
		s := c.sit(m[0], m[1])

		rule := func(by people.AccountID, change func(*council.Decision)) error {
			d := c.ruling(s, river, review.Reject)
			change(&d)
			_, err := c.council.Decide(ctx, by, d)
			return err
		}
		c.wantProblem("to_author", rule(m[0], func(d *council.Decision) { d.ToAuthor = "" }))
		c.wantProblem("outcome", rule(m[0], func(d *council.Decision) { d.Outcome = "może" }))
		c.wantProblem("in_favour", rule(m[0], func(d *council.Decision) { d.InFavour = 3 }))
		c.wantProblem("in_favour", rule(m[0], func(d *council.Decision) { d.Against = 1 }))
		c.wantProblem("path", rule(m[0], func(d *council.Decision) { d.Outcome, d.Path = review.Accept, "nie ma" }))
		c.want(council.ErrNotSitting, rule(m[0], func(d *council.Decision) { d.Sitting = "" }))
		c.want(council.ErrNoSitting, rule(m[0], func(d *council.Decision) { d.Sitting = "nie ma" }))
		c.want(rights.ErrHidden, rule(c.account("obcy"), func(*council.Decision) {}))

		c.must(c.reviews.Declare(ctx, m[1], review.Conflict{Submission: river, Account: m[1]}, "Znajomi"))
		c.want(review.ErrNone, rule(m[1], func(*council.Decision) {}))
		c.wantProblem("in_favour", rule(m[0], func(d *council.Decision) { d.InFavour = 2 }))
		d := c.decides(m[0], s, river, review.Reject)
		if !cmp.Equal(d.Recused, []people.AccountID{m[1]}) {
			t.Errorf("the decision says that %v left, want %v", d.Recused, m[1])
		}
		c.want(review.ErrChanged, rule(m[0], func(*council.Decision) {}))
		c.must(c.council.Reopen(ctx, m[0], river, "Pomyłka w numerze"))
		if got := c.state(river); got != call.UnderReview {
			t.Errorf("taken back it is %s, want under review", got)
		}
		c.must(c.council.Turn(ctx, m[0], s.ID, council.ClosedUp))
		c.want(council.ErrNotSitting, rule(m[0], func(*council.Decision) {}))
		alone := c.sit(m[0])
		c.want(council.ErrQuorum, rule(m[0], func(d *council.Decision) { d.Sitting = alone.ID }))
		c.sound()
	})
}

// A member of the council who has a stake reads nothing of it at the sitting, in the
// minutes, among the places or before the announcement.
func TestARecusedMemberLearnsNothing(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		river, lake := c.sent(c.account("pisarz"), "Rzeka"), c.sent(c.account("pisarka"), "Jezioro")
		c.now(reviewing)
		m := c.members(3)
		c.must(c.reviews.Declare(ctx, m[2], review.Conflict{Submission: river, Account: m[2]}, "Rodzina"))
		s := c.sit(m...)
		c.decides(m[0], s, river, review.Accept)
		c.decides(m[0], s, lake, review.Reject)

		_, items, err := c.council.Sitting(ctx, m[2], s.ID)
		if err != nil || len(items) != 1 || items[0].ID != lake {
			t.Errorf("the agenda shows %+v, %v, want the lake alone", items, err)
		}
		minutes, err := c.council.Minutes(ctx, m[2], s.ID)
		if err != nil || len(minutes.Items) != 1 || len(minutes.Decided) != 1 {
			t.Errorf("the minutes show %+v, %v, want the lake alone", minutes, err)
		}
		slots, err := c.council.Slots(ctx, m[2], c.call.ID)
		if err != nil || slots[0].Taken != 0 {
			t.Errorf("the places show %+v, %v, want none taken", slots, err)
		}
		_, _, err = c.council.Decision(ctx, m[2], river)
		c.want(review.ErrNone, err)
		all, err := c.council.Minutes(ctx, m[0], s.ID)
		if err != nil || len(all.Decided) != 2 {
			t.Errorf("the others read %d decisions, %v, want 2", len(all.Decided), err)
		}
		exits, atLeast := council.Exits(all.Items)
		if exits != 1 || atLeast != 1 {
			t.Errorf("people leave %d times, at least %d, want once", exits, atLeast)
		}
	})
}

func TestAppeal(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		author := c.account("pisarz")
		river := c.sent(author, "Rzeka")
		c.now(reviewing)
		m := c.members(2)
		s := c.sit(m...)
		c.want(council.ErrNoDecision, c.council.Appeal(ctx, author, river, "Jeszcze przed decyzją"))
		c.decides(m[0], s, river, review.Reject)
		c.announces()

		c.want(review.ErrNone, c.council.Appeal(ctx, c.account("obcy"), river, "Nie moje"))
		c.wantProblem("words", c.council.Appeal(ctx, author, river, ""))
		c.must(c.council.Appeal(ctx, author, river, "Recenzent pomylił rzekę z jeziorem"))
		c.want(council.ErrAppealed, c.council.Appeal(ctx, author, river, "Jeszcze raz"))
		appeals, err := c.council.Appeals(ctx, m[1], c.call.ID)
		if err != nil || len(appeals) != 1 {
			t.Fatalf("the council reads %+v, %v, want one appeal", appeals, err)
		}
		a := appeals[0]
		c.wantProblem("verdict", c.council.Answer(ctx, m[0], council.Appeal{ID: a.ID, Submission: river, Answer: "Tak"}))
		a.Verdict, a.Answer = council.Changed, "Rzeczywiście"
		c.must(c.council.Answer(ctx, m[0], a))
		c.want(review.ErrMoved, c.council.Answer(ctx, m[0], a))
		if got := c.state(river); got != call.Decided {
			t.Errorf("after that it is %s, want to be decided anew", got)
		}
		next := c.ruling(s, river, review.AcceptWith)
		next.Revision = 1
		_, err = c.council.Decide(ctx, m[0], next)
		c.must(err)
		c.announces()
		told, err := c.council.Told(ctx, author, river)
		if err != nil || told.Outcome != review.AcceptWith || told.AppealUntil.IsZero() {
			t.Errorf("the author is told %+v, %v, want the new decision, with an appeal of its own", told, err)
		}
		c.now(reviewing.Add(14 * 24 * time.Hour))
		c.want(council.ErrNoAppeals, c.council.Appeal(ctx, author, river, "Po terminie"))
		c.sound()
	})
}

func TestTheReserveListMovesUpOncePerVacancy(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		author := c.account("pisarz")
		river, lake, pond := c.sent(author, "Rzeka"), c.sent(c.account("pisarka"), "Jezioro"), c.sent(c.account("poeta"), "Staw")
		c.now(reviewing)
		m := c.members(2)
		s := c.sit(m...)
		c.decides(m[0], s, river, review.Accept)
		second := c.ruling(s, lake, review.OnReserve)
		second.Place = 2
		_, err := c.council.Decide(ctx, m[0], second)
		c.must(err)
		c.decides(m[0], s, pond, review.OnReserve)
		c.announces()

		next, err := c.council.MoveUp(ctx, river)
		if err != nil || next != "" {
			t.Errorf("while nobody has declined %s moves up, %v, want nobody", next, err)
		}
		c.must(c.calls.Go(ctx, call.Step{Submission: river, By: author, To: call.Declined}))
		for range 2 { // a promise may be kept twice
			if _, err = c.council.MoveUp(ctx, river); err != nil {
				t.Fatal(err)
			}
		}
		if pond, lake := c.state(pond), c.state(lake); pond != call.Accepted || lake != call.Reserve {
			t.Errorf("the first is %s and the second %s, want the first alone to move up", pond, lake)
		}
		if n := c.promised(council.MovedUp{}.Kind()); n != 1 {
			t.Errorf("%d letters are promised, want 1", n)
		}
		c.sound()
	})
}
