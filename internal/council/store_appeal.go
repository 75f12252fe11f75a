package council

import (
	"context"
	"errors"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/review"
)

const appealColumns = `a.id, a.submission_id, s.code, s.title, a.call_id, a.of_revision, a.words, a.filed_by, a.filed_at, a.verdict, a.answer,
	a.answered_by, a.answered_at`

func scanAppeal(row db.Scanner) (a Appeal, err error) {
	var answered *time.Time
	err = row.Scan(&a.ID, &a.Submission, &a.Code, &a.Title, &a.Call, &a.OfRevision, &a.Words, &a.FiledBy, &a.FiledAt, &a.Verdict, &a.Answer, &a.AnsweredBy, &answered)
	a.AnsweredAt = db.OrZero(answered)
	return a, err
}

// appealOf returns the appeal against one revision of a decision, or ErrNoAppeal.
func appealOf(ctx context.Context, q db.Querier, submission call.SubmissionID, revision int) (Appeal, error) {
	a, err := scanAppeal(q.QueryRow(ctx, `
		SELECT `+appealColumns+` FROM council_appeal AS a JOIN call_submission AS s ON s.id = a.submission_id
		WHERE a.submission_id = $1 AND a.of_revision = $2`, submission, revision))
	if errors.Is(err, db.ErrNoRow) {
		return a, ErrNoAppeal
	}
	return a, err
}

// FindAppeal returns an appeal for a letter about it, or ErrNoAppeal.
func FindAppeal(ctx context.Context, q db.Querier, appeal string) (Appeal, error) {
	a, err := scanAppeal(q.QueryRow(ctx, `
		SELECT `+appealColumns+` FROM council_appeal AS a JOIN call_submission AS s ON s.id = a.submission_id WHERE a.id = $1`, appeal))
	if errors.Is(err, db.ErrNoRow) {
		return a, ErrNoAppeal
	}
	return a, err
}

func appealsOf(ctx context.Context, q db.Querier, v review.Viewer) ([]Appeal, error) {
	return db.Collect(scanAppeal)(q.Query(ctx, `
		SELECT `+appealColumns+` FROM council_appeal AS a JOIN call_submission AS s ON s.id = a.submission_id
		WHERE s.call_id = $4 AND `+review.Visible+` ORDER BY CASE WHEN a.answered_at IS NULL THEN 0 ELSE 1 END, a.filed_at, a.id`, v.Args(v.Call.ID)...))
}

func insertAppeal(ctx context.Context, q db.Querier, a Appeal) error {
	_, err := q.Exec(ctx, `
		INSERT INTO council_appeal (id, submission_id, call_id, of_revision, words, filed_by, filed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.ID, a.Submission, a.Call, a.OfRevision, a.Words, a.FiledBy, a.FiledAt)
	if errors.Is(err, db.ErrExists) {
		return ErrAppealed
	}
	return err
}

// answerAppeal answers an appeal once, or returns review.ErrMoved.
func answerAppeal(ctx context.Context, q db.Querier, a Appeal) error {
	n, err := q.Exec(ctx, `
		UPDATE council_appeal SET verdict = $3, answer = $4, answered_by = $5, answered_at = $6
		WHERE id = $1 AND submission_id = $2 AND answered_at IS NULL`, a.ID, a.Submission, a.Verdict, a.Answer, a.AnsweredBy, a.AnsweredAt)
	if err == nil && n == 0 {
		return review.ErrMoved
	}
	return err
}
