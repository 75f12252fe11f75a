package review_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
)

func TestProposeAndApply(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		desk := c.desk()
		anna, jan, ewa := c.reader("anna", 3, "woda"), c.reader("jan", 3, "ruch"), c.reader("ewa", 3, "woda")
		author := c.account("pisarz")
		office := c.institution("", author)
		river, tram := c.sent(author, "Rzeka", "woda"), c.sent(c.account("pisarka"), "Tramwaj", "ruch")
		c.join(anna, office) // so they do not read what the author sent
		c.now(reviewing)

		p, err := c.reviews.Propose(ctx, desk, c.call.ID)
		c.must(err)
		if !p.Result.Optimal() || len(p.Result.Choices) != 4 {
			t.Fatalf("proposed %+v, want four pairs and none better", p.Result)
		}
		for _, choice := range p.Result.Choices {
			if choice.Submission == assign.SubmissionID(river) && choice.Reviewer == assign.ReviewerID(anna) {
				t.Error("somebody of the author’s institution is proposed as a reviewer")
			}
		}
		if got := c.sees(jan); got != nil {
			t.Errorf("before it is applied a reviewer sees %v, want nothing", got)
		}
		without := []assign.Pair{{Submission: assign.SubmissionID(tram), Reviewer: assign.ReviewerID(jan)}}
		n, err := c.reviews.Apply(ctx, desk, p, without)
		if err != nil || n != 3 {
			t.Errorf("gave out %d, %v, want all but one of four", n, err)
		}
		if got, want := c.sees(jan), []string{"Rzeka"}; !cmp.Equal(got, want) {
			t.Errorf("the reviewer sees %v, want %v", got, want)
		}
		if got := c.state(river); got != call.UnderReview {
			t.Errorf("the submission is %s, want %s", got, call.UnderReview)
		}
		if got := c.promised(review.Assigned{}.Kind()); got != 3 {
			t.Errorf("%d reviewers are told, want each of three once", got)
		}
		_, err = c.reviews.Apply(ctx, desk, p, nil)
		c.want(review.ErrChanged, err)

		// What has been given stays when it is worked out again.
		again, err := c.reviews.Propose(ctx, desk, c.call.ID)
		c.must(err)
		given := 0
		for _, choice := range again.Result.Choices {
			if choice.Given {
				given++
			}
		}
		if given != 3 {
			t.Errorf("the next proposal keeps %d pairs, want 3", given)
		}
		_, err = c.reviews.Propose(ctx, ewa, c.call.ID)
		c.want(rights.ErrRole, err)
	})
}

func TestGiveAllIsAllOrNothing(t *testing.T) {
	each(t, func(c *chamber) {
		desk, anna := c.desk(), c.reader("anna", 3, "woda")
		stranger := c.account("stranger")
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.now(reviewing)
		email := func(who people.AccountID) string {
			a, err := people.FindAccount(t.Context(), c.db, who)
			c.must(err)
			return a.Email
		}
		rows := []review.Row{{Line: 2, Code: "AB-1", Email: email(anna)}, {Line: 3, Code: "AB-77", Email: email(anna)}, {Line: 4, Code: "AB-1", Email: email(stranger)}}
		err := c.reviews.GiveAll(t.Context(), desk, c.call.ID, rows)
		c.wantProblem("line-3", err)
		c.wantProblem("line-4", err)
		c.wantAssignments(desk, 0)
		c.must(c.reviews.GiveAll(t.Context(), desk, c.call.ID, rows[:1]))
		c.wantAssignments(desk, 1)
		_ = river
	})
}

func (c *chamber) wantAssignments(desk people.AccountID, want int) {
	c.t.Helper()
	all, err := c.reviews.Assignments(c.t.Context(), desk, c.call.ID, review.Filter{})
	if err != nil || len(all) != want {
		c.t.Errorf("%d assignments, %v, want %d", len(all), err, want)
	}
}

