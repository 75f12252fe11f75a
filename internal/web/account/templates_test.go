package account

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirPages(t *testing.T) {
	webtest.CheckTemplates(t, enterPage, invitationPage, letterPage, linkPage, spentPage, awayPage, minePage, waysPage, movePage, undoPage)
}
