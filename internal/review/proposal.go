package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// ProposalID names a proposal.
type ProposalID string

// Proposal is what was worked out for a call, until somebody puts it into force.
type Proposal struct {
	ID        ProposalID
	Call      call.ID
	MadeBy    people.AccountID
	MadeAt    time.Time
	Result    assign.Result
	AppliedAt time.Time // zero: not yet
}

// Propose works out who should read what in a call. What has been given stays;
// nothing is given before the proposal is applied.
func (s *Service) Propose(ctx context.Context, by people.AccountID, of call.ID) (Proposal, error) {
	p := Proposal{ID: ProposalID(newID()), Call: of, MadeBy: by, MadeAt: s.now()}
	var problem assign.Problem
	err := s.giving(ctx, by, of, func(tx *db.Tx, d Deed, setup Setup) (err error) {
		if err := s.Detect(ctx, tx, d.Call); err != nil {
			return err
		}
		problem, err = s.problem(ctx, tx, d.Call, setup)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("work out who reads what in %s: %w", of, err)
	}
	// Nobody waits for the arithmetic: it holds no transaction.
	if p.Result, err = assign.Solve(problem); err != nil {
		return p, fmt.Errorf("work out who reads what in %s: %w", of, err)
	}
	if err := insertProposal(ctx, s.db, p); err != nil {
		return p, fmt.Errorf("keep the proposal for %s: %w", of, err)
	}
	return p, nil
}

// giving runs do in a transaction for whoever may give reviews out, with the call held.
func (s *Service) giving(ctx context.Context, by people.AccountID, of call.ID, do func(*db.Tx, Deed, Setup) error) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, of)
		if err != nil {
			return err
		}
		d := Deed{by, rights.SetReviews, c}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		setup, err := Hold(ctx, tx, of)
		if err != nil {
			return err
		}
		return do(tx, d, setup)
	})
}

// problem puts into numbers what is to be given out.
func (s *Service) problem(ctx context.Context, q db.Querier, c call.Call, setup Setup) (assign.Problem, error) {
	p := assign.Problem{Each: setup.Each, Stretch: setup.Stretch}
	readers, err := s.readers(ctx, q, c)
	if err != nil {
		return p, err
	}
	submissions, err := toRead(ctx, q, c.ID)
	if err != nil {
		return p, err
	}
	known := map[people.AccountID]bool{}
	for _, r := range readers {
		known[r.Account] = true
		p.Reviewers = append(p.Reviewers, assign.Reviewer{ID: assign.ReviewerID(r.Account), Most: r.Most, Skills: r.Skills})
	}
	for _, one := range submissions {
		p.Submissions = append(p.Submissions, assign.Submission{ID: assign.SubmissionID(one.id), Path: one.path})
		for _, r := range readers {
			if !r.Reads(one.language) {
				p.Barred = append(p.Barred, assign.Pair{Submission: assign.SubmissionID(one.id), Reviewer: assign.ReviewerID(r.Account)})
			}
		}
	}
	barred, fixed, err := pairsIn(ctx, q, c.ID)
	p.Barred = append(p.Barred, barred...)
	for _, pair := range fixed {
		// Somebody who is no reviewer any more keeps what they have sent; it takes up no place.
		there := slices.ContainsFunc(p.Submissions, func(o assign.Submission) bool { return o.ID == pair.Submission })
		if known[people.AccountID(pair.Reviewer)] && there {
			p.Fixed = append(p.Fixed, pair)
		}
	}
	p.Barred = slices.DeleteFunc(p.Barred, func(pair assign.Pair) bool { return slices.Contains(p.Fixed, pair) })
	return p, err
}

// Proposed returns the latest proposal for a call, or ErrNoProposal.
func (s *Service) Proposed(ctx context.Context, by people.AccountID, of call.ID) (Proposal, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return Proposal{}, err
	}
	if err := s.May(ctx, s.db, Deed{by, rights.SetReviews, c}); err != nil {
		return Proposal{}, err
	}
	return latestProposal(ctx, s.db, of)
}

// Apply gives out what was proposed, but for some pairs. What conflicts or limits
// have come up meanwhile is left out; it returns how many were given.
func (s *Service) Apply(ctx context.Context, by people.AccountID, p Proposal, without []assign.Pair) (given int, err error) {
	err = s.giving(ctx, by, p.Call, func(tx *db.Tx, d Deed, _ Setup) error {
		latest, err := latestProposal(ctx, tx, p.Call)
		if err != nil {
			return err
		}
		if latest.ID != p.ID || !latest.AppliedAt.IsZero() {
			return ErrChanged
		}
		if err := s.Detect(ctx, tx, d.Call); err != nil {
			return err
		}
		given = 0 // the transaction may run twice
		for _, choice := range latest.Result.Choices {
			if choice.Given || slices.Contains(without, choice.Pair) {
				continue
			}
			a := Assignment{
				Submission: call.SubmissionID(choice.Submission), Account: people.AccountID(choice.Reviewer), Call: p.Call, Origin: Computed, Why: choice,
			}
			switch err := s.give(ctx, tx, d, a); {
			case err == nil:
				given++
			case errors.Is(err, ErrConflict), errors.Is(err, ErrMoved):
			default:
				return err
			}
		}
		if err := applied(ctx, tx, p.ID, s.now()); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.assigned", Object: string(p.Call), Detail: map[string]int{"given": given}})
	})
	if err != nil {
		return 0, fmt.Errorf("give out the reviews of %s: %w", p.Call, err)
	}
	return given, nil
}
