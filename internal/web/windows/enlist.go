package windows

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// EnlistPage adds sessions to a window, one or many at a stroke.
type EnlistPage struct {
	windowBoard
	Narrow  web.Form // by what the list is narrowed
	Form    web.Form
	Rows    []enlistRow
	Others  int // sessions of the choice that are in a window already
	options map[string][]desk.Choice
}

// enlistRow is a session that can be added.
type enlistRow struct {
	programme.Session
	Room    int // how many fit in
	Ticked  bool
	Seats   string // as it was typed
	Problem string
}

// Named says what the field for the number of seats is called.
func (e enlistRow) Named() string { return seatsField(e.Slug) }

func seatsField(slug string) string { return "seats-" + slug }

var (
	enlistPage   = parse[EnlistPage]("enlist.html")
	narrowFields = web.Fields{"block": "windows.enlist.block", "format": "windows.enlist.format", "stage": "windows.enlist.stage"}
)

// By is the select by which the list is narrowed.
func (e EnlistPage) By(v web.View, name string) web.Input {
	return v.Input(e.Narrow, name).Choices(desk.Sheet{Choices: e.options}.Options(v, name)).Sized("size-m")
}

func (p *Pages) enlist(r *http.Request) (e EnlistPage, err error) {
	if e.windowBoard, err = p.window(r); err != nil {
		return e, err
	}
	e.Narrow = web.NewForm(narrowFields)
	for name := range narrowFields {
		e.Narrow.Set(name, r.URL.Query().Get(name))
	}
	e.offer()
	fields := web.Fields{"take": "windows.enlist.take"}
	for _, s := range e.sessions(e.Window.Workspace) {
		if o, _ := e.Plan.Offer(s.ID); o != nil {
			if e.chosen(s) {
				e.Others++
			}
			continue
		}
		fields[seatsField(s.Slug)] = "windows.enlist.seats"
		if e.chosen(s) {
			e.Rows = append(e.Rows, enlistRow{Session: s, Room: e.Room(s)})
		}
	}
	e.Form = web.NewForm(fields)
	return e, nil
}

// chosen says whether a session is in the part that the list was narrowed to.
func (e EnlistPage) chosen(s programme.Session) bool {
	block, format, stage := e.Narrow.Value("block"), e.Narrow.Value("format"), e.Narrow.Value("stage")
	return (block == "" || e.X.Within(s.Block, programme.BlockID(block))) && (format == "" || string(s.Format) == format) &&
		(stage == "" || string(s.Stage) == stage)
}

// offer lists what the list can be narrowed by: what the sessions that could be added have.
func (e *EnlistPage) offer() {
	var blocks, formats, stages []desk.Choice
	all := e.sessions(e.Window.Workspace)
	for _, b := range e.X.Blocks {
		if slices.ContainsFunc(all, func(s programme.Session) bool { return e.X.Within(s.Block, b.ID) }) {
			blocks = append(blocks, desk.Choice{Value: string(b.ID), Words: b.Name})
		}
	}
	for _, f := range programme.Formats {
		if slices.ContainsFunc(all, func(s programme.Session) bool { return s.Format == f }) {
			formats = append(formats, desk.Choice{Value: string(f), Key: f.Key()})
		}
	}
	for _, g := range e.X.Stages {
		if slices.ContainsFunc(all, func(s programme.Session) bool { return s.Stage == g.ID }) {
			stages = append(stages, desk.Choice{Value: string(g.ID), Words: g.Name})
		}
	}
	e.options = map[string][]desk.Choice{
		"block": desk.OrNone("windows.enlist.any", blocks), "format": desk.OrNone("windows.enlist.any", formats),
		"stage": desk.OrNone("windows.enlist.any", stages),
	}
}

// Narrowed says whether the list was narrowed, so that what it shows is a group.
func (e EnlistPage) Narrowed() bool {
	return e.Narrow.Value("block")+e.Narrow.Value("format")+e.Narrow.Value("stage") != ""
}

// Choosable says whether there is anything to narrow the list by.
func (e EnlistPage) Choosable(name string) bool { return len(e.options[name]) > 2 }

// showEnlist lists what can be added. A list that was narrowed is a group, and ticked.
func (p *Pages) showEnlist(w http.ResponseWriter, r *http.Request) error {
	e, err := p.enlist(r)
	if err != nil {
		return err
	}
	for i, one := range e.Rows {
		e.Rows[i].Ticked = e.Narrowed()
		if one.Room > 0 {
			e.Rows[i].Seats = strconv.Itoa(one.Room)
		}
	}
	return enlistPage.Show(w, r, e)
}

func (p *Pages) takeEnlist(w http.ResponseWriter, r *http.Request) error {
	e, err := p.enlist(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, e.Form.Fields)
	if err != nil {
		return err
	}
	if len(form.All("take")) == 0 {
		form.Problems.Add("take", "windows.enlist.none")
	}
	added := 0
	for _, slug := range form.All("take") {
		i := slices.IndexFunc(e.Rows, func(one enlistRow) bool { return one.Slug == slug })
		if i < 0 {
			continue // is in a window by now, or nobody's business
		}
		before := len(form.Problems)
		if err := p.open(r, e, &form, e.Rows[i]); err != nil {
			return err
		}
		if len(form.Problems) == before {
			added++
		}
	}
	if form.Good() {
		web.Flash(r, "windows.enlist.done", added)
		return web.Redirect(w, r, "desk.window", e.Edition.Slug, e.Window.Ref())
	}
	return p.showLeft(w, r, form)
}

// open opens one session to sign-ups with as many seats as were typed; with none at all where nothing was.
func (p *Pages) open(r *http.Request, e EnlistPage, form *web.Form, one enlistRow) error {
	field := seatsField(one.Slug)
	before, o := len(form.Problems), admission.Offer{Session: one.ID, Edition: e.Edition.ID, Window: e.Window.ID}
	if form.Value(field) != "" {
		o.Pools = []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: form.Int(field)}}
	}
	if len(form.Problems) > before {
		return nil
	}
	err := p.Signups.SaveOffer(r.Context(), signup.Change{By: desk.By(r)}, o)
	var problems errs.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			form.Problems.Add(field, problem.Key, problem.Args...)
		}
		return nil
	}
	if errors.Is(err, admission.ErrChanged) {
		return nil // a colleague has added it meanwhile
	}
	return err
}

// showLeft shows what could not be added, with what was typed and what is wrong.
func (p *Pages) showLeft(w http.ResponseWriter, r *http.Request, form web.Form) error {
	e, err := p.enlist(r)
	if err != nil {
		return err
	}
	words := p.Words.In(web.Lang(r))
	for i, one := range e.Rows {
		e.Rows[i].Ticked, e.Rows[i].Seats = slices.Contains(form.All("take"), one.Slug), form.Value(one.Named())
		if problem := form.Problem(one.Named()); problem != nil {
			e.Rows[i].Problem = words.T(problem.Key, problem.Args...)
		}
	}
	e.Form.Typed, e.Form.Problems = form.Typed, form.Problems
	return enlistPage.ShowForm(w, r, e.Form, e)
}

// Summary lists what is wrong, by the session that it is about.
func (e EnlistPage) Summary(v web.View) web.Summary {
	summary := v.Summary(e.Form)
	for i, problem := range e.Form.Problems {
		for _, one := range e.Rows {
			if one.Named() == problem.Name {
				summary.Lines[i].Label = v.Plain(one.Title)
			}
		}
	}
	return summary
}
