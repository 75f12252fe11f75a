package edition

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
)

const editionColumns = `id, slug, number, name, motto, about, city, venue, starts_on, ends_on, time_zone,
	form, attendance, licence, examples, sources, public, revision, updated_at`

func scanEdition(row db.Scanner) (e Edition, err error) {
	return e, row.Scan(&e.ID, &e.Slug, &e.Number, db.FromJSON(&e.Name), db.FromJSON(&e.Motto),
		db.FromJSON(&e.About), db.FromJSON(&e.City), db.FromJSON(&e.Venue), &e.StartsOn, &e.EndsOn, &e.TimeZone,
		&e.Form, db.FromJSON(&e.Attendance), &e.Licence, db.FromJSON(&e.Examples), db.FromJSON(&e.Sources),
		&e.Public, &e.Revision, &e.UpdatedAt)
}

type ownedCredit struct {
	edition ID
	Credit
}

func scanCredit(row db.Scanner) (c ownedCredit, err error) {
	return c, row.Scan(&c.edition, &c.Institution, &c.Role)
}

// Editions lists every edition with its credits, the latest first.
func Editions(ctx context.Context, q db.Querier) ([]Edition, error) {
	editions, err := db.Collect(scanEdition)(q.Query(ctx, `
		SELECT `+editionColumns+` FROM edition ORDER BY starts_on DESC, id`))
	if err != nil {
		return nil, err
	}
	credits, err := db.Collect(scanCredit)(q.Query(ctx, `
		SELECT edition_id, institution_id, role FROM edition_credit ORDER BY edition_id, position`))
	if err != nil {
		return nil, err
	}
	of := map[ID][]Credit{}
	for _, c := range credits {
		of[c.edition] = append(of[c.edition], c.Credit)
	}
	for i := range editions {
		editions[i].Credits = of[editions[i].ID]
	}
	return editions, nil
}

