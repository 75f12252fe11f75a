package council

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Decide writes what the council decided about a submission. Nobody outside learns
// of it before it is announced, and until then it can be changed. It is decided at
// an open sitting with a quorum, or between sittings where there need be none.
func (s *Service) Decide(ctx context.Context, by people.AccountID, d Decision) (Decision, error) {
	one, err := s.reviews.See(ctx, by, d.Submission)
	if err != nil {
		return d, err
	}
	err = s.atCall(ctx, review.Deed{By: by, Action: rights.Sit}, one.Call.ID, func(tx *db.Tx, at review.Deed, setup review.Setup) error {
		if err := one.Sees(ctx, tx, d.Submission); err != nil {
			return err
		}
		next, err := s.prepared(ctx, tx, one, d, setup)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, tx, at, next); err != nil {
			return err
		}
		d = next
		return s.reviews.Log(ctx, tx, at, journal.Entry{
			Action: "council.decided", Object: string(d.Submission), Detail: map[string]any{"outcome": d.Outcome, "sitting": d.Sitting, "revision": d.Revision},
		})
	})
	if err != nil {
		return d, fmt.Errorf("decide about %s: %w", d.Submission, err)
	}
	return d, nil
}

// prepared fills in what follows from the sitting and the reviews, and says whether it can be decided so.
func (s *Service) prepared(ctx context.Context, tx *db.Tx, one review.Seen, d Decision, setup review.Setup) (Decision, error) {
	d.Call, d.MadeBy, d.MadeAt, d.Recused = one.Call.ID, one.Account, s.now(), nil
	voters, err := s.voters(ctx, tx, &d, setup)
	if err != nil {
		return d, err
	}
	if d.Path == "" {
		d.Path = one.Paper.Path
	}
	if d.Format == "" {
		d.Format = one.Paper.Format
	}
	if err := d.validate(one.Call, voters); err != nil {
		return d, err
	}
	reviews, err := review.SentReviews(ctx, tx, one.Viewer, d.Submission)
	d.Snapshot, d.Revision = review.Summed(reviews), d.Revision+1
	return d, err
}

// voters counts who may vote about it, and notes who may not.
func (s *Service) voters(ctx context.Context, tx *db.Tx, d *Decision, setup review.Setup) (int, error) {
	if d.Sitting == "" {
		if setup.Quorum > 0 {
			return 0, ErrNotSitting
		}
		return 0, nil
	}
	sitting, err := findSitting(ctx, tx, d.Sitting)
	switch {
	case err != nil:
		return 0, err
	case sitting.Call != d.Call:
		return 0, ErrNoSitting
	case sitting.State != OpenNow:
		return 0, ErrNotSitting
	case sitting.Voters() < setup.Quorum:
		return 0, ErrQuorum.With(setup.Quorum)
	}
	recused, err := recusedOf(ctx, tx, sitting)
	if err != nil {
		return 0, err
	}
	d.Recused = recused[d.Submission]
	voters := sitting.Voters()
	for _, p := range sitting.Present {
		for _, out := range d.Recused {
			if p.Account == out && p.Part != Secretary {
				voters--
			}
		}
	}
	return voters, nil
}

// settle writes the decision and brings the submission where it belongs.
func (s *Service) settle(ctx context.Context, tx *db.Tx, at review.Deed, d Decision) error {
	state, err := review.StateOf(ctx, tx, d.Submission)
	if err != nil {
		return err
	}
	switch state {
	case call.Decided:
	case call.Eligible:
		if err := s.reviews.Begin(ctx, tx, at, d.Submission); err != nil {
			return err
		}
		fallthrough
	case call.UnderReview:
		step := call.Step{Submission: d.Submission, By: at.By, At: s.now(), From: call.UnderReview, To: call.Decided}
		if err := call.Move(ctx, tx, step); err != nil {
			return err
		}
	default:
		return ErrAnnounced
	}
	if err := writeDecision(ctx, tx, d); err != nil {
		return err
	}
	if err := keepDecision(ctx, tx, d); err != nil {
		return err
	}
	return endItem(ctx, tx, d.Sitting, itemTurn{d.Submission, s.now()})
}

