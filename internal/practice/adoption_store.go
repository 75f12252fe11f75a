package practice

import (
	"context"
	"errors"
	"time"

	"obrady/internal/db"
)

// releasedContent is what the public reads of a practice, or ErrNone.
func releasedContent(ctx context.Context, q db.Querier, practice ID) (c Content, err error) {
	err = q.QueryRow(ctx, `
		SELECT r.content FROM practice_release AS r JOIN practice AS p ON p.id = r.practice_id AND p.release = r.number
		WHERE p.id = $1`, practice).Scan(db.FromJSON(&c))
	if errors.Is(err, db.ErrNoRow) {
		return c, ErrNone
	}
	return c, err
}

// insertAdoption writes a claim, or returns ErrWaiting while one of the same city waits for an answer.
func insertAdoption(ctx context.Context, q db.Querier, a Adoption) error {
	_, err := q.Exec(ctx, `
		INSERT INTO practice_adoption (id, practice_id, state, content, adopter_account, adopter_at, origin_by, origin_at, reason, claimed_by,
			claimed_at, revision, updated_at)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, $7, $8, $9, $10, $11, $12, $13)`,
		a.ID, a.Practice, a.State, db.JSON(a.Takeover), a.Adopter, db.OrNull(a.AdopterAt), a.OriginBy, db.OrNull(a.OriginAt), a.Reason,
		a.ClaimedBy, a.ClaimedAt, a.Revision, a.UpdatedAt)
	if errors.Is(err, db.ErrExists) {
		return ErrWaiting
	}
	return err
}

// updateAdoption writes the next revision, or returns ErrSettled when somebody was faster.
func updateAdoption(ctx context.Context, q db.Querier, a Adoption) error {
	n, err := q.Exec(ctx, `
		UPDATE practice_adoption
		SET state = $3, adopter_at = $4, origin_by = $5, origin_at = $6, reason = $7, revision = $2, updated_at = $8
		WHERE id = $1 AND revision = $2 - 1 AND state IN ('claimed', 'agreed')`,
		a.ID, a.Revision, a.State, db.OrNull(a.AdopterAt), a.OriginBy, db.OrNull(a.OriginAt), a.Reason, a.UpdatedAt)
	if err == nil && n == 0 {
		return ErrSettled
	}
	return err
}

func scanAdoption(row db.Scanner) (a Adoption, err error) {
	var content Content
	var adopter, origin *time.Time
	err = row.Scan(&a.ID, &a.Practice, &a.Edition, &a.Slug, db.FromJSON(&content), &a.State, db.FromJSON(&a.Takeover), &a.Adopter, &adopter,
		&a.OriginBy, &origin, &a.Reason, &a.ClaimedBy, &a.ClaimedAt, &a.Revision, &a.UpdatedAt)
	a.Title, a.AdopterAt, a.OriginAt = content.Title, db.OrZero(adopter), db.OrZero(origin)
	return a, err
}

func adoptionsWhere(ctx context.Context, q db.Querier, where string, args ...any) ([]Adoption, error) {
	return db.Collect(scanAdoption)(q.Query(ctx, `
		SELECT a.id, a.practice_id, p.edition_id, p.slug, COALESCE(r.content, p.content), a.state, a.content, COALESCE(a.adopter_account, ''),
			a.adopter_at, a.origin_by, a.origin_at, a.reason, a.claimed_by, a.claimed_at, a.revision, a.updated_at
		FROM practice_adoption AS a JOIN practice AS p ON p.id = a.practice_id
		LEFT JOIN practice_release AS r ON r.practice_id = p.id AND r.number = p.release
		WHERE `+where+` ORDER BY a.claimed_at, a.id`, args...))
}

// FindAdoption returns an adoption, or ErrNoAdoption.
func FindAdoption(ctx context.Context, q db.Querier, adoption AdoptionID) (Adoption, error) {
	all, err := adoptionsWhere(ctx, q, `a.id = $1`, adoption)
	if err == nil && len(all) == 0 {
		err = ErrNoAdoption
	}
	if err != nil {
		return Adoption{}, err
	}
	return all[0], nil
}
