package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Rule says how long one kind of data is kept (okres przechowywania).
type Rule struct {
	Name string // in addresses and tables: "letters"
	Part string // key of the sentence that names the data
	Why  string // key of the sentence that says since when and why so long
	Keep time.Duration
	// Grave data must not stand in the files of the database either.
	Grave bool
	// Remove takes out what is older than the cut and returns how much that was.
	Remove func(ctx context.Context, tx *db.Tx, c Cut) (int64, error)
}

// Cut is where retention cuts: what is from before goes, unless a legal hold
// keeps the data of whose it is.
type Cut struct {
	Before time.Time
	Held   []people.AccountID
}

// cut applies the rule at the moment now.
func (r Rule) cut(ctx context.Context, tx *db.Tx, now time.Time) (int64, error) {
	held, err := rights.HeldAccounts(ctx, tx, now)
	if err != nil {
		return 0, fmt.Errorf("look for legal holds: %w", err)
	}
	return r.Remove(ctx, tx, Cut{now.Add(-r.Keep), held})
}

// Days is how long the rule keeps, in days.
func (r Rule) Days() int { return int(r.Keep / (24 * time.Hour)) }

// Removal is what a rule did, or would do.
type Removal struct {
	Rule
	Rows int64
	// RanAt and Total tell of the last run and of all runs; zero before the first.
	RanAt time.Time
	Total int64
}

var errDry = errors.New("privacy: only a dry run")

// DryRetain says what Retain would remove now, and removes nothing.
func (s *Service) DryRetain(ctx context.Context) ([]Removal, error) {
	runs, err := retentions(ctx, s.DB)
	if err != nil {
		return nil, fmt.Errorf("read when retention ran: %w", err)
	}
	var all []Removal
	for _, rule := range s.Rules {
		r := Removal{Rule: rule, RanAt: runs[rule.Name].at, Total: runs[rule.Name].total}
		err := s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
			if r.Rows, err = rule.cut(ctx, tx, s.Now()); err != nil {
				return err
			}
			return errDry
		})
		if !errors.Is(err, errDry) {
			return nil, fmt.Errorf("see what retention of %s would remove: %w", rule.Name, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// Retain removes what has been kept long enough, by every rule. A rule that
// fails does not keep the others from their work.
func (s *Service) Retain(ctx context.Context) ([]Removal, error) {
	var all []Removal
	var failed []error
	for _, rule := range s.Rules {
		now := s.Now()
		r := Removal{Rule: rule, RanAt: now}
		err := s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
			if r.Rows, err = rule.cut(ctx, tx, now); err != nil {
				return err
			}
			r.Total, err = noteRetention(ctx, tx, rule.Name, r.Rows, now)
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("retention of %s: %w", rule.Name, err))
			continue
		}
		all = append(all, r)
		if r.Grave && r.Rows > 0 {
			failed = append(failed, s.DB.Scrub(ctx))
		}
	}
	return all, errors.Join(failed...)
}

type retention struct {
	rule  string
	at    time.Time
	total int64
}

func retentions(ctx context.Context, q db.Querier) (map[string]retention, error) {
	all, err := db.Collect(func(row db.Scanner) (r retention, err error) {
		return r, row.Scan(&r.rule, &r.at, &r.total)
	})(q.Query(ctx, `SELECT rule, ran_at, total FROM privacy_retention`))
	found := map[string]retention{}
	for _, r := range all {
		found[r.rule] = r
	}
	return found, err
}

// noteRetention adds a run and returns what all runs together have removed.
func noteRetention(ctx context.Context, tx *db.Tx, rule string, removed int64, at time.Time) (total int64, err error) {
	err = tx.QueryRow(ctx, `
		INSERT INTO privacy_retention (rule, ran_at, removed, total) VALUES ($1, $2, $3, $3)
		ON CONFLICT (rule) DO UPDATE
		SET ran_at = excluded.ran_at, removed = excluded.removed, total = privacy_retention.total + excluded.removed
		RETURNING total`, rule, at, removed).Scan(&total)
	return total, err
}
