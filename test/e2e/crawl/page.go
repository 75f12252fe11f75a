package crawl

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Page is an answer of HTML.
type Page struct {
	// Address is the path and query where it was found, after redirects.
	Address string
	Header  http.Header

	at   *url.URL
	body []byte
	root *html.Node
	ids  map[string]int
}

// Read parses body as browsers do; what they would mend silently is named by Faults.
func Read(address string, header http.Header, body []byte) *Page {
	p := &Page{Address: address, Header: header, body: body, ids: map[string]int{}}
	p.at, _ = url.Parse(address)
	if p.at == nil {
		p.at = &url.URL{}
	}
	p.root, _ = html.Parse(bytes.NewReader(body)) // of bytes in memory it cannot fail
	for n := range p.elements() {
		if id, ok := attribute(n, "id"); ok {
			p.ids[id]++
		}
	}
	return p
}

// Lang is the language that the page says it is in.
func (p *Page) Lang() string {
	for n := range p.elements() {
		if n.DataAtom == atom.Html {
			lang, _ := attribute(n, "lang")
			return lang
		}
	}
	return ""
}

// Has tells whether a link to this part of the page arrives.
func (p *Page) Has(id string) bool { return p.ids[id] > 0 }

// Other is the address that the frame's way to the other language leads to.
func (p *Page) Other() (string, bool) {
	for n := range p.elements() {
		hreflang, ok := attribute(n, "hreflang")
		if n.DataAtom != atom.A || !ok || hreflang == p.Lang() {
			continue
		}
		if address, inside := p.inside(n, "href"); inside {
			return address, true
		}
	}
	return "", false
}

// Link leads from a page to another address of the same site.
type Link struct {
	Address string // path and query
	ID      string // the part of the page, often empty
}

// sample is what is typed into fields for search.
const sample = "lodz"

// Links lists where the page leads: links, files that it needs, and forms that only ask.
func (p *Page) Links() []Link {
	var links []Link
	for n := range p.elements() {
		for _, name := range []string{"href", "src", "data-calendar-base", "data-now-address"} {
			if address, ok := p.inside(n, name); ok && n.DataAtom != atom.Base {
				links = append(links, Link{address, p.fragment(n, name)})
			}
		}
		if n.DataAtom == atom.Form {
			links = append(links, p.asked(n)...)
		}
	}
	return links
}

// asked sends a form that only asks: as it stands, and with something typed.
func (p *Page) asked(form *html.Node) []Link {
	method, _ := attribute(form, "method")
	if method != "" && !strings.EqualFold(method, "get") {
		return nil
	}
	action, ok := p.inside(form, "action")
	if !ok {
		action = p.at.Path
	}
	path, _, _ := strings.Cut(action, "?")
	plain, typed := url.Values{}, url.Values{}
	for n := range descendants(form) {
		name, named := attribute(n, "name")
		if !named || n.DataAtom != atom.Input {
			continue
		}
		value, _ := attribute(n, "value")
		plain.Set(name, value)
		typed.Set(name, value)
		if kind, _ := attribute(n, "type"); n.DataAtom == atom.Input && (kind == "search" || kind == "text" || kind == "") {
			typed.Set(name, sample)
		}
	}
	return []Link{{Address: path + "?" + plain.Encode()}, {Address: path + "?" + typed.Encode()}}
}

// inside resolves an attribute to an address of this site.
func (p *Page) inside(n *html.Node, name string) (string, bool) {
	at := p.resolve(n, name)
	if at == nil || !p.isOurs(at) {
		return "", false
	}
	return at.RequestURI(), true
}

// origin is a host that resolves to nothing; what still has it after resolving is of this site.
const origin = "site.invalid"

func (p *Page) resolve(n *html.Node, name string) *url.URL {
	value, ok := attribute(n, name)
	if !ok || value == "" && name != "action" {
		return nil
	}
	ref, err := url.Parse(value)
	if err != nil {
		return nil
	}
	here := *p.at
	here.Scheme, here.Host = "http", origin
	return here.ResolveReference(ref)
}

// isOurs also takes addresses with the host under which the page was asked for, as canonical links have.
func (p *Page) isOurs(at *url.URL) bool {
	if at.Scheme != "http" && at.Scheme != "https" {
		return false
	}
	own := p.Header.Get(ownHost)
	return at.Host == origin || own != "" && at.Host == own
}

// ownHost is a field that no server sends; the walk notes the host there.
const ownHost = "X-Crawl-Host"

func (p *Page) fragment(n *html.Node, name string) string {
	if at := p.resolve(n, name); at != nil {
		return at.Fragment
	}
	return ""
}

func (p *Page) elements() func(func(*html.Node) bool) { return descendants(p.root) }

// descendants yields the elements below n in the order of the document.
func descendants(n *html.Node) func(func(*html.Node) bool) {
	return func(yield func(*html.Node) bool) {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && !yield(d) {
				return
			}
		}
	}
}

func attribute(n *html.Node, name string) (string, bool) {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return "", false
	}
	return n.Attr[i].Val, true
}
