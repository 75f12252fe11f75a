// Package organiser is the desk of those who make the congress: they sign in by a link, keep the editions with
// their texts, marks and word lists, and say which blocks, stages, places, persons and institutions there are.
//
// A page of the desk is a kind (see kind.go): its fields, how they are filled and read, and who saves it. The list
// and the form around it are the same for all of them, with drafts, conflicts and problems.
package organiser

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"sync"
	"time"

	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// Locale holds the sentences of the desk.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Editions is what the desk asks of package edition.
type Editions interface {
	Editions(ctx context.Context) ([]edition.Edition, error)
	Edition(ctx context.Context, slug string) (edition.Edition, error)
	Save(ctx context.Context, by people.AccountID, e edition.Edition) (edition.Edition, error)
	Pages(ctx context.Context, of edition.ID) ([]edition.Page, error)
	PageVersions(ctx context.Context, page string) ([]edition.Page, error)
	SavePage(ctx context.Context, by people.AccountID, p edition.Page) (edition.Page, error)
	Logos(ctx context.Context, of edition.ID) ([]edition.Logo, error)
	SaveLogo(ctx context.Context, by people.AccountID, l edition.Logo) (edition.Logo, error)
	RemoveLogo(ctx context.Context, by people.AccountID, of edition.ID, logo string) error
	Taxonomies(ctx context.Context, of edition.ID) ([]edition.Taxonomy, error)
	SaveTaxonomy(ctx context.Context, by people.AccountID, t edition.Taxonomy) (edition.Taxonomy, error)
}

// People is what the desk asks of package people.
type People interface {
	Account(ctx context.Context, account people.AccountID) (people.Account, error)
	SignIn(ctx context.Context, token string) (people.Account, error)
	Persons(ctx context.Context) ([]people.Person, error)
	SavePerson(ctx context.Context, by people.AccountID, p people.Person) (people.Person, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
	SaveInstitution(ctx context.Context, by people.AccountID, i people.Institution) (people.Institution, error)
}

// Programme is what the desk asks of package programme.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
	Session(ctx context.Context, of edition.ID, slug string) (programme.Session, error)
	SaveBlock(ctx context.Context, by people.AccountID, b programme.Block) (programme.Block, error)
	SaveStage(ctx context.Context, by people.AccountID, s programme.Stage) (programme.Stage, error)
	SaveSession(ctx context.Context, by people.AccountID, s programme.Session) (programme.Session, error)
	SaveSessions(ctx context.Context, by people.AccountID, all []programme.Session) ([]programme.Session, error)
	RemoveSession(ctx context.Context, by people.AccountID, s programme.Session) error
}

// Timetable is what the desk asks of package timetable.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
	Releases(ctx context.Context, of edition.ID) ([]timetable.Release, error)
	Propose(ctx context.Context, of edition.ID, scope timetable.Scope) (timetable.Proposal, error)
	Publish(ctx context.Context, o timetable.Order) (timetable.Release, error)
	SavePlace(ctx context.Context, by people.AccountID, p timetable.Place) (timetable.Place, error)
	SaveWalk(ctx context.Context, by people.AccountID, w timetable.Walk) error
	Save(ctx context.Context, by people.AccountID, e timetable.Edit) (timetable.Edit, error)
	Published(ctx context.Context, release timetable.ReleaseID) (*timetable.Index, error)
}

// Drafts keeps what has been typed and not saved; package draft does, given a database.
type Drafts interface {
	Keep(ctx context.Context, d draft.Draft) error
	Find(ctx context.Context, owner, form string) (draft.Draft, error) // draft.ErrNone when there is none
	Drop(ctx context.Context, owner, form string) error
}

// Pages are the pages of the desk. All fields but the last three are needed.
type Pages struct {
	Editions  Editions
	People    People
	Programme Programme
	Timetable Timetable
	Drafts    Drafts
	Now       func() time.Time
	// Imports brings programmes in files in, Words are the printers of all languages that a table may be written in;
	// without Imports the desk has no page for it.
	Imports Imports
	Words   []i18n.Printer
	// Published is told when a release has become public, so that the public sees it at once; nobody is when nil.
	Published func(of edition.ID)

	naming sync.Once
	names  map[string]bool // of routes
}

// The rows of the policy that allow what the desk does.
const (
	signIn        = "people.sign_in"
	editEdition   = "edition.edit"
	editProgramme = "programme.edit"
	editPeople    = "people.edit"
)

// Routes are the addresses of the desk.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(
		p.signInRoutes(), p.homeRoutes(), p.draftRoutes(),
		p.editionRoutes(), p.pageRoutes(), p.logoRoutes(), p.taxonomyRoutes(),
		p.blockRoutes(), p.stageRoutes(), p.placeRoutes(), p.walkRoutes(),
		p.personRoutes(), p.institutionRoutes(),
		p.programmeRoutes(),
	)
}

// by is who changes something with r.
func by(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }
