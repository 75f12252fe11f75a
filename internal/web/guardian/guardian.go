// Package guardian looks after people's data: everybody sees, takes home and erases what is kept of them; the
// data-protection officer handles requests, says who keeps what and why, reads who did what; and the public reads
// how accessible the site is.
package guardian

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Privacy is what these pages ask of package privacy.
type Privacy interface {
	Data(ctx context.Context, of people.Subject) ([]people.Extract, error)
	Preview(ctx context.Context, of people.Subject) ([]people.Outcome, error)
	Held(ctx context.Context, of people.Subject) (rights.Refusal, bool, error)
	Request(ctx context.Context, o privacy.Order) (privacy.Case, error)
	Erase(ctx context.Context, o privacy.Order) (privacy.Case, error)
	Refuse(ctx context.Context, by people.AccountID, of privacy.CaseID, why privacy.Ground) (privacy.Case, error)
	Case(ctx context.Context, of privacy.CaseID) (privacy.Case, error)
	Cases(ctx context.Context) ([]privacy.Case, error)
	CaseOf(ctx context.Context, of people.Subject) (privacy.Case, error)
	DryRetain(ctx context.Context) ([]privacy.Removal, error)
	Entries(ctx context.Context, f journal.Filter) ([]journal.Entry, error)
}

// Consents is what these pages ask of package consent.
type Consents interface {
	Controllers(ctx context.Context, of edition.ID) ([]consent.Controller, error)
	Officer(ctx context.Context, of edition.ID) (consent.Officer, error)
	Purposes(ctx context.Context, of edition.ID) ([]consent.Purpose, error)
	Clauses(ctx context.Context, of edition.ID) ([]consent.Clause, error)
	SaveController(ctx context.Context, by people.AccountID, c consent.Controller) (consent.Controller, error)
	SaveOfficer(ctx context.Context, by people.AccountID, o consent.Officer) (consent.Officer, error)
	SavePurpose(ctx context.Context, by people.AccountID, p consent.Purpose) (consent.Purpose, error)
	SaveClause(ctx context.Context, by people.AccountID, c consent.Clause) (consent.Clause, error)
}

// People is what these pages ask of package people.
type People interface {
	Persons(ctx context.Context) ([]people.Person, error)
	Accounts(ctx context.Context, ids []people.AccountID) (map[people.AccountID]people.Account, error)
}

// Rights is what these pages ask of package rights.
type Rights interface {
	Refuse(ctx context.Context, by rights.Standing, f rights.Refusal) (rights.Refusal, error)
	Lift(ctx context.Context, by rights.Standing, refusal string) error
}

// Statements is what these pages ask of package edition.
type Statements interface {
	Statement(ctx context.Context, of edition.ID) (edition.Statement, error)
	SaveStatement(ctx context.Context, by people.AccountID, s edition.Statement) (edition.Statement, error)
}

// Programme is what these pages ask of package programme.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
}

// Published says which editions the public sees; package publication does.
type Published interface {
	Edition(slug string) (*publication.Edition, error)
}

// Pages are the pages about people's data and about accessibility. All fields but Ways are needed.
type Pages struct {
	*desk.Kit
	Privacy    Privacy
	Consents   Consents
	People     People
	Rights     Rights
	Statements Statements
	Programme  Programme
	Published  Published
	Words      *i18n.Catalogue
	Site       *web.Site
	Ways       func(lang i18n.Lang) []web.Link // all pages of one's own account; none when nil
}

// permission is an action and what it is done to.
type permission struct {
	action rights.Action
	object rights.Object
}

// What the pages of this package need. The log looks at each node for itself.
var (
	own       = permission{rights.OwnData, rights.NoObject}
	handling  = permission{rights.HandleCases, rights.WholeEdition}
	holding   = permission{rights.HoldData, rights.WholeEdition}
	auditing  = permission{rights.ReadAudit, rights.WithinEdition}
	settingUp = permission{rights.EditPrivacy, rights.WholeEdition}
	stating   = permission{rights.EditStatement, rights.WholeEdition}
)

// row is a route of this package.
type row struct {
	name, method, pl, en string
	handle               web.Handler
	may                  permission
	query                []string
}

const get, post = http.MethodGet, http.MethodPost

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return p.Offer(slices.Concat(
		p.publicRoutes(),
		mount(p.ownRows()), mount(p.caseRows()), mount(p.auditRows()), mount(p.settingRows()), mount(p.statementRows()),
		p.controllers().Routes(p.Kit), p.purposes().Routes(p.Kit), p.clauses().Routes(p.Kit),
	)...)
}

func mount(rows []row) (all []web.Route) {
	for _, r := range rows {
		all = append(all, web.Route{
			Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.may.action), Object: string(r.may.object),
			Who: web.SignedIn, Query: r.query, Handle: r.handle,
		})
	}
	return all
}

// parse parses a page with the fragments that these pages and those of the desk use.
func parse[Data any](name string) web.Template[Data] {
	return desk.Parse[Data](templates, name, "outcomes.html")
}
