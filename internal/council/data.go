package council

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect gives the dissents and appeals that somebody wrote, and at which sittings they were.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "council.data.part"}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var what, about, words string
		var at time.Time
		err := row.Scan(&what, &about, &words, &at)
		return map[string]any{"what": what, "about": about, "words": words, "at": at}, err
	})(q.Query(ctx, `
		SELECT 'dissent', s.code, d.words, d.at FROM council_dissent AS d JOIN call_submission AS s ON s.id = d.submission_id WHERE d.account_id = $1
		UNION ALL
		SELECT 'appeal', s.code, a.words, a.filed_at FROM council_appeal AS a JOIN call_submission AS s ON s.id = a.submission_id WHERE a.filed_by = $1
		UNION ALL
		SELECT 'sitting', CAST(t.number AS TEXT), p.part, t.begins_at FROM council_present AS p JOIN council_sitting AS t ON t.id = p.sitting_id
		WHERE p.account_id = $1
		ORDER BY 4, 1, 2`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect sittings and appeals: %w", err)
	}
	out.Rows = rows
	return out, nil
}

// Erase takes out the appeals that somebody filed. Who sat and who dissented
// belongs to the record of decisions about others and stays, under an id that
// leads to nobody.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM council_appeal WHERE filed_by = $1`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase appeals: %w", err)
	}
	done := people.Outcome{Part: "council.data.part", Gone: int(n)}
	err = tx.QueryRow(ctx, `
		SELECT (SELECT COUNT(*) FROM council_present WHERE account_id = $1) + (SELECT COUNT(*) FROM council_dissent WHERE account_id = $1)`, s.Account).
		Scan(&done.Kept)
	if err != nil {
		return nil, fmt.Errorf("count what of sittings stays: %w", err)
	}
	if done.Kept > 0 {
		done.Why = "council.data.why"
	}
	return []people.Outcome{done}, nil
}

// Forget forgets appeals in editions that ended before day, but none of those who
// are held, and returns how many rows went.
func Forget(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (int64, error) {
	spared, args := db.Spare("filed_by", 2, held)
	n, err := tx.Exec(ctx, `
		DELETE FROM council_appeal
		WHERE submission_id IN (SELECT s.id FROM call_submission AS s JOIN edition ON edition.id = s.edition_id WHERE edition.ends_on < $1)
			AND `+spared, append([]any{day}, args...)...)
	if err != nil {
		return 0, fmt.Errorf("forget appeals: %w", err)
	}
	return n, nil
}

// Check looks for decisions and sittings that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "council"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'decided, and no decision there', 'call_submission ' || s.id FROM call_submission AS s
		WHERE s.state IN ('decided', 'accepted', 'reserve', 'rejected')
			AND EXISTS (SELECT 1 FROM review_setup AS u WHERE u.call_id = s.call_id)
			AND NOT EXISTS (SELECT 1 FROM council_decision AS d WHERE d.submission_id = s.id)
		UNION ALL
		SELECT 'announced, and not where the decision leads', 'council_decision ' || d.submission_id FROM council_decision AS d
		JOIN call_submission AS s ON s.id = d.submission_id
		WHERE d.announced_at IS NOT NULL AND NOT (
			d.outcome IN ('accept', 'accept_with', 'other_format') AND s.state IN ('accepted', 'confirmed', 'declined')
			OR d.outcome = 'reserve' AND s.state IN ('reserve', 'accepted', 'confirmed', 'declined')
			OR d.outcome = 'reject' AND s.state = 'rejected')
		UNION ALL
		SELECT 'pending, and no longer before the council', 'council_decision ' || d.submission_id FROM council_decision AS d
		JOIN call_submission AS s ON s.id = d.submission_id WHERE d.announced_at IS NULL AND s.state <> 'decided'
		UNION ALL
		SELECT 'an unknown outcome', 'council_decision ' || submission_id FROM council_decision
		WHERE outcome NOT IN ('accept', 'accept_with', 'other_format', 'reserve', 'reject')
		UNION ALL
		SELECT 'announced outside of a batch', 'council_decision ' || submission_id FROM council_decision
		WHERE (announced_at IS NULL) <> (batch_id IS NULL)
		UNION ALL
		SELECT 'a wording of it not kept', 'council_decision ' || d.submission_id FROM council_decision AS d
		WHERE NOT EXISTS (SELECT 1 FROM council_decision_version AS v WHERE v.submission_id = d.submission_id AND v.revision = d.revision)
		UNION ALL
		SELECT 'a sitting in an unknown state', 'council_sitting ' || id FROM council_sitting WHERE state NOT IN ('planned', 'open', 'closed', 'approved')
		UNION ALL
		SELECT 'two items under discussion at once', 'council_sitting ' || sitting_id FROM council_item WHERE state = 'now' GROUP BY sitting_id HAVING COUNT(*) > 1
		UNION ALL
		SELECT 'answered without an answer', 'council_appeal ' || id FROM council_appeal WHERE (answered_at IS NULL) <> (verdict = '')`))
	if err != nil {
		return nil, fmt.Errorf("check decisions: %w", err)
	}
	return faults, nil
}
