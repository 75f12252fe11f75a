package review

import (
	"context"
	"errors"
	"strconv"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/rights"
)

const setupColumns = `call_id, edition_id, each_gets, stretch, criteria, places, consulted, opens_at, closes_at, appeal_days, quorum,
	revision, updated_at`

// FindSetup returns how the submissions of a call are judged, or ErrNoSetup.
func FindSetup(ctx context.Context, q db.Querier, of call.ID) (s Setup, err error) {
	err = q.QueryRow(ctx, `SELECT `+setupColumns+` FROM review_setup WHERE call_id = $1`, of).
		Scan(&s.Call, &s.Edition, &s.Each, &s.Stretch, db.FromJSON(&s.Criteria), db.FromJSON(&s.Places),
			db.FromJSON(&s.Consulted), &s.OpensAt, &s.ClosesAt, &s.AppealDays, &s.Quorum, &s.Revision, &s.UpdatedAt)
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNoSetup
	}
	return s, err
}

// writeSetup writes the first revision or the next, or returns ErrChanged.
func writeSetup(ctx context.Context, q db.Querier, s Setup) error {
	n, err := q.Exec(ctx, `
		INSERT INTO review_setup (`+setupColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (call_id) DO UPDATE SET each_gets = excluded.each_gets, stretch = excluded.stretch, criteria = excluded.criteria,
			places = excluded.places, consulted = excluded.consulted, opens_at = excluded.opens_at,
			closes_at = excluded.closes_at, appeal_days = excluded.appeal_days, quorum = excluded.quorum, revision = excluded.revision,
			updated_at = excluded.updated_at
		WHERE review_setup.revision = excluded.revision - 1`,
		s.Call, s.Edition, s.Each, s.Stretch, db.JSON(s.Criteria), db.JSON(s.Places), db.JSON(s.Consulted), s.OpensAt, s.ClosesAt,
		s.AppealDays, s.Quorum, s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// Hold holds the reviews and decisions of a call until the transaction ends, so
// that two people do not change what belongs together.
func Hold(ctx context.Context, tx *db.Tx, of call.ID) (Setup, error) {
	n, err := tx.Exec(ctx, `UPDATE review_setup SET turns = turns + 1 WHERE call_id = $1`, of)
	if err == nil && n == 0 {
		return Setup{}, ErrNoSetup
	}
	if err != nil {
		return Setup{}, err
	}
	return FindSetup(ctx, tx, of)
}

func hasReviews(ctx context.Context, q db.Querier, of call.ID) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM review_review WHERE call_id = $1`, of).Scan(&n)
	return n > 0, err
}

// grantedAt says where and when a grant must hold.
type grantedAt struct {
	nodes []rights.Node
	now   time.Time
}

// readersOf lists those to whom a role of reviewer or member of the council is
// given at one of the nodes, by themselves or through their institution.
func readersOf(ctx context.Context, q db.Querier, of call.ID, at grantedAt) ([]Reader, error) {
	args, nodes := []any{of, at.now}, "1 = 0"
	for _, n := range at.nodes {
		args = append(args, n.Kind, n.ID)
		nodes += ` OR g.node_kind = $` + strconv.Itoa(len(args)-1) + ` AND g.node_id = $` + strconv.Itoa(len(args))
	}
	return db.Collect(func(row db.Scanner) (r Reader, err error) {
		var updated *time.Time
		err = row.Scan(&r.Account, &r.Most, db.FromJSON(&r.Skills), db.FromJSON(&r.Languages), &updated)
		r.Call, r.UpdatedAt = of, db.OrZero(updated)
		return r, err
	})(q.Query(ctx, `
		SELECT a.id, COALESCE(r.most, 0), r.skills, r.languages, r.updated_at
		FROM account AS a LEFT JOIN review_reader AS r ON r.account_id = a.id AND r.call_id = $1
		WHERE EXISTS (
			SELECT 1 FROM rights_grant AS g
			WHERE (g.account_id = a.id OR g.institution_id IN (SELECT institution_id FROM member WHERE member.account_id = a.id))
				AND g.role IN ('reviewer', 'council') AND g.revoked_at IS NULL AND g.from_at <= $2 AND (g.until_at IS NULL OR g.until_at > $2)
				AND (`+nodes+`))
		ORDER BY a.id`, args...))
}

func writeReader(ctx context.Context, q db.Querier, r Reader) error {
	_, err := q.Exec(ctx, `
		INSERT INTO review_reader (call_id, account_id, most, skills, languages, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (call_id, account_id) DO UPDATE
		SET most = excluded.most, skills = excluded.skills, languages = excluded.languages, updated_at = excluded.updated_at`,
		r.Call, r.Account, r.Most, db.JSON(r.Skills), db.JSON(r.Languages), r.UpdatedAt)
	return err
}
