package call

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// The statements of this file read and write who is behind submissions. None of
// them reads what a submission says; a test holds the file to that.

const contributorColumns = `id, submission_id, roles, account_id, name, email, COALESCE(institution_id, ''), affiliation, orcid, state,
	invited_at, answered_at`

func scanContributor(row db.Scanner) (c Contributor, err error) {
	var invited, answered *time.Time
	err = row.Scan(&c.ID, &c.Submission, db.FromJSON(&c.Roles), &c.Account, &c.Name, &c.Email, &c.Institution, &c.Affiliation, &c.ORCID, &c.State,
		&invited, &answered)
	c.InvitedAt, c.AnsweredAt = db.OrZero(invited), db.OrZero(answered)
	return c, err
}

// IdentityOf returns who is behind a submission, or ErrNoSubmission.
func IdentityOf(ctx context.Context, q db.Querier, submission SubmissionID) (i Identity, err error) {
	i.Submission = submission
	err = q.QueryRow(ctx, `SELECT account_id, COALESCE(institution_id, '') FROM call_owner WHERE submission_id = $1`, submission).
		Scan(&i.Owner.Account, &i.Owner.Institution)
	if errors.Is(err, db.ErrNoRow) {
		return i, ErrNoSubmission
	}
	if err != nil {
		return i, err
	}
	i.Contributors, err = db.Collect(scanContributor)(q.Query(ctx, `
		SELECT `+contributorColumns+` FROM call_contributor WHERE submission_id = $1 ORDER BY position`, submission))
	return i, err
}

// markBounced marks those whose invitation no mail server would take.
func (i Identity) markBounced(ctx context.Context, q db.Querier) error {
	for n, c := range i.Contributors {
		if c.State != Invited {
			continue
		}
		var refused int
		err := q.QueryRow(ctx, `
			SELECT COUNT(*) FROM letter WHERE kind = 'call.asked' AND to_address = $1 AND state = 'refused' AND posted_at >= $2`,
			c.Email, c.InvitedAt).Scan(&refused)
		if err != nil {
			return err
		}
		if refused > 0 {
			i.Contributors[n].State = Bounced
		}
	}
	return nil
}

// PartiesOf lists the accounts and institutions behind submissions, by ids alone
// and each once, for rules about conflicts of interest. Somebody who is only named
// counts as well, if there is an account with their address.
func PartiesOf(ctx context.Context, q db.Querier, submissions ...SubmissionID) (all []Party, err error) {
	for len(submissions) > 0 {
		n := min(len(submissions), mostAtOnce)
		some, err := partiesOf(ctx, q, submissions[:n])
		if err != nil {
			return nil, err
		}
		all, submissions = append(all, some...), submissions[n:]
	}
	return all, nil
}

// mostAtOnce is how many ids one statement names.
const mostAtOnce = 500

func partiesOf(ctx context.Context, q db.Querier, submissions []SubmissionID) ([]Party, error) {
	var args []any
	for _, s := range submissions {
		args = append(args, s)
	}
	list := db.List(1, len(args))
	return db.Collect(func(row db.Scanner) (p Party, err error) {
		return p, row.Scan(&p.Submission, &p.Account, &p.Institution)
	})(q.Query(ctx, `
		SELECT submission_id, account_id, COALESCE(institution_id, '') FROM call_owner WHERE submission_id IN (`+list+`)
		UNION
		SELECT submission_id, account_id, COALESCE(institution_id, '') FROM call_contributor
		WHERE submission_id IN (`+list+`) AND (account_id <> '' OR institution_id IS NOT NULL)
		UNION
		SELECT c.submission_id, account.id, '' FROM call_contributor AS c JOIN account ON account.email = LOWER(c.email)
		WHERE c.submission_id IN (`+list+`) AND c.email <> ''
		ORDER BY 1, 2, 3`, args...))
}

func insertOwner(ctx context.Context, q db.Querier, submission SubmissionID, o Owner) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call_owner (submission_id, account_id, institution_id) VALUES ($1, $2, NULLIF($3, ''))`, submission, o.Account, o.Institution)
	return err
}

// mayWrite says whether somebody works on a submission: it is theirs, their
// institution's, or they have agreed to be among its contributors.
func mayWrite(ctx context.Context, q db.Querier, submission SubmissionID, who people.AccountID) (bool, error) {
	own, err := ownIDs(ctx, q, `submission_id = $2`, who, submission)
	return len(own) > 0, err
}

// ownIDs lists the submissions that somebody works on.
func ownIDs(ctx context.Context, q db.Querier, where string, who people.AccountID, args ...any) ([]SubmissionID, error) {
	if who == "" {
		return nil, nil
	}
	return db.Collect(func(row db.Scanner) (s SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT submission_id FROM call_owner
		WHERE (account_id = $1 AND institution_id IS NULL OR institution_id IN (SELECT institution_id FROM member WHERE account_id = $1)) AND `+where+`
		UNION
		SELECT submission_id FROM call_contributor WHERE account_id = $1 AND state = 'agreed' AND `+where,
		append([]any{who}, args...)...))
}

