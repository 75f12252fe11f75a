package signin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Sessions ends the sessions of an account; the store of the pages' sessions does.
type Sessions interface {
	EndAll(ctx context.Context, tx *db.Tx, account people.AccountID) error
}

// Config is what a Service works with.
type Config struct {
	// BaseURL is where the site stands for the world. Passkeys belong to its host, so there are none when it is a number.
	BaseURL string
	// Sessions is needed.
	Sessions Sessions
}

// Service lets people in and looks after the ways by which they come.
type Service struct {
	db       *db.DB
	now      func() time.Time
	sessions Sessions
	keys     *webauthn.WebAuthn // nil where passkeys cannot be
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time, c Config) (*Service, error) {
	s := &Service{db: d, now: now, sessions: c.Sessions}
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("signin: base address: %w", err)
	}
	if base.Hostname() == "" || net.ParseIP(base.Hostname()) != nil {
		return s, nil
	}
	s.keys, err = webauthn.New(&webauthn.Config{
		RPID: base.Hostname(), RPDisplayName: "Obrady", RPOrigins: []string{base.Scheme + "://" + base.Host},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationPreferred,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, fmt.Errorf("signin: passkeys: %w", err)
	}
	return s, nil
}

// entering is somebody on the threshold.
type entering struct {
	account people.Account
	way     Way
	proved  bool // the address of the account has just been proved to be theirs
	at      time.Time
}

// enter notes that somebody has come in. When the address is proved for the first time, everything that was set
// before, perhaps by somebody who only claimed the address, goes.
func (s *Service) enter(ctx context.Context, tx *db.Tx, e entering) (first bool, err error) {
	if e.proved {
		if first, err = people.Verify(ctx, tx, e.account.ID, e.at); err != nil {
			return false, err
		}
	}
	if first {
		if err := s.clear(ctx, tx, e.account.ID, time.Time{}); err != nil {
			return false, err
		}
	}
	return first, journal.Write(ctx, tx, journal.Entry{
		At: e.at, Actor: string(e.account.ID), Action: "signin.entered", Object: string(e.account.ID),
		Detail: map[string]any{"way": e.way, "first": first},
	})
}

// clear takes the account out of the hands of whoever has got into it since a moment: sessions, passkeys, identities
// and wishes for another address.
func (s *Service) clear(ctx context.Context, tx *db.Tx, account people.AccountID, since time.Time) error {
	return errors.Join(
		s.sessions.EndAll(ctx, tx, account),
		deletePasskeys(ctx, tx, account, since),
		deleteIdentities(ctx, tx, account, since),
		voidMoves(ctx, tx, account, s.now()),
	)
}

// refused notes in the journal that somebody was not let in. It names no person: nobody has proved who they are.
func refused(ctx context.Context, tx *db.Tx, at time.Time, object string, way Way) error {
	return journal.Write(ctx, tx, journal.Entry{
		At: at, Actor: journal.System, Action: "signin.refused", Object: object, Detail: map[string]any{"way": way},
	})
}

// Sweep forgets what can no longer let anybody in and is needed for no limit, and returns how much that was.
func (s *Service) Sweep(ctx context.Context) (n int64, err error) {
	now := s.now()
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err = sweep(ctx, tx, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("sweep sign-in: %w", err)
	}
	return n, nil
}
