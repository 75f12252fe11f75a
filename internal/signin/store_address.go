package signin

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

const moveColumns = `id, account_id, old_email, new_email, lang, asked_at, expires_at, confirmed_at, undo_until, undone_at`

func scanMove(row db.Scanner) (m move, err error) {
	return m, row.Scan(&m.ID, &m.Account, &m.Old, &m.New, &m.Lang, &m.AskedAt, &m.ExpiresAt, &m.ConfirmedAt, &m.UndoUntil, &m.UndoneAt)
}

// findMove returns the one move that the condition names, or ErrSpent.
func findMove(ctx context.Context, q db.Querier, where, arg string) (move, error) {
	m, err := scanMove(q.QueryRow(ctx, `SELECT `+moveColumns+` FROM signin_address WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return m, ErrSpent
	}
	return m, err
}

func movesOf(ctx context.Context, q db.Querier, account people.AccountID) ([]move, error) {
	return db.Collect(scanMove)(q.Query(ctx, `
		SELECT `+moveColumns+` FROM signin_address WHERE account_id = $1 ORDER BY asked_at, id`, account))
}

func countMoves(ctx context.Context, q db.Querier, account people.AccountID, since time.Time) (n int, err error) {
	return n, q.QueryRow(ctx, `
		SELECT COUNT(*) FROM signin_address WHERE account_id = $1 AND asked_at > $2`, account, since).Scan(&n)
}

func insertMove(ctx context.Context, q db.Querier, m move) error {
	_, err := q.Exec(ctx, `
		INSERT INTO signin_address (id, account_id, old_email, new_email, lang, asked_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, m.Account, m.Old, m.New, m.Lang, m.AskedAt, m.ExpiresAt)
	return err
}

// once runs an update that fits one row or none, which is ErrSpent.
func once(ctx context.Context, q db.Querier, statement string, args ...any) error {
	n, err := q.Exec(ctx, statement, args...)
	if err == nil && n == 0 {
		return ErrSpent
	}
	return err
}

func setMoveToken(ctx context.Context, q db.Querier, of, token string, now time.Time) error {
	return once(ctx, q, `
		UPDATE signin_address SET token_sum = $2
		WHERE id = $1 AND token_sum IS NULL AND confirmed_at IS NULL AND undone_at IS NULL AND expires_at > $3`, of, token, now)
}

func setUndoToken(ctx context.Context, q db.Querier, of, token string, now time.Time) error {
	return once(ctx, q, `
		UPDATE signin_address SET undo_sum = $2
		WHERE id = $1 AND undo_sum IS NULL AND undone_at IS NULL AND undo_until > $3`, of, token, now)
}

func confirmMove(ctx context.Context, q db.Querier, of string, now, undoUntil time.Time) error {
	return once(ctx, q, `
		UPDATE signin_address SET confirmed_at = $2, undo_until = $3
		WHERE id = $1 AND confirmed_at IS NULL AND undone_at IS NULL AND expires_at > $2`, of, now, undoUntil)
}

func undoMove(ctx context.Context, q db.Querier, of string, now time.Time) error {
	return once(ctx, q, `
		UPDATE signin_address SET undone_at = $2
		WHERE id = $1 AND confirmed_at IS NOT NULL AND undone_at IS NULL AND undo_until > $2`, of, now)
}

// voidLaterMoves closes what was asked for after m, so that nobody takes the account back by it.
func voidLaterMoves(ctx context.Context, q db.Querier, m move, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE signin_address SET undone_at = $3 WHERE account_id = $1 AND asked_at >= $2 AND undone_at IS NULL`,
		m.Account, m.AskedAt, now)
	return err
}

// voidMoves closes what was asked for and not confirmed.
func voidMoves(ctx context.Context, q db.Querier, account people.AccountID, now time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE signin_address SET undone_at = $2 WHERE account_id = $1 AND confirmed_at IS NULL AND undone_at IS NULL`, account, now)
	return err
}
