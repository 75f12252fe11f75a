package signup

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// Together decides claims in one transaction, in their order, as they are decided
// when they have waited for the same one.
func (s *Service) Together(ctx context.Context, of edition.ID, claims []Claim) ([]Answer, error) {
	batch := make([]*ticket, len(claims))
	for i, c := range claims {
		batch[i] = &ticket{edition: of, claim: c, done: make(chan struct{})}
	}
	left := 0
	if len(batch) >= s.queue.crowd {
		left = s.queue.most
	}
	s.decide(ctx, batch, left)
	answers := make([]Answer, len(claims))
	for i, t := range batch {
		if <-t.done; t.err != nil {
			return nil, t.err
		}
		answers[i] = t.answer
	}
	return answers, nil
}

// Kept is all that is kept about the seats of an edition, refusals included.
func (s *Service) Kept(ctx context.Context, of edition.ID) ([]Seat, error) {
	return db.Collect(scanSeat)(s.db.Query(ctx, `SELECT `+seatColumns+`, `+since+` FROM signup_standing WHERE edition_id = $1`, of))
}

// What a crowd is outside tests.
const (
	Crowd        = crowd
	MostUnposted = unposted
)

// Crowd makes batches of so many claims those of a crowd, of which so many decisions
// may be left unposted.
func (s *Service) Crowd(size, unposted int) { s.queue.crowd, s.queue.most = size, unposted }

// Unposted counts the seats that only decisions tell of.
func (s *Service) Unposted(ctx context.Context) (n int, err error) {
	return n, s.db.QueryRow(ctx, `SELECT COUNT(*) FROM signup_unposted`).Scan(&n)
}

// Stuff fills the queue of claims as if nobody took any out, and returns how to
// empty it.
func (s *Service) Stuff() (empty func()) {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting, q.running = make([]*ticket, queueSize), true
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.waiting, q.running = nil, false
	}
}

// Waits is how many claims wait.
func (s *Service) Waits() int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return len(s.queue.waiting)
}
