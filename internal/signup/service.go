package signup

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
)

// Doors says which browsers are still signed in.
type Doors interface {
	// Alive returns the accounts of those of sums, the sums of sessions' tokens, that are still alive.
	Alive(ctx context.Context, q db.Querier, sums []string) (map[string]people.AccountID, error)
}

// Service gives out seats. It is safe for any number of goroutines; of several
// instances over one database, that database is the judge.
type Service struct {
	db  *db.DB
	now func() time.Time // for what is no matter of seats: when settings were saved

	// Doors is asked about the session of each claim, in its transaction; nobody is when nil.
	Doors Doors
	// Changed is told after each commit that seats of an edition may have changed. It must not wait.
	Changed func(edition.ID)
	// Clock judges when a window opens; the database's own clock when nil.
	Clock func(ctx context.Context, q db.Querier) (time.Time, error)

	// Guard says in each transaction that changes what has been set whether By may do the action at a place in the
	// tree; nobody is asked when nil.
	Guard rights.Guard

	queue  queue
	memory memory
	plans  struct {
		sync.RWMutex
		of map[edition.ID]*admission.Plan
	}
}

// NewService returns a Service over d.
func NewService(d *db.DB, now func() time.Time) *Service {
	s := &Service{db: d, now: now}
	s.plans.of = map[edition.ID]*admission.Plan{}
	s.queue.crowd, s.queue.most = crowd, unposted
	return s
}

func (s *Service) clock(ctx context.Context, q db.Querier) (time.Time, error) {
	if s.Clock != nil {
		return s.Clock(ctx, q)
	}
	return db.Clock(ctx, q)
}

// Time is the time by which windows open and close.
func (s *Service) Time(ctx context.Context) (time.Time, error) { return s.clock(ctx, s.db) }

// planAt returns the plan of a revision, which is kept until there is another.
func (s *Service) planAt(ctx context.Context, q db.Querier, of edition.ID, revision int64) (*admission.Plan, error) {
	s.plans.RLock()
	p := s.plans.of[of]
	s.plans.RUnlock()
	if p != nil && p.Revision == revision {
		return p, nil
	}
	p, err := admission.LoadPlan(ctx, q, of, revision)
	if err != nil {
		return nil, err
	}
	s.plans.Lock()
	defer s.plans.Unlock()
	if kept := s.plans.of[of]; kept == nil || kept.Revision < p.Revision {
		s.plans.of[of] = p
	}
	return p, nil
}

// Plan returns what has been set for the sign-ups of an edition.
func (s *Service) Plan(ctx context.Context, of edition.ID) (*admission.Plan, error) {
	_, n, err := Progress(ctx, s.db)
	if err != nil {
		return nil, fmt.Errorf("find the plan of sign-ups: %w", err)
	}
	return s.planAt(ctx, s.db, of, n)
}

// LastPlan returns the plan of an edition as it was last used, without asking the
// database: for what need not be the newest, such as which session an address
// names. Claims are decided by the newest one.
func (s *Service) LastPlan(ctx context.Context, of edition.ID) (*admission.Plan, error) {
	s.plans.RLock()
	p := s.plans.of[of]
	s.plans.RUnlock()
	if p != nil {
		return p, nil
	}
	return s.Plan(ctx, of)
}

// inBook runs fn with the ledger held, and writes what it decided.
func (s *Service) inBook(ctx context.Context, of edition.ID, fn func(tx *db.Tx, b *book) error) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		b, err := openBook(ctx, tx, of, s)
		if err != nil {
			return err
		}
		if err := fn(tx, b); err != nil {
			return err
		}
		return b.close(ctx)
	})
	if err == nil && s.Changed != nil {
		s.Changed(of)
	}
	return err
}

// Take decides a claim, and returns once the decision is on disk. The same
// request, told by its key, gets the same answer however often it is sent; who
// has the seat already is told so, with the receipt they got then.
//
// A seat that cannot be given is no error: each Outcome says what became of it.
func (s *Service) Take(ctx context.Context, of edition.ID, c Claim) (Answer, error) {
	if !id.ValidRequest(c.Key) || len(c.Wishes) > mostWishes {
		return Answer{}, ErrKey
	}
	c.Wishes = slices.Clone(c.Wishes) // whoever stops waiting may use theirs again
	for i, w := range c.Wishes {
		c.Wishes[i].Needs = slices.Compact(slices.Sorted(slices.Values(w.Needs)))
		for _, n := range w.Needs {
			if !slices.Contains(admission.Needs, n) {
				return Answer{}, ErrKey
			}
		}
	}
	answer, err := s.join(ctx, &ticket{edition: of, claim: c})
	if err != nil {
		return answer, fmt.Errorf("claim: %w", err)
	}
	return answer, nil
}

