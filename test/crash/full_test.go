package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"
)

// When the disk is full, people are told so and lose nothing, the programme can be read, and all goes on by itself once
// there is space.
func TestAFullDiskTurnsPeopleAwayAndNothingMore(t *testing.T) {
	r := newTrial(t, rand.New(rand.NewPCG(seed(t), 0)))
	var back time.Duration
	var seen map[int]int
	err := r.crowd.during(t.Context(), func(ctx context.Context) error {
		if err := r.crowd.until(ctx, 300); err != nil {
			return err
		}
		r.disk.LeaveFree(128 << 10)
		if err := await(ctx, func() bool { return r.crowd.turnedAway() > 50 }); err != nil {
			return err
		}
		for _, page := range []string{"/pl/" + congressSlug, "/pl/" + congressSlug + "/sesje/" + r.crowd.congress.slugs[0]} {
			if !r.server.is(page, http.StatusOK) {
				t.Errorf("%s cannot be read while the disk is full", page)
			}
		}
		r.disk.LeaveFree(-1)
		began := time.Now()
		err := r.crowd.until(ctx, r.book.len()+200)
		back = time.Since(began)
		err = errors.Join(err, r.crowd.comeBack())
		seen = r.crowd.seen()
		return errors.Join(err, r.end(powerCut))
	})
	confirmed, gone := r.finish(t, err)
	t.Logf("%d confirmed, %d lost; back after %v; answers by status %v", confirmed, gone, back, seen)
	if gone > 0 || back > 10*time.Second {
		t.Errorf("%d lost, want 0; back after %v, want 10 s at most", gone, back)
	}
	if n := seen[0]; n > 0 {
		t.Errorf("%d had no answer at all, want 0", n)
	}
}

// After an fsync has failed nobody knows what is on the disk: the kernel takes the pages for written, and a second
// fsync says that all is well. So the program must not give out places any more until it is started anew.
func TestAfterAFailedFsyncNobodyIsToldAnything(t *testing.T) {
	r := newTrial(t, rand.New(rand.NewPCG(seed(t), 0)))
	err := r.crowd.during(t.Context(), func(ctx context.Context) error {
		if err := r.crowd.until(ctx, 300); err != nil {
			return err
		}
		r.disk.FailSync("-wal")
		if err := await(ctx, r.disk.Failed); err != nil {
			return err
		}
		for range 20 {
			n, _ := r.crowd.turn()
			if answered, err := r.crowd.press(n); answered || err != nil {
				t.Errorf("pressed after an fsync had failed: answered %v, %v; want no answer", answered, err)
			}
		}
		select {
		case <-r.server.gone:
		case <-time.After(patience):
			t.Error("the program goes on after an fsync had failed, want its end")
		}
		return r.end(powerCut)
	})
	confirmed, gone := r.finish(t, err)
	t.Logf("%d confirmed, %d lost; answers by status %v", confirmed, gone, r.crowd.seen())
	if gone > 0 {
		t.Errorf("%d of %d confirmed places were lost, want 0", gone, confirmed)
	}
	if !strings.Contains(r.server.said.String(), "disk") {
		t.Errorf("the log does not speak of the disk: %s", r.server.said)
	}
}
