package app

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"obrady/internal/call"
	"obrady/internal/edition"
)

// callWatch remembers which editions have a call that is open now, so that the menu of every page leads there. It looks
// about once a second; pages that are kept are drawn anew when a call opens or closes.
type callWatch struct {
	app  *App
	seen atomic.Pointer[[]edition.ID]
}

// look takes over what is open at this moment.
func (w *callWatch) look(ctx context.Context) error {
	now, err := call.OpenIn(ctx, w.app.db, w.app.config.Now())
	if err != nil {
		return err
	}
	before := w.seen.Swap(&now)
	if before != nil && !slices.Equal(*before, now) && w.app.Site != nil {
		w.app.Site.Cache().Flush()
	}
	return nil
}

// run looks until ctx ends. What cannot be read stays as it was: the next look comes soon.
func (w *callWatch) run(ctx context.Context) {
	tick := time.NewTicker(renewal)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_ = w.look(ctx)
	}
}

// open says whether an edition has a call that takes submissions.
func (w *callWatch) open(of edition.ID) bool {
	seen := w.seen.Load()
	return seen != nil && slices.Contains(*seen, of)
}
