package participant

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, stateTemplate, entryTemplate, leaveTemplate, needTemplate, consentTemplate, noticeTemplate,
		claimTemplate, profileTemplate, noProfile, photoTemplate)
}
