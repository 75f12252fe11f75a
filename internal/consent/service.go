package consent

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Service keeps what people are told about their data, and their answers.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Notice returns everything that the public is told about the data of an
// edition, as it stood at one moment.
func (s *Service) Notice(ctx context.Context, of edition.ID) (n Notice, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) (err error) {
		if n.Controllers, err = controllers(ctx, q, of); err != nil {
			return err
		}
		if n.Officer, err = findOfficer(ctx, q, of); err != nil {
			return err
		}
		if n.Purposes, err = purposes(ctx, q, of); err != nil {
			return err
		}
		all, err := Clauses(ctx, q, of)
		for _, c := range all {
			if !c.Retired {
				n.Clauses = append(n.Clauses, c)
			}
		}
		return err
	})
	if err != nil {
		return n, fmt.Errorf("read the privacy notice: %w", err)
	}
	return n, nil
}

// Controllers lists who answers for the data of an edition, in their order.
func (s *Service) Controllers(ctx context.Context, of edition.ID) ([]Controller, error) {
	return controllers(ctx, s.db, of)
}

// Officer returns whom to ask about the data of an edition; one of Revision 0
// where nobody has been named.
func (s *Service) Officer(ctx context.Context, of edition.ID) (Officer, error) {
	return findOfficer(ctx, s.db, of)
}

// Purposes lists what data of an edition are kept for, in their order.
func (s *Service) Purposes(ctx context.Context, of edition.ID) ([]Purpose, error) {
	return purposes(ctx, s.db, of)
}

// Clauses lists the clauses of an edition in the order of places, retired ones
// included.
func (s *Service) Clauses(ctx context.Context, of edition.ID) ([]Clause, error) {
	return Clauses(ctx, s.db, of)
}

// Versions lists every wording that a clause has had, the latest first, each
// with the day on which it was made in UpdatedAt.
func (s *Service) Versions(ctx context.Context, clause ClauseID) ([]Clause, error) {
	return versions(ctx, s.db, clause)
}

// SaveController writes a new controller (Revision 0) or the next revision of
// one; a revision that is no longer the last is ErrChanged.
func (s *Service) SaveController(ctx context.Context, by people.AccountID, c Controller) (Controller, error) {
	if err := c.Validate(); err != nil {
		return c, err
	}
	c.UpdatedAt, c.Revision = s.now(), c.Revision+1
	write := updateController
	if c.Revision == 1 {
		write = insertController
		if c.ID == "" {
			c.ID = id.New()
		}
	}
	return c, s.save(ctx, saving{by, c.UpdatedAt, "consent.controller_saved", c.Edition, c.ID}, func(tx *db.Tx) error {
		return write(ctx, tx, c)
	})
}

// RemoveController takes a controller off the list, or returns ErrNoController.
func (s *Service) RemoveController(ctx context.Context, by people.AccountID, of edition.ID, controller string) error {
	return s.save(ctx, saving{by, s.now(), "consent.controller_removed", of, controller}, func(tx *db.Tx) error {
		return deleteRow(ctx, tx, `DELETE FROM controller WHERE edition_id = $1 AND id = $2`, row{of, controller, ErrNoController})
	})
}

// SaveOfficer writes whom to ask; a revision that is no longer the last is
// ErrChanged.
func (s *Service) SaveOfficer(ctx context.Context, by people.AccountID, o Officer) (Officer, error) {
	if err := o.Validate(); err != nil {
		return o, err
	}
	o.UpdatedAt, o.Revision = s.now(), o.Revision+1
	write := updateOfficer
	if o.Revision == 1 {
		write = insertOfficer
	}
	return o, s.save(ctx, saving{by, o.UpdatedAt, "consent.officer_saved", o.Edition, string(o.Edition)}, func(tx *db.Tx) error {
		return write(ctx, tx, o)
	})
}

// SavePurpose writes a new purpose (Revision 0) or the next revision of one; a
// revision that is no longer the last is ErrChanged.
func (s *Service) SavePurpose(ctx context.Context, by people.AccountID, p Purpose) (Purpose, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	p.UpdatedAt, p.Revision = s.now(), p.Revision+1
	write := updatePurpose
	if p.Revision == 1 {
		write = insertPurpose
		if p.ID == "" {
			p.ID = id.New()
		}
	}
	return p, s.save(ctx, saving{by, p.UpdatedAt, "consent.purpose_saved", p.Edition, p.ID}, func(tx *db.Tx) error {
		return write(ctx, tx, p)
	})
}

// RemovePurpose takes a purpose off the table, or returns ErrNoPurpose.
func (s *Service) RemovePurpose(ctx context.Context, by people.AccountID, of edition.ID, purpose string) error {
	return s.save(ctx, saving{by, s.now(), "consent.purpose_removed", of, purpose}, func(tx *db.Tx) error {
		return deleteRow(ctx, tx, `DELETE FROM purpose WHERE edition_id = $1 AND id = $2`, row{of, purpose, ErrNoPurpose})
	})
}

// SaveClause writes a new clause (Revision 0) or the next revision of one. New
// words are a new version, beside which the old one stays; a revision that is no
// longer the last is ErrChanged.
func (s *Service) SaveClause(ctx context.Context, by people.AccountID, c Clause) (Clause, error) {
	if c.Kind == Information {
		c.Allows = ""
	}
	if err := c.Validate(); err != nil {
		return c, err
	}
	c.UpdatedAt, c.Revision = s.now(), c.Revision+1
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		words, err := writeClause(ctx, tx, &c)
		if err != nil {
			return err
		}
		if words {
			if err := insertVersion(ctx, tx, c, by); err != nil {
				return err
			}
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: c.UpdatedAt, Actor: string(by), Action: "consent.clause_saved", Edition: string(c.Edition),
			Object: string(c.ID), Detail: map[string]any{"version": c.Version},
		})
	})
	if err != nil {
		return c, fmt.Errorf("save clause: %w", err)
	}
	return c, nil
}

// writeClause writes c, which it gives a version, and reports whether the
// version is new.
func writeClause(ctx context.Context, tx *db.Tx, c *Clause) (words bool, err error) {
	if c.Revision == 1 {
		if c.ID == "" {
			c.ID = id.Make[ClauseID]()
		}
		c.Version = 1
		return true, insertClause(ctx, tx, *c)
	}
	before, err := findClause(ctx, tx, c.ID)
	if err != nil {
		return false, err
	}
	c.Version, c.Edition = before.Version, before.Edition
	if words = !c.sameWords(before); words {
		c.Version++
	}
	return words, updateClause(ctx, tx, *c)
}

// saving is what the journal is told of a change.
type saving struct {
	by      people.AccountID
	at      time.Time
	action  string
	edition edition.ID
	object  string
}

// save runs write in a transaction with its entry in the journal.
func (s *Service) save(ctx context.Context, what saving, write func(*db.Tx) error) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: what.at, Actor: string(what.by), Action: what.action, Edition: string(what.edition), Object: what.object,
		})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what.action, err)
	}
	return nil
}
