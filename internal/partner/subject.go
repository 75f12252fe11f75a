package partner

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/people"
)

// Collect returns the requests that somebody filed for a partner.
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	filed, err := requestsBy(ctx, q, s.Account)
	if err != nil {
		return people.Extract{}, fmt.Errorf("collect requests: %w", err)
	}
	found := people.Extract{Part: "partner.requests"}
	for _, r := range filed {
		found.Rows = append(found.Rows, map[string]any{
			"filed_at": r.FiledAt, "kind": r.Kind, "words": r.Words, "state": r.State, "reason": r.Reason,
		})
	}
	return found, nil
}

// Erase leaves the requests, which are the partner's and say what the congress
// agreed to; who filed them is an id that leads to nobody.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, _ time.Time) ([]people.Outcome, error) {
	filed, err := requestsBy(ctx, tx, s.Account)
	if err != nil {
		return nil, fmt.Errorf("look for requests: %w", err)
	}
	if len(filed) == 0 {
		return nil, nil
	}
	return []people.Outcome{{Part: "partner.requests", Kept: len(filed), Why: "partner.requests_kept"}}, nil
}

func requestsBy(ctx context.Context, q db.Querier, account people.AccountID) ([]Request, error) {
	if account == "" {
		return nil, nil
	}
	return db.Collect(scanRequest)(q.Query(ctx, `
		SELECT `+requestColumns+` FROM partner_request WHERE filed_by = $1 ORDER BY filed_at, id`, account))
}
