package mailroom

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, listPage, formPage, previewPage, progressPage, templatesPage, templatePage, lettersPage, mailboxPage, mailPage, stopPage)
}