func isClerk(ctx context.Context, q db.Querier, who people.AccountID, of people.InstitutionID) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM member WHERE account_id = $1 AND institution_id = $2`, who, of).Scan(&n)
	return n > 0, err
}

// ownedBy lists the submissions of an owner.
func ownedBy(ctx context.Context, q db.Querier, where string, owner any) ([]SubmissionID, error) {
	return db.Collect(func(row db.Scanner) (s SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT submission_id FROM call_owner WHERE `+where, owner))
}

func findContributor(ctx context.Context, q db.Querier, where string, args ...any) (Contributor, error) {
	c, err := scanContributor(q.QueryRow(ctx, `SELECT `+contributorColumns+` FROM call_contributor WHERE `+where, args...))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNoLink
	}
	return c, err
}

// insertContributor puts somebody behind the others.
func insertContributor(ctx context.Context, q db.Querier, c Contributor) error {
	var last int
	err := q.QueryRow(ctx, `SELECT COALESCE(MAX(position), 0) FROM call_contributor WHERE submission_id = $1`, c.Submission).Scan(&last)
	if err != nil {
		return err
	}
	_, err = q.Exec(ctx, `
		INSERT INTO call_contributor (id, submission_id, position, roles, account_id, name, email, institution_id, affiliation, orcid, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, ''), $9, $10, $11)`,
		c.ID, c.Submission, last+1, db.JSON(c.Roles), c.Account, c.Name, c.Email, c.Institution, c.Affiliation, c.ORCID, c.State)
	return err
}

// updateContributor writes what is said about somebody. Who has another address
// than before has not been asked yet.
func updateContributor(ctx context.Context, q db.Querier, c Contributor) error {
	n, err := q.Exec(ctx, `
		UPDATE call_contributor SET roles = $3, name = $4, affiliation = $5, orcid = $6, institution_id = NULLIF($7, ''), email = $8, account_id = $9,
			state = $10, hash = CASE WHEN email = $8 THEN hash END
		WHERE id = $1 AND submission_id = $2`,
		c.ID, c.Submission, db.JSON(c.Roles), c.Name, c.Affiliation, c.ORCID, c.Institution, c.Email, c.Account, c.State)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func deleteContributor(ctx context.Context, q db.Querier, c Contributor) error {
	_, err := q.Exec(ctx, `DELETE FROM call_contributor WHERE id = $1 AND submission_id = $2`, c.ID, c.Submission)
	return err
}

func setPosition(ctx context.Context, q db.Querier, c Contributor, position int) error {
	_, err := q.Exec(ctx, `UPDATE call_contributor SET position = $3 WHERE id = $1 AND submission_id = $2`, c.ID, c.Submission, position)
	return err
}

// setAnswer writes what an invited contributor answered, once.
func setAnswer(ctx context.Context, q db.Querier, c Contributor) error {
	n, err := q.Exec(ctx, `
		UPDATE call_contributor SET state = $2, account_id = $3, answered_at = $4, hash = NULL WHERE id = $1 AND hash IS NOT NULL`,
		c.ID, c.State, c.Account, c.AnsweredAt)
	if err == nil && n == 0 {
		return ErrNoLink
	}
	return err
}

// Identities returns who is behind each of some submissions.
func Identities(ctx context.Context, q db.Querier, some []SubmissionID) (map[SubmissionID]Identity, error) {
	return identitiesOf(ctx, q, some)
}

// identitiesOf returns who is behind each of what was sent to a call.
func identitiesOf(ctx context.Context, q db.Querier, some []SubmissionID) (map[SubmissionID]Identity, error) {
	all := map[SubmissionID]Identity{}
	for len(some) > 0 {
		n := min(len(some), mostAtOnce)
		if err := addIdentities(ctx, q, some[:n], all); err != nil {
			return nil, err
		}
		some = some[n:]
	}
	return all, nil
}

func addIdentities(ctx context.Context, q db.Querier, some []SubmissionID, all map[SubmissionID]Identity) error {
	var args []any
	for _, s := range some {
		args = append(args, s)
	}
	list := db.List(1, len(args))
	owners, err := db.Collect(func(row db.Scanner) (i Identity, err error) {
		return i, row.Scan(&i.Submission, &i.Owner.Account, &i.Owner.Institution)
	})(q.Query(ctx, `SELECT submission_id, account_id, COALESCE(institution_id, '') FROM call_owner WHERE submission_id IN (`+list+`)`, args...))
	if err != nil {
		return err
	}
	for _, i := range owners {
		all[i.Submission] = i
	}
	contributors, err := db.Collect(scanContributor)(q.Query(ctx, `
		SELECT `+contributorColumns+` FROM call_contributor WHERE submission_id IN (`+list+`) ORDER BY submission_id, position`, args...))
	for _, c := range contributors {
		i := all[c.Submission]
		i.Contributors = append(i.Contributors, c)
		all[c.Submission] = i
	}
	return err
}
