package app

import (
	"context"

	"obrady/internal/outbox"
	"obrady/internal/partner"
	"obrady/internal/web/cohost"
	"obrady/internal/web/desk"
)

// cohostPages are the pages about workspaces, for the host and for partners.
func (a *App) cohostPages(kit *desk.Kit, keeper *partner.Keeper) *cohost.Pages {
	return &cohost.Pages{
		Kit: kit, Partners: partner.NewService(a.db, a.config.Now, a.Timetable), Roles: a.Rights, People: a.People,
		Timetable: keeper, Programme: keeper, Published: a.published,
	}
}

// bearPartners hears what goes on between partners and the host where no letter follows from it.
func bearPartners(all map[string]func(context.Context, outbox.Entry) error) {
	for _, event := range []outbox.Event{
		partner.Requested{}, partner.Decided{}, partner.PlacementAsked{}, partner.Placed{}, partner.Published{},
	} {
		if all[event.Kind()] == nil {
			all[event.Kind()] = unheard
		}
	}
}
