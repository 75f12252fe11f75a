package programme

import (
	"context"
	"errors"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
)

const blockColumns = `id, edition_id, slug, COALESCE(parent_id, ''), kind, mark, colour, name, lead, body, notice,
	url, position, examples, sources, revision, updated_at`

func scanBlock(row db.Scanner) (b Block, err error) {
	return b, row.Scan(&b.ID, &b.Edition, &b.Slug, &b.Parent, &b.Kind, &b.Mark, &b.Colour,
		db.FromJSON(&b.Name), db.FromJSON(&b.Lead), db.FromJSON(&b.Body), db.FromJSON(&b.Notice), &b.URL,
		&b.Position, db.FromJSON(&b.Examples), db.FromJSON(&b.Sources), &b.Revision, &b.UpdatedAt)
}

func insertBlock(ctx context.Context, q db.Querier, b Block) error {
	_, err := q.Exec(ctx, `
		INSERT INTO block (id, edition_id, slug, parent_id, kind, mark, colour, name, lead, body, notice, url,
			position, examples, sources, revision, updated_at)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		b.ID, b.Edition, b.Slug, b.Parent, b.Kind, b.Mark, b.Colour, db.JSON(b.Name), db.JSON(b.Lead),
		db.JSON(b.Body), db.JSON(b.Notice), b.URL, b.Position, db.JSON(b.Examples), db.JSON(b.Sources),
		b.Revision, b.UpdatedAt)
	return err
}

// updateBlock writes the next revision; the condition on the one before it
// keeps two editors from undoing each other's work.
func updateBlock(ctx context.Context, q db.Querier, b Block) error {
	n, err := q.Exec(ctx, `
		UPDATE block SET slug = $2, parent_id = NULLIF($3, ''), kind = $4, mark = $5, colour = $6, name = $7,
			lead = $8, body = $9, notice = $10, url = $11, position = $12, examples = $13, sources = $14,
			revision = $15, updated_at = $16
		WHERE id = $1 AND revision = $15 - 1`,
		b.ID, b.Slug, b.Parent, b.Kind, b.Mark, b.Colour, db.JSON(b.Name), db.JSON(b.Lead), db.JSON(b.Body),
		db.JSON(b.Notice), b.URL, b.Position, db.JSON(b.Examples), db.JSON(b.Sources), b.Revision, b.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// blockAbove refuses a block that has come to stand inside itself, however
// many blocks lie between.
func blockAbove(ctx context.Context, q db.Querier, b Block) error {
	var circles int
	err := q.QueryRow(ctx, `
		WITH RECURSIVE above (id, depth) AS (
			SELECT parent_id, 1 FROM block WHERE id = $1 AND parent_id IS NOT NULL
			UNION ALL
			SELECT block.parent_id, above.depth + 1 FROM block JOIN above ON block.id = above.id
			WHERE block.parent_id IS NOT NULL AND above.depth < 20
		) SELECT COUNT(*) FROM above WHERE id = $1`, b.ID).Scan(&circles)
	if err == nil && circles > 0 {
		var wrong errs.Problems
		wrong.Add("parent", "programme.inside_itself")
		return wrong.Err()
	}
	return err
}

// anchor is what something of an edition stands on; each may be empty.
type anchor struct {
	Edition edition.ID
	Block   BlockID
	Stage   StageID
	Session SessionID
}

// inEdition refuses what would stand on a part of another edition, whose
// organisers would find it in their programme.
func (a anchor) inEdition(ctx context.Context, q db.Querier, field string) error {
	var elsewhere int
	err := q.QueryRow(ctx, `
		SELECT (SELECT COUNT(*) FROM block WHERE id = $2 AND edition_id <> $1)
			+ (SELECT COUNT(*) FROM stage WHERE id = $3 AND edition_id <> $1)
			+ (SELECT COUNT(*) FROM session WHERE id = $4 AND edition_id <> $1)`,
		a.Edition, a.Block, a.Stage, a.Session).Scan(&elsewhere)
	if err == nil && elsewhere > 0 {
		var wrong errs.Problems
		wrong.Add(field, "programme.gone")
		return wrong.Err()
	}
	return err
}

const stageColumns = `id, edition_id, slug, COALESCE(block_id, ''), mark, colour, name, lead, url, position,
	examples, revision, updated_at`

func scanStage(row db.Scanner) (s Stage, err error) {
	return s, row.Scan(&s.ID, &s.Edition, &s.Slug, &s.Block, &s.Mark, &s.Colour, db.FromJSON(&s.Name),
		db.FromJSON(&s.Lead), &s.URL, &s.Position, db.FromJSON(&s.Examples), &s.Revision, &s.UpdatedAt)
}

func insertStage(ctx context.Context, q db.Querier, s Stage) error {
	_, err := q.Exec(ctx, `
		INSERT INTO stage (id, edition_id, slug, block_id, mark, colour, name, lead, url, position, examples,
			revision, updated_at)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		s.ID, s.Edition, s.Slug, s.Block, s.Mark, s.Colour, db.JSON(s.Name), db.JSON(s.Lead), s.URL, s.Position,
		db.JSON(s.Examples), s.Revision, s.UpdatedAt)
	return err
}

