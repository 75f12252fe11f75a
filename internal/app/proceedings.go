package app

import (
	"context"

	"obrady/internal/edition"
	"obrady/internal/proceedings"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/web/desk"

	volumes "obrady/internal/web/proceedings"
)

// openProceedings makes what keeps volumes, and what the public reads of them.
func (a *App) openProceedings() {
	a.Proceedings = proceedings.NewService(a.db, a.config.Now)
	a.Proceedings.Guard = a.mayDo
	a.Proceedings.Stages = a.stages
	a.volumes = proceedings.NewShelf(a.db, a.config.Log)
	a.volumes.Changed = func() {
		if a.Site != nil {
			a.Site.Cache().Flush() // the menu of every page leads to the volumes once there are some
		}
	}
	a.Proceedings.Changed = func() { a.renewVolumes(context.Background()) }
}

// renewVolumes shows the public at once what has been published. If it fails now, the next look will do it.
func (a *App) renewVolumes(ctx context.Context) {
	if err := a.volumes.Refresh(ctx); err != nil {
		a.config.Log.ErrorContext(ctx, "volumes not renewed", "err", err)
	}
}

// stages says where and when the sessions of an edition are, as far as the public knows.
func (a *App) stages(of edition.ID) map[programme.SessionID]proceedings.Session {
	all := map[programme.SessionID]proceedings.Session{}
	for _, e := range a.Publication.Current().Editions {
		if e.ID != of {
			continue
		}
		for _, s := range e.Programme.Sessions {
			stage := proceedings.Session{Slug: s.Slug, Title: s.Title}
			for _, slot := range e.Programme.Slots {
				if slot.Session == s.ID && (stage.At.IsZero() || slot.Start.Before(stage.At)) {
					stage.At = slot.Start.UTC()
				}
			}
			all[s.ID] = stage
		}
	}
	return all
}

// volumePages are the pages of volumes, the public's and those of who makes them.
func (a *App) volumePages(kit *desk.Kit) *volumes.Pages {
	return &volumes.Pages{
		Kit: kit, Keeper: a.Proceedings, Shelf: a.volumes, Calls: a.Calls, Published: a.Publication, Words: a.catalogue, Site: a.Site,
	}
}

// remains are the ways to what people are asked for, and to what is left of the talks, where the edition has any.
func (f *framer) remains(e *publication.Edition) []way {
	var ways []way
	if f.app.openings.open(e.ID) {
		ways = append(ways, way{"calls", "app.way.calls"})
	}
	if len(f.app.volumes.Of(e.ID)) > 0 {
		ways = append(ways, way{"proceedings", "app.way.proceedings"})
	}
	return ways
}
