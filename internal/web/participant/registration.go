package participant

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/publication"
	"obrady/internal/registration"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

const (
	udzial = "/{edition}/udzial"
	part   = "/{edition}/registration"
)

func (p *Pages) registrationRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{Name: name, Method: method, PL: udzial + pl, EN: part + en, Action: takePart, Who: web.SignedIn, Handle: handle}
	}
	return []web.Route{
		{Name: "registration", PL: udzial, EN: part, Action: readProgramme, Handle: p.showState},
		row("registration.form", http.MethodGet, "/formularz", "/form", p.showForm),
		row("registration.save", http.MethodPost, "/formularz", "/form", p.takeForm),
		row("registration.leave", http.MethodGet, "/rezygnacja", "/cancellation", p.askLeave),
		row("registration.left", http.MethodPost, "/rezygnacja", "/cancellation", p.leave),
	}
}

// around is what every page about taking part in an edition knows.
type around struct {
	Edition  *publication.Edition
	Settings registration.Settings
	Phase    registration.Phase
	Clauses  []consent.Clause
	Mine     *registration.Mine // nil for who is not signed in, and for who never registered
}

// On says whether the visitor is on the list.
func (a around) On() bool { return a.Mine != nil && a.Mine.State == registration.Registered }

// Told are the clauses to read at a place.
func (a around) Told(at consent.Place) []consent.Clause {
	return consent.Shown(a.Clauses, at, consent.Information)
}

// Asked are the clauses to agree to at a place.
func (a around) Asked(at consent.Place) []consent.Clause {
	return consent.Shown(a.Clauses, at, consent.Consent)
}

// AskedNow are those of the form of registration.
func (a around) AskedNow() []consent.Clause { return a.Asked(consent.AtRegistration) }

// ToldNow are those of the form of registration.
func (a around) ToldNow() []consent.Clause { return a.Told(consent.AtRegistration) }

// NeedsAsked says whether this edition asks what people need, which it may only with a consent to it.
func (a around) NeedsAsked() bool { return len(a.Asked(consent.AtNeeds)) > 0 }

// around finds what r is about. Editions that the public does not see, and those without registration, are not there.
func (p *Pages) around(r *http.Request) (a around, err error) {
	if a.Edition, err = p.Published.Edition(r.PathValue("edition")); err != nil {
		return a, err
	}
	if a.Settings, err = p.Registration.Settings(r.Context(), a.Edition.ID); err != nil {
		return a, err
	}
	if a.Phase = a.Settings.Phase(p.Now()); a.Phase == registration.Off {
		return a, registration.ErrOff
	}
	notice, err := p.Consents.Notice(r.Context(), a.Edition.ID)
	if err != nil {
		return a, err
	}
	a.Clauses = notice.Clauses
	if web.Account(r) == "" {
		return a, nil
	}
	mine, err := p.Registration.Mine(r.Context(), desk.By(r), a.Edition.ID)
	switch {
	case err == nil:
		a.Mine = &mine
	case !errors.Is(err, registration.ErrNotRegistered):
		return a, err
	}
	return a, nil
}

// present is around for who is on the list, or registration.ErrNotRegistered.
func (p *Pages) present(r *http.Request) (around, error) {
	a, err := p.around(r)
	if err == nil && !a.On() {
		err = registration.ErrNotRegistered
	}
	return a, err
}

// statePage says where one stands: what taking part means, or that one is on the list.
type statePage struct{ around }

var stateTemplate = parse[statePage]("state.html")

// Closes is when registration ends; nothing where no end is set.
func (s statePage) Closes() *time.Time {
	if s.Settings.ClosesAt.IsZero() {
		return nil
	}
	return &s.Settings.ClosesAt
}

// Full says whether nobody can be let in on site.
func (s statePage) Full() bool {
	return s.Settings.Left() == 0 && s.Edition.Form != edition.Online
}

// OnlineToo says whether one can take part online.
func (s statePage) OnlineToo() bool { return s.Edition.Form != edition.OnSite }

// GivenNow counts the consents that are in force.
func (s statePage) GivenNow() (n int) {
	for _, g := range s.Mine.Given {
		if g.InForce() {
			n++
		}
	}
	return n
}

func (p *Pages) showState(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	return stateTemplate.Show(w, r, statePage{a})
}

