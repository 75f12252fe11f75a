package opening

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app/bench"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/signup"
)

// drawFigures are what a draw took and gave.
type drawFigures struct {
	Entries int     `json:"entries"`
	Wishes  int     `json:"wishes"`  // of each
	Seconds float64 `json:"seconds"` // from its moment until all was decided and on disk
	Held    int     `json:"held"`
	Waiting int     `json:"waiting"`
}

// wishesEach is how many sessions each person wishes for.
const wishesEach = 5

// draw plays openings in which a lot decides: everybody has entered before, and the server draws by itself when it is
// time.
func (m *measurement) draw(ctx context.Context) error {
	var all []drawFigures
	for round := range m.Rounds {
		m.Note("round %d of %d: a draw among %d people", round+1, m.Rounds, m.People)
		one, err := m.drawOnce(ctx)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	figures := all[len(all)-1]
	figures.Seconds = bench.Median(all, func(f drawFigures) float64 { return f.Seconds })
	m.out.Draw = &figures
	m.out.Granted, m.out.Waiting = figures.Held, figures.Waiting
	m.out.Pace = float64(figures.Entries*figures.Wishes) / figures.Seconds
	m.out.Published = m.out.Pace / published
	return nil
}

func (m *measurement) drawOnce(ctx context.Context) (f drawFigures, err error) {
	// Of the prequeue the opening is the moment of the draw, of the lottery the end of the wishes.
	opens := time.Now().Add(-time.Second)
	due := decides(m.Mode, opens)
	if due.IsZero() {
		opens = time.Now().Add(collecting)
		due = opens
	}
	p, err := m.stage.perform(ctx, m.Options, opens)
	if err != nil {
		return f, err
	}
	if time.Now().After(due) {
		return f, errors.Join(errLate, p.stop())
	}
	waitUntil(ctx, due)
	p.spent()
	if f.Seconds, err = p.decided(ctx, due); err != nil {
		return f, errors.Join(err, p.stop())
	}
	spent := p.spent()
	if err := p.beside(ctx, func(d *db.DB) error { return f.count(ctx, d) }); err != nil {
		return f, errors.Join(err, p.stop())
	}
	f.Wishes = min(wishesEach, m.Sessions)
	spent = spent.each(f.Entries * f.Wishes)
	m.out.ServerCPU, m.out.DatabaseCPU = micros(spent.servers), micros(spent.database)
	m.out.CPU = m.out.ServerCPU + m.out.DatabaseCPU
	t, err := p.close(ctx, &rush{})
	m.out.truth = m.out.plus(t)
	return f, err
}

// decided waits until the window has decided, and says how long after its moment that was.
func (p *play) decided(ctx context.Context, due time.Time) (after float64, err error) {
	err = p.beside(ctx, func(d *db.DB) error {
		for ctx.Err() == nil && time.Since(due) < slowest {
			w, err := admission.FindWindow(ctx, d, p.stage.window)
			if err != nil {
				return err
			}
			if !w.DecidedAt.IsZero() {
				after = seconds(time.Since(due))
				return nil
			}
			waitUntil(ctx, time.Now().Add(5*time.Millisecond))
		}
		return fmt.Errorf("nothing was drawn within %v: %w", slowest, ctx.Err())
	})
	return after, err
}

func (f *drawFigures) count(ctx context.Context, d *db.DB) error {
	return d.QueryRow(ctx, `
		SELECT (SELECT COUNT(*) FROM signup_entry),
			(SELECT COUNT(*) FROM signup_standing WHERE state = $1), (SELECT COUNT(*) FROM signup_standing WHERE state = $2)`,
		string(signup.Holding), string(signup.Waiting)).Scan(&f.Entries, &f.Held, &f.Waiting)
}

// enter lets everybody enter the draw with their wishes.
func (s *stage) enter(ctx context.Context, tx *db.Tx, o Options) error {
	now := time.Now()
	wishes := filling{insert: `INSERT INTO signup_wish (account_id, edition_id, position, session_id, saved_at)`}
	entries := filling{insert: `INSERT INTO signup_entry (window_id, account_id, code, made_at)`}
	for person, account := range s.crowd.Accounts {
		for n := range min(wishesEach, len(s.sessions)) {
			session := s.sessions[o.wish(person, n, len(s.sessions))]
			wishes.rows = append(wishes.rows, []any{account, string(s.edition), n + 1, string(session), now})
		}
		entries.rows = append(entries.rows, []any{string(s.window), account, string(draw.NewCode()), now})
	}
	if err := wishes.write(ctx, tx); err != nil {
		return err
	}
	return entries.write(ctx, tx)
}
