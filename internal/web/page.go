package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/text"
)

//go:embed templates/*.html
var frame embed.FS

// Locale holds the sentences of the frame, the components and the problem pages.
//
//go:embed locale/*.json
var Locale embed.FS

// Link is one place to go.
type Link struct {
	Label   string
	URL     string
	Current bool   // it leads to the page that is being shown, or to what the page is part of
	Lang    string // of the label, where it is not the page's
	Stars   bool   // script writes beside it how many sessions have a star
}

// Mark is the mark of a funder or partner. Image is an address on this site; without one the name stands there.
type Mark struct{ Name, URL, Image string }

// Column is a titled list of links at the foot.
type Column struct {
	Title string
	Links []Link
}

// Frame is what stands around a page, in the page's language.
type Frame struct {
	Site     string // the congress: "IV Kongres Polityki Miejskiej"
	Home     string // where the name at the top leads; the front page when empty
	Numeral  string // of the edition: "IV"
	Edition  string // address of the edition, under which a browser keeps its stars: "kpm-2024"
	When     string // one line on dates and place
	Remark   string // said on every page, such as that these are demo data
	Nav      []Link
	Own      []Link // the visitor's own pages; on public pages the same for everybody
	Footer   []Column
	Marks    []Mark
	Zone     *time.Location // the congress's zone; UTC when nil
	SearchAt string         // address of the search form; none when empty
	// Programme is the address of the programme, for whoever has lost the way; none when empty.
	Programme string
}

// Bare is the name of the congress without its numeral, which stands beside it in large letters.
func (f Frame) Bare() string { return strings.TrimPrefix(f.Site, f.Numeral+" ") }

// View is what every template may use, whatever its page is about.
type View struct {
	i18n.Printer
	Frame   Frame
	Notices []Notice // what the last form had to say
	Other   Link     // the same thing in the other language
	r       *http.Request
	x       *exchange
}

// Page is what a template is executed with: the view and the page's own data.
type Page[Data any] struct {
	View
	Data Data
}

// Template is a page that takes Data, with the frame around it.
type Template[Data any] struct {
	ready func() *template.Template // parsed when the page is first shown: most of the desk never is, on most days
	parse func() *template.Template
}

var base = template.Must(template.New("base").ParseFS(frame, "templates/*.html"))

// Parse parses the page at name in dir, and the fragments beside it that it uses. The page defines "title" and
// "main", and may define "description" and "head". A fault in it is found by webtest.CheckTemplates; what has escaped
// that panics when the page is first shown.
func Parse[Data any](dir fs.FS, name string, fragments ...string) Template[Data] {
	parse := func() *template.Template {
		t := template.Must(base.Clone())
		for _, file := range append(fragments, name) {
			t = template.Must(t.ParseFS(dir, file))
		}
		return t
	}
	return Template[Data]{sync.OnceValue(parse), parse}
}

// Underlying and Sample are for the test that checks the template against its Data. The template is parsed anew,
// because one that has been executed is rewritten beyond checking.
func (t Template[Data]) Underlying() *template.Template { return t.parse().Lookup("page") }

// Sample is a value of the type that the template is executed with.
func (t Template[Data]) Sample() any { return Page[Data]{} }

// Name is the title's template file, for messages.
func (t Template[Data]) Name() string { return fmt.Sprintf("%T", *new(Data)) }

// Show answers r with the page.
func (t Template[Data]) Show(w http.ResponseWriter, r *http.Request, data Data) error {
	return t.ShowStatus(w, r, http.StatusOK, data)
}

// ShowForm shows the page of a form once more, with what is wrong in it and everything that was typed.
func (t Template[Data]) ShowForm(w http.ResponseWriter, r *http.Request, form Form, data Data) error {
	return t.ShowStatus(w, r, form.Status(), data)
}

// ShowStatus writes the page, or nothing at all if it cannot be executed.
func (t Template[Data]) ShowStatus(w http.ResponseWriter, r *http.Request, status int, data Data) error {
	return t.write(w, r, status, "page", data)
}

// ShowFragment writes only the named template of the page, for scripts that renew a part of it.
func (t Template[Data]) ShowFragment(w http.ResponseWriter, r *http.Request, name string, data Data) error {
	return t.write(w, r, http.StatusOK, name, data)
}

