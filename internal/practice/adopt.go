package practice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
)

// Steps of an adoption.
const (
	Reported    Action = "claimed"
	SideAgreed  Action = "agreed"
	SideRefused Action = "declined"
	Recalled    Action = "withdrawn"
)

// AdoptionClaimed tells that one side says a practice was taken over, and waits for the other.
type AdoptionClaimed struct {
	Adoption AdoptionID `json:"adoption"`
	Edition  edition.ID `json:"edition"`
	Side     Side       `json:"side"` // for which it waits
}

// Kind implements outbox.Event.
func (AdoptionClaimed) Kind() string { return "practice.adoption_claimed" }

// AdoptionSettled tells whoever claimed an adoption what the other side says.
type AdoptionSettled struct {
	Adoption AdoptionID `json:"adoption"`
	Edition  edition.ID `json:"edition"`
}

// Kind implements outbox.Event.
func (AdoptionSettled) Kind() string { return "practice.adoption_settled" }

// Claim says for the adopting city that it has taken a published practice over. That
// side has confirmed by saying so; those whose practice it is are asked.
func (s *Service) Claim(ctx context.Context, by people.AccountID, practice ID, told Takeover) (Adoption, error) {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return Adoption{}, err
	}
	if p.State != Published {
		return Adoption{}, ErrNone
	}
	released, err := releasedContent(ctx, s.db, practice)
	if err != nil {
		return Adoption{}, err
	}
	a := Adoption{
		ID: id.Make[AdoptionID](), Practice: practice, Edition: p.Edition, Title: released.Title, Slug: p.Slug, State: Claimed, Takeover: told,
		Adopter: by, ClaimedBy: by, Revision: 1,
	}
	if err := a.Validate(released.Blocks); err != nil {
		return a, err
	}
	err = s.do(ctx, deed{by: by, edition: p.Edition, object: string(a.ID), what: Reported, action: "practice.adoption_claimed"},
		func(tx *db.Tx, now time.Time) error {
			a.AdopterAt, a.ClaimedAt, a.UpdatedAt = now, now, now
			if err := insertAdoption(ctx, tx, a); err != nil {
				return err
			}
			return outbox.Add(ctx, tx, now, AdoptionClaimed{Adoption: a.ID, Edition: p.Edition, Side: OriginSide})
		})
	return a, err
}

// Invite says for those whose practice it is that a city has taken it over. Whoever
// answers for that city, at the address given, is asked to confirm. By is the contact
// of the practice, or one of its editors.
func (s *Service) Invite(ctx context.Context, by people.AccountID, practice ID, adopter people.Account, told Takeover) (Adoption, error) {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return Adoption{}, err
	}
	if p.State != Published {
		return Adoption{}, ErrNone
	}
	if adopter.Email == "" {
		return Adoption{}, problemOf("contact_email", "practice.email")
	}
	released, err := releasedContent(ctx, s.db, practice)
	if err != nil {
		return Adoption{}, err
	}
	a := Adoption{
		ID: id.Make[AdoptionID](), Practice: practice, Edition: p.Edition, Title: released.Title, Slug: p.Slug, State: Claimed, Takeover: told,
		OriginBy: by, ClaimedBy: by, Revision: 1,
	}
	if err := a.Validate(released.Blocks); err != nil {
		return a, err
	}
	d := s.forOrigin(p, deed{by: by, edition: p.Edition, object: string(a.ID), what: Reported, action: "practice.adoption_claimed"})
	err = s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		adopter.CreatedAt = now
		if a.Adopter, _, err = accountFor(ctx, tx, adopter); err != nil {
			return err
		}
		if a.Adopter == by {
			return ErrNotSide
		}
		a.OriginAt, a.ClaimedAt, a.UpdatedAt = now, now, now
		if err := insertAdoption(ctx, tx, a); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, AdoptionClaimed{Adoption: a.ID, Edition: p.Edition, Side: AdopterSide})
	})
	return a, err
}

// forOrigin is a deed of those whose practice it is: its contact needs no role, everybody else that of an editor.
func (s *Service) forOrigin(p Practice, d deed) deed {
	if p.Contact.Account == "" || p.Contact.Account != d.by {
		d.may = rights.EditPractices
	}
	return d
}

