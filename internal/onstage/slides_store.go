package onstage

import (
	"context"
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
