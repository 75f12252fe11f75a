// Package organiser is the part of the desk at which an edition is set up: its makers keep the editions with their
// texts, marks and word lists, and say which blocks, stages, places, persons and institutions there are.
package organiser

import (
	"context"
	"embed"
	"slices"

	"obrady/internal/edition"
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

// Editions is what these pages ask of package edition.
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
	Statement(ctx context.Context, of edition.ID) (edition.Statement, error)
}

// People is what these pages ask of the register of persons and institutions. Like the two below it answers and
// obeys only as far as whoever asks may know and do; package partner sees to that.
type People interface {
	Register(ctx context.Context, of edition.ID) ([]people.Person, []people.Institution, error) // those they may change
	Institutions(ctx context.Context) ([]people.Institution, error)                             // those of no edition
	SavePerson(ctx context.Context, by people.AccountID, p people.Person) (people.Person, error)
	SaveInstitution(ctx context.Context, by people.AccountID, i people.Institution) (people.Institution, error)
}

// Programme is what these pages ask of the programme; see People.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
	SaveBlock(ctx context.Context, by people.AccountID, b programme.Block) (programme.Block, error)
	SaveStage(ctx context.Context, by people.AccountID, s programme.Stage) (programme.Stage, error)
}

// Timetable is what these pages ask of the timetable; see People.
type Timetable interface {
	Working(ctx context.Context, of edition.ID) (*timetable.Programme, error)
	Releases(ctx context.Context, of edition.ID) ([]timetable.Release, error)
	SavePlace(ctx context.Context, by people.AccountID, p timetable.Place) (timetable.Place, error)
	SaveWalks(ctx context.Context, by people.AccountID, all []timetable.Walk) error
}

// Pages are the pages on which an edition is set up. All fields are needed.
type Pages struct {
	*desk.Kit
	Editions  Editions
	People    People
	Programme Programme
	Timetable Timetable
}

// Routes are the addresses of these pages, and those that take drafts for the whole desk.
func (p *Pages) Routes() []web.Route {
	return p.Offer(slices.Concat(
		p.homeRoutes(), p.DraftRoutes(),
		p.editionRoutes(), p.pageRoutes(), p.logoRoutes(), p.taxonomyRoutes(),
		p.blockRoutes(), p.stageRoutes(), p.placeRoutes(), p.walkRoutes(),
		p.personRoutes(), p.institutionRoutes(),
	)...)
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string, fragments ...string) web.Template[Data] {
	return desk.Parse[Data](templates, name, fragments...)
}
