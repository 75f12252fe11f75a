package signup

import (
	"context"
	"fmt"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// managing runs fn for whoever may manage the seats of a session.
func (s *Service) managing(ctx context.Context, of edition.ID, c Change, session programme.SessionID, fn func(*db.Tx, *book, *admission.Offer) (journal.Entry, error)) error {
	if err := c.validate(); err != nil {
		return err
	}
	return s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		o, err := b.offer(ctx, session)
		if err != nil {
			return err
		}
		if o == nil {
			return ErrNoSession
		}
		n, err := programme.FindSession(ctx, tx, session)
		if err != nil {
			return err
		}
		path := func(t rights.Tree) []rights.Node { return t.Session(session, n.Block, n.Stage) }
		if err := s.guard(ctx, tx, c.By, rights.ManageSeats, path, of); err != nil {
			return err
		}
		e, err := fn(tx, b, o)
		if err != nil {
			return err
		}
		e.At, e.Actor, e.Edition, e.Object, e.Reason = s.now(), string(c.By), string(of), string(session), c.Reason
		return journal.Write(ctx, tx, e)
	})
}

// Remove takes somebody's seat, or place on the waiting list, away, for a reason.
func (s *Service) Remove(ctx context.Context, of edition.ID, c Change, session programme.SessionID, who people.AccountID) error {
	err := s.managing(ctx, of, c, session, func(_ *db.Tx, b *book, _ *admission.Offer) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.seat_removed"}
		if err := c.because(); err != nil {
			return e, err
		}
		p, seat, err := b.seat(ctx, who, session)
		if err != nil {
			return e, err
		}
		return e, b.release(ctx, p, seat, Event{What: WasRemoved, Why: c.Reason, Actor: c.By})
	})
	if err != nil {
		return fmt.Errorf("remove somebody from %s: %w", session, err)
	}
	return nil
}

// Admit gives somebody a seat past the window and the line, for a reason: by the
// choice of a session's leader, or because the organisers will have it so. Pools
// and rules hold; what stands in the way is said by the outcome.
func (s *Service) Admit(ctx context.Context, of edition.ID, c Change, session programme.SessionID, who people.AccountID) (no Outcome, err error) {
	err = s.managing(ctx, of, c, session, func(_ *db.Tx, b *book, o *admission.Offer) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.seat_given"}
		if err := c.because(); err != nil {
			return e, err
		}
		no, err = b.admit(ctx, o, who, c)
		return e, err
	})
	if err != nil {
		return no, fmt.Errorf("admit somebody to %s: %w", session, err)
	}
	return no, nil
}

func (b *book) admit(ctx context.Context, o *admission.Offer, who people.AccountID, c Change) (Outcome, error) {
	p, err := b.person(ctx, who)
	if err != nil {
		return Outcome{}, err
	}
	s := p.seats[o.Session]
	switch {
	case !p.known || !p.listed:
		return Outcome{Session: o.Session, State: Refused, Why: NotListed}, nil
	case s != nil && s.State.Takes():
		return Outcome{Session: o.Session, State: s.State, Seq: s.Seq}, nil
	case s == nil || !s.State.Present():
		s = &Seat{Session: o.Session, Account: who, Edition: b.plan.Edition, Institution: p.institution, Since: b.now}
	default:
		if err := b.full(ctx, s); err != nil {
			return Outcome{}, err
		}
	}
	if no, err := b.allows(ctx, p, o, p.seats[s.Instead]); err != nil || no.Why != "" {
		return no, err
	}
	numbers, empty, ok := o.Choose(p.wants(s))
	if !ok {
		return Outcome{Session: o.Session, State: Refused, Why: Full, Number: empty}, nil
	}
	return b.grant(ctx, p, o, s, granting{numbers: numbers, event: Event{What: WasAdmitted, Why: c.Reason, Actor: c.By}})
}

// Decision is what the choice of a session's leader gives one applicant.
type Decision struct {
	Account  people.AccountID
	Needs    []admission.Need
	Admitted bool // otherwise they wait, in the order of the list
}

