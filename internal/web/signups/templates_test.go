package signups

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, sessionTemplate, answerTemplate, outTemplate, leaveTemplate, movedTemplate, mineTemplate, openTemplate, wishTemplate,
		reportTemplate)
}
