package call

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect gives what is kept of somebody in submissions: those they work on, with
// what they say, and where others named them.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "call.data.part"}
	own, err := ownIDs(ctx, q, `1 = 1`, s.Account)
	if err != nil {
		return out, fmt.Errorf("collect submissions: %w", err)
	}
	all, err := listAmong(ctx, q, own)
	if err != nil {
		return out, fmt.Errorf("collect submissions: %w", err)
	}
	for _, one := range all {
		out.Rows = append(out.Rows, map[string]any{
			"code": one.Code, "title": one.Title, "answers": one.Answers, "state": one.State.Told(), "began_at": one.BeganAt,
		})
	}
	named, err := partsOf(ctx, q, s)
	if err != nil {
		return out, fmt.Errorf("collect parts in submissions: %w", err)
	}
	for _, c := range named {
		out.Rows = append(out.Rows, map[string]any{
			"name": c.Name, "email": c.Email, "affiliation": c.Affiliation, "orcid": c.ORCID, "roles": c.Roles, "answer": c.State,
		})
	}
	return out, nil
}

// partsOf lists the parts that somebody has in submissions, by account or address.
func partsOf(ctx context.Context, q db.Querier, s people.Subject) ([]Contributor, error) {
	return db.Collect(scanContributor)(q.Query(ctx, `
		SELECT `+contributorColumns+` FROM call_contributor
		WHERE account_id <> '' AND account_id = $1 OR email <> '' AND LOWER(email) = LOWER($2) ORDER BY submission_id, position`, s.Account, s.Email))
}

// published says in which states a submission belongs to the congress: its
// programme, its proceedings, the record of what was decided.
const published = `'accepted', 'confirmed', 'reserve', 'rejected', 'declined', 'decided', 'under_review', 'eligible', 'merged'`

// Erase takes somebody out of submissions. What they alone sent and nobody has
// judged goes altogether; of the rest the content stays, and their name, address
// and identifier go from it.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	done := people.Outcome{Part: "call.data.part"}
	for _, step := range []func(context.Context, *db.Tx, people.Subject, *people.Outcome) error{eraseOwn, eraseParts} {
		if err := step(ctx, tx, s, &done); err != nil {
			return nil, fmt.Errorf("erase submissions: %w", err)
		}
	}
	return []people.Outcome{done}, nil
}

// eraseOwn deletes what belongs to the account alone and was not judged.
func eraseOwn(ctx context.Context, tx *db.Tx, s people.Subject, done *people.Outcome) error {
	if s.Account == "" {
		return nil
	}
	own, err := ownedBy(ctx, tx, `institution_id IS NULL AND account_id = $1`, s.Account)
	if err != nil {
		return err
	}
	for _, submission := range own {
		shared, err := isShared(ctx, tx, submission, s)
		if err != nil {
			return err
		}
		if shared {
			done.Kept++
			continue
		}
		n, err := tx.Exec(ctx, `DELETE FROM call_submission WHERE id = $1 AND state NOT IN (`+published+`)
			AND NOT EXISTS (SELECT 1 FROM call_submission AS other WHERE other.merged_into = call_submission.id)`, submission)
		if err != nil {
			return err
		}
		if n == 0 {
			done.Kept++
		}
		done.Gone += int(n)
	}
	if done.Kept > 0 {
		done.Why = "call.data.kept"
	}
	return nil
}

