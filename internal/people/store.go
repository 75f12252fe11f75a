package people

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/errs"
)

const personColumns = `id, slug, name, sort_name, bio, COALESCE(origin, ''), home, example, revision, updated_at`

func scanPerson(row db.Scanner) (p Person, err error) {
	return p, row.Scan(&p.ID, &p.Slug, &p.Name, &p.SortName, db.FromJSON(&p.Bio), &p.Origin, &p.Home,
		&p.Example, &p.Revision, &p.UpdatedAt)
}

// Persons lists every person with affiliations, in the order of sort names.
func Persons(ctx context.Context, q db.Querier) ([]Person, error) {
	persons, err := db.Collect(scanPerson)(q.Query(ctx, `
		SELECT `+personColumns+` FROM person ORDER BY sort_name, id`))
	if err != nil {
		return nil, err
	}
	return withAffiliations(ctx, q, persons)
}

type ownedAffiliation struct {
	person PersonID
	Affiliation
}

func scanAffiliation(row db.Scanner) (a ownedAffiliation, err error) {
	return a, row.Scan(&a.person, &a.Institution, db.FromJSON(&a.Title), &a.From, &a.Until)
}

func withAffiliations(ctx context.Context, q db.Querier, persons []Person) ([]Person, error) {
	all, err := db.Collect(scanAffiliation)(q.Query(ctx, `
		SELECT person_id, institution_id, title, from_date, until_date
		FROM affiliation ORDER BY person_id, position`))
	if err != nil {
		return nil, err
	}
	of := map[PersonID][]Affiliation{}
	for _, a := range all {
		of[a.person] = append(of[a.person], a.Affiliation)
	}
	for i := range persons {
		persons[i].Affiliations = of[persons[i].ID]
	}
	return persons, nil
}

// findPerson returns the one person that the condition names, or ErrNoPerson.
func findPerson(ctx context.Context, q db.Querier, where, arg string) (Person, error) {
	p, err := scanPerson(q.QueryRow(ctx, `
		SELECT `+personColumns+` FROM person WHERE `+where, arg))
	if errors.Is(err, db.ErrNoRow) {
		return p, ErrNoPerson
	}
	if err != nil {
		return p, err
	}
	owned, err := db.Collect(scanAffiliation)(q.Query(ctx, `
		SELECT person_id, institution_id, title, from_date, until_date
		FROM affiliation WHERE person_id = $1 ORDER BY position`, p.ID))
	for _, a := range owned {
		p.Affiliations = append(p.Affiliations, a.Affiliation)
	}
	return p, err
}

func insertPerson(ctx context.Context, q db.Querier, p Person) error {
	_, err := q.Exec(ctx, `
		INSERT INTO person (id, slug, name, sort_name, bio, origin, example, revision, updated_at, home)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, $9, $10)`,
		p.ID, p.Slug, p.Name, p.SortName, db.JSON(p.Bio), p.Origin, p.Example, p.Revision, p.UpdatedAt, p.Home)
	return err
}

