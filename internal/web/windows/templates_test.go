package windows

import (
	"testing"

	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, overviewPage, generalPage, holdPage, formPage, windowPage, removalPage, enlistPage, offerPage, sharePage,
		rulesPage, invitePage, drawPage, forecastPage, seatsPage, exportPage)
}

func TestEveryControlHasAField(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []desk.Control
		fields   web.Fields
	}{{"window", formControls, formFields}} {
		for _, name := range desk.InOrder(test.controls) {
			if test.fields[name] == "" {
				t.Errorf("%s asks for %s and does not read it", test.name, name)
			}
		}
	}
}
