package signup

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/draw"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// Change is who changes what has been set, and why. A reason is needed for what
// people may already rely on.
type Change struct {
	By     people.AccountID
	Reason string
}

// Validate says what keeps the change from being made.
func (c Change) Validate() error {
	if text.Length(c.Reason) > maxReason {
		var wrong errs.Problems
		wrong.Add("reason", "people.too_long", maxReason)
		return wrong.Err()
	}
	return nil
}

// Because returns the reason, or ErrReason where there is none.
func (c Change) Because() error {
	if c.Reason == "" {
		var wrong errs.Problems
		wrong.Add("reason", ErrReason.Key)
		return wrong.Err()
	}
	return nil
}

// Setting is a transaction in which something is set. No claim is decided by half of it.
type Setting struct {
	Tx *db.Tx
	b  *book
}

// Set runs fn with the ledger held, and makes the plans of all instances new.
func (s *Service) Set(ctx context.Context, of edition.ID, fn func(Setting) error) error {
	return s.inBook(ctx, of, func(tx *db.Tx, b *book) error {
		if err := fn(Setting{tx, b}); err != nil {
			return err
		}
		if err := renew(ctx, tx); err != nil {
			return fmt.Errorf("renew the plans: %w", err)
		}
		return nil
	})
}

// Plan is what has been set until now.
func (x Setting) Plan() *admission.Plan { return x.b.plan }

// Now is the time of the database.
func (x Setting) Now() time.Time { return x.b.now }

// Offer returns a session with its counts as they are now, or nil.
func (x Setting) Offer(ctx context.Context, session programme.SessionID) (*admission.Offer, error) {
	return x.b.offer(ctx, session)
}

// Note writes a decision down that is about no one person.
func (x Setting) Note(e Event) { x.b.note(e) }

// Appoint makes the seed of a draw and promises to decide when it is time.
func (x Setting) Appoint(ctx context.Context, w admission.Window) error {
	if w.Mode.Draws() {
		seed := draw.NewSeed()
		_, err := x.Tx.Exec(ctx, `
			INSERT INTO signup_draw (window_id, commitment, seed) VALUES ($1, $2, $3) ON CONFLICT (window_id) DO NOTHING`,
			w.ID, seed.Commitment(), seed.Hex())
		if err != nil {
			return fmt.Errorf("commit to a seed: %w", err)
		}
	}
	switch w.Mode {
	case admission.Prequeue:
		return outbox.AddAt(ctx, x.Tx, w.OpensAt, Due{Window: w.ID})
	case admission.Lottery:
		return outbox.AddAt(ctx, x.Tx, w.DecidesAt, Due{Window: w.ID})
	case admission.Open, admission.FirstCome, admission.Selection, admission.Invitation:
	}
	return nil
}

// Resume promises again the draws that a hold may have kept from being cast.
func (x Setting) Resume(ctx context.Context, set admission.Settings) error {
	b := x.b
	if set.Held || !b.plan.Settings.Held {
		return nil
	}
	for _, w := range b.plan.Windows() {
		if w.Mode.Draws() && w.DecidedAt.IsZero() {
			if err := outbox.AddAt(ctx, b.tx, b.now, Due{Window: w.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Reread takes up what was set, and gives what is new to those who wait.
func (x Setting) Reread(ctx context.Context, sessions ...programme.SessionID) error {
	return x.b.reread(ctx, sessions...)
}

func (b *book) reread(ctx context.Context, sessions ...programme.SessionID) (err error) {
	if err := b.flush(ctx); err != nil {
		return err
	}
	if b.plan, err = admission.LoadPlan(ctx, b.tx, b.plan.Edition, b.plan.Revision); err != nil {
		return err
	}
	b.offers = map[programme.SessionID]*admission.Offer{}
	return b.promoteIn(ctx, sessions)
}
