package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/notify"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/signin"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// office is the service, and the worker that writes its letters, at a moment that the test turns.
type office struct {
	*signin.Service
	t      *testing.T
	db     *db.DB
	at     time.Time
	worker *outbox.Worker
}

// EndAll has nothing to end here.
func (o *office) EndAll(context.Context, *db.Tx, people.AccountID) error { return nil }

func open(t *testing.T, d *db.DB) *office {
	t.Helper()
	o := &office{t: t, db: d, at: noon}
	now := func() time.Time { return o.at }
	words, err := i18n.Load(notify.Locale)
	if err != nil {
		t.Fatal(err)
	}
	if o.Service, err = signin.NewService(d, now, signin.Config{Sessions: o}); err != nil {
		t.Fatal(err)
	}
	letters := &notify.Letters{DB: d, Now: now, Words: words, Address: func(lang i18n.Lang, route string, args ...any) (string, error) {
		token, _ := args[0].(string)
		return "/" + string(lang) + "/" + route + "/" + token, nil
	}}
	o.worker = &outbox.Worker{DB: d, Now: now, Handlers: letters.Handlers(), Lanes: []outbox.Lane{outbox.Except(mail.Events...)}}
	return o
}

// letters has everything written that is due, and returns all letters, the oldest first.
func (o *office) letters() []mail.Kept {
	o.t.Helper()
	for {
		n, err := o.worker.Once(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	dead, err := outbox.Dead(o.t.Context(), o.db)
	if err != nil || len(dead) > 0 {
		o.t.Errorf("promises that were given up: %v, %v", dead, err)
	}
	all, err := mail.NewService(o.db, func() time.Time { return o.at }).Letters(o.t.Context(), mail.Filter{})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

func TestALetterHasLinkAndCodeAndComesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		sent, err := o.Ask(t.Context(), signin.Asking{Email: "ada@example.org", Browser: "mine", Lang: i18n.English})
		if err != nil {
			t.Fatal(err)
		}
		all := o.letters()
		if len(all) != 1 {
			t.Fatalf("%d letters, want one", len(all))
		}
		l := all[0]
		if l.To != "ada@example.org" || l.Lang != i18n.English || !l.Secret || !l.Expires.Equal(noon.Add(signin.LinkLife)) || l.Body.Why == "" {
			t.Errorf("the letter is %+v, want a secret one in English, to Ada, for ten minutes", l.Letter)
		}
		var code, link string
		for _, p := range l.Body.Paragraphs {
			code += p.Code
			if p.Button != nil {
				link += p.Button.Address
			}
		}
		token := strings.TrimPrefix(link, "/en/account.link/")
		if len(code) != 6 || strings.Contains(l.Subject, code) || len(token) < 40 {
			t.Errorf("code %q, link %q, subject %q; want six digits, a long token and no code in the subject", code, link, l.Subject)
		}
		var kept int
		err = d.QueryRow(t.Context(), `SELECT COUNT(*) FROM outbox WHERE CAST(payload AS TEXT) LIKE '%' || $1 || '%' OR CAST(payload AS TEXT) LIKE '%' || $2 || '%'`,
			token, "ada@").Scan(&kept)
		if err != nil || kept != 0 {
			t.Errorf("%d promises hold a secret or an address (%v), want none", kept, err)
		}
		// The promise may be kept twice, after a crash between the letter and the note of it.
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			return outbox.Add(t.Context(), tx, o.at, signin.Asked{Request: sent.Request})
		})
		if err != nil || len(o.letters()) != 1 {
			t.Errorf("kept twice (%v), the promise gives %d letters, want one", err, len(o.letters()))
		}
		if _, err := o.Enter(t.Context(), signin.Proof{Token: token, Browser: "mine"}); err != nil {
			t.Errorf("the link of the letter: %v, want to be let in", err)
		}
	})
}

func TestAMoveIsAskedOfTheNewAddressAndToldToTheOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		var ada people.Account
		err := d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			ada, err = people.OpenAccount(t.Context(), tx, people.Account{Email: "ada@example.org", Name: "Ada", CreatedAt: noon})
			return err
		})
		if err == nil {
			err = o.AskMove(t.Context(), ada.ID, "new@example.org", i18n.Polish)
		}
		if err != nil {
			t.Fatal(err)
		}
		button := func(l mail.Kept, route string) string {
			for _, p := range l.Body.Paragraphs {
				if p.Button != nil {
					return strings.TrimPrefix(p.Button.Address, "/pl/"+route+"/")
				}
			}
			return ""
		}
		asked := o.letters()
		if len(asked) != 1 || asked[0].To != "new@example.org" {
			t.Fatalf("letters %+v, want one to the new address", asked)
		}
		if err := o.ConfirmMove(t.Context(), ada.ID, button(asked[0], "account.move.confirm")); err != nil {
			t.Fatal(err)
		}
		var told mail.Kept
		for _, l := range o.letters() {
			if l.Kind == "signin.moved" {
				told = l
			}
		}
		if told.To != "ada@example.org" || !told.Expires.Equal(noon.Add(signin.UndoFor)) {
			t.Fatalf("told is %q until %v, want the old address for three days", told.To, told.Expires)
		}
		if err := o.UndoMove(t.Context(), button(told, "account.undo")); err != nil {
			t.Errorf("the button of the letter: %v, want the old address back", err)
		}
	})
}

func TestNothingIsWrittenToWhatNoServerTakesOrTooLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		if _, err := o.Ask(t.Context(), signin.Asking{Email: "late@example.org", Browser: "mine", Lang: i18n.Polish}); err != nil {
			t.Fatal(err)
		}
		o.at = noon.Add(2 * time.Hour)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return outbox.Add(t.Context(), tx, o.at, signin.Moved{Move: "none"})
		})
		if err != nil || len(o.letters()) != 0 {
			t.Errorf("%d letters (%v), want none", len(o.letters()), err)
		}
	})
}
