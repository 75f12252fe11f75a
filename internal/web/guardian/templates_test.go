package guardian

import (
	"testing"

	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, minePage, erasurePage, statementPage, frontPage, retentionPage, casesPage, casePage, auditPage)
}

// Every form asks only for fields that it reads.
func TestEveryControlHasAField(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []desk.Control
		fields   web.Fields
	}{
		{"statement", statementControls, statementFields},
		{"officer", officerControls, officerFields},
		{"controller", controllerControls, controllerFields},
		{"purpose", purposeControls, purposeFields},
		{"clause", clauseControls, clauseFields},
	} {
		for _, name := range desk.InOrder(test.controls) {
			if test.fields[name] == "" {
				t.Errorf("%s asks for %s and does not read it", test.name, name)
			}
		}
	}
}
