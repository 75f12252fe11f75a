package proceedings

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, allTemplate, volumeTemplate, entryTemplate, deskTemplate, formTemplate, previewTemplate)
}
