package calls

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, formTemplate, stateTemplate, sentTemplate, exportTemplate, oneTemplate)
}
