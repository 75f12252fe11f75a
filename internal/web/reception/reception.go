// Package reception is where staff of the congress look after those who take
// part: the list, one participant, what somebody needs, lists to take away, names
// at the door, the rules of registration, and the people of the programme who
// are to look after their own entry.
//
// Every look at other people's data is noted, and names are asked for in forms
// that leave nothing in addresses.
package reception

import (
	"context"
	"embed"
	"slices"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
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

// Registration is what these pages ask of package registration.
type Registration interface {
	Settings(ctx context.Context, of edition.ID) (registration.Settings, error)
	SaveSettings(ctx context.Context, by people.AccountID, set registration.Settings) (registration.Settings, error)
	List(ctx context.Context, in edition.ID, f registration.Filter) (registration.Listing, error)
	Participant(ctx context.Context, in edition.ID, participant registration.ID) (registration.Participant, error)
	Needs(ctx context.Context, by people.AccountID, in edition.ID, reason string) ([]registration.InNeed, error)
	Export(ctx context.Context, by people.AccountID, in edition.ID, order registration.Order) ([]registration.Participant, error)
	LookUp(ctx context.Context, by people.AccountID, in edition.ID, words string) ([]registration.Participant, int, error)
}

// Consents is what these pages ask of package consent.
type Consents interface {
	Of(ctx context.Context, account people.AccountID, in edition.ID) ([]consent.Given, error)
	Clauses(ctx context.Context, of edition.ID) ([]consent.Clause, error)
}

// People is what these pages ask of package people.
type People interface {
	Persons(ctx context.Context) ([]people.Person, error)
	Claims(ctx context.Context) (taken map[people.PersonID]bool, offered map[people.PersonID]people.Claim, err error)
	OfferClaim(ctx context.Context, by people.AccountID, person people.PersonID, email string) (people.Claim, error)
	Unclaim(ctx context.Context, by people.AccountID, person people.PersonID, reason string) error
}

// Programme says who appears; package programme does.
type Programme interface {
	Content(ctx context.Context, of edition.ID) (programme.Content, error)
}

// Pages are the pages of the reception. All fields are needed.
type Pages struct {
	*desk.Kit
	Registration Registration
	Consents     Consents
	People       People
	Programme    Programme
	Words        *i18n.Catalogue
}

// Where the pages about participants lie.
const (
	takersPL = "/{edition}/biurko/uczestnicy"
	takersEN = "/{edition}/desk/participants"
)

// row is a page of the desk with what the policy must allow for it.
type row struct {
	name, method, pl, en string
	action               rights.Action
	handle               web.Handler
}

func (r row) route() web.Route {
	return web.Route{
		Name: r.name, Method: r.method, PL: r.pl, EN: r.en, Action: string(r.action), Object: string(rights.WholeEdition),
		Who: web.SignedIn, Handle: r.handle,
	}
}

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	var routes []web.Route
	for _, r := range slices.Concat(p.listRows(), p.needRows(), p.exportRows(), p.doorRows(), p.settingsRows(), p.speakerRows()) {
		routes = append(routes, r.route())
	}
	for i := range routes {
		if routes[i].Name == "desk.participants" {
			routes[i].Query = []string{"form", "institution", "page", "sector", "sort", "state"}
		}
	}
	return p.Offer(routes...)
}

// parse parses a page with the fragments that all pages of the desk use.
func parse[Data any](name string) web.Template[Data] { return desk.Parse[Data](templates, name) }
