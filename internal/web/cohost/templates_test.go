package cohost

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesOfWorkspacesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, spacesPage, spacePage, requestPage, requestsPage, answerPage, publicationPage, brandPage, markPage)
}
