package windows

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"obrady/internal/admission"
	"obrady/internal/fairness"
	"obrady/internal/id"
	"obrady/internal/partner"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: windows.form.*
var formControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "windows.form.name", Help: "windows.form.name_help", Most: 120, Must: true},
	{Name: "workspace", As: desk.AsSelect, Key: "windows.form.workspace"},
	{Name: "mode", As: desk.AsSelect, Key: "windows.form.mode"},
	{Name: "opens_on", Key: "windows.form.opens_on", Type: "date"},
	{Name: "opens_at", Key: "windows.form.opens_at", Type: "time"},
	{Name: "opens_turn", Key: "windows.form.turn"},
	{Name: "decides_on", Key: "windows.form.decides_on", Type: "date"},
	{Name: "decides_at", Key: "windows.form.decides_at", Type: "time"},
	{Name: "decides_turn", Key: "windows.form.turn"},
	{Name: "announces_on", Key: "windows.form.announces_on", Type: "date"},
	{Name: "announces_at", Key: "windows.form.announces_at", Type: "time"},
	{Name: "announces_turn", Key: "windows.form.turn"},
	{Name: "closes_on", Key: "windows.form.closes_on", Type: "date"},
	{Name: "closes_at", Key: "windows.form.closes_at", Type: "time"},
	{Name: "closes_turn", Key: "windows.form.turn"},
	{Name: "waiting", As: desk.AsTick, Key: "windows.form.waiting", Help: "windows.form.waiting_help"},
	{Name: "sure_hours", Key: "windows.form.sure_hours", Help: "windows.form.sure_help", Type: "number", Size: "size-s"},
	{Name: "offer_minutes", Key: "windows.form.offer_minutes", Help: "windows.form.offer_help", Type: "number", Size: "size-s"},
	{Name: "door_hours", Key: "windows.form.door_hours", Help: "windows.form.door_help", Type: "number", Size: "size-s"},
	{Name: "reason", Key: "windows.reason", Most: 500},
}

var formFields = desk.FieldsOf("window", formControls)

// FormPage is the form of a window.
type FormPage struct {
	windowBoard
	Sheet    desk.Sheet
	Controls []desk.Control
	Lot      fairness.Lot
	allowed  []partner.Mode // of the partner whose window it is; all when empty
}

// New says whether the window is not there yet.
func (f FormPage) New() bool { return f.Window.Revision == 0 }

// Homes says whether there is a choice on whose behalf the window opens.
func (f FormPage) Homes() bool { return len(f.Sheet.Choices["workspace"]) > 1 }

// Moment asks for a moment.
func (f FormPage) Moment(v web.View, name string) momentInput {
	return askMoment(v, f.Sheet.Form, name)
}

// Modes are the ways to give places, each with whom it suits.
// key: windows.mode.*
func (f FormPage) Modes(v web.View) web.Input {
	var options []web.Option
	for _, m := range admission.Modes {
		if len(f.allowed) > 0 && !slices.Contains(f.allowed, partner.Mode(m)) && m != f.Window.Mode {
			continue
		}
		options = append(options, web.Option{Value: string(m), Label: v.T(m.Key()), Note: v.T("windows.mode." + string(m))})
	}
	return v.Input(f.Sheet.Form, "mode").Choices(options)
}

// Field is one of the questions that are asked as they stand in the list of controls.
func (f FormPage) Field(v web.View, name string) web.Input {
	i := slices.IndexFunc(formControls, func(c desk.Control) bool { return c.Name == name })
	in := f.Sheet.Input(v, formControls[i])
	in.NotNeeded = false
	return in
}

// Pair is the name in both languages.
func (f FormPage) Pair(v web.View) desk.Pair { return f.Sheet.Pair(v, formControls[0]) }

var formPage = parse[FormPage]("form.html")

// defaults of a new window: places are handed on at once until a day before, then by offers of two hours, and in the
// last two hours at the door.
const (
	usualSure  = 24
	usualOffer = 120
	usualDoor  = 2
)

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request) error {
	f, err := p.newForm(r)
	if err != nil {
		return err
	}
	return p.openForm(w, r, f)
}

func (p *Pages) newForm(r *http.Request) (f FormPage, err error) {
	if f.board, err = p.board(r); err != nil {
		return f, err
	}
	f.Window = admission.Window{
		ID: id.Make[admission.WindowID](), Edition: f.Edition.ID, Mode: admission.FirstCome, Waiting: true,
		SureHours: usualSure, OfferMinutes: usualOffer, DoorHours: usualDoor,
	}
	if homes := f.homes(); len(homes) > 0 {
		f.Window.Workspace = homes[0].Value
	}
	return f, nil
}

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	return p.openForm(w, r, FormPage{windowBoard: t})
}

// openForm shows the form with what is saved, or with a draft.
func (p *Pages) openForm(w http.ResponseWriter, r *http.Request, f FormPage) (err error) {
	if f.Sheet, err = p.Sheet(r, f.key(), f.filled()); err != nil {
		return err
	}
	return p.drawForm(w, r, f)
}

func (f FormPage) key() string {
	if f.New() {
		return "window.new"
	}
	return "window." + string(f.Window.ID)
}

// filled is the form as the window is saved.
func (f FormPage) filled() web.Form {
	form, one := web.NewForm(formFields), f.Window
	form.Revision = one.Revision
	form.Set(desk.IDField, string(one.ID))
	desk.SetText(&form, "name", one.Name)
	form.Set("workspace", one.Workspace)
	form.Set("mode", string(one.Mode))
	zone := f.Edition.Location()
	setMoment(&form, "opens", one.OpensAt, zone)
	setMoment(&form, "decides", one.DecidesAt, zone)
	setMoment(&form, "announces", one.AnnouncesAt, zone)
	setMoment(&form, "closes", one.ClosesAt, zone)
	desk.Tick(&form, "waiting", one.Waiting)
	form.Set("sure_hours", strconv.Itoa(one.SureHours))
	form.Set("offer_minutes", strconv.Itoa(one.OfferMinutes))
	form.Set("door_hours", strconv.Itoa(one.DoorHours))
	return form
}

