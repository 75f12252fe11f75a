package app

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/invitation"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/web/desk"
	"obrady/internal/web/windows"
)

// What the pages of windows lead to elsewhere.
const (
	routeReport    = "signup.report"      // the public report of a window
	routeQuestions = "desk.questions.all" // what applicants are asked
)

// windowPages are the pages at which sign-ups are arranged and looked after.
func (a *App) windowPages(kit *desk.Kit, keeper *partner.Keeper) *windows.Pages {
	invitations := invitation.NewService(a.db, a.config.Now)
	invitations.Guard = a.mayDo
	return &windows.Pages{
		Kit: kit, Signups: a.seatDesk(), Reports: a.fairness, Invitations: invitations, Timetable: keeper,
		Partners: partner.NewService(a.db, a.config.Now, a.Timetable), People: register{a.People, a.db}, Looks: a.Rights,
		Words: a.catalogue, Report: routeReport, Questions: routeQuestions,
	}
}

// register also finds accounts by their address.
type register struct {
	*people.Service
	db *db.DB
}

// AccountOf returns the account of an address, or people.ErrNoAccount.
func (r register) AccountOf(ctx context.Context, email string) (people.Account, error) {
	return people.AccountOf(ctx, r.db, email)
}
