// Package cohost is the part of the desk at which the congress and those who run a part of it deal with each other: what
// a partner was given and what it uses, what it asks for, how it shows itself, and what it has published.
package cohost

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/partner"
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

// Partners is what these pages ask of package partner.
type Partners interface {
	Workspaces(ctx context.Context, of edition.ID) ([]partner.Standing, error)
	SaveShare(ctx context.Context, by people.AccountID, s partner.Share) (partner.Share, error)
	Requests(ctx context.Context, of edition.ID) ([]partner.Request, error)
	File(ctx context.Context, by people.AccountID, r partner.Request) (partner.Request, error)
	Decide(ctx context.Context, by people.AccountID, request partner.RequestID, v partner.Verdict) error
	Withdraw(ctx context.Context, by people.AccountID, request partner.RequestID) error
	AskPlacement(ctx context.Context, by people.AccountID, w rights.WorkspaceID) error
	Place(ctx context.Context, by people.AccountID, w rights.WorkspaceID, v partner.Verdict) error
	Brand(ctx context.Context, w rights.WorkspaceID) (partner.Brand, []partner.LegalVersion, error)
	SaveBrand(ctx context.Context, by people.AccountID, b partner.Brand) error
	AddMark(ctx context.Context, by people.AccountID, w rights.WorkspaceID, m partner.Mark) error
	RemoveMark(ctx context.Context, by people.AccountID, w rights.WorkspaceID, mark string) error
	Preview(ctx context.Context, space rights.Space) (timetable.Proposal, error)
	Publish(ctx context.Context, o partner.Order) (timetable.Release, error)
	Publications(ctx context.Context, space rights.Space) ([]partner.Publication, error)
}

// Roles says who works in a workspace; package rights does.
type Roles interface {
	Grants(ctx context.Context, of edition.ID) ([]rights.Grant, error)
}

// People says who the accounts and the institutions are; package people does.
type People interface {
	Accounts(ctx context.Context, ids []people.AccountID) (map[people.AccountID]people.Account, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
}

// Timetable is the working programme as far as whoever asks may know it; package partner sees to that.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
	Places(ctx context.Context, of edition.ID) ([]timetable.Place, error) // all of them, to ask for
}

// Programme lists the blocks and stages that a workspace can stand on.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
}

// Pages are the pages about workspaces. All fields but Published are needed.
type Pages struct {
	*desk.Kit
	Partners  Partners
	Roles     Roles
	People    People
	Timetable Timetable
	Programme Programme
	// Published is told when a release has become public or a brand has changed, so that the public sees it at once;
	// nobody is when nil.
	Published func(of edition.ID)
}

// permission is an action and what it is done to.
type permission struct {
	action rights.Action
	object rights.Object
}

// What the pages of this package need.
var (
	listing   = permission{rights.ReadWorkspace, rights.WithinEdition}
	reading   = permission{rights.ReadWorkspace, rights.WorkspaceObject}
	filing    = permission{rights.FileRequest, rights.WorkspaceObject}
	answering = permission{rights.DecideRequest, rights.WholeEdition}
	deciding  = permission{rights.DecideRequest, rights.WorkspaceObject}
	branding  = permission{rights.EditWorkspace, rights.WorkspaceObject}
	releasing = permission{rights.PublishOwn, rights.WorkspaceObject}
)

