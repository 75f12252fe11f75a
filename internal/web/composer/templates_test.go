package composer

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, listTemplate, boardTemplate, proposalTemplate, talkTemplate, sheetTemplate)
}
