package review

import (
	"context"
	"errors"
	"time"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// readable is a submission that is to be read.
type readable struct {
	id       call.SubmissionID
	path     string
	language i18n.Lang
}

// toRead lists what of a call is to be read, by code.
func toRead(ctx context.Context, q db.Querier, of call.ID) ([]readable, error) {
	return db.Collect(func(row db.Scanner) (r readable, err error) { return r, row.Scan(&r.id, &r.path, &r.language) })(q.Query(ctx, `
		SELECT id, path, language FROM call_submission
		WHERE call_id = $1 AND state IN ('eligible', 'under_review') ORDER BY LENGTH(code), code`, of))
}

// pairsIn lists who must not be given what, and who has been given what.
func pairsIn(ctx context.Context, q db.Querier, of call.ID) (barred, fixed []assign.Pair, err error) {
	pairs := db.Collect(func(row db.Scanner) (p assign.Pair, err error) { return p, row.Scan(&p.Submission, &p.Reviewer) })
	barred, err = pairs(q.Query(ctx, `
		SELECT k.submission_id, k.account_id FROM review_conflict AS k JOIN call_submission AS s ON s.id = k.submission_id
		WHERE s.call_id = $1 AND k.state IN ('suspected', 'confirmed')
		UNION
		SELECT submission_id, account_id FROM review_assignment WHERE call_id = $1 AND state IN ('refused', 'recused', 'taken')
		ORDER BY 1, 2`, of))
	if err != nil {
		return nil, nil, err
	}
	fixed, err = pairs(q.Query(ctx, `
		SELECT submission_id, account_id FROM review_assignment WHERE call_id = $1 AND state IN ('given', 'sent') ORDER BY 1, 2`, of))
	return barred, fixed, err
}

func insertProposal(ctx context.Context, q db.Querier, p Proposal) error {
	_, err := q.Exec(ctx, `INSERT INTO review_proposal (id, call_id, made_by, made_at, result) VALUES ($1, $2, $3, $4, $5)`,
		p.ID, p.Call, p.MadeBy, p.MadeAt, db.JSON(p.Result))
	return err
}

// latestProposal returns the latest proposal, or ErrNoProposal.
func latestProposal(ctx context.Context, q db.Querier, of call.ID) (p Proposal, err error) {
	var appliedAt *time.Time
	err = q.QueryRow(ctx, `
		SELECT id, call_id, made_by, made_at, result, applied_at FROM review_proposal
		WHERE call_id = $1 ORDER BY made_at DESC, id DESC LIMIT 1`, of).Scan(&p.ID, &p.Call, &p.MadeBy, &p.MadeAt, db.FromJSON(&p.Result), &appliedAt)
	p.AppliedAt = db.OrZero(appliedAt)
	if errors.Is(err, db.ErrNoRow) {
		return p, ErrNoProposal
	}
	return p, err
}

func applied(ctx context.Context, q db.Querier, p ProposalID, now time.Time) error {
	n, err := q.Exec(ctx, `UPDATE review_proposal SET applied_at = $2 WHERE id = $1 AND applied_at IS NULL`, p, now)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// StateOf returns where a submission stands, or ErrNone.
func StateOf(ctx context.Context, q db.Querier, submission call.SubmissionID) (state call.State, err error) {
	err = q.QueryRow(ctx, `SELECT state FROM call_submission WHERE id = $1`, submission).Scan(&state)
	if errors.Is(err, db.ErrNoRow) {
		return state, ErrNone
	}
	return state, err
}

// Belongs says whether a submission was sent to the call: nil or ErrNone.
func Belongs(ctx context.Context, q db.Querier, submission call.SubmissionID, of call.ID) error {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM call_submission WHERE id = $1 AND call_id = $2`, submission, of).Scan(&n)
	if err == nil && n == 0 {
		return ErrNone
	}
	return err
}

// byCode finds a submission of a call by its code, or ErrNone.
func byCode(ctx context.Context, q db.Querier, of call.ID, code string) (s call.SubmissionID, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM call_submission WHERE call_id = $1 AND code = $2 AND state <> 'draft'`, of, code).Scan(&s)
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNone
	}
	return s, err
}

