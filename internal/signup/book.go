package signup

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/lottery"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
)

// book is where the decisions of one transaction are taken. It holds the ledger,
// so nobody else changes a seat of this installation until the transaction ends;
// what it has read therefore stays true, and what it decides is written by flush
// in a few statements whatever their number.
type book struct {
	tx   *db.Tx
	plan *admission.Plan
	now  time.Time // of the database
	last Receipt   // given so far

	posted   Receipt // up to here decisions are in the seats
	unposted int     // how many may be left that are not

	offers map[programme.SessionID]*admission.Offer // with the counts of this transaction
	people map[people.AccountID]*person

	seats   []*Seat // changed, each once
	changed map[*Seat]bool
	taken   map[admission.PoolName]int  // how many more places of a pool
	waiting map[programme.SessionID]int // how many more wait
	events  []entry
	first   Receipt // of the transaction

	registered bool  // only participants of the edition can sign up, because it has a registration
	changes    int64 // of who takes part; see registration.Changes

	colleagues map[lottery.Colleague]int // with a seat, as far as they have been counted
}

// person is somebody who claims, with all that they have in this edition.
type person struct {
	account     people.AccountID
	known       bool // there is such an account
	listed      bool // takes part in the edition, where one must
	sector      people.Sector
	institution people.InstitutionID
	seats       map[programme.SessionID]*Seat
}

// openBook begins the decisions of one transaction, with all earlier ones posted.
func openBook(ctx context.Context, tx *db.Tx, of edition.ID, s *Service) (*book, error) {
	b, err := takeBook(ctx, tx, of, s)
	if err != nil {
		return nil, err
	}
	return b, b.post(ctx)
}

// takeBook takes the ledger, and what it says of the plan. The time is asked for
// once it is held.
func takeBook(ctx context.Context, tx *db.Tx, of edition.ID, s *Service) (*book, error) {
	l, err := lock(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("take the ledger: %w", err)
	}
	b := &book{
		tx: tx, last: l.last, first: l.last + 1, posted: l.posted,
		offers: map[programme.SessionID]*admission.Offer{}, people: map[people.AccountID]*person{}, changed: map[*Seat]bool{},
		taken: map[admission.PoolName]int{}, waiting: map[programme.SessionID]int{},
		colleagues: map[lottery.Colleague]int{},
	}
	if b.now, err = s.clock(ctx, tx); err != nil {
		return nil, err
	}
	if b.changes, b.registered, err = registration.Changes(ctx, tx, of); err != nil {
		return nil, fmt.Errorf("ask who takes part: %w", err)
	}
	b.plan, err = s.planAt(ctx, tx, of, l.revision)
	return b, err
}

// close writes what was decided, and promises what follows from it.
func (b *book) close(ctx context.Context) error {
	if err := b.flush(ctx); err != nil {
		return err
	}
	if int(b.last-b.posted) > b.unposted {
		if err := b.post(ctx); err != nil {
			return err
		}
	}
	if b.last < b.first {
		return nil
	}
	if err := advance(ctx, b.tx, b.last); err != nil {
		return fmt.Errorf("advance the ledger: %w", err)
	}
	after := lettersAfter
	if b.unposted > 0 {
		after = lettersAfterCrowd
	}
	return outbox.AddAt(ctx, b.tx, b.now.Add(after), Decided{b.first, b.last})
}

// post posts the decisions that have been written.
func (b *book) post(ctx context.Context) error {
	written := b.last - Receipt(len(b.events))
	if b.posted == written {
		return nil
	}
	b.posted = written
	return post(ctx, b.tx, written)
}

// Letters about decisions are kept out of the rush in which most of them are taken.
const (
	lettersAfter      = 5 * time.Second
	lettersAfterCrowd = 20 * time.Second
)

// offer returns a session with its counts as they are in this transaction, or nil.
func (b *book) offer(ctx context.Context, session programme.SessionID) (*admission.Offer, error) {
	if o, ok := b.offers[session]; ok {
		return o, nil
	}
	if err := b.loadOffers(ctx, []programme.SessionID{session}); err != nil {
		return nil, err
	}
	return b.offers[session], nil
}

// loadOffers reads the counts of sessions that have not been read yet.
func (b *book) loadOffers(ctx context.Context, sessions []programme.SessionID) error {
	var missing []programme.SessionID
	for _, session := range sessions {
		if _, ok := b.offers[session]; ok {
			continue
		}
		planned, _ := b.plan.Offer(session)
		if planned == nil {
			b.offers[session] = nil
			continue
		}
		fresh := *planned
		fresh.Pools = slices.Clone(planned.Pools)
		b.offers[session] = &fresh
		missing = append(missing, session)
	}
	for part := range slices.Chunk(missing, mostAtOnce) {
		if err := admission.ReadCounts(ctx, b.tx, part, b.offers); err != nil {
			return fmt.Errorf("read how many places are taken: %w", err)
		}
	}
	return nil
}

// person returns somebody with all that they have in this edition.
func (b *book) person(ctx context.Context, account people.AccountID) (*person, error) {
	if p, ok := b.people[account]; ok {
		return p, nil
	}
	if err := b.loadPeople(ctx, []people.AccountID{account}); err != nil {
		return nil, err
	}
	return b.people[account], nil
}

