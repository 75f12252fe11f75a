package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
)

const maxKeyName = 60 // characters

// Passkey is a key that a device of the account's owner keeps (klucz dostępu). Its private half never leaves it.
type Passkey struct {
	ID         string
	Account    people.AccountID
	Name       string // as its owner calls it
	CreatedAt  time.Time
	UsedAt     *time.Time
	credential webauthn.Credential
}

// holder is an account as the passkeys' library sees it. The handle that a device keeps is the id of the account,
// which tells nothing.
type holder struct {
	people.Account
	keys []Passkey
}

// WebAuthnID is the handle by which a device finds the account.
func (h holder) WebAuthnID() []byte { return []byte(h.ID) }

// WebAuthnName is what a device shows of the account.
func (h holder) WebAuthnName() string { return h.Email }

// WebAuthnDisplayName is what a device shows of its owner.
func (h holder) WebAuthnDisplayName() string {
	if h.Name == "" {
		return h.Email
	}
	return h.Name
}

// WebAuthnCredentials are the keys of the account.
func (h holder) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, key := range h.keys {
		all = append(all, key.credential)
	}
	return all
}

// Begun is a ceremony with a passkey: what the browser's script needs, and the ticket that comes back with the answer.
type Begun struct {
	Ticket  string
	Options []byte // JSON, as the WebAuthn standard has it
}

// HasPasskeys says whether passkeys can be used here at all.
func (s *Service) HasPasskeys() bool { return s.keys != nil }

// BeginPasskey begins to let somebody in by a passkey. Who it is, the key will say.
func (s *Service) BeginPasskey(ctx context.Context, browser string) (Begun, error) {
	if s.keys == nil {
		return Begun{}, ErrNoPasskeys
	}
	options, state, err := s.keys.BeginDiscoverableLogin()
	if err != nil {
		return Begun{}, fmt.Errorf("begin to enter by passkey: %w", err)
	}
	return s.begun(ctx, ceremony{kind: enterByKey, browser: sum(browser)}, options, state)
}

// BeginNewPasskey begins to add a passkey to an account.
func (s *Service) BeginNewPasskey(ctx context.Context, account people.AccountID, browser string) (Begun, error) {
	if s.keys == nil {
		return Begun{}, ErrNoPasskeys
	}
	who, err := s.holder(ctx, s.db, account)
	if err != nil {
		return Begun{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	options, state, err := s.keys.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Begun{}, fmt.Errorf("begin to add a passkey: %w", err)
	}
	return s.begun(ctx, ceremony{kind: addKey, browser: sum(browser), account: account}, options, state)
}

func (s *Service) begun(ctx context.Context, c ceremony, options any, state *webauthn.SessionData) (Begun, error) {
	c.ticket = newToken()
	written, err := json.Marshal(options)
	if err != nil {
		return Begun{}, fmt.Errorf("begin %s: %w", c.kind, err)
	}
	return Begun{c.ticket, written}, s.begin(ctx, c, state)
}

func (s *Service) holder(ctx context.Context, q db.Querier, account people.AccountID) (holder, error) {
	found, err := people.FindAccount(ctx, q, account)
	if err != nil {
		return holder{}, err
	}
	keys, err := findPasskeys(ctx, q, account)
	return holder{found, keys}, err
}

// Answer is what the browser's script brings back.
type Answer struct {
	Ticket  string
	Browser string
	JSON    []byte
}

// EnterByPasskey lets in the owner of the passkey that has answered. What is wrong with the answer is in the chain of
// ErrPasskey, for the log.
func (s *Service) EnterByPasskey(ctx context.Context, a Answer) (Entry, error) {
	if s.keys == nil {
		return Entry{}, ErrNoPasskeys
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.JSON)
	if err != nil {
		return Entry{}, fmt.Errorf("enter by passkey: %w: %w", ErrPasskey, err)
	}
	var entry Entry
	var wrong error // to be told although the transaction is committed: the ceremony is over, whatever came of it
	err = s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		entry, wrong = Entry{}, nil
		now := s.now()
		var state webauthn.SessionData
		if err := finish(ctx, tx, ceremony{a.Ticket, enterByKey, sum(a.Browser), ""}, now)(&state, ErrPasskey); err != nil {
			return err
		}
		who, credential, err := s.recognise(ctx, tx, state, parsed)
		if errors.Is(err, ErrPasskey) {
			wrong = err
			return refused(ctx, tx, now, "", ByPasskey)
		}
		if err != nil {
			return err
		}
		if err := usePasskey(ctx, tx, keyID(credential.ID), *credential, now); err != nil {
			return err
		}
		entry = Entry{Account: who.Account, Way: ByPasskey}
		_, err = s.enter(ctx, tx, entering{account: who.Account, way: ByPasskey, at: now})
		return err
	})
	if err = errors.Join(err, wrong); err != nil {
		return Entry{}, fmt.Errorf("enter by passkey: %w", err)
	}
	return entry, nil
}

