package edition

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Service keeps editions.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service { return &Service{db: d, now: now} }

// Editions lists every edition, the latest first.
func (s *Service) Editions(ctx context.Context) ([]Edition, error) { return Editions(ctx, s.db) }

// Edition returns the edition with this address, or ErrUnknown.
func (s *Service) Edition(ctx context.Context, slug string) (Edition, error) {
	return findEdition(ctx, s.db, `slug = $1`, slug)
}

// ByID returns an edition by its id, or ErrUnknown.
func ByID(ctx context.Context, q db.Querier, edition ID) (Edition, error) {
	return findEdition(ctx, q, `id = $1`, string(edition))
}

// Save writes a new edition (Revision 0) or the next revision of one; a
// revision that is no longer the last is ErrChanged.
func (s *Service) Save(ctx context.Context, by people.AccountID, e Edition) (Edition, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		e, err = Save(ctx, tx, people.Change{By: by, At: s.now()}, e)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("save edition %s: %w", e.Slug, err)
	}
	return e, nil
}

// Save writes e inside a transaction of a caller who changes more than one
// thing at once; see Service.Save.
func Save(ctx context.Context, tx *db.Tx, c people.Change, e Edition) (Edition, error) {
	if err := e.Validate(); err != nil {
		return e, err
	}
	e.UpdatedAt, e.Revision = c.At, e.Revision+1
	write := updateEdition
	if e.Revision == 1 {
		write = insertEdition
		if e.ID == "" {
			e.ID = id.Make[ID]()
		}
	}
	if err := write(ctx, tx, e); err != nil {
		return e, slugTaken(err)
	}
	if err := replaceCredits(ctx, tx, e); err != nil {
		return e, err
	}
	return e, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "edition.saved", Edition: string(e.ID), Object: string(e.ID),
	})
}

// Pages lists the edition's pages in their order.
func (s *Service) Pages(ctx context.Context, edition ID) ([]Page, error) {
	return Pages(ctx, s.db, edition)
}

// PageVersions lists every wording that a page has had, the latest first.
func (s *Service) PageVersions(ctx context.Context, page string) ([]Page, error) {
	return pageVersions(ctx, s.db, page)
}

// SavePage writes a page and keeps the wording as a version of its own.
func (s *Service) SavePage(ctx context.Context, by people.AccountID, p Page) (Page, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		p, err = SavePage(ctx, tx, people.Change{By: by, At: s.now()}, p)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("save page %s: %w", p.Slug, err)
	}
	return p, nil
}

// SavePage writes p inside a caller's transaction; see Service.SavePage.
func SavePage(ctx context.Context, tx *db.Tx, c people.Change, p Page) (Page, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	p.UpdatedAt, p.Revision = c.At, p.Revision+1
	write := updatePage
	if p.Revision == 1 {
		write = insertPage
		if p.ID == "" {
			p.ID = id.New()
		}
	}
	if err := write(ctx, tx, p); err != nil {
		return p, slugTaken(err)
	}
	if err := insertPageVersion(ctx, tx, p, c.By); err != nil {
		return p, err
	}
	if err := touch(ctx, tx, p.Edition, c.At); err != nil {
		return p, err
	}
	return p, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "edition.page_saved", Edition: string(p.Edition), Object: p.ID,
	})
}

// Logos lists the edition's marks in their order, with pictures.
func (s *Service) Logos(ctx context.Context, edition ID) ([]Logo, error) {
	return Logos(ctx, s.db, edition)
}

// SaveLogo writes a new mark.
func (s *Service) SaveLogo(ctx context.Context, by people.AccountID, l Logo) (Logo, error) {
	if err := l.Validate(); err != nil {
		return l, err
	}
	l.ID = id.New()
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := insertLogo(ctx, tx, l); err != nil {
			return err
		}
		if err := touch(ctx, tx, l.Edition, now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "edition.logo_saved", Edition: string(l.Edition), Object: l.ID,
		})
	})
	if err != nil {
		return l, fmt.Errorf("save logo: %w", err)
	}
	return l, nil
}

// RemoveLogo takes a mark out of the strip.
func (s *Service) RemoveLogo(ctx context.Context, by people.AccountID, edition ID, logo string) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := deleteLogo(ctx, tx, edition, logo); err != nil {
			return err
		}
		if err := touch(ctx, tx, edition, now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "edition.logo_removed", Edition: string(edition), Object: logo,
		})
	})
	if err != nil {
		return fmt.Errorf("remove logo %s: %w", logo, err)
	}
	return nil
}

// Taxonomies lists the edition's taxonomies with all their terms.
func (s *Service) Taxonomies(ctx context.Context, edition ID) ([]Taxonomy, error) {
	return Taxonomies(ctx, s.db, edition)
}

// SaveTaxonomy writes a taxonomy and its terms; a term that a session uses
// cannot be left out, only ended.
func (s *Service) SaveTaxonomy(ctx context.Context, by people.AccountID, t Taxonomy) (Taxonomy, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		t, err = SaveTaxonomy(ctx, tx, people.Change{By: by, At: s.now()}, t)
		return err
	})
	if err != nil {
		return t, fmt.Errorf("save taxonomy %s: %w", t.Kind, err)
	}
	return t, nil
}

// SaveTaxonomy writes t inside a caller's transaction; see Service.SaveTaxonomy.
func SaveTaxonomy(ctx context.Context, tx *db.Tx, c people.Change, t Taxonomy) (Taxonomy, error) {
	if err := t.Validate(); err != nil {
		return t, err
	}
	t.UpdatedAt, t.Revision = c.At, t.Revision+1
	write := updateTaxonomy
	if t.Revision == 1 {
		write = insertTaxonomy
		if t.ID == "" {
			t.ID = id.New()
		}
	}
	if err := write(ctx, tx, t); err != nil {
		return t, slugTaken(err)
	}
	for i := range t.Terms {
		if t.Terms[i].ID == "" {
			t.Terms[i].ID = id.Make[TermID]()
		}
	}
	if err := replaceTerms(ctx, tx, t); err != nil {
		return t, err
	}
	return t, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "edition.taxonomy_saved", Edition: string(t.Edition), Object: t.ID,
	})
}

// slugTaken tells an address that is taken from other failures.
func slugTaken(err error) error {
	if !errors.Is(err, db.ErrExists) {
		return err
	}
	var wrong errs.Problems
	wrong.Add("slug", "people.slug_taken")
	return wrong.Err()
}
