package organiser

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/web"
)

// Desk is what stands around every page of the desk. The data of a page has one, embedded.
type Desk struct {
	Edition  edition.Edition   // the one that is being worked on; without ID on the pages about all of them
	Editions []edition.Edition // all of them, to choose from
	Nav      []navGroup
	Name     string // who is signed in
	At       string // name of the route in Nav that the page belongs to
}

// In says whether the page is about one edition.
func (d Desk) In() bool { return d.Edition.ID != "" }

// navGroup is a titled part of the desk's navigation.
type navGroup struct {
	Key   string // of the sentence that titles it
	Items []navItem
}

// navItem leads to a list of the desk.
type navItem struct{ Key, Route string }

// key: organiser.nav.*
var navigation = []navGroup{
	{"organiser.nav.programme", []navItem{
		{"organiser.nav.front", "desk.front"},
		{"organiser.nav.sessions", "desk.sessions"},
		{"organiser.nav.table", "desk.table"},
		{"organiser.nav.clashes", "desk.clashes"},
		{"organiser.nav.releases", "desk.releases"},
		{"organiser.nav.import", "desk.import"},
	}},
	{"organiser.nav.lists", []navItem{
		{"organiser.nav.blocks", "desk.blocks"},
		{"organiser.nav.stages", "desk.stages"},
		{"organiser.nav.places", "desk.places"},
		{"organiser.nav.taxonomies", "desk.taxonomies"},
		{"organiser.nav.persons", "desk.persons"},
		{"organiser.nav.institutions", "desk.institutions"},
	}},
	{"organiser.nav.edition", []navItem{
		{"organiser.nav.settings", "desk.edition"}, {"organiser.nav.pages", "desk.pages"}, {"organiser.nav.logos", "desk.logos"},
	}},
}

// desk finds the edition that the path names, or edition.ErrUnknown, and what stands around a page of its desk. At is
// the route in the navigation that the page belongs to.
func (p *Pages) desk(r *http.Request, at string) (Desk, error) {
	d, err := p.desktop(r)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(d.Editions, func(e edition.Edition) bool { return e.Slug == r.PathValue("edition") })
	if i < 0 {
		return d, edition.ErrUnknown
	}
	d.Edition, d.At = d.Editions[i], at
	for _, group := range navigation {
		group.Items = slices.DeleteFunc(slices.Clone(group.Items), func(item navItem) bool { return !p.has(item.Route) })
		d.Nav = append(d.Nav, group)
	}
	return d, nil
}

// desktop is what stands around the pages of the desk that are about all editions.
func (p *Pages) desktop(r *http.Request) (d Desk, err error) {
	if d.Editions, err = p.Editions.Editions(r.Context()); err != nil {
		return d, err
	}
	account, err := p.People.Account(r.Context(), by(r))
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return d, err
	}
	d.Name = account.Name
	return d, nil
}

// has says whether the desk has a route called name.
func (p *Pages) has(name string) bool {
	p.naming.Do(func() {
		p.names = map[string]bool{}
		for _, route := range p.Routes() {
			p.names[route.Name] = true
		}
	})
	return p.names[name]
}

// parse parses a page of the desk with the fragments that all of them use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	files := []string{"templates/desk.html", "templates/sheet.html"}
	for _, fragment := range fragments {
		files = append(files, "templates/"+fragment)
	}
	return web.Parse[Data](templates, "templates/"+name, files...)
}
