// Package agenda gives each participant a calendar of their own: a secret address
// that their calendar program reads, with the sessions in which they have a place
// or wait for one, and with those that they have lost.
package agenda

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
)

// Locale holds the sentences that name this package's errors and data.
//
//go:embed locale/*.json
var Locale embed.FS

// ErrNone is returned where there is no such address: it was never made, or has been revoked.
var ErrNone = errs.New(errs.NotFound, "agenda.none")

// Address is where somebody's calendar of an edition is read. Who knows its token
// can read the calendar.
type Address struct {
	Account people.AccountID
	Edition edition.ID
	Token   string // 26 letters and digits, 130 random bits
	MadeAt  time.Time
}

const columns = `account_id, edition_id, token, made_at`

func scan(row db.Scanner) (a Address, err error) {
	return a, row.Scan(&a.Account, &a.Edition, &a.Token, &a.MadeAt)
}

// Service keeps addresses.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service over d that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{d, now} }

// Find returns somebody's address, or ErrNone.
func (s *Service) Find(ctx context.Context, who people.AccountID, in edition.ID) (Address, error) {
	return found(scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM agenda_address WHERE account_id = $1 AND edition_id = $2`, who, in)))
}

// Open returns the address with this token, or ErrNone.
func (s *Service) Open(ctx context.Context, token string) (Address, error) {
	return found(scan(s.db.QueryRow(ctx, `SELECT `+columns+` FROM agenda_address WHERE token = $1`, token)))
}

func found(a Address, err error) (Address, error) {
	if errors.Is(err, db.ErrNoRow) {
		return a, ErrNone
	}
	if err != nil {
		return a, fmt.Errorf("find the address of a calendar: %w", err)
	}
	return a, nil
}

// Renew gives somebody an address, a new one if they have one: the old one leads
// nowhere from then on.
func (s *Service) Renew(ctx context.Context, who people.AccountID, in edition.ID) (Address, error) {
	a := Address{Account: who, Edition: in, Token: rand.Text(), MadeAt: s.now()}
	_, err := s.db.Exec(ctx, `
		INSERT INTO agenda_address (`+columns+`) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, edition_id) DO UPDATE SET token = excluded.token, made_at = excluded.made_at`,
		a.Account, a.Edition, a.Token, a.MadeAt)
	if err != nil {
		return a, fmt.Errorf("renew the address of a calendar: %w", err)
	}
	return a, nil
}

// Revoke takes somebody's address away. One that is not there is no fault.
func (s *Service) Revoke(ctx context.Context, who people.AccountID, in edition.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM agenda_address WHERE account_id = $1 AND edition_id = $2`, who, in)
	if err != nil {
		return fmt.Errorf("revoke the address of a calendar: %w", err)
	}
	return nil
}

// Collect says that somebody has an address, and since when. The address itself
// stays out of the extract: it is a key.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "agenda.data.part"}
	var err error
	out.Rows, err = db.Collect(func(row db.Scanner) (map[string]any, error) {
		var slug string
		var at time.Time
		err := row.Scan(&slug, &at)
		return map[string]any{"edition": slug, "made_at": at}, err
	})(q.Query(ctx, `
		SELECT edition.slug, agenda_address.made_at FROM agenda_address JOIN edition ON edition.id = agenda_address.edition_id
		WHERE agenda_address.account_id = $1 ORDER BY agenda_address.made_at`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect the addresses of calendars: %w", err)
	}
	return out, nil
}

// Erase takes the addresses away.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM agenda_address WHERE account_id = $1`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase the addresses of calendars: %w", err)
	}
	return []people.Outcome{{Part: "agenda.data.part", Gone: int(n)}}, nil
}
