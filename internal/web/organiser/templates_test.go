package organiser

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, thingPage, listPage, frontPage, enterPage, versionsPage, logosPage, walksPage)
}

// Every form that names a draft lets it be kept, and every kind asks only for fields that it reads.
func TestEveryControlHasAField(t *testing.T) {
	for kind, controls := range map[string][]control{
		"edition": editionControls, "page": pageControls, "taxonomy": taxonomyControls, "block": blockControls,
		"stage": stageControls, "place": placeControls, "person": personControls, "institution": institutionControls,
		"logo": logoControls,
	} {
		fields := draftable[kind]
		if fields == nil {
			t.Errorf("drafts of %s are not kept", kind)
		}
		for _, name := range inOrder(controls) {
			if fields[name] == "" {
				t.Errorf("%s asks for %s and does not read it", kind, name)
			}
		}
	}
}
