package rehearsal

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// kept is how many reports of a window are kept: the last, and the one before it
// to compare with.
const kept = 2

func insertReport(ctx context.Context, tx *db.Tx, of edition.ID, r Report) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO rehearsal_report (edition_id, window_id, made_at, report) VALUES ($1, $2, $3, $4)`,
		of, r.Window, r.At, db.JSON(r))
	if err != nil {
		return fmt.Errorf("keep a report: %w", err)
	}
	_, err = tx.Exec(ctx, `
		DELETE FROM rehearsal_report WHERE window_id = $1 AND made_at NOT IN (
			SELECT made_at FROM rehearsal_report WHERE window_id = $1 ORDER BY made_at DESC LIMIT $2
		)`, r.Window, kept)
	if err != nil {
		return fmt.Errorf("drop older reports: %w", err)
	}
	return nil
}

// reports lists what is kept of an edition, the last one first.
func reports(ctx context.Context, q db.Querier, of edition.ID) ([]Report, error) {
	return db.Collect(func(row db.Scanner) (r Report, err error) {
		return r, row.Scan(db.FromJSON(&r))
	})(q.Query(ctx, `SELECT report FROM rehearsal_report WHERE edition_id = $1 ORDER BY made_at DESC`, of))
}
