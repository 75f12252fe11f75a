package crawl

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Faults names everything on the page that a visitor should not meet.
func (p *Page) Faults(speech *Speech) []Fault {
	var faults []Fault
	add := func(what, format string, args ...any) {
		faults = append(faults, Fault{p.Address, what, fmt.Sprintf(format, args...)})
	}
	p.checkFrame(add)
	p.checkHeader(add)
	p.checkReferences(add)
	p.checkOrigins(add)
	p.checkInline(add)
	p.checkMail(add)
	nesting(p.body, func(detail string) { add(Nesting, "%s", detail) })
	for _, said := range p.said() {
		speech.check(said, add)
	}
	return faults
}

// adder takes one fault: what, and the place of it.
type adder func(what, format string, args ...any)

// checkFrame wants a title, a language that fits the address, one main and one h1.
func (p *Page) checkFrame(add adder) {
	title, count := "", map[atom.Atom]int{}
	for n := range p.elements() {
		count[n.DataAtom]++
		if n.DataAtom == atom.Title && n.Namespace == "" {
			title = strings.TrimSpace(textOf(n))
		}
		if role, _ := attribute(n, "role"); role == "main" && n.DataAtom != atom.Main {
			count[atom.Main]++
		}
	}
	if len([]rune(strings.Trim(title, " –-|"))) < 3 || strings.HasPrefix(title, "–") {
		add(Title, "%q", title)
	}
	want, _, _ := strings.Cut(strings.TrimPrefix(p.at.Path, "/"), "/")
	if got := p.Lang(); got != "pl" && got != "en" || (want == "pl" || want == "en") && got != want {
		add(Lang, "html lang=%q", got)
	}
	if count[atom.Main] != 1 {
		add(Landmark, "%d main", count[atom.Main])
	}
	if count[atom.H1] != 1 {
		add(Heading, "%d h1", count[atom.H1])
	}
}

// wanted are fields that every page answers with.
var wanted = map[string]string{
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy":        "",
	"Permissions-Policy":     "",
}

func (p *Page) checkHeader(add adder) {
	policy := p.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") {
		add(Policy, "Content-Security-Policy %q", policy)
	}
	for _, weak := range []string{"unsafe-", "data:", "http:", "https:", "blob:"} {
		if strings.Contains(policy, weak) {
			add(Policy, "Content-Security-Policy has %s", weak)
		}
	}
	for _, piece := range []string{"frame-ancestors", "form-action", "base-uri"} {
		if !strings.Contains(policy, piece) {
			add(Policy, "Content-Security-Policy without %s", piece)
		}
	}
	for name, value := range wanted {
		if got := p.Header.Get(name); got == "" || value != "" && got != value {
			add(Policy, "%s %q", name, got)
		}
	}
}

// pointing are attributes that name ids of the same page, several at once.
var pointing = []string{"aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "list", "headers"}

func (p *Page) checkReferences(add adder) {
	for id, times := range p.ids {
		if times > 1 {
			add(ID, "%q stands %d times", id, times)
		}
		if id == "" || strings.ContainsAny(id, " \t\n") {
			add(ID, "%q is no id", id)
		}
	}
	for n := range p.elements() {
		for _, name := range pointing {
			value, _ := attribute(n, name)
			for _, id := range strings.Fields(value) {
				if !p.Has(id) {
					add(ID, "%s=%q of <%s> leads nowhere", name, id, n.Data)
				}
			}
		}
	}
}

// loads names the attributes of n whose address the browser opens by itself, or to which it sends a form.
func loads(n *html.Node) (names []string) {
	switch n.DataAtom {
	case atom.Img, atom.Script, atom.Iframe, atom.Audio, atom.Video, atom.Source, atom.Embed, atom.Track, atom.Input:
		return []string{"src", "srcset", "poster"}
	case atom.Object:
		return []string{"data"}
	case atom.Form:
		return []string{"action"}
	case atom.Button:
		return []string{"formaction"}
	case atom.Base:
		return []string{"href"}
	case atom.Link:
		return []string{"href"}
	}
	if n.Data == "use" || n.Data == "image" {
		return []string{"href"}
	}
	return nil
}

func (p *Page) checkOrigins(add adder) {
	for n := range p.elements() {
		for _, name := range loads(n) {
			value, ok := attribute(n, name)
			if at := p.resolve(n, name); ok && value != "" && (at == nil || !p.isOurs(at)) {
				add(Outside, "<%s %s=%q>", n.Data, name, value)
			}
		}
		for _, name := range []string{"href", "src", "action"} {
			if at, err := url.Parse(valueOf(n, name)); err != nil || !slices.Contains(knownSchemes, at.Scheme) {
				add(Outside, "<%s %s=%q>", n.Data, name, valueOf(n, name))
			}
		}
	}
}

var knownSchemes = []string{"", "http", "https", "mailto", "tel", "webcal"}

func (p *Page) checkInline(add adder) {
	for n := range p.elements() {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				add(Inline, "<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
		switch n.DataAtom {
		case atom.Style:
			add(Inline, "<style>")
		case atom.Script:
			checkScript(n, add)
		}
	}
}

// checkScript lets files and blocks of data pass; data must be readable.
func checkScript(n *html.Node, add adder) {
	if valueOf(n, "src") != "" {
		return
	}
	if kind := valueOf(n, "type"); kind != "application/ld+json" {
		add(Inline, "<script type=%q> without a file", kind)
	} else if !json.Valid([]byte(textOf(n))) {
		add(Format, "JSON-LD that does not parse: %.80s", textOf(n))
	}
}

// mail finds addresses in text as well as in links.
var mail = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+(\.[\p{L}0-9-]+)+`)

// offices are the names before the @ that belong to an office and not to a person.
var offices = []string{
	"kontakt", "contact", "urzad", "biuro", "office", "info", "kongres", "congress", "iod", "dpo", "sekretariat",
	"dostepnosc", "accessibility", "rodo", "media", "press", "security", "bezpieczenstwo", "program", "programme",
}

func (p *Page) checkMail(add adder) {
	for n := range p.root.Descendants() {
		text := n.Data
		if n.Type == html.ElementNode {
			text = valueOf(n, "href") + " " + valueOf(n, "title") + " " + valueOf(n, "content")
		}
		for _, address := range mail.FindAllString(text, -1) {
			if name, _, _ := strings.Cut(address, "@"); !slices.Contains(offices, strings.ToLower(name)) {
				add(Mail, "%s", address)
			}
		}
	}
}

func valueOf(n *html.Node, name string) string {
	value, _ := attribute(n, name)
	return value
}

func textOf(n *html.Node) string {
	var text strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			text.WriteString(d.Data)
		}
	}
	return text.String()
}
