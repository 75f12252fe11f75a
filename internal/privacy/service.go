package privacy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Config is what a Service needs.
type Config struct {
	DB      *db.DB
	Now     func() time.Time
	Log     *slog.Logger // nothing is logged when nil
	Keepers []Keeper     // the highest floor first: what refers to a person goes before the person
	Rules   []Rule
	Book    *Book // where erasures are noted outside the database; nil: nowhere
	// Renew takes what has been erased out of memory; nothing when nil.
	Renew func(ctx context.Context) error
}

// Service handles requests of people about their data.
type Service struct{ Config }

// NewService returns a Service.
func NewService(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Renew == nil {
		c.Renew = func(context.Context) error { return nil }
	}
	return &Service{c}
}

// Data gathers everything that is kept about the subject, as it is at one moment.
func (s *Service) Data(ctx context.Context, of people.Subject) ([]people.Extract, error) {
	var all []people.Extract
	err := s.DB.Snapshot(ctx, func(q db.Querier) error {
		of, err := people.SubjectOf(ctx, q, of)
		if err != nil {
			return err
		}
		for _, keeper := range s.Keepers {
			one, err := keeper.Collect(ctx, q, of)
			if err != nil {
				return fmt.Errorf("collect from %s: %w", keeper.Name, err)
			}
			if len(one.Rows) > 0 {
				all = append(all, one)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("gather somebody's data: %w", err)
	}
	return all, nil
}

// errPreview takes a preview back.
var errPreview = errors.New("privacy: only a preview")

// Preview says what an erasure would do now, part by part: it is done and taken
// back. A legal hold does not change what is said.
func (s *Service) Preview(ctx context.Context, of people.Subject) (outcomes []people.Outcome, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		of, err := people.SubjectOf(ctx, tx, of)
		if err != nil {
			return err
		}
		if outcomes, err = s.eraseFrom(ctx, tx, of); err != nil {
			return err
		}
		return errPreview
	})
	if err != nil && !errors.Is(err, errPreview) {
		return nil, fmt.Errorf("preview an erasure: %w", err)
	}
	return outcomes, nil
}

// Held says whether a legal hold keeps the data of the subject, and which.
func (s *Service) Held(ctx context.Context, of people.Subject) (rights.Refusal, bool, error) {
	of, err := people.SubjectOf(ctx, s.DB, of)
	if err != nil {
		return rights.Refusal{}, false, err
	}
	return held(ctx, s.DB, of, s.Now())
}

// held looks for a hold on the person and on the account: somebody who is not
// in the programme is held by their account.
func held(ctx context.Context, q db.Querier, of people.Subject, now time.Time) (rights.Refusal, bool, error) {
	for _, one := range []people.PersonID{of.Person, people.PersonID(of.Account)} {
		if one == "" {
			continue
		}
		refusal, is, err := rights.Held(ctx, q, one, now)
		if err != nil || is {
			return refusal, is, err
		}
	}
	return rights.Refusal{}, false, nil
}

// Request opens a case without erasing yet. Somebody of whom a case is open
// gets that one.
func (s *Service) Request(ctx context.Context, o Order) (c Case, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if c, _, err = s.caseOf(ctx, tx, o); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.Now(), Opened{c.ID})
	})
	if err != nil {
		return Case{}, fmt.Errorf("open a case: %w", err)
	}
	return c, nil
}

// Order is a wish to have somebody's data erased.
type Order struct {
	Subject people.Subject
	By      people.AccountID
	Edition edition.ID // whose staff it is; empty when By is the subject
	// VerifiedAt is when By last proved who they are.
	VerifiedAt time.Time
}

