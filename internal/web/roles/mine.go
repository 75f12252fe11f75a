package roles

import (
	"context"
	"net/http"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// mineData are somebody's own roles, with where the work of each begins.
type mineData struct {
	own
	Roles []ownRole
	Talks bool // there is a page about what they do in the programme
}

// ownRole is a role as the one who has it sees it.
type ownRole struct {
	rights.Grant
	Place   place
	Edition edition.Edition // without ID for the whole installation
	Through i18n.Text       // the institution for which it is held
	Starts  string          // route where its work begins; empty where there is none yet
	Space   string          // slug of the workspace at which it holds
	Later   bool            // its work comes with a later part of the software
	CanEnd  bool
}

// Where names the place, and the edition where there is more than one.
func (o ownRole) Where(v web.View) string {
	if o.Edition.ID == "" || o.Node.Kind == rights.Congress {
		return o.Place.Label(v)
	}
	return v.Plain(o.Edition.Name) + " › " + o.Place.Label(v)
}

// Until is the last day of the role, or nothing.
func (o ownRole) Until(v web.View) string {
	return lastDay(desk.Desk{Edition: o.Edition}, v, o.Grant.Until)
}

// Begin is the address at which the work of the role begins.
func (o ownRole) Begin(v web.View) (string, error) {
	return v.URL(o.Starts, o.args()...)
}

// args are the values in the address of the page at which the work begins.
func (o ownRole) args() []any {
	switch {
	case o.bare():
		return nil
	case o.Starts == workspacePage:
		return []any{o.Edition.Slug, o.Space}
	}
	return []any{o.Edition.Slug}
}

// Does lists what the role may do.
func (o ownRole) Does() []rights.Action { return o.Role.Actions() }

var minePage = parse[mineData]("mine.html", "tabs.html")

func (p *Pages) showOwnRoles(w http.ResponseWriter, r *http.Request) error {
	page, err := p.ownRoles(r)
	if err != nil {
		return err
	}
	return minePage.Show(w, r, page)
}

// ownRoles are the roles of whoever asks.
func (p *Pages) ownRoles(r *http.Request) (page mineData, err error) {
	me := rights.Of(r.Context())
	page.own = p.around(r)
	editions, err := p.Editions.Editions(r.Context())
	if err != nil {
		return page, err
	}
	offices, err := p.institutions(r.Context())
	if err != nil {
		return page, err
	}
	charts := map[edition.ID]chart{}
	for _, g := range me.Grants {
		if g.Node.Kind == rights.Session {
			page.Talks = true
			continue // a page of its own tells of them
		}
		o := ownRole{Grant: g, Through: offices[g.Institution].Name, CanEnd: g.Account != "" && g.ID != ""}
		if i := slices.IndexFunc(editions, func(e edition.Edition) bool { return e.ID == g.Edition }); i >= 0 {
			o.Edition = editions[i]
		}
		known, drawn := charts[g.Edition]
		if !drawn {
			if known, err = p.chartFor(r.Context(), o.Edition); err != nil {
				return page, err
			}
			charts[g.Edition] = known
		}
		o.Place = known.known[g.Node]
		if space, is := known.tree.Space(rights.WorkspaceID(g.Node.ID)); is && g.Node.Kind == rights.Workspace {
			o.Space = space.Slug
		}
		o.Starts, o.Later = p.starts(me, o), g.Role == rights.Council || g.Role == rights.Reviewer
		page.Roles = append(page.Roles, o)
	}
	return page, nil
}

// workspacePage is the route of one workspace.
const workspacePage = "desk.workspace"

// beginnings are the pages at which roles begin their work, the first that is there and open.
var beginnings = map[rights.Role][]string{
	rights.Organiser: {"desk.front"}, rights.Partner: {workspacePage, "desk.workspaces", "desk.front"}, rights.Coordinator: {"desk.front"},
	rights.Speaker: {"mine.talks"}, rights.Moderator: {"mine.talks"}, rights.Rapporteur: {"mine.talks"},
	rights.CheckIn: {"desk.door"}, rights.Protection: {"desk.privacy", "desk.grants"}, rights.Operator: {"installation"},
	rights.Participant: {"registration"},
}

// starts is the route at which the work of a role begins. A role of the whole installation begins with the list of
// editions.
func (p *Pages) starts(me rights.Standing, o ownRole) string {
	if o.Edition.ID == "" && o.Role != rights.Operator {
		return "desk.editions"
	}
	for _, route := range beginnings[o.Role] {
		if route == workspacePage && o.Space == "" {
			continue
		}
		if p.Opens(route, me, o.Edition.ID) {
			return route
		}
	}
	return ""
}

// chartFor draws the tree of an edition for pages that are no part of its desk; only the installation where e is none.
func (p *Pages) chartFor(ctx context.Context, e edition.Edition) (chart, error) {
	d := desk.Desk{Edition: e}
	if e.ID == "" {
		return chart{known: map[rights.Node]place{rights.Whole: {Node: rights.Whole}}}, nil
	}
	var err error
	if d.Tree, err = p.Roles.Tree(ctx, e.ID); err != nil {
		return chart{}, err
	}
	return p.chart(ctx, d)
}

func (p *Pages) placeOf(ctx context.Context, e edition.Edition, n rights.Node) (place, error) {
	known, err := p.chartFor(ctx, e)
	return known.known[n], err
}

// day is a day on the clocks of an edition.
func day(v web.View, e edition.Edition, t time.Time) string { return v.Date(t.In(e.Location())) }