// findEdition returns the one edition that the condition names, or ErrUnknown.
func findEdition(ctx context.Context, q db.Querier, where, arg string) (Edition, error) {
	e, err := scanEdition(q.QueryRow(ctx, `
		SELECT `+editionColumns+` FROM edition WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return e, ErrUnknown
	}
	if err != nil {
		return e, err
	}
	credits, err := db.Collect(scanCredit)(q.Query(ctx, `
		SELECT edition_id, institution_id, role FROM edition_credit WHERE edition_id = $1 ORDER BY position`, e.ID))
	for _, c := range credits {
		e.Credits = append(e.Credits, c.Credit)
	}
	return e, err
}

func insertEdition(ctx context.Context, q db.Querier, e Edition) error {
	_, err := q.Exec(ctx, `
		INSERT INTO edition (`+editionColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		e.ID, e.Slug, e.Number, db.JSON(e.Name), db.JSON(e.Motto), db.JSON(e.About), db.JSON(e.City),
		db.JSON(e.Venue), e.StartsOn, e.EndsOn, e.TimeZone, e.Form, db.JSON(e.Attendance), e.Licence,
		db.JSON(e.Examples), db.JSON(e.Sources), e.Public, e.Revision, e.UpdatedAt)
	return err
}

// updateEdition writes the next revision; the condition on the one before it
// keeps two editors from undoing each other's work.
func updateEdition(ctx context.Context, q db.Querier, e Edition) error {
	n, err := q.Exec(ctx, `
		UPDATE edition SET slug = $2, number = $3, name = $4, motto = $5, about = $6, city = $7, venue = $8,
			starts_on = $9, ends_on = $10, time_zone = $11, form = $12, attendance = $13, licence = $14,
			examples = $15, sources = $16, public = $17, revision = $18, updated_at = $19
		WHERE id = $1 AND revision = $18 - 1`,
		e.ID, e.Slug, e.Number, db.JSON(e.Name), db.JSON(e.Motto), db.JSON(e.About), db.JSON(e.City),
		db.JSON(e.Venue), e.StartsOn, e.EndsOn, e.TimeZone, e.Form, db.JSON(e.Attendance), e.Licence,
		db.JSON(e.Examples), db.JSON(e.Sources), e.Public, e.Revision, e.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// touch marks the edition as changed, so that pages made from it are made anew.
func touch(ctx context.Context, q db.Querier, edition ID, at time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE edition SET revision = revision + 1, updated_at = $2 WHERE id = $1`, edition, at)
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

func replaceCredits(ctx context.Context, q db.Querier, e Edition) error {
	if _, err := q.Exec(ctx, `DELETE FROM edition_credit WHERE edition_id = $1`, e.ID); err != nil {
		return err
	}
	for i, c := range e.Credits {
		if _, err := q.Exec(ctx, `
			INSERT INTO edition_credit (edition_id, position, institution_id, role) VALUES ($1, $2, $3, $4)`,
			e.ID, i, c.Institution, c.Role); err != nil {
			return err
		}
	}
	return nil
}

const pageColumns = `id, edition_id, slug, kind, title, body, position, revision, updated_at`

func scanPage(row db.Scanner) (p Page, err error) {
	return p, row.Scan(&p.ID, &p.Edition, &p.Slug, &p.Kind, db.FromJSON(&p.Title), db.FromJSON(&p.Body),
		&p.Position, &p.Revision, &p.UpdatedAt)
}

// Pages lists the pages of an edition in their order.
func Pages(ctx context.Context, q db.Querier, edition ID) ([]Page, error) {
	return db.Collect(scanPage)(q.Query(ctx, `
		SELECT `+pageColumns+` FROM edition_page WHERE edition_id = $1 ORDER BY position, slug`, edition))
}

func insertPage(ctx context.Context, q db.Querier, p Page) error {
	_, err := q.Exec(ctx, `
		INSERT INTO edition_page (`+pageColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Edition, p.Slug, p.Kind, db.JSON(p.Title), db.JSON(p.Body), p.Position, p.Revision, p.UpdatedAt)
	return err
}

func updatePage(ctx context.Context, q db.Querier, p Page) error {
	n, err := q.Exec(ctx, `
		UPDATE edition_page SET slug = $2, kind = $3, title = $4, body = $5, position = $6, revision = $7,
			updated_at = $8
		WHERE id = $1 AND revision = $7 - 1`,
		p.ID, p.Slug, p.Kind, db.JSON(p.Title), db.JSON(p.Body), p.Position, p.Revision, p.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func insertPageVersion[By ~string](ctx context.Context, q db.Querier, p Page, by By) error {
	_, err := q.Exec(ctx, `
		INSERT INTO edition_page_version (page_id, revision, title, body, made_at, made_by)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		p.ID, p.Revision, db.JSON(p.Title), db.JSON(p.Body), p.UpdatedAt, string(by))
	return err
}

func pageVersions(ctx context.Context, q db.Querier, page string) ([]Page, error) {
	scan := func(row db.Scanner) (p Page, err error) {
		return p, row.Scan(&p.ID, &p.Revision, db.FromJSON(&p.Title), db.FromJSON(&p.Body), &p.UpdatedAt)
	}
	return db.Collect(scan)(q.Query(ctx, `
		SELECT page_id, revision, title, body, made_at
		FROM edition_page_version WHERE page_id = $1 ORDER BY revision DESC`, page))
}

const logoColumns = `id, edition_id, role, name, url, media_type, image, position`

func scanLogo(row db.Scanner) (l Logo, err error) {
	return l, row.Scan(&l.ID, &l.Edition, &l.Role, db.FromJSON(&l.Name), &l.URL, &l.MediaType, &l.Image, &l.Position)
}

// Logos lists the marks of an edition in their order.
func Logos(ctx context.Context, q db.Querier, edition ID) ([]Logo, error) {
	return db.Collect(scanLogo)(q.Query(ctx, `
		SELECT `+logoColumns+` FROM edition_logo WHERE edition_id = $1 ORDER BY position, id`, edition))
}

func insertLogo(ctx context.Context, q db.Querier, l Logo) error {
	if l.Image == nil {
		l.Image = []byte{}
	}
	_, err := q.Exec(ctx, `
		INSERT INTO edition_logo (`+logoColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		l.ID, l.Edition, l.Role, db.JSON(l.Name), l.URL, l.MediaType, l.Image, l.Position)
	return err
}

func deleteLogo(ctx context.Context, q db.Querier, edition ID, logo string) error {
	n, err := q.Exec(ctx, `DELETE FROM edition_logo WHERE id = $1 AND edition_id = $2`, logo, edition)
	if err == nil && n == 0 {
		return ErrNoLogo
	}
	return err
}

const taxonomyColumns = `id, edition_id, kind, name, version, position, revision, updated_at`

func scanTaxonomy(row db.Scanner) (t Taxonomy, err error) {
	return t, row.Scan(&t.ID, &t.Edition, &t.Kind, db.FromJSON(&t.Name), &t.Version, &t.Position,
		&t.Revision, &t.UpdatedAt)
}

type ownedTerm struct {
	taxonomy string
	Term
}

func scanTerm(row db.Scanner) (t ownedTerm, err error) {
	return t, row.Scan(&t.taxonomy, &t.ID, &t.Slug, db.FromJSON(&t.Name), db.FromJSON(&t.Description),
		&t.Since, &t.Until, &t.Continues)
}

// Taxonomies lists the taxonomies of an edition with all their terms.
func Taxonomies(ctx context.Context, q db.Querier, edition ID) ([]Taxonomy, error) {
	taxonomies, err := db.Collect(scanTaxonomy)(q.Query(ctx, `
		SELECT `+taxonomyColumns+` FROM taxonomy WHERE edition_id = $1 ORDER BY position, id`, edition))
	if err != nil {
		return nil, err
	}
	terms, err := db.Collect(scanTerm)(q.Query(ctx, `
		SELECT term.taxonomy_id, term.id, term.slug, term.name, term.description, term.since, term.until,
			COALESCE(term.continues, '')
		FROM term JOIN taxonomy ON taxonomy.id = term.taxonomy_id
		WHERE taxonomy.edition_id = $1 ORDER BY term.taxonomy_id, term.position, term.id`, edition))
	if err != nil {
		return nil, err
	}
	of := map[string][]Term{}
	for _, t := range terms {
		of[t.taxonomy] = append(of[t.taxonomy], t.Term)
	}
	for i := range taxonomies {
		taxonomies[i].Terms = of[taxonomies[i].ID]
	}
	return taxonomies, nil
}

func insertTaxonomy(ctx context.Context, q db.Querier, t Taxonomy) error {
	_, err := q.Exec(ctx, `
		INSERT INTO taxonomy (`+taxonomyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ID, t.Edition, t.Kind, db.JSON(t.Name), t.Version, t.Position, t.Revision, t.UpdatedAt)
	return err
}

func updateTaxonomy(ctx context.Context, q db.Querier, t Taxonomy) error {
	n, err := q.Exec(ctx, `
		UPDATE taxonomy SET name = $2, version = $3, position = $4, revision = $5, updated_at = $6
		WHERE id = $1 AND revision = $5 - 1`,
		t.ID, db.JSON(t.Name), t.Version, t.Position, t.Revision, t.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// replaceTerms makes the table say what t says. A term that something refers
// to cannot go: ErrTermInUse.
func replaceTerms(ctx context.Context, q db.Querier, t Taxonomy) error {
	keep := []any{t.ID}
	for _, term := range t.Terms {
		keep = append(keep, term.ID)
	}
	_, err := q.Exec(ctx, `
		DELETE FROM term WHERE taxonomy_id = $1 AND id NOT IN (`+db.List(2, len(t.Terms))+`)`, keep...)
	if errors.Is(err, db.ErrMissing) {
		return ErrTermInUse
	}
	if err != nil {
		return err
	}
	for i, term := range t.Terms {
		if err := upsertTerm(ctx, q, t.ID, i, term); err != nil {
			return slugTaken(err)
		}
	}
	return nil
}

func upsertTerm(ctx context.Context, q db.Querier, taxonomy string, position int, t Term) error {
	_, err := q.Exec(ctx, `
		INSERT INTO term (id, taxonomy_id, slug, name, description, since, until, continues, position)
		VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, ''), $9)
		ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name,
			description = excluded.description, since = excluded.since, until = excluded.until,
			continues = excluded.continues, position = excluded.position`,
		t.ID, taxonomy, t.Slug, db.JSON(t.Name), db.JSON(t.Description), t.Since, t.Until, t.Continues, position)
	return err
}

// Check looks for editions, pages and taxonomies that no rule of this package
// would have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	var faults []db.Fault
	editions, err := Editions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		if err := e.Validate(); err != nil {
			faults = append(faults, db.Fault{Package: "edition", What: err.Error(), Row: "edition " + e.Slug})
		}
		more, err := checkParts(ctx, q, e)
		if err != nil {
			return nil, err
		}
		faults = append(faults, more...)
	}
	return faults, nil
}

func checkParts(ctx context.Context, q db.Querier, e Edition) ([]db.Fault, error) {
	var faults []db.Fault
	pages, err := Pages(ctx, q, e.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range pages {
		versions, err := pageVersions(ctx, q, p.ID)
		if err != nil {
			return nil, err
		}
		switch {
		case p.Validate() != nil:
			faults = append(faults, db.Fault{Package: "edition", What: p.Validate().Error(), Row: "page " + p.Slug})
		case len(versions) == 0 || versions[0].Revision != p.Revision || !versions[0].Body.Equal(p.Body):
			faults = append(faults, db.Fault{Package: "edition", What: "the last wording is not kept", Row: "page " + p.Slug})
		}
	}
	taxonomies, err := Taxonomies(ctx, q, e.ID)
	for _, t := range taxonomies {
		if err := t.Validate(); err != nil {
			faults = append(faults, db.Fault{Package: "edition", What: err.Error(), Row: "taxonomy " + t.ID})
		}
	}
	return faults, err
}
