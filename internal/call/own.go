package call

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/outbox"
	"obrady/internal/people"
)

// Work is a submission as those who work on it see it.
type Work struct {
	Submission Submission
	Call       Call
	Questions  []form.Question // as they are asked now
	Change     form.Change     // of the questions since they were last answered
}

// Mine lists what somebody works on in an edition, what was changed last first.
func (s *Service) Mine(ctx context.Context, in edition.ID, who people.AccountID) ([]Submission, error) {
	own, err := ownIDs(ctx, s.db, `1 = 1`, who)
	if err != nil {
		return nil, fmt.Errorf("list somebody's submissions: %w", err)
	}
	all, err := listAmong(ctx, s.db, own)
	if err != nil {
		return nil, fmt.Errorf("list somebody's submissions: %w", err)
	}
	all = slices.DeleteFunc(all, func(one Submission) bool { return one.Edition != in })
	slices.SortFunc(all, func(a, b Submission) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return all, nil
}

// Work returns what somebody works on, by its code, or ErrNoSubmission for what
// is not theirs.
func (s *Service) Work(ctx context.Context, in edition.ID, who people.AccountID, code string) (w Work, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		if w.Submission, err = findSubmission(ctx, q, `edition_id = $1 AND code = $2`, in, code); err != nil {
			return err
		}
		may, err := mayWrite(ctx, q, w.Submission.ID, who)
		if err != nil {
			return err
		}
		if !may {
			return ErrNoSubmission
		}
		if w.Call, err = Find(ctx, q, w.Submission.Call); err != nil {
			return err
		}
		if w.Questions, err = Questions(ctx, q, w.Call.ID, w.Call.FormVersion); err != nil {
			return err
		}
		before, err := Questions(ctx, q, w.Call.ID, w.Submission.FormVersion)
		w.Change = form.Since(before, w.Questions)
		return err
	})
	if err != nil {
		return Work{}, fmt.Errorf("find submission %s: %w", code, err)
	}
	return w, nil
}

// Takes says whether what is in hand may be sent or changed now, as Send would.
func (s *Service) Takes(ctx context.Context, w Work) error {
	now, err := s.Time(ctx)
	if err != nil {
		return err
	}
	return w.Submission.takes(ctx, s.db, w.Call, now)
}

// Behind returns who is behind a submission that somebody works on.
func (s *Service) Behind(ctx context.Context, who people.AccountID, submission SubmissionID) (Identity, error) {
	may, err := mayWrite(ctx, s.db, submission, who)
	if err == nil && !may {
		err = ErrNoSubmission
	}
	if err != nil {
		return Identity{}, fmt.Errorf("find who is behind %s: %w", submission, err)
	}
	i, err := IdentityOf(ctx, s.db, submission)
	if err == nil {
		err = i.markBounced(ctx, s.db)
	}
	if err != nil {
		return i, fmt.Errorf("find who is behind %s: %w", submission, err)
	}
	return i, nil
}

// History lists the steps of a submission that somebody works on, as they are
// told to authors: no decision before it is announced.
func (s *Service) History(ctx context.Context, who people.AccountID, submission SubmissionID) ([]Step, error) {
	may, err := mayWrite(ctx, s.db, submission, who)
	if err == nil && !may {
		err = ErrNoSubmission
	}
	if err != nil {
		return nil, fmt.Errorf("find the history of %s: %w", submission, err)
	}
	all, err := StepsOf(ctx, s.db, submission)
	if err != nil {
		return nil, fmt.Errorf("find the history of %s: %w", submission, err)
	}
	return told(all), nil
}

// told leaves out what authors are not told: the steps to a decision and back,
// and who among the organisers made the others.
func told(steps []Step) (all []Step) {
	for _, step := range steps {
		if step.To == Decided || step.From == Decided && step.To == UnderReview {
			continue
		}
		if step.From == Decided {
			step.From = UnderReview
		}
		all = append(all, step)
	}
	return all
}

// Discard throws a draft away that was never sent.
func (s *Service) Discard(ctx context.Context, by people.AccountID, submission SubmissionID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.inHand(ctx, tx, by, submission)
		if err != nil {
			return err
		}
		return deleteDraft(ctx, tx, d.before.ID)
	})
	if err != nil {
		return fmt.Errorf("discard %s: %w", submission, err)
	}
	return nil
}

// Go takes a submission that somebody works on to one of the states that are for
// its authors to choose: Withdrawn, Confirmed, Declined. The organisers are told
// through the event.
func (s *Service) Go(ctx context.Context, step Step) error {
	if step.To != Withdrawn && step.To != Confirmed && step.To != Declined {
		return ErrMoved
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.inHand(ctx, tx, step.By, step.Submission)
		if err != nil {
			return err
		}
		step.From, step.At = d.before.State, d.now
		if err := Move(ctx, tx, step); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, d.now, Happened{Submission: step.Submission, From: step.From, To: step.To, At: d.now, By: step.By})
	})
	if err != nil {
		return fmt.Errorf("take %s to %s: %w", step.Submission, step.To, err)
	}
	return nil
}

// MayChange says within a caller's transaction whether somebody works on a
// submission that can be changed now, and what time it is by the call's clock:
// ErrNoSubmission, ErrFixed or ErrClosed if not. What belongs to submissions in
// other packages asks here.
func (s *Service) MayChange(ctx context.Context, tx *db.Tx, who people.AccountID, submission SubmissionID) (now time.Time, err error) {
	if _, err := s.behind(ctx, tx, who, submission); err != nil {
		return now, err
	}
	return s.clock(ctx, tx)
}
