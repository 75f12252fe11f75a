package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/text"
)

// maxWhy is how long the reason of a step may be, in characters.
const maxWhy = 5000

// Move takes a submission from one state to the next within a caller's
// transaction and writes who did it, when and why. A submission that no longer
// stands at step.From is ErrMoved, as is a step that the states do not allow.
// Whom to tell of it is the caller's to say.
func Move(ctx context.Context, tx *db.Tx, step Step) error {
	if err := move(ctx, tx, step); err != nil {
		return fmt.Errorf("move submission %s from %s to %s: %w", step.Submission, step.From, step.To, err)
	}
	return nil
}

func move(ctx context.Context, tx *db.Tx, step Step) error {
	if !step.From.May(step.To) {
		return ErrMoved
	}
	if text.Length(step.Why) > maxWhy {
		var wrong errs.Problems
		wrong.Add("why", "form.too_long", maxWhy)
		return wrong.Err()
	}
	n, err := tx.Exec(ctx, `
		UPDATE call_submission SET state = $3, updated_at = $4, submitted_at = CASE WHEN $3 = 'submitted' THEN COALESCE(submitted_at, $4) ELSE submitted_at END
		WHERE id = $1 AND state = $2`, step.Submission, step.From, step.To, step.At)
	if err == nil && n == 0 {
		return ErrMoved
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO call_step (id, submission_id, at, made_by, from_state, to_state, why, unmet) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id.New(), step.Submission, step.At, step.By, step.From, step.To, step.Why, db.JSON(step.Unmet))
	return err
}

// StepsOf lists the steps of a submission, the first first. Who made them is
// among what they say: they are for authors and organisers, never for reviewers.
func StepsOf(ctx context.Context, q db.Querier, submission SubmissionID) ([]Step, error) {
	return db.Collect(func(row db.Scanner) (s Step, err error) {
		return s, row.Scan(&s.Submission, &s.At, &s.By, &s.From, &s.To, &s.Why, db.FromJSON(&s.Unmet))
	})(q.Query(ctx, `
		SELECT submission_id, at, made_by, from_state, to_state, why, unmet FROM call_step WHERE submission_id = $1 ORDER BY at, id`, submission))
}

// Happened is the event that a submission went from one state to another; its
// authors are told. Why stands in the step alone, where an erasure finds it.
type Happened struct {
	Submission SubmissionID     `json:"submission"`
	From       State            `json:"from"`
	To         State            `json:"to"`
	At         time.Time        `json:"at"`
	By         people.AccountID `json:"by"`
}

// Kind names the event in the outbox.
func (Happened) Kind() string { return "call.happened" }

// Hold returns where a submission stands and keeps it there until the transaction ends, so that what is done because
// it was accepted does not meet a withdrawal half-way. ErrNoSubmission if there is none.
func Hold(ctx context.Context, tx *db.Tx, submission SubmissionID) (state State, of edition.ID, err error) {
	err = tx.QueryRow(ctx, `UPDATE call_submission SET state = state WHERE id = $1 RETURNING state, edition_id`, submission).Scan(&state, &of)
	if errors.Is(err, db.ErrNoRow) {
		err = ErrNoSubmission
	}
	return state, of, err
}
