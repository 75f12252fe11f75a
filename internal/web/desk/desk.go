package desk

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// Desk is what stands around every page of the desk. The data of a page has one, embedded.
type Desk struct {
	Edition  edition.Edition   // the one that is being worked on; without ID on the pages about all of them
	Editions []edition.Edition // all of them, to choose from
	Nav      []navGroup
	Fronts   map[edition.ID]string // where the desk of each of Editions begins
	Name     string                // who is signed in
	At       string                // name of the route in Nav that the page belongs to

	Who  rights.Standing // what whoever is signed in may do
	Tree rights.Tree     // of Edition
}

// Scope is the part of the edition in which whoever is signed in may do a.
func (d Desk) Scope(a rights.Action) rights.Scope { return d.Who.Scope(a, d.Tree) }

// May says whether whoever is signed in may do a to the edition as a whole.
func (d Desk) May(a rights.Action) bool { return d.Who.At(a, d.Edition.ID) == nil }

// In says whether the page is about one edition.
func (d Desk) In() bool { return d.Edition.ID != "" }

// When is the day and hour of t on the clocks of the edition, whatever the frame of the page knows of zones.
func (d Desk) When(v web.View, t time.Time) string {
	local := t.In(d.zone())
	return v.Day(local) + ", " + v.Hour(local)
}

// Hour is the hour of t on the clocks of the edition.
func (d Desk) Hour(v web.View, t time.Time) string { return v.Hour(t.In(d.zone())) }

// zone is that of the edition, of the latest one where the page is about all of them.
func (d Desk) zone() *time.Location {
	if !d.In() && len(d.Editions) > 0 {
		return d.Editions[0].Location()
	}
	return d.Edition.Location()
}

// navGroup is a titled part of the desk's navigation.
type navGroup struct {
	Key   string // of the sentence that titles it
	Items []navItem
}

// navItem leads to a list of the desk.
type navItem struct{ Key, Route string }

// key: desk.nav.*
var navigation = []navGroup{
	{"desk.nav.programme", []navItem{
		{"desk.nav.front", "desk.front"},
		{"desk.nav.sessions", "desk.sessions"},
		{"desk.nav.table", "desk.table"},
		{"desk.nav.clashes", "desk.clashes"},
		{"desk.nav.releases", "desk.releases"},
		{"desk.nav.import", "desk.import"},
	}},
	{"desk.nav.lists", []navItem{
		{"desk.nav.blocks", "desk.blocks"},
		{"desk.nav.stages", "desk.stages"},
		{"desk.nav.places", "desk.places"},
		{"desk.nav.taxonomies", "desk.taxonomies"},
		{"desk.nav.persons", "desk.persons"},
		{"desk.nav.institutions", "desk.institutions"},
	}},
	{"desk.nav.lessons", []navItem{
		{"desk.nav.practices", "desk.practices"},
		{"desk.nav.stories", "desk.stories"},
		{"desk.nav.story_checks", "desk.stories.check"},
	}},
	{"desk.nav.partners", []navItem{
		{"desk.nav.workspaces", "desk.workspaces"},
		{"desk.nav.requests", "desk.requests"},
	}},
	{"desk.nav.sent", []navItem{
		{"desk.nav.calls", "desk.calls"},
		{"desk.nav.council", "desk.council"},
		{"desk.nav.proceedings", "desk.proceedings"},
		{"desk.nav.kaleidoscopes", "desk.kaleidoscopes"},
		{"desk.nav.slides", "desk.slides"},
	}},
	{"desk.nav.people", []navItem{
		{"desk.nav.participants", "desk.participants"},
		{"desk.nav.signups", "desk.signups"},
		{"desk.nav.rehearsal", "desk.rehearsal"},
		{"desk.nav.door", "desk.door"},
		{"desk.nav.rooms", "desk.rooms"},
		{"desk.nav.choices", "desk.choices"},
		{"desk.nav.campaigns", "desk.campaigns"},
		{"desk.nav.templates", "desk.templates"},
		{"desk.nav.letters", "desk.letters"},
		{"desk.nav.grants", "desk.grants"},
	}},
	{"desk.nav.data", []navItem{
		{"desk.nav.privacy", "desk.privacy"},
		{"desk.nav.cases", "desk.cases"},
		{"desk.nav.audit", "desk.audit"},
		{"desk.nav.statement", "desk.statement"},
	}},
	{"desk.nav.edition", []navItem{
		{"desk.nav.settings", "desk.edition"}, {"desk.nav.pages", "desk.pages"}, {"desk.nav.logos", "desk.logos"},
	}},
}

// Desk finds the edition that the path names, or edition.ErrUnknown, and what stands around a page of its desk. At is
// the route in the navigation that the page belongs to.
func (p *Kit) Desk(r *http.Request, at string) (Desk, error) {
	d, err := p.Desktop(r)
	if err != nil {
		return d, err
	}
	i := slices.IndexFunc(d.Editions, func(e edition.Edition) bool { return e.Slug == r.PathValue("edition") })
	if i < 0 {
		return d, edition.ErrUnknown
	}
	d.Edition, d.At = d.Editions[i], at
	if d.Tree, err = p.Rights.Tree(r.Context(), d.Edition.ID); err != nil {
		return d, err
	}
	for _, group := range navigation {
		group.Items = slices.DeleteFunc(slices.Clone(group.Items), func(item navItem) bool {
			return !p.Opens(item.Route, d.Who, d.Edition.ID)
		})
		if len(group.Items) > 0 {
			d.Nav = append(d.Nav, group)
		}
	}
	return d, nil
}

// Desktop is what stands around the pages of the desk that are about all editions.
func (p *Kit) Desktop(r *http.Request) (d Desk, err error) {
	if d.Editions, err = p.Editions.Editions(r.Context()); err != nil {
		return d, err
	}
	d.Who = rights.Of(r.Context())
	d.Fronts = map[edition.ID]string{}
	d.Editions = slices.DeleteFunc(slices.Clone(d.Editions), func(e edition.Edition) bool {
		d.Fronts[e.ID] = p.Front(d.Who, e.ID)
		return d.Fronts[e.ID] == ""
	})
	account, err := p.Accounts.Account(r.Context(), By(r))
	if err != nil && !errors.Is(err, people.ErrNoAccount) {
		return d, err
	}
	d.Name = account.Name
	return d, nil
}
