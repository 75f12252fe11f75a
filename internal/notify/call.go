package notify

import (
	"context"
	"errors"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// The letters about calls: to whoever sends something in, to those they name beside them, and to the organisers.
var (
	callReceived = kind("call.received", "title", "code", "call", "until", "link")
	callChecked  = kind("call.checked", "title", "code", "state", "words", "link")
	callAnswered = kind("call.answered", "title", "code", "state", "words", "link")
	callTooLate  = kind("call.too_late", "title", "call", "link")
	callAsked    = kind("call.asked", "title", "call", "who", "link")
	callClosing  = kind("call.closing", "title", "call", "until", "link")
	callOff      = kind("call.off", "title", "call", "link")
)

// aboutCalls are the letters about calls and what is sent to them.
func (l *Letters) aboutCalls() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		call.Happened{}.Kind():    l.submissionMoved,
		call.TooLate{}.Kind():     l.submissionTooLate,
		call.Asked{}.Kind():       l.contributorAsked,
		call.ClosingSoon{}.Kind(): l.callClosing,
		call.CalledOff{}.Kind():   l.callOff,
	}
}

// sent is a submission as letters tell of it.
type sent struct {
	call.Submission

	of call.Call
	in edition.Edition
}

func (l *Letters) sent(ctx context.Context, submission call.SubmissionID) (s sent, err error) {
	if s.Submission, err = call.FindSubmission(ctx, l.DB, submission); err != nil {
		return s, err
	}
	return s, s.find(ctx, l.DB)
}

func (s *sent) find(ctx context.Context, q db.Querier) (err error) {
	if s.of, err = call.Find(ctx, q, s.Call); err != nil {
		return err
	}
	s.in, err = edition.ByID(ctx, q, s.Edition)
	return err
}

// words are those that every letter about the submission has, and more.
func (s sent) words(more func(p i18n.Printer) map[string]string) func(p i18n.Printer) map[string]string {
	return func(p i18n.Printer) map[string]string {
		words := map[string]string{}
		if more != nil {
			words = more(p)
		}
		words["title"], words["code"], words["call"] = s.Title, s.Code, s.of.Title.In(p.Lang).Text
		if s.Title == "" {
			words["title"] = s.Code
		}
		return words
	}
}

// moment writes a time of the congress's clock.
func (s sent) moment(p i18n.Printer, at time.Time) string {
	at = at.In(s.in.Location())
	return p.Date(at) + ", " + p.Hour(at)
}

// submissionMoved tells the authors where their submission stands, and the organisers what the authors decided.
func (l *Letters) submissionMoved(ctx context.Context, e outbox.Entry) error {
	var event call.Happened
	if err := e.Into(&event); err != nil {
		return err
	}
	s, err := l.sent(ctx, event.Submission)
	if err != nil || s.State != event.To {
		return goneOf(err, call.ErrNoSubmission) // moved on since: the letter about that tells all
	}
	why, err := l.whyOf(ctx, event)
	if err != nil {
		return err
	}
	n := news{
		kind: callChecked, edition: s.Edition, route: "submission", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID,
		words: s.words(func(p i18n.Printer) map[string]string {
			return map[string]string{"state": p.T(s.State.Key()), "words": why, "until": s.moment(p, s.of.ClosesAt)}
		}),
	}
	switch event.To {
	case call.Submitted:
		n.kind = callReceived
	case call.Withdrawn, call.Confirmed, call.Declined:
		hosts, err := l.hosts(ctx, s.Edition)
		if err != nil {
			return err
		}
		n.kind, n.route, n.args = callAnswered, "desk.submission", []any{s.in.Slug, s.of.Slug, s.Code}
		return l.tellAll(ctx, hosts, n)
	default: // what organisers decided
	}
	return l.tellAuthors(ctx, s.ID, n)
}

// whyOf finds the reason of a step, which the event does not carry.
func (l *Letters) whyOf(ctx context.Context, event call.Happened) (string, error) {
	steps, err := call.StepsOf(ctx, l.DB, event.Submission)
	for _, step := range slices.Backward(steps) {
		if step.To == event.To {
			return step.Why, err
		}
	}
	return "", err
}

// goneOf turns the error of a thing that is no more into nothing, however it is wrapped.
func goneOf(err, why error) error {
	if errors.Is(err, why) {
		return nil
	}
	return err
}

// tellAuthors tells whoever works on a submission and whoever agreed to stand behind it, each address once.
func (l *Letters) tellAuthors(ctx context.Context, submission call.SubmissionID, n news) error {
	who, err := call.IdentityOf(ctx, l.DB, submission)
	if err != nil {
		return goneOf(err, call.ErrNoSubmission)
	}
	var all []people.Account
	owner, ok, err := l.account(ctx, who.Owner.Account)
	if err != nil {
		return err
	}
	if ok {
		all = append(all, owner)
	}
	for _, c := range who.Contributors {
		if c.State != call.Agreed {
			continue
		}
		a, ok, err := l.account(ctx, c.Account)
		if err != nil {
			return err
		}
		if !ok && c.Email != "" {
			a = people.Account{Email: c.Email, Name: c.Name, Lang: i18n.Polish}
		}
		if !slices.ContainsFunc(all, func(o people.Account) bool { return o.Email == a.Email }) {
			all = append(all, a)
		}
	}
	var failed error
	dedupe := n.dedupe
	for i, one := range all {
		n.to, n.dedupe = one, dedupe+":"+string(rune('a'+i))
		failed = errors.Join(failed, l.tell(ctx, n))
	}
	return failed
}

