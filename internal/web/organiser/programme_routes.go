package organiser

import (
	"net/http"

	"obrady/internal/web"
)

// releasing is the row of the policy that allows a programme to be made public.
const releasing = "programme.release"

// row is a route of the desk inside an edition.
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

// programmeRoutes are the addresses of sessions, hours, clashes, releases and imports.
func (p *Pages) programmeRoutes() (all []web.Route) {
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
		all = append(all, row.route(editProgramme))
	}
	for _, row := range []deskRow{
		{"desk.releases", get, "wydania", "releases", p.listReleases, nil},
		{"desk.release.new", get, "nowe-wydanie", "new-release", p.showRelease, []string{"scope"}}, //nolint:misspell // Polish
		{"desk.release.publish", post, "nowe-wydanie", "new-release", p.publish, nil},              //nolint:misspell // Polish
	} {
		all = append(all, row.route(releasing))
	}
	return append(all, p.importRoutes()...)
}
