package visitor

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplates(t *testing.T) {
	webtest.CheckTemplates(t, homePage, frontPage, archivePage, dayPage, noDayPage, listPage, sessionPage, blocksPage, thingPage,
		thingsPage, personsPage, personPage, institutionsPage, searchPage, releasesPage, releasePage, nowPage, agendaPage,
		sheetsPage, textPage)
}
