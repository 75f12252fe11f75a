package app

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// framer draws what stands around every page, from memory.
type framer struct {
	app       *App
	catalogue *i18n.Catalogue
}

// way is one entry of the menu: the route that it leads to and the sentence that names it.
type way struct{ route, key string }

var (
	mainWays = []way{
		{routeProgramme, "app.way.programme"},
		{"blocks", "app.way.blocks"},
		{"persons", "app.way.people"},
		{"now", "app.way.now"},
		{routeAgenda, "app.way.agenda"},
	}
	moreWays = []way{
		{"changes", "app.way.changes"},
		{"calls", "app.way.calls"},
		{"institutions", "app.way.institutions"},
		{"archive", "app.way.archive"},
	}
)

// frame is what stands around the page that r asks for. Outside of an edition it is the one that comes next, or
// came last, without its menu.
func (f *framer) frame(r *http.Request, lang i18n.Lang) web.Frame {
	p := f.catalogue.In(lang)
	frame := web.Frame{Site: p.T("web.site")}
	if f.app.config.Demo {
		frame.Remark = p.T("app.demo")
	}
	e := f.editionOf(r)
	frame.Own = f.own(r, p, e)
	if e == nil {
		return f.outside(frame, p)
	}
	frame.Site, frame.Numeral, frame.Edition = e.Name.In(lang).Text, e.Roman(), e.Slug
	frame.Zone = e.Location()
	frame.When = whenAndWhere(e, p)
	frame.Home = f.to(lang, "edition", e.Slug)
	frame.Nav = f.links(p, mainWays, e.Slug)
	if len(f.app.seats.plan(e.ID).Offers()) > 0 {
		frame.Nav = append(frame.Nav, f.links(p, []way{{"signup.open", "app.way.signups"}}, e.Slug)...)
	}
	frame.Nav = append(frame.Nav, f.lessons(p, e)...)
	frame.Nav = append(frame.Nav, f.links(p, f.remains(e), e.Slug)...)
	frame.Footer = f.footer(e, p)
	frame.Marks = f.marks(e, lang)
	return frame
}

// lessons lead to practices and stories, where the edition has any.
func (f *framer) lessons(p i18n.Printer, e *publication.Edition) []web.Link {
	var ways []way
	c := f.app.shelf.Of(e.ID)
	if len(c.Practices) > 0 {
		ways = append(ways, way{"practices", "app.way.practices"})
	}
	if len(c.Stories) > 0 && len(c.Practices) == 0 {
		ways = append(ways, way{"stories", "app.way.stories"}) // else the one leads to the other
	}
	return f.links(p, ways, e.Slug)
}

// own leads to the visitor's account and, where a page knows who asks and that they work on the congress, to their
// desk. A public page is kept for everybody and knows nobody: its link to the account is the same for all.
func (f *framer) own(r *http.Request, p i18n.Printer, e *publication.Edition) []web.Link {
	links := f.links(p, []way{{"account.mine", "app.way.account"}})
	who := rights.Of(r.Context())
	switch {
	case who.Account == "":
	case e != nil:
		if front := f.app.kit.Front(who, e.ID); front != "" {
			links = append(links, f.links(p, []way{{front, "app.way.desk"}}, e.Slug)...)
		}
	case slices.ContainsFunc(who.Grants, func(g rights.Grant) bool { return f.app.kit.Front(who, g.Edition) != "" }):
		links = append(links, f.links(p, []way{{"desk.editions", "app.way.desk"}})...)
	}
	return links
}

func (f *framer) outside(frame web.Frame, p i18n.Printer) web.Frame {
	if all := f.app.Publication.Current().Editions; len(all) > 0 {
		frame.Zone = all[0].Location() // one's own pages tell the hour of the congress as well
	}
	if links := f.links(p, []way{{"archive", "app.way.archive"}}); len(links) > 0 {
		frame.Footer = []web.Column{{Title: p.T("app.foot.congress"), Links: links}}
	}
	return frame
}

// editionOf finds the edition that the address names, also where it leads nowhere: then the problem page still
// stands inside the edition.
func (f *framer) editionOf(r *http.Request) *publication.Edition {
	slug := r.PathValue("edition")
	if slug == "" {
		segments := strings.SplitN(strings.Trim(r.URL.Path, "/"), "/", 3)
		if len(segments) > 1 && (segments[0] == string(i18n.Polish) || segments[0] == string(i18n.English)) {
			segments = segments[1:]
		}
		slug = segments[0]
	}
	e, err := f.app.Publication.Edition(slug)
	if err != nil {
		return nil
	}
	return e
}

func whenAndWhere(e *publication.Edition, p i18n.Printer) string {
	from, to := e.StartsOn.In(e.Location()), e.EndsOn.In(e.Location())
	line := p.Dates(from, to)
	if city := e.City.In(p.Lang).Text; city != "" {
		line += ", " + city
	}
	return line
}

// footer lists the edition's own pages, its legal texts, and the other ways through the site.
func (f *framer) footer(e *publication.Edition, p i18n.Printer) []web.Column {
	pages := map[edition.PageKind][]web.Link{}
	for _, page := range e.Pages {
		if address := f.to(p.Lang, "page", e.Slug, page.Slug); address != "" {
			title := page.Title.In(p.Lang)
			link := web.Link{Label: title.Text, URL: address}
			if title.Lang != p.Lang {
				link.Lang = string(title.Lang)
			}
			pages[page.Kind] = append(pages[page.Kind], link)
		}
	}
	if e.Registration.Revision > 0 {
		pages[edition.Information] = append(pages[edition.Information], f.links(p, []way{{"registration", "app.way.registration"}}, e.Slug)...)
		pages[edition.Legal] = append(pages[edition.Legal], f.links(p, []way{{"data-notice", "app.way.data"}}, e.Slug)...)
	}
	if e.Accessible {
		pages[edition.Legal] = append(pages[edition.Legal], f.links(p, []way{{"statement", "app.way.statement"}}, e.Slug)...)
	}
	var columns []web.Column
	for _, column := range []web.Column{
		{Title: p.T("app.foot.congress"), Links: pages[edition.Information]},
		{Title: p.T("app.foot.programme"), Links: f.links(p, moreWays, e.Slug)},
		{Title: p.T("app.foot.rules"), Links: pages[edition.Legal]},
	} {
		if len(column.Links) > 0 {
			columns = append(columns, column)
		}
	}
	return columns
}

func (f *framer) marks(e *publication.Edition, lang i18n.Lang) []web.Mark {
	var marks []web.Mark
	for _, logo := range e.Logos {
		mark := web.Mark{Name: logo.Name.In(lang).Text, URL: logo.URL}
		if logo.MediaType != "" {
			mark.Image = f.to(lang, "logo", e.Slug, logo.ID)
		}
		marks = append(marks, mark)
	}
	return marks
}

// links leads to those ways that have a page.
func (f *framer) links(p i18n.Printer, ways []way, args ...any) []web.Link {
	var links []web.Link
	for _, w := range ways {
		if address := f.to(p.Lang, w.route, args...); address != "" {
			links = append(links, web.Link{Label: p.T(w.key), URL: address, Stars: w.route == routeAgenda})
		}
	}
	return links
}

// to is the address of a route, or "" where there is no such page.
func (f *framer) to(lang i18n.Lang, route string, args ...any) string {
	address, err := f.app.Site.URL(lang, route, args...)
	if err != nil {
		return ""
	}
	return address
}
