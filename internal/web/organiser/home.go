package organiser

import (
	"net/http"

	"obrady/internal/timetable"
	"obrady/internal/web"
)

func (p *Pages) homeRoutes() []web.Route {
	return []web.Route{{
		Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: editProgramme, Who: web.SignedIn, Handle: p.showFront,
	}}
}

// frontData is the front of an edition's desk: what there is, what clashes, and what the public sees.
type frontData struct {
	Desk
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
	desk, err := p.desk(r, "desk.front")
	if err != nil {
		return err
	}
	working, err := p.Timetable.Working(r.Context(), desk.Edition.ID)
	if err != nil {
		return err
	}
	releases, err := p.Timetable.Releases(r.Context(), desk.Edition.ID)
	if err != nil {
		return err
	}
	x := working.Index()
	page := frontData{Desk: desk, Counts: p.counts(working), Unplaced: len(x.Unplaced()), Clashes: p.has("desk.clashes")}
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
		{"organiser.nav.sessions", "desk.sessions", len(working.Sessions)},
		{"organiser.nav.blocks", "desk.blocks", len(working.Blocks)},
		{"organiser.nav.stages", "desk.stages", len(working.Stages)},
		{"organiser.nav.places", "desk.places", len(working.Places)},
		{"organiser.nav.taxonomies", "desk.taxonomies", len(working.Taxonomies)},
		{"organiser.nav.persons", "desk.persons", len(working.Persons)},
		{"organiser.nav.institutions", "desk.institutions", len(working.Institutions)},
	} {
		if p.has(c.Route) {
			all = append(all, c)
		}
	}
	return all
}
