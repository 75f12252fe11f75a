package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Service keeps who takes part.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Settings returns the rules of an edition's registration; those of Revision 0
// where there is none.
func (s *Service) Settings(ctx context.Context, of edition.ID) (Settings, error) {
	return FindSettings(ctx, s.db, of)
}

// SaveSettings writes the rules of registration. Without a clause that tells
// people about their data there can be none. Seats may be fewer than are taken:
// nobody loses theirs. A revision that is no longer the last is ErrChanged.
func (s *Service) SaveSettings(ctx context.Context, by people.AccountID, set Settings) (Settings, error) {
	if err := set.Validate(); err != nil {
		return set, err
	}
	set.UpdatedAt, set.Revision = s.now(), set.Revision+1
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if told, err := informing(ctx, tx, set.Edition); err != nil {
			return err
		} else if len(told) == 0 {
			var wrong errs.Problems
			wrong.Add("opens_on", "registration.clause_missing")
			return wrong.Err()
		}
		if err := writeSettings(ctx, tx, set); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: set.UpdatedAt, Actor: string(by), Action: "registration.settings_saved", Edition: string(set.Edition),
			Object: string(set.Edition),
		})
	})
	if err != nil {
		return set, fmt.Errorf("save settings of registration: %w", err)
	}
	return set, nil
}

// informing lists the clauses that people read before they register.
func informing(ctx context.Context, q db.Querier, of edition.ID) ([]consent.Clause, error) {
	all, err := consent.Clauses(ctx, q, of)
	return consent.Shown(all, consent.AtRegistration, consent.Information), err
}

// Mine is all that somebody sees of their own registration.
type Mine struct {
	Participant
	Needs Needs
	Given []consent.Given
}

// Mine returns the registration of an account, cancelled or not, or
// ErrNotRegistered.
func (s *Service) Mine(ctx context.Context, account people.AccountID, in edition.ID) (m Mine, err error) {
	if m.Participant, err = findOwn(ctx, s.db, account, in); err != nil {
		return m, err
	}
	if m.Needs, err = findNeeds(ctx, s.db, m.ID); err != nil {
		return m, err
	}
	m.Given, err = consent.Of(ctx, s.db, account, in)
	return m, err
}

// Register puts the account on the list of an edition, or back on it, with the
// consents that were ticked, and promises the confirmation. Of any number of
// people who ask for the last seat, one gets it: claimSeat decides. Who is on the
// list already gets ErrAlready; who read words that have changed since,
// consent.ErrNewWords.
func (s *Service) Register(ctx context.Context, account people.AccountID, in edition.ID, e Entry) (Participant, error) {
	now := s.now()
	fresh := Participant{
		ID: id.Make[ID](), Edition: in, Account: account, State: Registered, RegisteredAt: now, Revision: 1, UpdatedAt: now,
	}
	var p Participant
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		p, err = s.register(ctx, tx, fresh, e)
		return err
	})
	if errors.Is(err, db.ErrExists) {
		err = ErrAlready // the same form, sent twice at once
	}
	if err != nil {
		return p, fmt.Errorf("register for %s: %w", in, err)
	}
	return p, nil
}

func (s *Service) register(ctx context.Context, tx *db.Tx, p Participant, e Entry) (Participant, error) {
	set, err := s.admit(ctx, tx, p.Edition, e)
	if err != nil {
		return p, err
	}
	write := insertParticipant
	switch before, err := findOwn(ctx, tx, p.Account, p.Edition); {
	case err == nil && before.State == Registered:
		return p, ErrAlready
	case err == nil: // back again
		p.ID, p.Revision, write = before.ID, before.Revision+1, updateParticipant
	case !errors.Is(err, ErrNotRegistered):
		return p, err
	}
	if err := set.Admit(p.UpdatedAt, e.Form); err != nil {
		return p, err
	}
	if p, err = fill(ctx, tx, p, e); err != nil {
		return p, err
	}
	p.Told = e.Told
	if err := claimSeat(ctx, tx, p); err != nil {
		return p, err
	}
	if err := write(ctx, tx, p); err != nil {
		return p, err
	}
	if err := consent.Give(ctx, tx, people.Change{By: p.Account, At: p.UpdatedAt}, e.Consents); err != nil {
		return p, err
	}
	return p, promise(ctx, tx, p, EventMade)
}

