package consent

import (
	"context"
	"errors"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

const controllerColumns = `id, edition_id, name, address, email, phone, position, revision, updated_at`

func scanController(row db.Scanner) (c Controller, err error) {
	return c, row.Scan(&c.ID, &c.Edition, db.FromJSON(&c.Name), &c.Address, &c.Email, &c.Phone, &c.Position,
		&c.Revision, &c.UpdatedAt)
}

func controllers(ctx context.Context, q db.Querier, of edition.ID) ([]Controller, error) {
	return db.Collect(scanController)(q.Query(ctx, `
		SELECT `+controllerColumns+` FROM controller WHERE edition_id = $1 ORDER BY position, id`, of))
}

func insertController(ctx context.Context, q db.Querier, c Controller) error {
	_, err := q.Exec(ctx, `
		INSERT INTO controller (`+controllerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, c.Edition, db.JSON(c.Name), c.Address, c.Email, c.Phone, c.Position, c.Revision, c.UpdatedAt)
	return err
}

func updateController(ctx context.Context, q db.Querier, c Controller) error {
	return changed(q.Exec(ctx, `
		UPDATE controller SET name = $3, address = $4, email = $5, phone = $6, position = $7, revision = $8, updated_at = $9
		WHERE id = $1 AND edition_id = $2 AND revision = $8 - 1`,
		c.ID, c.Edition, db.JSON(c.Name), c.Address, c.Email, c.Phone, c.Position, c.Revision, c.UpdatedAt))
}

const officerColumns = `edition_id, name, email, phone, address, arrangement, revision, updated_at`

func scanOfficer(row db.Scanner) (o Officer, err error) {
	return o, row.Scan(&o.Edition, &o.Name, &o.Email, &o.Phone, &o.Address, db.FromJSON(&o.Arrangement),
		&o.Revision, &o.UpdatedAt)
}

// findOfficer returns the officer, or one of revision 0 who is still to be named.
func findOfficer(ctx context.Context, q db.Querier, of edition.ID) (Officer, error) {
	o, err := scanOfficer(q.QueryRow(ctx, `
		SELECT `+officerColumns+` FROM data_officer WHERE edition_id = $1`, of))
	if errors.Is(err, db.ErrNoRow) {
		return Officer{Edition: of}, nil
	}
	return o, err
}

// insertOfficer writes the first revision; of two who write it at once, one is late.
func insertOfficer(ctx context.Context, q db.Querier, o Officer) error {
	return changed(q.Exec(ctx, `
		INSERT INTO data_officer (`+officerColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (edition_id) DO NOTHING`,
		o.Edition, o.Name, o.Email, o.Phone, o.Address, db.JSON(o.Arrangement), o.Revision, o.UpdatedAt))
}

func updateOfficer(ctx context.Context, q db.Querier, o Officer) error {
	return changed(q.Exec(ctx, `
		UPDATE data_officer SET name = $2, email = $3, phone = $4, address = $5, arrangement = $6, revision = $7, updated_at = $8
		WHERE edition_id = $1 AND revision = $7 - 1`,
		o.Edition, o.Name, o.Email, o.Phone, o.Address, db.JSON(o.Arrangement), o.Revision, o.UpdatedAt))
}

const purposeColumns = `id, edition_id, name, basis, whose, recipients, period, afterwards, position, revision, updated_at`

func scanPurpose(row db.Scanner) (p Purpose, err error) {
	return p, row.Scan(&p.ID, &p.Edition, db.FromJSON(&p.Name), &p.Basis, db.FromJSON(&p.Whose), db.FromJSON(&p.Recipients),
		db.FromJSON(&p.Period), db.FromJSON(&p.Afterwards), &p.Position, &p.Revision, &p.UpdatedAt)
}

func purposes(ctx context.Context, q db.Querier, of edition.ID) ([]Purpose, error) {
	return db.Collect(scanPurpose)(q.Query(ctx, `
		SELECT `+purposeColumns+` FROM purpose WHERE edition_id = $1 ORDER BY position, id`, of))
}

func insertPurpose(ctx context.Context, q db.Querier, p Purpose) error {
	_, err := q.Exec(ctx, `
		INSERT INTO purpose (`+purposeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, p.Edition, db.JSON(p.Name), p.Basis, db.JSON(p.Whose), db.JSON(p.Recipients), db.JSON(p.Period),
		db.JSON(p.Afterwards), p.Position, p.Revision, p.UpdatedAt)
	return err
}

func updatePurpose(ctx context.Context, q db.Querier, p Purpose) error {
	return changed(q.Exec(ctx, `
		UPDATE purpose SET name = $3, basis = $4, whose = $5, recipients = $6, period = $7, afterwards = $8, position = $9,
			revision = $10, updated_at = $11
		WHERE id = $1 AND edition_id = $2 AND revision = $10 - 1`,
		p.ID, p.Edition, db.JSON(p.Name), p.Basis, db.JSON(p.Whose), db.JSON(p.Recipients), db.JSON(p.Period),
		db.JSON(p.Afterwards), p.Position, p.Revision, p.UpdatedAt))
}

// row is one row of an edition, and what to say when there is none.
type row struct {
	edition edition.ID
	id      string
	missing error
}

func deleteRow(ctx context.Context, q db.Querier, statement string, r row) error {
	n, err := q.Exec(ctx, statement, r.edition, r.id)
	if err == nil && n == 0 {
		return r.missing
	}
	return err
}

// changed tells an update that met a newer revision.
func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

const (
	clauseColumns = `clause.id, clause.edition_id, clause.place, clause.kind, clause.allows, clause_version.title,
	clause_version.body, clause_version.version, clause.retired, clause.position, clause.revision`
	currentWords = ` FROM clause
		JOIN clause_version ON clause_version.clause_id = clause.id AND clause_version.version = clause.version`
)

func scanClause(row db.Scanner) (c Clause, err error) {
	return c, row.Scan(&c.ID, &c.Edition, &c.Place, &c.Kind, &c.Allows, db.FromJSON(&c.Title), db.FromJSON(&c.Body),
		&c.Version, &c.Retired, &c.Position, &c.Revision, &c.UpdatedAt)
}

// Clauses lists the clauses of an edition by place and order, retired ones
// included.
func Clauses(ctx context.Context, q db.Querier, of edition.ID) ([]Clause, error) {
	return db.Collect(scanClause)(q.Query(ctx, `
		SELECT `+clauseColumns+`, clause.updated_at`+currentWords+`
		WHERE clause.edition_id = $1 ORDER BY clause.place, clause.position, clause.id`, of))
}

// findClause returns a clause with its current words, or ErrNoClause.
func findClause(ctx context.Context, q db.Querier, clause ClauseID) (Clause, error) {
	c, err := scanClause(q.QueryRow(ctx, `
		SELECT `+clauseColumns+`, clause.updated_at`+currentWords+` WHERE clause.id = $1`, clause))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNoClause
	}
	return c, err
}

func versions(ctx context.Context, q db.Querier, clause ClauseID) ([]Clause, error) {
	all, err := db.Collect(scanClause)(q.Query(ctx, `
		SELECT `+clauseColumns+`, clause_version.made_at
		FROM clause JOIN clause_version ON clause_version.clause_id = clause.id
		WHERE clause.id = $1 ORDER BY clause_version.version DESC`, clause))
	if err == nil && len(all) == 0 {
		return nil, ErrNoClause
	}
	return all, err
}

func insertClause(ctx context.Context, q db.Querier, c Clause) error {
	_, err := q.Exec(ctx, `
		INSERT INTO clause (id, edition_id, place, kind, allows, version, retired, position, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.ID, c.Edition, c.Place, c.Kind, c.Allows, c.Version, c.Retired, c.Position, c.Revision, c.UpdatedAt)
	return err
}

func updateClause(ctx context.Context, q db.Querier, c Clause) error {
	return changed(q.Exec(ctx, `
		UPDATE clause SET place = $2, kind = $3, allows = $4, version = $5, retired = $6, position = $7, revision = $8,
			updated_at = $9
		WHERE id = $1 AND revision = $8 - 1`,
		c.ID, c.Place, c.Kind, c.Allows, c.Version, c.Retired, c.Position, c.Revision, c.UpdatedAt))
}

func insertVersion(ctx context.Context, q db.Querier, c Clause, by people.AccountID) error {
	_, err := q.Exec(ctx, `
		INSERT INTO clause_version (clause_id, version, title, body, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, c.Version, db.JSON(c.Title), db.JSON(c.Body), by, c.UpdatedAt)
	return err
}
