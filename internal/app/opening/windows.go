package opening

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app/bench"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/i18n"
	"obrady/internal/signup"
)

// mostEach is how many sessions one person may take part in, as a rule of the congress says.
const mostEach = 3

// far is when the window opens until a play says otherwise; it closes on the eve of the congress.
var far = bench.FirstDay.Add(-30).In(time.UTC)

// openWindows opens all sessions to sign-ups in one window, with the rules that a congress has: nobody is in two rooms
// at a time, and nobody takes more than a few.
func (s *stage) openWindows(ctx context.Context, d *db.DB, o Options) error {
	desk, by := signup.NewService(d, time.Now), signup.Change{By: actor}
	w, err := arrangement.NewService(desk, time.Now).SaveWindow(ctx, by, admission.Window{
		Edition: s.edition, Name: i18n.Both("Warsztaty"), Mode: o.Mode, OpensAt: far, DecidesAt: decides(o.Mode, far),
		ClosesAt: bench.FirstDay.In(time.UTC), Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	})
	if err != nil {
		return err
	}
	s.window = w.ID
	for _, session := range s.sessions {
		offer := admission.Offer{Session: session, Edition: s.edition, Window: w.ID}
		if o.Mode != admission.Open {
			offer.Pools = []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: o.Seats}}
		}
		if err := arrangement.NewService(desk, time.Now).SaveOffer(ctx, by, offer); err != nil {
			return err
		}
	}
	_, err = arrangement.NewService(desk, time.Now).SaveRule(ctx, by, admission.Rule{
		Edition: s.edition, Kind: admission.MostEach, Most: mostEach, Over: admission.OverAll, Name: i18n.Both("Najwyżej trzy"),
	})
	return err
}

// decides is when a window that opens at opens decides, where it collects wishes first.
func decides(mode admission.Mode, opens time.Time) time.Time {
	if !mode.Collects() {
		return time.Time{}
	}
	return opens.Add(collecting)
}

// collecting is how long a lottery of the benchmark collects wishes: long enough to start a server.
const collecting = 10 * time.Second

// announce moves the opening to the moment of the play.
func (s *stage) announce(ctx context.Context, d *db.DB, o Options, opens time.Time) error {
	desk := signup.NewService(d, time.Now)
	plan, err := desk.Plan(ctx, s.edition)
	if err != nil {
		return err
	}
	before := plan.Window(s.window)
	if before == nil {
		return fmt.Errorf("window %s: %w", s.window, admission.ErrNoWindow)
	}
	w := *before
	w.OpensAt, w.DecidesAt = opens, decides(o.Mode, opens)
	_, err = arrangement.NewService(desk, time.Now).SaveWindow(ctx, signup.Change{By: actor}, w)
	return err
}