func (b *book) loadPeople(ctx context.Context, accounts []people.AccountID) error {
	var missing []people.AccountID
	for _, account := range accounts {
		if b.people[account] == nil {
			b.people[account] = &person{account: account, seats: map[programme.SessionID]*Seat{}}
			missing = append(missing, account)
		}
	}
	for part := range slices.Chunk(missing, mostAtOnce) {
		if err := b.readPeople(ctx, part); err != nil {
			return fmt.Errorf("read who claims: %w", err)
		}
		if err := readSeats(ctx, b.tx, b.plan.Edition, part, b.people); err != nil {
			return fmt.Errorf("read their seats: %w", err)
		}
	}
	return nil
}

// full reads what readSeats leaves out of a seat. Who changes one asks for it first.
func (b *book) full(ctx context.Context, s *Seat) error {
	if !s.part {
		return nil
	}
	whole, err := findSeat(ctx, b.tx, s.Account, s.Session)
	if err != nil {
		return fmt.Errorf("read a seat: %w", err)
	}
	*s = whole
	return nil
}

// note gives the next sequence number to an event.
func (b *book) note(e Event) Receipt {
	b.last++
	e.Seq, e.At, e.Edition = b.last, b.now, b.plan.Edition
	b.events = append(b.events, entry{Event: e})
	return b.last
}

// change notes that a seat is to be written.
func (b *book) change(s *Seat) {
	if !b.changed[s] {
		b.changed[s] = true
		b.seats = append(b.seats, s)
	}
}

// forget takes a seat out of what is to be written, because another stands for it.
func (b *book) forget(s *Seat) {
	if s != nil && b.changed[s] {
		delete(b.changed, s)
		b.seats = slices.DeleteFunc(b.seats, func(one *Seat) bool { return one == s })
	}
}

// of counts the people of an institution who have a seat in a session.
func (b *book) of(ctx context.Context, name lottery.Colleague) (int, error) {
	if n, ok := b.colleagues[name]; ok {
		return n, nil
	}
	if err := b.flush(ctx); err != nil { // those of this transaction count
		return 0, err
	}
	n, err := colleagues(ctx, b.tx, name.Session, name.Institution)
	b.colleagues[name] = n
	return n, err
}

// joins counts one more, or one less, where they are counted.
func (b *book) joins(s *Seat, by int) {
	name := lottery.Colleague{Session: s.Session, Institution: s.Institution}
	if n, ok := b.colleagues[name]; ok {
		b.colleagues[name] = n + by
	}
}

// take counts places of pools as taken, for the rest of the transaction and in flush.
func (b *book) take(o *admission.Offer, numbers []int, by int) {
	for _, number := range numbers {
		if p := o.Pool(number); p != nil {
			p.Taken += by
			b.taken[admission.PoolName{Session: o.Session, Number: number}] += by
		}
	}
}

// line counts people on the waiting list.
func (b *book) line(o *admission.Offer, by int) {
	o.Waiting += by
	b.waiting[o.Session] += by
}

// flush writes what has been decided so far, so that what follows in the same
// transaction finds it in the database. A pool's places are taken by a condition
// in the statement, so that no fault of this code can give out more than there are.
func (b *book) flush(ctx context.Context) error {
	if err := b.flushCounts(ctx); err != nil {
		return fmt.Errorf("count places: %w", err)
	}
	rest, again := b.unsaid()
	if again { // what is written over must be there
		if err := b.post(ctx); err != nil {
			return err
		}
	}
	if err := writeSeats(ctx, b.tx, rest); err != nil {
		return fmt.Errorf("write seats: %w", err)
	}
	for _, s := range b.seats {
		s.fresh = false
	}
	b.seats = b.seats[:0]
	clear(b.changed)
	if err := writeEvents(ctx, b.tx, b.events); err != nil {
		return fmt.Errorf("write decisions: %w", err)
	}
	b.events = b.events[:0]
	return nil
}

// unsaid are the seats of which their decisions do not say everything, and whether
// any of them has been written before.
func (b *book) unsaid() (rest []*Seat, again bool) {
	for _, s := range b.seats {
		e := int(s.Seq - b.last + Receipt(len(b.events)) - 1)
		if s.plain() && e >= 0 && b.events[e].plain() {
			b.events[e].seat = s
			continue
		}
		rest, again = append(rest, s), again || !s.fresh
	}
	return rest, again
}

func (b *book) flushCounts(ctx context.Context) error {
	pools := make([]admission.PoolCount, 0, len(b.taken))
	for name, by := range b.taken {
		if by != 0 {
			pools = append(pools, admission.PoolCount{PoolName: name, By: by})
		}
	}
	lines := make([]admission.LineCount, 0, len(b.waiting))
	for session, by := range b.waiting {
		if by != 0 {
			lines = append(lines, admission.LineCount{Session: session, By: by})
		}
	}
	clear(b.taken)
	clear(b.waiting)
	if err := admission.CountPools(ctx, b.tx, pools); err != nil {
		return err
	}
	return admission.CountLines(ctx, b.tx, lines)
}
