package onstage

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect gives the slides that somebody has sent, without the content, which is on
// the page of the talk.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "onstage.data.part"}
	all, err := db.Collect(scanSlides)(q.Query(ctx, `
		SELECT `+slidesColumns+` FROM onstage_slides WHERE added_by = $1 AND added_by <> '' ORDER BY added_at, submission_id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect slides: %w", err)
	}
	for _, one := range all {
		out.Rows = append(out.Rows, map[string]any{"name": one.Name, "kind": one.Kind, "size": one.Size, "shared": one.Shared(), "added_at": one.At})
	}
	return out, nil
}

// Erase takes out the slides that somebody sent. That their talk stands in the
// programme is the congress's own record.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	n, err := tx.Exec(ctx, `DELETE FROM onstage_slides WHERE added_by = $1 AND added_by <> ''`, s.Account)
	if err != nil {
		return nil, fmt.Errorf("erase slides: %w", err)
	}
	return []people.Outcome{{Part: "onstage.data.part", Gone: int(n)}}, nil
}

// Check looks for places and slides that no rule of this package would have let in.
// A submission that was withdrawn or declined once it stood in the programme is one
// of them until somebody takes it off.
func Check(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	faults, err := db.Collect(func(row db.Scanner) (db.Fault, error) {
		f := db.Fault{Package: "onstage"}
		return f, row.Scan(&f.What, &f.Row)
	})(q.Query(ctx, `
		SELECT 'in the programme, and neither accepted nor confirmed', 'onstage_place ' || p.submission_id FROM onstage_place AS p
		JOIN call_submission AS s ON s.id = p.submission_id WHERE s.state NOT IN ('accepted', 'confirmed')
		UNION ALL
		SELECT 'in a session of another edition', 'onstage_place ' || p.submission_id FROM onstage_place AS p
		JOIN call_submission AS s ON s.id = p.submission_id JOIN session AS n ON n.id = p.session_id
		WHERE n.edition_id <> p.edition_id OR s.edition_id <> p.edition_id
		UNION ALL
		SELECT 'slides not as long as they were', 'onstage_slides ' || submission_id FROM onstage_slides WHERE LENGTH(content) <> size
		UNION ALL
		SELECT 'slides of no kind that is taken in', 'onstage_slides ' || submission_id FROM onstage_slides
		WHERE kind NOT IN ('application/pdf', 'image/png', 'image/jpeg')`))
	if err != nil {
		return nil, fmt.Errorf("check what is on stage: %w", err)
	}
	return faults, nil
}
