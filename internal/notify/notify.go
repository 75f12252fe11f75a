// Package notify writes to people when something has happened that they must know: it turns an event of the outbox into
// a letter, in the language of whoever gets it.
//
// Each file is about the events of one package. A letter is posted in the transaction that makes its secrets, so there
// is never a letter without them, nor they without a letter.
package notify

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/outbox"
	"obrady/internal/programme"
)

// Locale holds the sentences of the letters.
//
//go:embed locale/*.json
var Locale embed.FS

// Letters writes letters. All fields but Title are needed.
type Letters struct {
	DB    *db.DB
	Now   func() time.Time
	Words *i18n.Catalogue
	// Address is the path of the page that a route shows, in a language; the site's table of routes knows it.
	Address func(lang i18n.Lang, route string, args ...any) (string, error)
	// Title is what the public calls a session, and false for one that it does not know, whose letters then say what it is
	// called on the desk. Nil asks the desk about all of them.
	Title func(of edition.ID, session programme.SessionID) (i18n.Text, bool)
}

// title is the public name of a session, or else the one on the desk.
func (l *Letters) title(of edition.ID, session programme.SessionID, onDesk i18n.Text) i18n.Text {
	if l.Title == nil {
		return onDesk
	}
	if announced, known := l.Title(of, session); known {
		return announced
	}
	return onDesk
}

// Handlers says which event leads to which letter.
func (l *Letters) Handlers() map[string]func(context.Context, outbox.Entry) error {
	all := map[string]func(context.Context, outbox.Entry) error{}
	maps.Copy(all, l.signIn())
	maps.Copy(all, l.aboutPeople())
	maps.Copy(all, l.aboutPartners())
	maps.Copy(all, l.aboutSignups())
	maps.Copy(all, l.aboutPresence())
	maps.Copy(all, l.aboutPractices())
	maps.Copy(all, l.aboutCalls())
	maps.Copy(all, l.aboutCouncil())
	return all
}

// post writes a letter in one transaction with what it needs. A write that returns errNoLetter posts nothing, and an
// address that no mail server takes ends the matter: trying again would not help.
func (l *Letters) post(ctx context.Context, write func(tx *db.Tx) (mail.Letter, error)) error {
	err := l.DB.Tx(ctx, func(tx *db.Tx) error {
		letter, err := write(tx)
		if err != nil {
			return err
		}
		_, err = mail.Post(ctx, tx, l.Now(), letter)
		return err
	})
	if errors.Is(err, errNoLetter) || errors.Is(err, mail.ErrAddress) {
		return nil
	}
	return err
}

// errNoLetter says that there is nothing to write any more.
var errNoLetter = errors.New("no letter is needed")

// button leads to the page of a route.
func (l *Letters) button(p i18n.Printer, key, route string, args ...any) (*mail.Button, error) {
	address, err := l.Address(p.Lang, route, args...)
	if err != nil {
		return nil, fmt.Errorf("write a letter: %w", err)
	}
	return &mail.Button{Label: p.T(key), Address: address}, nil
}
