package call

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/form"
)

const callColumns = `id, edition_id, COALESCE(block_id, ''), slug, mark, kind, title, lead, body, terms, anonymity, senders, languages,
	paths, formats, checklist, per_person, per_institution, opens_at, closes_at, form_version, published_at, cancelled_at, archived_at,
	revision, updated_at`

func scanCall(row db.Scanner) (c Call, err error) {
	var published, cancelled, archived *time.Time
	err = row.Scan(&c.ID, &c.Edition, &c.Block, &c.Slug, &c.Mark, &c.Kind, db.FromJSON(&c.Title), db.FromJSON(&c.Lead), db.FromJSON(&c.Body),
		db.FromJSON(&c.Terms), &c.Anonymity, &c.Senders, db.FromJSON(&c.Languages), db.FromJSON(&c.Paths), db.FromJSON(&c.Formats),
		db.FromJSON(&c.Checklist), &c.PerPerson, &c.PerInstitution, &c.OpensAt, &c.ClosesAt, &c.FormVersion, &published, &cancelled, &archived,
		&c.Revision, &c.UpdatedAt)
	c.PublishedAt, c.CancelledAt, c.ArchivedAt = db.OrZero(published), db.OrZero(cancelled), db.OrZero(archived)
	return c, err
}

// Find returns a call, or ErrNoCall.
func Find(ctx context.Context, q db.Querier, call ID) (Call, error) {
	return findCall(ctx, q, `id = $1`, call)
}

func findCall(ctx context.Context, q db.Querier, where string, args ...any) (Call, error) {
	c, err := scanCall(q.QueryRow(ctx, `SELECT `+callColumns+` FROM call WHERE `+where, args...))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNoCall
	}
	return c, err
}

// Of lists all calls of an edition, those that are not published included, by
// the day they close.
func Of(ctx context.Context, q db.Querier, in edition.ID) ([]Call, error) {
	return db.Collect(scanCall)(q.Query(ctx, `
		SELECT `+callColumns+` FROM call WHERE edition_id = $1 ORDER BY closes_at, slug`, in))
}

func (c Call) values() []any {
	return []any{
		c.ID, c.Edition, c.Block, c.Slug, c.Mark, c.Kind, db.JSON(c.Title), db.JSON(c.Lead), db.JSON(c.Body), db.JSON(c.Terms), c.Anonymity,
		c.Senders, db.JSON(c.Languages), db.JSON(c.Paths), db.JSON(c.Formats), db.JSON(c.Checklist), c.PerPerson, c.PerInstitution, c.OpensAt,
		c.ClosesAt, c.Revision, c.UpdatedAt,
	}
}

func insertCall(ctx context.Context, q db.Querier, c Call) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call (id, edition_id, block_id, slug, mark, kind, title, lead, body, terms, anonymity, senders, languages, paths, formats,
			checklist, per_person, per_institution, opens_at, closes_at, revision, updated_at)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`, c.values()...)
	return explain(err)
}

// updateCall writes the next revision of what the organisers set; deadlines move
// through extend alone once a call is published.
func updateCall(ctx context.Context, q db.Querier, c Call) error {
	n, err := q.Exec(ctx, `
		UPDATE call SET block_id = NULLIF($3, ''), slug = $4, mark = $5, kind = $6, title = $7, lead = $8, body = $9, terms = $10,
			anonymity = $11, senders = $12, languages = $13, paths = $14, formats = $15, checklist = $16, per_person = $17,
			per_institution = $18, opens_at = $19, closes_at = $20, revision = $21, updated_at = $22
		WHERE id = $1 AND edition_id = $2 AND revision = $21 - 1`, c.values()...)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return explain(err)
}

// explain names the field when an address or a mark is taken, or a block is gone.
func explain(err error) error {
	var wrong errs.Problems
	switch {
	case errors.Is(err, db.ErrExists):
		wrong.Add("slug", "call.taken")
	case errors.Is(err, db.ErrMissing):
		wrong.Add("block", "programme.gone")
	default:
		return err
	}
	return wrong.Err()
}

// take holds a call until the transaction ends, so that nobody else sends to it
// or changes it meanwhile, and returns it.
func take(ctx context.Context, tx *db.Tx, call ID) (Call, error) {
	n, err := tx.Exec(ctx, `UPDATE call SET turns = turns + 1 WHERE id = $1`, call)
	if err == nil && n == 0 {
		return Call{}, ErrNoCall
	}
	if err != nil {
		return Call{}, err
	}
	return Find(ctx, tx, call)
}

// nextNumber counts one more submission of a call, whatever becomes of it.
func nextNumber(ctx context.Context, tx *db.Tx, call ID) (n int, err error) {
	err = tx.QueryRow(ctx, `UPDATE call SET last_number = last_number + 1 WHERE id = $1 RETURNING last_number`, call).Scan(&n)
	return n, err
}

// setMoment writes when a call was published, cancelled or put away. Column is ours, never typed.
func setMoment(ctx context.Context, q db.Querier, c Call, column string) error {
	n, err := q.Exec(ctx, `
		UPDATE call SET `+column+` = $2, updated_at = $2, revision = revision + 1 WHERE id = $1 AND revision = $3 AND `+column+` IS NULL`,
		c.ID, c.UpdatedAt, c.Revision)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func setClosing(ctx context.Context, q db.Querier, c Call, until time.Time) error {
	n, err := q.Exec(ctx, `
		UPDATE call SET closes_at = $2, updated_at = $3, revision = revision + 1 WHERE id = $1 AND closes_at = $4`, c.ID, until, c.UpdatedAt, c.ClosesAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

func scanVersionOfForm(row db.Scanner) (v form.Version, err error) {
	return v, row.Scan(&v.Number, db.FromJSON(&v.Questions))
}

// Questions returns what a call asks in one version of its form; nothing for version 0.
func Questions(ctx context.Context, q db.Querier, call ID, version int) ([]form.Question, error) {
	v, err := scanVersionOfForm(q.QueryRow(ctx, `
		SELECT version, questions FROM call_form WHERE call_id = $1 AND version = $2`, call, version))
	if errors.Is(err, db.ErrNoRow) {
		return nil, nil
	}
	return v.Questions, err
}

func formsOf(ctx context.Context, q db.Querier, call ID) (map[int][]form.Question, error) {
	all, err := db.Collect(scanVersionOfForm)(q.Query(ctx, `
		SELECT version, questions FROM call_form WHERE call_id = $1 ORDER BY version`, call))
	byVersion := map[int][]form.Question{}
	for _, v := range all {
		byVersion[v.Number] = v.Questions
	}
	return byVersion, err
}

// writeForm writes the version that follows the one which was read, or returns ErrChanged.
func writeForm(ctx context.Context, tx *db.Tx, change formChange) error {
	n, err := tx.Exec(ctx, `
		UPDATE call SET form_version = $2, updated_at = $3 WHERE id = $1 AND form_version = $2 - 1`, change.call, change.version, change.at)
	if err == nil && n == 0 {
		return ErrChanged
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO call_form (call_id, version, questions, made_at, made_by) VALUES ($1, $2, $3, $4, $5)`,
		change.call, change.version, db.JSON(change.questions), change.at, change.by)
	return err
}

