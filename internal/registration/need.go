package registration

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// SaveNeeds keeps what a participant needs, under the consent that answers
// holds or that was given before. Without one it is a problem of the field
// "agree"; with nothing needed the consent ends and the row goes.
func (s *Service) SaveNeeds(ctx context.Context, who people.AccountID, in edition.ID, n Needs, answers ...consent.Answer) error {
	if err := n.validate(); err != nil {
		return err
	}
	n.SavedAt = s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		p, err := present(ctx, tx, who, in)
		if err != nil {
			return err
		}
		if n.Empty() {
			return s.endUse(ctx, tx, p, consent.Needs)
		}
		if err := agree(ctx, tx, people.Change{By: who, At: n.SavedAt}, in, answers); err != nil {
			return err
		}
		given, err := consent.Of(ctx, tx, who, in)
		if err != nil {
			return err
		}
		if !consent.Allowed(given, consent.Needs) {
			var wrong errs.Problems
			wrong.Add("agree", "registration.needs_consent")
			return wrong.Err()
		}
		if err := replaceNeeds(ctx, tx, p.ID, n); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: n.SavedAt, Actor: string(who), Action: "registration.needs_saved", Edition: string(in), Object: string(p.ID),
		})
	})
	if err != nil {
		return fmt.Errorf("save needs: %w", err)
	}
	return nil
}

// Agree gives one consent of an edition; see consent.Give.
func (s *Service) Agree(ctx context.Context, who people.AccountID, in edition.ID, a consent.Answer) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		return agree(ctx, tx, people.Change{By: who, At: s.now()}, in, []consent.Answer{a})
	})
	if errors.Is(err, db.ErrExists) {
		return nil // pressed twice at once
	}
	if err != nil {
		return fmt.Errorf("agree: %w", err)
	}
	return nil
}

// agree gives consents to clauses of this edition alone.
func agree(ctx context.Context, tx *db.Tx, c people.Change, in edition.ID, answers []consent.Answer) error {
	all, err := consent.Clauses(ctx, tx, in)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if !has(all, a.Clause) {
			return consent.ErrNoClause
		}
	}
	return consent.Give(ctx, tx, c, answers)
}

func has(all []consent.Clause, one consent.ClauseID) bool {
	for _, c := range all {
		if c.ID == one {
			return true
		}
	}
	return false
}

// Withdraw ends one consent of an edition, and at once what it allowed: needs
// are forgotten.
func (s *Service) Withdraw(ctx context.Context, who people.AccountID, in edition.ID, clause consent.ClauseID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		all, err := consent.Clauses(ctx, tx, in)
		if err != nil {
			return err
		}
		if !has(all, clause) {
			return consent.ErrNoClause
		}
		ended, err := consent.Withdraw(ctx, tx, people.Change{By: who, At: s.now()}, clause)
		if err != nil || ended.Allows != consent.Needs {
			return err
		}
		p, err := findOwn(ctx, tx, who, in)
		if errors.Is(err, ErrNotRegistered) {
			return nil
		}
		if err != nil {
			return err
		}
		return deleteNeeds(ctx, tx, p.ID)
	})
	if err != nil {
		return fmt.Errorf("withdraw a consent: %w", err)
	}
	return nil
}

// endUse withdraws what the participant agreed to for use, and forgets needs
// where it was for them.
func (s *Service) endUse(ctx context.Context, tx *db.Tx, p Participant, use consent.Use) error {
	given, err := consent.Of(ctx, tx, p.Account, p.Edition)
	if err != nil {
		return err
	}
	for _, g := range given {
		if !g.InForce() || g.Allows != use {
			continue
		}
		if _, err := consent.Withdraw(ctx, tx, people.Change{By: p.Account, At: s.now()}, g.Clause); err != nil {
			return err
		}
	}
	if use == consent.Needs {
		return deleteNeeds(ctx, tx, p.ID)
	}
	return nil
}
