package organiser

import (
	"net/http"

	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) homeRoutes() []web.Route {
	return []web.Route{{
		Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: desk.ReadDraft, Object: desk.Within, Who: web.SignedIn, Handle: p.showFront,
	}}
}

// frontData is the front of an edition's desk: what there is, what clashes, and what the public sees.
type frontData struct {
	desk.Desk
	Counts   []count
	Errors   int // findings of the clash check
	Warnings int
	Unplaced int // sessions without hours
	Latest   *timetable.Release
	Clashes  bool // there is a page about them
}

// count is how many there are of something, with the list of it.
type count struct {
	Key, Route string
	Number     int
}

var frontPage = parse[frontData]("front.html")

func (p *Pages) showFront(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.front")
	if err != nil {
		return err
	}
	working, err := p.Timetable.Working(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	releases, err := p.Timetable.Releases(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	x := working.Index()
	page := frontData{Desk: around, Counts: p.counts(working), Unplaced: len(x.Unplaced()), Clashes: p.Has("desk.clashes")}
	for _, f := range x.Check() {
		if f.Severity == timetable.Error {
			page.Errors++
		} else {
			page.Warnings++
		}
	}
	if len(releases) > 0 {
		page.Latest = &releases[0]
	}
	return frontPage.Show(w, r, page)
}

// counts says how many there are of everything that has a list on the desk.
func (p *Pages) counts(working *timetable.Programme) (all []count) {
	for _, c := range []count{
		{"desk.nav.sessions", "desk.sessions", len(working.Sessions)},
		{"desk.nav.blocks", "desk.blocks", len(working.Blocks)},
		{"desk.nav.stages", "desk.stages", len(working.Stages)},
		{"desk.nav.places", "desk.places", len(working.Places)},
		{"desk.nav.taxonomies", "desk.taxonomies", len(working.Taxonomies)},
		{"desk.nav.persons", "desk.persons", len(working.Persons)},
		{"desk.nav.institutions", "desk.institutions", len(working.Institutions)},
	} {
		if p.Has(c.Route) {
			all = append(all, c)
		}
	}
	return all
}
