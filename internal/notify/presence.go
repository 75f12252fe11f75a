package notify

import (
	"context"
	"errors"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/selection"
)

// The letters before a session: to whoever has a seat, and to those who choose among applications.
var (
	comingAsked = kind("attendance.asked", "session", "when", "link")
	choiceLate  = kind("selection.late", "window", "count", "link")
)

// aboutPresence are the letters about who comes and who is chosen.
func (l *Letters) aboutPresence() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		attendance.Asked{}.Kind(): l.comingAsked,
		selection.Late{}.Kind():   l.choiceLate,
	}
}

// comingAsked asks somebody the day before whether they come. The link in the letter answers for that one seat without
// signing in, so it is made once: a second one would make the first useless.
func (l *Letters) comingAsked(ctx context.Context, e outbox.Entry) error {
	var event attendance.Asked
	if err := e.Into(&event); err != nil {
		return err
	}
	who, ok, err := l.account(ctx, event.Account)
	if err != nil || !ok {
		return err
	}
	dedupe := e.Kind + ":" + string(event.Session) + ":" + string(event.Account)
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		there, err := mail.Posted(ctx, tx, dedupe)
		if err != nil {
			return mail.Letter{}, err
		}
		if there || who.Email == "" || who.Erased() {
			return mail.Letter{}, errNoLetter
		}
		token, q, err := attendance.IssueLink(ctx, tx, l.Now(), event)
		if errors.Is(err, attendance.ErrNoLink) {
			return mail.Letter{}, errNoLetter
		}
		if err != nil {
			return mail.Letter{}, err
		}
		letter, err := l.askComing(ctx, tx, who, q, token)
		letter.Secret, letter.Expires, letter.Dedupe = true, q.StartAt, dedupe
		return letter, err
	})
}

func (l *Letters) askComing(ctx context.Context, q db.Querier, who people.Account, about attendance.Question, token string) (mail.Letter, error) {
	f, err := frameOf(ctx, q, about.Edition, comingAsked)
	if err != nil {
		return mail.Letter{}, err
	}
	title := l.title(about.Edition, about.Session, about.Title)
	return l.compose(news{
		kind: comingAsked, edition: about.Edition, to: who, route: "coming", args: []any{token},
		words: func(p i18n.Printer) map[string]string {
			s := seatSpeaker{Printer: p, edition: f.edition}
			return map[string]string{"session": title.In(p.Lang).Text, "when": s.moment(admission.Span{Start: about.StartAt})}
		},
	}, f)
}

// choiceLate reminds the organisers of a choice that should be known by now.
func (l *Letters) choiceLate(ctx context.Context, e outbox.Entry) error {
	var event selection.Late
	if err := e.Into(&event); err != nil {
		return err
	}
	w, err := admission.FindWindow(ctx, l.DB, event.Window)
	if errors.Is(err, admission.ErrNoWindow) {
		return nil
	}
	if err != nil {
		return err
	}
	of, err := edition.ByID(ctx, l.DB, event.Edition)
	if err != nil {
		return err
	}
	hosts, err := l.hosts(ctx, event.Edition)
	if err != nil {
		return err
	}
	return l.tellAll(ctx, hosts, news{
		kind: choiceLate, edition: event.Edition, route: "desk.announce", args: []any{of.Slug, w.ID}, dedupe: e.Kind + ":" + e.ID,
		words: func(p i18n.Printer) map[string]string {
			return map[string]string{"window": w.Name.In(p.Lang).Text, "count": p.N("notify.undecided", event.Missing)}
		},
	})
}
