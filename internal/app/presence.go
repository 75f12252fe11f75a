package app

import (
	"context"
	"time"

	"obrady/internal/attendance"
	"obrady/internal/selection"
	"obrady/internal/web/applicant"
	"obrady/internal/web/desk"
	"obrady/internal/web/door"
)

// presence is what looks after people with a place on their way to a session.
type presence struct {
	Attendance *attendance.Service
	Selection  *selection.Service
}

func (a *App) openPresence() {
	a.Attendance = attendance.NewService(a.db, a.config.Now, a.Signups)
	a.Selection = selection.NewService(a.db, a.config.Now, a.Signups)
	a.Attendance.Guard, a.Selection.Guard = a.mayDo, a.mayDo
}

// doorPages are the pages of those who stand at the door of a session.
func (a *App) doorPages(kit *desk.Kit) *door.Pages {
	return &door.Pages{Kit: kit, Doors: a.Attendance, Plans: a.fairness, Timetable: a.Timetable, Public: a.Editions, Released: a.Publication}
}

// applicantPages are the pages of those who apply for a session and of those who choose.
func (a *App) applicantPages(kit *desk.Kit) *applicant.Pages {
	return &applicant.Pages{Kit: kit, Selection: a.Selection, Published: a.Publication, Plans: a.fairness, Timetable: a.Timetable}
}

// attendEvery is how often the clock is asked whether somebody is to be asked, or a place to be freed.
const attendEvery = 30 * time.Second

// attend does what is due before and at the beginning of sessions until ctx ends. Several instances may do it at once.
func (a *App) attend(ctx context.Context) {
	tick := time.NewTicker(attendEvery)
	defer tick.Stop()
	for {
		a.attendOnce(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) attendOnce(ctx context.Context) {
	for _, duty := range []struct {
		what string
		do   func(context.Context) (int64, error)
	}{
		{"people asked whether they come", a.Attendance.Ask},
		{"places freed by the clock", a.Attendance.FreeByClock},
		{"choices announced by the clock", a.Selection.AnnounceDue},
	} {
		n, err := duty.do(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			a.config.Log.ErrorContext(ctx, "not done", "what", duty.what, "err", err)
		case n > 0:
			a.config.Log.InfoContext(ctx, duty.what, "n", n)
		}
	}
}
