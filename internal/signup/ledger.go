package signup

import (
	"context"
	"errors"

	"obrady/internal/db"
)

// lock takes the ledger for the transaction and returns the last sequence number
// that was given and the revision of the plans. Everything that a decision looks
// at is read after it.
func lock(ctx context.Context, tx *db.Tx) (last Receipt, revision int64, err error) {
	const take = `UPDATE signup_ledger SET last = last WHERE id = 1 RETURNING last, revision`
	err = tx.QueryRow(ctx, take).Scan(&last, &revision)
	if !errors.Is(err, db.ErrNoRow) {
		return last, revision, err
	}
	// The first sign-up of this installation.
	_, err = tx.Exec(ctx, `INSERT INTO signup_ledger (id, last, revision) VALUES (1, 0, 1) ON CONFLICT (id) DO NOTHING`)
	if err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(ctx, take).Scan(&last, &revision)
	return last, revision, err
}

// advance writes how far the sequence numbers have come.
func advance(ctx context.Context, tx *db.Tx, last Receipt) error {
	_, err := tx.Exec(ctx, `UPDATE signup_ledger SET last = $1 WHERE id = 1`, int64(last))
	return err
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
