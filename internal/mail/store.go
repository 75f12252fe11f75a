package mail

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"obrady/internal/db"
)

const columns = `id, kind, to_address, to_name, account_id, edition_id, lang, subject, body, unsubscribe, secret, bulk,
	COALESCE(dedupe, ''), posted_at, expires_at, state, attempts, code, message_id, settled_at`

func scanKept(row db.Scanner) (k Kept, err error) {
	var expires *time.Time
	err = row.Scan(&k.ID, &k.Kind, &k.To, &k.ToName, &k.Account, &k.Edition, &k.Lang, &k.Subject, db.FromJSON(&k.Body),
		&k.Unsubscribe, &k.Secret, &k.Bulk, &k.Dedupe, &k.PostedAt, &expires, &k.State, &k.Attempts, &k.Code,
		&k.MessageID, &k.SettledAt)
	if expires != nil {
		k.Expires = *expires
	}
	return k, err
}

// insert writes the letter unless one with its Dedupe is there.
func insert(ctx context.Context, q db.Querier, l Letter, now time.Time) (inserted bool, err error) {
	var expires *time.Time
	if !l.Expires.IsZero() {
		expires = &l.Expires
	}
	n, err := q.Exec(ctx, `
		INSERT INTO letter (id, kind, to_address, to_name, account_id, edition_id, lang, subject, body, unsubscribe,
			secret, bulk, dedupe, posted_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULLIF($13, ''), $14, $15)
		ON CONFLICT (dedupe) DO NOTHING`,
		l.ID, l.Kind, l.To, l.ToName, l.Account, l.Edition, l.Lang, l.Subject, db.JSON(l.Body), l.Unsubscribe,
		l.Secret, l.Bulk, l.Dedupe, now, expires)
	return n == 1, err
}

// find returns the letter that the condition names, or ErrNoLetter.
func find(ctx context.Context, q db.Querier, where, arg string) (Kept, error) {
	k, err := scanKept(q.QueryRow(ctx, `SELECT `+columns+` FROM letter WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return k, ErrNoLetter
	}
	return k, err
}

// Filter chooses letters of a list. What is empty chooses nothing.
type Filter struct {
	Edition string
	Account string
	Kind    string
	State   State
	Before  LetterID // older than this one: the next page
	Limit   int      // 50 if zero
}

func (f Filter) where() (condition string, args []any) {
	var parts []string
	for _, part := range []struct{ column, value string }{
		{"edition_id =", f.Edition},
		{"account_id =", f.Account},
		{"kind =", f.Kind},
		{"state =", string(f.State)},
		{"id <", string(f.Before)},
	} {
		if part.value != "" {
			args = append(args, part.value)
			parts = append(parts, part.column+" $"+strconv.Itoa(len(args)))
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args
}

func list(ctx context.Context, q db.Querier, f Filter) ([]Kept, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	where, args := f.where()
	args = append(args, f.Limit)
	return db.Collect(scanKept)(q.Query(ctx, `
		SELECT `+columns+` FROM letter`+where+` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...))
}

// end is what became of a letter.
type end struct {
	state     State
	attempts  int
	code      int
	messageID string
	at        time.Time
}

// conclude records the end of a letter. That one was sent is recorded whatever
// was thought of it meanwhile.
func conclude(ctx context.Context, q db.Querier, id LetterID, e end) error {
	_, err := q.Exec(ctx, `
		UPDATE letter SET state = $2, attempts = $3, code = $4, message_id = $5, settled_at = $6
		WHERE id = $1 AND (state = 'waiting' OR $2 = 'sent')`,
		id, e.state, e.attempts, e.code, e.messageID, e.at)
	return err
}

// empty takes the text out of a secret letter.
func empty(ctx context.Context, q db.Querier, id LetterID) error {
	_, err := q.Exec(ctx, `UPDATE letter SET body = '{}' WHERE id = $1 AND secret`, id)
	return err
}

// noteAttempt records a failure that is not the end.
func noteAttempt(ctx context.Context, q db.Querier, id LetterID, e end) error {
	_, err := q.Exec(ctx, `
		UPDATE letter SET attempts = $2, code = $3 WHERE id = $1 AND state = 'waiting'`, id, e.attempts, e.code)
	return err
}

// reopen makes a letter wait again whose delivery failed, if its text is still there.
func reopen(ctx context.Context, q db.Querier, id LetterID) (bool, error) {
	n, err := q.Exec(ctx, `
		UPDATE letter SET state = 'waiting', attempts = 0, code = 0, settled_at = NULL
		WHERE id = $1 AND state IN ('refused', 'given_up') AND NOT secret`, id)
	return n == 1, err
}

type stateCount struct {
	state State
	n     int
}

// Counts returns how many letters are in each state.
func Counts(ctx context.Context, q db.Querier) (map[State]int, error) {
	rows, err := db.Collect(func(row db.Scanner) (c stateCount, err error) { return c, row.Scan(&c.state, &c.n) })(
		q.Query(ctx, `SELECT state, COUNT(*) FROM letter GROUP BY state`))
	if err != nil {
		return nil, fmt.Errorf("count letters: %w", err)
	}
	counts := map[State]int{}
	for _, c := range rows {
		counts[c.state] = c.n
	}
	return counts, nil
}

// Check finds letters in a state that nothing leads to.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	return db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "mail"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a letter of an unknown state', id FROM letter
		WHERE state NOT IN ('waiting', 'sent', 'refused', 'expired', 'given_up')
		UNION ALL
		SELECT 'a letter that is settled at no time', id FROM letter WHERE state <> 'waiting' AND settled_at IS NULL
		UNION ALL
		SELECT 'a letter without an address', id FROM letter WHERE to_address = ''
		UNION ALL
		SELECT 'a letter that waits for nothing', id FROM (
			SELECT id FROM letter WHERE state = 'waiting'
			EXCEPT
			SELECT payload ->> 'letter' FROM outbox
			WHERE kind IN ('mail.letter_due', 'mail.bulk_due') AND done_at IS NULL AND dead_at IS NULL
		) AS forgotten`))
}
