package session

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/people"
)

// ErrNone is returned for a session that is not there, or is somebody else's.
var ErrNone = errs.New(errs.NotFound, "account.session.none")

// Session is one browser in which an account is signed in.
type Session struct {
	Name            string // what it is called in addresses; nobody can come in with it
	Label           string // browser and system, roughly: "Firefox, Linux"; empty when they are not known
	CreatedAt       time.Time
	AuthenticatedAt time.Time // when its owner last proved who they are
	SeenAt          time.Time // to about ten minutes
}

// Name is what the session of token is called where its owner sees it.
func (s *Store) Name(token string) string { return sum(token) }

// Own notes that the session of token belongs to account, which has proved at the moment at that it does.
func (s *Store) Own(ctx context.Context, token, account, label string, at time.Time) error {
	n, err := s.db.Exec(ctx, `
		UPDATE web_session SET account_id = $2, label = $3, authenticated_at = $4
		WHERE token_sum = $1 AND ended_at IS NULL`, sum(token), account, label, at)
	s.memory.forget(sum(token))
	if err == nil && n == 0 {
		err = ErrNone
	}
	if err != nil {
		return fmt.Errorf("own session: %w", err)
	}
	return nil
}

// List returns the sessions in which account is signed in now, the one used last first.
func (s *Store) List(ctx context.Context, account people.AccountID) ([]Session, error) {
	now := s.now()
	return db.Collect(scanSession)(s.db.Query(ctx, `
		SELECT token_sum, label, created_at, authenticated_at, seen_at FROM web_session
		WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3
		ORDER BY seen_at DESC, token_sum`, account, now, now.Add(-Idle)))
}

func scanSession(row db.Scanner) (s Session, err error) {
	var created, proved *time.Time
	err = row.Scan(&s.Name, &s.Label, &created, &proved, &s.SeenAt)
	if created != nil {
		s.CreatedAt = *created
	}
	if proved != nil {
		s.AuthenticatedAt = *proved
	}
	return s, err
}

// End ends the session of account that is called name, or returns ErrNone.
func (s *Store) End(ctx context.Context, account people.AccountID, name string) error {
	n, err := s.db.Exec(ctx, `
		UPDATE web_session SET ended_at = $3, data = $4 WHERE token_sum = $1 AND account_id = $2 AND ended_at IS NULL`,
		name, account, s.now(), []byte{})
	s.memory.forget(name)
	if err == nil && n == 0 {
		err = ErrNone
	}
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndOthers ends every session of account but the one called name, and returns how many there were.
func (s *Store) EndOthers(ctx context.Context, account people.AccountID, name string) (int64, error) {
	n, err := s.db.Exec(ctx, `
		UPDATE web_session SET ended_at = $3, data = $4
		WHERE account_id = $1 AND token_sum <> $2 AND ended_at IS NULL`, account, name, s.now(), []byte{})
	s.memory.forgetAll(string(account)) // the one that stays is read again
	if err != nil {
		return 0, fmt.Errorf("end other sessions: %w", err)
	}
	return n, nil
}

// EndAll ends every session of account in the transaction of what makes that necessary.
func (s *Store) EndAll(ctx context.Context, tx *db.Tx, account people.AccountID) error {
	_, err := tx.Exec(ctx, `
		UPDATE web_session SET ended_at = $2, data = $3 WHERE account_id = $1 AND ended_at IS NULL`, account, s.now(), []byte{})
	if err != nil {
		return fmt.Errorf("end all sessions: %w", err)
	}
	tx.AfterCommit(func() { s.memory.forgetAll(string(account)) })
	return nil
}

// Collect tells a person in which browsers they are signed in.
//
// key: account.part.sessions
func Collect(ctx context.Context, q db.Querier, of people.Subject) (people.Extract, error) {
	found := people.Extract{Part: "account.part.sessions"}
	if of.Account == "" {
		return found, nil
	}
	all, err := db.Collect(scanSession)(q.Query(ctx, `
		SELECT token_sum, label, created_at, authenticated_at, seen_at FROM web_session
		WHERE account_id = $1 AND ended_at IS NULL ORDER BY seen_at DESC, token_sum`, of.Account))
	if err != nil {
		return found, fmt.Errorf("collect sessions: %w", err)
	}
	for _, one := range all {
		found.Rows = append(found.Rows, map[string]any{
			"browser": one.Label, "since": one.CreatedAt, "proved": one.AuthenticatedAt, "seen": one.SeenAt,
		})
	}
	return found, nil
}

// Erase takes out every session of a person, which signs them out everywhere.
func Erase(ctx context.Context, tx *db.Tx, of people.Subject, _ time.Time) ([]people.Outcome, error) {
	if of.Account == "" {
		return nil, nil
	}
	n, err := tx.Exec(ctx, `DELETE FROM web_session WHERE account_id = $1`, of.Account)
	if err != nil {
		return nil, fmt.Errorf("erase sessions: %w", err)
	}
	tx.AfterCommit(func() { erasures.Add(1) })
	return []people.Outcome{{Part: "account.part.sessions", Gone: int(n)}}, nil
}

// Check finds sessions in a state that nothing leads to.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "web/session"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a session with an owner who never proved it', SUBSTR(token_sum, 1, 12) FROM web_session
		WHERE account_id IS NOT NULL AND authenticated_at IS NULL
		UNION ALL
		SELECT 'an ended session that still holds something', SUBSTR(token_sum, 1, 12) FROM web_session
		WHERE ended_at IS NOT NULL AND LENGTH(data) > 0`))
	if err != nil {
		return nil, fmt.Errorf("check sessions: %w", err)
	}
	return faults, nil
}
