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
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Given is where an assignment (przydział recenzji) stands.
type Given string

// The states of an assignment.
const (
	NotGiven Given = ""
	GivenOut Given = "given"   // to be read
	SentIn   Given = "sent"    // the review has been sent
	Refused  Given = "refused" // the reviewer says no
	Recused  Given = "recused" // a conflict of interest came up
	TakenOff Given = "taken"   // by whoever gives out
)

// Key names the sentence that says the state.
// key: review.given.*
func (g Given) Key() string {
	if g == NotGiven {
		return "review.given.none"
	}
	return "review.given." + string(g)
}

// Origin says how an assignment came about.
type Origin string

// The origins.
const (
	Computed Origin = "computed"
	ByHand   Origin = "hand"
	FromFile Origin = "file"
)

// Key names the sentence that says the origin.
// key: review.origin.*
func (o Origin) Key() string { return "review.origin." + string(o) }

// Assignment is one reviewer for one submission.
type Assignment struct {
	Submission call.SubmissionID
	Account    people.AccountID
	Call       call.ID
	State      Given
	Origin     Origin
	Why        assign.Choice // of one that was computed
	Reason     string        // why it was refused or taken back
	MadeBy     people.AccountID
	MadeAt     time.Time
	UpdatedAt  time.Time
}

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

// Assigned tells a reviewer that there is something to read.
type Assigned struct {
	Call    call.ID          `json:"call"`
	Account people.AccountID `json:"account"`
}

// Kind implements outbox.Event.
func (Assigned) Kind() string { return "review.assigned" }

// give writes one assignment, or says what is in the way. The first time somebody is given something they are told.
func (s *Service) give(ctx context.Context, tx *db.Tx, d Deed, a Assignment) error {
	stakes, err := stakesIn(ctx, tx, a.Account, a.Submission)
	if err == nil && stakes {
		err = ErrConflict
	}
	if err != nil {
		return err
	}
	a.State, a.MadeBy, a.MadeAt, a.UpdatedAt = GivenOut, d.By, s.now(), s.now()
	first, err := isFirst(ctx, tx, a)
	if err != nil {
		return err
	}
	if err := s.Begin(ctx, tx, d, a.Submission); err != nil {
		return err
	}
	if err := writeAssignment(ctx, tx, a); err != nil || !first {
		return err
	}
	return outbox.Add(ctx, tx, s.now(), Assigned{a.Call, a.Account})
}

// Begin brings a submission under review that has been found eligible.
func (s *Service) Begin(ctx context.Context, tx *db.Tx, d Deed, submission call.SubmissionID) error {
	state, err := StateOf(ctx, tx, submission)
	if err != nil || state == call.UnderReview {
		return err
	}
	if state != call.Eligible {
		return ErrMoved
	}
	return call.Move(ctx, tx, call.Step{Submission: submission, By: d.By, At: s.now(), From: state, To: call.UnderReview})
}

// Give gives one submission to one reviewer, by hand.
func (s *Service) Give(ctx context.Context, by people.AccountID, a Assignment) error {
	err := s.giving(ctx, by, a.Call, func(tx *db.Tx, d Deed, _ Setup) error {
		if err := s.isReader(ctx, tx, d.Call, a.Account); err != nil {
			return err
		}
		if err := s.Detect(ctx, tx, d.Call); err != nil {
			return err
		}
		if err := Belongs(ctx, tx, a.Submission, a.Call); err != nil {
			return err
		}
		a.Origin = ByHand
		if err := s.give(ctx, tx, d, a); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.given", Object: string(a.Submission), Detail: map[string]any{"account": a.Account}})
	})
	if err != nil {
		return fmt.Errorf("give a submission to a reviewer: %w", err)
	}
	return nil
}

// Row is one line of a file of assignments.
type Row struct {
	Line  int // in the file, from 1
	Code  string
	Email string
}

