package rehearsal

import (
	"testing"

	"obrady/internal/web/webtest"
)

func TestTemplatesFitTheirData(t *testing.T) { webtest.CheckTemplates(t, page) }
