package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/outbox"
)

type said struct{ N int }

func (said) Kind() string { return "test.said" }

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// promise adds n entries that are due at noon.
func promise(t *testing.T, d *db.DB, n int) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		for i := range n {
			if err := outbox.Add(t.Context(), tx, noon, said{i}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestClaim(t *testing.T) {
	const entries, workers, lease = 20, 4, time.Minute
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, entries)
		var all sync.WaitGroup
		claimed := make([][]outbox.Entry, workers)
		for i := range workers {
			all.Go(func() {
				var err error
				if claimed[i], err = outbox.Claim(t.Context(), d, noon, lease, entries/workers); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()

		var ids []string
		for _, e := range slices.Concat(claimed...) {
			ids = append(ids, e.ID)
		}
		slices.Sort(ids)
		if got := len(slices.Compact(slices.Clone(ids))); got != entries || len(ids) != entries {
			t.Errorf("%d workers claimed %d entries, %d of them different, want %d once each", workers, len(ids), got, entries)
		}
		if err := outbox.Done(t.Context(), d, noon, ids[0]); err != nil {
			t.Fatal(err)
		}
		early, err := outbox.Claim(t.Context(), d, noon.Add(lease-time.Second), lease, entries)
		if err != nil || len(early) != 0 {
			t.Errorf("within the lease: %d entries, %v, want none", len(early), err)
		}
		again, err := outbox.Claim(t.Context(), d, noon.Add(lease), lease, entries)
		if err != nil || len(again) != entries-1 {
			t.Errorf("after the lease: %d entries, %v, want %d", len(again), err, entries-1)
		}
	})
}

func TestAPromiseOfARollbackIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sorry := errors.New("sorry")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := outbox.Add(t.Context(), tx, noon, said{1}); err != nil {
				return err
			}
			return sorry
		})
		claimed, claimErr := outbox.Claim(t.Context(), d, noon, time.Minute, 10)
		if !errors.Is(err, sorry) || claimErr != nil || len(claimed) != 0 {
			t.Errorf("%v, %v, %v, want sorry and no entry", err, claimed, claimErr)
		}
	})
}

// desk is a worker with a clock that the test turns.
type desk struct {
	*outbox.Worker
	now time.Time
}

func open(d *db.DB, handle func(context.Context, outbox.Entry) error) *desk {
	k := &desk{now: noon}
	k.Worker = &outbox.Worker{
		DB: d, Now: func() time.Time { return k.now }, Log: slog.New(slog.DiscardHandler),
		Handlers: map[string]func(context.Context, outbox.Entry) error{"test.said": handle},
	}
	return k
}

// settle runs the worker until nothing is due.
func (k *desk) settle(t *testing.T) (handled int) {
	t.Helper()
	for {
		n, err := k.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return handled
		}
		handled += n
	}
}

func TestWorkerHandlesInOrderAndInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var got []int
		k := open(d, func(_ context.Context, e outbox.Entry) error {
			var s said
			err := e.Into(&s)
			got = append(got, s.N)
			return err
		})
		promise(t, d, 3)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			return outbox.AddAt(t.Context(), tx, noon.Add(time.Hour), said{7})
		})
		if err != nil {
			t.Fatal(err)
		}
		k.settle(t)
		if diff := cmp.Diff([]int{0, 1, 2}, got); diff != "" {
			t.Errorf("at noon (-want +got):\n%s", diff)
		}
		k.now = noon.Add(time.Hour)
		k.settle(t)
		if diff := cmp.Diff([]int{0, 1, 2, 7}, got); diff != "" {
			t.Errorf("an hour later (-want +got):\n%s", diff)
		}
		if n, err := outbox.Sweep(t.Context(), d, noon.Add(time.Minute)); err != nil || n != 3 {
			t.Errorf("Sweep = %d, %v, want 3", n, err)
		}
		wantSound(t, d)
	})
}

func TestWorkerTriesAgainAndGivesUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var at []time.Duration
		var k *desk
		k = open(d, func(context.Context, outbox.Entry) error {
			at = append(at, k.now.Sub(noon))
			return errors.New("no route to the post office " + strings.Repeat("ż", 1000))
		})
		promise(t, d, 1)
		for k.now.Before(noon.Add(24 * time.Hour)) {
			k.settle(t)
			k.now = k.now.Add(10 * time.Second)
		}
		if len(at) != 12 {
			t.Fatalf("tried at %v, want 12 attempts", at)
		}
		want := []time.Duration{0, 10 * time.Second, 30 * time.Second, 70 * time.Second}
		if diff := cmp.Diff(want, at[:4]); diff != "" {
			t.Errorf("first attempts (-want +got):\n%s", diff)
		}

		dead, err := outbox.Dead(t.Context(), d)
		if err != nil || len(dead) != 1 {
			t.Fatalf("Dead = %v, %v, want the one entry", dead, err)
		}
		if e := dead[0]; e.DeadAt == nil || e.Attempts != 12 || !strings.HasPrefix(e.LastError, "no route") || len([]rune(e.LastError)) != 500 {
			t.Errorf("Dead = %+v, want 12 attempts and 500 characters of the error", e)
		}
		wantSound(t, d)

		if err := outbox.Revive(t.Context(), d, k.now, dead[0].ID); err != nil {
			t.Fatal(err)
		}
		k.Handlers["test.said"] = func(context.Context, outbox.Entry) error { return nil }
		if n := k.settle(t); n != 1 {
			t.Errorf("after Revive %d entries were handled, want 1", n)
		}
		if dead, err := outbox.Dead(t.Context(), d); err != nil || len(dead) != 0 {
			t.Errorf("Dead = %v, %v, want none", dead, err)
		}
		if err := outbox.Revive(t.Context(), d, k.now, dead[0].ID); !errors.Is(err, db.ErrNoRow) {
			t.Errorf("Revive of a handled entry = %v, want ErrNoRow", err)
		}
	})
}

func TestOneBadEntryStopsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		good := 0
		k := open(d, func(_ context.Context, e outbox.Entry) error {
			var s said
			if err := e.Into(&s); err != nil {
				return err
			}
			if s.N == 0 {
				panic("no letterhead")
			}
			good++
			return nil
		})
		promise(t, d, 3)
		k.settle(t)
		k.Handlers = nil
		promise(t, d, 1)
		k.settle(t)
		if good != 2 {
			t.Errorf("%d entries were handled beside a panic, want 2", good)
		}
		var errs []string
		errs, err := db.Collect(func(row db.Scanner) (s string, err error) { return s, row.Scan(&s) })(d.Query(t.Context(), `
			SELECT last_error FROM outbox WHERE done_at IS NULL ORDER BY last_error`))
		if diff := cmp.Diff([]string{"nobody handles test.said", "panic: no letterhead"}, errs); err != nil || diff != "" {
			t.Errorf("errors (-want +got): %v\n%s", err, diff)
		}
	})
}

// A worker that dies with an entry in its hands, each time, does not hold it for ever.
func TestAnEntryThatKillsItsWorkerIsGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, 1)
		now := noon
		for range 12 {
			if claimed, err := outbox.Claim(t.Context(), d, now, time.Minute, 1); err != nil || len(claimed) != 1 {
				t.Fatalf("Claim = %v, %v", claimed, err)
			}
			now = now.Add(time.Minute)
		}
		called := false
		k := open(d, func(context.Context, outbox.Entry) error { called = true; return nil })
		k.now = now
		k.settle(t)
		if dead, err := outbox.Dead(t.Context(), d); err != nil || len(dead) != 1 || called {
			t.Errorf("Dead = %v, %v, handler called: %v; want the entry, not handled again", dead, err, called)
		}
	})
}

func TestAWorkerThatIsStoppedGivesTheRestBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, 3)
		ctx, stop := context.WithCancel(t.Context())
		handled := 0
		k := open(d, func(ctx context.Context, _ outbox.Entry) error {
			stop()
			handled++
			return ctx.Err()
		})
		if n, err := k.Once(ctx); err != nil || n != 1 {
			t.Errorf("Once = %d, %v, want 1", n, err)
		}
		left, err := outbox.Claim(t.Context(), d, noon, time.Minute, 10)
		if err != nil || len(left) != 2 || left[0].Attempts != 1 || handled != 1 {
			t.Errorf("handled %d, left %v, %v, want 1 and two entries never tried", handled, left, err)
		}
	})
}

func TestRunIsWokenByACommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		done := make(chan struct{})
		k := open(d, func(context.Context, outbox.Entry) error { close(done); return nil })
		k.Pause = time.Hour
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- k.Run(ctx) }()
		promise(t, d, 1)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("the worker slept through a commit")
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
}

func TestCheckFinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, 1)
		wantSound(t, d)
		for statement, want := range map[string]string{
			`UPDATE outbox SET attempts = 1, done_at = due_at, dead_at = due_at`: "both handled and given up",
			`UPDATE outbox SET attempts = 0, done_at = due_at, dead_at = NULL`:   "handled without an attempt",
		} {
			if _, err := d.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			faults, err := outbox.Check(t.Context(), d)
			if err != nil || len(faults) != 1 || faults[0].What != want {
				t.Errorf("%s: Check = %v, %v, want %q", statement, faults, err, want)
			}
		}
	})
}

func wantSound(t *testing.T, d *db.DB) {
	t.Helper()
	if faults, err := outbox.Check(t.Context(), d); err != nil || len(faults) > 0 {
		t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
}
