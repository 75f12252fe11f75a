package review

import (
	"context"
	"errors"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
)

func newID() string { return id.New() }

// changed is a submission that the rules have to look at.
type changed struct {
	id        call.SubmissionID
	updatedAt time.Time
}

// changedSince lists what has changed in a call; with the zero moment, everything.
func changedSince(ctx context.Context, q db.Querier, of call.ID, since time.Time) ([]changed, error) {
	return db.Collect(func(row db.Scanner) (c changed, err error) { return c, row.Scan(&c.id, &c.updatedAt) })(q.Query(ctx, `
		SELECT id, updated_at FROM call_submission WHERE call_id = $1 AND state <> 'draft' AND updated_at > $2`, of, since))
}

// sentIn lists the submissions of an edition; drafts are nobody's business.
func sentIn(ctx context.Context, q db.Querier, in edition.ID) ([]call.SubmissionID, error) {
	return db.Collect(func(row db.Scanner) (s call.SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT id FROM call_submission WHERE edition_id = $1 AND state <> 'draft' ORDER BY id`, in))
}

// CallOf returns the call of a submission that has been sent, or ErrNone.
func CallOf(ctx context.Context, q db.Querier, submission call.SubmissionID) (call.Call, error) {
	var of call.ID
	err := q.QueryRow(ctx, `SELECT call_id FROM call_submission WHERE id = $1 AND state <> 'draft'`, submission).Scan(&of)
	if errors.Is(err, db.ErrNoRow) {
		return call.Call{}, ErrNone
	}
	if err != nil {
		return call.Call{}, err
	}
	return call.Find(ctx, q, of)
}

// lookedAt is when the rules last looked for conflicts of somebody.
type lookedAt struct {
	facts              string
	checkedAt, wholeAt time.Time
}

// findLook returns when the rules last looked; the zero value if they never have.
func findLook(ctx context.Context, q db.Querier, of call.ID, who people.AccountID) (l lookedAt, err error) {
	err = q.QueryRow(ctx, `SELECT facts, checked_at, whole_at FROM review_look WHERE call_id = $1 AND account_id = $2`, of, who).
		Scan(&l.facts, &l.checkedAt, &l.wholeAt)
	if errors.Is(err, db.ErrNoRow) {
		return l, nil
	}
	return l, err
}

func writeLook(ctx context.Context, q db.Querier, v Viewer, l lookedAt) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_look (call_id, account_id, facts, checked_at, whole_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (call_id, account_id) DO UPDATE SET facts = excluded.facts, checked_at = excluded.checked_at, whole_at = excluded.whole_at`,
		v.Call.ID, v.Account, l.facts, l.checkedAt, l.wholeAt)
	return err
}

type tie struct {
	account people.AccountID
	to      string
}

func scanTie(row db.Scanner) (t tie, err error) { return t, row.Scan(&t.account, &t.to) }

func byAccount[T ~string](ties []tie, err error) (map[people.AccountID][]T, error) {
	all := map[people.AccountID][]T{}
	for _, t := range ties {
		all[t.account] = append(all[t.account], T(t.to))
	}
	return all, err
}

// worksOf lists for which institutions accounts work: by the word of an organiser,
// and by what stands about them in the register. Empty: everybody.
func worksOf(ctx context.Context, q db.Querier, who people.AccountID) (map[people.AccountID][]people.InstitutionID, error) {
	return byAccount[people.InstitutionID](db.Collect(scanTie)(q.Query(ctx, `
		SELECT account_id, institution_id FROM member WHERE ($1 = '' OR account_id = $1)
		UNION
		SELECT account.id, affiliation.institution_id FROM account JOIN affiliation ON affiliation.person_id = account.person_id
		WHERE ($1 = '' OR account.id = $1) AND affiliation.until_date = ''
		ORDER BY 1, 2`, who)))
}

// groupsOf lists the expert groups to which accounts belong. Empty: everybody.
func groupsOf(ctx context.Context, q db.Querier, who people.AccountID) (map[people.AccountID][]string, error) {
	return byAccount[string](db.Collect(scanTie)(q.Query(ctx, `
		SELECT DISTINCT g.account_id, g.node_id FROM rights_grant AS g JOIN workspace ON workspace.id = g.node_id
		WHERE g.node_kind = 'workspace' AND workspace.kind = 'group' AND g.revoked_at IS NULL AND g.account_id IS NOT NULL
			AND ($1 = '' OR g.account_id = $1)
		ORDER BY 1, 2`, who)))
}

const conflictColumns = `k.submission_id, k.account_id, k.call_id, k.sources, k.state, k.cleared, k.updated_at`

func (k *Conflict) dest() []any {
	return []any{&k.Submission, &k.Account, &k.Call, db.FromJSON(&k.Sources), &k.Stage, db.FromJSON(&k.Cleared), &k.UpdatedAt}
}

// findConflict returns the conflict of somebody in a submission; one without a stage if there is none.
func findConflict(ctx context.Context, q db.Querier, submission call.SubmissionID, who people.AccountID) (k Conflict, err error) {
	err = q.QueryRow(ctx, `SELECT `+conflictColumns+` FROM review_conflict AS k WHERE k.submission_id = $1 AND k.account_id = $2`, submission, who).
		Scan(k.dest()...)
	if errors.Is(err, db.ErrNoRow) {
		return Conflict{Submission: submission, Account: who}, nil
	}
	return k, err
}

// conflictsBy lists conflicts, those that wait for a word first.
func conflictsBy(ctx context.Context, q db.Querier, where string, args ...any) ([]Known, error) {
	return db.Collect(func(row db.Scanner) (k Known, err error) { return k, row.Scan(append(k.dest(), &k.Code)...) })(q.Query(ctx, `
		SELECT `+conflictColumns+`, s.code FROM review_conflict AS k JOIN call_submission AS s ON s.id = k.submission_id
		WHERE `+where+` ORDER BY CASE WHEN k.state = 'suspected' THEN 0 ELSE 1 END, LENGTH(s.code), s.code, k.account_id`, args...))
}

func writeConflict(ctx context.Context, q db.Querier, k Conflict) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_conflict (submission_id, account_id, call_id, sources, state, cleared, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (submission_id, account_id) DO UPDATE
		SET call_id = excluded.call_id, sources = excluded.sources, state = excluded.state, cleared = excluded.cleared, updated_at = excluded.updated_at`,
		k.Submission, k.Account, k.Call, db.JSON(k.Sources), k.Stage, db.JSON(k.Cleared), k.UpdatedAt)
	return err
}

func insertConflictStep(ctx context.Context, q db.Querier, s ConflictStep) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_conflict_step (id, submission_id, account_id, at, made_by, from_state, to_state, sources, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		newID(), s.Submission, s.Account, s.At, s.By, s.From, s.To, db.JSON(s.Sources), s.Why)
	return err
}

func conflictStepsOf(ctx context.Context, q db.Querier, submission call.SubmissionID, who people.AccountID) ([]ConflictStep, error) {
	return db.Collect(func(row db.Scanner) (s ConflictStep, err error) {
		return s, row.Scan(&s.Submission, &s.Account, &s.At, &s.By, &s.From, &s.To, db.FromJSON(&s.Sources), &s.Why)
	})(q.Query(ctx, `
		SELECT submission_id, account_id, at, made_by, from_state, to_state, sources, why FROM review_conflict_step
		WHERE submission_id = $1 AND account_id = $2 ORDER BY at, id`, submission, who))
}

// recuse takes a submission from somebody who has a stake in it.
func recuse(ctx context.Context, q db.Querier, k Conflict) error {
	_, err := q.Exec(ctx, `
		UPDATE review_assignment SET state = 'recused', updated_at = $3 WHERE submission_id = $1 AND account_id = $2 AND state IN ('given', 'sent')`,
		k.Submission, k.Account, k.UpdatedAt)
	return err
}

func insertGlass(ctx context.Context, q db.Querier, g Glass) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_glass (id, submission_id, account_id, reason, opened_at, until_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		g.ID, g.Submission, g.Account, g.Reason, g.OpenedAt, g.Until)
	return err
}

func glassesOf(ctx context.Context, q db.Querier, of call.ID) ([]Glass, error) {
	return db.Collect(func(row db.Scanner) (g Glass, err error) {
		return g, row.Scan(&g.ID, &g.Submission, &g.Code, &g.Account, &g.Reason, &g.OpenedAt, &g.Until)
	})(q.Query(ctx, `
		SELECT g.id, g.submission_id, s.code, g.account_id, g.reason, g.opened_at, g.until_at
		FROM review_glass AS g JOIN call_submission AS s ON s.id = g.submission_id
		WHERE s.call_id = $1 ORDER BY g.opened_at DESC, g.id`, of))
}

// closedTo lists what of a call a conflict closes to the viewer.
func closedTo(ctx context.Context, q db.Querier, v Viewer) (map[call.SubmissionID]bool, error) {
	all, err := db.Collect(func(row db.Scanner) (s call.SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT s.id FROM call_submission AS s WHERE s.call_id = $3
			AND EXISTS (SELECT 1 FROM review_conflict AS k WHERE k.submission_id = s.id AND k.account_id = $1 AND k.state IN ('suspected', 'confirmed'))
			AND NOT EXISTS (SELECT 1 FROM review_glass AS g WHERE g.submission_id = s.id AND g.account_id = $1 AND g.until_at > $2)`,
		v.Account, v.Now, v.Call.ID))
	closed := map[call.SubmissionID]bool{}
	for _, s := range all {
		closed[s] = true
	}
	return closed, err
}
