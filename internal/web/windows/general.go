package windows

import (
	"errors"
	"net/http"
	"strconv"

	"obrady/internal/admission"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var generalFields = web.Fields{
	"overlap": "windows.general.overlap", "walking": "windows.general.walking", "margin": "windows.general.margin",
}

// GeneralPage is what holds for all sign-ups of an edition.
type GeneralPage struct {
	board
	Form web.Form
}

var generalPage = parse[GeneralPage]("general.html")

func (p *Pages) showGeneral(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	set, form := t.Plan.Settings, web.NewForm(generalFields)
	form.Revision = set.Revision
	desk.Tick(&form, "overlap", set.Overlap)
	desk.Tick(&form, "walking", set.Walking)
	form.Set("margin", strconv.Itoa(set.Margin))
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return generalPage.Show(w, r, GeneralPage{t, form})
}

func (p *Pages) takeGeneral(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, generalFields)
	if err != nil {
		return err
	}
	set := t.Plan.Settings
	set.Overlap, set.Walking = form.Value("overlap") != "", form.Value("walking") != ""
	set.Margin, set.Revision = form.Int("margin"), form.Revision
	if form.Good() {
		_, err = p.Signups.SaveSettings(r.Context(), signup.Change{By: desk.By(r)}, set)
	}
	if err := blame(&form, err, t.Plan.Settings.Revision); err != nil {
		return err
	}
	if !form.Good() {
		return generalPage.ShowForm(w, r, form, GeneralPage{t, form})
	}
	web.Flash(r, "windows.general.saved")
	return web.Redirect(w, r, "desk.signups")
}

// blame puts into the form what it is to blame for. Where a colleague was faster, whoever has read that decides: the
// form goes on from the revision that is saved now.
func blame(form *web.Form, err error, now int) error {
	if errors.Is(err, admission.ErrChanged) {
		form.Revision = now
	}
	return desk.Blame(form, err)
}

var holdFields = web.Fields{"name": "windows.hold.name", "reason": "windows.reason"}

// HoldPage stops all sign-ups of an edition, or lets them go on.
type HoldPage struct {
	board
	Form web.Form
}

// Held says whether they are stopped now.
func (h HoldPage) Held() bool { return h.Plan.Settings.Held }

// Running is how many windows give places at this moment.
func (h HoldPage) Running() (n int) {
	for _, w := range h.Plan.Windows() {
		if phase := w.Phase(h.Now); phase == admission.Running || phase == admission.Entries {
			n++
		}
	}
	return n
}

var holdPage = parse[HoldPage]("hold.html")

func (p *Pages) showHold(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form := web.NewForm(holdFields)
	form.Revision = t.Plan.Settings.Revision
	return holdPage.Show(w, r, HoldPage{t, form})
}

// takeHold stops sign-ups if the edition was named and a reason given; they go on for a reason alone.
func (p *Pages) takeHold(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, holdFields)
	if err != nil {
		return err
	}
	set := t.Plan.Settings
	said := "windows.hold.released"
	if !set.Held {
		said = "windows.hold.held"
		if form.Value("name") != t.Edition.Slug {
			form.Problems.Add("name", "windows.hold.name_wrong", t.Edition.Slug)
		}
	}
	if form.Value("reason") == "" {
		form.Problems.Add("reason", "windows.reason_missing")
	}
	set.Held, set.Revision = !set.Held, form.Revision
	if form.Good() {
		_, err = p.Signups.SaveSettings(r.Context(), signup.Change{By: desk.By(r), Reason: form.Value("reason")}, set)
	}
	if err := blame(&form, err, t.Plan.Settings.Revision); err != nil {
		return err
	}
	if !form.Good() {
		return holdPage.ShowForm(w, r, form, HoldPage{t, form})
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "desk.signups")
}
