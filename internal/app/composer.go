package app

import (
	"obrady/internal/kaleidoscope"
	"obrady/internal/web/composer"
	"obrady/internal/web/desk"
)

// openComposer makes what puts short talks into cycles.
func (a *App) openComposer() {
	a.Composer = kaleidoscope.NewService(a.db, a.config.Now)
	a.Composer.Guard = a.mayDo
}

// composerPages are the pages on which kaleidoscopes are composed.
func (a *App) composerPages(kit *desk.Kit) *composer.Pages {
	return &composer.Pages{Kit: kit, Composer: a.Composer, Programme: a.Programme, Words: a.catalogue}
}
