package admission

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"obrady/internal/db"
	"obrady/internal/programme"
)

// ReadCounts puts how many places are taken, and how many wait, into offers.
func ReadCounts(ctx context.Context, q db.Querier, sessions []programme.SessionID, offers map[programme.SessionID]*Offer) error {
	args := db.Padded(sessions)
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var session programme.SessionID
		var number, capacity, taken int
		if err = row.Scan(&session, &number, &capacity, &taken); err == nil {
			if p := offers[session].Pool(number); p != nil {
				p.Capacity, p.Taken = capacity, taken
			}
		}
		return none, err
	})(q.Query(ctx, `
		SELECT session_id, number, capacity, taken FROM admission_pool WHERE session_id IN (`+db.List(1, len(args))+`)`, args...))
	if err != nil {
		return err
	}
	_, err = db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var session programme.SessionID
		var waiting int
		if err = row.Scan(&session, &waiting); err == nil {
			offers[session].Waiting = waiting
		}
		return none, err
	})(q.Query(ctx, `
		SELECT session_id, waiting FROM admission_session WHERE session_id IN (`+db.List(1, len(args))+`)`, args...))
	return err
}

// PoolName names a pool.
type PoolName struct {
	Session programme.SessionID
	Number  int
}

// PoolCount is how many more places of a pool are taken.
type PoolCount struct {
	PoolName
	By int
}

// LineCount is how many more wait for a session.
type LineCount struct {
	Session programme.SessionID
	By      int
}

// CountPools takes or gives back places of pools, all of them or none. Each pool
// takes only what it has: the condition stands in the statement.
func CountPools(ctx context.Context, q db.Querier, counts []PoolCount) error {
	slices.SortFunc(counts, func(a, b PoolCount) int {
		return cmp.Or(strings.Compare(string(a.Session), string(b.Session)), cmp.Compare(a.Number, b.Number))
	})
	return db.InSteps(counts, func(part []PoolCount) error {
		args := make([]any, 0, len(part)*3)
		for _, c := range part {
			args = append(args, string(c.Session), c.Number, c.By)
		}
		n, err := q.Exec(ctx, poolStatements[len(part)], args...)
		if err == nil && n != int64(len(part)) {
			return ErrCounts
		}
		return err
	})
}

// CountLines changes how many wait.
func CountLines(ctx context.Context, q db.Querier, counts []LineCount) error {
	slices.SortFunc(counts, func(a, b LineCount) int { return strings.Compare(string(a.Session), string(b.Session)) })
	return db.InSteps(counts, func(part []LineCount) error {
		args := make([]any, 0, len(part)*2)
		for _, c := range part {
			args = append(args, string(c.Session), c.By)
		}
		n, err := q.Exec(ctx, lineStatements[len(part)], args...)
		if err == nil && n != int64(len(part)) {
			return ErrCounts
		}
		return err
	})
}

var (
	poolStatements = db.Batch(`
		UPDATE admission_pool SET taken = admission_pool.taken + v.column3 FROM (VALUES `, []string{"", "INTEGER", "INTEGER"}, `) AS v
		WHERE admission_pool.session_id = v.column1 AND admission_pool.number = v.column2
			AND admission_pool.taken + v.column3 BETWEEN 0 AND admission_pool.capacity`)
	lineStatements = db.Batch(`
		UPDATE admission_session SET waiting = admission_session.waiting + v.column2 FROM (VALUES `, []string{"", "INTEGER"}, `) AS v
		WHERE admission_session.session_id = v.column1 AND admission_session.waiting + v.column2 >= 0`)
)
