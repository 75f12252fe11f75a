package privacy

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Reapply erases again what an older backup has brought back, and completes
// what a crash has interrupted: everybody in the book of whom the database does
// not know that they are erased. It also writes into the book what the database
// knows and the book does not, because another instance did it. Call it before
// the first visitor is let in. It returns how many were erased.
func (s *Service) Reapply(ctx context.Context) (int, error) {
	stones, err := s.Book.Stones()
	if err != nil {
		return 0, err
	}
	done, err := doneCases(ctx, s.DB)
	if err != nil {
		return 0, fmt.Errorf("look for erasures that are done: %w", err)
	}
	n := 0
	inBook := map[CaseID]bool{}
	for _, stone := range stones {
		inBook[stone.Case] = true
		if _, is := done[stone.Case]; is {
			continue
		}
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.again(ctx, tx, stone) }); err != nil {
			return n, fmt.Errorf("erase again what case %s erased: %w", stone.Case, err)
		}
		n++
	}
	for id, c := range done {
		if inBook[id] {
			continue
		}
		if err := s.Book.Add(c.stone()); err != nil {
			return n, err
		}
	}
	if n == 0 {
		return 0, nil
	}
	s.Log.WarnContext(ctx, "erased again what the database had back", "people", n)
	return n, s.Scrub(ctx)
}

// again does once more what a stone tells of.
func (s *Service) again(ctx context.Context, tx *db.Tx, stone Stone) error {
	if err := journal.Hold(ctx, tx); err != nil {
		return err
	}
	of, err := people.SubjectOf(ctx, tx, people.Subject{Account: stone.Account, Person: stone.Person})
	if err != nil {
		return err
	}
	c := Case{
		ID: stone.Case, Number: stone.Number, Account: stone.Account, Person: stone.Person, State: Done,
		OpenedAt: stone.At, DueAt: due(stone.At), ClosedAt: s.Now(),
	}
	if c.Outcomes, err = s.eraseFrom(ctx, tx, c.completes(of)); err != nil {
		return err
	}
	before, err := findCase(ctx, tx, stone.Case)
	switch {
	case errors.Is(err, ErrNoCase):
		err = s.enter(ctx, tx, &c)
	case err == nil:
		c.Number, c.OpenedBy, c.OpenedAt, c.DueAt = before.Number, before.OpenedBy, before.OpenedAt, before.DueAt
		err = updateCase(ctx, tx, c)
	}
	if err != nil {
		return err
	}
	return noted(ctx, tx, c, "privacy.erased_again")
}

// enter writes a case that only the book knows, under its number if that is free.
func (s *Service) enter(ctx context.Context, tx *db.Tx, c *Case) error {
	free, err := numberFree(ctx, tx, c.Number)
	if err != nil {
		return err
	}
	if free {
		return insertNumbered(ctx, tx, *c)
	}
	if c.Number, err = insertCase(ctx, tx, *c); err != nil {
		return err
	}
	return updateCase(ctx, tx, *c)
}
