package kaleidoscope

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// behindTalk are the talks that somebody stands behind; $1 is their account.
const behindTalk = `submission_id IN (
	SELECT submission_id FROM call_owner WHERE account_id = $1 UNION SELECT submission_id FROM call_contributor WHERE account_id = $1)`

// Collect gives what the desk noted of when somebody can speak, and how their name is said.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "kaleidoscope.data.part"}
	if s.Account == "" {
		return out, nil
	}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var code, say string
		var times Times
		err := row.Scan(&code, db.FromJSON(&times), &say)
		return map[string]any{"talk": code, "days": times.Days, "not_before": times.From, "not_after": times.Until, "say": say}, err
	})(q.Query(ctx, `
		SELECT s.code, t.times, t.say FROM kaleidoscope_talk AS t JOIN call_submission AS s ON s.id = t.submission_id WHERE t.`+behindTalk+`
		ORDER BY LENGTH(s.code), s.code`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect what was noted of talks: %w", err)
	}
	out.Rows = rows
	return out, nil
}

// Erase takes out what was noted of the talks that somebody stands behind. It is
// asked before package call forgets who that is.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	if s.Account == "" {
		return nil, nil
	}
	n, err := tx.Exec(ctx, `DELETE FROM kaleidoscope_talk WHERE `+behindTalk, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase what was noted of talks: %w", err)
	}
	return []people.Outcome{{Part: "kaleidoscope.data.part", Gone: int(n)}}, nil
}

// Check looks for compositions that no rule of this package would have let in, and
// for those in which stands what was withdrawn or declined since.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "kaleidoscope"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'in a cycle, and no longer accepted', 'kaleidoscope_item ' || i.submission_id FROM kaleidoscope_item AS i
		JOIN call_submission AS s ON s.id = i.submission_id WHERE s.state NOT IN ('accepted', 'confirmed')
		UNION ALL
		SELECT 'composed of another edition', 'kaleidoscope_item ' || i.submission_id FROM kaleidoscope_item AS i
		JOIN call_submission AS s ON s.id = i.submission_id JOIN kaleidoscope_composition AS c ON c.session_id = i.session_id
		WHERE s.edition_id <> c.edition_id
		UNION ALL
		SELECT 'a session of another edition', 'kaleidoscope_composition ' || c.session_id FROM kaleidoscope_composition AS c
		JOIN session AS n ON n.id = c.session_id WHERE n.edition_id <> c.edition_id
		UNION ALL
		SELECT 'composed, and not at a revision that was', 'kaleidoscope_composition ' || session_id FROM kaleidoscope_composition
		WHERE composed_revision > revision OR (composed_revision = 0) <> (composed_at IS NULL)`))
	if err != nil {
		return nil, fmt.Errorf("check compositions: %w", err)
	}
	return faults, nil
}
