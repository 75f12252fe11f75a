package signup

import (
	"context"
	"errors"
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
	if err := c.Validate(); err != nil {
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
		if err := s.Guard.May(ctx, tx, rights.Deed{By: c.By, Action: rights.ManageSeats, Edition: of, Path: path}); err != nil {
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
		if err := c.Because(); err != nil {
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
		if err := c.Because(); err != nil {
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
		s = &Seat{Session: o.Session, Account: who, Edition: b.plan.Edition, Institution: b.employer(p), Since: b.now}
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

// Verdict is what the choice of a session's leader gives one applicant.
type Verdict string

// The verdicts.
const (
	Chosen  Verdict = "admit"   // a seat
	Reserve Verdict = "waiting" // a place on the waiting list
	Passed  Verdict = "no"      // nothing
)

// Decision is the verdict about one applicant for one session.
type Decision struct {
	Account people.AccountID
	Session programme.SessionID
	Needs   []admission.Need
	Verdict Verdict
}

// Announce decides a window by choice, in the transaction of what announces it:
// one decision after another in the order given, as far as there is room and the
// rules allow, and what stays free goes to those who wait. From then on the window
// gives places like any other. Who may do it, the caller has decided.
func (s *Service) Announce(ctx context.Context, tx *db.Tx, of edition.ID, window admission.WindowID, decisions []Decision) (outcomes []Outcome, err error) {
	err = s.within(ctx, tx, of, func(b *book) error {
		w := b.plan.Window(window)
		if w == nil {
			return admission.ErrNoWindow
		}
		for _, d := range decisions {
			outcome, err := b.announce(ctx, d)
			if err != nil {
				return fmt.Errorf("announce a decision about %s: %w", d.Session, err)
			}
			outcomes = append(outcomes, outcome)
		}
		if err := b.decided(ctx, *w); err != nil {
			return err
		}
		return b.promoteIn(ctx, admission.SessionsOf(b.plan.OffersIn(window)))
	})
	return outcomes, err
}

// within runs fn with the ledger held, in a transaction that somebody else ends.
func (s *Service) within(ctx context.Context, tx *db.Tx, of edition.ID, fn func(*book) error) error {
	b, err := openBook(ctx, tx, of, s)
	if err != nil {
		return err
	}
	if err := fn(b); err != nil {
		return err
	}
	tx.AfterCommit(func() {
		if s.Changed != nil {
			s.Changed(of)
		}
	})
	return b.close(ctx)
}

// decided writes that a window has decided. What follows in the transaction comes after it.
func (b *book) decided(ctx context.Context, w admission.Window) error {
	w.DecidedAt, w.UpdatedAt, w.Revision = b.now, b.now, w.Revision+1
	if err := admission.WriteWindow(ctx, b.tx, w); err != nil {
		return err
	}
	b.plan = b.plan.With(w)
	return renew(ctx, b.tx)
}

func (b *book) announce(ctx context.Context, d Decision) (Outcome, error) {
	o, err := b.offer(ctx, d.Session)
	if err != nil {
		return Outcome{}, err
	}
	p, err := b.person(ctx, d.Account)
	if err != nil {
		return Outcome{}, err
	}
	no := Outcome{Session: d.Session, State: Refused}
	switch had := p.seats[d.Session]; {
	case o == nil:
		no.Why = NoOffer
		return no, nil
	case had != nil && had.State.Present():
		return Outcome{Session: d.Session, State: had.State, Seq: had.Seq}, nil
	case !p.known || !p.listed:
		no.Why = NotListed
		return no, nil
	case d.Verdict == Passed:
		no.Why = NotChosen
		return b.refuse(p, Claim{}, no), nil
	}
	if no, err := b.allows(ctx, p, o, nil); err != nil || no.Why != "" {
		return b.refuse(p, Claim{}, no), err
	}
	seat := &Seat{Session: o.Session, Account: d.Account, Edition: b.plan.Edition, Needs: d.Needs, Institution: b.employer(p), Since: b.now}
	numbers, empty, ok := o.Choose(p.wants(seat))
	switch {
	case ok && d.Verdict == Chosen:
		return b.grant(ctx, p, o, seat, granting{numbers: numbers, event: Event{What: WasAdmitted}})
	case b.plan.Window(o.Window).Waiting:
		return b.enlist(p, o, seat, ""), nil
	}
	no.Why, no.Number = Full, empty
	return b.refuse(p, Claim{}, no), nil
}

// Turn is what changes at the door of a session.
type Turn struct {
	Session programme.SessionID
	Missed  []people.AccountID // lose their seats, because they have not come
	Came    []people.AccountID // stand at the door without a seat: they are asked in this order
	By      people.AccountID   // empty: nobody but the clock
}

// AtDoor frees the seats of those who have not come, and gives what is free to
// those at the door, as far as pools and rules allow, whatever the window says.
// It is done in the transaction of the caller, who has decided that it may be.
func (s *Service) AtDoor(ctx context.Context, tx *db.Tx, of edition.ID, t Turn) (missed int, came []Outcome, err error) {
	err = s.within(ctx, tx, of, func(b *book) error {
		o, err := b.offer(ctx, t.Session)
		if err != nil {
			return err
		}
		if o == nil {
			return ErrNoSession
		}
		for _, who := range t.Missed {
			p, seat, err := b.seat(ctx, who, t.Session)
			if errors.Is(err, ErrNoSeat) || err == nil && !seat.State.Takes() {
				continue // given back meanwhile
			}
			if err != nil {
				return err
			}
			if err := b.release(ctx, p, seat, Event{What: WasMissed, Actor: t.By}); err != nil {
				return err
			}
			missed++
		}
		for _, who := range t.Came {
			_, seat, err := b.seat(ctx, who, t.Session)
			if err != nil && !errors.Is(err, ErrNoSeat) {
				return err
			}
			if err == nil && seat.State.Takes() {
				continue
			}
			outcome, err := b.admit(ctx, o, who, Change{By: t.By})
			if err != nil {
				return err
			}
			came = append(came, outcome)
		}
		return nil
	})
	return missed, came, err
}

// ErrPosition is returned for a position that the waiting list has not.
var ErrPosition = errs.New(errs.Invalid, "signup.position")

// Spot is a position on the waiting list of a session, from 1, and who is to have it.
type Spot struct {
	Session  programme.SessionID
	Account  people.AccountID
	Position int
}

// Shift moves somebody on the waiting list to a position, for a reason.
func (s *Service) Shift(ctx context.Context, of edition.ID, c Change, spot Spot) error {
	err := s.managing(ctx, of, c, spot.Session, func(tx *db.Tx, b *book, o *admission.Offer) (journal.Entry, error) {
		e := journal.Entry{Action: "signup.line_shifted"}
		if err := c.Because(); err != nil {
			return e, err
		}
		_, seat, err := b.seat(ctx, spot.Account, spot.Session)
		if err != nil {
			return e, err
		}
		if seat.State != Waiting {
			return e, ErrNoSeat
		}
		if spot.Position < 1 || spot.Position > o.Waiting {
			return e, ErrPosition
		}
		if err := b.shift(ctx, seat, spot.Position); err != nil {
			return e, err
		}
		b.note(Event{Session: spot.Session, Account: spot.Account, What: WasShifted, Why: c.Reason, Number: int64(spot.Position), Actor: c.By})
		b.change(seat)
		return e, nil
	})
	if err != nil {
		return fmt.Errorf("move somebody on the waiting list of %s: %w", spot.Session, err)
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
