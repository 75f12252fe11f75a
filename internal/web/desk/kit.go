// Package desk is what the pages of an organiser's desk have in common: the navigation around them, forms that ask for
// texts in both languages, drafts of what was typed, and both versions side by side where two people changed one thing.
//
// A page about things of one sort is a Kind: its fields, how they are filled and read, and who saves it. The list and
// the form around it are the same for all of them.
package desk

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// Locale holds the sentences that all pages of the desk say.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Editions lists the editions to choose from; package edition does.
type Editions interface {
	Editions(ctx context.Context) ([]edition.Edition, error)
}

// Accounts says who is signed in; package people does.
type Accounts interface {
	Account(ctx context.Context, account people.AccountID) (people.Account, error)
}

// Drafts keeps what has been typed and not saved; package draft does, given a database.
type Drafts interface {
	Keep(ctx context.Context, d draft.Draft) error
	Find(ctx context.Context, owner, form string) (draft.Draft, error) // draft.ErrNone when there is none
	Drop(ctx context.Context, owner, form string) error
}

// Rights says how an edition is divided; package rights does.
type Rights interface {
	Tree(ctx context.Context, of edition.ID) (rights.Tree, error)
}

// Kit is what the pages of the desk work with. All of them share one, so that they know of each other's routes.
type Kit struct {
	Editions Editions
	Accounts Accounts
	Rights   Rights
	Drafts   Drafts
	Now      func() time.Time

	// Door shows who is not signed in what became of their form; the pages that sign people in set it.
	Door func(w http.ResponseWriter, r *http.Request, h Held) error

	offered sync.Map // routes by name
	holding sync.Mutex
	since   time.Time // when the hour of held began
	held    int
}

// Offer takes note of routes, so that the navigation leads to them, and returns them. Forms that stand at the address
// that takes them are held for those whose session has ended; see Hold.
func (p *Kit) Offer(routes ...web.Route) []web.Route {
	shown := map[string]bool{}
	for _, route := range routes {
		p.offered.Store(route.Name, route)
		if route.Method == "" || route.Method == http.MethodGet {
			shown[route.PL] = true
		}
	}
	for i, route := range routes {
		if route.Method == http.MethodPost && route.Who == web.SignedIn && route.SignedOut == nil && shown[route.PL] {
			routes[i].SignedOut = p.Hold("")
		}
	}
	return routes
}

// Has says whether the desk has a route called name.
func (p *Kit) Has(name string) bool {
	_, has := p.offered.Load(name)
	return has
}

// Opens says whether the desk has a route called name that who may open in the edition, as far as can be told
// without knowing which thing it will be about.
func (p *Kit) Opens(name string, who rights.Standing, of edition.ID) bool {
	found, has := p.offered.Load(name)
	if !has {
		return false
	}
	route, _ := found.(web.Route)
	action := rights.Action(route.Action)
	switch rights.Object(route.Object) {
	case rights.NoObject:
		return who.Decide(action, nil) == nil
	case rights.WholeSite:
		return who.May(action, []rights.Node{rights.Whole})
	case rights.WholeEdition:
		return who.At(action, of) == nil
	default:
		return who.Within(action, of) == nil
	}
}

// Parse parses a page of the desk, which lies in the folder templates of dir, with the fragments beside it and those
// that all pages of the desk use.
func Parse[Data any](dir fs.FS, name string, fragments ...string) web.Template[Data] {
	files := []string{"templates/desk.html", "templates/sheet.html"}
	for _, fragment := range fragments {
		files = append(files, "templates/"+fragment)
	}
	return web.Parse[Data](layers{templates, dir}, "templates/"+name, files...)
}

// layers are folders laid over one another. A file is looked for in one after the other.
type layers []fs.FS

// Open opens the first file called name.
func (all layers) Open(name string) (file fs.File, err error) {
	for _, layer := range all {
		if file, err = layer.Open(name); !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, err
}

// By is who changes something with r.
func By(r *http.Request) people.AccountID { return people.AccountID(web.Account(r)) }
