package council

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, callsTemplate, callTemplate, paperTemplate, setupTemplate, givingTemplate, conflictsTemplate, figuresTemplate,
		sittingsTemplate, sittingTemplate, minutesTemplate, announcementTemplate, appealsTemplate, opinionsTemplate, opinionTemplate, toldTemplate)
}