// fields of the form of registration.
var entryFields = web.Fields{
	"form": "participant.form", "badge": "participant.badge", "affiliation": "participant.affiliation", "city": "participant.city",
	"sector": "participant.sector", "told": "participant.told", "consent": "participant.consents",
}

// entryPage is the form of registration, new or to change it.
type entryPage struct {
	around
	Form web.Form
}

var entryTemplate = parse[entryPage]("entry.html")

// Forms are the ways of taking part.
func (e entryPage) Forms(v web.View) (options []web.Option) {
	for _, form := range registration.Forms(e.Edition.Form) {
		o := web.Option{Value: string(form), Label: v.T("participant.form." + string(form))} // key: participant.form.*
		switch left := e.Settings.Left(); {
		case form == edition.OnSite && left >= 0:
			o.Note = v.N("participant.seats_left", left)
		case form == edition.Online:
			o.Note = v.T("participant.online_note")
		}
		options = append(options, o)
	}
	return options
}

// Sectors are the answers to the question of the sector.
func (entryPage) Sectors(v web.View) []web.Option {
	options := []web.Option{{Label: v.T("participant.sector_none")}}
	for _, s := range people.Sectors {
		options = append(options, web.Option{Value: string(s), Label: v.T(s.Key())})
	}
	return options
}

// Consent is a box with its clause; Told names a clause that is read.
func (e entryPage) Consent(v web.View, c consent.Clause) box { return boxOf(v, e.Form, c) }

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	form := web.NewForm(entryFields)
	if err := p.begin(r, &form, a); err != nil {
		return err
	}
	if a.Mine == nil || !a.On() {
		if err := a.Settings.Admit(p.Now(), edition.Online); err != nil {
			return web.Redirect(w, r, "registration", r.PathValue("edition")) // the page says why
		}
	}
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return entryTemplate.Show(w, r, entryPage{a, form})
}

// begin fills the form with what is known. No consent is ever ticked beforehand.
func (p *Pages) begin(r *http.Request, form *web.Form, a around) error {
	if a.Mine == nil {
		account, err := p.People.Account(r.Context(), desk.By(r))
		form.Set("badge", account.Name)
		if forms := registration.Forms(a.Edition.Form); len(forms) == 1 {
			form.Set("form", string(forms[0]))
		}
		return err
	}
	m := a.Mine
	form.Set("form", string(m.Form))
	form.Set("badge", m.Badge)
	form.Set("affiliation", m.Affiliation)
	form.Set("city", m.City)
	form.Set("sector", string(m.Sector))
	if a.On() {
		form.Revision = m.Revision
	}
	return nil
}

func (p *Pages) takeForm(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, entryFields)
	if err != nil {
		return err
	}
	entry := registration.Entry{
		Form: edition.Form(form.Value("form")), Badge: form.Value("badge"), Affiliation: form.Value("affiliation"),
		City: form.Value("city"), Sector: people.Sector(form.Value("sector")),
		Told: answers(form.All("told")), Consents: answers(form.All("consent")), Revision: form.Revision,
	}
	said, save := "participant.changed", p.Registration.Change
	if !a.On() {
		entry.Revision, said, save = 0, "participant.registered", p.Registration.Register
	}
	if form.Good() {
		_, err = save(r.Context(), desk.By(r), a.Edition.ID, entry)
	}
	if errors.Is(err, registration.ErrAlready) {
		err = nil // the same form, sent twice
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if form.Good() {
		web.Flash(r, said)
		return web.Redirect(w, r, "registration", r.PathValue("edition"))
	}
	if a, err = p.around(r); err != nil { // as it stands now
		return err
	}
	if a.On() {
		form.Revision = a.Mine.Revision
	}
	return entryTemplate.ShowForm(w, r, form, entryPage{a, form})
}

// leavePage asks once more before somebody leaves.
type leavePage struct{ around }

var leaveTemplate = parse[leavePage]("leave.html")

func (p *Pages) askLeave(w http.ResponseWriter, r *http.Request) error {
	a, err := p.present(r)
	if err != nil {
		return err
	}
	return leaveTemplate.Show(w, r, leavePage{a})
}

func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	err = p.Registration.Cancel(r.Context(), desk.By(r), a.Edition.ID)
	if err != nil && !errors.Is(err, registration.ErrNotRegistered) {
		return err
	}
	web.Flash(r, "participant.left")
	return web.Redirect(w, r, "registration", r.PathValue("edition"))
}