// isShared says whether somebody else has agreed to stand behind a submission.
func isShared(ctx context.Context, q db.Querier, submission SubmissionID, s people.Subject) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM call_contributor WHERE submission_id = $1 AND state = 'agreed' AND account_id NOT IN ('', $2)`,
		submission, s.Account).Scan(&n)
	return n > 0, err
}

// eraseParts takes the person out of what stays.
func eraseParts(ctx context.Context, tx *db.Tx, s people.Subject, done *people.Outcome) error {
	parts, err := partsOf(ctx, tx, s)
	if err != nil {
		return err
	}
	for _, c := range parts {
		if _, err := tx.Exec(ctx, `
			UPDATE call_contributor SET account_id = '', name = $2, email = '', institution_id = NULL, affiliation = '', orcid = '', hash = NULL,
				state = 'refused'
			WHERE id = $1`, c.ID, people.ErasedName); err != nil {
			return err
		}
		done.Gone++
	}
	if s.Account == "" {
		return nil
	}
	_, err = tx.Exec(ctx, `UPDATE call_step SET why = '' WHERE made_by = $1`, s.Account)
	return err
}

// ForgetDrafts forgets drafts of editions that ended before day, which were never
// sent, but none of those who are held, and returns how many rows went.
func ForgetDrafts(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (int64, error) {
	return forget(ctx, tx, `state IN ('draft', 'withdrawn')`, day, held)
}

// ForgetUnused forgets what editions that ended before day did not take up, but
// none of those who are held, and returns how many rows went.
func ForgetUnused(ctx context.Context, tx *db.Tx, day civil.Date, held ...people.AccountID) (int64, error) {
	return forget(ctx, tx, `state NOT IN ('accepted', 'confirmed')`, day, held)
}

func forget(ctx context.Context, tx *db.Tx, which string, day civil.Date, held []people.AccountID) (gone int64, err error) {
	spared := map[SubmissionID]bool{}
	for _, who := range held {
		own, err := ownIDs(ctx, tx, `1 = 1`, who)
		if err != nil {
			return 0, fmt.Errorf("forget submissions: %w", err)
		}
		for _, s := range own {
			spared[s] = true
		}
	}
	old, err := listSubmissions(ctx, tx, `edition_id IN (SELECT id FROM edition WHERE ends_on < $1) AND `+which, day)
	if err != nil {
		return 0, fmt.Errorf("forget submissions: %w", err)
	}
	for _, s := range old {
		if spared[s.ID] {
			continue
		}
		n, err := tx.Exec(ctx, `
			DELETE FROM call_submission WHERE id = $1
				AND NOT EXISTS (SELECT 1 FROM call_submission AS other WHERE other.merged_into = call_submission.id)`, s.ID)
		if err != nil {
			return 0, fmt.Errorf("forget submissions: %w", err)
		}
		gone += n
	}
	return gone, nil
}

// Check looks for calls and submissions that no rule of this package would have
// let in: for fsck.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "call"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'a submission in an unknown state', 'call_submission ' || id FROM call_submission
		WHERE state NOT IN ('draft', 'submitted', 'returned', 'eligible', 'ineligible', 'under_review', 'decided', 'accepted', 'reserve',
			'rejected', 'confirmed', 'declined', 'withdrawn', 'merged')
		UNION ALL
		SELECT 'its last step led elsewhere', 'call_submission ' || s.id FROM call_submission AS s
		WHERE s.state <> COALESCE((SELECT step.to_state FROM call_step AS step WHERE step.submission_id = s.id ORDER BY step.at DESC, step.id DESC LIMIT 1), 'draft')
		UNION ALL
		SELECT 'merged into nothing, or into something without being merged', 'call_submission ' || id FROM call_submission
		WHERE (state = 'merged') <> (merged_into IS NOT NULL)
		UNION ALL
		SELECT 'a submission in a call of another edition', 'call_submission ' || s.id FROM call_submission AS s JOIN call AS c ON c.id = s.call_id
		WHERE c.edition_id <> s.edition_id
		UNION ALL
		SELECT 'sent, and no version of it kept', 'call_submission ' || s.id FROM call_submission AS s
		WHERE s.submitted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call_version AS v WHERE v.submission_id = s.id)
		UNION ALL
		SELECT 'nobody behind it', 'call_submission ' || s.id FROM call_submission AS s
		WHERE NOT EXISTS (SELECT 1 FROM call_owner AS o WHERE o.submission_id = s.id)
		UNION ALL
		SELECT 'published without a form', 'call ' || id FROM call WHERE published_at IS NOT NULL AND form_version = 0
		UNION ALL
		SELECT 'its newest form is missing', 'call ' || c.id FROM call AS c
		WHERE c.form_version > 0 AND NOT EXISTS (SELECT 1 FROM call_form AS f WHERE f.call_id = c.id AND f.version = c.form_version)`))
	if err != nil {
		return nil, fmt.Errorf("check calls: %w", err)
	}
	return faults, nil
}
