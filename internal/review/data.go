package review

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect gives what somebody wrote about submissions, and what is kept of them as
// a reviewer. What rules suspect about them is in it by the submission's code
// alone, and only what they declared themselves says which.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "review.data.part"}
	rows, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var code, toAuthor, toCouncil string
		var scores map[string]int
		var at time.Time
		err := row.Scan(&code, db.FromJSON(&scores), &toAuthor, &toCouncil, &at)
		return map[string]any{"review_of": code, "scores": scores, "to_author": toAuthor, "to_council": toCouncil, "at": at}, err
	})(q.Query(ctx, `
		SELECT s.code, r.scores, r.to_author, r.to_council, r.updated_at
		FROM review_review AS r JOIN call_submission AS s ON s.id = r.submission_id WHERE r.account_id = $1 ORDER BY r.updated_at, s.code`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect reviews: %w", err)
	}
	said, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var what, words string
		var at time.Time
		err := row.Scan(&what, &words, &at)
		return map[string]any{"said": what, "words": words, "at": at}, err
	})(q.Query(ctx, `
		SELECT 'conflict', why, at FROM review_conflict_step WHERE made_by = $1 AND why <> ''
		UNION ALL
		SELECT 'refusal', reason, updated_at FROM review_assignment WHERE account_id = $1 AND state = 'refused'
		UNION ALL
		SELECT 'file', reason, opened_at FROM review_glass WHERE account_id = $1
		UNION ALL
		SELECT 'opinion', words, given_at FROM review_opinion WHERE given_by = $1
		ORDER BY 3, 1`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect what a reviewer said: %w", err)
	}
	out.Rows = append(rows, said...)
	return out, nil
}

// Erase takes out what is somebody's own: drafts, conflicts, reasons, what they
// read. Reviews that they have sent and opinions of their institution stay with the
// decision about somebody else's work, under an id that leads to nobody.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	done := people.Outcome{Part: "review.data.part"}
	for _, statement := range []string{
		`DELETE FROM review_review WHERE account_id = $1 AND sent_at IS NULL`,
		`DELETE FROM review_assignment WHERE account_id = $1 AND state <> 'sent'`,
		`DELETE FROM review_conflict WHERE account_id = $1`,
		`DELETE FROM review_conflict_step WHERE account_id = $1`,
		`DELETE FROM review_reader WHERE account_id = $1`,
		`DELETE FROM review_look WHERE account_id = $1`,
		`UPDATE review_conflict_step SET why = '' WHERE made_by = $1 AND why <> ''`,
		`UPDATE review_glass SET reason = '' WHERE account_id = $1 AND reason <> ''`,
	} {
		n, err := tx.Exec(ctx, statement, s.Account)
		if err != nil {
			return nil, fmt.Errorf("erase reviews: %w", err)
		}
		done.Gone += int(n)
	}
	err := tx.QueryRow(ctx, `
		SELECT (SELECT COUNT(*) FROM review_review WHERE account_id = $1) + (SELECT COUNT(*) FROM review_opinion WHERE given_by = $1)`, s.Account).
		Scan(&done.Kept)
	if err != nil {
		return nil, fmt.Errorf("count reviews that stay: %w", err)
	}
	if done.Kept > 0 {
		done.Why = "review.data.why"
	}
	return []people.Outcome{done}, nil
}

// Forget forgets who reviewed what for editions that ended before day, but nothing
// of those who are held, and returns how many rows went. What the council decided
// stays.
func Forget(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (gone int64, err error) {
	spared, args := db.Spare("account_id", 2, held)
	for _, table := range []string{
		`DELETE FROM review_review`, `DELETE FROM review_assignment`, `DELETE FROM review_conflict`, `DELETE FROM review_conflict_step`,
		`DELETE FROM review_glass`,
	} {
		n, err := tx.Exec(ctx, table+`
			WHERE submission_id IN (SELECT s.id FROM call_submission AS s JOIN edition ON edition.id = s.edition_id WHERE edition.ends_on < $1)
				AND `+spared, append([]any{day}, args...)...)
		if err != nil {
			return 0, fmt.Errorf("forget reviews: %w", err)
		}
		gone += n
	}
	for _, table := range []string{`DELETE FROM review_reader`, `DELETE FROM review_look`} {
		n, err := tx.Exec(ctx, table+`
			WHERE call_id IN (SELECT call.id FROM call JOIN edition ON edition.id = call.edition_id WHERE edition.ends_on < $1) AND `+spared,
			append([]any{day}, args...)...)
		if err != nil {
			return 0, fmt.Errorf("forget reviewers: %w", err)
		}
		gone += n
	}
	return gone, nil
}

// Check looks for reviews and conflicts that no rule of this package would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "review"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a conflict in an unknown state', 'review_conflict ' || submission_id FROM review_conflict
		WHERE state NOT IN ('suspected', 'confirmed', 'dismissed', 'ended')
		UNION ALL
		SELECT 'a conflict whose last step led elsewhere', 'review_conflict ' || k.submission_id FROM review_conflict AS k
		WHERE k.state <> COALESCE((SELECT t.to_state FROM review_conflict_step AS t
			WHERE t.submission_id = k.submission_id AND t.account_id = k.account_id ORDER BY t.at DESC, t.id DESC LIMIT 1), '')
		UNION ALL
		SELECT 'given to somebody with a stake in it', 'review_assignment ' || a.submission_id FROM review_assignment AS a
		JOIN review_conflict AS k ON k.submission_id = a.submission_id AND k.account_id = a.account_id
		WHERE a.state IN ('given', 'sent') AND k.state IN ('suspected', 'confirmed')
		UNION ALL
		SELECT 'an assignment in an unknown state', 'review_assignment ' || submission_id FROM review_assignment
		WHERE state NOT IN ('given', 'sent', 'refused', 'recused', 'taken')
		UNION ALL
		SELECT 'sent, and no review there', 'review_assignment ' || a.submission_id FROM review_assignment AS a
		WHERE a.state = 'sent' AND NOT EXISTS (
			SELECT 1 FROM review_review AS r WHERE r.submission_id = a.submission_id AND r.account_id = a.account_id AND r.sent_at IS NOT NULL)
		UNION ALL
		SELECT 'a review of what nobody was given', 'review_review ' || r.submission_id FROM review_review AS r
		WHERE NOT EXISTS (SELECT 1 FROM review_assignment AS a WHERE a.submission_id = r.submission_id AND a.account_id = r.account_id)
		UNION ALL
		SELECT 'a review that was sent, and no version of it kept', 'review_review ' || r.submission_id FROM review_review AS r
		WHERE r.sent_at IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM review_version AS v WHERE v.submission_id = r.submission_id AND v.account_id = r.account_id)
		UNION ALL
		SELECT 'a score out of its bounds', 'review_review ' || submission_id FROM review_review WHERE score < 0 OR score > 100
		UNION ALL
		SELECT 'in another call than what it is about', 'review_assignment ' || a.submission_id FROM review_assignment AS a
		JOIN call_submission AS s ON s.id = a.submission_id WHERE s.call_id <> a.call_id`))
	if err != nil {
		return nil, fmt.Errorf("check reviews: %w", err)
	}
	return faults, nil
}
