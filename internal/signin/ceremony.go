package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// What a browser can begin.
const (
	enterByKey  = "enter_by_passkey"
	addKey      = "add_passkey"
	askProvider = "ask_provider"
)

// ceremony is what a browser has begun and must finish itself, once and soon.
type ceremony struct {
	ticket  string // a secret of the browser, or the provider's state
	kind    string
	browser string // the sum of the browser's cookie
	account people.AccountID
}

// begin keeps a ceremony with what is needed to finish it. It returns ErrTooOften to a browser that begins too many.
func (s *Service) begin(ctx context.Context, c ceremony, data any) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		var begun int
		err := tx.QueryRow(ctx, `
			SELECT COUNT(*) FROM signin_ceremony WHERE browser = $1 AND begun_at > $2`, c.browser, now.Add(-time.Minute)).Scan(&begun)
		if err == nil && begun >= mostBegun {
			err = ErrTooOften
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO signin_ceremony (ticket, kind, browser, account_id, data, begun_at, expires_at)
			VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7)`,
			sum(c.ticket), c.kind, c.browser, c.account, db.JSON(data), now, now.Add(ceremonyLife))
		return err
	})
	if err != nil {
		return fmt.Errorf("begin %s: %w", c.kind, err)
	}
	return nil
}

// finish takes the ceremony out and reads its data, or returns otherwise: it was never begun, or by another browser,
// or for another account, or too long ago, or it has been finished.
func finish(ctx context.Context, tx *db.Tx, c ceremony, now time.Time) func(data any, otherwise error) error {
	return func(data any, otherwise error) error {
		err := tx.QueryRow(ctx, `
			DELETE FROM signin_ceremony
			WHERE ticket = $1 AND kind = $2 AND browser = $3 AND COALESCE(account_id, '') = $4 AND expires_at > $5
			RETURNING data`, sum(c.ticket), c.kind, c.browser, c.account, now).Scan(db.FromJSON(data))
		if errors.Is(err, db.ErrNoRow) {
			return otherwise
		}
		return err
	}
}
