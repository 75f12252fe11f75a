// Package session remembers who is signed in, until they sign out or have been away for half a day, and shows them in
// which browsers that is so.
//
// It keeps only the sum of each token, so that whoever reads the database, or a backup of it, cannot take a
// session over.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
)

const (
	// Idle is how long a session outlives the last request that used it.
	Idle = 12 * time.Hour
	// touch is how old a note of the last use may be before it is renewed: a write for every page would queue
	// at the one writer behind everything that matters.
	touch = 10 * time.Minute
	// buried is how long the row of an ended session stays: longer than any request takes.
	buried = time.Hour
)

// Store keeps sessions in the database. Its methods are those that the session library asks of a store.
type Store struct {
	db     *db.DB
	now    func() time.Time
	memory *memory
	living living
}

// NewStore returns a store in d. A program has one for each database, or they would not know what the other has ended.
func NewStore(d *db.DB, now func() time.Time) *Store {
	s := &Store{db: d, now: now}
	s.memory = newMemory(s.touchLater)
	return s
}

// FindCtx returns what is kept for token, and whether anything is.
func (s *Store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now, name, before := s.now(), sum(token), s.memory.moment()
	var data []byte
	var account *string
	known := remembered{name: name}
	err := s.db.QueryRow(ctx, `
		SELECT data, account_id, expires_at, seen_at FROM web_session
		WHERE token_sum = $1 AND expires_at > $2 AND seen_at > $3 AND ended_at IS NULL`,
		name, now, now.Add(-Idle)).Scan(&data, &account, &known.expires, &known.seen)
	if errors.Is(err, db.ErrNoRow) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if now.Sub(known.seen) > touch {
		known.seen = now
		if _, err := s.db.Exec(ctx, `UPDATE web_session SET seen_at = $1 WHERE token_sum = $2`, now, name); err != nil && !db.CannotWrite(err) {
			return nil, false, fmt.Errorf("renew session: %w", err)
		}
	}
	if account != nil { // whoever has opened a page before the hour is known at the hour
		known.account = *account
		s.memory.keep(sha256.Sum256([]byte(token)), known, before)
	}
	return data, true, nil
}

// CommitCtx keeps data for token until expiry. A session that has ended meanwhile stays ended.
func (s *Store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	now := s.now()
	n, err := s.db.Exec(ctx, `
		UPDATE web_session SET data = $2, seen_at = $3, expires_at = $4 WHERE token_sum = $1 AND ended_at IS NULL`,
		sum(token), data, now, expiry)
	if err == nil && n == 0 {
		_, err = s.db.Exec(ctx, `
			INSERT INTO web_session (token_sum, data, seen_at, expires_at, created_at) VALUES ($1, $2, $3, $4, $3)
			ON CONFLICT (token_sum) DO NOTHING`, sum(token), data, now, expiry)
	}
	s.memory.forget(sum(token)) // its end may be another
	if err != nil {
		return fmt.Errorf("keep session: %w", err)
	}
	return nil
}

// DeleteCtx ends the session of token. A token that is not known has ended already.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.Exec(ctx, `
		UPDATE web_session SET ended_at = $2, data = $3 WHERE token_sum = $1 AND ended_at IS NULL`, sum(token), s.now(), []byte{})
	s.memory.forget(sum(token)) // even if it is not sure that the statement has failed
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Sweep deletes the sessions that have ended by themselves and returns how many there were.
func (s *Store) Sweep(ctx context.Context) (int64, error) {
	now := s.now()
	n, err := s.db.Exec(ctx, `
		DELETE FROM web_session WHERE expires_at <= $1 OR seen_at <= $2 OR ended_at <= $3`, now, now.Add(-Idle), now.Add(-buried))
	if err != nil {
		return 0, fmt.Errorf("sweep sessions: %w", err)
	}
	return n, nil
}

// Find is FindCtx for a library that sometimes has no context.
func (s *Store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for a library that sometimes has no context.
func (s *Store) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for a library that sometimes has no context.
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func sum(token string) string {
	digest := sha256.Sum256([]byte(token))
	return hex.EncodeToString(digest[:])
}
