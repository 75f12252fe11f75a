package roles

import (
	"testing"

	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, grantsPage, givePage, endingPage, layingDownPage, teamsPage, refusalsPage, minePage, talksPage, installationPage)
}

// Every form asks only for fields that it reads.
func TestEveryControlHasAField(t *testing.T) {
	for _, test := range []struct {
		name     string
		controls []desk.Control
		fields   web.Fields
	}{
		{"grant", grantControls, grantFields},
		{"team", teamControls, teamFields},
		{"refusal", append(refusalControls, holdControl), refusalFields},
	} {
		for _, name := range desk.InOrder(test.controls) {
			if test.fields[name] == "" {
				t.Errorf("%s asks for %s and does not read it", test.name, name)
			}
		}
	}
}