func scanExtension(row db.Scanner) (e Extension, err error) {
	return e, row.Scan(&e.At, &e.Was, &e.Until, db.FromJSON(&e.Why), &e.By)
}

func extensionsOf(ctx context.Context, q db.Querier, call ID) ([]Extension, error) {
	return db.Collect(scanExtension)(q.Query(ctx, `
		SELECT at, was, until, why, made_by FROM call_extension WHERE call_id = $1 ORDER BY at`, call))
}

func insertExtension(ctx context.Context, q db.Querier, call ID, e Extension) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call_extension (call_id, at, was, until, why, made_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		call, e.At, e.Was, e.Until, db.JSON(e.Why), e.By)
	return err
}

const codeColumns = `id, call_id, code, note, until, uses, used, made_by, made_at, revoked_at`

func scanCode(row db.Scanner) (c Code, err error) {
	var revoked *time.Time
	err = row.Scan(&c.ID, &c.Call, &c.Code, &c.Note, &c.Until, &c.Uses, &c.Used, &c.By, &c.MadeAt, &revoked)
	c.RevokedAt = db.OrZero(revoked)
	return c, err
}

func codesOf(ctx context.Context, q db.Querier, call ID) ([]Code, error) {
	return db.Collect(scanCode)(q.Query(ctx, `
		SELECT `+codeColumns+` FROM call_code WHERE call_id = $1 ORDER BY made_at, id`, call))
}

func findCode(ctx context.Context, q db.Querier, code CodeID) (Code, error) {
	c, err := scanCode(q.QueryRow(ctx, `SELECT `+codeColumns+` FROM call_code WHERE id = $1`, code))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrBadCode
	}
	return c, err
}

func insertCode(ctx context.Context, q db.Querier, c Code) error {
	_, err := q.Exec(ctx, `
		INSERT INTO call_code (id, call_id, code, note, until, uses, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.Call, c.Code, c.Note, c.Until, c.Uses, c.By, c.MadeAt)
	return err
}

func revokeCode(ctx context.Context, q db.Querier, c Code) error {
	_, err := q.Exec(ctx, `
		UPDATE call_code SET revoked_at = $3 WHERE id = $1 AND call_id = $2 AND revoked_at IS NULL`, c.ID, c.Call, c.RevokedAt)
	return err
}

// spendCode counts one use of a code, or returns ErrBadCode. The condition is in
// the statement, so that the last use is given once.
func spendCode(ctx context.Context, tx *db.Tx, c Code, now time.Time) (spent CodeID, err error) {
	err = tx.QueryRow(ctx, `
		UPDATE call_code SET used = used + 1
		WHERE call_id = $1 AND code = $2 AND used < uses AND until > $3 AND revoked_at IS NULL RETURNING id`, c.Call, c.Code, now).Scan(&spent)
	if errors.Is(err, db.ErrNoRow) {
		return "", ErrBadCode
	}
	return spent, err
}