// Reopen takes a decision back that has not been announced; the submission is under review again.
func (s *Service) Reopen(ctx context.Context, by people.AccountID, submission call.SubmissionID, why string) error {
	if err := review.Reasoned("why", why); err != nil {
		return err
	}
	one, err := s.reviews.See(ctx, by, submission)
	if err != nil {
		return err
	}
	err = s.atCall(ctx, review.Deed{By: by, Action: rights.Sit}, one.Call.ID, func(tx *db.Tx, d review.Deed, _ review.Setup) error {
		if err := deletePending(ctx, tx, submission); err != nil {
			return err
		}
		step := call.Step{Submission: submission, By: by, At: s.now(), From: call.Decided, To: call.UnderReview, Why: why}
		if err := call.Move(ctx, tx, step); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.reopened", Object: string(submission)})
	})
	if err != nil {
		return fmt.Errorf("take a decision back: %w", err)
	}
	return nil
}

// Decision returns what was decided about a submission, with the dissents, for the council; or ErrNoDecision.
func (s *Service) Decision(ctx context.Context, by people.AccountID, submission call.SubmissionID) (Decision, []Dissent, error) {
	one, err := s.reviews.See(ctx, by, submission)
	if err != nil {
		return Decision{}, nil, err
	}
	if !one.Whole {
		return Decision{}, nil, ErrNoDecision
	}
	d, err := findDecision(ctx, s.db, submission)
	if err != nil {
		return d, nil, err
	}
	dissents, err := dissentsOf(ctx, s.db, submission)
	if err != nil {
		return d, nil, fmt.Errorf("find dissents: %w", err)
	}
	return d, dissents, nil
}

// Dissent writes that a member who was at the sitting sees it differently; an empty text takes it back.
func (s *Service) Dissent(ctx context.Context, by people.AccountID, submission call.SubmissionID, words string) error {
	if text.Length(words) > maxWords {
		var wrong errs.Problems
		wrong.Add("dissent", "review.too_long", maxWords)
		return wrong.Err()
	}
	one, err := s.reviews.See(ctx, by, submission)
	if err != nil {
		return err
	}
	err = s.atCall(ctx, review.Deed{By: by, Action: rights.Sit}, one.Call.ID, func(tx *db.Tx, d review.Deed, _ review.Setup) error {
		decision, err := findDecision(ctx, tx, submission)
		if err != nil {
			return err
		}
		sitting, err := findSitting(ctx, tx, decision.Sitting)
		if errors.Is(err, ErrNoSitting) || err == nil && !sitting.Has(by) {
			return ErrAbsent
		}
		if err != nil {
			return err
		}
		if err := writeDissent(ctx, tx, Dissent{submission, by, words, s.now()}); err != nil {
			return err
		}
		return s.reviews.Log(ctx, tx, d, journal.Entry{Action: "council.dissented", Object: string(submission)})
	})
	if err != nil {
		return fmt.Errorf("write a dissent: %w", err)
	}
	return nil
}

// Slots says what is left of the places of a call. Submissions that whoever asks
// may not see do not count, so what a member of the council who had to leave reads
// tells nothing of what was decided meanwhile.
func (s *Service) Slots(ctx context.Context, by people.AccountID, of call.ID) ([]Slot, error) {
	v, err := s.reviews.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if !v.Whole {
		return nil, review.ErrNone
	}
	setup, err := review.FindSetup(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	taken, err := takenOf(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("count the places of %s: %w", of, err)
	}
	slots := make([]Slot, len(setup.Places))
	for i, p := range setup.Places {
		slots[i] = taken[review.Places{Path: p.Path, Format: p.Format}]
		slots[i].Places = p
	}
	return slots, nil
}
