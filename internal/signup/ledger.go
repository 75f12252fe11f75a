package signup

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/db"
)

// standing is how far the ledger has come.
type standing struct {
	last     Receipt // the last sequence number that was given
	revision int64   // of the plans
	posted   Receipt // up to here decisions have been posted to the seats
}

// lock takes the ledger for the transaction and says how far it has come.
// Everything that a decision looks at is read after it.
func lock(ctx context.Context, tx *db.Tx) (l standing, err error) {
	const take = `UPDATE signup_ledger SET last = last WHERE id = 1 RETURNING last, revision, posted`
	err = tx.QueryRow(ctx, take).Scan(&l.last, &l.revision, &l.posted)
	if !errors.Is(err, db.ErrNoRow) {
		return l, err
	}
	// The first sign-up of this installation.
	_, err = tx.Exec(ctx, `INSERT INTO signup_ledger (id, last, revision, posted) VALUES (1, 0, 1, 0) ON CONFLICT (id) DO NOTHING`)
	if err != nil {
		return l, err
	}
	err = tx.QueryRow(ctx, take).Scan(&l.last, &l.revision, &l.posted)
	return l, err
}

// advance writes how far the sequence numbers have come.
func advance(ctx context.Context, tx *db.Tx, last Receipt) error {
	_, err := tx.Exec(ctx, `UPDATE signup_ledger SET last = $1 WHERE id = 1`, int64(last))
	return err
}

// post writes the seats that only decisions tell of so far, of which last is the
// last. In the order of the index each of its pages is written once, however many
// they are.
func post(ctx context.Context, tx *db.Tx, last Receipt) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO signup_seat (session_id, account_id, edition_id, state, seq, place_in_line, pools, request, answered, account_key, session_key)
		SELECT session_id, account_id, edition_id, state, seq, place_in_line, pools, request, answered, account_key, session_key
		FROM signup_unposted ORDER BY account_key`)
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE signup_ledger SET posted = $1 WHERE id = 1`, int64(last))
	}
	if err != nil {
		return fmt.Errorf("post decisions to the seats: %w", err)
	}
	return nil
}

// Post posts all decisions to the seats. It takes the ledger for the transaction.
func Post(ctx context.Context, tx *db.Tx) error {
	l, err := lock(ctx, tx)
	if err != nil || l.posted == l.last {
		return err
	}
	return post(ctx, tx, l.last)
}

// renew says that plans have changed. The caller has locked the ledger.
func renew(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE signup_ledger SET revision = revision + 1 WHERE id = 1`)
	return err
}

// Progress is the last sequence number that was given, and the revision of the
// plans; nothing of an edition's sign-ups changes without one of them.
func Progress(ctx context.Context, q db.Querier) (last Receipt, revision int64, err error) {
	err = q.QueryRow(ctx, `SELECT last, revision FROM signup_ledger WHERE id = 1`).Scan(&last, &revision)
	if errors.Is(err, db.ErrNoRow) {
		return 0, 0, nil
	}
	return last, revision, err
}
