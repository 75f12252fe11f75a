// Package draft keeps what somebody has typed into a form until it is saved, so
// that a lost connection or a colleague who was faster costs nobody their words.
package draft

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
)

// ErrNone says that nothing is kept. The form then shows what is saved.
var ErrNone = errors.New("draft: none is kept")

// Draft is a form as it was left.
type Draft struct {
	Owner   string              // the id of the account
	Form    string              // which form, of which object: "session/0190…"
	Base    int                 // the revision that the typing began from
	Fields  map[string][]string // as the browser sends them
	SavedAt time.Time
}

// most is how many drafts one owner has. Whoever is signed in may keep some,
// and nobody shall fill the disk with them.
const most = 100

// Keep keeps d in place of what was kept of this form for this owner before.
// The drafts that their owner has not touched for longest go when there are too
// many.
func Keep(ctx context.Context, q db.Querier, d Draft) error {
	_, err := q.Exec(ctx, `
		INSERT INTO draft (owner, form, base, fields, saved_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (owner, form) DO UPDATE
		SET base = excluded.base, fields = excluded.fields, saved_at = excluded.saved_at`,
		d.Owner, d.Form, d.Base, db.JSON(d.Fields), d.SavedAt)
	if err == nil {
		_, err = q.Exec(ctx, `
			DELETE FROM draft WHERE owner = $1 AND form IN (
				SELECT form FROM draft WHERE owner = $1 ORDER BY saved_at DESC, form LIMIT 1000 OFFSET $2)`, d.Owner, most)
	}
	if err != nil {
		return fmt.Errorf("keep the draft of %s: %w", d.Form, err)
	}
	return nil
}

// Find returns what is kept of form for owner, or ErrNone.
func Find(ctx context.Context, q db.Querier, owner, form string) (Draft, error) {
	d := Draft{Owner: owner, Form: form}
	err := q.QueryRow(ctx, `
		SELECT base, fields, saved_at FROM draft WHERE owner = $1 AND form = $2`, owner, form).
		Scan(&d.Base, db.FromJSON(&d.Fields), &d.SavedAt)
	if errors.Is(err, db.ErrNoRow) {
		return Draft{}, ErrNone
	}
	if err != nil {
		return Draft{}, fmt.Errorf("find the draft of %s: %w", form, err)
	}
	return d, nil
}

// Drop forgets the draft, in the transaction that saves the form. That there is
// none is no error.
func Drop(ctx context.Context, q db.Querier, owner, form string) error {
	if _, err := q.Exec(ctx, `DELETE FROM draft WHERE owner = $1 AND form = $2`, owner, form); err != nil {
		return fmt.Errorf("drop the draft of %s: %w", form, err)
	}
	return nil
}

// SweepForm forgets the drafts of one form that nobody has touched since olderThan and returns their number: of a
// form whose drafts are kept for a shorter time than others.
func SweepForm(ctx context.Context, q db.Querier, form string, olderThan time.Time) (int64, error) {
	n, err := q.Exec(ctx, `DELETE FROM draft WHERE form = $1 AND saved_at < $2`, form, olderThan)
	if err != nil {
		return 0, fmt.Errorf("sweep drafts of %s: %w", form, err)
	}
	return n, nil
}

// Sweep forgets all drafts that nobody has touched since olderThan and returns their number.
func Sweep(ctx context.Context, q db.Querier, olderThan time.Time) (int64, error) {
	n, err := q.Exec(ctx, `DELETE FROM draft WHERE saved_at < $1`, olderThan)
	if err != nil {
		return 0, fmt.Errorf("sweep drafts: %w", err)
	}
	return n, nil
}
