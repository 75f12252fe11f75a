package kaleidoscope

import (
	"context"
	"errors"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

const compositionColumns = `session_id, edition_id, call_id, path, format, shape, before, composed_revision, composed_at, revision, updated_by, updated_at`

func scanComposition(row db.Scanner) (c Composition, err error) {
	var composed *time.Time
	err = row.Scan(&c.Session, &c.Edition, &c.Call, &c.Path, &c.Format, db.FromJSON(&c.Shape), db.FromJSON(&c.Before), &c.ComposedRevision, &composed,
		&c.Revision, &c.UpdatedBy, &c.UpdatedAt)
	c.ComposedAt = db.OrZero(composed)
	return c, err
}

// compositionsOf returns the compositions of an edition by their sessions, with what stands in them.
func compositionsOf(ctx context.Context, q db.Querier, of edition.ID) (map[programme.SessionID]*Composition, error) {
	all, err := db.Collect(scanComposition)(q.Query(ctx, `
		SELECT `+compositionColumns+` FROM kaleidoscope_composition WHERE edition_id = $1 ORDER BY session_id`, of))
	if err != nil {
		return nil, err
	}
	found := map[programme.SessionID]*Composition{}
	for i := range all {
		found[all[i].Session] = &all[i]
	}
	items, err := db.Collect(scanItem)(q.Query(ctx, `
		SELECT i.session_id, i.submission_id, i.cycle FROM kaleidoscope_item AS i JOIN kaleidoscope_composition AS c ON c.session_id = i.session_id
		WHERE c.edition_id = $1 ORDER BY i.session_id, i.cycle, i.position`, of))
	last := item{}
	for _, i := range items {
		c := found[i.session]
		if i.session != last.session || i.cycle != last.cycle {
			c.Cycles = append(c.Cycles, nil)
		}
		c.Cycles[len(c.Cycles)-1] = append(c.Cycles[len(c.Cycles)-1], i.submission)
		last = i
	}
	return found, err
}

// item is a talk in a cycle.
type item struct {
	session    programme.SessionID
	submission call.SubmissionID
	cycle      int
}

func scanItem(row db.Scanner) (i item, err error) {
	return i, row.Scan(&i.session, &i.submission, &i.cycle)
}

// writeComposition writes the first revision or the next, or returns ErrChanged.
// The condition on the revision keeps two organisers from undoing each other's work.
func writeComposition(ctx context.Context, q db.Querier, c Composition) error {
	n, err := q.Exec(ctx, `
		INSERT INTO kaleidoscope_composition (`+compositionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (session_id) DO UPDATE
		SET call_id = excluded.call_id, path = excluded.path, format = excluded.format, shape = excluded.shape, before = excluded.before,
			composed_revision = excluded.composed_revision, composed_at = excluded.composed_at,
			revision = excluded.revision, updated_by = excluded.updated_by, updated_at = excluded.updated_at
		WHERE kaleidoscope_composition.revision = excluded.revision - 1`,
		c.Session, c.Edition, c.Call, c.Path, c.Format, db.JSON(c.Shape), db.JSON(c.Before), c.ComposedRevision, db.OrNull(c.ComposedAt),
		c.Revision, c.UpdatedBy, c.UpdatedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// writeItems makes the cycles of a session what c says, or returns ErrTaken where a talk stands in another.
func writeItems(ctx context.Context, q db.Querier, c Composition) error {
	if _, err := q.Exec(ctx, `DELETE FROM kaleidoscope_item WHERE session_id = $1`, c.Session); err != nil {
		return err
	}
	for n, talks := range c.Cycles {
		for i, submission := range talks {
			_, err := q.Exec(ctx, `
				INSERT INTO kaleidoscope_item (submission_id, session_id, cycle, position) VALUES ($1, $2, $3, $4)`, submission, c.Session, n+1, i+1)
			if errors.Is(err, db.ErrExists) {
				return ErrTaken
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// setComposed notes that a revision stands in the programme.
func setComposed(ctx context.Context, q db.Querier, c Composition) error {
	n, err := q.Exec(ctx, `
		UPDATE kaleidoscope_composition SET composed_revision = revision, composed_at = $3 WHERE session_id = $1 AND revision = $2`,
		c.Session, c.Revision, c.ComposedAt)
	if err == nil && n == 0 {
		return ErrChanged
	}
	return err
}

// content is what is read of an accepted submission.
type content struct {
	Talk
	call   call.ID
	format string
	about  About
}

// talksIn lists what was accepted of the abstracts of an edition, and whatever
// stands in a composition, whatever has become of it since. Path and format are
// those of the decision, once it has been announced.
func talksIn(ctx context.Context, q db.Querier, of edition.ID) ([]content, error) {
	return db.Collect(func(row db.Scanner) (c content, err error) {
		err = row.Scan(&c.Submission, &c.call, &c.Code, &c.Title, &c.Language, &c.State, &c.Path, &c.format, &c.Session, db.FromJSON(&c.Times), &c.about.Say)
		c.about.Submission, c.about.Times = c.Submission, c.Times
		return c, err
	})(q.Query(ctx, `
		SELECT s.id, s.call_id, s.code, s.title, s.language, s.state, COALESCE(NULLIF(d.path, ''), s.path), COALESCE(NULLIF(d.format, ''), s.format),
			COALESCE(i.session_id, ''), COALESCE(t.times, '{}'), COALESCE(t.say, '')
		FROM call_submission AS s JOIN call AS c ON c.id = s.call_id
		LEFT JOIN council_decision AS d ON d.submission_id = s.id AND d.announced_at IS NOT NULL
		LEFT JOIN kaleidoscope_item AS i ON i.submission_id = s.id
		LEFT JOIN kaleidoscope_talk AS t ON t.submission_id = s.id
		WHERE s.edition_id = $1 AND (c.kind = 'abstract' AND s.state IN ('accepted', 'confirmed') OR i.session_id IS NOT NULL)
		ORDER BY CASE WHEN s.state = 'confirmed' THEN 0 ELSE 1 END, LENGTH(s.code), s.code`, of))
}

func writeAbout(ctx context.Context, q db.Querier, a About, c people.Change) error {
	_, err := q.Exec(ctx, `
		INSERT INTO kaleidoscope_talk (submission_id, times, say, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (submission_id) DO UPDATE
		SET times = excluded.times, say = excluded.say, updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
		a.Submission, db.JSON(a.Times), a.Say, c.By, c.At)
	return err
}
