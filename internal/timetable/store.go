package timetable

import (
	"context"
	"errors"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Load reads the working programme of an edition with everything it refers
// to: a fixed number of statements, however large the congress is.
func Load(ctx context.Context, q db.Querier, of edition.ID) (*Programme, error) {
	p := new(Programme)
	var err error
	if p.Edition, err = edition.ByID(ctx, q, of); err != nil {
		return nil, err
	}
	if p.Taxonomies, err = edition.Taxonomies(ctx, q, of); err != nil {
		return nil, err
	}
	content, err := programme.Load(ctx, q, of)
	if err != nil {
		return nil, err
	}
	p.Blocks, p.Stages, p.Sessions = content.Blocks, content.Stages, content.Sessions
	if p.Persons, err = people.Persons(ctx, q); err != nil {
		return nil, err
	}
	if p.Institutions, err = people.Institutions(ctx, q); err != nil {
		return nil, err
	}
	if p.Places, err = places(ctx, q, of); err != nil {
		return nil, err
	}
	if p.Walks, err = walks(ctx, q, of); err != nil {
		return nil, err
	}
	if p.Slots, err = slots(ctx, q, of); err != nil {
		return nil, err
	}
	p.Numbers, err = numbers(ctx, q, of)
	return p, err
}

const placeColumns = `id, edition_id, slug, kind, name, building, capacity, access, shared, position, examples,
	revision, updated_at`

func scanPlace(row db.Scanner) (p Place, err error) {
	return p, row.Scan(&p.ID, &p.Edition, &p.Slug, &p.Kind, db.FromJSON(&p.Name), db.FromJSON(&p.Building),
		&p.Capacity, db.FromJSON(&p.Access), &p.Shared, &p.Position, db.FromJSON(&p.Examples), &p.Revision, &p.UpdatedAt)
}

func places(ctx context.Context, q db.Querier, of edition.ID) ([]Place, error) {
	return db.Collect(scanPlace)(q.Query(ctx, `
		SELECT `+placeColumns+` FROM place WHERE edition_id = $1 ORDER BY position, slug`, of))
}

func insertPlace(ctx context.Context, q db.Querier, p Place) error {
	_, err := q.Exec(ctx, `
		INSERT INTO place (`+placeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.ID, p.Edition, p.Slug, p.Kind, db.JSON(p.Name), db.JSON(p.Building), p.Capacity, db.JSON(p.Access),
		p.Shared, p.Position, db.JSON(p.Examples), p.Revision, p.UpdatedAt)
	return err
}

// updatePlace writes the next revision; the condition on the one before it
// keeps two editors from undoing each other's work.
func updatePlace(ctx context.Context, q db.Querier, p Place) error {
	n, err := q.Exec(ctx, `
		UPDATE place SET slug = $2, kind = $3, name = $4, building = $5, capacity = $6, access = $7, shared = $8,
			position = $9, examples = $10, revision = $11, updated_at = $12
		WHERE id = $1 AND revision = $11 - 1`,
		p.ID, p.Slug, p.Kind, db.JSON(p.Name), db.JSON(p.Building), p.Capacity, db.JSON(p.Access), p.Shared,
		p.Position, db.JSON(p.Examples), p.Revision, p.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func walks(ctx context.Context, q db.Querier, of edition.ID) ([]Walk, error) {
	return db.Collect(func(row db.Scanner) (w Walk, err error) {
		return w, row.Scan(&w.From, &w.To, &w.Minutes)
	})(q.Query(ctx, `
		SELECT walk.from_id, walk.to_id, walk.minutes
		FROM walk JOIN place ON place.id = walk.from_id
		WHERE place.edition_id = $1 ORDER BY walk.from_id, walk.to_id`, of))
}

// upsertWalk writes the walk under the smaller id first, as the table wants
// it; no minutes, no entry.
func upsertWalk(ctx context.Context, q db.Querier, w Walk) error {
	if w.To < w.From {
		w.From, w.To = w.To, w.From
	}
	if w.Minutes == 0 {
		_, err := q.Exec(ctx, `DELETE FROM walk WHERE from_id = $1 AND to_id = $2`, w.From, w.To)
		return err
	}
	_, err := q.Exec(ctx, `
		INSERT INTO walk (from_id, to_id, minutes) VALUES ($1, $2, $3)
		ON CONFLICT (from_id, to_id) DO UPDATE SET minutes = excluded.minutes`, w.From, w.To, w.Minutes)
	return err
}

const slotColumns = `slot.id, slot.session_id, COALESCE(slot.place_id, ''), slot.starts_at, slot.ends_at,
	slot.examples, slot.revision, slot.updated_at`

func scanSlot(row db.Scanner) (s Slot, err error) {
	return s, row.Scan(&s.ID, &s.Session, &s.Place, &s.Start, &s.End, db.FromJSON(&s.Examples), &s.Revision, &s.UpdatedAt)
}

func slots(ctx context.Context, q db.Querier, of edition.ID) ([]Slot, error) {
	return db.Collect(scanSlot)(q.Query(ctx, `
		SELECT `+slotColumns+`
		FROM slot JOIN session ON session.id = slot.session_id
		WHERE session.edition_id = $1 ORDER BY slot.starts_at, slot.id`, of))
}

func insertSlot(ctx context.Context, q db.Querier, s Slot) error {
	_, err := q.Exec(ctx, `
		INSERT INTO slot (id, session_id, place_id, starts_at, ends_at, examples, revision, updated_at)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8)`,
		s.ID, s.Session, s.Place, s.Start, s.End, db.JSON(s.Examples), s.Revision, s.UpdatedAt)
	return err
}

func updateSlot(ctx context.Context, q db.Querier, s Slot) error {
	n, err := q.Exec(ctx, `
		UPDATE slot SET place_id = NULLIF($2, ''), starts_at = $3, ends_at = $4, examples = $5, revision = $6,
			updated_at = $7
		WHERE id = $1 AND revision = $6 - 1`,
		s.ID, s.Place, s.Start, s.End, db.JSON(s.Examples), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// RemoveSlot deletes a slot that nobody has changed since it was read.
func RemoveSlot(ctx context.Context, q db.Querier, s Slot) error {
	n, err := q.Exec(ctx, `DELETE FROM slot WHERE id = $1 AND revision = $2`, s.ID, s.Revision)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func numbers(ctx context.Context, q db.Querier, of edition.ID) (map[string]int, error) {
	type numbered struct {
		object string
		number int
	}
	all, err := db.Collect(func(row db.Scanner) (n numbered, err error) {
		return n, row.Scan(&n.object, &n.number)
	})(q.Query(ctx, `SELECT object, number FROM timetable_number WHERE edition_id = $1`, of))
	found := map[string]int{}
	for _, n := range all {
		found[n.object] = n.number
	}
	return found, err
}

func insertNumber(ctx context.Context, q db.Querier, of edition.ID, object string, n int) error {
	_, err := q.Exec(ctx, `
		INSERT INTO timetable_number (edition_id, object, number) VALUES ($1, $2, $3)`, of, object, n)
	return err
}

const releaseColumns = `id, edition_id, number, name, name_en, note, scope_kind, scope_id, published_at, published_by,
	changes, hash`

func scanRelease(row db.Scanner) (r Release, err error) {
	return r, row.Scan(&r.ID, &r.Edition, &r.Number, &r.Name.PL, &r.Name.EN, db.FromJSON(&r.Note), &r.Scope.Kind, &r.Scope.ID,
		&r.PublishedAt, &r.PublishedBy, db.FromJSON(&r.Changes), &r.Hash)
}

func releases(ctx context.Context, q db.Querier, of edition.ID) ([]Release, error) {
	return db.Collect(scanRelease)(q.Query(ctx, `
		SELECT `+releaseColumns+` FROM release WHERE edition_id = $1 ORDER BY number DESC`, of))
}

// latestRelease returns the release that the public sees, or ErrNoRelease.
func latestRelease(ctx context.Context, q db.Querier, of edition.ID) (Release, error) {
	r, err := scanRelease(q.QueryRow(ctx, `
		SELECT `+releaseColumns+` FROM release WHERE edition_id = $1 ORDER BY number DESC LIMIT 1`, of))
	if errors.Is(err, db.ErrNoRow) {
		return r, ErrNoRelease
	}
	return r, err
}

// insertRelease writes a release under the next number of its edition. Two
// that are published at once get the same number and the key refuses one.
func insertRelease(ctx context.Context, q db.Querier, r Release, document []byte) (n int, err error) {
	err = q.QueryRow(ctx, `
		INSERT INTO release (`+releaseColumns+`, document)
		SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
		FROM release WHERE edition_id = $2
		RETURNING number`,
		r.ID, r.Edition, r.Name.PL, r.Name.EN, db.JSON(r.Note), r.Scope.Kind, r.Scope.ID, r.PublishedAt, r.PublishedBy,
		db.JSON(r.Changes), r.Hash, document).Scan(&n)
	return n, err
}

// hashOfRelease returns the hash of what a release says now, or ErrNoRelease.
func hashOfRelease(ctx context.Context, q db.Querier, release ReleaseID) (hash string, err error) {
	err = q.QueryRow(ctx, `SELECT hash FROM release WHERE id = $1`, release).Scan(&hash)
	if errors.Is(err, db.ErrNoRow) {
		return "", ErrNoRelease
	}
	return hash, err
}

func loadDocument(ctx context.Context, q db.Querier, release ReleaseID) (*Programme, error) {
	var document []byte
	err := q.QueryRow(ctx, `SELECT document FROM release WHERE id = $1`, release).Scan(&document)
	if errors.Is(err, db.ErrNoRow) {
		return nil, ErrNoRelease
	}
	if err != nil {
		return nil, err
	}
	return decode(document)
}
