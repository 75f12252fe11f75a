package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"obrady/internal/db"
	"obrady/internal/outbox"
)

// Deliverer brings letters to the mail server, one after another.
//
// Between the server's word that it has a letter and our note of it lies a
// moment in which a machine may fall over; then the letter goes out a second
// time, with the same Message-ID. There is no other way to a duplicate.
type Deliverer struct {
	DB       *db.DB
	Now      func() time.Time
	Log      *slog.Logger
	Settings Settings
	// FirstRest is how long to leave a server alone that does not answer; it
	// doubles up to a minute. A second if zero.
	FirstRest time.Duration

	once sync.Once
	line *line

	mu     sync.Mutex
	next   time.Time             // when the next letter may go
	silent int                   // how often in a row the server took nothing
	taken  map[LetterID]struct{} // the server has them, and we could not note it
}

const (
	// attempts is after how many a letter is given up: some four days, as
	// RFC 5321, 4.5.4.1 asks for.
	attempts    = 36
	longestWait = 4 * time.Hour
	longestRest = time.Minute
	defaultRate = 10 // letters a second
)

// Events are the events of the outbox that only a Deliverer handles.
var Events = []string{kindDue, kindBulk}

// Worker returns the worker that delivers, to be run beside others. It has one
// letter in its hands at a time, so that a crash can double one letter at most;
// bulk letters let others go first.
func (d *Deliverer) Worker() *outbox.Worker {
	return &outbox.Worker{
		DB: d.DB, Now: d.Now, Log: d.Log,
		Lanes:    []outbox.Lane{outbox.Only(kindDue), outbox.Only(kindBulk)},
		Handlers: map[string]func(context.Context, outbox.Entry) error{kindDue: d.Deliver, kindBulk: d.Deliver},
		// A letter may meet a dead connection, make a new one and wait for its answer.
		Lease: 3*d.Settings.timeout() + 15*time.Second,
		// The Deliverer gives up first, so that the letter says so.
		Batch: 1, Attempts: attempts + 5, LongWait: longestWait,
	}
}

// Close takes leave of the mail server. The Deliverer can be used again.
func (d *Deliverer) Close() {
	if line := d.post(); line != nil {
		line.hangUp()
	}
}

func (d *Deliverer) post() *line {
	d.once.Do(func() { d.line = &line{settings: d.Settings} })
	return d.line
}

// Deliver handles the promise of a letter. It may be called twice for one.
func (d *Deliverer) Deliver(ctx context.Context, e outbox.Entry) error {
	var promise due
	if err := e.Into(&promise); err != nil {
		return err
	}
	k, err := find(ctx, d.DB, `id = $1`, string(promise.Letter))
	switch {
	case errors.Is(err, ErrNoLetter): // erased
		return nil
	case err != nil:
		return fmt.Errorf("deliver letter %s: %w", promise.Letter, err)
	case k.State != Waiting:
		return nil
	}
	a := d.try(ctx, k, e)
	if a.outcome == closed {
		return d.shut(a)
	}
	d.answered()
	if err := d.record(ctx, k, e, a); err != nil {
		return fmt.Errorf("record letter %s: %w", k.ID, err)
	}
	if a.outcome == unsure && e.Attempts < attempts {
		return fmt.Errorf("letter %s: %s, code %d", k.ID, a.why, a.code)
	}
	return nil
}

// try does what can be done for the letter at this moment.
func (d *Deliverer) try(ctx context.Context, k Kept, e outbox.Entry) answer {
	switch {
	case d.has(k.ID):
		return answer{outcome: accepted, code: 250}
	case !k.Expires.IsZero() && !d.Now().Before(k.Expires), e.Attempts > attempts:
		return answer{outcome: unsure}
	}
	message, err := d.Settings.compose(k)
	if err != nil {
		d.Log.ErrorContext(ctx, "a letter cannot be written", "id", string(k.ID), "kind", k.Kind, "error", err)
		return answer{outcome: rejected}
	}
	if d.Settings.Local {
		return answer{outcome: accepted}
	}
	d.turn(ctx)
	a := d.post().hand(ctx, message)
	if a.outcome == accepted {
		d.remember(k.ID)
	}
	return a
}

// record notes the answer, and that the promise is kept, in one transaction.
func (d *Deliverer) record(ctx context.Context, k Kept, e outbox.Entry, a answer) error {
	now := d.Now()
	end := end{state: stateAfter(k, e, a, now), attempts: e.Attempts, code: a.code, at: now}
	if end.state == Sent {
		end.messageID = d.Settings.MessageID(k.ID)
	}
	err := d.DB.Tx(ctx, func(tx *db.Tx) error {
		if end.state == Waiting {
			return noteAttempt(ctx, tx, k.ID, end)
		}
		if err := conclude(ctx, tx, k.ID, end); err != nil {
			return err
		}
		if k.Secret && !d.Settings.KeepBodies {
			if err := empty(ctx, tx, k.ID); err != nil {
				return err
			}
		}
		return outbox.Done(ctx, tx, now, e.ID)
	})
	if err == nil {
		d.forget(k.ID)
	}
	return err
}

// stateAfter is the state that the answer leaves the letter in.
func stateAfter(k Kept, e outbox.Entry, a answer, now time.Time) State {
	switch {
	case a.outcome == accepted:
		return Sent
	case a.outcome == rejected:
		return Refused
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return Expired
	case e.Attempts >= attempts:
		return GivenUp
	}
	return Waiting
}

// turn waits until the next letter may go, so that the server is not flooded.
func (d *Deliverer) turn(ctx context.Context) {
	rate := d.Settings.Rate
	if rate <= 0 {
		rate = defaultRate
	}
	d.mu.Lock()
	now := d.Now()
	wait := d.next.Sub(now)
	d.next = now.Add(max(wait, 0) + time.Duration(float64(time.Second)/rate))
	d.mu.Unlock()
	if wait <= 0 {
		return
	}
	pause := time.NewTimer(wait)
	defer pause.Stop()
	select {
	case <-ctx.Done():
	case <-pause.C:
	}
}

// shut leaves the server alone for a while, longer each time it takes nothing.
func (d *Deliverer) shut(a answer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := d.FirstRest
	if first <= 0 {
		first = time.Second
	}
	rest := min(longestRest, first<<min(d.silent, 10))
	d.silent++
	return &outbox.Shut{For: rest, Why: "the mail server: " + a.why}
}

func (d *Deliverer) answered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.silent = 0
}

// has, remember and forget keep in mind what the server has taken, while the
// database cannot be written to: that must not send a letter twice.
func (d *Deliverer) has(id LetterID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, has := d.taken[id]
	return has
}

func (d *Deliverer) remember(id LetterID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.taken == nil {
		d.taken = map[LetterID]struct{}{}
	}
	d.taken[id] = struct{}{}
}

func (d *Deliverer) forget(id LetterID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.taken, id)
}