func TestReview(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		anna, jan := c.reader("anna", 3, "woda"), c.reader("jan", 3, "woda")
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.now(reviewing)
		_, err := c.reviews.Write(ctx, anna, c.thinks(river, 2))
		c.want(review.ErrNone, err) // not given to them
		c.give(river, anna)
		c.give(river, jan)
		c.writes(jan, river, 1)

		draft, err := c.reviews.Write(ctx, anna, review.Review{Submission: river, ToCouncil: "Zaczynam"})
		c.must(err)
		_, err = c.reviews.Write(ctx, anna, review.Review{Submission: river, ToCouncil: "Z innej karty"})
		c.want(review.ErrChanged, err)
		others, figure, err := c.reviews.Reviews(ctx, anna, river)
		if err != nil || others != nil || figure.Count != 1 || figure.Mean != 0 {
			t.Errorf("before their own is sent they read %v, %+v, %v, want that there is one", others, figure, err)
		}
		entry := c.entry(anna, river)
		if entry.Figure.Mean != 0 || entry.Sent != 1 {
			t.Errorf("the list tells them a mean of %v, want none before they have sent their own", entry.Figure.Mean)
		}

		incomplete := review.Review{Submission: river, Revision: draft.Revision, Scores: map[string]int{"idea": 4}}
		_, err = c.reviews.Send(ctx, anna, incomplete)
		for _, field := range []string{"score-idea", "score-proof", "confidence", "to_author"} {
			c.wantProblem(field, err)
		}
		whole := c.thinks(river, 3)
		whole.Scores["proof"], whole.Revision = 0, draft.Revision // cannot judge
		first, err := c.reviews.Send(ctx, anna, whole)
		c.must(err)
		if first.Score != 100 || !first.Judged {
			t.Errorf("the score is %v, want 100 of what could be judged", first.Score)
		}
		others, figure, err = c.reviews.Reviews(ctx, anna, river)
		if err != nil || len(others) != 2 || figure.Mean != 50 || !figure.Disputed() {
			t.Errorf("after their own is sent they read %d reviews, %+v, %v, want both, far apart", len(others), figure, err)
		}
		for _, r := range others {
			if r.Account == jan {
				t.Error("a reviewer reads who the other reviewer is")
			}
		}
		whole.Scores["proof"], whole.Revision = 1, first.Revision
		second, err := c.reviews.Send(ctx, anna, whole)
		c.must(err)
		if want := 100 * 2.0 / 3; math.Abs(second.Score-want) > 1e-9 {
			t.Errorf("the weighted score is %v, want %v", second.Score, want)
		}
		versions, err := c.reviews.Versions(ctx, anna, river)
		if err != nil || len(versions) != 2 {
			t.Errorf("%d versions are kept, %v, want 2", len(versions), err)
		}
		_, err = c.reviews.Write(ctx, anna, second)
		c.want(review.ErrSent, err)
		c.now(deciding)
		_, err = c.reviews.Send(ctx, anna, second)
		c.want(review.ErrOver, err)
	})
}

func (c *chamber) entry(who people.AccountID, submission call.SubmissionID) review.Entry {
	c.t.Helper()
	all, err := c.reviews.List(c.t.Context(), who, c.call.ID, review.Filter{})
	c.must(err)
	for _, e := range all {
		if e.ID == submission {
			return e
		}
	}
	c.t.Fatalf("%s is not in the list", submission)
	return review.Entry{}
}

// A review counts no more once its writer turns out to have a stake.
func TestARecusedReviewerIsOut(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		anna, desk := c.reader("anna", 3, "woda"), c.desk()
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.now(reviewing)
		c.give(river, anna)
		c.writes(anna, river, 3)
		c.must(c.reviews.Declare(ctx, anna, review.Conflict{Submission: river, Account: anna}, "Okazało się, że to mój student"))
		if got := c.entry(desk, river); got.Sent != 0 || got.Given != 0 || got.Figure.Mean != 0 {
			t.Errorf("the list still counts it: %+v", got)
		}
		all, _, err := c.reviews.Reviews(ctx, desk, river)
		if err != nil || len(all) != 0 {
			t.Errorf("%d reviews count, %v, want none", len(all), err)
		}
		c.want(review.ErrConflict, c.reviews.Give(ctx, desk, review.Assignment{Submission: river, Account: anna, Call: c.call.ID}))
	})
}

