package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"obrady/internal/db"
)

// Worker handles what is due. Any number may work on one database.
type Worker struct {
	DB       *db.DB
	Now      func() time.Time
	Log      *slog.Logger
	Handlers map[string]func(ctx context.Context, e Entry) error // by Kind

	Lanes    []Lane        // what it looks at, the most pressing first; everything if empty
	Lease    time.Duration // how long one handler may take; a minute if zero
	Pause    time.Duration // between looks while nothing happens; 5 s if zero
	Batch    int           // entries claimed at once, handled one after another; 10 if zero
	Attempts int           // then an entry is given up; 12 if zero, spread over some six hours
	LongWait time.Duration // the longest between two attempts; it doubles without end if zero

	once sync.Once
	bell chan struct{}
	shut time.Duration // how long to leave everything alone; see Shut
}

const (
	firstWait = 10 * time.Second // doubles with each attempt
	longest   = 500              // characters of an error that are kept
)

// errSilent is noted when a worker took an entry again and again and never came back.
var errSilent = errors.New("every attempt ended without an answer")

// wait returns how long an entry rests after the given number of attempts.
func (w *Worker) wait(attempts int) time.Duration {
	const bound = 30 // more doublings than that are longer than any congress
	wait := firstWait << (min(max(attempts, 1), bound) - 1)
	return min(wait, or(w.LongWait, wait))
}

// Run handles entries until ctx ends. The entry in its hands then it finishes,
// the others it gives back.
func (w *Worker) Run(ctx context.Context) error {
	defer hang(w)()
	for ctx.Err() == nil {
		n, err := w.Once(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "the outbox could not be read", "error", err)
		}
		if n == 0 || w.shut > 0 {
			w.rest(ctx)
		}
	}
	return nil
}

// rest waits for a promise of this process, for the next look, or for the end.
// A worker whose way is shut hears no promise: it would run into the same wall.
func (w *Worker) rest(ctx context.Context) {
	bell := w.ringing()
	if w.shut > 0 {
		bell = nil
	}
	pause := time.NewTimer(or(w.shut, or(w.Pause, 5*time.Second)))
	defer pause.Stop()
	w.shut = 0
	select {
	case <-ctx.Done():
	case <-bell:
	case <-pause.C:
	}
}

// Wake makes Run look at once.
func (w *Worker) Wake() {
	select {
	case w.ringing() <- struct{}{}:
	default: // it has been rung for already
	}
}

func (w *Worker) ringing() chan struct{} {
	w.once.Do(func() { w.bell = make(chan struct{}, 1) })
	return w.bell
}

// Once handles some of what is due now and returns how many entries that were,
// well or badly. Called until it returns 0, it leaves nothing due, unless a
// handler said that its way is shut.
func (w *Worker) Once(ctx context.Context) (int, error) {
	lanes := w.Lanes
	if len(lanes) == 0 {
		lanes = []Lane{{}}
	}
	for _, lane := range lanes {
		if n, err := w.serve(ctx, lane); n > 0 || err != nil || w.shut > 0 {
			return n, err
		}
	}
	return 0, nil
}

func (w *Worker) serve(ctx context.Context, lane Lane) (int, error) {
	now := w.Now()
	if due, err := lane.anyDue(ctx, w.DB, now); err != nil || !due {
		return 0, err
	}
	// The lease covers the whole batch, each entry in its turn.
	lease, batch := or(w.Lease, time.Minute), or(w.Batch, 10)
	claimed, err := lane.claim(ctx, w.DB, now, hold{time.Duration(batch+1) * lease, batch})
	if err != nil {
		return 0, err
	}
	for i, e := range claimed {
		if ctx.Err() != nil {
			return i, w.release(ctx, claimed[i:])
		}
		failed := w.handle(ctx, e, lease)
		var shut *Shut
		if errors.As(failed, &shut) {
			w.shut = max(shut.For, time.Millisecond)
			w.Log.WarnContext(ctx, "the outbox waits", "kind", e.Kind, "for", w.shut, "why", shut.Why)
			return i, w.release(ctx, claimed[i:])
		}
		if err := w.settle(ctx, e, failed); err != nil {
			return len(claimed), fmt.Errorf("settle outbox entry %s: %w", e.ID, err)
		}
	}
	return len(claimed), nil
}

// release hands back what this worker will not get to, so that another need not
// wait for the lease to run out.
func (w *Worker) release(ctx context.Context, entries []Entry) error {
	return w.DB.Tx(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		for _, e := range entries {
			_, err := tx.Exec(ctx, `
				UPDATE outbox SET due_at = $1, attempts = attempts - 1 WHERE id = $2 AND done_at IS NULL`, w.Now(), e.ID)
			if err != nil {
				return fmt.Errorf("release outbox entry %s: %w", e.ID, err)
			}
		}
		return nil
	})
}

// handle gives e to its handler. A panic is an error like others: one bad
// entry must not stop the letters of everybody else.
func (w *Worker) handle(ctx context.Context, e Entry, lease time.Duration) (err error) {
	if e.Attempts > w.attempts() {
		return errSilent
	}
	handler := w.Handlers[e.Kind]
	if handler == nil {
		return fmt.Errorf("nobody handles %s", e.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lease)
	defer cancel()
	return handler(ctx, e)
}

// settle notes how it went. The log names the entry and not the error, which
// may hold an address; Dead shows it to those who may know.
func (w *Worker) settle(ctx context.Context, e Entry, failed error) error {
	now := w.Now()
	ctx = context.WithoutCancel(ctx) // what has been done is noted, also on the way out
	if failed == nil {
		return Done(ctx, w.DB, now, e.ID)
	}
	what := strings.ToValidUTF8(failed.Error(), "")
	if runes := []rune(what); len(runes) > longest {
		what = string(runes[:longest])
	}
	if e.Attempts < w.attempts() {
		w.Log.WarnContext(ctx, "an outbox entry failed and will be tried again", "id", e.ID, "kind", e.Kind, "attempts", e.Attempts)
		_, err := w.DB.Exec(ctx, `
			UPDATE outbox SET due_at = $1, last_error = $2 WHERE id = $3 AND done_at IS NULL`,
			now.Add(w.wait(e.Attempts)), what, e.ID)
		return err
	}
	w.Log.ErrorContext(ctx, "an outbox entry was given up", "id", e.ID, "kind", e.Kind, "attempts", e.Attempts)
	_, err := w.DB.Exec(ctx, `
		UPDATE outbox SET dead_at = $1, last_error = $2 WHERE id = $3 AND done_at IS NULL`,
		now, what, e.ID)
	return err
}

// attempts is after how many attempts an entry is given up.
func (w *Worker) attempts() int { return or(w.Attempts, 12) }

func or[T int | time.Duration](n, otherwise T) T {
	if n > 0 {
		return n
	}
	return otherwise
}