// Erase erases the data of the subject everywhere and closes the case. It
// refuses with ErrStale without a fresh proof, and with ErrHeld while a legal
// hold stands; then the case stays open. Whoever asks twice gets the same case.
//
// The erasure is noted in the book before it is committed: if the machine stops
// in between, the next start completes it.
func (s *Service) Erase(ctx context.Context, o Order) (Case, error) {
	now := s.Now()
	if now.Sub(o.VerifiedAt) > FreshFor {
		return Case{}, ErrStale
	}
	run := erasure{service: s, order: o, now: now}
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return run.do(ctx, tx) }); err != nil {
		return Case{}, errors.Join(fmt.Errorf("erase somebody's data: %w", err), run.takeBack())
	}
	switch {
	case run.held:
		return run.found, ErrHeld
	case run.again:
		return run.found, nil
	}
	s.settle(ctx, run.found)
	return run.found, nil
}

// erasure is one run of Erase.
type erasure struct {
	service *Service
	order   Order
	now     time.Time

	found       Case
	held, again bool
	noted       bool
}

func (e *erasure) do(ctx context.Context, tx *db.Tx) error {
	e.held, e.again = false, false
	// A release that is being published must not bring the name back.
	if err := journal.Hold(ctx, tx); err != nil {
		return err
	}
	c, of, err := e.service.caseOf(ctx, tx, e.order)
	if err != nil {
		return err
	}
	e.found = c
	if _, is, err := held(ctx, tx, of, e.now); err != nil {
		return err
	} else if e.held = is; is {
		e.found.Why = OnHold
		return updateCase(ctx, tx, e.found)
	}
	outcomes, err := e.service.eraseFrom(ctx, tx, of)
	if err != nil {
		return err
	}
	if e.again = c.State == Done && gone(outcomes) == 0; e.again {
		return nil
	}
	return e.close(ctx, tx, outcomes)
}

func (e *erasure) close(ctx context.Context, tx *db.Tx, outcomes []people.Outcome) error {
	c := &e.found
	c.State, c.Why, c.ClosedBy, c.ClosedAt, c.Outcomes = Done, NoGround, e.order.By, e.now, outcomes
	if err := updateCase(ctx, tx, *c); err != nil {
		return err
	}
	if err := noted(ctx, tx, *c, "privacy.erased"); err != nil {
		return err
	}
	if err := outbox.Add(ctx, tx, e.now, Erased{c.ID}); err != nil {
		return err
	}
	e.noted = true
	return e.service.Book.Add(c.stone()) // last, so that the commit follows at once
}

// takeBack notes that an erasure which the book has did not happen.
func (e *erasure) takeBack() error {
	if !e.noted {
		return nil
	}
	stone := e.found.stone()
	stone.Void = true
	return e.service.Book.Add(stone)
}

// noted writes what was done with a case into the journal.
func noted(ctx context.Context, tx *db.Tx, c Case, action string) error {
	by, at := c.ClosedBy, c.ClosedAt
	if c.State == Open {
		by, at = c.OpenedBy, c.OpenedAt
	}
	actor := string(by)
	if actor == "" {
		actor = journal.System
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: at, Actor: actor, Action: action, Edition: string(c.Edition), Object: string(c.ID),
		Detail: map[string]any{"number": c.Number, "account": c.Account, "person": c.Person, "gone": c.Gone(), "ground": c.Why},
	})
}

// eraseFrom asks every keeper to erase.
func (s *Service) eraseFrom(ctx context.Context, tx *db.Tx, of people.Subject) ([]people.Outcome, error) {
	var all []people.Outcome
	for _, keeper := range s.Keepers {
		some, err := keeper.Erase(ctx, tx, known(of), s.Now())
		if err != nil {
			return nil, fmt.Errorf("erase from %s: %w", keeper.Name, err)
		}
		for _, one := range some {
			if one.Gone > 0 || one.Kept > 0 {
				all = append(all, one)
			}
		}
	}
	return all, nil
}

