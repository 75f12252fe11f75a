package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Service keeps reviews and decisions.
type Service struct {
	db  *db.DB
	now func() time.Time

	// Guard says in each transaction whether by may do the action at a place in the tree; nobody is asked when nil.
	Guard rights.Guard
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// May says whether the deed may be done: nil, or the refusal.
func (s *Service) May(ctx context.Context, q db.Querier, d Deed) error {
	if s.Guard == nil || d.By == journal.System {
		return nil
	}
	return s.Guard.May(ctx, q, rights.Deed{By: d.By, Action: d.Action, Edition: d.Call.Edition, Path: d.Call.Path})
}

// Deed is what somebody does with a call.
type Deed struct {
	By     people.AccountID
	Action rights.Action
	Call   call.Call
}

// Log writes what was done into the journal.
func (s *Service) Log(ctx context.Context, tx *db.Tx, d Deed, e journal.Entry) error {
	e.At, e.Actor, e.Edition = s.now(), string(d.By), string(d.Call.Edition)
	return journal.Write(ctx, tx, e)
}

// Setup returns how the submissions of a call are judged, or ErrNoSetup.
func (s *Service) Setup(ctx context.Context, of call.ID) (Setup, error) {
	setup, err := FindSetup(ctx, s.db, of)
	if err != nil {
		return setup, fmt.Errorf("find how %s is judged: %w", of, err)
	}
	return setup, nil
}

// SaveSetup writes how the submissions of a call are judged. Once reviews have
// been written, no criterion goes and none gets another scale: ErrSent. A revision
// that is no longer the last is ErrChanged.
func (s *Service) SaveSetup(ctx context.Context, by people.AccountID, setup Setup) (Setup, error) {
	for i := range setup.Criteria {
		if setup.Criteria[i].ID == "" {
			setup.Criteria[i].ID = id.New()
		}
	}
	if err := setup.Validate(); err != nil {
		return setup, err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, setup.Call)
		if err != nil {
			return err
		}
		d := Deed{by, rights.SetReviews, c}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		if err := mayJudgeBy(ctx, tx, setup); err != nil {
			return err
		}
		setup.Edition, setup.UpdatedAt, setup.Revision = c.Edition, s.now(), setup.Revision+1
		if err := writeSetup(ctx, tx, setup); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.setup_saved", Object: string(c.ID)})
	})
	if err != nil {
		return setup, fmt.Errorf("save how %s is judged: %w", setup.Call, err)
	}
	return setup, nil
}

// mayJudgeBy holds new criteria to the reviews that have been written.
func mayJudgeBy(ctx context.Context, tx *db.Tx, next Setup) error {
	before, err := FindSetup(ctx, tx, next.Call)
	if errors.Is(err, ErrNoSetup) {
		return nil
	}
	if err != nil || before.keeps(next) {
		return err
	}
	written, err := hasReviews(ctx, tx, next.Call)
	if err == nil && written {
		return ErrSent
	}
	return err
}

// Readers lists the reviewers and members of the council of a call, by the grants
// that hold for it, with what they have said they read. Who has said nothing
// takes on none.
func (s *Service) Readers(ctx context.Context, of call.ID) ([]Reader, error) {
	c, err := call.Find(ctx, s.db, of)
	if err != nil {
		return nil, err
	}
	all, err := s.readers(ctx, s.db, c)
	if err != nil {
		return nil, fmt.Errorf("list the reviewers of %s: %w", of, err)
	}
	return all, nil
}

func (s *Service) readers(ctx context.Context, q db.Querier, c call.Call) ([]Reader, error) {
	tree, err := rights.LoadTree(ctx, q, c.Edition)
	if err != nil {
		return nil, err
	}
	return readersOf(ctx, q, c.ID, grantedAt{nodes: c.Path(tree), now: s.now()})
}

// SaveReader writes how much a reviewer takes on, and what. Somebody who has no
// role there is ErrNotReader.
func (s *Service) SaveReader(ctx context.Context, by people.AccountID, r Reader) error {
	if err := r.Validate(); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := call.Find(ctx, tx, r.Call)
		if err != nil {
			return err
		}
		d := Deed{by, rights.SetReviews, c}
		if by == r.Account {
			d.Action = rights.WriteReviews // they say themselves what they read
		}
		if err := s.May(ctx, tx, d); err != nil {
			return err
		}
		if err := s.isReader(ctx, tx, c, r.Account); err != nil {
			return err
		}
		r.UpdatedAt = s.now()
		if err := writeReader(ctx, tx, r); err != nil {
			return err
		}
		return s.Log(ctx, tx, d, journal.Entry{Action: "review.reader_saved", Object: string(r.Account), Detail: map[string]any{"call": c.ID, "most": r.Most}})
	})
	if err != nil {
		return fmt.Errorf("save what a reviewer reads: %w", err)
	}
	return nil
}

func (s *Service) isReader(ctx context.Context, q db.Querier, c call.Call, who people.AccountID) error {
	readers, err := s.readers(ctx, q, c)
	if err != nil {
		return err
	}
	for _, r := range readers {
		if r.Account == who {
			return nil
		}
	}
	return ErrNotReader
}

// kindOf says what the one who asked can do about a failure; see errs.KindOf.
func kindOf(err error) errs.Kind { return errs.KindOf(err) }
