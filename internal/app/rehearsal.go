package app

import (
	"obrady/internal/fairness"
	slice "obrady/internal/rehearsal"
	"obrady/internal/web/desk"
	"obrady/internal/web/rehearsal"
)

// openRehearsals builds what plays openings before their hour. Copies lie on the disk of the database where it is a file,
// so that the figures are those of that disk.
func (a *App) openRehearsals() {
	a.rehearsals = slice.NewService(slice.Config{
		DB: a.db, Now: a.config.Now, Log: a.config.Log, Folder: a.config.Scratch, Free: freeSpace, Check: fairness.Check, Guard: a.mayDo,
	})
}

// rehearsalPages is the page at which organisers ask for one.
func (a *App) rehearsalPages(kit *desk.Kit) *rehearsal.Pages {
	return &rehearsal.Pages{Kit: kit, Rehearsals: a.rehearsals, Plans: a.Signups}
}
