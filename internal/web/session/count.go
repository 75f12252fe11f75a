package session

import (
	"context"
	"fmt"
)

// Count says in how many browsers somebody is signed in now.
func (s *Store) Count(ctx context.Context) (n int, err error) {
	now := s.now()
	err = s.db.QueryRow(ctx, `
		SELECT COUNT(*) FROM web_session
		WHERE account_id IS NOT NULL AND ended_at IS NULL AND expires_at > $1 AND seen_at > $2`, now, now.Add(-Idle)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return n, nil
}
