package outbox

import (
	"context"
	"fmt"

	"obrady/internal/db"
)

// Load is how much of one kind is still to be done, and how much was given up.
type Load struct {
	Kind         string
	Waiting, Out int // Out: after every attempt
}

// Loads counts what is not done, kind by kind, for whoever looks after the
// machine.
func Loads(ctx context.Context, q db.Querier) ([]Load, error) {
	all, err := db.Collect(func(row db.Scanner) (l Load, err error) {
		return l, row.Scan(&l.Kind, &l.Waiting, &l.Out)
	})(q.Query(ctx, `
		SELECT kind, COUNT(*) FILTER (WHERE dead_at IS NULL), COUNT(*) FILTER (WHERE dead_at IS NOT NULL)
		FROM outbox WHERE done_at IS NULL GROUP BY kind ORDER BY kind`))
	if err != nil {
		return nil, fmt.Errorf("count the outbox: %w", err)
	}
	return all, nil
}
