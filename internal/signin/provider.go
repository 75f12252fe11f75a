package signin

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Claims is what an identity provider says of somebody. Issuer and Subject together name them for ever; an address may
// pass to somebody else.
type Claims struct {
	Issuer, Subject string
	Email           string
	Name            string
	// Vouched says that the provider has verified the address and that the operator takes its word for it.
	Vouched bool
}

// Errand is somebody sent to a provider. The secrets go along or stay here; with none of them the way back is closed.
type Errand struct {
	State    string `json:"-"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"` // of PKCE, RFC 7636
	Next     string `json:"next"`
	// For is the account to which the identity shall be added; empty when somebody wants to come in.
	For people.AccountID `json:"for"`
}

// BeginProvider prepares to send a browser to a provider. With an account, the identity that comes back is added to it.
func (s *Service) BeginProvider(ctx context.Context, browser string, account people.AccountID, next string) (Errand, error) {
	e := Errand{State: newToken(), Nonce: newToken(), Verifier: newToken(), Next: next, For: account}
	return e, s.begin(ctx, ceremony{e.State, askProvider, sum(browser), account}, e)
}

// ReturnFromProvider takes the errand of the browser that comes back with state, once; else it is ErrProvider.
func (s *Service) ReturnFromProvider(ctx context.Context, state, browser string, account people.AccountID) (e Errand, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		// Who was sent out signed in comes back signed in; who was sent out as a stranger may have come in meanwhile.
		now := s.now()
		err := finish(ctx, tx, ceremony{state, askProvider, sum(browser), account}, now)(&e, ErrProvider)
		if errors.Is(err, ErrProvider) && account != "" {
			err = finish(ctx, tx, ceremony{state, askProvider, sum(browser), ""}, now)(&e, ErrProvider)
		}
		return err
	})
	if err != nil {
		return Errand{}, fmt.Errorf("return from a provider: %w", err)
	}
	e.State = state
	return e, nil
}

// EnterByProvider lets in the account to which the identity belongs. An identity that is new is added to the account
// of an address that is vouched for, which is opened where there is none. Where nobody vouches for the address it
// returns ErrCodeNeeded: its owner has to prove it by a letter first, with the claims in Asking.
func (s *Service) EnterByProvider(ctx context.Context, c Claims, lang i18n.Lang) (Entry, error) {
	var entry Entry
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		entry, err = s.enterByProvider(ctx, tx, c, lang)
		return err
	})
	if err != nil {
		return Entry{}, fmt.Errorf("enter by provider: %w", err)
	}
	return entry, nil
}

func (s *Service) enterByProvider(ctx context.Context, tx *db.Tx, c Claims, lang i18n.Lang) (entry Entry, err error) {
	now := s.now()
	entry.Way = ByProvider
	owner, err := useIdentity(ctx, tx, c, now)
	switch {
	case err == nil:
		if entry.Account, err = people.FindAccount(ctx, tx, owner); err != nil {
			return entry, err
		}
		_, err = s.enter(ctx, tx, entering{account: entry.Account, way: ByProvider, at: now})
		return entry, err
	case !errors.Is(err, ErrNoIdentity):
		return entry, err
	}
	email, err := Address(c.Email)
	if err != nil {
		return entry, ErrNoEmail
	}
	if !c.Vouched {
		return entry, ErrCodeNeeded
	}
	entry.Account, err = people.OpenAccount(ctx, tx, people.Account{Email: email, Name: c.Name, Lang: lang, CreatedAt: now})
	if err != nil {
		return entry, err
	}
	entry.First, err = s.enter(ctx, tx, entering{account: entry.Account, way: ByProvider, proved: true, at: now})
	if err != nil {
		return entry, err
	}
	return entry, link(ctx, tx, identity{c.Issuer, c.Subject, entry.Account.ID, now, now})
}

// Link adds an identity to the account of somebody who is signed in. Somebody else's is ErrTaken.
func (s *Service) Link(ctx context.Context, account people.AccountID, c Claims) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := link(ctx, tx, identity{c.Issuer, c.Subject, account, now, now}); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(account), Action: "signin.identity_added", Object: string(account),
		})
	})
	if err != nil {
		return fmt.Errorf("link an identity: %w", err)
	}
	return nil
}

// Issuers lists the providers that know the account.
func (s *Service) Issuers(ctx context.Context, account people.AccountID) (all []string, err error) {
	found, err := findIdentities(ctx, s.db, account)
	for _, one := range found {
		all = append(all, one.Issuer)
	}
	return all, err
}

// Unlink takes what a provider knows from the account, or returns ErrNoIdentity.
func (s *Service) Unlink(ctx context.Context, account people.AccountID, issuer string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := deleteIdentity(ctx, tx, account, issuer); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(account), Action: "signin.identity_removed", Object: string(account),
		})
	})
	if err != nil {
		return fmt.Errorf("unlink an identity: %w", err)
	}
	return nil
}