// admit reads the settings and holds the entry to the edition and to the words
// that stand there now.
func (s *Service) admit(ctx context.Context, tx *db.Tx, in edition.ID, e Entry) (Settings, error) {
	of, err := edition.ByID(ctx, tx, in)
	if err != nil {
		return Settings{}, err
	}
	set, err := FindSettings(ctx, tx, in)
	if err != nil {
		return set, err
	}
	if set.Revision == 0 {
		return set, ErrOff
	}
	if err := e.validate(of.Form); err != nil {
		return set, err
	}
	all, err := consent.Clauses(ctx, tx, in)
	if err != nil {
		return set, err
	}
	for _, c := range consent.Shown(all, consent.AtRegistration, consent.Information) {
		if e.Revision == 0 && !slices.Contains(e.Told, consent.Answer{Clause: c.ID, Version: c.Version}) {
			return set, consent.ErrNewWords
		}
	}
	for _, a := range e.Consents { // clauses of this edition alone
		if !slices.ContainsFunc(all, func(c consent.Clause) bool { return c.ID == a.Clause && c.Place == consent.AtRegistration }) {
			return set, consent.ErrNoClause
		}
	}
	return set, nil
}

// fill puts what was typed into p. An institution that the register has by this
// name is noted as that one.
func fill(ctx context.Context, q db.Querier, p Participant, e Entry) (Participant, error) {
	p.Form, p.Badge, p.Affiliation, p.City, p.Sector = e.Form, e.Badge, e.Affiliation, e.City, e.Sector
	p.Institution = ""
	if e.Affiliation == "" {
		return p, nil
	}
	all, err := people.Institutions(ctx, q)
	if err != nil {
		return p, err
	}
	typed := text.Fold(e.Affiliation)
	for _, i := range all {
		if i.Home == "" && slices.Contains([]string{text.Fold(i.Name.PL), text.Fold(i.Name.EN), text.Fold(i.Short)}, typed) {
			p.Institution = i.ID
			if p.Sector == "" {
				p.Sector = i.Sector
			}
			break
		}
	}
	return p, nil
}

// Change writes what somebody says of themselves anew. To take part in another
// form registration must be open, with a seat; a revision that is no longer the
// last is ErrChanged.
func (s *Service) Change(ctx context.Context, account people.AccountID, in edition.ID, e Entry) (Participant, error) {
	var p Participant
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := present(ctx, tx, account, in)
		if err != nil {
			return err
		}
		e.Revision = max(e.Revision, 1)
		set, err := s.admit(ctx, tx, in, e)
		if err != nil {
			return err
		}
		if p, err = fill(ctx, tx, before, e); err != nil {
			return err
		}
		p.Revision, p.UpdatedAt = e.Revision+1, s.now()
		if p.Form != before.Form {
			if err := set.Admit(p.UpdatedAt, p.Form); err != nil {
				return err
			}
			if err := errors.Join(releaseSeat(ctx, tx, before), claimSeat(ctx, tx, p)); err != nil {
				return err
			}
		}
		if err := updateParticipant(ctx, tx, p); err != nil {
			return err
		}
		return promise(ctx, tx, p, EventChanged)
	})
	if err != nil {
		return p, fmt.Errorf("change registration for %s: %w", in, err)
	}
	return p, nil
}

// Cancel takes the account off the list, frees its seat and forgets what it
// needed. It may come back while there are seats.
func (s *Service) Cancel(ctx context.Context, account people.AccountID, in edition.ID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		p, err := present(ctx, tx, account, in)
		if err != nil {
			return err
		}
		p.State, p.CancelledAt, p.UpdatedAt, p.Revision = Cancelled, s.now(), s.now(), p.Revision+1
		if err := updateParticipant(ctx, tx, p); err != nil {
			return err
		}
		if err := releaseSeat(ctx, tx, p); err != nil {
			return err
		}
		if err := s.endUse(ctx, tx, p, consent.Needs); err != nil {
			return err
		}
		return promise(ctx, tx, p, EventCancelled)
	})
	if err != nil {
		return fmt.Errorf("cancel registration for %s: %w", in, err)
	}
	return nil
}

// present returns the registration of somebody who is on the list, or
// ErrNotRegistered.
func present(ctx context.Context, q db.Querier, account people.AccountID, in edition.ID) (Participant, error) {
	p, err := findOwn(ctx, q, account, in)
	if err == nil && p.State != Registered {
		return p, ErrNotRegistered
	}
	return p, err
}

// promise writes what happened into the journal and promises the letter.
func promise(ctx context.Context, tx *db.Tx, p Participant, what string) error {
	event := Event{What: what, Participant: p.ID, Edition: p.Edition, Account: p.Account, Revision: p.Revision}
	if err := outbox.Add(ctx, tx, p.UpdatedAt, event); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: p.UpdatedAt, Actor: string(p.Account), Action: what, Edition: string(p.Edition), Object: string(p.ID),
		Detail: map[string]any{"form": p.Form},
	})
}
