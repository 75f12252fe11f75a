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
