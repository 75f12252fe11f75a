// Package visitor shows the congress to the public: what is on and when, who
// speaks, where to go, what has changed — in two languages, without an
// account and without script.
package visitor

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"time"

	"obrady/internal/admission"
	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/publication"
	"obrady/internal/web"
)

// Locale holds the sentences of the public pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Wordings gives every wording that a page of an edition ever had, the latest
// first; edition.Service does.
type Wordings interface {
	PageVersions(ctx context.Context, page string) ([]edition.Page, error)
}

// Config is what the pages need; every field but Signups and Beside is required.
type Config struct {
	Site      *web.Site // on which the routes will be mounted
	Catalogue *i18n.Catalogue
	Desk      *publication.Desk
	Wordings  Wordings
	Now       func() time.Time
	Signups   func(edition.ID) *admission.Plan // from memory, never a nil one; without sign-ups when nil
	Beside    publication.Beside               // what there is beside the programme; nothing when nil
}

// Pages answers the public.
type Pages struct{ Config }

// New returns the pages; mount their Routes.
func New(c Config) *Pages {
	if c.Signups == nil {
		c.Signups = func(edition.ID) *admission.Plan { return &admission.Plan{} }
	}
	return &Pages{c}
}

// Handles is how a page of one edition is shown: v knows who asks, for what
// edition, in what language.
type handles func(v *view, w http.ResponseWriter, r *http.Request) error

// row is one line of the table of addresses.
type row struct {
	name, pl, en string
	handle       handles
	query        []string
	state        freshness
}

// freshness says what a page is drawn from, and so when it is drawn anew.
type freshness func(p *Pages, r *http.Request) (string, bool)

// ofEdition: a page that tells of nothing but its edition, and of when one signs up for its sessions.
func ofEdition(p *Pages, r *http.Request) (string, bool) {
	e, err := p.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	return fmt.Sprintf("%s/%d", e.Generation, p.Signups(e.ID).Revision), true
}

// ofAll: a page that tells of other editions too.
func ofAll(p *Pages, r *http.Request) (string, bool) {
	of, known := ofEdition(p, r)
	if !known && r.PathValue("edition") != "" {
		return "", false
	}
	return p.Desk.Current().Generation + of, true
}

// ofToday: a page that opens on the present day.
func ofToday(p *Pages, r *http.Request) (string, bool) {
	e, err := p.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	of, known := ofEdition(p, r)
	return of + "/" + string(civil.DateOf(p.Now().In(e.Programme.Zone))), known
}

// ofAllToday: a page that tells of other editions and knows whether this one is over.
func ofAllToday(p *Pages, r *http.Request) (string, bool) {
	today, known := ofToday(p, r)
	return p.Desk.Current().Generation + "/" + today, known
}

// ofThisMinute: a page that tells what is on now.
func ofThisMinute(p *Pages, r *http.Request) (string, bool) {
	generation, known := ofEdition(p, r)
	return fmt.Sprintf("%s/%d", generation, p.Now().Unix()/60), known
}

// Routes lists the addresses of the public pages.
func (p *Pages) Routes() []web.Route {
	routes := []web.Route{
		p.public("front", "/", p.showFront),
		p.public("archive", "/archiwum", p.showArchive, "/archive"),
		{Name: "sitemap", Path: "/sitemap.xml", Action: "programme.read", Public: true, Generation: p.fresh(ofAll), Handle: p.showSitemap},
		{Name: "logo", Path: "/{edition}/logo/{logo}", Action: "programme.read", Public: true, Generation: p.fresh(ofEdition), Handle: p.showLogo},
	}
	for _, row := range p.table() {
		routes = append(routes, web.Route{
			Name: row.name, PL: "/{edition}" + row.pl, EN: "/{edition}" + row.en, Action: "programme.read",
			Public: true, Query: row.query, Generation: p.fresh(row.state), Handle: p.inside(row.handle),
		})
	}
	return routes
}

func (p *Pages) public(name, pl string, handle web.Handler, en ...string) web.Route {
	return web.Route{
		Name: name, PL: pl, EN: append(en, pl)[0], Action: "programme.read", Public: true,
		Generation: p.fresh(ofAll), Handle: handle,
	}
}

func (p *Pages) fresh(state freshness) func(*http.Request) (string, bool) {
	return func(r *http.Request) (string, bool) { return state(p, r) }
}

// table is every page of an edition, by its addresses after the edition's own.
func (p *Pages) table() []row {
	return []row{
		{"edition", "", "", (*view).showHome, nil, ofAllToday},
		{"programme", "/program", "/programme", (*view).showProgramme, dayQuery, ofToday},
		{"day", "/program/{day}", "/programme/{day}", (*view).showDay, dayQuery, ofEdition},
		{"sessions", "/sesje", "/sessions", (*view).showSessions, listQuery, ofEdition},
		{"session", "/sesje/{session}", "/sessions/{session}", (*view).showSession, nil, ofEdition},
		{"blocks", "/bloki", "/blocks", (*view).showBlocks, nil, ofEdition},
		{"block", "/bloki/{block}", "/blocks/{block}", (*view).showBlock, nil, ofEdition},
		{"stages", "/sceny", "/stages", (*view).showStages, nil, ofEdition},
		{"stage", "/sceny/{stage}", "/stages/{stage}", (*view).showStage, nil, ofEdition},
		{"places", "/miejsca", "/places", (*view).showPlaces, nil, ofEdition},
		{"place", "/miejsca/{place}", "/places/{place}", (*view).showPlace, nil, ofEdition},
		{"persons", "/osoby", "/people", (*view).showPersons, nil, ofEdition},
		{"person", "/osoby/{person}", "/people/{person}", (*view).showPerson, nil, ofAll},
		{"institutions", "/instytucje", "/institutions", (*view).showInstitutions, nil, ofEdition},
		{"institution", "/instytucje/{institution}", "/institutions/{institution}", (*view).showInstitution, nil, ofEdition},
		{"topics", "/tematy", "/topics", (*view).showTopics, nil, ofEdition},
		{"topic", "/tematy/{kind}/{term}", "/topics/{kind}/{term}", (*view).showTopic, nil, ofAll},
		{"search", "/szukaj", "/search", (*view).showSearch, []string{"q"}, ofEdition},
		{"changes", "/zmiany", "/changes", (*view).showReleases, nil, ofEdition},
		{"release", "/zmiany/{number}", "/changes/{number}", (*view).showRelease, nil, ofEdition},
		{"now", "/teraz", "/now", (*view).showNow, atQuery, ofThisMinute},
		{"agenda", "/moj-program", "/my-agenda", (*view).showAgenda, chosenQuery, ofEdition},
		{"prints", "/druk/{day}", "/print/{day}", (*view).showSheets, nil, ofEdition},
		{"print", "/druk/{day}/{place}", "/print/{day}/{place}", (*view).showSheet, nil, ofEdition},
		{"page", "/strony/{page}", "/pages/{page}", (*view).showPage, versionQuery, ofEdition},
	}
}

// inside finds the edition that the address names and lets page show itself.
func (p *Pages) inside(page handles) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e, err := p.Desk.Edition(r.PathValue("edition"))
		if err != nil {
			return err
		}
		return page(p.view(e, web.Lang(r)), w, r)
	}
}
