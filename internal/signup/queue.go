package signup

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// queue lets claims that wait for the database wait together: while one
// transaction is being written the next batch gathers, and all of it is decided
// in one transaction, in the order of arrival. Nobody is answered before their
// transaction is on disk, and nobody waits for company unless there is a crowd.
type queue struct {
	mu      sync.Mutex
	waiting []*ticket
	running bool
	crowd   int // a batch of so many is one of a crowd
	most    int // how many decisions of a crowd may be left unposted
}

// ticket is a claim that waits for its answer.
type ticket struct {
	edition edition.ID
	claim   Claim
	answer  Answer
	err     error
	done    chan struct{}
}

// How many claims are decided in one transaction, and how many may wait.
const (
	batchSize = 512
	queueSize = 100_000
)

// join puts a ticket into the queue and waits for its answer. Whoever stops
// waiting has claimed all the same.
func (s *Service) join(ctx context.Context, t *ticket) (Answer, error) {
	t.done = make(chan struct{})
	q := &s.queue
	q.mu.Lock()
	if len(q.waiting) >= queueSize {
		q.mu.Unlock()
		return Answer{}, ErrBusy
	}
	q.waiting = append(q.waiting, t)
	if !q.running {
		q.running = true
		go s.work(context.WithoutCancel(ctx))
	}
	q.mu.Unlock()
	select {
	case <-t.done:
		return t.answer, t.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
}

// work decides batches until nobody waits.
func (s *Service) work(ctx context.Context) {
	q := &s.queue
	for calm := patience; ; calm++ {
		if calm < patience {
			q.gather()
		}
		batch := q.next()
		if len(batch) == 0 {
			if calm < patience {
				time.AfterFunc(quiet, s.tidy)
			}
			return
		}
		if len(batch) >= q.crowd {
			calm = 0
		}
		left := 0
		if calm < patience {
			left = q.most
		}
		s.decide(ctx, batch, left)
	}
}

// While a crowd presses, as a large batch shows, each batch waits a moment in which
// answers go out and presses come in: larger batches share the price of a commit.
// Decisions are posted later, with those of many batches, or when all is quiet. The
// crowd is gone when so many batches in a row were small.
const (
	crowd    = 64
	enough   = 2 * crowd // waits for no more
	pause    = 3 * time.Millisecond
	patience = 16
	// Whoever reads seats looks through those that are not posted, which takes some milliseconds.
	unposted = 16_384
	quiet    = 200 * time.Millisecond
)

// tidy posts what a crowd has left.
func (s *Service) tidy() {
	ctx := context.Background()
	_ = s.db.Tx(ctx, func(tx *db.Tx) error { return Post(ctx, tx) }) // if it cannot, the next claim does it
}

// gather pauses unless enough wait already.
func (q *queue) gather() {
	q.mu.Lock()
	few := len(q.waiting) < enough
	q.mu.Unlock()
	if few {
		time.Sleep(pause)
	}
}

// next takes the claims for one edition from the front of the queue.
func (q *queue) next() (batch []*ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.running = false
		return nil
	}
	of := q.waiting[0].edition
	n := 0
	for n < len(q.waiting) && n < batchSize && q.waiting[n].edition == of {
		n++
	}
	batch = q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

// decide answers a batch. If its transaction fails, each claim is tried alone, so
// that one bad claim does not take the others with it. Of all decisions so many may
// be left unposted.
func (s *Service) decide(ctx context.Context, batch []*ticket, unposted int) {
	err := s.decideTogether(ctx, batch, unposted)
	if len(batch) > 1 && oneIsBad(err) {
		for _, t := range batch {
			s.decide(ctx, []*ticket{t}, unposted)
		}
		return
	}
	for _, t := range batch {
		if err != nil {
			t.answer, t.err = Answer{}, err // what was decided is not on disk
		}
		close(t.done)
	}
	if err == nil && s.Changed != nil {
		s.Changed(batch[0].edition)
	}
}

// oneIsBad says whether a transaction may have failed because of what one of its
// claims asks for, and not because the database cannot be written.
func oneIsBad(err error) bool {
	return errors.Is(err, db.ErrMissing) || errors.Is(err, db.ErrExists) || errors.Is(err, db.ErrRefused)
}

func (s *Service) decideTogether(ctx context.Context, batch []*ticket, unposted int) error {
	m := &s.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	var b *book
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if b != nil {
			m.forget() // an attempt that had to give way has written into it
		}
		if b, err = takeBook(ctx, tx, batch[0].edition, s); err != nil {
			return err
		}
		b.unposted = unposted
		all, err := m.recall(ctx, b)
		if err != nil {
			return err
		}
		if !all || b.unposted == 0 {
			if err := b.post(ctx); err != nil {
				return err
			}
		}
		if err := s.prepare(ctx, b, batch); err != nil {
			return err
		}
		for _, t := range batch {
			if t.err != nil {
				continue
			}
			if t.answer, err = b.claim(ctx, t.claim); err != nil {
				return err
			}
		}
		return b.close(ctx)
	})
	if err != nil {
		m.forget()
		return fmt.Errorf("decide %d claims: %w", len(batch), err)
	}
	m.keep(b)
	return nil
}

// prepare reads what the claims of a batch need, in few statements.
func (s *Service) prepare(ctx context.Context, b *book, batch []*ticket) error {
	var accounts []people.AccountID
	var sessions []programme.SessionID
	var doors []string
	seen := map[string]bool{}
	once := func(word string) bool {
		if word == "" || seen[word] {
			return false
		}
		seen[word] = true
		return true
	}
	for _, t := range batch {
		t.err = nil // of an attempt that had to give way
		if once(string(t.claim.Account)) {
			accounts = append(accounts, t.claim.Account)
		}
		if once(t.claim.Session) {
			doors = append(doors, t.claim.Session)
		}
		for _, w := range t.claim.Wishes {
			if once(string(w.Session)) {
				sessions = append(sessions, w.Session)
			}
		}
	}
	if err := b.loadPeople(ctx, accounts); err != nil {
		return err
	}
	if err := b.loadOffers(ctx, sessions); err != nil {
		return err
	}
	if err := b.drawIfDue(ctx, batch); err != nil {
		return err
	}
	return s.checkDoors(ctx, b, batch, doors)
}

// checkDoors refuses claims from browsers whose session has ended meanwhile, be
// it by another instance.
func (s *Service) checkDoors(ctx context.Context, b *book, batch []*ticket, doors []string) error {
	if s.Doors == nil || len(doors) == 0 {
		return nil
	}
	alive, err := s.Doors.Alive(ctx, b.tx, doors)
	if err != nil {
		return fmt.Errorf("ask which sessions are alive: %w", err)
	}
	for _, t := range batch {
		if c := t.claim; c.Session != "" && alive[c.Session] != c.Account {
			t.err = ErrSignedOut
		}
	}
	return nil
}
