package signin

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
)

const requestColumns = `id, email, browser, lang, next, silent, issuer, subject, token_sum, code_sum, tries, asked_at, expires_at, used_at`

func scanRequest(row db.Scanner) (r request, err error) {
	return r, row.Scan(&r.ID, &r.Email, &r.Browser, &r.Lang, &r.Next, &r.Silent, &r.Issuer, &r.Subject, &r.Token,
		&r.Code, &r.Tries, &r.AskedAt, &r.ExpiresAt, &r.UsedAt)
}

// findRequest returns the one request that the condition names, or ErrSpent.
func findRequest(ctx context.Context, q db.Querier, where, arg string) (request, error) {
	r, err := scanRequest(q.QueryRow(ctx, `SELECT `+requestColumns+` FROM signin_request WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return r, ErrSpent
	}
	return r, err
}

func insertRequest(ctx context.Context, q db.Querier, r request) error {
	_, err := q.Exec(ctx, `
		INSERT INTO signin_request (id, email, browser, lang, next, silent, issuer, subject, asked_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, r.Email, r.Browser, r.Lang, r.Next, r.Silent, r.Issuer, r.Subject, r.AskedAt, r.ExpiresAt)
	return err
}

// asked is how many requests there were, and when the last.
type asked struct {
	n    int
	last time.Time
}

// countAsked counts the requests that the condition names by one text and one moment.
func countAsked(ctx context.Context, q db.Querier, where, arg string, since time.Time) (a asked, err error) {
	var last *time.Time
	err = q.QueryRow(ctx, `SELECT COUNT(*), MAX(asked_at) FROM signin_request WHERE `+where, arg, since).Scan(&a.n, &last)
	if last != nil {
		a.last = *last
	}
	return a, err
}

// issueRequest keeps the sums of what is in the letter, unless there is a letter already or it is too late for one.
func issueRequest(ctx context.Context, q db.Querier, now time.Time, i Issued) error {
	n, err := q.Exec(ctx, `
		UPDATE signin_request SET token_sum = $2, code_sum = $3, expires_at = $4
		WHERE id = $1 AND token_sum IS NULL AND used_at IS NULL AND expires_at > $5`,
		i.Request, sum(i.Token), codeSum(i.Request, i.Code), i.ExpiresAt, now)
	if err == nil && n == 0 {
		return ErrSpent
	}
	return err
}

// spend uses the request up. Of two who try at once, one does.
func spend(ctx context.Context, q db.Querier, of RequestID, now time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE signin_request SET used_at = $2
		WHERE id = $1 AND used_at IS NULL AND token_sum IS NOT NULL AND expires_at > $2`, of, now)
	if err == nil && n == 0 {
		return ErrSpent
	}
	return err
}

// countTry takes one of the tries of a code, or returns ErrTries when there is none left.
func countTry(ctx context.Context, q db.Querier, of RequestID) error {
	n, err := q.Exec(ctx, `UPDATE signin_request SET tries = tries + 1 WHERE id = $1 AND tries < $2`, of, mostTries)
	if err == nil && n == 0 {
		return ErrTries
	}
	return err
}

// wrongTries counts the codes that were tried in vain for an address.
func wrongTries(ctx context.Context, q db.Querier, email string, since time.Time) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COALESCE(SUM(CASE WHEN used_at IS NULL THEN tries ELSE tries - 1 END), 0) FROM signin_request
		WHERE email = $1 AND asked_at > $2 AND tries > 0`, email, since).Scan(&n)
	return n, err
}

// sweep forgets requests that no limit needs, ceremonies that were never finished, and moves that cannot be undone.
func sweep(ctx context.Context, q db.Querier, now time.Time) (n int64, err error) {
	for _, broom := range []struct {
		statement string
		before    time.Time
	}{
		{`DELETE FROM signin_request WHERE asked_at <= $1`, now.Add(-wrongWithin)},
		{`DELETE FROM signin_ceremony WHERE expires_at <= $1`, now},
		{`DELETE FROM signin_address WHERE COALESCE(undo_until, expires_at) <= $1`, now.Add(-24 * time.Hour)},
	} {
		swept, err := q.Exec(ctx, broom.statement, broom.before)
		if err != nil {
			return n, err
		}
		n += swept
	}
	return n, nil
}
