package kaleidoscope

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// Sheet is the running order (kolejność wystąpień) that lies before whoever leads the session.
type Sheet struct {
	View
	Slides     map[call.SubmissionID]onstage.Slides // those that were sent
	Moderators []people.Person
	Place      *timetable.Place // nil: not known
}

// RunningOrder returns the sheet of a session. It is for those who lead it as well as for those who compose it.
func (s *Service) RunningOrder(ctx context.Context, at At) (sheet Sheet, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		w, v, err := s.open(ctx, q, at, rights.ReadRunning)
		if err != nil {
			return err
		}
		sheet.View = v
		for _, slot := range w.SlotsOf(v.Of.ID) {
			sheet.Place = w.Place(slot.Place)
		}
		for _, a := range v.Of.People {
			if p := w.Person(a.Person); p != nil && (a.Role == programme.Moderator || a.Role == programme.Host) {
				sheet.Moderators = append(sheet.Moderators, *p)
			}
		}
		sheet.Slides, err = onstage.SlidesOf(ctx, q, slices.Concat(v.Cycles...)...)
		return err
	})
	if err != nil {
		return sheet, fmt.Errorf("write the running order of %s: %w", at.Session, err)
	}
	return sheet, nil
}
