package app

import (
	"context"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/practice"
	"obrady/internal/privacy"
	"obrady/internal/web/catalogue"
	"obrady/internal/web/desk"
)

// openPractices builds what keeps practices and stories, and what the public reads of them.
func (a *App) openPractices() {
	a.Practices = practice.NewService(a.db, a.config.Now)
	a.Practices.Guard = a.mayDo
	a.shelf = practice.NewShelf(a.db, a.config.Log)
	a.shelf.Changed = func() {
		if a.Site != nil {
			a.Site.Cache().Flush() // the menu of every page leads to the catalogue once there is one
		}
	}
	a.Practices.Changed = func(edition.ID) { a.renewShelf(context.Background()) }
}

// renewShelf shows the public at once what has changed, or no longer shows what somebody has taken back. If it fails
// now, the next look will do it.
func (a *App) renewShelf(ctx context.Context) {
	if err := a.shelf.Refresh(ctx); err != nil {
		a.config.Log.ErrorContext(ctx, "catalogue not renewed", "err", err)
	}
}

// cataloguePages are the pages of practices and stories, the public's and those of who keeps them.
func (a *App) cataloguePages(kit *desk.Kit) *catalogue.Pages {
	return &catalogue.Pages{
		Kit: kit, Keeper: a.Practices, Teller: a.Practices, Shelf: a.shelf, Published: a.Publication, Lists: a.Editions, Names: a.People,
		Words: a.catalogue, Site: a.Site,
	}
}

// sweepStories forgets the stories that their tellers took back.
func sweepStories(ctx context.Context, tx *db.Tx, c privacy.Cut) (int64, error) {
	return practice.SweepStories(ctx, tx, c.Before, c.Held...)
}

// storiesKept is how long a teller may think again about a story that they took back.
const storiesKept = 30 * 24 * time.Hour
