package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/chromedp/chromedp"
)

var axeSource = sync.OnceValues(func() ([]byte, error) { return os.ReadFile("node_modules/axe-core/axe.min.js") })

// Which rules of axe-core are asked. Only contrast depends on the colour scheme.
const (
	everyRule    = `{runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}`
	onlyContrast = `{runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}}`
)

// axe runs the accessibility checker on the page as it stands and returns its findings, one line each.
func (b *tab) axe(rules string) []string {
	b.t.Helper()
	source, err := axeSource()
	need(b.t, err)
	if !b.is("window.axe") {
		b.do(chromedp.Evaluate[chromedp.Void](string(source) + ";void 0"))
	}
	// What moves is let come to rest first: half-way through a transition no colour is right.
	found := eval[string](b, `(async () => {
		await document.fonts.ready
		await Promise.all(document.getAnimations().map(a => a.finished.catch(() => {})))
		const result = await axe.run(document, `+rules+`)
		return JSON.stringify(result.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.html.slice(0, 160) +
			' | ' + ((n.any[0] || n.all[0] || n.none[0] || {}).message || v.help))))
	})()`)
	var lines []string
	if err := json.Unmarshal([]byte(found), &lines); err != nil {
		b.t.Fatal(fmt.Errorf("read the findings: %w", err))
	}
	return lines
}
