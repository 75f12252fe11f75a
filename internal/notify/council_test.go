package notify_test

import (
	"testing"

	"obrady/internal/call"
	"obrady/internal/campaign"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// From the decision to the answer to an appeal, letters say what was decided and why, and nothing before it is announced.
func TestAuthorsAreToldWhatWasDecided(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSending(t, d)
		ctx := t.Context()
		words, err := i18n.Load(notify.Locale, rights.Locale, partner.Locale, edition.Locale, campaign.Locale, signup.Locale, call.Locale, review.Locale, council.Locale)
		s.must(err)
		s.Words = words
		var kinds []string
		for _, e := range []outbox.Event{review.Assigned{}, council.Announced{}, council.MovedUp{}, council.AppealFiled{}, council.AppealAnswered{}} {
			kinds = append(kinds, e.Kind())
		}
		s.worker.Lanes = []outbox.Lane{outbox.Only(kinds...)}
		reviews := review.NewService(d, s.read)
		board := council.NewService(d, s.read, reviews)
		anchor := []i18n.Text{i18n.Both("słabo"), i18n.Both("dobrze")}
		_, err = reviews.SaveSetup(ctx, "desk", review.Setup{
			Call: s.call.ID, Each: 1, OpensAt: s.now, ClosesAt: s.now.AddDate(0, 0, 20), AppealDays: 14,
			Criteria: []review.Criterion{{Label: i18n.Both("Pomysł"), Weight: 1, Anchors: anchor}},
		})
		s.must(err)
		rada := s.account("rada@example.org", i18n.Polish).ID
		ewa, jan := s.account("ewa@example.org", i18n.Polish), s.account("jan@example.org", i18n.English)
		river, err := s.send(ewa, s.begin(ewa, "Rzeka"))
		s.must(err)
		tram, err := s.send(jan, s.begin(jan, "Tram"))
		s.must(err)
		for _, one := range []call.SubmissionID{river.ID, tram.ID} {
			s.must(s.calls.Check(ctx, call.Finding{Submission: one, By: "desk", Seen: call.Submitted, Next: call.Eligible}))
		}
		_, err = board.Decide(ctx, rada, council.Decision{Submission: river.ID, Outcome: review.Reject, ToAuthor: "Za mało o ludziach"})
		s.must(err)
		_, err = board.Decide(ctx, rada, council.Decision{Submission: tram.ID, Outcome: review.OnReserve, Place: 2, ToAuthor: "Good, and late"})
		s.must(err)
		s.hears("before the announcement")

		shown, digest, err := board.Preview(ctx, rada, s.call.ID)
		s.must(err)
		draft, err := s.DecisionDraft(ctx, shown[0].Decision, i18n.Polish)
		if err != nil || draft.Subject == "" || len(draft.Words) == 0 {
			t.Errorf("the draft is %+v, %v, want a letter", draft, err)
		}
		_, err = board.Announce(ctx, rada, s.call.ID, digest)
		s.must(err)
		s.hears("announced",
			[]string{"ewa@example.org", "Decyzja w sprawie zgłoszenia AB-1: nieprzyjęte", "Za mało o ludziach", "Odwołanie można złożyć do", "/pl/decision/kpm-2027/AB-1"},
			[]string{"jan@example.org", "Decision about submission AB-2: reserve list", "Place on the reserve list: 2", "Good, and late"},
		)
		s.must(board.Appeal(ctx, ewa.ID, river.ID, "Jest cały rozdział"))
		s.hears("appealed", []string{"host@example.org", "Odwołanie w sprawie zgłoszenia AB-1"})
		all, err := board.Appeals(ctx, rada, s.call.ID)
		s.must(err)
		all[0].Verdict, all[0].Answer = council.Upheld, "Rozdział jest o czymś innym"
		s.must(board.Answer(ctx, rada, all[0]))
		s.hears("answered", []string{"ewa@example.org", "oddalone", "Rozdział jest o czymś innym"})
	})
}