// Leave gives a seat, or a place on the waiting list, back. What becomes free
// goes to whoever waits first, in the same transaction.
func (s *Service) Leave(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error {
	err := s.inBook(ctx, of, func(_ *db.Tx, b *book) error {
		p, seat, err := b.seat(ctx, who, session)
		if err != nil {
			return err
		}
		what := WasLeft
		if seat.State == Offered {
			what = WasDeclined
		}
		return b.release(ctx, p, seat, Event{What: what})
	})
	if err != nil {
		return fmt.Errorf("leave %s: %w", session, err)
	}
	return nil
}

// seat finds what somebody has of a session, or ErrNoSeat.
func (b *book) seat(ctx context.Context, who people.AccountID, session programme.SessionID) (*person, *Seat, error) {
	p, err := b.person(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	s := p.seats[session]
	if s == nil || !s.State.Present() {
		return nil, nil, ErrNoSeat
	}
	return p, s, b.full(ctx, s)
}

// LeaveAll gives back everything that somebody has in an edition, because they
// do not take part in it any more.
func (s *Service) LeaveAll(ctx context.Context, of edition.ID, who people.AccountID) error {
	err := s.inBook(ctx, of, func(_ *db.Tx, b *book) error { return b.leaveAll(ctx, who, WasLeft) })
	if err != nil {
		return fmt.Errorf("leave everything: %w", err)
	}
	return nil
}

func (b *book) leaveAll(ctx context.Context, who people.AccountID, what What) error {
	p, err := b.person(ctx, who)
	if err != nil {
		return err
	}
	all := p.ordered()
	for _, waits := range []bool{true, false} { // first what would else be given because of what is left
		for _, seat := range all {
			if !seat.State.Present() || waits != (seat.State == Waiting) {
				continue
			}
			if err := b.release(ctx, p, seat, Event{What: what}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Accept takes a seat that was kept for somebody, or returns ErrNoSeat.
func (s *Service) Accept(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error {
	err := s.inBook(ctx, of, func(_ *db.Tx, b *book) error {
		p, seat, err := b.seat(ctx, who, session)
		if err != nil {
			return err
		}
		if seat.State != Offered || !b.now.Before(seat.Until) {
			return ErrNoSeat
		}
		b.accept(seat, "")
		return b.settle(ctx, p, seat)
	})
	if err != nil {
		return fmt.Errorf("accept a seat of %s: %w", session, err)
	}
	return nil
}

// Keep notes that somebody stays with a session although it has moved, or
// returns ErrNoSeat; ErrClash while they hold another at the new hours.
func (s *Service) Keep(ctx context.Context, of edition.ID, who people.AccountID, session programme.SessionID) error {
	err := s.inBook(ctx, of, func(_ *db.Tx, b *book) error {
		p, seat, err := b.seat(ctx, who, session)
		if err != nil {
			return err
		}
		if seat.MovedAt.IsZero() {
			return nil
		}
		if seat.State.Takes() && b.clashOf(p, session) != "" {
			return ErrClash
		}
		seat.MovedAt = time.Time{}
		b.note(Event{Session: session, Account: who, What: WasKept})
		b.change(seat)
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep a seat of %s: %w", session, err)
	}
	return nil
}

// Look does what was promised for a time: it gives an offer that nobody has
// answered to the next in line, and lets a window decide that is due.
func (s *Service) Look(ctx context.Context, d Due) error {
	if d.Window != "" {
		return s.Decide(ctx, d.Window)
	}
	of, err := admission.EditionOf(ctx, s.db, d.Session)
	if err != nil {
		return fmt.Errorf("find the edition of %s: %w", d.Session, err)
	}
	err = s.inBook(ctx, of, func(_ *db.Tx, b *book) error {
		p, err := b.person(ctx, d.Account)
		if err != nil {
			return err
		}
		seat := p.seats[d.Session]
		if seat == nil || seat.State != Offered {
			return nil // answered meanwhile
		}
		if err := b.full(ctx, seat); err != nil {
			return err
		}
		if b.now.Before(seat.Until) { // the clock of who asked is ahead
			return outbox.AddAt(ctx, b.tx, s.notBefore(seat.Until), d)
		}
		return b.release(ctx, p, seat, Event{What: WasExpired})
	})
	if err != nil {
		return fmt.Errorf("look after an offer of %s: %w", d.Session, err)
	}
	return nil
}

// notBefore puts off what this instance has taken up too early by its own clock.
func (s *Service) notBefore(at time.Time) time.Time {
	if soon := s.now().Add(time.Second); soon.After(at) {
		return soon
	}
	return at
}
