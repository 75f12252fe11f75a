// Package roles shows who may do what at the congress, lets those who may give a role and take one back, and leads
// everybody to where the work of their own roles begins.
package roles

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
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

// Rights is what these pages ask of package rights.
type Rights interface {
	Tree(ctx context.Context, of edition.ID) (rights.Tree, error)
	Grants(ctx context.Context, of edition.ID) ([]rights.Grant, error)
	Grant(ctx context.Context, grant rights.GrantID) (rights.Grant, error)
	Give(ctx context.Context, o rights.Order) (rights.Grant, error)
	Revoke(ctx context.Context, by rights.Standing, grant rights.GrantID) error
	Enlist(ctx context.Context, e rights.Enlistment) (people.Account, error)
	Discharge(ctx context.Context, by rights.Standing, m people.Member, of edition.ID) error
	Refusals(ctx context.Context, of edition.ID) ([]rights.Refusal, error)
	Refuse(ctx context.Context, by rights.Standing, f rights.Refusal) (rights.Refusal, error)
	Lift(ctx context.Context, by rights.Standing, refusal string) error
}

// People is what these pages ask of package people.
type People interface {
	Accounts(ctx context.Context, ids []people.AccountID) (map[people.AccountID]people.Account, error)
	Members(ctx context.Context) ([]people.Member, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
	Persons(ctx context.Context) ([]people.Person, error)
}

// Programme is what these pages ask of package programme.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
}

// Timetable is what these pages ask of package timetable.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
}

// Machine says how the installation is; package app does.
type Machine interface {
	State(ctx context.Context) (Installation, error)
}

// Pages are the pages about roles. All fields but Home and Ways are needed.
type Pages struct {
	*desk.Kit
	Roles     Rights
	People    People
	Programme Programme
	Timetable Timetable
	Machine   Machine
	Home      string // route of one's own account, to which those without a role are led
	// Ways are the pages of one's own account, with those of this package among them.
	Ways func(lang i18n.Lang) []web.Link
}

// permission is an action and what it is done to.
type permission struct {
	action rights.Action
	object rights.Object
}

// What the pages of this package need. Those inside an edition look at each node for themselves.
var (
	seeing    = permission{rights.ReadGrants, rights.WithinEdition}
	giving    = permission{rights.GiveGrants, rights.WithinEdition}
	refusing  = permission{rights.EditRefusals, rights.WholeEdition}
	owning    = permission{rights.OwnAccount, rights.NoObject}
	speaking  = permission{rights.OwnPart, rights.NoObject}
	operating = permission{rights.ReadOperation, rights.WholeSite}
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
	const pl, en = "/{edition}/biurko/role", "/{edition}/desk/roles"
	for _, r := range []row{
		{"desk.grants", get, pl, en, p.listGrants, seeing},
		{"desk.grant.new", get, pl + "/nowa", en + "/new", p.showNewGrant, giving},
		{"desk.grant.give", post, pl + "/nowa", en + "/new", p.giveGrant, giving},
		{"desk.grant.end", get, pl + "/{grant}/odebranie", en + "/{grant}/withdrawal", p.askRevocation, giving},
		{"desk.grant.ended", post, pl + "/{grant}/odebranie", en + "/{grant}/withdrawal", p.revokeGrant, giving},
		{"desk.teams", get, pl + "/zespoly", en + "/teams", p.listTeams, giving},
		{"desk.team.add", post, pl + "/zespoly", en + "/teams", p.addMember, giving},
		{"desk.team.leave", get, pl + "/zespoly/{institution}/{account}/wypisanie", en + "/teams/{institution}/{account}/removal", p.askRemoval, giving},
		{"desk.team.left", post, pl + "/zespoly/{institution}/{account}/wypisanie", en + "/teams/{institution}/{account}/removal", p.removeMember, giving},
		{"desk.refusals", get, pl + "/wylaczenia", en + "/exclusions", p.listRefusals, refusing},
		{"desk.refusal.add", post, pl + "/wylaczenia", en + "/exclusions", p.addRefusal, refusing},
		{"desk.refusal.end", get, pl + "/wylaczenia/{refusal}/zniesienie", en + "/exclusions/{refusal}/lifting", p.askLifting, refusing},
		{"desk.refusal.ended", post, pl + "/wylaczenia/{refusal}/zniesienie", en + "/exclusions/{refusal}/lifting", p.liftRefusal, refusing},
		{"mine.roles", get, "/moje/role", "/mine/roles", p.showOwnRoles, owning},
		{"mine.role.end", get, "/moje/role/{grant}/zlozenie", "/mine/roles/{grant}/laying-down", p.askLayingDown, owning},
		{"mine.role.ended", post, "/moje/role/{grant}/zlozenie", "/mine/roles/{grant}/laying-down", p.layDown, owning},
		{"mine.start", get, "/moje/poczatek", "/mine/start", p.goToStart, owning},
		{"mine.talks", get, "/moje/wystapienia", "/mine/talks", p.showTalks, speaking},
		{"installation", get, "/instalacja", "/installation", p.showInstallation, operating},
	} {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.may.action), Object: string(r.may.object),
			Who: web.SignedIn, Handle: r.handle,
		})
	}
	all[0].Query = filterNames
	return p.Offer(all...)
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, fragments...)
}

// own is what stands around the pages of one's own account.
type own struct{ Tabs []web.Link }

func (p *Pages) around(r *http.Request) (o own) {
	if p.Ways != nil {
		o.Tabs = p.Ways(web.Lang(r))
	}
	for i := range o.Tabs {
		o.Tabs[i].Current = o.Tabs[i].URL == r.URL.Path
	}
	return o
}

// accounts finds the accounts that all of the lists name.
func (p *Pages) accounts(ctx context.Context, lists ...[]people.AccountID) (map[people.AccountID]people.Account, error) {
	var ids []people.AccountID
	for _, list := range lists {
		ids = append(ids, list...)
	}
	slices.Sort(ids)
	return p.People.Accounts(ctx, slices.DeleteFunc(slices.Compact(ids), func(id people.AccountID) bool { return id == "" }))
}

// institutions are all of them by their ids.
func (p *Pages) institutions(ctx context.Context) (map[people.InstitutionID]people.Institution, error) {
	all, err := p.People.Institutions(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[people.InstitutionID]people.Institution, len(all))
	for _, i := range all {
		byID[i.ID] = i
	}
	return byID, nil
}
