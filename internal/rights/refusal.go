package rights

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Refusals lists what stands against grants in an edition, the latest first,
// lifted ones included.
func (s *Service) Refusals(ctx context.Context, of edition.ID) ([]Refusal, error) {
	return refusalsOf(ctx, s.db, of)
}

// Refuse writes a refusal. by must be allowed to: a legal hold is the
// data-protection officer's, the others the organisers' as well.
func (s *Service) Refuse(ctx context.Context, by Standing, f Refusal) (Refusal, error) {
	now := s.now()
	f.ID, f.MadeBy, f.MadeAt = id.New(), by.Account, now
	if f.From.IsZero() {
		f.From = now
	}
	if err := f.validate(); err != nil {
		return f, err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if by, err = s.afresh(ctx, tx, by, now); err != nil {
			return err
		}
		if err := by.Decide(f.action(), []Node{OfCongress(f.Edition), Whole}); err != nil {
			return err
		}
		if err := insertRefusal(ctx, tx, f); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			// The reason may name somebody. It stands with the refusal, where an erasure reaches it.
			At: now, Actor: string(by.Account), Action: "rights.refused", Edition: string(f.Edition), Object: f.ID,
			Detail: map[string]any{"kind": f.Kind, "account": f.Account, "node": f.Node.Kind, "id": f.Node.ID},
		})
	})
	if err != nil {
		return f, fmt.Errorf("refuse %s: %w", f.Kind, err)
	}
	return f, nil
}

func (f Refusal) action() Action {
	if f.Kind == LegalHold {
		return HoldData
	}
	return EditRefusals
}

func (f Refusal) validate() error {
	var wrong errs.Problems
	if f.Reason == "" {
		wrong.Add("reason", "rights.reason_missing")
	}
	if (f.Kind == ConflictOfInterest) != (f.Account != "") {
		wrong.Add("account", "rights.whose_conflict")
	}
	if (f.Kind == LegalHold) != (f.Node.Kind == Person) {
		wrong.Add("node", "programme.choose")
	}
	if !f.Until.IsZero() && !f.Until.After(f.From) {
		wrong.Add("until", "rights.until_before_from")
	}
	return wrong.Err()
}

// Lift ends a refusal, or returns ErrNoRefusal when it has been lifted.
func (s *Service) Lift(ctx context.Context, by Standing, refusal string) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if by, err = s.afresh(ctx, tx, by, now); err != nil {
			return err
		}
		f, err := findRefusal(ctx, tx, refusal)
		if err != nil {
			return err
		}
		if err := by.Decide(f.action(), []Node{OfCongress(f.Edition), Whole}); err != nil {
			return err
		}
		if err := lift(ctx, tx, refusal, by.Account, now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by.Account), Action: "rights.lifted", Edition: string(f.Edition), Object: f.ID,
		})
	})
	if err != nil {
		return fmt.Errorf("lift a refusal: %w", err)
	}
	return nil
}

// HeldAccounts lists the accounts whose data must be kept at the moment now, by
// themselves or as a person of the programme; retention passes them over.
func HeldAccounts(ctx context.Context, q db.Querier, now time.Time) ([]people.AccountID, error) {
	return db.Collect(func(row db.Scanner) (a people.AccountID, err error) { return a, row.Scan(&a) })(q.Query(ctx, `
		SELECT account.id FROM account
			JOIN rights_refusal ON rights_refusal.node_id = account.id OR rights_refusal.node_id = account.person_id
		WHERE rights_refusal.kind = 'hold' AND rights_refusal.node_kind = 'person' AND rights_refusal.lifted_at IS NULL
			AND rights_refusal.from_at <= $1 AND (rights_refusal.until_at IS NULL OR rights_refusal.until_at > $1)
		GROUP BY account.id ORDER BY account.id`, now))
}

// Held says whether the data of the person must be kept at the moment now, and
// why; package privacy asks before it erases.
func Held(ctx context.Context, q db.Querier, person people.PersonID, now time.Time) (Refusal, bool, error) {
	return standingHold(ctx, q, person, now)
}
