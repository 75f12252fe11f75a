package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Engine is one of the two databases that a congress can be kept in.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// SkipLocked ends a SELECT that claims rows for one worker of several. SQLite
// writes one transaction at a time and needs no word for it.
func (e Engine) SkipLocked() string {
	if e == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Clock reads the time from the database's own clock, which is one for all
// instances that share it, whatever each of their machines says.
func Clock(ctx context.Context, q Querier) (now time.Time, err error) {
	query := `SELECT strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')`
	if q.Engine() == Postgres {
		query = `SELECT clock_timestamp()`
	}
	if err := q.QueryRow(ctx, query).Scan(&now); err != nil {
		return now, fmt.Errorf("ask the database for the time: %w", err)
	}
	return now, nil
}

// What a statement can meet, on either engine. Inside a Tx nothing may follow a
// statement that met one of the last three: give the transaction up.
var (
	ErrNoRow   = errors.New("db: no such row")
	ErrExists  = errors.New("db: a row with this key is there already")
	ErrMissing = errors.New("db: a row that this one refers to is not there, or one that refers to it still is")
	ErrRefused = errors.New("db: a rule of the table refuses this row")
)

// Codes: SQLSTATE (PostgreSQL manual, appendix A) and SQLite's extended result
// codes (sqlite.org/rescode.html).
var (
	byState = map[string]error{
		"23505": ErrExists, "23503": ErrMissing, "23514": ErrRefused, "23502": ErrRefused,
	}
	byCode = map[int]error{
		2067: ErrExists, 1555: ErrExists, 787: ErrMissing, 1811: ErrMissing, 275: ErrRefused, 1299: ErrRefused,
	}
)

// translate puts one of the errors above, or of those in trouble.go, in front of
// err where one fits.
func translate(err error) error {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var ours error
	switch {
	case errors.As(err, &pg):
		ours = byState[pg.Code]
	case errors.As(err, &lite):
		ours = byCode[lite.Code()]
	}
	if ours == nil {
		ours = trouble(err)
	}
	if ours == nil {
		return err
	}
	return fmt.Errorf("%w: %w", ours, err)
}

// gaveWay reports whether the same transaction may succeed when it is run again:
// the engine stopped it only because of another one.
func gaveWay(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	const busy = 5 // the low byte of SQLITE_BUSY and of its kin
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "40") ||
		errors.As(err, &lite) && lite.Code()&0xff == busy
}
