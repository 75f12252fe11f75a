// Package participant is where somebody takes part in a congress: they read what
// awaits them, register, change it, say what they need, decide about each
// consent, and leave again; and where those who speak look after their own entry
// in the programme.
package participant

import (
	"context"
	"embed"
	"slices"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/publication"
	"obrady/internal/registration"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Editions says which editions the public sees; package publication does.
type Editions interface {
	Edition(slug string) (*publication.Edition, error)
	Current() *publication.State
}

// Registration is what these pages ask of package registration.
type Registration interface {
	Settings(ctx context.Context, of edition.ID) (registration.Settings, error)
	Mine(ctx context.Context, account people.AccountID, in edition.ID) (registration.Mine, error)
	Register(ctx context.Context, account people.AccountID, in edition.ID, e registration.Entry) (registration.Participant, error)
	Change(ctx context.Context, account people.AccountID, in edition.ID, e registration.Entry) (registration.Participant, error)
	Cancel(ctx context.Context, account people.AccountID, in edition.ID) error
	SaveNeeds(ctx context.Context, who people.AccountID, in edition.ID, n registration.Needs, answers ...consent.Answer) error
	Agree(ctx context.Context, who people.AccountID, in edition.ID, a consent.Answer) error
	Withdraw(ctx context.Context, who people.AccountID, in edition.ID, clause consent.ClauseID) error
}

// Consents is what these pages ask of package consent.
type Consents interface {
	Notice(ctx context.Context, of edition.ID) (consent.Notice, error)
	Of(ctx context.Context, account people.AccountID, in edition.ID) ([]consent.Given, error)
}

// People is what these pages ask of package people.
type People interface {
	Account(ctx context.Context, account people.AccountID) (people.Account, error)
	Institutions(ctx context.Context) ([]people.Institution, error)
	Own(ctx context.Context, account people.AccountID) (people.Person, error)
	SaveOwn(ctx context.Context, account people.AccountID, p people.Profile) (people.Person, error)
	Photo(ctx context.Context, person people.PersonID) (people.Photo, error)
	PhotoAt(ctx context.Context, hash string) (people.Photo, error)
	SavePhoto(ctx context.Context, account people.AccountID, p people.Photo) error
	RemoveOwnPhoto(ctx context.Context, account people.AccountID) error
	Offered(ctx context.Context, token string) (people.Claim, people.Person, error)
	Claim(ctx context.Context, account people.AccountID, token string) (people.Person, error)
}

// Pages are the pages of participants and speakers. All fields are needed.
type Pages struct {
	*desk.Kit
	Published    Editions
	Registration Registration
	Consents     Consents
	People       People
	Catalogue    *i18n.Catalogue
	// Shown is told when a photograph has come or gone, so that the public sees it at once.
	Shown func()
}

// The rows of the policy that allow what is done here.
const (
	readProgramme = "programme.read"
	takePart      = "participation.self"
	ownPart       = "speaker.self"
)

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return p.Offer(slices.Concat(p.registrationRoutes(), p.needRoutes(), p.noticeRoutes(), p.profileRoutes(), p.claimRoutes(), p.portraitRoutes())...)
}

// parse parses a page with the fragments that these pages use.
func parse[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name, "templates/clause.html")
}
