package onstage

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Put gives a submission its place in the programme, instead of the one it may
// have had. It must have been accepted, or confirmed: ErrNotAccepted; and the
// session must be one of its edition, with that segment: ErrElsewhere. Put where it
// stands already, nothing changes.
func Put(ctx context.Context, tx *db.Tx, p Place) error {
	before, there, err := PlaceOf(ctx, tx, p.Submission)
	if err != nil {
		return err
	}
	if err := mayStand(ctx, tx, p); err != nil {
		return fmt.Errorf("put submission %s into session %s: %w", p.Submission, p.Session, err)
	}
	if there && before.same(p) {
		return nil
	}
	if err := writePlace(ctx, tx, p); err != nil {
		return fmt.Errorf("put submission %s into session %s: %w", p.Submission, p.Session, err)
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: p.At, Actor: string(p.By), Action: "onstage.placed", Edition: string(p.Edition), Object: string(p.Submission),
		Detail: map[string]any{"session": p.Session, "segment": p.Segment},
	})
}

// mayStand says what keeps a submission from standing there.
func mayStand(ctx context.Context, tx *db.Tx, p Place) error {
	state, of, err := call.Hold(ctx, tx, p.Submission)
	if err != nil {
		return err
	}
	if state != call.Accepted && state != call.Confirmed {
		return ErrNotAccepted
	}
	var found int
	err = tx.QueryRow(ctx, `
		SELECT COUNT(*) FROM session
		WHERE id = $1 AND edition_id = $2
			AND ($3 = '' OR EXISTS (SELECT 1 FROM segment WHERE segment.id = $3 AND segment.session_id = session.id))`,
		p.Session, p.Edition, p.Segment).Scan(&found)
	if err == nil && (found == 0 || of != p.Edition) {
		return ErrElsewhere
	}
	return err
}

// Take takes a submission off the programme; what was made of it stays. That it is
// off already is no error.
func Take(ctx context.Context, tx *db.Tx, c people.Change, submission call.SubmissionID) error {
	var of edition.ID
	err := tx.QueryRow(ctx, `DELETE FROM onstage_place WHERE submission_id = $1 RETURNING edition_id`, submission).Scan(&of)
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("take submission %s off the programme: %w", submission, err)
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "onstage.taken_off", Edition: string(of), Object: string(submission),
	})
}

// A place counts as long as what it names is there: a segment that somebody has
// deleted in the session gives up what stood in it.
const (
	placeColumns = `p.submission_id, p.edition_id, p.session_id, p.segment_id, p.position, p.placed_by, p.placed_at`
	placeThere   = `(p.segment_id = '' OR EXISTS (SELECT 1 FROM segment WHERE segment.id = p.segment_id AND segment.session_id = p.session_id))`
)

func scanPlace(row db.Scanner) (p Place, err error) {
	return p, row.Scan(&p.Submission, &p.Edition, &p.Session, &p.Segment, &p.Position, &p.By, &p.At)
}

// PlaceOf returns where in the programme a submission stands, and whether it does.
func PlaceOf(ctx context.Context, q db.Querier, submission call.SubmissionID) (Place, bool, error) {
	p, err := scanPlace(q.QueryRow(ctx, `
		SELECT `+placeColumns+` FROM onstage_place AS p WHERE p.submission_id = $1 AND `+placeThere, submission))
	if errors.Is(err, db.ErrNoRow) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("find the place of submission %s: %w", submission, err)
	}
	return p, true, nil
}

// PlacesIn lists what stands in the programme of an edition, by session and in the
// order in which it is shown there.
func PlacesIn(ctx context.Context, q db.Querier, of edition.ID) ([]Place, error) {
	all, err := placesWhere(ctx, q, `p.edition_id = $1`, of)
	if err != nil {
		return nil, fmt.Errorf("list what stands in the programme of %s: %w", of, err)
	}
	return all, nil
}

// PlacesInSession lists what stands in a session, in the order in which it is shown.
func PlacesInSession(ctx context.Context, q db.Querier, session programme.SessionID) ([]Place, error) {
	all, err := placesWhere(ctx, q, `p.session_id = $1`, session)
	if err != nil {
		return nil, fmt.Errorf("list what stands in session %s: %w", session, err)
	}
	return all, nil
}

func placesWhere(ctx context.Context, q db.Querier, where string, arg any) ([]Place, error) {
	return db.Collect(scanPlace)(q.Query(ctx, `
		SELECT `+placeColumns+` FROM onstage_place AS p LEFT JOIN segment AS g ON g.id = p.segment_id
		WHERE `+where+` AND `+placeThere+`
		ORDER BY p.session_id, COALESCE(g.position, -1), p.position, p.placed_at, p.submission_id`, arg))
}

func writePlace(ctx context.Context, q db.Querier, p Place) error {
	_, err := q.Exec(ctx, `
		INSERT INTO onstage_place (submission_id, edition_id, session_id, segment_id, position, placed_by, placed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (submission_id) DO UPDATE
		SET session_id = excluded.session_id, segment_id = excluded.segment_id, position = excluded.position,
			placed_by = excluded.placed_by, placed_at = excluded.placed_at`,
		p.Submission, p.Edition, p.Session, p.Segment, p.Position, p.By, p.At)
	return err
}