func TestRefuseAndTakeBack(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		anna, desk := c.reader("anna", 3, "woda"), c.desk()
		river, lake := c.sent(c.account("pisarz"), "Rzeka", "woda"), c.sent(c.account("pisarka"), "Jezioro", "woda")
		c.now(reviewing)
		c.give(river, anna)
		c.give(lake, anna)
		c.wantProblem("reason", c.reviews.Refuse(ctx, anna, review.Assignment{Submission: river}))
		c.must(c.reviews.Refuse(ctx, anna, review.Assignment{Submission: river, Reason: "Nie znam się na tym"}))
		c.want(review.ErrNone, c.reviews.Visible(ctx, anna, river))
		c.writes(anna, lake, 2)
		taken := review.Assignment{Submission: lake, Account: anna, Call: c.call.ID, Reason: "Za późno"}
		c.want(review.ErrMoved, c.reviews.TakeBack(ctx, desk, taken))
		queue, err := c.reviews.Queue(ctx, anna, c.call.ID)
		if err != nil || len(queue) != 0 {
			t.Errorf("the queue holds %v, %v, want nothing", queue, err)
		}
	})
}

func TestCriteriaThatHaveBeenUsedKeepTheirScale(t *testing.T) {
	each(t, func(c *chamber) {
		anna, desk := c.reader("anna", 3, "woda"), c.desk()
		river := c.sent(c.account("pisarz"), "Rzeka", "woda")
		c.now(reviewing)
		c.give(river, anna)
		c.writes(anna, river, 2)
		next := c.setup
		next.Criteria = []review.Criterion{criterion("idea", 5)}
		_, err := c.reviews.SaveSetup(t.Context(), desk, next)
		c.want(review.ErrSent, err)
		next.Criteria = []review.Criterion{criterion("idea", 5), criterion("proof", 1), criterion("use", 1)}
		saved, err := c.reviews.SaveSetup(t.Context(), desk, next)
		c.must(err)
		_, err = c.reviews.SaveSetup(t.Context(), desk, next)
		c.want(review.ErrChanged, err)
		_ = saved
	})
}

func TestCalibration(t *testing.T) {
	each(t, func(c *chamber) {
		anna, jan := c.reader("anna", 9, "woda"), c.reader("jan", 9, "woda")
		for _, title := range []string{"Rzeka", "Jezioro"} {
			one := c.sent(c.account("pisarz"), title, "woda")
			c.now(reviewing)
			c.give(one, anna)
			c.give(one, jan)
			c.writes(anna, one, 1)
			c.writes(jan, one, 3)
		}
		all, field, err := c.reviews.Calibrations(t.Context(), c.somebody("radny", rights.Council), c.call.ID)
		c.must(err)
		if field.Mean != 50 || field.Count != 4 {
			t.Errorf("the field is %+v, want four reviews with a mean of 50", field)
		}
		for _, one := range all {
			want := map[people.AccountID]float64{anna: 100, jan: -100}[one.Account]
			if one.Harder != want || one.Own.Spread != 0 {
				t.Errorf("%+v, want one who is harder by %v", one, want)
			}
		}
		_, _, err = c.reviews.Calibrations(t.Context(), anna, c.call.ID)
		c.want(review.ErrNone, err)
	})
}

