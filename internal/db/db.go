// Package db keeps what people have entrusted to the congress, and keeps its
// promises: what was confirmed stays, what failed leaves no trace.
//
// Every statement is one text that runs on SQLite and on PostgreSQL:
// PostgreSQL's spelling, $1 for arguments, and only what both understand. The
// table in portable_test.go lists that. What differs is in engine.go, open.go,
// dump.go and check.go.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Querier runs statements: a DB, or a Tx that holds several together. Functions
// of a store take one, so that they can be put together in a transaction.
type Querier interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	QueryRow(ctx context.Context, query string, args ...any) Row
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	Engine() Engine
}

// DB is an open database, safe for any number of goroutines. On SQLite all
// writes queue for one connection and reads go on beside it, so QueryRow and
// Query of a DB cannot write there: what writes and returns rows belongs into
// a Tx. Inside a Tx use the Tx; the DB would wait for it for ever.
type DB struct {
	engine      Engine
	read, write *sql.DB
	kept        prepared
	fate        *fate
}

// Close closes the database.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != d.write {
		err = firstError(err, d.read.Close())
	}
	return err
}

// Engine says where the statements run.
func (d *DB) Engine() Engine { return d.engine }

// Exec runs a statement and returns how many rows it changed.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	conn, err := d.turn(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // back to the pool, where nothing can fail
	n, err := exec(ctx, conn, d.engine.spelled(query, len(args)), args)
	return n, d.condemn(err)
}

// QueryRow reads one row.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	return queryRow(ctx, d.read, d.engine.spelled(query, len(args)), args)
}

// Query reads rows; hand them to Collect.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return queryRows(ctx, d.read, d.engine.spelled(query, len(args)), args)
}

// patience is how long a write waits for its turn. A queue this long helps
// nobody, and a transaction that waits for itself must come to an end.
const patience = 30 * time.Second

// turn waits for a connection that may write. Waiting ends with ctx: somebody
// who has gone away needs no turn.
func (d *DB) turn(ctx context.Context) (*sql.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("no turn to write came in time"))
	defer cancel()
	conn, err := d.write.Conn(ctx)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", err, context.Cause(ctx))
	}
	if err != nil {
		return nil, fmt.Errorf("wait to write: %w", translate(err))
	}
	if err := d.fate.err(); err != nil { // asked now, because who had the turn before may have found out
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// runner is what runs statements in database/sql: a pool, a connection or a transaction.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// exec finishes what it began even if ctx ends meanwhile: a closed browser tab
// must not interrupt the one connection that writes.
func exec(ctx context.Context, on runner, query string, args []any) (int64, error) {
	args, err := normalise(args)
	if err != nil {
		return 0, err
	}
	res, err := on.ExecContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return 0, translate(err)
	}
	return res.RowsAffected()
}

func queryRow(ctx context.Context, on runner, query string, args []any) Row {
	args, err := normalise(args)
	if err != nil {
		return Row{err: err}
	}
	return Row{row: on.QueryRowContext(ctx, query, args...)}
}

func queryRows(ctx context.Context, on runner, query string, args []any) (*Rows, error) {
	args, err := normalise(args)
	if err != nil {
		return nil, err
	}
	rows, err := on.QueryContext(ctx, query, args...) //nolint:rowserrcheck // Collect asks for it
	if err != nil {
		return nil, translate(err)
	}
	return &Rows{rows}, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
