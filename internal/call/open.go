package call

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
)

// OpenIn lists the editions that have a call which takes submissions at the moment now.
func OpenIn(ctx context.Context, q db.Querier, now time.Time) ([]edition.ID, error) {
	all, err := db.Collect(func(row db.Scanner) (e edition.ID, err error) { return e, row.Scan(&e) })(q.Query(ctx, `
		SELECT DISTINCT edition_id FROM call
		WHERE published_at IS NOT NULL AND cancelled_at IS NULL AND archived_at IS NULL AND opens_at <= $1 AND closes_at > $1 ORDER BY edition_id`, now))
	if err != nil {
		return nil, fmt.Errorf("look for open calls: %w", err)
	}
	return all, nil
}
