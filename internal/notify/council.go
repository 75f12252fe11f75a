package notify

import (
	"context"
	"fmt"
	"strings"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/review"
)

// The letters about reviews and decisions: to reviewers, to the authors of what was decided, and to the organisers.
var (
	reviewAssigned    = kind("review.assigned", "call", "until", "link")
	decisionAnnounced = kind("council.announced", "title", "code", "call", "outcome", "words", "link")
	reserveMovedUp    = kind("council.moved_up", "title", "code", "call", "link")
	appealFiled       = kind("council.appeal_filed", "title", "code", "call", "link")
	appealAnswered    = kind("council.appeal_answered", "title", "code", "call", "outcome", "words", "link")
)

// aboutCouncil are the letters about reviews and decisions.
func (l *Letters) aboutCouncil() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		review.Assigned{}.Kind():        l.reviewAssigned,
		council.Announced{}.Kind():      l.decisionAnnounced,
		council.MovedUp{}.Kind():        l.reserveMovedUp,
		council.AppealFiled{}.Kind():    l.appealFiled,
		council.AppealAnswered{}.Kind(): l.appealAnswered,
	}
}

// reviewAssigned tells a reviewer that there is something to read. What it is they read at their desk.
func (l *Letters) reviewAssigned(ctx context.Context, e outbox.Entry) error {
	var event review.Assigned
	if err := e.Into(&event); err != nil {
		return err
	}
	of, err := call.Find(ctx, l.DB, event.Call)
	if err != nil {
		return goneOf(err, call.ErrNoCall)
	}
	in, err := edition.ByID(ctx, l.DB, of.Edition)
	if err != nil {
		return err
	}
	setup, err := review.FindSetup(ctx, l.DB, of.ID)
	if err != nil {
		return goneOf(err, review.ErrNoSetup)
	}
	clock := sent{in: in}
	return l.tellOne(ctx, event.Account, news{
		kind: reviewAssigned, edition: of.Edition, route: "desk.council.call", args: []any{in.Slug, of.Slug}, dedupe: e.Kind + ":" + e.ID,
		words: func(p i18n.Printer) map[string]string {
			return map[string]string{"call": of.Title.In(p.Lang).Text, "until": clock.moment(p, setup.ClosesAt)}
		},
	})
}

// decisionAnnounced tells the authors what was decided, and why.
func (l *Letters) decisionAnnounced(ctx context.Context, e outbox.Entry) error {
	var event council.Announced
	if err := e.Into(&event); err != nil {
		return err
	}
	s, told, err := l.told(ctx, event.Submission)
	if err != nil || told.Revision != event.Revision {
		return goneOf(goneOf(err, call.ErrNoSubmission), council.ErrNoDecision)
	}
	return l.tellAuthors(ctx, s.ID, l.decisionNews(s, told, e.Kind+":"+e.ID))
}

func (l *Letters) told(ctx context.Context, submission call.SubmissionID) (s sent, t council.Told, err error) {
	if s, err = l.sent(ctx, submission); err != nil {
		return s, t, err
	}
	t, err = council.Letter(ctx, l.DB, submission)
	return s, t, err
}

// decisionNews is the letter about a decision, without whom it goes to.
func (l *Letters) decisionNews(s sent, t council.Told, dedupe string) news {
	return news{
		kind: decisionAnnounced, edition: s.Edition, route: "decision", args: []any{s.in.Slug, s.Code}, dedupe: dedupe,
		words: s.words(func(p i18n.Printer) map[string]string {
			return map[string]string{"outcome": p.T(t.Outcome.Key()), "words": s.reasons(p, t)}
		}),
	}
}

// reasons writes out what the council and the reviewers say to the authors.
func (s sent) reasons(p i18n.Printer, t council.Told) string {
	var all []string
	if format, known := s.of.Option(s.of.Formats, t.Format); known && t.Outcome == review.OtherFormat {
		all = append(all, p.T("notify.council.format", format.Name.In(p.Lang).Text))
	}
	if t.Outcome == review.OnReserve {
		all = append(all, p.T("notify.council.place", t.Place))
	}
	if t.Rationale != "" {
		all = append(all, t.Rationale)
	}
	for i, words := range t.Reviews {
		all = append(all, p.T("notify.council.review", i+1)+" "+words)
	}
	if !t.AppealUntil.IsZero() {
		all = append(all, p.T("notify.council.appeal", s.moment(p, t.AppealUntil)))
	}
	return strings.Join(all, "\n\n")
}

