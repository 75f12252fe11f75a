package reception

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, listTemplate, oneTemplate, needTemplate, exportTemplate, doorTemplate, settingsTemplate,
		speakersTemplate, speakerTemplate)
}