func TestAConsultedBodyIsHeardAndHoldsNothingUp(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		clerk, other := c.account("urzędniczka"), c.account("inny")
		ministry := c.institution("", clerk)
		setup := c.setup
		setup.Consulted = []people.InstitutionID{ministry}
		_, err := c.reviews.SaveSetup(ctx, c.desk(), setup)
		c.must(err)
		river, own := c.sent(c.account("pisarz"), "Rzeka", "woda"), c.sent(clerk, "Ministerialne", "woda")
		c.now(reviewing)

		asked, err := c.reviews.Consultations(ctx, clerk, c.call.ID)
		if err != nil || len(asked) != 1 || asked[0].ID != river {
			t.Errorf("asked about %+v, %v, want what is not their own", asked, err)
		}
		c.wantProblem("words", c.reviews.Opine(ctx, clerk, review.Opinion{Submission: river, Stance: review.Against}))
		c.must(c.reviews.Opine(ctx, clerk, review.Opinion{Submission: river, Stance: review.Against, Words: "Sprzeczne z ustawą"}))
		c.must(c.reviews.Opine(ctx, clerk, review.Opinion{Submission: river, Stance: review.Supports}))
		c.want(review.ErrNone, c.reviews.Opine(ctx, clerk, review.Opinion{Submission: own, Stance: review.Supports}))
		_, err = c.reviews.Consultations(ctx, other, c.call.ID)
		c.want(review.ErrConsulted, err)
		heard, err := c.reviews.Opinions(ctx, c.somebody("radny", rights.Council), river)
		if err != nil || len(heard) != 1 || heard[0].Stance != review.Supports || heard[0].Revision != 2 {
			t.Errorf("the council reads %+v, %v, want the second opinion", heard, err)
		}
	})
}

func TestSetupValidate(t *testing.T) {
	good := review.Setup{Each: 2, Criteria: []review.Criterion{criterion("idea", 1)}, OpensAt: opening, ClosesAt: closing}
	for _, test := range []struct {
		name, field string
		change      func(*review.Setup)
	}{
		{"no reviews", "each", func(s *review.Setup) { s.Each = 0 }},
		{"no criteria", "criteria", func(s *review.Setup) { s.Criteria = nil }},
		{"a scale of one mark", "c0-anchors", func(s *review.Setup) { s.Criteria[0].Anchors = s.Criteria[0].Anchors[:1] }},
		{"a criterion without weight", "c0-weight", func(s *review.Setup) { s.Criteria[0].Weight = 0 }},
		{"closes before it opens", "closes_on", func(s *review.Setup) { s.ClosesAt = s.OpensAt.Add(-time.Hour) }},
		{"fewer than no places", "places", func(s *review.Setup) { s.Places = []review.Places{{Seats: -1}} }},
		{"a hundred days for appeals", "appeal_days", func(s *review.Setup) { s.AppealDays = 100 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &chamber{t: t}
			s := good
			s.Criteria = []review.Criterion{criterion("idea", 1)}
			c.want(nil, s.Validate())
			test.change(&s)
			c.wantProblem(test.field, s.Validate())
		})
	}
}

func TestDisagreementIsToldToWhoMaySeeIt(t *testing.T) {
	each(t, func(c *chamber) {
		ctx := t.Context()
		anna, jan := c.reader("anna", 3, "woda"), c.reader("jan", 3, "woda")
		member, outside := c.somebody("radny", rights.Council), c.somebody("radna", rights.Council)
		river, tram := c.sent(c.account("pisarz"), "Rzeka", "woda"), c.sent(c.account("pisarka"), "Tramwaj", "woda")
		c.now(reviewing)
		for submission, marks := range map[call.SubmissionID][2]int{river: {1, 3}, tram: {2, 2}} {
			for i, who := range []people.AccountID{anna, jan} {
				c.give(submission, who)
				_, err := c.reviews.Send(ctx, who, review.Review{
					Submission: submission, Scores: map[string]int{"idea": marks[i], "proof": marks[i]}, Confidence: review.Fair, ToAuthor: "Dziękuję.",
				})
				c.must(err)
			}
		}
		c.must(c.reviews.Declare(ctx, outside, review.Conflict{Submission: river, Account: outside}, "Moja promotorka"))
		page, n, err := c.reviews.Disputed(ctx, member, c.call.ID, review.Filter{Most: 10})
		if err != nil || n != 1 || len(page) != 1 || page[0].Title != "Rzeka" || page[0].Figure.Apart() != 100 {
			t.Errorf("the council finds %+v (%d), %v, want the river", page, n, err)
		}
		page, n, err = c.reviews.Disputed(ctx, outside, c.call.ID, review.Filter{Most: 10})
		if err != nil || n != 0 || len(page) != 0 {
			t.Errorf("who has a stake finds %+v (%d), %v, want nothing", page, n, err)
		}
		_, _, err = c.reviews.Disputed(ctx, anna, c.call.ID, review.Filter{})
		c.want(review.ErrNone, err)
	})
}
