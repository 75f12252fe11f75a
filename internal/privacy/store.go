package privacy

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

const caseColumns = `id, number, account_id, person_id, edition_id, state, opened_by, opened_at, due_at, closed_by,
	closed_at, why, outcomes`

func scanCase(row db.Scanner) (c Case, err error) {
	var closed *time.Time
	err = row.Scan(&c.ID, &c.Number, &c.Account, &c.Person, &c.Edition, &c.State, &c.OpenedBy, &c.OpenedAt, &c.DueAt,
		&c.ClosedBy, &closed, &c.Why, db.FromJSON(&c.Outcomes))
	if closed != nil {
		c.ClosedAt = *closed
	}
	return c, err
}

// findCase returns a case, or ErrNoCase.
func findCase(ctx context.Context, q db.Querier, of CaseID) (Case, error) {
	c, err := scanCase(q.QueryRow(ctx, `
		SELECT `+caseColumns+` FROM privacy_case WHERE id = $1`, of))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNoCase
	}
	return c, err
}

// findCaseOf returns the latest case of somebody that is open or done, or
// ErrNoCase: whoever was refused may ask again.
func findCaseOf(ctx context.Context, q db.Querier, of people.Subject) (Case, error) {
	c, err := scanCase(q.QueryRow(ctx, `
		SELECT `+caseColumns+` FROM privacy_case
		WHERE (account_id = $1 AND account_id <> '' OR person_id = $2 AND person_id <> '') AND state <> 'refused'
		ORDER BY number DESC LIMIT 1`, of.Account, of.Person))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNoCase
	}
	return c, err
}

func cases(ctx context.Context, q db.Querier) ([]Case, error) {
	return db.Collect(scanCase)(q.Query(ctx, `
		SELECT `+caseColumns+` FROM privacy_case
		ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, due_at, number`))
}

// insertCase writes a case under the next number. Two that are opened at once
// get the same number and the key refuses one.
func insertCase(ctx context.Context, q db.Querier, c Case) (number int, err error) {
	err = q.QueryRow(ctx, `
		INSERT INTO privacy_case (id, number, account_id, person_id, edition_id, state, opened_by, opened_at, due_at,
			why, outcomes)
		SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
		FROM privacy_case
		RETURNING number`,
		c.ID, c.Account, c.Person, c.Edition, c.State, c.OpenedBy, c.OpenedAt, c.DueAt, c.Why, db.JSON(c.Outcomes)).
		Scan(&number)
	return number, err
}

func updateCase(ctx context.Context, q db.Querier, c Case) error {
	var closed *time.Time
	if !c.ClosedAt.IsZero() {
		closed = &c.ClosedAt
	}
	_, err := q.Exec(ctx, `
		UPDATE privacy_case SET state = $2, closed_by = $3, closed_at = $4, why = $5, outcomes = $6, scrubbed_at = NULL
		WHERE id = $1`, c.ID, c.State, c.ClosedBy, closed, c.Why, db.JSON(c.Outcomes))
	return err
}

// unscrubbed counts erasures that may still stand in the files.
func unscrubbed(ctx context.Context, q db.Querier) (n int, err error) {
	err = q.QueryRow(ctx, `
		SELECT COUNT(*) FROM privacy_case WHERE state = 'done' AND scrubbed_at IS NULL`).Scan(&n)
	return n, err
}

func markScrubbed(ctx context.Context, q db.Querier, at time.Time) error {
	_, err := q.Exec(ctx, `
		UPDATE privacy_case SET scrubbed_at = $1 WHERE state = 'done' AND scrubbed_at IS NULL AND closed_at <= $1`, at)
	return err
}

// doneCases returns the cases in which somebody was erased.
func doneCases(ctx context.Context, q db.Querier) (map[CaseID]Case, error) {
	all, err := db.Collect(scanCase)(q.Query(ctx, `
		SELECT `+caseColumns+` FROM privacy_case WHERE state = 'done' ORDER BY number`))
	found := map[CaseID]Case{}
	for _, c := range all {
		found[c.ID] = c
	}
	return found, err
}

func numberFree(ctx context.Context, q db.Querier, number int) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM privacy_case WHERE number = $1`, number).Scan(&n)
	return n == 0 && number > 0, err
}

// insertNumbered writes a closed case whose number is known.
func insertNumbered(ctx context.Context, q db.Querier, c Case) error {
	_, err := q.Exec(ctx, `
		INSERT INTO privacy_case (id, number, account_id, person_id, edition_id, state, opened_by, opened_at, due_at,
			closed_by, closed_at, why, outcomes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		c.ID, c.Number, c.Account, c.Person, c.Edition, c.State, c.OpenedBy, c.OpenedAt, c.DueAt, c.ClosedBy, c.ClosedAt,
		c.Why, db.JSON(c.Outcomes))
	return err
}
