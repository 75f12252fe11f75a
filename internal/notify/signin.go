package notify

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/signin"
)

// signIn are the letters about coming in.
func (l *Letters) signIn() map[string]func(context.Context, outbox.Entry) error {
	return map[string]func(context.Context, outbox.Entry) error{
		signin.Asked{}.Kind():     l.asked,
		signin.MoveAsked{}.Kind(): l.moveAsked,
		signin.Moved{}.Kind():     l.moved,
	}
}

// asked sends a link and a code.
func (l *Letters) asked(ctx context.Context, e outbox.Entry) error {
	var event signin.Asked
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		made, err := signin.Issue(ctx, tx, l.Now(), event.Request)
		if err != nil {
			return mail.Letter{}, unless(err)
		}
		p := l.Words.In(made.Lang)
		link, err := l.button(p, "notify.signin.button", "account.link", made.Token)
		return mail.Letter{
			Kind: "signin.link", To: made.Email, ToName: made.Account.Name, Account: string(made.Account.ID), Lang: made.Lang,
			Subject: p.T("notify.signin.subject"), Secret: true, Expires: made.ExpiresAt, Dedupe: "signin:" + string(made.Request),
			Body: mail.Body{Why: p.T("notify.signin.why"), Paragraphs: []mail.Paragraph{
				{Text: p.T("notify.signin.link", int(signin.LinkLife/time.Minute)), Button: link},
				{Text: p.T("notify.signin.code"), Code: made.Code},
				{Text: p.T("notify.signin.not_you")},
			}},
		}, err
	})
}

// unless turns a request that has its letter, or needs none any more, into errNoLetter.
func unless(err error) error {
	if errors.Is(err, signin.ErrSpent) {
		return errNoLetter
	}
	return err
}

// moveAsked asks a new address whether it agrees.
func (l *Letters) moveAsked(ctx context.Context, e outbox.Entry) error {
	var event signin.MoveAsked
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		made, err := signin.IssueMove(ctx, tx, l.Now(), event.Move)
		if err != nil {
			return mail.Letter{}, unless(err)
		}
		p := l.Words.In(made.Lang)
		link, err := l.button(p, "notify.move.button", "account.move.confirm", made.Token)
		return mail.Letter{
			Kind: "signin.move", To: made.To, ToName: made.Account.Name, Account: string(made.Account.ID), Lang: made.Lang,
			Subject: p.T("notify.move.subject"), Secret: true, Expires: made.Until, Dedupe: "signin.move:" + event.Move,
			Body: mail.Body{Why: p.T("notify.move.why"), Paragraphs: []mail.Paragraph{
				{Text: p.T("notify.move.text"), Button: link},
				{Text: p.T("notify.move.not_you")},
			}},
		}, err
	})
}

// moved tells the old address that the account has gone, and how to get it back.
func (l *Letters) moved(ctx context.Context, e outbox.Entry) error {
	var event signin.Moved
	if err := e.Into(&event); err != nil {
		return err
	}
	return l.post(ctx, func(tx *db.Tx) (mail.Letter, error) {
		made, err := signin.IssueUndo(ctx, tx, l.Now(), event.Move)
		if err != nil {
			return mail.Letter{}, unless(err)
		}
		p := l.Words.In(made.Lang)
		undo, err := l.button(p, "notify.moved.button", "account.undo", made.Token)
		return mail.Letter{
			Kind: "signin.moved", To: made.To, ToName: made.Account.Name, Account: string(made.Account.ID), Lang: made.Lang,
			Subject: p.T("notify.moved.subject"), Secret: true, Expires: made.Until, Dedupe: "signin.moved:" + event.Move,
			Body: mail.Body{Why: p.T("notify.moved.why"), Paragraphs: []mail.Paragraph{
				{Text: p.T("notify.moved.text"), Quote: made.New},
				{Text: p.T("notify.moved.not_you", int(signin.UndoFor/time.Hour)), Button: undo},
			}},
		}, err
	})
}
