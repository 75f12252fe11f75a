package app

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/feed"
	"obrady/internal/web/organiser"
	"obrady/internal/web/planner"
	"obrady/internal/web/visitor"
)

// Names of routes that the frame and the kit lead to.
const (
	routeSignIn    = "desk.sign-in"
	routeEnter     = "desk.enter"
	routeProgramme = "programme"
	routeSearch    = "search"
	routeAgenda    = "agenda"
)

// pages lists the routes of all audiences.
func (a *App) pages() ([]web.Route, error) {
	public := visitor.New(visitor.Config{
		Site: a.Site, Catalogue: a.catalogue, Desk: a.Publication, Wordings: a.Editions, Now: a.config.Now,
		Signups: a.seats.plan, Beside: beside{a},
	})
	machines := &feed.Feeds{Desk: a.Publication, Archive: a.Timetable, Words: a.catalogue, Site: a.Site}
	var words []i18n.Printer
	for _, lang := range i18n.Langs {
		words = append(words, a.catalogue.In(lang))
	}
	a.kit = &desk.Kit{Editions: a.Editions, Accounts: a.People, Rights: a.Rights, Drafts: drafts{a.db}, Now: a.config.Now}
	keeper := partner.NewKeeper(a.db, a.config.Now, a.Timetable)
	kit := a.kit
	setting := &organiser.Pages{Kit: kit, Editions: a.Editions, People: keeper, Programme: keeper, Timetable: keeper}
	making := &planner.Pages{
		Kit: kit, People: keeper, Programme: keeper, Timetable: keeper,
		Published: a.published, Imports: export.NewImporter(a.db, a.config.Now),
		Words: words, Origins: origins{a.Stage, a.Reviews},
	}
	own, err := a.accountPages(kit)
	if err != nil {
		return nil, err
	}
	routes := slices.Concat(public.Routes(), own.Routes(), a.participantPages(kit).Routes(), a.signupPages().Routes(), a.receptionPages(kit).Routes(), a.doorPages(kit).Routes(), a.applicantPages(kit).Routes(), a.authorPages(kit).Routes(), a.callPages(kit, keeper).Routes(), a.presenterPages(kit, keeper).Routes(), a.councilPages(kit).Routes(), a.composerPages(kit).Routes(), a.cataloguePages(kit).Routes(), a.volumePages(kit).Routes(), a.rolePages(kit).Routes(), a.guardianPages(kit).Routes(), a.mailroomPages(kit).Routes(), a.cohostPages(kit, keeper).Routes(), a.rehearsalPages(kit).Routes(), a.windowPages(kit, keeper).Routes(), setting.Routes(), making.Routes(), machines.Routes())
	if a.config.Uncached {
		for i := range routes {
			routes[i].Generation = func(*http.Request) (string, bool) { return "", false }
		}
	}
	return routes, nil
}

// published shows a release to the public before the organiser who made it looks there. If it fails now, the outbox
// and the next look will do it.
func (a *App) published(edition.ID) {
	if err := a.Publication.Refresh(context.Background()); err != nil {
		a.config.Log.Error("publication not renewed", "err", err)
	}
}