// updatePerson writes the next revision; the condition on the one before it
// keeps two editors from undoing each other's work.
func updatePerson(ctx context.Context, q db.Querier, p Person) error {
	n, err := q.Exec(ctx, `
		UPDATE person SET slug = $2, name = $3, sort_name = $4, bio = $5, origin = NULLIF($6, ''),
			example = $7, revision = $8, updated_at = $9
		WHERE id = $1 AND revision = $8 - 1`,
		p.ID, p.Slug, p.Name, p.SortName, db.JSON(p.Bio), p.Origin, p.Example, p.Revision, p.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func replaceAffiliations(ctx context.Context, q db.Querier, p Person) error {
	if _, err := q.Exec(ctx, `DELETE FROM affiliation WHERE person_id = $1`, p.ID); err != nil {
		return err
	}
	for i, a := range p.Affiliations {
		if _, err := q.Exec(ctx, `
			INSERT INTO affiliation (person_id, position, institution_id, title, from_date, until_date)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			p.ID, i, a.Institution, db.JSON(a.Title), a.From, a.Until); err != nil {
			return err
		}
	}
	return nil
}

const institutionColumns = `id, slug, name, short, sector, COALESCE(part_of, ''), url, home, example, revision, updated_at`

func scanInstitution(row db.Scanner) (i Institution, err error) {
	return i, row.Scan(&i.ID, &i.Slug, db.FromJSON(&i.Name), &i.Short, &i.Sector, &i.PartOf, &i.URL, &i.Home,
		&i.Example, &i.Revision, &i.UpdatedAt)
}

// Institutions lists every institution in the order of addresses.
func Institutions(ctx context.Context, q db.Querier) ([]Institution, error) {
	return db.Collect(scanInstitution)(q.Query(ctx, `
		SELECT `+institutionColumns+` FROM institution ORDER BY slug`))
}

func findInstitution(ctx context.Context, q db.Querier, slug string) (Institution, error) {
	i, err := scanInstitution(q.QueryRow(ctx, `
		SELECT `+institutionColumns+` FROM institution WHERE slug = $1`, slug))
	if errors.Is(err, db.ErrNoRow) {
		return i, ErrNoInstitution
	}
	return i, err
}

func insertInstitution(ctx context.Context, q db.Querier, i Institution) error {
	_, err := q.Exec(ctx, `
		INSERT INTO institution (id, slug, name, short, sector, part_of, url, example, revision, updated_at, home)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, $9, $10, $11)`,
		i.ID, i.Slug, db.JSON(i.Name), i.Short, i.Sector, i.PartOf, i.URL, i.Example, i.Revision, i.UpdatedAt, i.Home)
	return err
}

func updateInstitution(ctx context.Context, q db.Querier, i Institution) error {
	n, err := q.Exec(ctx, `
		UPDATE institution SET slug = $2, name = $3, short = $4, sector = $5, part_of = NULLIF($6, ''),
			url = $7, example = $8, revision = $9, updated_at = $10
		WHERE id = $1 AND revision = $9 - 1`,
		i.ID, i.Slug, db.JSON(i.Name), i.Short, i.Sector, i.PartOf, i.URL, i.Example, i.Revision, i.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func insertLink(ctx context.Context, q db.Querier, hash string, account AccountID, expires time.Time) error {
	_, err := q.Exec(ctx, `
		INSERT INTO account_link (hash, account_id, expires_at) VALUES ($1, $2, $3)`,
		hash, account, expires)
	return err
}

// spendLink marks the link as used and returns whose it is, or ErrLink. The
// condition is in the statement, so a link lets in one person once.
func spendLink(ctx context.Context, q db.Querier, hash string, now time.Time) (owner AccountID, err error) {
	err = q.QueryRow(ctx, `
		UPDATE account_link SET used_at = $2
		WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
		RETURNING account_id`, hash, now).Scan(&owner)
	if errors.Is(err, db.ErrNoRow) {
		return "", ErrLink
	}
	return owner, err
}

// Check looks for persons and institutions that no rule of this package would
// have let in.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	var faults []db.Fault
	persons, err := Persons(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, p := range persons {
		if err := p.Validate(); err != nil {
			faults = append(faults, db.Fault{Package: "people", What: err.Error(), Row: "person " + string(p.ID)})
		}
	}
	institutions, err := Institutions(ctx, q)
	if err != nil {
		return nil, err
	}
	parent := map[InstitutionID]InstitutionID{}
	for _, i := range institutions {
		parent[i.ID] = i.PartOf
		if err := i.Validate(); err != nil {
			faults = append(faults, db.Fault{Package: "people", What: err.Error(), Row: "institution " + string(i.ID)})
		}
	}
	for i := range parent {
		if inCircle(parent, i) {
			faults = append(faults, db.Fault{Package: "people", What: "part of itself", Row: "institution " + string(i)})
		}
	}
	return faults, nil
}

func inCircle(parent map[InstitutionID]InstitutionID, start InstitutionID) bool {
	steps := 0
	for i := parent[start]; i != ""; i = parent[i] {
		if steps++; i == start || steps > len(parent) {
			return true
		}
	}
	return false
}

func errSlugTaken() error {
	var wrong errs.Problems
	wrong.Add("slug", "people.slug_taken")
	return wrong.Err()
}
