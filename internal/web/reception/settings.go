package reception

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) settingsRows() []row {
	const pl, en = "/{edition}/biurko/zapisy", "/{edition}/desk/registration"
	return []row{
		{"desk.registration", http.MethodGet, pl, en, rights.EditEdition, p.showSettings},
		{"desk.registration.save", http.MethodPost, pl, en, rights.EditEdition, p.takeSettings},
	}
}

var settingsFields = web.Fields{
	"opens_on": "reception.settings.opens_on", "opens_at": "reception.settings.opens_at", "closes_on": "reception.settings.closes_on",
	"closes_at": "reception.settings.closes_at", "seats": "reception.settings.seats", "note_pl": "reception.settings.note_pl",
	"note_en": "reception.settings.note_en", "note_state": "desk.form.state",
}

// settingsPage is the rules of registration.
type settingsPage struct {
	desk.Desk
	Form     web.Form
	Settings registration.Settings
}

var settingsTemplate = parse[settingsPage]("settings.html")

func (p *Pages) settings(r *http.Request) (s settingsPage, err error) {
	if s.Desk, err = p.Desk(r, "desk.participants"); err != nil {
		return s, err
	}
	s.Settings, err = p.Registration.Settings(r.Context(), s.Edition.ID)
	return s, err
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request) error {
	page, err := p.settings(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(settingsFields)
	set, zone := page.Settings, page.Edition.Location()
	page.Form.Revision = set.Revision
	setMoment(&page.Form, "opens", set.OpensAt, zone)
	setMoment(&page.Form, "closes", set.ClosesAt, zone)
	desk.SetNumber(&page.Form, "seats", set.Seats)
	desk.SetText(&page.Form, "note", set.Note)
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return settingsTemplate.Show(w, r, page)
}

func setMoment(form *web.Form, name string, at time.Time, zone *time.Location) {
	if !at.IsZero() {
		form.Set(name+"_on", at.In(zone).Format(time.DateOnly))
		form.Set(name+"_at", at.In(zone).Format("15:04"))
	}
}

func (p *Pages) takeSettings(w http.ResponseWriter, r *http.Request) error {
	page, err := p.settings(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, settingsFields)
	if err != nil {
		return err
	}
	zone := page.Edition.Location()
	wanted := registration.Settings{
		Edition: page.Edition.ID, OpensAt: form.Moment("opens_on", "opens_at", zone), ClosesAt: form.Moment("closes_on", "closes_at", zone),
		Seats: form.Int("seats"), Note: desk.ReadText(&form, "note", page.Settings.Note), Revision: form.Revision,
	}
	if form.Good() {
		_, err = p.Registration.SaveSettings(r.Context(), desk.By(r), wanted)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		if errors.Is(err, registration.ErrChanged) {
			form.Revision = page.Settings.Revision // who has read the message decides
		}
		page.Form = form
		return settingsTemplate.ShowForm(w, r, form, page)
	}
	web.Flash(r, "reception.settings.saved")
	return web.Redirect(w, r, "desk.participants")
}