// Announce gives the seats of a session by choice, in the transaction of what
// announces it: those admitted first, as far as there is room, then the waiting
// list. Who may do it, the caller has decided.
func (s *Service) Announce(ctx context.Context, tx *db.Tx, of edition.ID, session programme.SessionID, decisions []Decision) ([]Outcome, error) {
	b, err := openBook(ctx, tx, of, s)
	if err != nil {
		return nil, err
	}
	o, err := b.offer(ctx, session)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, ErrNoSession
	}
	var outcomes []Outcome
	for _, admitted := range []bool{true, false} {
		for _, d := range decisions {
			if d.Admitted != admitted {
				continue
			}
			outcome, err := b.announce(ctx, o, d)
			if err != nil {
				return nil, err
			}
			outcomes = append(outcomes, outcome)
		}
	}
	tx.AfterCommit(func() {
		if s.Changed != nil {
			s.Changed(of)
		}
	})
	return outcomes, b.close(ctx)
}

func (b *book) announce(ctx context.Context, o *admission.Offer, d Decision) (Outcome, error) {
	p, err := b.person(ctx, d.Account)
	if err != nil {
		return Outcome{}, err
	}
	if had := p.seats[o.Session]; had != nil && had.State.Present() {
		return Outcome{Session: o.Session, State: had.State, Seq: had.Seq}, nil
	}
	if !p.known || !p.listed {
		return Outcome{Session: o.Session, State: Refused, Why: NotListed}, nil
	}
	if no, err := b.allows(ctx, p, o, nil); err != nil || no.Why != "" {
		return b.refuse(p, Claim{}, no), err
	}
	seat := &Seat{Session: o.Session, Account: d.Account, Edition: b.plan.Edition, Needs: d.Needs, Institution: p.institution, Since: b.now}
	numbers, empty, ok := o.Choose(p.wants(seat))
	switch {
	case ok && d.Admitted:
		return b.grant(ctx, p, o, seat, granting{numbers: numbers, event: Event{What: WasAdmitted}})
	case b.plan.Window(o.Window).Waiting:
		return b.enlist(p, o, seat, ""), nil
	}
	return b.refuse(p, Claim{}, Outcome{Session: o.Session, Why: Full, Number: empty}), nil
}

// ErrPosition is returned for a position that the waiting list has not.
var ErrPosition = errs.New(errs.Invalid, "signup.position")

// Shift moves somebody on the waiting list to a position, from 1, for a reason.
func (s *Service) Shift(ctx context.Context, of edition.ID, c Change, session programme.SessionID, who people.AccountID, to int) error {
	err := s.managing(ctx, of, c, session, func(tx *db.Tx, b *book, o *admission.Offer) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.line_shifted"}
		if err := c.because(); err != nil {
			return e, err
		}
		_, seat, err := b.seat(ctx, who, session)
		if err != nil {
			return e, err
		}
		if seat.State != Waiting {
			return e, ErrNoSeat
		}
		if to < 1 || to > o.Waiting {
			return e, ErrPosition
		}
		if err := b.shift(ctx, seat, to); err != nil {
			return e, err
		}
		b.note(Event{Session: session, Account: who, What: WasShifted, Why: c.Reason, Number: int64(to), Actor: c.By})
		b.change(seat)
		return e, nil
	})
	if err != nil {
		return fmt.Errorf("move somebody on the waiting list of %s: %w", session, err)
	}
	return nil
}

// shift puts a seat between those at the position and in front of it.
func (b *book) shift(ctx context.Context, seat *Seat, to int) error {
	line, err := lineOf(ctx, b.tx, seat.Session)
	if err != nil {
		return err
	}
	others := line[:0]
	for _, one := range line {
		if one.account != seat.Account {
			others = append(others, one)
		}
	}
	var before, after int64
	if to > 1 {
		before = others[to-2].inLine
	}
	after = before + 2*lineStep
	if to-1 < len(others) {
		after = others[to-1].inLine
	}
	if after-before > 1 {
		seat.InLine = before + (after-before)/2
		return nil
	}
	// No room between the two: everybody who waits gets a new place, with the same order.
	for i, one := range others {
		inLine := int64(i+1) * lineStep
		if i >= to-1 {
			inLine += lineStep
		}
		if err := writeLine(ctx, b.tx, seat.Session, one.account, inLine); err != nil {
			return err
		}
		if p := b.people[one.account]; p != nil {
			p.seats[seat.Session].InLine = inLine
		}
	}
	seat.InLine = int64(to) * lineStep
	return nil
}
