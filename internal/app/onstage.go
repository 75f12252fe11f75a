package app

import (
	"obrady/internal/onstage"
	"obrady/internal/partner"
	"obrady/internal/web/desk"
	"obrady/internal/web/presenter"
)

// openStage makes what brings accepted submissions into the programme.
func (a *App) openStage() {
	a.Stage = onstage.NewService(a.db, a.config.Now, partner.NewKeeper(a.db, a.config.Now, a.Timetable))
	a.Stage.Guard = a.mayDo
}

// presenterPages are the pages of what goes on stage: of organisers, of those who present, and of the public.
func (a *App) presenterPages(kit *desk.Kit, keeper *partner.Keeper) *presenter.Pages {
	return &presenter.Pages{
		Kit: kit, Stage: a.Stage, Calls: a.Calls, Sight: a.Reviews, Timetable: keeper, Released: a.Publication, Practices: a.Practices, Site: a.Site,
		Words: a.catalogue,
	}
}
