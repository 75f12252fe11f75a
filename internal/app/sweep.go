package app

import (
	"context"
	"time"

	"obrady/internal/draft"
	"obrady/internal/outbox"
	"obrady/internal/web/desk"
)

const (
	sweepEvery   = time.Hour
	promisesKept = 30 * 24 * time.Hour // how long a handled promise can still be looked at
	draftsKept   = 90 * 24 * time.Hour
)

// sweep forgets from time to time what nobody needs any more.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		a.sweepOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) sweepOnce(ctx context.Context) {
	now := a.config.Now()
	for _, broom := range []struct {
		what string
		do   func() (int64, error)
	}{
		{"sessions", func() (int64, error) { return a.sessions.Sweep(ctx) }},
		{"outbox", func() (int64, error) { return outbox.Sweep(ctx, a.db, now.Add(-promisesKept)) }},
		{"held forms", func() (int64, error) { return draft.SweepForm(ctx, a.db, desk.HeldForm, now.Add(-desk.HeldFor)) }},
		{"drafts", func() (int64, error) { return draft.Sweep(ctx, a.db, now.Add(-draftsKept)) }},
	} {
		n, err := broom.do()
		switch {
		case err != nil && ctx.Err() == nil:
			a.config.Log.ErrorContext(ctx, "not swept", "what", broom.what, "err", err)
		case n > 0:
			a.config.Log.InfoContext(ctx, "swept", "what", broom.what, "rows", n)
		}
	}
}
