package app

import (
	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/partner"
	"obrady/internal/web/author"
	"obrady/internal/web/calls"
	"obrady/internal/web/desk"
)

// openCalls makes what keeps calls and what is sent to them.
func (a *App) openCalls() {
	a.Calls = call.NewService(a.db, a.config.Now)
	a.Calls.Guard = a.mayDo
	a.attachments = attachment.NewService(a.db, a.Calls)
}

// authorPages are the pages of whoever answers a call.
func (a *App) authorPages(kit *desk.Kit) *author.Pages {
	return &author.Pages{Kit: kit, Calls: a.Calls, Published: a.Publication, Consents: a.Consents, People: a.People, Files: a.attachments}
}

// callPages are the pages of whoever runs one.
func (a *App) callPages(kit *desk.Kit, keeper *partner.Keeper) *calls.Pages {
	return &calls.Pages{Kit: kit, Calls: a.Calls, Timetable: keeper, Register: a.People, Looks: a.Rights, Words: a.catalogue, Sight: a.Reviews, Files: a.attachments}
}