// ConfirmAdoption says for the side that by stands on that an adoption was so. Both sides
// having said so, the public reads it.
func (s *Service) ConfirmAdoption(ctx context.Context, by people.AccountID, adoption AdoptionID) (Adoption, error) {
	return s.answer(ctx, by, adoption, Step{What: SideAgreed})
}

// DeclineAdoption says for the side that by stands on that it was not so; reason
// goes to whoever claimed it.
func (s *Service) DeclineAdoption(ctx context.Context, by people.AccountID, adoption AdoptionID, reason string) (Adoption, error) {
	return s.answer(ctx, by, adoption, Step{What: SideRefused, Reason: reason})
}

func (s *Service) answer(ctx context.Context, by people.AccountID, adoption AdoptionID, step Step) (Adoption, error) {
	a, p, err := s.adoption(ctx, adoption)
	if err != nil {
		return a, err
	}
	side := OriginSide
	d := deed{by: by, edition: a.Edition, object: string(a.ID), what: step.What, reason: step.Reason, action: "practice.adoption_answered", shown: true}
	if a.Adopter == by && a.Waits(AdopterSide) {
		side = AdopterSide
	} else {
		d = s.forOrigin(p, d)
	}
	next, err := a.confirmed(side, by, s.now())
	if err != nil {
		return a, err
	}
	if step.What == SideRefused {
		next = a
		next.State, next.Reason = Declined, step.Reason
	}
	err = s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		next.UpdatedAt, next.Revision = now, a.Revision+1
		if err := updateAdoption(ctx, tx, next); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, AdoptionSettled{Adoption: a.ID, Edition: a.Edition})
	})
	if errors.Is(err, rights.ErrRole) || errors.Is(err, rights.ErrHidden) {
		err = ErrNotSide
	}
	if err != nil {
		return a, err
	}
	return next, nil
}

// RecallAdoption takes an adoption back, whether or not it was confirmed. Either
// side may, and it leaves the catalogue at once.
func (s *Service) RecallAdoption(ctx context.Context, by people.AccountID, adoption AdoptionID, reason string) error {
	a, p, err := s.adoption(ctx, adoption)
	if err != nil {
		return err
	}
	d := deed{by: by, edition: a.Edition, object: string(a.ID), what: Recalled, reason: reason, action: "practice.adoption_withdrawn", shown: true}
	if a.Adopter != by {
		d = s.forOrigin(p, d)
	}
	err = s.do(ctx, d, func(tx *db.Tx, now time.Time) error {
		next := a
		next.State, next.Reason, next.UpdatedAt, next.Revision = TakenBack, reason, now, a.Revision+1
		return updateAdoption(ctx, tx, next)
	})
	if errors.Is(err, rights.ErrRole) || errors.Is(err, rights.ErrHidden) {
		return ErrNotSide
	}
	return err
}

func (s *Service) adoption(ctx context.Context, adoption AdoptionID) (a Adoption, p Practice, err error) {
	if a, err = FindAdoption(ctx, s.db, adoption); err != nil {
		return a, p, fmt.Errorf("find adoption %s: %w", adoption, err)
	}
	p, err = s.Practice(ctx, a.Practice)
	return a, p, err
}

// Adoptions lists the adoptions of a practice, whatever became of them.
func (s *Service) Adoptions(ctx context.Context, practice ID) ([]Adoption, error) {
	all, err := adoptionsWhere(ctx, s.db, `a.practice_id = $1`, practice)
	if err != nil {
		return nil, fmt.Errorf("list adoptions of %s: %w", practice, err)
	}
	return all, nil
}

// MyAdoptions lists the adoptions in which somebody stands on a side: as who answers
// for the adopting city, or as the contact of the practice.
func (s *Service) MyAdoptions(ctx context.Context, of edition.ID, who people.AccountID) ([]Adoption, error) {
	all, err := adoptionsWhere(ctx, s.db, `p.edition_id = $1 AND (a.adopter_account = $2 OR p.contact_account = $2)`, of, who)
	if err != nil {
		return nil, fmt.Errorf("list somebody's adoptions: %w", err)
	}
	return all, nil
}

// Adoption returns one adoption, or ErrNoAdoption.
func (s *Service) Adoption(ctx context.Context, adoption AdoptionID) (Adoption, error) {
	a, _, err := s.adoption(ctx, adoption)
	return a, err
}
