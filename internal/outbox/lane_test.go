package outbox_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/outbox"
)

type shouted struct{ N int }

func (shouted) Kind() string { return "test.shouted" }

// shout adds an entry of the other kind.
func shout(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { return outbox.Add(t.Context(), tx, noon, shouted{1}) }); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkerKeepsToItsLane(t *testing.T) {
	for _, test := range []struct {
		name  string
		lanes []outbox.Lane
		want  []string
	}{
		{"no lane is all of the outbox", nil, []string{"test.said", "test.said", "test.shouted"}},
		{"only one kind", []outbox.Lane{outbox.Only("test.shouted")}, []string{"test.shouted"}},
		{"all but one kind", []outbox.Lane{outbox.Except("test.shouted")}, []string{"test.said", "test.said"}},
		{"only kinds that are not there", []outbox.Lane{outbox.Only("a", "b")}, nil},
		{"only nothing", []outbox.Lane{outbox.Only()}, nil},
		{"the first lane goes first", []outbox.Lane{outbox.Only("test.shouted"), outbox.Only("test.said")}, []string{"test.shouted", "test.said", "test.said"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				promise(t, d, 2)
				shout(t, d)
				var got []string
				note := func(_ context.Context, e outbox.Entry) error {
					got = append(got, e.Kind)
					return nil
				}
				k := open(d, note)
				k.Handlers["test.shouted"] = note
				k.Lanes, k.Batch = test.lanes, 1
				k.settle(t)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("handled (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAShutHandlerCostsNoAttempt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, 3)
		tried, down := 0, true
		k := open(d, func(context.Context, outbox.Entry) error {
			if tried++; down {
				return errors.Join(errors.New("no answer"), &outbox.Shut{For: time.Minute, Why: "down"})
			}
			return nil
		})
		for range 30 { // more often than an entry may fail
			if n, err := k.Once(t.Context()); n != 0 || err != nil {
				t.Fatalf("Once behind a shut door = %d, %v, want nothing handled", n, err)
			}
		}
		if tried != 30 {
			t.Errorf("the handler was asked %d times, want once each look and not for the rest of the batch", tried)
		}
		down = false
		if n := k.settle(t); n != 3 {
			t.Errorf("%d entries were handled when the door opened, want 3", n)
		}
		if dead, err := outbox.Dead(t.Context(), d); err != nil || len(dead) != 0 {
			t.Errorf("Dead = %v, %v, want none", dead, err)
		}
	})
}

func TestAWorkerWithItsOwnPatience(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var at []time.Duration
		var k *desk
		k = open(d, func(context.Context, outbox.Entry) error {
			at = append(at, k.now.Sub(noon))
			return errors.New("no")
		})
		k.Attempts, k.LongWait = 5, 25*time.Second
		promise(t, d, 1)
		for k.now.Before(noon.Add(time.Hour)) {
			k.settle(t)
			k.now = k.now.Add(5 * time.Second)
		}
		want := []time.Duration{0, 10 * time.Second, 30 * time.Second, 55 * time.Second, 80 * time.Second}
		if !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v", at, want)
		}
	})
}

func TestAShutWorkerHearsNoBell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		asked := make(chan struct{}, 100)
		k := open(d, func(context.Context, outbox.Entry) error {
			asked <- struct{}{}
			return &outbox.Shut{For: time.Hour, Why: "down"}
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- k.Run(ctx) }()
		promise(t, d, 1)
		<-asked
		for range 5 {
			promise(t, d, 1)
			k.Wake()
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		if n := len(asked); n != 0 {
			t.Errorf("the handler was asked %d times more during the pause, want none", n)
		}
	})
}
