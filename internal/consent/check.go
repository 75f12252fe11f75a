package consent

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// Check looks for what no rule of this package would have let in: texts that
// cannot be saved, clauses whose words are missing, consents to mere information.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "consent"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'the latest words are missing', 'clause ' || clause.id FROM clause
		WHERE NOT EXISTS (
			SELECT 1 FROM clause_version WHERE clause_version.clause_id = clause.id AND clause_version.version = clause.version)
		UNION ALL
		SELECT 'consent to what is only information', 'consent ' || consent.id
		FROM consent JOIN clause ON clause.id = consent.clause_id WHERE clause.kind = 'information'
		UNION ALL
		SELECT 'withdrawn before it was given', 'consent ' || id FROM consent WHERE withdrawn_at < given_at`))
	if err != nil {
		return nil, err
	}
	editions, err := edition.Editions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		found, err := checkEdition(ctx, q, e.ID)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func checkEdition(ctx context.Context, q db.Querier, of edition.ID) (faults []db.Fault, err error) {
	blame := func(row string, err error) {
		if err != nil {
			faults = append(faults, db.Fault{Package: "consent", What: err.Error(), Row: row})
		}
	}
	everyController, err := controllers(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for _, c := range everyController {
		blame("controller "+c.ID, c.Validate())
	}
	everyPurpose, err := purposes(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for _, p := range everyPurpose {
		blame("purpose "+p.ID, p.Validate())
	}
	everyClause, err := Clauses(ctx, q, of)
	if err != nil {
		return nil, err
	}
	for _, c := range everyClause {
		blame("clause "+string(c.ID), c.Validate())
	}
	officer, err := findOfficer(ctx, q, of)
	if err == nil && officer.Revision > 0 {
		blame("data_officer "+string(of), officer.Validate())
	}
	return faults, err
}