// caseOf returns the case of the subject that is open or done, or opens one,
// and the whole subject.
func (s *Service) caseOf(ctx context.Context, tx *db.Tx, o Order) (Case, people.Subject, error) {
	of, err := people.SubjectOf(ctx, tx, o.Subject)
	if err != nil {
		return Case{}, of, err
	}
	c, err := findCaseOf(ctx, tx, of)
	if !errors.Is(err, ErrNoCase) {
		return c, c.completes(of), err
	}
	if err := exists(ctx, tx, of); err != nil {
		return c, of, err
	}
	now := s.Now()
	c = Case{
		ID: id.Make[CaseID](), Account: of.Account, Person: of.Person, Edition: o.Edition, State: Open,
		OpenedBy: o.By, OpenedAt: now, DueAt: due(now),
	}
	if c.Number, err = insertCase(ctx, tx, c); err != nil {
		return c, of, err
	}
	return c, of, noted(ctx, tx, c, "privacy.case_opened")
}

// completes gives a subject the ids that the case has and an erasure has cut.
func (c Case) completes(of people.Subject) people.Subject {
	if of.Account == "" {
		of.Account = c.Account
	}
	if of.Person == "" {
		of.Person = c.Person
	}
	return of
}

// exists returns ErrNobody for a subject that is neither an account nor a person.
func exists(ctx context.Context, q db.Querier, of people.Subject) error {
	_, noAccount := people.FindAccount(ctx, q, of.Account)
	if noAccount == nil {
		return nil
	}
	if _, err := people.FindPerson(ctx, q, of.Person); !errors.Is(err, people.ErrNoPerson) {
		return err
	}
	if !errors.Is(noAccount, people.ErrNoAccount) {
		return noAccount
	}
	return ErrNobody
}

// settle takes what has been erased out of memory and out of the files. What
// does not work now is done by Scrub later.
func (s *Service) settle(ctx context.Context, c Case) {
	ctx = context.WithoutCancel(ctx)
	if err := s.Renew(ctx); err != nil {
		s.Log.ErrorContext(ctx, "erased data may still be in memory", "case", string(c.ID), "err", err)
	}
	if err := s.Scrub(ctx); err != nil {
		s.Log.ErrorContext(ctx, "erased data may still be in the files of the database", "case", string(c.ID), "err", err)
	}
}

// Scrub makes the files of the database anew if something was erased since they
// were made anew last.
func (s *Service) Scrub(ctx context.Context) error {
	n, err := unscrubbed(ctx, s.DB)
	if err != nil || n == 0 {
		return err
	}
	at := s.Now()
	if err := s.DB.Scrub(ctx); err != nil {
		return err
	}
	return markScrubbed(ctx, s.DB, at)
}

// Refuse closes a case without erasing, for a reason that the person is told.
func (s *Service) Refuse(ctx context.Context, by people.AccountID, of CaseID, why Ground) (c Case, err error) {
	now := s.Now()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if c, err = findCase(ctx, tx, of); err != nil {
			return err
		}
		if c.State != Open {
			return ErrClosed
		}
		c.State, c.Why, c.ClosedBy, c.ClosedAt = Refused, why, by, now
		if err := updateCase(ctx, tx, c); err != nil {
			return err
		}
		return noted(ctx, tx, c, "privacy.case_refused")
	})
	if err != nil {
		return c, fmt.Errorf("refuse case %s: %w", of, err)
	}
	return c, nil
}

// Case returns a case, or ErrNoCase.
func (s *Service) Case(ctx context.Context, of CaseID) (Case, error) { return findCase(ctx, s.DB, of) }

// Cases lists all cases, the open ones first, by when they are due.
func (s *Service) Cases(ctx context.Context) ([]Case, error) { return cases(ctx, s.DB) }

// CaseOf returns the latest case of a subject, or ErrNoCase.
func (s *Service) CaseOf(ctx context.Context, of people.Subject) (Case, error) {
	return findCaseOf(ctx, s.DB, of)
}

// Entries reads the journal for those who may; see journal.Entries.
func (s *Service) Entries(ctx context.Context, f journal.Filter) ([]journal.Entry, error) {
	return journal.Entries(ctx, s.DB, f)
}