// recognise finds whose key has answered and whether the answer is good. A key that counts backwards has been copied.
func (s *Service) recognise(
	ctx context.Context, tx *db.Tx, state webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData,
) (who holder, credential *webauthn.Credential, err error) {
	var broken error // a fault of the database is not one of the key
	find := func(_, handle []byte) (webauthn.User, error) {
		who, broken = s.holder(ctx, tx, people.AccountID(handle))
		return who, broken
	}
	credential, err = s.keys.ValidateDiscoverableLogin(find, state, parsed)
	switch {
	case broken != nil && !errors.Is(broken, people.ErrNoAccount):
		return who, nil, broken
	case err != nil:
		return who, nil, fmt.Errorf("%w: %w", ErrPasskey, err)
	case credential.Authenticator.CloneWarning:
		return who, nil, fmt.Errorf("%w: the key counts backwards, as a copy does", ErrPasskey)
	}
	return who, credential, nil
}

// AddPasskey adds the key that has answered to account under a name.
func (s *Service) AddPasskey(ctx context.Context, account people.AccountID, name string, a Answer) error {
	if s.keys == nil {
		return ErrNoPasskeys
	}
	name, err := keyName(name)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.JSON)
	if err != nil {
		return fmt.Errorf("add a passkey: %w: %w", ErrPasskey, err)
	}
	now := s.now()
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		var state webauthn.SessionData
		if err := finish(ctx, tx, ceremony{a.Ticket, addKey, sum(a.Browser), account}, now)(&state, ErrPasskey); err != nil {
			return err
		}
		who, err := s.holder(ctx, tx, account)
		if err != nil {
			return err
		}
		credential, err := s.keys.CreateCredential(who, state, parsed)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrPasskey, err)
		}
		key := Passkey{ID: keyID(credential.ID), Account: account, Name: name, CreatedAt: now, credential: *credential}
		if err := insertPasskey(ctx, tx, key); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(account), Action: "signin.passkey_added", Object: string(account),
		})
	})
	if err != nil {
		return fmt.Errorf("add a passkey: %w", err)
	}
	return nil
}

// Passkeys lists the passkeys of an account, the oldest first.
func (s *Service) Passkeys(ctx context.Context, account people.AccountID) ([]Passkey, error) {
	return findPasskeys(ctx, s.db, account)
}

// RenamePasskey calls a passkey of the account by another name, or returns ErrNoPasskey.
func (s *Service) RenamePasskey(ctx context.Context, account people.AccountID, key, name string) error {
	name, err := keyName(name)
	if err != nil {
		return err
	}
	if err := renamePasskey(ctx, s.db, account, key, name); err != nil {
		return fmt.Errorf("rename a passkey: %w", err)
	}
	return nil
}

// RemovePasskey takes a passkey from the account, or returns ErrNoPasskey.
func (s *Service) RemovePasskey(ctx context.Context, account people.AccountID, key string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := deletePasskey(ctx, tx, account, key); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: s.now(), Actor: string(account), Action: "signin.passkey_removed", Object: string(account),
		})
	})
	if err != nil {
		return fmt.Errorf("remove a passkey: %w", err)
	}
	return nil
}

func keyName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxKeyName {
		return "", ErrNameLong.With(maxKeyName)
	}
	return name, nil
}

func keyID(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
