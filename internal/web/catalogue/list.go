package catalogue

import (
	"net/http"

	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/text"
	"obrady/internal/web"
)

// head is what every public page of the catalogue has; a page embeds it.
type head struct {
	Title       string
	Description string
	Crumbs      []web.Link
	Feed        string // address of the feed
	Wide        bool
}

func (v *view) headed(title string, crumbs ...web.Link) head {
	h := head{Title: text.Bind(title), Feed: v.file("practices.atom")}
	if len(crumbs) > 0 {
		h.Crumbs = append(crumbs, web.Link{Label: h.Title})
	}
	return h
}

// file is the address of one of the edition's files for machines, in the language of the page.
func (v *view) file(name string) string {
	address := "/" + v.e.Slug + "/" + name
	if v.Lang != i18n.Polish {
		address += "?lang=" + string(v.Lang)
	}
	return address
}

// listPage is the catalogue, or what is left of it.
type listPage struct {
	head
	sifted
	Cards  []card
	At, Of int
	Map    string // address of the map with the same filters
	Files  []web.Link
	Empty  bool // nothing has been published at all
}

// card is a practice in a list.
type card struct {
	*practice.Shown
	URL  string
	City string
	Line string // region, size, stage
	Due  bool
}

var listTemplate = parsePublic[listPage]("list.html")

func parsePublic[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name, "templates/public.html")
}

// onPage is how many practices stand on one page of the list.
const onPage = 24

func (v *view) showList(w http.ResponseWriter, r *http.Request) error {
	page := listPage{head: v.headed(v.T("catalogue.practices")), sifted: v.sift(r.URL), At: web.PageOf(r.URL.Query().Get("page"))}
	page.Description, page.Empty = v.T("catalogue.practices_lead"), len(v.c.Practices) == 0
	page.Of = max(1, (len(page.Left)+onPage-1)/onPage)
	page.At = min(page.At, page.Of)
	for _, p := range page.Left[(page.At-1)*onPage : min(page.At*onPage, len(page.Left))] {
		page.Cards = append(page.Cards, v.card(p))
	}
	page.Map = v.to("practices.map")
	if r.URL.RawQuery != "" {
		page.Map += "?" + r.URL.Query().Encode()
	}
	for _, file := range []string{"practices.csv", "practices.json", "practices.atom"} {
		page.Files = append(page.Files, web.Link{Label: v.T("catalogue.file." + file[len("practices."):]), URL: v.file(file)}) // key: catalogue.file.*
	}
	return listTemplate.Show(w, r, page)
}

func (v *view) card(p *practice.Shown) card {
	c := card{Shown: p, URL: v.to("practice", p.Slug), City: p.City.In(v.Lang).Text, Due: p.Due(v.Now())}
	for _, key := range []string{p.Region.Key(), p.Size.Key(), p.Stage.Key()} {
		if c.Line != "" {
			c.Line += " · "
		}
		c.Line += v.T(key)
	}
	return c
}
