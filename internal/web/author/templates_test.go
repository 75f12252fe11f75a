package author

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, callsTemplate, callTemplate, submissionTemplate, mineTemplate, contributorsTemplate, invitationTemplate)
}
