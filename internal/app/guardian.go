package app

import (
	"obrady/internal/consent"
	"obrady/internal/web/desk"
	"obrady/internal/web/guardian"
)

// guardianPages are those on people's data and on accessibility.
func (a *App) guardianPages(kit *desk.Kit) *guardian.Pages {
	return &guardian.Pages{
		Kit: kit, Privacy: a.Privacy, Consents: consent.NewService(a.db, a.config.Now), People: a.People, Rights: a.Rights,
		Statements: a.Editions, Programme: a.Programme, Published: a.Publication, Words: a.catalogue, Site: a.Site, Ways: a.tabs,
	}
}
