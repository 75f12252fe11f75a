// Package outbox keeps promises: the letter that follows from a sign-up, the
// index that follows from an edited session, what a deadline sets off.
//
// A promise is written in the transaction of the change it follows from, so it
// exists exactly when the change does. It is kept at least once, after the
// commit, perhaps by another instance and perhaps twice; a handler must bear
// that.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/id"
)

// Event is what happened, named by package and in the past tense:
// "signup.seat_taken". It travels as JSON; name people in it by id only.
type Event interface{ Kind() string }

// Entry is an event on its way to its handler.
type Entry struct {
	ID        string
	Kind      string
	Payload   []byte // JSON
	Attempts  int    // this one included
	DueAt     time.Time
	LastError string     // of the attempt before
	DeadAt    *time.Time // when it was given up
}

// Into reads the payload into dest, a pointer to the event's type.
func (e Entry) Into(dest any) error {
	if err := json.Unmarshal(e.Payload, dest); err != nil {
		return fmt.Errorf("read %s %s: %w", e.Kind, e.ID, err)
	}
	return nil
}

// Add promises that event is handled as soon as tx is committed.
func Add(ctx context.Context, tx *db.Tx, now time.Time, event Event) error {
	if err := AddAt(ctx, tx, now, event); err != nil {
		return err
	}
	tx.AfterCommit(ring)
	return nil
}

// AddAt promises that event is handled at due or soon after.
func AddAt(ctx context.Context, tx *db.Tx, due time.Time, event Event) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO outbox (id, kind, payload, due_at) VALUES ($1, $2, $3, $4)`,
		id.New(), event.Kind(), db.JSON(event), due)
	if err != nil {
		return fmt.Errorf("promise %s: %w", event.Kind(), err)
	}
	return nil
}

// Claim takes up to n due entries for this worker alone, which has until the
// lease runs out to call Done; then they are due again. They come in the order
// in which they were promised.
func Claim(ctx context.Context, d *db.DB, now time.Time, lease time.Duration, n int) ([]Entry, error) {
	return Lane{}.claim(ctx, d, now, hold{lease, n})
}

// Done records that the entry has been handled.
func Done(ctx context.Context, q db.Querier, now time.Time, id string) error {
	_, err := q.Exec(ctx, `UPDATE outbox SET done_at = $1, dead_at = NULL WHERE id = $2 AND done_at IS NULL`, now, id)
	return err
}

// Dead returns the entries that were given up, the latest first, for somebody to look at.
func Dead(ctx context.Context, q db.Querier) ([]Entry, error) {
	return db.Collect(scanEntry)(q.Query(ctx, `
		SELECT `+columns+` FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, id`))
}

// Revive makes an entry that was given up due again, with all its attempts, or returns db.ErrNoRow.
func Revive(ctx context.Context, q db.Querier, now time.Time, id string) error {
	n, err := q.Exec(ctx, `
		UPDATE outbox SET dead_at = NULL, attempts = 0, due_at = $1 WHERE id = $2 AND dead_at IS NOT NULL`, now, id)
	if err == nil && n == 0 {
		err = db.ErrNoRow
	}
	if err != nil {
		return fmt.Errorf("revive outbox entry %s: %w", id, err)
	}
	return nil
}

// Sweep forgets what was handled before olderThan and returns how much that was.
func Sweep(ctx context.Context, q db.Querier, olderThan time.Time) (int64, error) {
	return q.Exec(ctx, `DELETE FROM outbox WHERE done_at < $1`, olderThan)
}

// Check finds entries in a state that nothing leads to.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	return db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "outbox"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'both handled and given up', id FROM outbox WHERE done_at IS NOT NULL AND dead_at IS NOT NULL
		UNION ALL
		SELECT 'handled without an attempt', id FROM outbox WHERE done_at IS NOT NULL AND attempts < 1
		UNION ALL
		SELECT 'of no kind', id FROM outbox WHERE kind = ''`))
}

const columns = `id, kind, payload, attempts, due_at, last_error, dead_at`

func scanEntry(row db.Scanner) (e Entry, err error) {
	return e, row.Scan(&e.ID, &e.Kind, &e.Payload, &e.Attempts, &e.DueAt, &e.LastError, &e.DeadAt)
}
