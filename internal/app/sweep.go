package app

import (
	"context"
	"time"

	"obrady/internal/draft"
	"obrady/internal/web/desk"
)

const sweepEvery = time.Hour

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
		{"sign-in", func() (int64, error) { return a.signIn.Sweep(ctx) }},
		{"held forms", func() (int64, error) { return draft.SweepForm(ctx, a.db, desk.HeldForm, now.Add(-desk.HeldFor)) }},
		{"what has been kept long enough", func() (int64, error) { return a.retain(ctx) }},
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
