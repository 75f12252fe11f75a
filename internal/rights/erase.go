package rights

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Collect lists the roles that the subject has or had, and the conflicts of
// interest that are noted of them.
// key: rights.data.*
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "rights.data.part"}
	if s.Account == "" {
		return out, nil
	}
	grants, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var g Grant
		var until, revoked *time.Time
		err := row.Scan(&g.Role, &g.Node.Kind, &g.Edition, &g.From, &until, &revoked)
		return map[string]any{
			"role": g.Role, "node": g.Node.Kind, "edition": g.Edition, "from": g.From, "until": until, "revoked_at": revoked,
		}, err
	})(q.Query(ctx, `
		SELECT role, node_kind, edition_id, from_at, until_at, revoked_at FROM rights_grant
		WHERE account_id = $1 ORDER BY granted_at, id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect roles: %w", err)
	}
	refusals, err := db.Collect(func(row db.Scanner) (map[string]any, error) {
		var kind RefusalKind
		var reason string
		var from time.Time
		err := row.Scan(&kind, &reason, &from)
		return map[string]any{"refusal": kind, "reason": reason, "from": from}, err
	})(q.Query(ctx, `
		SELECT kind, reason, from_at FROM rights_refusal WHERE account_id = $1 ORDER BY made_at, id`, s.Account))
	if err != nil {
		return out, fmt.Errorf("collect conflicts of interest: %w", err)
	}
	out.Rows = append(grants, refusals...)
	return out, nil
}

// Erase takes every role back and empties the reasons of refusals. That there
// was a role stays, by an id that leads to nobody once the account is erased.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error) {
	done := people.Outcome{Part: "rights.data.part"}
	n, err := tx.Exec(ctx, `
		UPDATE rights_grant SET revoked_at = $2, revoked_by = $3 WHERE account_id = $1 AND revoked_at IS NULL`,
		s.Account, now, journal.System)
	if err != nil {
		return nil, fmt.Errorf("take roles back: %w", err)
	}
	// Somebody may be a person of the programme and have no account.
	m, err := tx.Exec(ctx, `
		UPDATE rights_refusal SET reason = '-'
		WHERE (account_id = $1 OR node_kind = 'person' AND node_id <> '' AND node_id IN ($1, $2)) AND reason <> '-'`,
		s.Account, s.Person)
	if err != nil {
		return nil, fmt.Errorf("empty reasons of refusals: %w", err)
	}
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM rights_grant WHERE account_id = $1`, s.Account).Scan(&done.Kept); err != nil {
		return nil, fmt.Errorf("count roles: %w", err)
	}
	if done.Gone = int(n + m); done.Kept > 0 {
		done.Why = "rights.data.kept"
	}
	return []people.Outcome{done}, nil
}
