package db

import (
	"context"
	"database/sql"
	"sync"
)

// prepared keeps the statements that the one SQLite connection that writes is
// asked again and again: reading the text of one takes longer than doing what it
// says. PostgreSQL's driver keeps its own.
type prepared struct {
	mu   sync.Mutex
	all  map[string]*sql.Stmt
	uses map[string]int // of those that are not kept
}

// often is after how many uses a statement is worth keeping; a long one is at once.
const often = 8

// mostPrepared bounds how many are kept, and mostCounted of how many the uses are
// counted. The statements of the house are some hundreds of texts; one beyond the
// bound is read each time.
const (
	mostPrepared = 512
	mostCounted  = 4096
)

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
			_ = stmt.Close() //nolint:sqlclosecheck // somebody else was faster; the one that is kept stays open
		}
	}
}

// count notes a use of a statement and says whether it is used often.
func (p *prepared) count(query string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.uses == nil || len(p.uses) >= mostCounted {
		p.uses = map[string]int{}
	}
	p.uses[query]++
	return p.uses[query] >= often
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
	if t.kept == nil {
		return t.tx
	}
	if stmt := t.kept.find(query); stmt != nil {
		return ready{t.tx.StmtContext(context.WithoutCancel(ctx), stmt)}
	}
	if args >= manyArgs || t.kept.count(query) {
		t.used = append(t.used, query)
	}
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
