package app

import (
	"obrady/internal/kaleidoscope"
)

// openComposer makes what puts short talks into cycles.
func (a *App) openComposer() {
	a.Composer = kaleidoscope.NewService(a.db, a.config.Now)
	a.Composer.Guard = a.mayDo
}