const assignmentColumns = `a.submission_id, a.account_id, a.call_id, a.state, a.source, a.why, a.reason, a.made_by, a.made_at, a.updated_at`

func scanAssignment(row db.Scanner) (a Assignment, err error) {
	return a, row.Scan(&a.Submission, &a.Account, &a.Call, &a.State, &a.Origin, db.FromJSON(&a.Why), &a.Reason, &a.MadeBy, &a.MadeAt, &a.UpdatedAt)
}

// writeAssignment gives somebody a submission. One that they have stays; ErrMoved if they have reviewed it.
func writeAssignment(ctx context.Context, q db.Querier, a Assignment) error {
	n, err := q.Exec(ctx, `
		INSERT INTO review_assignment (submission_id, account_id, call_id, state, source, why, reason, made_by, made_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9)
		ON CONFLICT (submission_id, account_id) DO UPDATE SET state = excluded.state, score = NULL, source = excluded.source, why = excluded.why, reason = '',
			made_by = excluded.made_by, made_at = excluded.made_at, updated_at = excluded.updated_at
		WHERE review_assignment.state <> 'sent'`,
		a.Submission, a.Account, a.Call, a.State, a.Origin, db.JSON(a.Why), a.MadeBy, a.MadeAt, a.UpdatedAt)
	if err == nil && n == 0 {
		return ErrMoved
	}
	return err
}

// endAssignment ends one under which nothing has been sent, or returns ErrMoved.
func endAssignment(ctx context.Context, q db.Querier, a Assignment) error {
	n, err := q.Exec(ctx, `
		UPDATE review_assignment SET state = $3, reason = $4, updated_at = $5 WHERE submission_id = $1 AND account_id = $2 AND state = 'given'`,
		a.Submission, a.Account, a.State, a.Reason, a.UpdatedAt)
	if err == nil && n == 0 {
		return ErrMoved
	}
	return err
}

