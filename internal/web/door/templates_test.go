package door

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, roomsTemplate, roomTemplate, settingsTemplate, figuresTemplate, questionTemplate)
}