func (t Template[Data]) write(w http.ResponseWriter, r *http.Request, status int, name string, data Data) error {
	view, err := newView(r)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := t.ready().ExecuteTemplate(&page, name, Page[Data]{view, data}); err != nil {
		return fmt.Errorf("draw %s of %s: %w", name, t.Name(), err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // who has hung up misses nothing
	return nil
}

func newView(r *http.Request) (View, error) {
	x, err := of(r)
	if err != nil {
		return View{}, err
	}
	v := View{Printer: x.site.config.Catalogue.In(x.lang), r: r, x: x, Notices: x.flashes(r.Context())}
	if x.site.config.Frame != nil {
		v.Frame = x.site.config.Frame(r, x.lang)
	}
	if v.Frame.Site == "" {
		v.Frame.Site = v.T("web.site")
	}
	if v.Frame.Home == "" {
		v.Frame.Home = "/" + string(x.lang) + "/"
	}
	if v.Frame.SearchAt == "" {
		v.Frame.SearchAt = x.site.named(r, x.site.config.Search)
	}
	v.Frame.Nav = marked(v.Frame.Nav, r.URL.Path)
	v.Other = v.other()
	return v, nil
}

// marked sets Current on the entry that is nearest to path.
func marked(nav []Link, path string) []Link {
	nearest, length := -1, 0
	for i, link := range nav {
		within := path == link.URL || strings.HasPrefix(path, strings.TrimSuffix(link.URL, "/")+"/")
		if within && len(link.URL) > length {
			nearest, length = i, len(link.URL)
		}
	}
	all := append([]Link(nil), nav...)
	if nearest >= 0 {
		all[nearest].Current = true
	}
	return all
}

func (v View) other() Link {
	lang := v.Lang.Other()
	p := v.x.site.config.Catalogue.In(lang)
	return Link{Label: p.T("web.this_language"), Lang: string(lang), URL: v.in(lang)}
}

// in returns the address of this page in lang; that of the front page where there is no such page.
func (v View) in(lang i18n.Lang) string {
	address := "/" + string(lang) + "/"
	if m := v.x.route; m != nil && m.Path == "" {
		values := map[string]string{}
		for _, name := range wildcards(m.pattern(lang)) {
			values[name] = v.r.PathValue(name)
		}
		address = fill(m.pattern(lang), values)
		if v.r.URL.RawQuery != "" && v.r.Method != http.MethodPost {
			address += "?" + v.r.URL.RawQuery
		}
	}
	return address
}

// Canonical is the address of this page in full, for search engines; "" where the site does not know its own.
func (v View) Canonical() string { return v.absolute(v.Lang) }

// Alternate is the address of the same page in the other language, in full.
func (v View) Alternate() string { return v.absolute(v.Lang.Other()) }

func (v View) absolute(lang i18n.Lang) string {
	if v.x.site.config.BaseURL == "" || v.x.route == nil || v.x.route.Path != "" {
		return ""
	}
	return v.x.site.Absolute(v.in(lang))
}

// URL is the address of the route called name in the page's language. Leading values that args do not give are
// those of this page: inside an edition its name need not be said again.
func (v View) URL(name string, args ...any) (string, error) {
	return v.x.site.address(v.Lang, name, v.r, args)
}

// Path is the address of this page without its query.
func (v View) Path() string { return v.r.URL.EscapedPath() }

// With is the address of this page with one parameter of its query changed; an empty value takes it away.
// Parameter "page" goes back to the first when another changes.
func (v View) With(name string, value any) string {
	query := v.r.URL.Query()
	if name != pageParameter {
		query.Del(pageParameter)
	}
	if written := fmt.Sprint(value); written == "" {
		query.Del(name)
	} else {
		query.Set(name, written)
	}
	return join(v.Path(), query)
}

// Query is what the address of this page says for the parameter name.
func (v View) Query(name string) string { return v.r.URL.Query().Get(name) }

func join(path string, query url.Values) string {
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// Account is the account that the visitor is signed in with, or "".
func (v View) Account() string { return Account(v.r) }

// Asset is the address of a file of the house: "icon/favicon.svg".
func (v View) Asset(name string) string { return v.x.site.assets.URL(name) }

// HasAsset says whether the house has the file.
func (v View) HasAsset(name string) bool { return v.x.site.assets.Has(name) }

// Plain is t in the page's language without markup: for titles and attributes.
func (v View) Plain(t i18n.Text) string { return text.Bind(t.In(v.Lang).Text) }

// Words is t for the component "text", which says so when it is in another language or made by a machine.
func (v View) Words(t i18n.Text) Words {
	reading := t.In(v.Lang)
	return Words{
		Printer: v.Printer, Text: text.Bind(reading.Text), As: string(reading.Lang),
		Foreign: reading.Lang != v.Lang && reading.Text != "", Machine: reading.State == i18n.Machine,
	}
}

// Prose is t, which holds Markdown, for the component "prose".
func (v View) Prose(t i18n.Text) Words {
	words := v.Words(t)
	words.HTML = text.HTML(t.In(v.Lang).Text)
	return words
}

// Local is the moment t on the clocks of the congress.
func (v View) Local(t time.Time) time.Time {
	if v.Frame.Zone == nil {
		return t.UTC()
	}
	return t.In(v.Frame.Zone)
}

// Stamp is t as the datetime attribute of a time element has it.
func (v View) Stamp(t time.Time) string { return v.Local(t).Format(time.RFC3339) }

// When is the day and hour of t at the congress.
func (v View) When(t time.Time) string {
	local := v.Local(t)
	return v.Day(local) + ", " + v.Hour(local)
}

// Words is a text as the component "text" or "prose" shows it.
type Words struct {
	i18n.Printer
	Text    string
	HTML    template.HTML //nolint:forbidigo // made by package text and by nobody else
	As      string        // the language it is really in
	Foreign bool
	Machine bool
}

// Templates are the frame and the components, for the test that checks them.
func Templates() fs.FS { return frame }
