package partner

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// Hand writes several things for whoever asks, all of them or none; see Keeper.Together.
type Hand struct {
	tx     *db.Tx
	reach  *reach
	change people.Change
}

// Together lets do change several things of an edition for whoever asks within one
// transaction, while nobody else changes anything. Each is decided on as Save and
// SavePerson decide.
func (k *Keeper) Together(ctx context.Context, by people.AccountID, of edition.ID, do func(tx *db.Tx, h *Hand) error) error {
	return k.change(ctx, of, func(tx *db.Tx, r *reach) error {
		return do(tx, &Hand{tx: tx, reach: r, change: people.Change{By: by, At: k.now()}})
	})
}

// Home is the home of those whom whoever asks brings into the register.
func (h *Hand) Home() string { return h.reach.register.Home() }

// Knows says whether whoever asks may know of a person, and so name them in a session.
func (h *Hand) Knows(person people.PersonID) bool { return h.reach.free || h.reach.knowsPerson(person) }

// KnowsInstitution says whether whoever asks may know of an institution.
func (h *Hand) KnowsInstitution(institution people.InstitutionID) bool {
	return h.reach.free || h.reach.knowsInstitution(institution)
}

// Mine says whether a block is one in which whoever asks may make sessions.
func (h *Hand) Mine(block programme.BlockID) bool { return h.reach.free || h.reach.edit.Block(block) }

// AddPersons brings people into the register, of whom sessions can speak from then on.
func (h *Hand) AddPersons(ctx context.Context, all []people.Person) ([]people.Person, error) {
	saved := make([]people.Person, len(all))
	for i, p := range all {
		p, err := h.reach.allowPerson(p)
		if err == nil {
			saved[i], err = people.SavePerson(ctx, h.tx, h.change, p)
		}
		if err != nil {
			return nil, fmt.Errorf("save person %s: %w", p.Slug, err)
		}
	}
	public := h.reach.public
	fresh, err := newReach(ctx, h.tx, h.reach.who, h.reach.tree.Edition)
	if err != nil {
		return nil, err
	}
	fresh.public, h.reach = public, fresh
	return saved, nil
}

// AddSessions makes new sessions. An address that is taken gets a number.
func (h *Hand) AddSessions(ctx context.Context, all []programme.Session) ([]programme.Session, error) {
	if len(all) == 0 {
		return nil, rights.ErrHidden
	}
	taken := map[string]bool{}
	e := timetable.Edit{Sessions: slices.Clone(all)}
	for i := range e.Sessions {
		s := &e.Sessions[i]
		s.Slug = text.UniqueSlug(s.Slug, func(slug string) bool { return taken[slug] || h.reach.x.SessionAt(slug) != nil })
		taken[s.Slug] = true
	}
	if err := h.reach.allow(ctx, h.tx, e); err != nil {
		return nil, fmt.Errorf("make %d sessions: %w", len(all), err)
	}
	saved, err := timetable.Save(ctx, h.tx, h.change, e)
	if err != nil {
		return nil, fmt.Errorf("make %d sessions: %w", len(all), err)
	}
	return saved.Sessions, nil
}
