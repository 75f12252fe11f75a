package admission

import (
	"context"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Published finds the hours of a session that the public knows. A session that it
// does not see does not take place, as far as it knows.
func Published(x *timetable.Index, session programme.SessionID) (hours []Span, cancelled bool) {
	n := x.Session(session)
	if n == nil || n.Status == programme.Cancelled {
		return nil, true
	}
	for _, slot := range x.SlotsOf(session) {
		hours = append(hours, Span{Start: slot.Start, End: slot.End, Place: slot.Place})
	}
	return hours, false
}

// HoursOf reads the hours of a session as the organisers have them now: for a
// session that has not been published since it was opened to sign-ups.
func HoursOf(ctx context.Context, q db.Querier, session programme.SessionID) ([]Span, error) {
	hours, err := db.Collect(func(row db.Scanner) (s Span, err error) {
		return s, row.Scan(&s.Start, &s.End, &s.Place)
	})(q.Query(ctx, `
		SELECT starts_at, ends_at, COALESCE(place_id, '') FROM slot WHERE session_id = $1 ORDER BY starts_at`, session))
	if err != nil {
		return nil, fmt.Errorf("read the hours of a session: %w", err)
	}
	return hours, nil
}

// First is when the first of the hours begins; the zero time where there are none.
func First(hours []Span) (first time.Time) {
	for _, h := range hours {
		if first.IsZero() || h.Start.Before(first) {
			first = h.Start
		}
	}
	return first
}
