package organiser

import (
	"testing"

	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, frontPage, versionsPage, logosPage, walksPage)
}

// Every kind asks only for fields that it reads.
func TestEveryControlHasAField(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []desk.Control
		fields   web.Fields
	}{
		{"edition", editionControls, editionFields},
		{"page", pageControls, pageFields},
		{"taxonomy", taxonomyControls, taxonomyFields},
		{"block", blockControls, blockFields},
		{"stage", stageControls, stageFields},
		{"place", placeControls, placeFields},
		{"person", personControls, personFields},
		{"institution", institutionControls, institutionFields},
		{"logo", logoControls, logoFields},
	} {
		for _, name := range desk.InOrder(test.controls) {
			if test.fields[name] == "" {
				t.Errorf("%s asks for %s and does not read it", test.name, name)
			}
		}
	}
}
