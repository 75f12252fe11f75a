package organiser

import (
	"context"
	"errors"
	"net/http"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
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
	// NoStatement and Review remind whoever keeps the accessibility statement that there is none, or that its yearly
	// review is due by 31 March.
	NoStatement, Review bool
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
	page := frontData{Desk: around, Clashes: p.Has("desk.clashes")}
	page.reckon(p, x)
	if len(releases) > 0 {
		page.Latest = &releases[0]
	}
	if p.Opens("desk.statement", page.Who, page.Edition.ID) {
		if err := page.remind(r.Context(), p); err != nil {
			return err
		}
	}
	return frontPage.Show(w, r, page)
}

// remind looks whether the accessibility statement needs somebody.
func (f *frontData) remind(ctx context.Context, p *Pages) error {
	s, err := p.Editions.Statement(ctx, f.Edition.ID)
	if errors.Is(err, edition.ErrNoStatement) {
		f.NoStatement = f.Edition.Public
		return nil
	}
	f.Review = err == nil && s.ReviewDue(civil.DateOf(p.Now().In(f.Edition.Location())))
	return err
}

// reckon counts what belongs to whoever asks; the rest of x is there for finding clashes with it.
func (f *frontData) reckon(p *Pages, x *timetable.Index) {
	part := f.Scope(rights.ReadDraft)
	mine := func(id programme.SessionID) bool {
		s := x.Session(id)
		return s != nil && part.Session(*s)
	}
	for _, found := range x.Check() {
		switch {
		case !mine(found.Session) && !mine(found.Other):
		case found.Severity == timetable.Error:
			f.Errors++
		default:
			f.Warnings++
		}
	}
	sessions := 0
	for _, s := range x.Sessions {
		if part.Session(s) {
			sessions++
			if len(x.SlotsOf(s.ID)) == 0 {
				f.Unplaced++
			}
		}
	}
	f.Counts = p.counts(x.Programme, f.Desk, sessions)
}

// counts says how many there are of everything that has a list which whoever asks may open.
func (p *Pages) counts(working *timetable.Programme, d desk.Desk, sessions int) (all []count) {
	strand, register := d.Scope(rights.EditStrand), d.Scope(rights.EditPeople)
	for _, c := range []count{
		{"desk.nav.sessions", "desk.sessions", sessions},
		{"desk.nav.blocks", "desk.blocks", number(working.Blocks, func(b programme.Block) bool { return strand.Block(b.ID) })},
		{"desk.nav.stages", "desk.stages", number(working.Stages, func(s programme.Stage) bool { return strand.Stage(s.ID) })},
		{"desk.nav.places", "desk.places", len(working.Places)},
		{"desk.nav.taxonomies", "desk.taxonomies", len(working.Taxonomies)},
		{"desk.nav.persons", "desk.persons", number(working.Persons, func(o people.Person) bool { return register.All() || register.Person(o) })},
		{"desk.nav.institutions", "desk.institutions", number(working.Institutions, register.Institution)},
	} {
		if p.Opens(c.Route, d.Who, d.Edition.ID) {
			all = append(all, c)
		}
	}
	return all
}

// number counts those of all that are such.
func number[T any](all []T, such func(T) bool) (n int) {
	for _, one := range all {
		if such(one) {
			n++
		}
	}
	return n
}