// row is a route of this package.
type row struct {
	name, method, pl, en string
	handle               web.Handler
	may                  permission
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() (all []web.Route) {
	const get, post = http.MethodGet, http.MethodPost
	const pl, en = "/przestrzenie/{workspace}", "/workspaces/{workspace}"
	for _, r := range []row{
		{"desk.workspaces", get, "/przestrzenie", "/workspaces", p.listSpaces, listing},
		{"desk.workspace", get, pl, en, p.showSpace, reading},
		{"desk.requests", get, "/prosby", "/requests", p.listRequests, answering},
		{"desk.request.new", get, pl + "/prosba", en + "/request", p.showNewRequest, filing},
		{"desk.request.file", post, pl + "/prosba", en + "/request", p.fileRequest, filing},
		{"desk.request", get, pl + "/prosby/{request}", en + "/requests/{request}", p.showRequest, deciding},
		{"desk.request.decide", post, pl + "/prosby/{request}", en + "/requests/{request}", p.decideRequest, deciding},
		{"desk.request.withdraw", post, pl + "/prosby/{request}/wycofanie", en + "/requests/{request}/withdrawal", p.withdrawRequest, filing},
		{"desk.placement.ask", post, pl + "/miejsce", en + "/placement", p.askPlacement, releasing},
		{"desk.placement", get, pl + "/miejsce/odpowiedz", en + "/placement/answer", p.showPlacement, deciding},
		{"desk.placement.decide", post, pl + "/miejsce/odpowiedz", en + "/placement/answer", p.decidePlacement, deciding},
		{"desk.publication", get, pl + "/ogloszenie", en + "/publication", p.showPublication, releasing},
		{"desk.publication.publish", post, pl + "/ogloszenie", en + "/publication", p.publish, releasing},
		{"desk.brand", get, pl + "/oprawa", en + "/brand", p.showBrand, branding},
		{"desk.brand.save", post, pl + "/oprawa", en + "/brand", p.takeBrand, branding},
		{"desk.mark.add", post, pl + "/znaki", en + "/marks", p.addMark, branding},
		{"desk.mark.image", get, pl + "/znaki/{mark}/obraz", en + "/marks/{mark}/image", p.showMark, branding},
		{"desk.mark.removal", get, pl + "/znaki/{mark}/usuniecie", en + "/marks/{mark}/removal", p.askMarkRemoval, branding},
		{"desk.mark.remove", post, pl + "/znaki/{mark}/usuniecie", en + "/marks/{mark}/removal", p.removeMark, branding},
	} {
		all = append(all, r.route())
	}
	return p.Offer(append(all, p.shares().Routes(p.Kit)...)...)
}

// mostUpload is the most bytes that may come with a mark, text included.
const mostUpload = 9 << 20

func (r row) route() web.Route {
	route := web.Route{
		Name: r.name, Method: r.method, PL: "/{edition}/biurko" + r.pl, EN: "/{edition}/desk" + r.en, Action: string(r.may.action),
		Object: string(r.may.object), Who: web.SignedIn, Query: []string{"draft"}, Handle: r.handle,
	}
	if r.name == "desk.mark.add" {
		route.Body = mostUpload
	}
	return route
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, fragments...)
}

// visit is one request about a workspace.
type visit struct {
	desk.Desk
	Space partner.Standing
}

// enter finds the workspace that the path names.
func (p *Pages) enter(r *http.Request) (v visit, err error) {
	if v.Desk, err = p.Desk(r, "desk.workspaces"); err != nil {
		return v, err
	}
	all, err := p.Partners.Workspaces(r.Context(), v.Edition.ID)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(all, func(s partner.Standing) bool { return s.Slug == r.PathValue("workspace") })
	if i < 0 {
		return v, partner.ErrNoWorkspace
	}
	v.Space = all[i]
	return v, nil
}

// May says whether whoever is signed in may do a to the workspace.
func (v visit) May(a rights.Action) bool { return v.Scope(a).Workspace(v.Space.ID) }

// Allowed is May for templates.
func (v visit) Allowed(action string) bool { return v.May(rights.Action(action)) }

// Asks says whether whoever is signed in files requests here, and is not the host who answers them.
func (v visit) Asks() bool { return v.May(rights.FileRequest) && !v.May(rights.DecideRequest) }

// back leads to the page of the workspace.
func (v visit) back(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, "desk.workspace", v.Edition.Slug, v.Space.Slug)
}

func (p *Pages) tell(of edition.ID) {
	if p.Published != nil {
		p.Published(of)
	}
}
