package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/web"
)

// Caller says whose the session of token is, and false when it is nobody's or has ended. Most answers come from memory:
// what this store ends it forgets at once. What another instance of the program has ended it learns only from Alive,
// which whoever decides something for a caller asks in the transaction of the decision.
func (s *Store) Caller(ctx context.Context, token string) (web.Caller, bool, error) {
	digest := sha256.Sum256([]byte(token))
	now := s.now()
	if known, ok := s.memory.find(digest, now); ok {
		return web.Caller{Account: known.account, Session: known.name}, true, nil
	}
	before := s.memory.moment()
	known := remembered{name: hex.EncodeToString(digest[:])}
	err := s.db.QueryRow(ctx, `
		SELECT account_id, expires_at, seen_at FROM web_session
		WHERE token_sum = $1 AND account_id IS NOT NULL AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3`,
		known.name, now, now.Add(-Idle)).Scan(&known.account, &known.expires, &known.seen)
	if errors.Is(err, db.ErrNoRow) {
		return web.Caller{}, false, nil
	}
	if err != nil {
		return web.Caller{}, false, fmt.Errorf("find caller: %w", err)
	}
	s.memory.keep(digest, known, before)
	s.memory.find(digest, now) // notes that it was used
	return web.Caller{Account: known.account, Session: known.name}, true, nil
}

// mostAtOnce bounds how many rows one statement is about.
const mostAtOnce = 512

// living remembers which sessions lived when somebody asked, so that a crowd that presses again and again is not looked
// up again and again: only those that have ended since are taken out.
type living struct {
	mu    sync.Mutex
	known map[string]people.AccountID
	asked time.Time
}

const (
	mostLiving = 100_000
	// skew is by how much the clocks of instances may differ before an end of a moment ago is overlooked.
	skew = time.Minute
)

// Alive says which of the sessions called names live now, as q sees it, and whose they are. It is one statement for up
// to 512 of those that it has not been asked about, and one for what has ended since. A session that is nobody's does
// not live.
func (s *Store) Alive(ctx context.Context, q db.Querier, names []string) (map[string]people.AccountID, error) {
	l, now := &s.living, s.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil || len(l.known) > mostLiving {
		l.known = map[string]people.AccountID{}
	}
	if err := s.bury(ctx, q); err != nil {
		return nil, err
	}
	alive := make(map[string]people.AccountID, len(names))
	var unknown []string
	for _, name := range names {
		if account, ok := l.known[name]; ok {
			alive[name] = account
		} else {
			unknown = append(unknown, name)
		}
	}
	for len(unknown) > 0 {
		n := min(len(unknown), mostAtOnce)
		all, err := db.Collect(scanOwned)(q.Query(ctx, aliveQuery(n), aliveArgs(unknown[:n], now)...))
		if err != nil {
			return nil, fmt.Errorf("which sessions live: %w", err)
		}
		for _, one := range all {
			alive[one.name], l.known[one.name] = one.account, one.account
		}
		unknown = unknown[n:]
	}
	l.asked = now
	return alive, nil
}

// bury forgets the sessions that have ended since somebody asked.
func (s *Store) bury(ctx context.Context, q db.Querier) error {
	if len(s.living.known) == 0 {
		return nil
	}
	names, err := db.Collect(func(row db.Scanner) (name string, err error) { return name, row.Scan(&name) })(q.Query(ctx, `
		SELECT token_sum FROM web_session WHERE ended_at IS NOT NULL AND ended_at > $1`, s.living.asked.Add(-skew)))
	if err != nil {
		return fmt.Errorf("which sessions have ended: %w", err)
	}
	for _, name := range names {
		delete(s.living.known, name)
	}
	return nil
}

// owned is a session with its owner.
type owned struct {
	name    string
	account people.AccountID
}

func scanOwned(row db.Scanner) (o owned, err error) { return o, row.Scan(&o.name, &o.account) }

// aliveQueries are few texts for all numbers of names, so that the engines need not understand a new one for each.
var aliveQueries = func() map[int]string {
	all := map[int]string{}
	for n := 1; n <= mostAtOnce; n *= 2 {
		all[n] = `
		SELECT token_sum, account_id FROM web_session
		WHERE account_id IS NOT NULL AND ended_at IS NULL AND expires_at > $1 AND seen_at > $2 AND token_sum IN (` + db.List(3, n) + `)`
	}
	return all
}()

// roundUp is the next power of two.
func roundUp(n int) int {
	size := 1
	for size < n {
		size *= 2
	}
	return size
}

func aliveQuery(n int) string { return aliveQueries[roundUp(n)] }

// aliveArgs names the last one again as often as the text has room.
func aliveArgs(names []string, now time.Time) []any {
	size := roundUp(len(names))
	args := make([]any, 0, size+2)
	args = append(args, now, now.Add(-Idle))
	for i := range size {
		args = append(args, names[min(i, len(names)-1)])
	}
	return args
}

// touchAfter is how long after its first use a batch of sessions is noted as seen: a crowd has its answers by then.
const touchAfter = time.Minute

// Touch notes of every session that was used from memory that it was, and returns how many they were. The store does it
// by itself a minute after it becomes due; who stops the program may do it before.
func (s *Store) Touch(ctx context.Context) (int64, error) {
	names, now := s.memory.takeUsed(), s.now()
	var total int64
	for len(names) > 0 {
		n := min(len(names), mostAtOnce)
		args := []any{now}
		for _, name := range names[:n] {
			args = append(args, name)
		}
		touched, err := s.db.Exec(ctx, `
			UPDATE web_session SET seen_at = $1
			WHERE ended_at IS NULL AND seen_at < $1 AND token_sum IN (`+db.List(2, n)+`)`, args...)
		if err != nil {
			s.memory.putBack(names)
			return total, fmt.Errorf("note %d sessions as seen: %w", len(names), err)
		}
		total += touched
		names = names[n:]
	}
	return total, nil
}

// touchLater is called when something is due to be noted and nothing was before. What cannot be noted stays due.
func (s *Store) touchLater() {
	time.AfterFunc(touchAfter, func() {
		if _, err := s.Touch(context.Background()); err != nil {
			s.touchLater()
		}
	})
}