// isFirst says whether somebody has been given nothing of the call today, so that they get one letter and not forty.
func isFirst(ctx context.Context, q db.Querier, a Assignment) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM review_assignment WHERE call_id = $1 AND account_id = $2 AND state = 'given' AND made_at > $3`,
		a.Call, a.Account, a.MadeAt.Add(-oneLetterIn)).Scan(&n)
	return n == 0, err
}

// oneLetterIn is the time in which a reviewer gets one letter, however much they are given.
const oneLetterIn = 12 * time.Hour

// assignmentsOf lists who reads what of that which the viewer may see, from a place on and at most so many.
func assignmentsOf(ctx context.Context, q db.Querier, v Viewer, f Filter) ([]Reading, error) {
	return db.Collect(func(row db.Scanner) (r Reading, err error) {
		a := &r.Assignment
		return r, row.Scan(&a.Submission, &a.Account, &a.Call, &a.State, &a.Origin, db.FromJSON(&a.Why), &a.Reason, &a.MadeBy, &a.MadeAt, &a.UpdatedAt,
			&r.Code, &r.Title)
	})(q.Query(ctx, `
		SELECT `+assignmentColumns+`, s.code, s.title FROM review_assignment AS a JOIN call_submission AS s ON s.id = a.submission_id
		WHERE s.call_id = $4 AND `+Visible+` ORDER BY LENGTH(s.code), s.code, a.made_at, a.account_id LIMIT $5 OFFSET $6`,
		v.Args(v.Call.ID, f.most(), f.From)...))
}

// loadsOf counts what reviewers have of that which the viewer may see.
func loadsOf(ctx context.Context, q db.Querier, v Viewer) ([]Load, error) {
	return db.Collect(func(row db.Scanner) (l Load, err error) { return l, row.Scan(&l.Account, &l.All, &l.Given, &l.Sent) })(q.Query(ctx, `
		SELECT a.account_id, COUNT(*), COUNT(*) FILTER (WHERE a.state IN ('given', 'sent')), COUNT(*) FILTER (WHERE a.state = 'sent')
		FROM review_assignment AS a
		WHERE a.call_id = $4 AND a.submission_id IN (SELECT s.id FROM call_submission AS s WHERE s.call_id = $4 AND `+Visible+`)
		GROUP BY a.account_id`, v.Args(v.Call.ID)...))
}

// findAssignment returns what a submission and somebody have to do with each other; one without a state if nothing.
func findAssignment(ctx context.Context, q db.Querier, submission call.SubmissionID, who people.AccountID) (Assignment, error) {
	a, err := scanAssignment(q.QueryRow(ctx, `
		SELECT `+assignmentColumns+` FROM review_assignment AS a WHERE a.submission_id = $1 AND a.account_id = $2`, submission, who))
	if errors.Is(err, db.ErrNoRow) {
		return Assignment{Submission: submission, Account: who}, nil
	}
	return a, err
}

const reviewColumns = `r.submission_id, r.account_id, r.call_id, r.scores, r.score, r.confidence, r.advice, r.to_author, r.to_council, r.revision,
	r.sent_at, r.updated_at`

func scanReview(row db.Scanner) (r Review, err error) {
	var sent *time.Time
	var score *float64
	err = row.Scan(&r.Submission, &r.Account, &r.Call, db.FromJSON(&r.Scores), &score, &r.Confidence, &r.Advice, &r.ToAuthor, &r.ToCouncil,
		&r.Revision, &sent, &r.UpdatedAt)
	r.SentAt = db.OrZero(sent)
	if score != nil {
		r.Score, r.Judged = *score, true
	}
	return r, err
}

// findReview returns the review of somebody as it stands; an empty one if there is none.
func findReview(ctx context.Context, q db.Querier, submission call.SubmissionID, who people.AccountID) (Review, error) {
	r, err := scanReview(q.QueryRow(ctx, `
		SELECT `+reviewColumns+` FROM review_review AS r WHERE r.submission_id = $1 AND r.account_id = $2`, submission, who))
	if errors.Is(err, db.ErrNoRow) {
		return Review{Submission: submission, Account: who}, nil
	}
	return r, err
}

// score is the score as a column keeps it, NULL if nothing could be judged.
func (r Review) score() *float64 {
	if !r.Judged {
		return nil
	}
	return &r.Score
}

// writeReview writes the first revision or the next, or returns ErrChanged.
func writeReview(ctx context.Context, q db.Querier, r Review) error {
	n, err := q.Exec(ctx, `
		INSERT INTO review_review (submission_id, account_id, call_id, scores, score, confidence, advice, to_author, to_council, revision, sent_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (submission_id, account_id) DO UPDATE SET scores = excluded.scores, score = excluded.score, confidence = excluded.confidence,
			advice = excluded.advice, to_author = excluded.to_author, to_council = excluded.to_council, revision = excluded.revision,
			sent_at = excluded.sent_at, updated_at = excluded.updated_at
		WHERE review_review.revision = excluded.revision - 1`,
		r.Submission, r.Account, r.Call, db.JSON(r.Scores), r.score(), r.Confidence, r.Advice, r.ToAuthor, r.ToCouncil, r.Revision, db.OrNull(r.SentAt), r.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func keepReview(ctx context.Context, q db.Querier, r Review) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_version (submission_id, account_id, revision, scores, confidence, advice, to_author, to_council, sent_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		r.Submission, r.Account, r.Revision, db.JSON(r.Scores), r.Confidence, r.Advice, r.ToAuthor, r.ToCouncil, r.SentAt)
	return err
}

// markSent notes that the review of an assignment has been sent, or returns ErrMoved.
func markSent(ctx context.Context, q db.Querier, r Review) error {
	n, err := q.Exec(ctx, `
		UPDATE review_assignment SET state = 'sent', updated_at = $3, score = $4 WHERE submission_id = $1 AND account_id = $2 AND state IN ('given', 'sent')`,
		r.Submission, r.Account, r.UpdatedAt, r.score())
	if err == nil && n == 0 {
		return ErrNotGiven
	}
	return err
}

// SentReviews lists the reviews of a submission that have been sent and stand: a recused reviewer's do not.
func SentReviews(ctx context.Context, q db.Querier, v Viewer, submission call.SubmissionID) ([]Review, error) {
	return db.Collect(scanReview)(q.Query(ctx, `
		SELECT `+reviewColumns+` FROM review_review AS r JOIN call_submission AS s ON s.id = r.submission_id
		WHERE s.id = $4 AND `+standing+` AND `+Visible+` ORDER BY r.sent_at, r.account_id`, v.Args(submission)...))
}

// standing is whether the review r counts: it has been sent, and its writer has no stake.
const standing = `r.sent_at IS NOT NULL AND EXISTS (SELECT 1 FROM review_assignment AS w
	WHERE w.submission_id = r.submission_id AND w.account_id = r.account_id AND w.state = 'sent')`

// scores lists who gave which score to what of a call, of submissions that the viewer may see. Only that is read.
func scores(ctx context.Context, q db.Querier, v Viewer) ([]Review, error) {
	return db.Collect(func(row db.Scanner) (r Review, err error) {
		var score *float64
		err = row.Scan(&r.Submission, &r.Account, &score)
		if score != nil {
			r.Score, r.Judged = *score, true
		}
		return r, err
	})(q.Query(ctx, `
		SELECT a.submission_id, a.account_id, a.score FROM review_assignment AS a
		WHERE a.call_id = $4 AND a.state = 'sent' AND a.submission_id IN (SELECT s.id FROM call_submission AS s WHERE s.call_id = $4 AND `+Visible+`)`,
		v.Args(v.Call.ID)...))
}

// apart lists what of a call got scores that lie far from each other, the farthest first, of that which the viewer may
// see and does not have to review any more.
func apart(ctx context.Context, q db.Querier, v Viewer) ([]call.SubmissionID, error) {
	return db.Collect(func(row db.Scanner) (s call.SubmissionID, err error) { return s, row.Scan(&s) })(q.Query(ctx, `
		SELECT a.submission_id FROM review_assignment AS a WHERE a.call_id = $4 AND a.state = 'sent'
			AND a.submission_id IN (SELECT s.id FROM call_submission AS s WHERE s.call_id = $4 AND `+Visible+`)
			AND a.submission_id NOT IN (SELECT o.submission_id FROM review_assignment AS o WHERE o.account_id = $1 AND o.state = 'given')
		GROUP BY a.submission_id HAVING MAX(a.score) - MIN(a.score) >= $5 ORDER BY MAX(a.score) - MIN(a.score) DESC, a.submission_id`,
		v.Args(v.Call.ID, float64(disagree))...))
}

func versionsOf(ctx context.Context, q db.Querier, submission call.SubmissionID, who people.AccountID) ([]Review, error) {
	return db.Collect(func(row db.Scanner) (r Review, err error) {
		return r, row.Scan(&r.Submission, &r.Account, &r.Revision, db.FromJSON(&r.Scores), &r.Confidence, &r.Advice, &r.ToAuthor, &r.ToCouncil, &r.SentAt)
	})(q.Query(ctx, `
		SELECT submission_id, account_id, revision, scores, confidence, advice, to_author, to_council, sent_at
		FROM review_version WHERE submission_id = $1 AND account_id = $2 ORDER BY revision`, submission, who))
}

// WordsForAuthor lists what reviewers wrote for the authors, in no order that tells who.
func WordsForAuthor(ctx context.Context, q db.Querier, submission call.SubmissionID) ([]string, error) {
	return db.Collect(func(row db.Scanner) (words string, err error) { return words, row.Scan(&words) })(q.Query(ctx, `
		SELECT r.to_author FROM review_review AS r WHERE r.submission_id = $1 AND r.to_author <> '' AND `+standing+` ORDER BY r.to_author`, submission))
}
