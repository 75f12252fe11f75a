package call

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/text"
)

func isNone(err error) bool { return errors.Is(err, ErrNoSubmission) }

const (
	maxNote  = 300 // characters
	mostUses = 100
)

// Codes lists the late codes of a call, the first made first.
func (s *Service) Codes(ctx context.Context, call ID) ([]Code, error) {
	all, err := codesOf(ctx, s.db, call)
	if err != nil {
		return nil, fmt.Errorf("list late codes of %s: %w", call, err)
	}
	return all, nil
}

// MakeCode makes a late code of a call: whoever has it may still begin until
// c.Until, c.Uses times in all.
func (s *Service) MakeCode(ctx context.Context, by people.AccountID, c Code) (Code, error) {
	err := s.change(ctx, by, c.Call, "call.code_made", func(tx *db.Tx, of *Call) error {
		c.ID, c.Code, c.By, c.MadeAt, c.Used = id.Make[CodeID](), rand.Text()[:10], by, of.UpdatedAt, 0
		var wrong errs.Problems
		if c.Uses < 1 || c.Uses > mostUses {
			wrong.Add("uses", "call.uses", mostUses)
		}
		if !c.Until.After(of.ClosesAt) || !c.Until.After(of.UpdatedAt) {
			wrong.Add("until_on", "call.not_later")
		}
		if text.Length(c.Note) > maxNote {
			wrong.Add("note", "form.too_long", maxNote)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		return insertCode(ctx, tx, c)
	})
	return c, err
}

// RevokeCode ends a late code. What was begun with it can no longer be sent.
func (s *Service) RevokeCode(ctx context.Context, by people.AccountID, c Code) error {
	return s.change(ctx, by, c.Call, "call.code_revoked", func(tx *db.Tx, of *Call) error {
		c.RevokedAt = of.UpdatedAt
		return revokeCode(ctx, tx, c)
	})
}
