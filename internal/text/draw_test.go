package text_test

import (
	"html/template"
	"testing"

	"obrady/internal/text"
)

func TestDraw(t *testing.T) {
	cards := template.Must(template.New("").Parse(`{{define "card"}}<b>{{.}}</b>{{end}}{{define "page"}}<p>{{.}}</p>{{end}}`))
	card, err := text.Draw(cards, "card", "<script>")
	if want := template.HTML("<b>&lt;script&gt;</b>"); err != nil || card != want {
		t.Errorf("Draw = %q, %v, want %q", card, err, want)
	}
	page, err := text.Draw(cards, "page", card)
	if want := template.HTML("<p><b>&lt;script&gt;</b></p>"); err != nil || page != want {
		t.Errorf("a card on a page = %q, %v, want %q", page, err, want)
	}
	if _, err := text.Draw(cards, "nothing", nil); err == nil {
		t.Error("a template that is not there is drawn")
	}
}
