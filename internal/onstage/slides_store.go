package onstage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
)

const slidesColumns = `submission_id, name, kind, note, size, sum, shared_at, added_by, added_at`

func scanSlides(row db.Scanner) (s Slides, err error) {
	var shared *time.Time
	err = row.Scan(&s.Submission, &s.Name, &s.Kind, &s.Note, &s.Size, &s.Sum, &shared, &s.By, &s.At)
	s.SharedAt = db.OrZero(shared)
	return s, err
}

// mostAtOnce is how many ids one statement names.
const mostAtOnce = 500

// SlidesOf returns the slides of those submissions that have some. Who may know of
// them, the caller has decided.
func SlidesOf(ctx context.Context, q db.Querier, submissions ...call.SubmissionID) (map[call.SubmissionID]Slides, error) {
	all := map[call.SubmissionID]Slides{}
	for len(submissions) > 0 {
		n := min(len(submissions), mostAtOnce)
		var args []any
		for _, one := range submissions[:n] {
			args = append(args, one)
		}
		some, err := db.Collect(scanSlides)(q.Query(ctx, `
			SELECT `+slidesColumns+` FROM onstage_slides WHERE submission_id IN (`+db.List(1, n)+`)`, args...))
		if err != nil {
			return nil, fmt.Errorf("list slides: %w", err)
		}
		for _, one := range some {
			all[one.Submission] = one
		}
		submissions = submissions[n:]
	}
	return all, nil
}

// writeSlides writes the slides of a submission, or others instead of them.
func writeSlides(ctx context.Context, q db.Querier, s Slides, content []byte) error {
	_, err := q.Exec(ctx, `
		INSERT INTO onstage_slides (submission_id, name, kind, note, size, sum, content, added_by, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (submission_id) DO UPDATE
		SET name = excluded.name, kind = excluded.kind, note = excluded.note, size = excluded.size, sum = excluded.sum,
			content = excluded.content, added_by = excluded.added_by, added_at = excluded.added_at`,
		s.Submission, s.Name, s.Kind, s.Note, s.Size, s.Sum, content, s.By, s.At)
	return err
}

func openSlides(ctx context.Context, q db.Querier, submission call.SubmissionID) (s Slides, content []byte, err error) {
	var shared *time.Time
	err = q.QueryRow(ctx, `SELECT `+slidesColumns+`, content FROM onstage_slides WHERE submission_id = $1`, submission).
		Scan(&s.Submission, &s.Name, &s.Kind, &s.Note, &s.Size, &s.Sum, &shared, &s.By, &s.At, &content)
	if errors.Is(err, db.ErrNoRow) {
		return s, nil, ErrNoSlides
	}
	s.SharedAt = db.OrZero(shared)
	return s, content, err
}
