package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// thingPage has one of every component.
type thing struct {
	Title, Lead i18n.Text
	Trail       []web.Link
	At          time.Time
	At2         int
	Form        web.Form
	Formats     []web.Option
	Saved       map[string]string
}

var thingPage = web.Parse[thing](os.DirFS("testdata"), "pages/thing.html")

// key: thing.*
var thingFields = web.Fields{
	"title": "thing.title", "lead": "thing.lead", "places": "thing.places", "day": "thing.title",
	"hour": "thing.title", "format": "thing.title", "tags": "thing.title", "kind": "thing.title",
	"agree": "thing.title", "file": "thing.lead",
}

// pages is a small house with what a real one has.
type pages struct {
	generation atomic.Value // string
	drawn      atomic.Int64
	saved      web.Form
	err        error
	hold       chan struct{} // when set, drawing waits for it to close
}

func (p *pages) routes() []web.Route {
	const pl, en = "/{edition}/rzeczy/{thing}", "/{edition}/things/{thing}"
	return []web.Route{
		{Name: "home", PL: "/", EN: "/", Action: "t.read", Public: true, Handle: p.home},
		{Name: "programme", PL: "/{edition}/program", EN: "/{edition}/programme", Action: "t.read", Public: true, Handle: p.show},
		{Name: "search", PL: "/{edition}/szukaj", EN: "/{edition}/search", Action: "t.read", Public: true, Query: []string{"q"}, Handle: p.show},
		{Name: "thing", PL: pl, EN: en, Action: "t.read", Public: true, Query: []string{"tag", "page", "sort"}, Handle: p.show},
		{Name: "thing.save", Method: "POST", PL: pl, EN: en, Action: "t.edit", Handle: p.save},
		{Name: "edit", PL: pl + "/zmiana", EN: en + "/edit", Action: "t.edit", Query: []string{"page"}, Handle: p.show},
		{Name: "desk", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: "t.edit", Who: web.SignedIn, Handle: p.show},
		{Name: "sign-in", PL: "/wejscie", EN: "/sign-in", Action: "t.read", Query: []string{"next"}, Handle: p.home},
		{Name: "enter", Method: "POST", PL: "/wejscie", EN: "/sign-in", Action: "t.read", Handle: p.enter},
		{Name: "leave", Method: "POST", PL: "/wyjscie", EN: "/sign-out", Action: "t.read", Handle: p.leave},
		{Name: "upload", Method: "POST", PL: "/{edition}/plik", EN: "/{edition}/file", Action: "t.edit", Body: 4 << 10, Handle: p.upload},
		{Name: "fault", PL: "/awaria", EN: "/fault", Action: "t.read", Handle: p.fail},
		{Name: "panic", PL: "/panika", EN: "/panic", Action: "t.read", Handle: p.panics},
		{Name: "feed", Path: "/{edition}/schedule.xml", Action: "t.read", Public: true, CORS: true, Handle: p.feed},
		{Name: "embed", Path: "/{edition}/embed/{stage}", Action: "t.read", Public: true, Ancestors: "*", Handle: p.show},
	}
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) error {
	p.drawn.Add(1)
	if p.hold != nil {
		<-p.hold
	}
	if r.PathValue("thing") == "nic" {
		return errs.New(errs.NotFound, "thing.full")
	}
	return thingPage.Show(w, r, sample(web.NewForm(thingFields)))
}

var homePage = web.Parse[struct{}](os.DirFS("testdata"), "pages/home.html")

func (p *pages) home(w http.ResponseWriter, r *http.Request) error {
	p.drawn.Add(1)
	if p.hold != nil {
		<-p.hold
	}
	return homePage.Show(w, r, struct{}{})
}

func sample(form web.Form) thing {
	return thing{
		Title: i18n.Text{PL: "Miasto w ruchu"}, Lead: i18n.Text{PL: "Wstęp **gruby**", EN: "A **bold** lead", ENState: i18n.Machine},
		Trail: []web.Link{{Label: "Program", URL: "/pl/x/program"}, {Label: "Tu"}},
		At:    webtest.Noon, At2: 2, Form: form,
		Formats: []web.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}},
		Saved:   map[string]string{"title": "inny"},
	}
}

func (p *pages) save(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, thingFields)
	if err != nil {
		return err
	}
	form.Int("places")
	form.Moment("day", "hour", warsaw())
	if form.Good() {
		err = p.err
	}
	if err := form.Blame(err); err != nil {
		return err
	}
	if !form.Good() {
		return thingPage.ShowForm(w, r, form, sample(form))
	}
	p.saved = form
	web.Flash(r, "thing.saved", form.Value("title"))
	return web.Redirect(w, r, "edit", r.PathValue("thing"))
}

func warsaw() *time.Location {
	zone, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		panic(err)
	}
	return zone
}

func (p *pages) upload(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadUpload(r, thingFields, func(f web.File) error {
		_, err := io.Copy(io.Discard, f)
		return err
	})
	if err != nil {
		return err
	}
	return thingPage.ShowForm(w, r, form, sample(form))
}

func (p *pages) enter(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, web.Fields{"next": "thing.title"})
	if err != nil {
		return err
	}
	if err := web.SignIn(r, "ada"); err != nil {
		return err
	}
	return web.RedirectTo(w, r, form.Value("next"))
}

func (p *pages) leave(w http.ResponseWriter, r *http.Request) error {
	if err := web.SignOut(r); err != nil {
		return err
	}
	return web.Redirect(w, r, "home")
}

func (p *pages) fail(http.ResponseWriter, *http.Request) error { return p.err }

func (p *pages) panics(http.ResponseWriter, *http.Request) error { panic("secret detail") }

func (p *pages) feed(w http.ResponseWriter, _ *http.Request) error {
	p.drawn.Add(1)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Last-Modified", webtest.Noon.Format(http.TimeFormat))
	_, err := io.WriteString(w, "<schedule/>")
	return err
}

// open builds the house.
func open(t *testing.T, change ...func(*web.Config)) (*web.Site, *pages) {
	t.Helper()
	p := &pages{}
	p.generation.Store("1")
	config := webtest.Config(t, os.DirFS("testdata"))
	config.SignIn, config.Programme, config.Search = "sign-in", "programme", "search"
	config.Generation = func(*http.Request) (string, bool) {
		generation, _ := p.generation.Load().(string)
		return generation, generation != ""
	}
	config.Ready = []web.Check{{Name: "database", Do: func(context.Context) error { return p.err }}}
	for _, c := range change {
		c(&config)
	}
	return webtest.Site(t, config, p.routes()...), p
}

var errSecret = errors.New("secret detail")

// now is a real clock, for benchmarks.
func now() time.Time { return time.Now() }

func mustCatalogue(b *testing.B) *i18n.Catalogue {
	b.Helper()
	catalogue, err := i18n.Load(web.Locale)
	if err != nil {
		b.Fatal(err)
	}
	return catalogue
}
