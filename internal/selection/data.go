package selection

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/people"
	"obrady/internal/signup"
)

// Collect gives somebody's applications; what was decided about them, with the
// note of whoever decided, once it has been announced.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "selection.data.part"}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var session, needs, note string
		var answers map[string]string
		var verdict signup.Verdict
		var sent time.Time
		var announced *time.Time
		err := row.Scan(&session, db.FromJSON(&answers), &needs, &verdict, &note, &sent, &announced)
		one := map[string]any{"session": session, "answers": answers, "needs": needs, "sent_at": sent}
		if announced != nil {
			one["verdict"], one["note"] = verdict, note
		}
		return one, err
	})(q.Query(ctx, `
		SELECT session.slug, a.answers, a.needs, a.verdict, a.note, a.sent_at, w.decided_at
		FROM selection_application AS a JOIN session ON session.id = a.session_id JOIN admission_window AS w ON w.id = a.window_id
		WHERE a.account_id = $1 ORDER BY a.sent_at, a.id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect applications: %w", err)
	}
	out.Rows = rows
	return out, nil
}

// Erase takes out somebody's applications. What else they typed lies among the drafts.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM selection_application WHERE account_id = $1`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase applications: %w", err)
	}
	return []people.Outcome{{Part: "selection.data.part", Gone: int(n)}}, nil
}

// Forget forgets the applications to editions that ended before day, but nothing
// of those who are held, and returns how many rows went.
func Forget(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("account_id", 2, held)
	n, err := tx.Exec(ctx, `
		DELETE FROM selection_application
		WHERE edition_id IN (SELECT id FROM edition WHERE ends_on < $1) AND `+spared, append([]any{day}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("forget applications: %w", err)
	}
	return n, nil
}

// Check looks for applications that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "selection"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'an unknown verdict', id FROM selection_application WHERE verdict NOT IN ('', 'admit', 'waiting', 'no')
		UNION ALL
		SELECT 'a verdict of nobody', id FROM selection_application WHERE verdict <> '' AND (decided_by = '' OR decided_at IS NULL)
		UNION ALL
		SELECT 'announced without a verdict', a.id FROM selection_application AS a JOIN admission_window AS w ON w.id = a.window_id
		WHERE w.decided_at IS NOT NULL AND a.verdict = ''
		UNION ALL
		SELECT 'an application in a window without a choice', a.id FROM selection_application AS a
		JOIN admission_window AS w ON w.id = a.window_id WHERE w.mode <> 'selection'
		UNION ALL
		SELECT 'an application for a session of another edition', a.id FROM selection_application AS a
		JOIN session ON session.id = a.session_id WHERE session.edition_id <> a.edition_id
		UNION ALL
		SELECT 'two sessions wanted equally', MIN(id) FROM selection_application
		GROUP BY account_id, edition_id, preference HAVING COUNT(*) > 1`))
	if err != nil {
		return nil, fmt.Errorf("check applications: %w", err)
	}
	return faults, nil
}
