// Package planner is the part of the desk at which a programme is made: sessions with their parts and hours, one by one
// or many in a table, what clashes among them, the releases that the public sees, and files that bring a programme in.
package planner

import (
	"context"
	"embed"
	"net/http"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// People is what these pages ask of package people.
type People interface {
	Persons(ctx context.Context) ([]people.Person, error)
	SavePerson(ctx context.Context, by people.AccountID, p people.Person) (people.Person, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
	SaveInstitution(ctx context.Context, by people.AccountID, i people.Institution) (people.Institution, error)
}

// Programme is what these pages ask of package programme.
type Programme interface {
	SaveSession(ctx context.Context, by people.AccountID, s programme.Session) (programme.Session, error)
	RemoveSession(ctx context.Context, by people.AccountID, s programme.Session) error
}

// Timetable is what these pages ask of package timetable.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
	Releases(ctx context.Context, of edition.ID) ([]timetable.Release, error)
	Published(ctx context.Context, release timetable.ReleaseID) (*timetable.Index, error)
	Propose(ctx context.Context, of edition.ID, scope timetable.Scope) (timetable.Proposal, error)
	Publish(ctx context.Context, o timetable.Order) (timetable.Release, error)
	Save(ctx context.Context, by people.AccountID, e timetable.Edit) (timetable.Edit, error)
}

// Pages are the pages on which a programme is made. All fields but the last three are needed.
type Pages struct {
	*desk.Kit
	People    People
	Programme Programme
	Timetable Timetable
	// Imports brings programmes in files in, Words are the printers of all languages that a table may be written in;
	// without Imports there is no page for it.
	Imports Imports
	Words   []i18n.Printer
	// Published is told when a release has become public, so that the public sees it at once; nobody is when nil.
	Published func(of edition.ID)
}

// releasing is the row of the policy that allows a programme to be made public.
const releasing = "programme.release"

// Routes are the addresses of these pages.
func (p *Pages) Routes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	draft := []string{"draft"}
	for _, row := range []deskRow{
		{"desk.sessions", get, "sesje", "sessions", p.listSessions, sessionQuery},
		{"desk.session.new", get, "nowa-sesja", "new-session", p.showNewSession, draft},
		{"desk.session.add", post, "nowa-sesja", "new-session", p.takeNewSession, nil},
		{"desk.session", get, "sesje/{session}", "sessions/{session}", p.showSession, draft},
		{"desk.session.save", post, "sesje/{session}", "sessions/{session}", p.takeSession, nil},
		{"desk.session.copy", post, "sesje/{session}/kopia", "sessions/{session}/copy", p.copySession, nil},
		{"desk.session.end", get, "sesje/{session}/odwolanie", "sessions/{session}/cancellation", p.showSessionEnd, nil},
		{"desk.session.cancel", post, "sesje/{session}/odwolanie", "sessions/{session}/cancellation", p.cancelSession, nil},
		{"desk.session.restore", post, "sesje/{session}/przywrocenie", "sessions/{session}/restoration", p.restoreSession, nil},
		{"desk.session.remove", post, "sesje/{session}/usuniecie", "sessions/{session}/removal", p.removeSession, nil},
		{"desk.table", get, "tabela", "table", p.showTable, sessionQuery},
		{"desk.table.save", post, "tabela", "table", p.takeTable, sessionQuery},
		{"desk.clashes", get, "kolizje", "clashes", p.showClashes, nil},
	} {
		route := row.route(desk.EditProgramme)
		if row.method == post {
			route.Body = desk.MostOfForm
		}
		all = append(all, route)
	}
	for _, row := range []deskRow{
		{"desk.releases", get, "wydania", "releases", p.listReleases, nil},
		{"desk.release.new", get, "nowe-wydanie", "new-release", p.showRelease, []string{"scope"}},
		{"desk.release.publish", post, "nowe-wydanie", "new-release", p.publish, nil},
	} {
		all = append(all, row.route(releasing))
	}
	return p.Offer(append(all, p.importRoutes()...)...)
}

// deskRow is a route of the desk inside an edition.
type deskRow struct {
	name, method, pl, en string
	handle               web.Handler
	query                []string
}

func (d deskRow) route(action string) web.Route {
	return web.Route{
		Name: d.name, Method: d.method, PL: "/{edition}/biurko/" + d.pl, EN: "/{edition}/desk/" + d.en,
		Action: action, Who: web.SignedIn, Handle: d.handle, Query: d.query,
	}
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, fragments...)
}
