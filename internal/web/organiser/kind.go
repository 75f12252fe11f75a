package organiser

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// kind is one kind of thing that the desk keeps: a place, a person. It says what is particular about it; the list,
// the form, drafts, conflicts and problems are the same for all.
type kind[T any] struct {
	name     string // "place": its routes, drafts and sentences are called after it
	plural   string // "places"
	pl, en   string // words of its address: "miejsca", "places"
	new      [2]string
	action   string
	missing  error // said where the path names none
	controls []control
	fields   web.Fields
	columns  []heading

	all     func(ctx context.Context, d Desk) ([]T, error)
	facts   func(t T) facts
	blank   func(d Desk, fresh string, all []T) T
	fill    func(f *web.Form, t T)
	read    func(f *web.Form, before T, all []T) T
	save    func(ctx context.Context, by people.AccountID, t T) (T, error)
	cells   func(t T, all []T) []cell
	choices func(ctx context.Context, d Desk, t T) (map[string][]choice, error) // nil: the form asks for no choice
	extras  func(ctx context.Context, d Desk, t T) ([]extra, error)             // nil: there is nothing more to do

	listExtras []extra // links beside the one to a new thing

	desk  func(r *http.Request) (Desk, error) // nil: that of the edition in the path
	named func(r *http.Request) string        // nil: by the part of the path that is called thing
}

// facts are what every thing has.
type facts struct {
	ID       string
	Revision int
	Name     i18n.Text
	Address  string // how the path names it; by its ID when empty
}

func (f facts) address() string {
	if f.Address == "" {
		return f.ID
	}
	return f.Address
}

// extra is a link or a button below a form.
type extra struct {
	Key   string // of the sentence on it
	Route string // where it leads; takes Arg
	Arg   string
	Post  string // name of the value that a button sends with the form in place of leading anywhere
}

// thingData is the form of one thing.
type thingData struct {
	Desk
	Sheet    Sheet
	Kind     string
	Controls []control
	Name     i18n.Text // as saved; none for a new thing
	Back     string    // route of the list
	Upload   bool      // a file comes with the form
	Extras   []extra
}

// Action is the address that takes the form.
func (d thingData) Action(v web.View) (string, error) {
	if d.Name.IsZero() {
		return v.URL(d.Back + ".add")
	}
	return v.Path(), nil
}

// Say is the key of a sentence about the kind.
func (d thingData) Say(ending string) string { return "organiser." + d.Kind + "." + ending }

var thingPage = parse[thingData]("thing.html")

// subject is one thing with what stands around it.
type subject[T any] struct {
	desk Desk
	all  []T
	now  T // as it is saved; blank when it is new
	key  string
}

func (k kind[T]) route() string       { return "desk." + k.name }
func (k kind[T]) listRoute() string   { return "desk." + k.plural }
func (k kind[T]) say(e string) string { return "organiser." + k.name + "." + e }

// routes are the addresses of a kind inside an edition: the list, the form of a new thing, the form of one.
func routes[T any](p *Pages, k kind[T]) []web.Route {
	const pl, en = "/{edition}/biurko/", "/{edition}/desk/"
	row := func(name, method string, path [2]string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: pl + k.pl + path[0], EN: en + k.en + path[1], Action: k.action,
			Who: web.SignedIn, Query: []string{"draft", "sort"}, Handle: handle,
		}
	}
	list, one := [2]string{}, [2]string{"/{thing}", "/{thing}"}
	return []web.Route{
		row(k.listRoute(), http.MethodGet, list, k.showList(p)),
		row(k.listRoute()+".add", http.MethodPost, list, k.take(p)),
		row(k.route()+".new", http.MethodGet, [2]string{"/" + k.new[0], "/" + k.new[1]}, k.showOne(p)),
		row(k.route(), http.MethodGet, one, k.showOne(p)),
		row(k.route()+".save", http.MethodPost, one, k.take(p)),
	}
}

// find finds what r is about. A path without a name is about a new thing.
func (k kind[T]) find(p *Pages, r *http.Request) (s subject[T], err error) {
	if s.desk, err = k.around(p, r); err != nil {
		return s, err
	}
	if s.all, err = k.all(r.Context(), s.desk); err != nil {
		return s, err
	}
	named := r.PathValue("thing")
	if k.named != nil {
		named = k.named(r)
	}
	if named == "" {
		s.now, s.key = k.blank(s.desk, id.New(), s.all), k.name+".new"
		return s, nil
	}
	found, ok := k.pick(s.all, named)
	if !ok {
		return s, k.missing
	}
	s.now, s.key = found, k.name+"."+k.facts(found).ID
	return s, nil
}

func (k kind[T]) around(p *Pages, r *http.Request) (Desk, error) {
	if k.desk != nil {
		return k.desk(r)
	}
	return p.desk(r, k.listRoute())
}

func (k kind[T]) pick(all []T, named string) (found T, ok bool) {
	i := slices.IndexFunc(all, func(t T) bool { return k.facts(t).ID == named || k.facts(t).address() == named })
	if i < 0 {
		return found, false
	}
	return all[i], true
}