func updateStage(ctx context.Context, q db.Querier, s Stage) error {
	n, err := q.Exec(ctx, `
		UPDATE stage SET slug = $2, block_id = NULLIF($3, ''), mark = $4, colour = $5, name = $6, lead = $7,
			url = $8, position = $9, examples = $10, revision = $11, updated_at = $12
		WHERE id = $1 AND revision = $11 - 1`,
		s.ID, s.Slug, s.Block, s.Mark, s.Colour, db.JSON(s.Name), db.JSON(s.Lead), s.URL, s.Position,
		db.JSON(s.Examples), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

const sessionColumns = `id, edition_id, slug, guid, block_id, COALESCE(stage_id, ''), COALESCE(parent_id, ''),
	title, lead, body, format, form, languages, interpretation, captions, sign_language, recording, capacity,
	entry, audience, links, status, reason, examples, sources, origin, revision, updated_at`

func scanSession(row db.Scanner) (s Session, err error) {
	return s, row.Scan(&s.ID, &s.Edition, &s.Slug, &s.GUID, &s.Block, &s.Stage, &s.Parent,
		db.FromJSON(&s.Title), db.FromJSON(&s.Lead), db.FromJSON(&s.Body), &s.Format, &s.Form,
		db.FromJSON(&s.Languages), db.FromJSON(&s.Interpretation), &s.Captions, &s.SignLanguage, &s.Recording,
		&s.Capacity, &s.Entry, db.FromJSON(&s.Audience), db.FromJSON(&s.Links), &s.Status, db.FromJSON(&s.Reason),
		db.FromJSON(&s.Examples), db.FromJSON(&s.Sources), db.FromJSON(&s.Origin), &s.Revision, &s.UpdatedAt)
}

func insertSession(ctx context.Context, q db.Querier, s Session) error {
	_, err := q.Exec(ctx, `
		INSERT INTO session (id, edition_id, slug, guid, block_id, stage_id, parent_id, title, lead, body, format,
			form, languages, interpretation, captions, sign_language, recording, capacity, entry, audience, links,
			status, reason, examples, sources, origin, revision, updated_at)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), NULLIF($7, ''), $8, $9, $10, $11, $12, $13, $14, $15, $16,
			$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`,
		s.ID, s.Edition, s.Slug, s.GUID, s.Block, s.Stage, s.Parent, db.JSON(s.Title), db.JSON(s.Lead),
		db.JSON(s.Body), s.Format, s.Form, db.JSON(s.Languages), db.JSON(s.Interpretation), s.Captions,
		s.SignLanguage, s.Recording, s.Capacity, s.Entry, db.JSON(s.Audience), db.JSON(s.Links), s.Status,
		db.JSON(s.Reason), db.JSON(s.Examples), db.JSON(s.Sources), db.JSON(s.Origin), s.Revision, s.UpdatedAt)
	return err
}

func updateSession(ctx context.Context, q db.Querier, s Session) error {
	n, err := q.Exec(ctx, `
		UPDATE session SET slug = $2, block_id = $3, stage_id = NULLIF($4, ''), parent_id = NULLIF($5, ''),
			title = $6, lead = $7, body = $8, format = $9, form = $10, languages = $11, interpretation = $12,
			captions = $13, sign_language = $14, recording = $15, capacity = $16, entry = $17, audience = $18,
			links = $19, status = $20, reason = $21, examples = $22, sources = $23, origin = $24, revision = $25,
			updated_at = $26
		WHERE id = $1 AND revision = $25 - 1`,
		s.ID, s.Slug, s.Block, s.Stage, s.Parent, db.JSON(s.Title), db.JSON(s.Lead), db.JSON(s.Body), s.Format,
		s.Form, db.JSON(s.Languages), db.JSON(s.Interpretation), s.Captions, s.SignLanguage, s.Recording,
		s.Capacity, s.Entry, db.JSON(s.Audience), db.JSON(s.Links), s.Status, db.JSON(s.Reason),
		db.JSON(s.Examples), db.JSON(s.Sources), db.JSON(s.Origin), s.Revision, s.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// deleteSession takes out a session with its parts if nobody has changed it.
func deleteSession(ctx context.Context, q db.Querier, s Session) error {
	n, err := q.Exec(ctx, `DELETE FROM session WHERE id = $1 AND revision = $2`, s.ID, s.Revision)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// replaceParts makes the tables around a session say what s says.
func replaceParts(ctx context.Context, q db.Querier, s Session) error {
	for _, clear := range []string{
		`DELETE FROM session_term WHERE session_id = $1`,
		`DELETE FROM session_follows WHERE session_id = $1`,
		`DELETE FROM appearance WHERE session_id = $1`,
		`DELETE FROM segment WHERE session_id = $1`,
	} {
		if _, err := q.Exec(ctx, clear, s.ID); err != nil {
			return err
		}
	}
	for i, term := range s.Terms {
		if _, err := q.Exec(ctx, `
			INSERT INTO session_term (session_id, position, term_id) VALUES ($1, $2, $3)`, s.ID, i, term); err != nil {
			return explain(err)
		}
	}
	for i, earlier := range s.Follows {
		if _, err := q.Exec(ctx, `
			INSERT INTO session_follows (session_id, position, follows_id) VALUES ($1, $2, $3)`, s.ID, i, earlier); err != nil {
			return explain(err)
		}
	}
	if err := insertAppearances(ctx, q, s.ID, "", s.People); err != nil {
		return err
	}
	for i, g := range s.Segments {
		if err := insertSegment(ctx, q, s.ID, i, g); err != nil {
			return err
		}
		if err := insertAppearances(ctx, q, s.ID, g.ID, g.People); err != nil {
			return err
		}
	}
	return replaceCredits(ctx, q, "session_id", string(s.ID), s.Credits)
}

func insertSegment(ctx context.Context, q db.Querier, session SessionID, position int, g Segment) error {
	_, err := q.Exec(ctx, `
		INSERT INTO segment (id, session_id, position, cycle, kind, title, body, minutes, examples)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		g.ID, session, position, g.Cycle, g.Kind, db.JSON(g.Title), db.JSON(g.Body), g.Minutes, db.JSON(g.Examples))
	return err
}

func insertAppearances(ctx context.Context, q db.Querier, session SessionID, segment SegmentID, all []Appearance) error {
	for i, a := range all {
		if _, err := q.Exec(ctx, `
			INSERT INTO appearance (session_id, segment_id, position, person_id, role, affiliation)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			session, segment, i, a.Person, a.Role, db.JSON(a.Affiliation)); err != nil {
			return explain(err)
		}
	}
	return nil
}

// replaceCredits writes who stands behind the block, stage or session that
// column and owner name.
func replaceCredits(ctx context.Context, q db.Querier, column, owner string, credits []edition.Credit) error {
	if _, err := q.Exec(ctx, `DELETE FROM credit WHERE `+column+` = $1`, owner); err != nil {
		return err
	}
	for i, c := range credits {
		if _, err := q.Exec(ctx, `
			INSERT INTO credit (id, `+column+`, position, institution_id, role) VALUES ($1, $2, $3, $4, $5)`,
			id.New(), owner, i, c.Institution, c.Role); err != nil {
			return explain(err)
		}
	}
	return nil
}

// FindSession returns a session by its id without its parts, or ErrNoSession.
func FindSession(ctx context.Context, q db.Querier, session SessionID) (Session, error) {
	s, err := scanSession(q.QueryRow(ctx, `SELECT `+sessionColumns+` FROM session WHERE id = $1`, session))
	if errors.Is(err, db.ErrNoRow) {
		return s, ErrNoSession
	}
	return s, err
}
