package desk

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// Kind is one kind of thing that the desk keeps: a place, a person. It says what is particular about it; the list,
// the form, drafts, conflicts and problems are the same for all.
type Kind[T any] struct {
	Name     string // "place": its routes and drafts are called after it
	Key      string // "organiser.place": how the keys of its sentences begin
	Plural   string // "places"
	PL, EN   string // words of its address: "miejsca", "places"
	New      [2]string
	Action   string
	Object   rights.Object // what Action is done to; the edition when empty, so that nobody sees a part of the list
	Missing  error         // said where the path names none
	Controls []Control
	Fields   web.Fields
	Columns  []Heading

	All     func(ctx context.Context, d Desk) ([]T, error)
	Facts   func(t T) Facts
	Blank   func(d Desk, fresh string, all []T) T
	Fill    func(f *web.Form, t T)
	Read    func(f *web.Form, before T, all []T) T
	Save    func(ctx context.Context, by people.AccountID, t T) (T, error)
	Cells   func(t T, all []T) []Entry
	Choices func(ctx context.Context, d Desk, t T) (map[string][]Choice, error) // nil: the form asks for no choice
	Extras  func(ctx context.Context, d Desk, t T) ([]Extra, error)             // nil: there is nothing more to do

	ListExtras []Extra // links beside the one to a new thing

	Desk  func(r *http.Request) (Desk, error) // nil: that of the edition in the path
	Named func(r *http.Request) string        // nil: by the part of the path that is called thing
}

// Facts are what every thing has.
type Facts struct {
	ID       string
	Revision int
	Name     i18n.Text
	Address  string // how the path names it; by its ID when empty
}

func (f Facts) address() string {
	if f.Address == "" {
		return f.ID
	}
	return f.Address
}

// Extra is a link or a button below a form.
type Extra struct {
	Key   string // of the sentence on it
	Route string // where it leads; takes Arg
	Arg   string
	Post  string // name of the value that a button sends with the form in place of leading anywhere
}

// Thing is the form of one thing.
type Thing struct {
	Desk
	Sheet    Sheet
	Key      string // beginning of the keys of its sentences
	Controls []Control
	Name     i18n.Text // as saved; none for a new thing
	Back     string    // route of the list
	Upload   bool      // a file comes with the form
	Extras   []Extra
}

// Action is the address that takes the form.
func (d Thing) Action(v web.View) (string, error) {
	if d.Name.IsZero() {
		return v.URL(d.Back + ".add")
	}
	return v.Path(), nil
}

// Say is the key of a sentence about the kind.
func (d Thing) Say(ending string) string { return d.Key + "." + ending }

var thingPage = Parse[Thing](templates, "thing.html")

// ShowThing shows the form of a thing that is no kind.
func ShowThing(w http.ResponseWriter, r *http.Request, t Thing) error {
	return thingPage.ShowStatus(w, r, t.Sheet.Status(), t)
}

// subject is one thing with what stands around it.
type subject[T any] struct {
	desk Desk
	all  []T
	now  T // as it is saved; blank when it is new
	key  string
}

func (k Kind[T]) route() string       { return "desk." + k.Name }
func (k Kind[T]) listRoute() string   { return "desk." + k.Plural }
func (k Kind[T]) say(e string) string { return k.Key + "." + e }

// Routes are the addresses of the kind inside an edition: the list, the form of a new thing, the form of one.
func (k Kind[T]) Routes(p *Kit) []web.Route {
	const pl, en = "/{edition}/biurko/", "/{edition}/desk/"
	row := func(name, method string, path [2]string, handle web.Handler) web.Route {
		route := web.Route{
			Name: name, Method: method, PL: pl + k.PL + path[0], EN: en + k.EN + path[1], Action: k.Action, Object: WholeEdition,
			Who: web.SignedIn, Query: []string{"draft", "sort"}, Handle: handle,
		}
		switch {
		case k.Object == "":
		case path[0] == "/{thing}":
			route.Object = string(k.Object)
		default:
			route.Object = Within
		}
		return route
	}
	list, one := [2]string{}, [2]string{"/{thing}", "/{thing}"}
	add := row(k.listRoute()+".add", http.MethodPost, list, k.Take(p))
	add.SignedOut = p.Hold(k.route() + ".new")
	return []web.Route{
		row(k.listRoute(), http.MethodGet, list, k.ShowList(p)),
		add,
		row(k.route()+".new", http.MethodGet, [2]string{"/" + k.New[0], "/" + k.New[1]}, k.ShowOne(p)),
		row(k.route(), http.MethodGet, one, k.ShowOne(p)),
		row(k.route()+".save", http.MethodPost, one, k.Take(p)),
	}
}

// find finds what r is about. A path without a name is about a new thing.
func (k Kind[T]) find(p *Kit, r *http.Request) (s subject[T], err error) {
	if s.desk, err = k.around(p, r); err != nil {
		return s, err
	}
	if s.all, err = k.All(r.Context(), s.desk); err != nil {
		return s, err
	}
	named := r.PathValue("thing")
	if k.Named != nil {
		named = k.Named(r)
	}
	if named == "" {
		s.now, s.key = k.Blank(s.desk, id.New(), s.all), k.Name+".new"
		return s, nil
	}
	found, ok := k.pick(s.all, named)
	if !ok {
		return s, k.Missing
	}
	s.now, s.key = found, k.Name+"."+k.Facts(found).ID
	return s, nil
}

func (k Kind[T]) around(p *Kit, r *http.Request) (Desk, error) {
	if k.Desk != nil {
		return k.Desk(r)
	}
	return p.Desk(r, k.listRoute())
}

