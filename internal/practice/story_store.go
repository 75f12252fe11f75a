package practice

import (
	"context"
	"time"

	"obrady/internal/db"
)

func scanStory(row db.Scanner) (s Story, err error) {
	var checked, approved, released, withdrawn *time.Time
	err = row.Scan(&s.ID, &s.Edition, &s.Slug, &s.State, &s.Level, &s.Origin.Kind, &s.Origin.ID, db.FromJSON(&s.Tale),
		&s.Teller.Account, &s.Teller.Email, &s.Teller.Name, &s.EditedBy, &s.CheckedBy, &checked, &s.CheckedRevision, &s.CheckNote,
		&approved, &s.ApprovedRevision, &s.Wish, &released, &withdrawn, &s.Revision, &s.UpdatedAt)
	s.CheckedAt, s.ApprovedAt, s.ReleasedAt, s.WithdrawnAt = db.OrZero(checked), db.OrZero(approved), db.OrZero(released), db.OrZero(withdrawn)
	return s, err
}

func storiesWhere(ctx context.Context, q db.Querier, where string, args ...any) ([]Story, error) {
	return db.Collect(scanStory)(q.Query(ctx, `
		SELECT s.id, s.edition_id, s.slug, s.state, s.level, s.origin_kind, s.origin_id, s.content, COALESCE(s.teller_account, ''),
			COALESCE(account.email, ''), s.teller_name, s.edited_by, s.checked_by, s.checked_at, s.checked_revision, s.check_note,
			s.approved_at, s.approved_revision, s.wish, s.released_at, s.withdrawn_at, s.revision, s.updated_at
		FROM practice_story AS s LEFT JOIN account ON account.id = s.teller_account
		WHERE `+where+` ORDER BY s.updated_at DESC, s.id`, args...))
}

// FindStory returns a story as its editors keep it, or ErrNoStory.
func FindStory(ctx context.Context, q db.Querier, story StoryID) (Story, error) {
	all, err := storiesWhere(ctx, q, `s.id = $1`, story)
	if err == nil && len(all) == 0 {
		err = ErrNoStory
	}
	if err != nil {
		return Story{}, err
	}
	return all[0], nil
}

// writeStory writes the first revision or the next, or returns ErrChanged. What the public reads goes unless the
// story stays published.
func writeStory(ctx context.Context, q db.Querier, s Story) error {
	n, err := q.Exec(ctx, `
		INSERT INTO practice_story (id, edition_id, slug, state, level, origin_kind, origin_id, content, teller_account, teller_name, edited_by,
			revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULLIF($9, ''), $10, $11, $12, $13)
		ON CONFLICT (id) DO UPDATE
		SET slug = excluded.slug, state = excluded.state, level = excluded.level, content = excluded.content,
			teller_account = excluded.teller_account, teller_name = excluded.teller_name, edited_by = excluded.edited_by,
			released = CASE WHEN excluded.state = 'published' THEN practice_story.released ELSE NULL END,
			released_at = CASE WHEN excluded.state = 'published' THEN practice_story.released_at ELSE NULL END,
			revision = excluded.revision, updated_at = excluded.updated_at
		WHERE practice_story.revision = excluded.revision - 1 AND practice_story.edition_id = excluded.edition_id
			AND practice_story.state <> 'withdrawn' AND (excluded.state <> 'published' OR practice_story.state = 'published')`,
		s.ID, s.Edition, s.Slug, s.State, s.Level, s.Origin.Kind, s.Origin.ID, db.JSON(s.Tale), s.Teller.Account, s.Teller.Name, s.EditedBy,
		s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// writeCheck notes what a second person says about the revision that was read, or returns ErrChanged.
func writeCheck(ctx context.Context, q db.Querier, s Story) error {
	n, err := q.Exec(ctx, `
		UPDATE practice_story SET checked_by = $3, checked_at = $4, checked_revision = $5, check_note = $6
		WHERE id = $1 AND revision = $2 AND state <> 'withdrawn'`, s.ID, s.Revision, s.CheckedBy, s.CheckedAt, s.CheckedRevision, s.CheckNote)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// writeTurn writes where a story stands after a step that changes none of its words, or returns ErrChanged. What the
// public reads goes unless the story stays published at the same level.
func writeTurn(ctx context.Context, q db.Querier, was int, s Story) error {
	n, err := q.Exec(ctx, `
		UPDATE practice_story
		SET state = $3, level = $4, approved_at = $5, approved_revision = $6, wish = $7, withdrawn_at = $8, revision = $9, updated_at = $10,
			released = CASE WHEN $3 = 'published' AND level = $4 THEN released ELSE NULL END,
			released_at = CASE WHEN $3 = 'published' AND level = $4 THEN released_at ELSE NULL END
		WHERE id = $1 AND revision = $2 AND ($3 <> 'published' OR state = 'published')`,
		s.ID, was, s.State, s.Level, db.OrNull(s.ApprovedAt), s.ApprovedRevision, s.Wish, db.OrNull(s.WithdrawnAt), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// release shows the public what is told. That these words were checked and approved, and are not for the room only,
// stands in the statement, so no change that comes between can slip out.
func release(ctx context.Context, q db.Querier, s Story, told Telling) error {
	n, err := q.Exec(ctx, `
		UPDATE practice_story SET state = 'published', released = $3, released_at = $4
		WHERE id = $1 AND revision = $2 AND checked_revision = revision AND approved_revision = revision AND level = $5 AND level <> 'room'
			AND state <> 'withdrawn'`, s.ID, s.Revision, db.JSON(told), s.ReleasedAt, told.Level)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}
