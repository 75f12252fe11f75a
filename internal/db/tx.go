package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Tx is a transaction under way, valid only inside the function that got it.
type Tx struct {
	tx     *sql.Tx
	engine Engine
	after  []func()
	failed error
	kept   *prepared // long statements, where they are kept
	used   []string  // long statements that are not kept yet
}

// Tx runs fn in a transaction: it commits if fn returns nil and takes
// everything back otherwise. A transaction that had to give way to another is
// run again, so fn does nothing but database work; what must follow a commit
// goes through AfterCommit. Once begun it is not interrupted by the end of ctx.
func (d *DB) Tx(ctx context.Context, fn func(*Tx) error) error {
	const attempts = 5
	var after []func()
	var err error
	for i := range attempts {
		if after, err = d.once(ctx, fn); !gaveWay(err) {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond << i):
		}
	}
	if err != nil {
		return err
	}
	for _, f := range after {
		f()
	}
	return nil
}

func (d *DB) once(ctx context.Context, fn func(*Tx) error) (after []func(), err error) {
	tx := &Tx{engine: d.engine}
	if d.engine == SQLite {
		tx.kept = &d.kept
		defer func() {
			if len(tx.used) > 0 {
				tx.kept.learn(context.WithoutCancel(ctx), d.write, tx.used)
			}
		}()
	}
	conn, err := d.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // back to the pool, where nothing can fail
	begun, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", translate(err))
	}
	defer begun.Rollback() // does nothing after Commit

	tx.tx = begun
	if err := fn(tx); err != nil {
		_ = d.condemn(tx.failed) // err has it inside, or has good reasons not to
		return nil, err
	}
	if tx.failed != nil {
		return nil, fmt.Errorf("commit after a statement failed: %w", tx.failed)
	}
	if err := begun.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", d.condemn(translate(err)))
	}
	return tx.after, nil
}

// Snapshot runs fn on the database as it is at one moment, whatever is written
// meanwhile. The Querier reads only.
func (d *DB) Snapshot(ctx context.Context, fn func(Querier) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if d.engine == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	begun, err := d.read.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin to read: %w", translate(err))
	}
	defer begun.Rollback() // nothing was written
	return fn(&Tx{tx: begun, engine: d.engine})
}

// Engine says where the statements run.
func (t *Tx) Engine() Engine { return t.engine }

// AfterCommit runs f once the transaction is committed, and never if it is not.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// Exec runs a statement and returns how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if t.failed != nil {
		return 0, t.stop()
	}
	query = t.engine.many(query, len(args))
	n, err := exec(ctx, t.on(ctx, query, len(args)), query, args)
	t.note(err)
	return n, err
}

// QueryRow runs a statement that returns one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	if t.failed != nil {
		return Row{err: t.stop()}
	}
	query = t.engine.spelled(query, len(args))
	row := queryRow(context.WithoutCancel(ctx), t.on(ctx, query, len(args)), query, args)
	if row.row != nil {
		t.note(row.row.Err())
	}
	return row
}

// Query runs a statement that returns rows; hand them to Collect.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if t.failed != nil {
		return nil, t.stop()
	}
	query = t.engine.spelled(query, len(args))
	rows, err := queryRows(context.WithoutCancel(ctx), t.on(ctx, query, len(args)), query, args)
	t.note(err)
	return rows, err
}

// note makes SQLite as strict as PostgreSQL, where a transaction is lost with
// its first failed statement; otherwise a fault would show on one engine only.
func (t *Tx) note(err error) {
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.failed = err
	}
}

func (t *Tx) stop() error {
	return fmt.Errorf("this transaction is lost, nothing may follow: %w", t.failed)
}