func (k Kind[T]) pick(all []T, named string) (found T, ok bool) {
	i := slices.IndexFunc(all, func(t T) bool { return k.Facts(t).ID == named || k.Facts(t).address() == named })
	if i < 0 {
		return found, false
	}
	return all[i], true
}

// form is t as a form.
func (k Kind[T]) form(t T) web.Form {
	form := web.NewForm(k.Fields)
	form.Set(IDField, k.Facts(t).ID)
	form.Revision = k.Facts(t).Revision
	k.Fill(&form, t)
	return form
}

// ShowOne answers with the form of the thing that the path names, or of a new one.
func (k Kind[T]) ShowOne(p *Kit) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := k.find(p, r)
		if err != nil {
			return err
		}
		sheet, err := p.Sheet(r, s.key, k.form(s.now))
		if err != nil {
			return err
		}
		return k.draw(w, r, s, sheet)
	}
}

func (k Kind[T]) draw(w http.ResponseWriter, r *http.Request, s subject[T], sheet Sheet) (err error) {
	page := Thing{Desk: s.desk, Key: k.Key, Controls: k.Controls, Back: k.listRoute()}
	if k.Facts(s.now).Revision > 0 {
		page.Name = k.Facts(s.now).Name
	}
	if k.Choices != nil {
		if sheet.Choices, err = k.Choices(r.Context(), s.desk, s.now); err != nil {
			return err
		}
	}
	if k.Extras != nil {
		if page.Extras, err = k.Extras(r.Context(), s.desk, s.now); err != nil {
			return err
		}
	}
	page.Sheet = sheet
	return ShowThing(w, r, page)
}

// visit is one request with the pages that answer it.
type visit struct {
	p *Kit
	w http.ResponseWriter
	r *http.Request
}

// Take reads the form, saves the thing and goes on to the list, or shows the form again.
func (k Kind[T]) Take(p *Kit) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		s, err := k.find(p, r)
		if err != nil {
			return err
		}
		form, err := web.ReadForm(r, k.Fields)
		if err != nil {
			return err
		}
		v := visit{p, w, r}
		if k.Facts(s.now).Revision > 0 {
			return k.settle(v, s, form)
		}
		form.Revision = 0
		if sent := form.Value(IDField); id.Valid(sent) {
			if _, there := k.pick(s.all, sent); there {
				return k.done(v, s.key) // the same form, sent twice
			}
			s.now = k.Blank(s.desk, sent, s.all)
		}
		return k.settle(v, s, form)
	}
}

// settle saves what the form says, or says why not.
func (k Kind[T]) settle(v visit, s subject[T], form web.Form) error {
	TooLong(&form, k.Controls)
	wanted := k.Read(&form, s.now, s.all)
	var failed error
	if form.Good() {
		if _, failed = k.Save(v.r.Context(), By(v.r), wanted); failed == nil {
			return k.done(v, s.key)
		}
	}
	if Changed(failed) {
		return k.disagree(v, s, form, wanted)
	}
	if err := Blame(&form, failed); err != nil {
		return err
	}
	if err := v.p.Keep(v.r, s.key, form); err != nil {
		return err
	}
	return k.draw(v.w, v.r, s, Sheet{Form: form, Key: s.key})
}

// disagree shows both versions where a colleague has saved the thing since the form was opened. When they say the
// same, the form was sent twice, and all is well.
func (k Kind[T]) disagree(v visit, s subject[T], form web.Form, wanted T) error {
	all, err := k.All(v.r.Context(), s.desk)
	if err != nil {
		return err
	}
	saved, ok := k.pick(all, k.Facts(s.now).ID)
	if !ok {
		return k.Missing
	}
	theirs := k.form(saved)
	if sameFields(theirs, k.form(wanted)) {
		return k.done(v, s.key)
	}
	if err := v.p.Keep(v.r, s.key, form); err != nil {
		return err
	}
	form.Revision = theirs.Revision // to save mine now means to save it over theirs
	s.now = saved
	return k.draw(v.w, v.r, s, Sheet{Form: form, Key: s.key, Theirs: &theirs})
}

func (k Kind[T]) done(v visit, key string) error {
	if err := v.p.Drop(v.r, key); err != nil {
		return err
	}
	web.Flash(v.r, k.say("saved"))
	return web.Redirect(v.w, v.r, k.listRoute())
}

// Changed says whether err tells that somebody else saved the same thing meanwhile.
func Changed(err error) bool {
	return errors.Is(err, people.ErrChanged) || errors.Is(err, edition.ErrChanged) ||
		errors.Is(err, programme.ErrChanged) || errors.Is(err, timetable.ErrChanged) || errors.Is(err, rights.ErrChanged) || errors.Is(err, call.ErrChanged)
}

// Blame puts into the form what it is to blame for, and what the rest of the congress forbids.
func Blame(form *web.Form, err error) error {
	var told *errs.Error
	var problems errs.Problems
	if !errors.As(err, &problems) && errors.As(err, &told) && told.Kind == errs.Conflict {
		form.Problems = append(form.Problems, errs.Field{Error: told})
		return nil
	}
	return form.Blame(err)
}

// TooLong notes what is longer than its control takes.
func TooLong(form *web.Form, controls []Control) {
	for _, c := range controls {
		for _, name := range InOrder([]Control{c}) {
			if c.Most > 0 && text.Length(form.Value(name)) > c.Most && form.Problem(name) == nil {
				form.Problems.Add(name, "people.too_long", c.Most)
			}
		}
	}
}

// Slug reads the field of the address. Left empty, it is made of name, and differs from all that are taken.
func Slug(f *web.Form, name string, taken func(string) bool) string {
	if typed := f.Value("slug"); typed != "" {
		return typed
	}
	return text.UniqueSlug(text.Slug(name), taken)
}