// form is t as a form.
func (k kind[T]) form(t T) web.Form {
	form := web.NewForm(k.fields)
	form.Set(idField, k.facts(t).ID)
	form.Revision = k.facts(t).Revision
	k.fill(&form, t)
	return form
}

func (k kind[T]) showOne(p *Pages) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := k.find(p, r)
		if err != nil {
			return err
		}
		sheet, err := p.sheet(r, s.key, k.form(s.now))
		if err != nil {
			return err
		}
		return k.draw(w, r, s, sheet)
	}
}

func (k kind[T]) draw(w http.ResponseWriter, r *http.Request, s subject[T], sheet Sheet) (err error) {
	page := thingData{Desk: s.desk, Kind: k.name, Controls: k.controls, Back: k.listRoute()}
	if k.facts(s.now).Revision > 0 {
		page.Name = k.facts(s.now).Name
	}
	if k.choices != nil {
		if sheet.Choices, err = k.choices(r.Context(), s.desk, s.now); err != nil {
			return err
		}
	}
	if k.extras != nil {
		if page.Extras, err = k.extras(r.Context(), s.desk, s.now); err != nil {
			return err
		}
	}
	page.Sheet = sheet
	return thingPage.ShowStatus(w, r, sheet.Status(), page)
}

// visit is one request with the pages that answer it.
type visit struct {
	p *Pages
	w http.ResponseWriter
	r *http.Request
}

// take reads the form, saves the thing and goes on to the list, or shows the form again.
func (k kind[T]) take(p *Pages) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := k.find(p, r)
		if err != nil {
			return err
		}
		form, err := web.ReadForm(r, k.fields)
		if err != nil {
			return err
		}
		v := visit{p, w, r}
		if k.facts(s.now).Revision > 0 {
			return k.settle(v, s, form)
		}
		form.Revision = 0
		if sent := form.Value(idField); id.Valid(sent) {
			if _, there := k.pick(s.all, sent); there {
				return k.done(v, s.key) // the same form, sent twice
			}
			s.now = k.blank(s.desk, sent, s.all)
		}
		return k.settle(v, s, form)
	}
}

// settle saves what the form says, or says why not.
func (k kind[T]) settle(v visit, s subject[T], form web.Form) error {
	tooLong(&form, k.controls)
	wanted := k.read(&form, s.now, s.all)
	var failed error
	if form.Good() {
		if _, failed = k.save(v.r.Context(), by(v.r), wanted); failed == nil {
			return k.done(v, s.key)
		}
	}
	if changed(failed) {
		return k.disagree(v, s, form, wanted)
	}
	if err := blame(&form, failed); err != nil {
		return err
	}
	if err := v.p.keep(v.r, s.key, form); err != nil {
		return err
	}
	return k.draw(v.w, v.r, s, Sheet{Form: form, Key: s.key})
}

// disagree shows both versions where a colleague has saved the thing since the form was opened. When they say the
// same, the form was sent twice, and all is well.
func (k kind[T]) disagree(v visit, s subject[T], form web.Form, wanted T) error {
	all, err := k.all(v.r.Context(), s.desk)
	if err != nil {
		return err
	}
	saved, ok := k.pick(all, k.facts(s.now).ID)
	if !ok {
		return k.missing
	}
	theirs := k.form(saved)
	if sameFields(theirs, k.form(wanted)) {
		return k.done(v, s.key)
	}
	if err := v.p.keep(v.r, s.key, form); err != nil {
		return err
	}
	form.Revision = theirs.Revision // to save mine now means to save it over theirs
	s.now = saved
	return k.draw(v.w, v.r, s, Sheet{Form: form, Key: s.key, Theirs: &theirs})
}

func (k kind[T]) done(v visit, key string) error {
	if err := v.p.drop(v.r, key); err != nil {
		return err
	}
	web.Flash(v.r, k.say("saved"))
	return web.Redirect(v.w, v.r, k.listRoute())
}

// changed says whether err tells that somebody else saved the same thing meanwhile.
func changed(err error) bool {
	return errors.Is(err, people.ErrChanged) || errors.Is(err, edition.ErrChanged) ||
		errors.Is(err, programme.ErrChanged) || errors.Is(err, timetable.ErrChanged)
}

// blame puts into the form what it is to blame for, and what the rest of the congress forbids.
func blame(form *web.Form, err error) error {
	var told *errs.Error
	var problems errs.Problems
	if !errors.As(err, &problems) && errors.As(err, &told) && told.Kind == errs.Conflict {
		form.Problems = append(form.Problems, errs.Field{Error: told})
		return nil
	}
	return form.Blame(err)
}

// tooLong notes what is longer than its control takes.
func tooLong(form *web.Form, controls []control) {
	for _, c := range controls {
		for _, name := range inOrder([]control{c}) {
			if c.Most > 0 && text.Length(form.Value(name)) > c.Most && form.Problem(name) == nil {
				form.Problems.Add(name, "people.too_long", c.Most)
			}
		}
	}
}

// slug reads the field of the address. Left empty, it is made of name, and differs from all that are taken.
func slug(f *web.Form, name string, taken func(string) bool) string {
	if typed := f.Value("slug"); typed != "" {
		return typed
	}
	return text.UniqueSlug(text.Slug(name), taken)
}
