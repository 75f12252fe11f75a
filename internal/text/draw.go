package text

import (
	"bytes"
	"fmt"
	"html/template"
)

// Draw executes the template called name and returns what came out, for pages that place it whole: a card that is
// drawn once and shown on many pages. html/template has escaped everything in it, so it is as safe as those pages
// are. The template must begin and end between elements, as every whole piece of a page does.
func Draw(t *template.Template, name string, data any) (template.HTML, error) {
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, name, data); err != nil {
		return "", fmt.Errorf("draw %s: %w", name, err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // escaped by html/template
}