// submissionTooLate tells somebody that the deadline had passed, and that their text is kept.
func (l *Letters) submissionTooLate(ctx context.Context, e outbox.Entry) error {
	var event call.TooLate
	if err := e.Into(&event); err != nil {
		return err
	}
	s, err := l.sent(ctx, event.Submission)
	if err != nil {
		return goneOf(err, call.ErrNoSubmission)
	}
	return l.tellOne(ctx, event.By, news{
		kind: callTooLate, edition: s.Edition, route: "submission", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID, words: s.words(nil),
	})
}

// contributorAsked sends somebody the link under which they say whether they stand behind a submission.
func (l *Letters) contributorAsked(ctx context.Context, e outbox.Entry) error {
	var event call.Asked
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		// The link in the letter that went out must go on working when the promise is kept twice.
		if there, err := mail.Posted(ctx, tx, "call.asked:"+e.ID); err != nil || there {
			return mail.Letter{}, errors.Join(err, errNoLetter)
		}
		token, c, err := call.IssueLink(ctx, tx, event.Contributor)
		if errors.Is(err, call.ErrNoLink) {
			return mail.Letter{}, errNoLetter
		}
		if err != nil {
			return mail.Letter{}, err
		}
		letter, err := l.askContributor(ctx, tx, asking{c, token, "call.asked:" + e.ID})
		letter.Secret, letter.Expires = true, l.Now().Add(call.LinkLife)
		return letter, err
	})
}

// asking is an invitation on its way.
type asking struct {
	call.Contributor

	token, dedupe string
}

func (l *Letters) askContributor(ctx context.Context, q db.Querier, a asking) (mail.Letter, error) {
	var s sent
	var err error
	if s.Submission, err = call.FindSubmission(ctx, q, a.Submission); err != nil {
		return mail.Letter{}, err
	}
	if err := s.find(ctx, q); err != nil {
		return mail.Letter{}, err
	}
	who, err := call.IdentityOf(ctx, q, a.Submission)
	if err != nil {
		return mail.Letter{}, err
	}
	owner, err := people.FindAccount(ctx, q, who.Owner.Account)
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return mail.Letter{}, err
	}
	to, err := people.AccountOf(ctx, q, a.Email)
	if errors.Is(err, people.ErrNoAccount) {
		to, err = people.Account{Email: a.Email, Name: a.Name, Lang: i18n.Polish}, nil
	}
	if err != nil {
		return mail.Letter{}, err
	}
	return l.write(ctx, q, news{
		kind: callAsked, edition: s.Edition, to: to, route: "contributor", args: []any{a.token}, dedupe: a.dedupe,
		words: s.words(func(i18n.Printer) map[string]string { return map[string]string{"who": owner.Name} }),
	})
}

// callClosing reminds whoever has a draft that the deadline is near.
func (l *Letters) callClosing(ctx context.Context, e outbox.Entry) error {
	var event call.ClosingSoon
	if err := e.Into(&event); err != nil {
		return err
	}
	of, err := call.Find(ctx, l.DB, event.Call)
	if err != nil || !of.ClosesAt.Equal(event.ClosesAt) || !of.CancelledAt.IsZero() || l.Now().After(of.ClosesAt) {
		return goneOf(err, call.ErrNoCall) // or there is nothing to remind of any more
	}
	drafts, err := call.Drafts(ctx, l.DB, of.ID)
	if err != nil {
		return err
	}
	return l.tellOf(ctx, drafts, func(s sent) news {
		return news{
			kind: callClosing, edition: s.Edition, route: "submission", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID + ":" + string(s.ID),
			words: s.words(func(p i18n.Printer) map[string]string { return map[string]string{"until": s.moment(p, of.ClosesAt)} }),
		}
	})
}

// callOff tells everybody who wrote for a call that it will not be.
func (l *Letters) callOff(ctx context.Context, e outbox.Entry) error {
	var event call.CalledOff
	if err := e.Into(&event); err != nil {
		return err
	}
	drafts, err := call.Drafts(ctx, l.DB, event.Call)
	if err != nil {
		return err
	}
	all, err := call.Submissions(ctx, l.DB, event.Call)
	if err != nil {
		return err
	}
	return l.tellOf(ctx, append(drafts, all...), func(s sent) news {
		return news{
			kind: callOff, edition: s.Edition, route: "submission", args: []any{s.in.Slug, s.Code}, dedupe: e.Kind + ":" + e.ID + ":" + string(s.ID),
			words: s.words(nil),
		}
	})
}

// tellOf tells the authors of each of some submissions of one call.
func (l *Letters) tellOf(ctx context.Context, all []call.Submission, write func(sent) news) error {
	var failed error
	for _, one := range all {
		s := sent{Submission: one}
		if err := s.find(ctx, l.DB); err != nil {
			return err
		}
		failed = errors.Join(failed, l.tellAuthors(ctx, one.ID, write(s)))
	}
	return failed
}
