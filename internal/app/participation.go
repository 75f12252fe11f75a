package app

import (
	"obrady/internal/web/desk"
	"obrady/internal/web/participant"
	"obrady/internal/web/reception"
)

// participantPages are the pages of those who take part and of those who speak.
func (a *App) participantPages(kit *desk.Kit) *participant.Pages {
	return &participant.Pages{
		Kit: kit, Published: a.Publication, Registration: a.Registration, Consents: a.Consents, People: a.People,
		Catalogue: a.catalogue, Shown: func() { a.published("") },
	}
}

// receptionPages are the pages of staff who look after participants.
func (a *App) receptionPages(kit *desk.Kit) *reception.Pages {
	return &reception.Pages{
		Kit: kit, Registration: a.Registration, Consents: a.Consents, People: a.People, Programme: a.Programme, Words: a.catalogue,
	}
}
