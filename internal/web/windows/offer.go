package windows

import (
	"errors"
	"net/http"

	"obrady/internal/admission"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var offerFields = poolFields(web.Fields{"window": "windows.offer.window", "reason": "windows.reason"})

// OfferPage is one session with the places that it has, and for whom.
type OfferPage struct {
	board
	Session programme.Session
	Offer   *admission.Offer  // nil: nobody signs up for it yet
	In      *admission.Window // nil likewise
	Pools   poolSheet
	Share   share
	Form    web.Form
	choices []desk.Choice // windows
}

// Theirs says whether the session is in a window that somebody else arranges, so that there is nothing to set here.
func (o OfferPage) Theirs() bool { return o.In != nil && !o.mine(o.In) }

// NoWindow says whether there is no window to put the session into.
func (o OfferPage) NoWindow() bool { return len(o.choices) == 0 }

// Windows is the select of the window.
func (o OfferPage) Windows(v web.View) web.Input {
	return v.Input(o.Form, "window").Choices(desk.Sheet{Choices: map[string][]desk.Choice{"window": o.choices}}.Options(v, "window"))
}

// NeedsReason says whether people may already rely on what is set.
func (o OfferPage) NeedsReason() bool { return o.In != nil && o.Opened(*o.In) }

// InUse says whether somebody has a place or waits for one, so that sign-ups for the session stay.
func (o OfferPage) InUse() bool {
	return o.Offer != nil && (o.Offer.Taken() > 0 || o.Offer.Waiting > 0)
}

// People says whether whoever asks looks after the seats.
func (o OfferPage) People() bool { return o.Scope(rights.ManageSeats).Session(o.Session) }

var offerPage = parse[OfferPage]("offer.html", "pools.html")

func (p *Pages) offerOf(r *http.Request) (o OfferPage, err error) {
	if o.board, err = p.board(r); err != nil {
		return o, err
	}
	if o.Session, err = o.session(r); err != nil {
		return o, err
	}
	o.Offer, o.In = o.Plan.Offer(o.Session.ID)
	for _, w := range o.windows() {
		if o.belongs(o.Session, w.Workspace) {
			o.choices = append(o.choices, desk.Choice{Value: string(w.ID), Words: w.Name})
		}
	}
	workspace := ""
	switch {
	case o.In != nil:
		workspace = o.In.Workspace
		o.Pools.Before = o.Offer.Pools
	case !o.WholeEdition() && len(o.choices) > 0:
		workspace = o.Plan.Window(admission.WindowID(o.choices[0].Value)).Workspace
	}
	o.Pools.whom = o.whomChoices(o.Pools.Before...)
	o.Share, err = p.shareOf(r.Context(), o.board, workspace)
	return o, err
}

func (p *Pages) showOffer(w http.ResponseWriter, r *http.Request) error {
	o, err := p.offerOf(r)
	if err != nil {
		return err
	}
	o.Form = web.NewForm(offerFields)
	if o.Offer != nil {
		o.Form.Revision = o.Offer.Revision
		o.Form.Set("window", string(o.Offer.Window))
		fillPools(&o.Form, o.Offer.Pools)
	} else if room := o.Room(o.Session); room > 0 {
		fillPools(&o.Form, []admission.Pool{{Kind: admission.ForAll, Capacity: room}})
	}
	if err := p.Recover(r, &o.Form); err != nil {
		return err
	}
	o.Pools.Form = o.Form
	return offerPage.Show(w, r, o)
}

func (p *Pages) takeOffer(w http.ResponseWriter, r *http.Request) error {
	o, err := p.offerOf(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, offerFields)
	if err != nil {
		return err
	}
	if o.Theirs() {
		form.Problems.Add("window", "windows.offer.theirs")
	} else if !desk.Taken(o.choices, func(c desk.Choice) bool { return c.Value == form.Value("window") }) {
		form.Problems.Add("window", "windows.offer.window_missing")
	}
	edit := readPools(&form, o.Pools.whom)
	wanted := admission.Offer{
		Session: o.Session.ID, Edition: o.Edition.ID, Window: admission.WindowID(form.Value("window")), Revision: form.Revision,
		Pools: edit.over(o.Pools.Before),
	}
	now := 0
	if o.Offer != nil {
		now = o.Offer.Revision
	}
	if form.Good() {
		err = p.Signups.SaveOffer(r.Context(), signup.Change{By: desk.By(r), Reason: form.Value("reason")}, wanted)
		if errors.Is(err, admission.ErrChanged) {
			form.Revision = now // who has read the message decides
		}
		if err := edit.blame(&form, wanted.Pools, err); err != nil {
			return err
		}
	}
	if !form.Good() {
		o.Form, o.Pools.Form = form, form
		return offerPage.ShowForm(w, r, form, o)
	}
	web.Flash(r, "windows.offer.saved")
	return web.Redirect(w, r, "desk.window", o.Edition.Slug, o.Plan.Window(wanted.Window).Ref())
}

// removeOffer closes a session to sign-ups again.
func (p *Pages) removeOffer(w http.ResponseWriter, r *http.Request) error {
	o, err := p.offerOf(r)
	if err != nil {
		return err
	}
	form := web.NewForm(offerFields)
	switch {
	case o.Offer == nil:
		return web.Redirect(w, r, "desk.offer", o.Edition.Slug, o.Session.Slug) // is closed already
	case o.Theirs():
		form.Problems.Add("window", "windows.offer.theirs")
	default:
		err = p.Signups.RemoveOffer(r.Context(), signup.Change{By: desk.By(r)}, o.Edition.ID, o.Session.ID)
		if err := (poolEdit{}).blame(&form, nil, err); err != nil {
			return err
		}
	}
	if !form.Good() {
		form.Revision = o.Offer.Revision
		form.Set("window", string(o.Offer.Window))
		fillPools(&form, o.Offer.Pools)
		o.Form, o.Pools.Form = form, form
		return offerPage.ShowForm(w, r, form, o)
	}
	web.Flash(r, "windows.offer.removed")
	return web.Redirect(w, r, "desk.window", o.Edition.Slug, o.In.Ref())
}
