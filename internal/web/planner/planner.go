// Package planner is the part of the desk at which a programme is made: sessions with their parts and hours, one by one
// or many in a table, what clashes among them, the releases that the public sees, and files that bring a programme in.
package planner

import (
	"context"
	"embed"
	"net/http"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
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

// People is what these pages ask of the register of persons and institutions. Like the two below it answers and obeys
// only as far as whoever asks may know and do; package partner sees to that.
type People interface {
	SavePerson(ctx context.Context, by people.AccountID, p people.Person) (people.Person, error)
	SaveInstitution(ctx context.Context, by people.AccountID, i people.Institution) (people.Institution, error)
}

// Programme is what these pages ask of the programme; see People.
type Programme interface {
	SaveSession(ctx context.Context, by people.AccountID, s programme.Session) (programme.Session, error)
	RemoveSession(ctx context.Context, by people.AccountID, s programme.Session) error
}

// Timetable is what these pages ask of the timetable; see People.
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
	// Origins tells of which submissions a session was made; nothing is told when nil.
	Origins Origins
}

// Origins lists the submissions of which a session was made, as far as whoever asks may know of them. Whether they may
// read what was sent, the page decides.
type Origins interface {
	OriginsOf(ctx context.Context, by people.AccountID, session programme.SessionID) ([]onstage.Origin, error)
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	draft := []string{"draft"}
	for _, row := range []deskRow{
		{"desk.sessions", get, "sesje", "sessions", p.listSessions, sessionQuery, reading},
		{"desk.session.new", get, "nowa-sesja", "new-session", p.showNewSession, draft, adding},
		{"desk.session.add", post, "nowa-sesja", "new-session", p.takeNewSession, nil, adding},
		{"desk.session", get, "sesje/{session}", "sessions/{session}", p.showSession, draft, readingOne},
		{"desk.session.save", post, "sesje/{session}", "sessions/{session}", p.takeSession, nil, editing},
		{"desk.session.copy", post, "sesje/{session}/kopia", "sessions/{session}/copy", p.copySession, nil, editing},
		{"desk.session.end", get, "sesje/{session}/odwolanie", "sessions/{session}/cancellation", p.showSessionEnd, nil, editing},
		{"desk.session.cancel", post, "sesje/{session}/odwolanie", "sessions/{session}/cancellation", p.cancelSession, nil, editing},
		{"desk.session.restore", post, "sesje/{session}/przywrocenie", "sessions/{session}/restoration", p.restoreSession, nil, editing},
		{"desk.session.remove", post, "sesje/{session}/usuniecie", "sessions/{session}/removal", p.removeSession, nil, editing},
		{"desk.table", get, "tabela", "table", p.showTable, sessionQuery, adding},
		{"desk.table.save", post, "tabela", "table", p.takeTable, sessionQuery, adding},
		{"desk.clashes", get, "kolizje", "clashes", p.showClashes, nil, reading},
		{"desk.releases", get, "wydania", "releases", p.listReleases, nil, reading},
		{"desk.release.new", get, "nowe-wydanie", "new-release", p.showRelease, []string{"scope"}, releasing},
		{"desk.release.publish", post, "nowe-wydanie", "new-release", p.publish, nil, releasing},
	} {
		all = append(all, row.route())
	}
	return p.Offer(append(all, p.importRoutes()...)...)
}

// deskRow is a route of the desk inside an edition.
type deskRow struct {
	name, method, pl, en string
	handle               web.Handler
	query                []string
	may                  permission
}

// permission is an action and what it is done to.
type permission struct {
	action rights.Action
	object rights.Object
}

// What the pages of this package need.
var (
	reading    = permission{rights.ReadDraft, rights.WithinEdition}
	readingOne = permission{rights.ReadDraft, rights.SessionObject}
	adding     = permission{rights.EditProgramme, rights.WithinEdition}
	editing    = permission{rights.EditProgramme, rights.SessionObject}
	releasing  = permission{rights.Release, rights.WholeEdition}
	importing  = permission{rights.Import, rights.WholeEdition}
)

func (d deskRow) route() web.Route {
	route := web.Route{
		Name: d.name, Method: d.method, PL: "/{edition}/biurko/" + d.pl, EN: "/{edition}/desk/" + d.en,
		Action: string(d.may.action), Object: string(d.may.object), Who: web.SignedIn, Handle: d.handle, Query: d.query,
	}
	if d.method == http.MethodPost {
		route.Body = desk.MostOfForm
	}
	return route
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, fragments...)
}
