package planner

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesOfTheProgrammeFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, sessionPage, sessionsPage, endPage, clashPage, releasePage, releasesPage, bulkPage, importPage, previewPage)
}

func TestEveryColumnOfASessionHasAField(t *testing.T) {
	for _, list := range sessionLists {
		for _, column := range list.Rows {
			if sessionFields[column.Name] == "" {
				t.Errorf("the form shows %s and does not read it", column.Name)
			}
		}
	}
}
