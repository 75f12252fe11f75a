package applicant

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, applicationTemplate, mineTemplate, choicesTemplate, progressTemplate, choiceTemplate, applicantTemplate, questionsTemplate)
}
