// Package proceedings is where what remains of the talks is read and made: volumes as web books with a page for each
// contribution, as documents and as files of citations; and the desk on which organisers lay a volume out, look at it
// and publish it.
package proceedings

import (
	"context"
	"embed"
	"net/http"
	"slices"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/proceedings"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// Shelf is what the public reads; proceedings.Shelf is.
type Shelf interface {
	Of(of edition.ID) []proceedings.Published
	Volume(of edition.ID, slug string) (proceedings.Published, error)
	Generation() string
}

// Keeper is what the desk asks of package proceedings.
type Keeper interface {
	Volumes(ctx context.Context, of edition.ID) ([]proceedings.Volume, error)
	OfCall(ctx context.Context, of call.ID) (proceedings.Volume, error)
	Save(ctx context.Context, by people.AccountID, v proceedings.Volume) (proceedings.Volume, error)
	SetMark(ctx context.Context, by people.AccountID, of call.ID, m proceedings.Mark) error
	Preview(ctx context.Context, of call.ID) (proceedings.Preview, error)
	Publish(ctx context.Context, by people.AccountID, of call.ID, digest string) (int, error)
}

// Calls is what the desk asks of package call.
type Calls interface {
	Calls(ctx context.Context, in edition.ID) ([]call.Call, error)
	Call(ctx context.Context, in edition.ID, slug string) (call.Call, error)
	Questions(ctx context.Context, of call.ID, version int) ([]form.Question, error)
	One(ctx context.Context, of call.ID, code string) (call.Submission, []call.Step, error)
}

// Published says which editions the public sees; package publication does.
type Published interface {
	Edition(slug string) (*publication.Edition, error)
}

// Pages are the pages of proceedings. All fields are needed.
type Pages struct {
	*desk.Kit
	Keeper    Keeper
	Shelf     Shelf
	Calls     Calls
	Published Published
	Words     *i18n.Catalogue
	Site      *web.Site
}

const (
	get, post        = http.MethodGet, http.MethodPost
	allPL, allEN     = "/{edition}/materialy-pokonferencyjne", "/{edition}/proceedings"
	oneIn            = "/{volume}"
	deskPL, deskEN   = "/{edition}/biurko/materialy", "/{edition}/desk/proceedings"
	deskIn           = "/{call}"
	bookName         = "/tom.pdf"
	bookNameEN       = "/book.pdf"
	bibName, cslName = "/citations.bib", "/citations.json"
)

// Routes are the addresses of these pages.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(p.publicRoutes(), p.Offer(p.deskRoutes()...))
}

func (p *Pages) publicRoutes() []web.Route {
	row := func(name, pl, en string, handle func(*view, http.ResponseWriter, *http.Request) error) web.Route {
		return web.Route{
			Name: name, PL: allPL + pl, EN: allEN + en, Action: string(rights.ReadProgramme), Public: true, Generation: p.generation, Handle: p.inside(handle),
		}
	}
	return []web.Route{
		row("proceedings", "", "", (*view).showAll),
		row("proceedings.volume", oneIn, oneIn, (*view).showVolume),
		row("proceedings.entry", oneIn+"/{code}", oneIn+"/{code}", (*view).showEntry),
		row("proceedings.book", oneIn+bookName, oneIn+bookNameEN, (*view).sendBook),
		row("proceedings.bib", oneIn+bibName, oneIn+bibName, (*view).sendBib),
		row("proceedings.csl", oneIn+cslName, oneIn+cslName, (*view).sendCSL),
	}
}

func (p *Pages) deskRoutes() []web.Route {
	row := func(name, method, in string, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: deskPL + in + pl, EN: deskEN + in + en, Action: string(rights.EditProceedings),
			Object: string(rights.WithinEdition), Who: web.SignedIn, Handle: handle,
		}
	}
	return []web.Route{
		row("desk.proceedings", get, "", "", "", p.showDesk),
		row("desk.volume", get, deskIn, "", "", p.showForm),
		row("desk.volume.save", post, deskIn, "", "", p.takeForm),
		row("desk.volume.preview", get, deskIn, "/podglad", "/preview", p.showPreview),
		row("desk.volume.mark", post, deskIn, "/podglad", "/preview", p.takeMark),
		row("desk.volume.publish", post, deskIn, "/wydanie", "/publication", p.publish),
	}
}

// generation is what public pages are drawn from.
func (p *Pages) generation(r *http.Request) (string, bool) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return "", false
	}
	return e.Generation + "/" + p.Shelf.Generation(), true
}

// view is the proceedings of one edition as they are told in one language.
type view struct {
	*Pages
	i18n.Printer
	e *publication.Edition
}

// inside finds the edition that the address names and lets page show itself.
func (p *Pages) inside(page func(*view, http.ResponseWriter, *http.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		e, err := p.Published.Edition(r.PathValue("edition"))
		if err != nil {
			return err
		}
		return page(&view{p, p.Words.In(web.Lang(r)), e}, w, r)
	}
}

// to is the address of a page of this edition. A route that is not there leads nowhere; the test of all links finds it.
func (v *view) to(route string, args ...any) string {
	address, err := v.Site.URL(v.Lang, route, append([]any{v.e.Slug}, args...)...)
	if err != nil {
		return ""
	}
	return address
}

// volume finds the volume that the address names, or proceedings.ErrNone.
func (v *view) volume(r *http.Request) (proceedings.Published, error) {
	return v.Shelf.Volume(v.e.ID, r.PathValue("volume"))
}

// book is a volume with where it stands.
func (v *view) book(p proceedings.Published) proceedings.Book {
	return proceedings.Book{
		Document: p.Document, Edition: v.e.Slug, Event: v.e.Name.In(v.Lang).Text,
		Address: func(e proceedings.Entry) string { return v.Site.Absolute(v.to("proceedings.entry", p.Slug, e.Code)) },
	}
}

// head is what every public page has; a page embeds it.
type head struct {
	Title       string
	Description string
	Crumbs      []web.Link
	Meta        []meta
	Data        any // of schema.org, for search engines; nothing when nil
}

// meta is a line about a page for machines that collect citations.
type meta struct{ Name, Content string }

func (v *view) headed(title string, crumbs ...web.Link) head {
	h := head{Title: text.Bind(title)}
	if len(crumbs) > 0 {
		h.Crumbs = append(crumbs, web.Link{Label: h.Title})
	}
	return h
}

func parsePublic[Data any](name string) web.Template[Data] {
	return web.Parse[Data](templates, "templates/"+name, "templates/public.html")
}
