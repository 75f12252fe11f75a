package db

import (
	"context"
	"database/sql"
	"sync"
)

// prepared keeps the long statements of the one SQLite connection that writes:
// reading the text of a statement with hundreds of arguments takes longer than
// doing what it says. PostgreSQL's driver keeps its own.
type prepared struct {
	mu  sync.Mutex
	all map[string]*sql.Stmt
}

// mostPrepared bounds how many are kept. Long statements come in few texts; one
// beyond the bound is read each time, like a short one.
const mostPrepared = 256

// find returns the statement for query, or nil.
func (p *prepared) find(query string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[query]
}

// learn prepares statements that a transaction has used. It needs the connection,
// so it runs when the transaction is over, and holds no lock while it waits for
// it: the next transaction, which has the connection, asks find. What cannot be
// prepared is read each time and says then what is wrong with it.
func (p *prepared) learn(ctx context.Context, pool *sql.DB, queries []string) {
	for _, query := range queries {
		if !p.wants(query) {
			continue
		}
		stmt, err := pool.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		if !p.keep(query, stmt) {
			_ = stmt.Close() // somebody else was faster
		}
	}
}

func (p *prepared) wants(query string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all[query] == nil && len(p.all) < mostPrepared
}

func (p *prepared) keep(query string, stmt *sql.Stmt) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all[query] != nil {
		return false
	}
	if p.all == nil {
		p.all = map[string]*sql.Stmt{}
	}
	p.all[query] = stmt
	return true
}

// on is what a statement of the transaction runs on: itself, prepared, where it is
// kept, and else the transaction.
func (t *Tx) on(ctx context.Context, query string, args int) runner {
	if t.kept == nil || args < manyArgs {
		return t.tx
	}
	if stmt := t.kept.find(query); stmt != nil {
		return ready{t.tx.StmtContext(context.WithoutCancel(ctx), stmt)}
	}
	t.used = append(t.used, query)
	return t.tx
}

// ready is a prepared statement that runs like a statement that is read.
type ready struct{ stmt *sql.Stmt }

func (r ready) ExecContext(ctx context.Context, _ string, args ...any) (sql.Result, error) {
	return r.stmt.ExecContext(ctx, args...)
}

func (r ready) QueryRowContext(ctx context.Context, _ string, args ...any) *sql.Row {
	return r.stmt.QueryRowContext(ctx, args...)
}

func (r ready) QueryContext(ctx context.Context, _ string, args ...any) (*sql.Rows, error) {
	return r.stmt.QueryContext(ctx, args...)
}