func (p *Pages) drawForm(w http.ResponseWriter, r *http.Request, f FormPage) (err error) {
	f.Controls = formControls
	f.Sheet.Choices = map[string][]desk.Choice{"workspace": f.homes(), "mode": desk.Choices(admission.Modes)}
	if f.allowed, err = p.allowed(r, f); err != nil {
		return err
	}
	if !f.New() && f.Draws() {
		if f.Lot, err = p.lot(r, f.Window.ID); err != nil {
			return err
		}
	}
	return formPage.ShowStatus(w, r, f.Sheet.Status(), f)
}

// lot is the draw of a window; none yet where its mode has just become one that draws.
func (p *Pages) lot(r *http.Request, window admission.WindowID) (fairness.Lot, error) {
	l, err := p.Signups.Lot(r.Context(), window)
	if errors.Is(err, admission.ErrNoWindow) {
		return fairness.Lot{}, nil
	}
	return l, err
}

// allowed are the ways that the host allows: those of the window's partner, or, where a partner is still to be chosen,
// all that any of them has.
func (p *Pages) allowed(r *http.Request, f FormPage) (all []partner.Mode, err error) {
	if f.WholeEdition() && f.Window.Workspace == "" {
		return nil, nil
	}
	spaces, err := p.Partners.Workspaces(r.Context(), f.Edition.ID)
	if err != nil {
		return nil, err
	}
	scope := f.Scope(rights.SetSignups)
	for _, s := range spaces {
		if string(s.ID) != f.Window.Workspace && (!f.New() || !scope.Workspace(s.ID)) {
			continue
		}
		if len(s.Allotment.Modes) == 0 {
			return nil, nil
		}
		all = append(all, s.Allotment.Modes...)
	}
	return all, nil
}

func (p *Pages) takeNew(w http.ResponseWriter, r *http.Request) error {
	f, err := p.newForm(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, formFields)
	if err != nil {
		return err
	}
	if sent := form.Value(desk.IDField); id.Valid(sent) {
		if there := f.Plan.Window(admission.WindowID(sent)); f.mine(there) { // the same form, sent twice
			return web.Redirect(w, r, "desk.window", f.Edition.Slug, there.Ref())
		}
		f.Window.ID = admission.WindowID(sent)
	}
	form.Revision = 0
	f.Window.Workspace = form.Value("workspace")
	homes := f.homes()
	if !desk.Taken(homes, func(c desk.Choice) bool { return c.Value == f.Window.Workspace }) {
		f.Window.Workspace = homes[0].Value
		if len(homes) > 1 {
			form.Problems.Add("workspace", "windows.form.workspace_missing")
		}
	}
	return p.settle(w, r, f, form)
}

func (p *Pages) takeForm(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, formFields)
	if err != nil {
		return err
	}
	return p.settle(w, r, FormPage{windowBoard: t}, form)
}

// settle saves what the form says, or says why not.
func (p *Pages) settle(w http.ResponseWriter, r *http.Request, f FormPage, form web.Form) error {
	desk.TooLong(&form, formControls)
	wanted := f.read(&form)
	var failed error
	if form.Good() {
		saved, err := p.Signups.SaveWindow(r.Context(), signup.Change{By: desk.By(r), Reason: form.Value("reason")}, wanted)
		if err == nil {
			if err := p.Drop(r, f.key()); err != nil {
				return err
			}
			web.Flash(r, "windows.form.saved")
			return web.Redirect(w, r, "desk.window", f.Edition.Slug, saved.Ref())
		}
		failed = err
	}
	f.Sheet = desk.Sheet{Form: form, Key: f.key()}
	if errors.Is(failed, admission.ErrChanged) && !f.New() {
		return p.disagree(w, r, f)
	}
	if err := desk.Blame(&f.Sheet.Form, failed); err != nil {
		return err
	}
	if err := p.Keep(r, f.key(), f.Sheet.Form); err != nil {
		return err
	}
	return p.drawForm(w, r, f)
}

// disagree shows both versions where a colleague has saved the window since the form was opened.
func (p *Pages) disagree(w http.ResponseWriter, r *http.Request, f FormPage) error {
	theirs := f.filled()
	if err := p.Keep(r, f.key(), f.Sheet.Form); err != nil {
		return err
	}
	f.Sheet.Form.Revision = theirs.Revision // to save mine now means to save it over theirs
	f.Sheet.Theirs = &theirs
	return p.drawForm(w, r, f)
}

// read reads a window. What its mode has no use for is left out.
func (f FormPage) read(form *web.Form) admission.Window {
	w, zone := f.Window, f.Edition.Location()
	w.Revision, w.Name = form.Revision, desk.ReadText(form, "name", f.Window.Name)
	w.Mode = admission.Mode(form.Value("mode"))
	w.OpensAt, w.ClosesAt = readMoment(form, "opens", zone), readMoment(form, "closes", zone)
	w.DecidesAt, w.AnnouncesAt = time.Time{}, time.Time{}
	if w.Mode.Collects() {
		w.DecidesAt = readMoment(form, "decides", zone)
	}
	if w.Mode == admission.Selection {
		w.AnnouncesAt = readMoment(form, "announces", zone)
	}
	w.Waiting = form.Value("waiting") != ""
	w.SureHours, w.OfferMinutes, w.DoorHours = form.Int("sure_hours"), form.Int("offer_minutes"), form.Int("door_hours")
	return w
}
