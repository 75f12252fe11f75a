package app

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/publication"
	"obrady/internal/signup"
)

// seatWatch remembers what pages that are kept tell of sign-ups: what has been set
// for each edition, and how far the decisions have come. It looks about once a
// second, so that such pages are that old at most, whichever instance decided.
type seatWatch struct {
	db      *db.DB
	signups *signup.Service
	shown   *publication.Desk
	seen    atomic.Pointer[seatView]
}

// seatView is what was seen at one look.
type seatView struct {
	progress string
	revision int64
	plans    map[edition.ID]*admission.Plan
}

const seatLook = time.Second

// run looks until ctx ends. What cannot be read stays as it was: the next look comes soon.
func (w *seatWatch) run(ctx context.Context) {
	tick := time.NewTicker(seatLook)
	defer tick.Stop()
	for {
		_ = w.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *seatWatch) look(ctx context.Context) error {
	last, revision, err := signup.Progress(ctx, w.db)
	if err != nil {
		return err
	}
	next := &seatView{progress: strconv.FormatInt(int64(last), 10) + "-" + strconv.FormatInt(revision, 10), revision: revision, plans: map[edition.ID]*admission.Plan{}}
	before := w.seen.Load()
	for _, e := range w.shown.Current().Editions {
		if before != nil && before.revision == revision && before.plans[e.ID] != nil {
			next.plans[e.ID] = before.plans[e.ID]
			continue
		}
		if next.plans[e.ID], err = w.signups.Plan(ctx, e.ID); err != nil {
			return err
		}
	}
	w.seen.Store(next)
	return nil
}

// plan is what has been set for an edition; an empty one where nothing is known.
func (w *seatWatch) plan(of edition.ID) *admission.Plan {
	if seen := w.seen.Load(); seen != nil && seen.plans[of] != nil {
		return seen.plans[of]
	}
	return &admission.Plan{}
}

// progress names the state of all seats.
func (w *seatWatch) progress() string {
	if seen := w.seen.Load(); seen != nil {
		return seen.progress
	}
	return ""
}
