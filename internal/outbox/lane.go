package outbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/db"
)

// Lane is the part of the outbox that a worker looks at, so that promises which
// wait for somebody outside, such as a mail server, hold up no others. The zero
// Lane is all of it.
type Lane struct {
	kinds []string
	word  string // before the list of kinds
}

// Only is the lane of the events of these kinds.
func Only(kinds ...string) Lane { return Lane{kinds, "IN"} }

// Except is the lane of everything but the events of these kinds.
func Except(kinds ...string) Lane { return Lane{kinds, "NOT IN"} }

// Shut is what a handler returns when it cannot do anything for now, through no
// fault of the entry: the server it talks to is down. No attempt is counted, and
// its worker does nothing for a while.
type Shut struct {
	For time.Duration
	Why string // for the log: no names, no addresses
}

// Error says why.
func (s *Shut) Error() string { return "not for now: " + s.Why }

// filter is the condition of the lane, whose arguments begin at $first.
func (l Lane) filter(first int) (condition string, args []any) {
	if l.word == "" {
		return "", nil
	}
	for _, kind := range l.kinds {
		args = append(args, kind)
	}
	return " AND kind " + l.word + " (" + db.List(first, len(args)) + ")", args
}

// anyDue looks without writing, so that an idle worker is no burden to those who write.
func (l Lane) anyDue(ctx context.Context, q db.Querier, now time.Time) (bool, error) {
	filter, kinds := l.filter(2)
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM (
			SELECT id FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= $1`+filter+` LIMIT 1) AS due`,
		append([]any{now}, kinds...)...).Scan(&n)
	return n > 0, err
}

// hold is how many entries are claimed, and for how long.
type hold struct {
	lease time.Duration
	n     int
}

func (l Lane) claim(ctx context.Context, d *db.DB, now time.Time, h hold) (claimed []Entry, err error) {
	filter, kinds := l.filter(4)
	err = d.Tx(ctx, func(tx *db.Tx) error {
		claimed, err = db.Collect(scanEntry)(tx.Query(ctx, `
			UPDATE outbox SET due_at = $1, attempts = attempts + 1
			WHERE id IN (
				SELECT id FROM outbox
				WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= $2`+filter+`
				ORDER BY due_at, id LIMIT $3`+tx.Engine().SkipLocked()+`)
			RETURNING `+columns, append([]any{now.Add(h.lease), now, h.n}, kinds...)...))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim from the outbox: %w", err)
	}
	slices.SortFunc(claimed, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return claimed, nil
}
