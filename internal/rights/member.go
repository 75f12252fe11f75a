package rights

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Enlistment says that somebody works for an institution, so that its roles
// are theirs as well.
type Enlistment struct {
	By          Standing
	Edition     edition.ID // in whose name the letter goes out
	Institution people.InstitutionID
	Email       string // of the account; it is opened if there is none
	Name        string // for a new account
	Lang        i18n.Lang
}

// Enlist makes somebody a member of an institution. Whoever does it must be
// allowed to give every role that the institution has, in every edition; for
// one without roles, to give roles in the edition at all.
func (s *Service) Enlist(ctx context.Context, e Enlistment) (people.Account, error) {
	now := s.now()
	var account people.Account
	var wrong errs.Problems
	if email, ok := people.Email(e.Email); !ok || email != e.Email {
		wrong.Add("email", "rights.email")
		return account, wrong.Err()
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if e.By, err = s.afresh(ctx, tx, e.By, now); err != nil {
			return err
		}
		if err := answersFor(ctx, tx, e.By, membership{e.Institution, e.Edition}, now); err != nil {
			return err
		}
		order := Order{By: e.By, Email: e.Email, Name: e.Name, Lang: e.Lang, Edition: e.Edition}
		if account, err = s.invited(ctx, tx, order, now); err != nil {
			return err
		}
		return people.AddMember(ctx, tx, people.Member{
			Account: account.ID, Institution: e.Institution, GrantedBy: e.By.Account, GrantedAt: now,
		})
	})
	if errors.Is(err, db.ErrMissing) {
		err = people.ErrNoInstitution
	}
	if err != nil {
		return account, fmt.Errorf("enlist somebody with %s: %w", e.Institution, err)
	}
	return account, nil
}

// Discharge ends a membership, and with it the roles that came from it. Whoever
// could begin it can; everybody can leave.
func (s *Service) Discharge(ctx context.Context, by Standing, m people.Member, of edition.ID) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		if by, err = s.afresh(ctx, tx, by, now); err != nil {
			return err
		}
		if m.Account != by.Account {
			if err := answersFor(ctx, tx, by, membership{m.Institution, of}, now); err != nil {
				return err
			}
		}
		return people.RemoveMember(ctx, tx, people.Change{By: by.Account, At: now}, m)
	})
	if err != nil {
		return fmt.Errorf("discharge somebody from %s: %w", m.Institution, err)
	}
	return nil
}

// membership is what somebody decides about: an institution, in an edition.
type membership struct {
	institution people.InstitutionID
	edition     edition.ID
}

// answersFor says whether by could give everything that a member of the
// institution has or is about to have.
func answersFor(ctx context.Context, q db.Querier, by Standing, m membership, now time.Time) error {
	held, err := grantsToInstitution(ctx, q, m.institution, now)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return by.Decide(GiveGrants, []Node{OfCongress(m.edition), Whole})
	}
	known, hidden := 0, 0
	for _, g := range held {
		path, err := pathOf(ctx, q, g.Edition, g.Node)
		if err == nil {
			err = by.CanGive(g.Role, path)
		}
		switch {
		case errors.Is(err, ErrHidden): // a role in a part of the congress that is none of by's business
			hidden++
		case err != nil:
			return err
		default:
			known++
		}
	}
	switch {
	case known == 0:
		return ErrHidden
	case hidden > 0:
		return ErrMoreThanOwn
	}
	return nil
}

// grantsToInstitution lists the grants of an institution that hold or are to come.
func grantsToInstitution(ctx context.Context, q db.Querier, i people.InstitutionID, now time.Time) ([]Grant, error) {
	return db.Collect(scanGrant)(q.Query(ctx, `
		SELECT `+grantColumns+` FROM rights_grant
		WHERE institution_id = $1 AND revoked_at IS NULL AND (until_at IS NULL OR until_at > $2)`, i, now))
}