// GiveAll gives out what a file says: all of it, or nothing and what is wrong by
// line, as fields called "line-3".
func (s *Service) GiveAll(ctx context.Context, by people.AccountID, of call.ID, rows []Row) error {
	err := s.giving(ctx, by, of, func(tx *db.Tx, d Deed, _ Setup) error {
		if err := s.Detect(ctx, tx, d.Call); err != nil {
			return err
		}
		readers, err := s.readers(ctx, tx, d.Call)
		if err != nil {
			return err
		}
		var wrong errs.Problems
		for _, row := range rows {
			if err := s.giveRow(ctx, tx, d, rowOf{row, readers}); err != nil {
				var e *errs.Error
				if !errors.As(err, &e) || errs.KindOf(err) == errs.Internal {
					return err
				}
				wrong = append(wrong, errs.Field{Name: fmt.Sprintf("line-%d", row.Line), Error: e})
			}
		}
		if len(wrong) > 0 {
			return wrong.Err()
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.assigned", Object: string(of), Detail: map[string]int{"given": len(rows)}})
	})
	if err != nil {
		return fmt.Errorf("give out reviews from a file: %w", err)
	}
	return nil
}

type rowOf struct {
	Row
	readers []Reader
}

func (s *Service) giveRow(ctx context.Context, tx *db.Tx, d Deed, row rowOf) error {
	submission, err := byCode(ctx, tx, d.Call.ID, row.Code)
	if err != nil {
		return err
	}
	address, _ := people.Email(row.Email)
	account, err := people.AccountOf(ctx, tx, address)
	if errors.Is(err, people.ErrNoAccount) || err == nil && !slices.ContainsFunc(row.readers, func(r Reader) bool { return r.Account == account.ID }) {
		return ErrNotReader
	}
	if err != nil {
		return err
	}
	return s.give(ctx, tx, d, Assignment{Submission: submission, Account: account.ID, Call: d.Call.ID, Origin: FromFile})
}

// TakeBack takes a submission from a reviewer who has not sent a review, with a reason.
func (s *Service) TakeBack(ctx context.Context, by people.AccountID, a Assignment) error {
	if err := Reasoned("reason", a.Reason); err != nil {
		return err
	}
	err := s.giving(ctx, by, a.Call, func(tx *db.Tx, d Deed, _ Setup) error {
		a.State, a.UpdatedAt = TakenOff, s.now()
		if err := endAssignment(ctx, tx, a); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.taken_back", Object: string(a.Submission), Detail: map[string]any{"account": a.Account}})
	})
	if err != nil {
		return fmt.Errorf("take a submission from a reviewer: %w", err)
	}
	return nil
}

// Refuse gives a submission back that one was given and has not reviewed, with a reason.
func (s *Service) Refuse(ctx context.Context, by people.AccountID, a Assignment) error {
	if err := Reasoned("reason", a.Reason); err != nil {
		return err
	}
	one, err := s.See(ctx, by, a.Submission)
	if err != nil {
		return err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		a.Account, a.State, a.UpdatedAt = by, Refused, s.now()
		if err := endAssignment(ctx, tx, a); err != nil {
			return err
		}
		return s.Log(ctx, tx, Deed{by, rights.WriteReviews, one.Call}, journal.Entry{Action: "review.refused", Object: string(a.Submission)})
	})
	if err != nil {
		return fmt.Errorf("refuse a review: %w", err)
	}
	return nil
}

// Reading is one assignment in a list.
type Reading struct {
	Assignment
	Code, Title string
}

// Assignments lists who reads what of a call, by code, as far as whoever asks may see it. Of the filter, where to
// begin and how many to list count.
func (s *Service) Assignments(ctx context.Context, by people.AccountID, of call.ID, f Filter) ([]Reading, error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if !v.Whole {
		return nil, ErrNone
	}
	all, err := assignmentsOf(ctx, s.db, v, f)
	if err != nil {
		return nil, fmt.Errorf("list who reads what in %s: %w", of, err)
	}
	return all, nil
}

// Load is how much one reviewer has of a call.
type Load struct {
	Account people.AccountID
	All     int // assignments, also those that ended
	Given   int // that stand
	Sent    int // of which a review has been sent
}

// Loads counts what each reviewer has of a call, as far as whoever asks may see it.
func (s *Service) Loads(ctx context.Context, by people.AccountID, of call.ID) ([]Load, error) {
	v, err := s.Look(ctx, of, by)
	if err != nil {
		return nil, err
	}
	if !v.Whole {
		return nil, ErrNone
	}
	all, err := loadsOf(ctx, s.db, v)
	if err != nil {
		return nil, fmt.Errorf("count who reads how much in %s: %w", of, err)
	}
	return all, nil
}
