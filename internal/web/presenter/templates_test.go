package presenter

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) {
	webtest.CheckTemplates(t, stageTemplate, settingTemplate, talksTemplate, talkTemplate, slidesTemplate, allSlidesTemplate, publicTemplate)
}
