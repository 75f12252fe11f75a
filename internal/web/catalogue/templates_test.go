package catalogue

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(
		t, listTemplate, mapTemplate, oneTemplate, storiesTemplate, storyTemplate, contactTemplate, adoptionTemplate, mineTemplate,
		ownStoriesTemplate, ownStoryTemplate, reviewTemplate, uncheckedTemplate, storyReviewTemplate,
	)
}