// reserveMovedUp tells the authors that a place has become free for them.
func (l *Letters) reserveMovedUp(ctx context.Context, e outbox.Entry) error {
	var event council.MovedUp
	if err := e.Into(&event); err != nil {
		return err
	}
	s, err := l.sent(ctx, event.Submission)
	if err != nil || s.State != call.Accepted {
		return goneOf(err, call.ErrNoSubmission)
	}
	return l.tellAuthors(ctx, s.ID, news{
		kind: reserveMovedUp, edition: s.Edition, route: "submission", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID, words: s.words(nil),
	})
}

// appealFiled tells the organisers that the council is asked to look again.
func (l *Letters) appealFiled(ctx context.Context, e outbox.Entry) error {
	var event council.AppealFiled
	if err := e.Into(&event); err != nil {
		return err
	}
	a, s, err := l.appeal(ctx, event.Appeal)
	if err != nil || a.Verdict != "" {
		return err
	}
	if s.ID == "" {
		return nil
	}
	hosts, err := l.hosts(ctx, s.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, hosts, news{
		kind: appealFiled, edition: s.Edition, route: "desk.appeals", args: []any{s.in.Slug, s.of.Slug}, dedupe: e.Kind + ":" + e.ID, words: s.words(nil),
	})
}

// appealAnswered tells the authors what the council says to their appeal.
func (l *Letters) appealAnswered(ctx context.Context, e outbox.Entry) error {
	var event council.AppealAnswered
	if err := e.Into(&event); err != nil {
		return err
	}
	a, s, err := l.appeal(ctx, event.Appeal)
	if err != nil || s.ID == "" {
		return err
	}
	return l.tellAuthors(ctx, s.ID, news{
		kind: appealAnswered, edition: s.Edition, route: "decision", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID,
		words: s.words(func(p i18n.Printer) map[string]string {
			return map[string]string{"outcome": p.T(a.Verdict.Key()), "words": a.Answer}
		}),
	})
}

// appeal finds an appeal with what it is about; a submission without an ID if it is gone.
func (l *Letters) appeal(ctx context.Context, appeal string) (a council.Appeal, s sent, err error) {
	if a, err = council.FindAppeal(ctx, l.DB, appeal); err != nil {
		return a, s, goneOf(err, council.ErrNoAppeal)
	}
	s, err = l.sent(ctx, a.Submission)
	return a, s, goneOf(err, call.ErrNoSubmission)
}

// Draft is a letter as it would go out, for whoever is about to announce decisions.
type Draft struct {
	Subject string
	Words   []string // paragraph by paragraph
}

// DecisionDraft writes the letter about a decision that is not announced yet, in the language of p, to nobody.
func (l *Letters) DecisionDraft(ctx context.Context, d council.Decision, lang i18n.Lang) (Draft, error) {
	s, err := l.sent(ctx, d.Submission)
	if err != nil {
		return Draft{}, fmt.Errorf("draft a letter: %w", err)
	}
	d.AnnouncedAt = l.Now()
	t, err := council.Unannounced(ctx, l.DB, d)
	if err != nil {
		return Draft{}, fmt.Errorf("draft a letter: %w", err)
	}
	n := l.decisionNews(s, t, "")
	n.to = people.Account{Lang: lang}
	letter, err := l.write(ctx, l.DB, n)
	if err != nil {
		return Draft{}, fmt.Errorf("draft a letter: %w", err)
	}
	draft := Draft{Subject: letter.Subject}
	for _, p := range letter.Body.Paragraphs {
		if said := p.Text + p.Quote; said != "" {
			draft.Words = append(draft.Words, said)
		}
	}
	return draft, nil
}
