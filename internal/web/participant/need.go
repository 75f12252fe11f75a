package participant

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/consent"
	"obrady/internal/registration"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) needRoutes() []web.Route {
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{Name: name, Method: method, PL: udzial + pl, EN: part + en, Action: takePart, Who: web.SignedIn, Handle: handle}
	}
	return []web.Route{
		row("registration.needs", http.MethodGet, "/potrzeby", "/needs", p.showNeeds),
		row("registration.needs.save", http.MethodPost, "/potrzeby", "/needs", p.takeNeeds),
		row("registration.consents", http.MethodGet, "/zgody", "/consents", p.showConsents),
		row("registration.consents.save", http.MethodPost, "/zgody", "/consents", p.takeConsent),
	}
}

// box is a consent with the words that are agreed to.
type box struct {
	web.View
	Clause   consent.Clause
	Name     string // of the field
	Value    string // the clause in its version
	Ticked   bool
	Problem  string
	Optional bool
}

// boxOf is the box of a clause, ticked where the visitor ticked it in the form that came back.
func boxOf(v web.View, form web.Form, c consent.Clause) box {
	b := box{View: v, Clause: c, Name: "consent", Value: versionOf(c), Optional: true}
	b.Ticked = slices.Contains(form.All("consent"), b.Value)
	return b
}

// versionOf names a clause in its version, as fields carry it.
func versionOf(c consent.Clause) string { return string(c.ID) + "." + strconv.Itoa(c.Version) }

// Version names a clause in its version, as fields carry it.
func (around) Version(c consent.Clause) string { return versionOf(c) }

// answers reads clauses in their versions. What is none is dropped.
func answers(values []string) (all []consent.Answer) {
	for _, value := range values {
		clause, version, _ := strings.Cut(value, ".")
		if n, err := strconv.Atoi(version); err == nil {
			all = append(all, consent.Answer{Clause: consent.ClauseID(clause), Version: n})
		}
	}
	return all
}

var needFields = web.Fields{
	"kinds": "participant.needs.kinds", "note": "participant.needs.note", "consent": "participant.needs.agree", "agree": "participant.needs.agree",
	"told": "participant.told",
}

// needPage asks what somebody needs.
type needPage struct {
	around
	Form web.Form
}

var needTemplate = parse[needPage]("needs.html")

// ToldHere are the clauses to read at this place.
func (n needPage) ToldHere() []consent.Clause { return n.Told(consent.AtNeeds) }

// Boxes are the consents without which nothing of it is kept.
func (n needPage) Boxes(v web.View) (boxes []box) {
	for _, c := range n.Asked(consent.AtNeeds) {
		b := boxOf(v, n.Form, c)
		b.Optional = false
		if problem := n.Form.Problem("agree"); problem != nil && c.Allows == consent.Needs {
			b.Problem = v.T(problem.Key, problem.Args...)
		}
		boxes = append(boxes, b)
	}
	return boxes
}

// Agreed says whether the consent to these very words is in force.
func (n needPage) Agreed() bool {
	return slices.ContainsFunc(n.Mine.Given, func(g consent.Given) bool { return g.InForce() && g.Allows == consent.Needs })
}

// Kinds are the answers to choose from.
func (needPage) Kinds(v web.View) (options []web.Option) {
	for _, k := range registration.NeedKinds {
		options = append(options, web.Option{Value: string(k), Label: v.T(k.Key())})
	}
	return options
}

// asking is present where this edition asks for needs.
func (p *Pages) asking(r *http.Request) (around, error) {
	a, err := p.present(r)
	if err == nil && !a.NeedsAsked() {
		err = registration.ErrOff
	}
	return a, err
}

func (p *Pages) showNeeds(w http.ResponseWriter, r *http.Request) error {
	a, err := p.asking(r)
	if err != nil {
		return err
	}
	form := web.NewForm(needFields)
	for _, k := range a.Mine.Needs.Kinds {
		form.Typed.Add("kinds", string(k))
	}
	form.Set("note", a.Mine.Needs.Note)
	if err := p.Recover(r, &form); err != nil {
		return err
	}
	return needTemplate.Show(w, r, needPage{a, form})
}

func (p *Pages) takeNeeds(w http.ResponseWriter, r *http.Request) error {
	a, err := p.asking(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, needFields)
	if err != nil {
		return err
	}
	needs := registration.Needs{Note: form.Value("note")}
	for _, k := range form.All("kinds") {
		needs.Kinds = append(needs.Kinds, registration.Need(k))
	}
	if form.Good() {
		err = p.Registration.SaveNeeds(r.Context(), desk.By(r), a.Edition.ID, needs, answers(form.All("consent"))...)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		return needTemplate.ShowForm(w, r, form, needPage{a, form})
	}
	said := "participant.needs.saved"
	if needs.Empty() {
		said = "participant.needs.gone"
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "registration", r.PathValue("edition"))
}

var consentFields = web.Fields{"give": "participant.consents", "withdraw": "participant.consents"}

// consentPage lists each consent of an edition with what one said to it.
type consentPage struct {
	around
	Given []consent.Given
}

var consentTemplate = parse[consentPage]("consents.html")

// Choice is a clause with what was said to it.
type Choice struct {
	consent.Clause
	Since     time.Time // when it was given; zero: it is not
	EndedAt   time.Time // when it was withdrawn last
	OldWords  bool      // it was given to an earlier wording
	WithNeeds bool      // what somebody needs goes with it
}

// Choices are all consents, in the order of places. Needs are agreed to on their own page.
func (c consentPage) Choices() (all []Choice) {
	for _, clause := range c.Clauses {
		if clause.Kind != consent.Consent {
			continue
		}
		choice := Choice{Clause: clause, WithNeeds: clause.Allows == consent.Needs}
		for _, g := range c.Given {
			switch {
			case g.Clause != clause.ID:
			case g.InForce():
				choice.Since, choice.OldWords = g.GivenAt, g.Version != clause.Version
			default:
				choice.EndedAt = g.WithdrawnAt
			}
		}
		if clause.Place != consent.AtRegistration && choice.Since.IsZero() {
			continue // asked where it is needed
		}
		all = append(all, choice)
	}
	return all
}

func (p *Pages) showConsents(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	given, err := p.Consents.Of(r.Context(), desk.By(r), a.Edition.ID)
	if err != nil {
		return err
	}
	return consentTemplate.Show(w, r, consentPage{a, given})
}

// takeConsent gives or ends one consent: one button each.
func (p *Pages) takeConsent(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, consentFields)
	if err != nil {
		return err
	}
	said := "participant.consent_given"
	for _, answer := range answers(form.All("give")) {
		if err := p.Registration.Agree(r.Context(), desk.By(r), a.Edition.ID, answer); err != nil {
			return err
		}
	}
	for _, answer := range answers(form.All("withdraw")) {
		said = "participant.consent_withdrawn"
		if err := p.Registration.Withdraw(r.Context(), desk.By(r), a.Edition.ID, answer.Clause); err != nil {
			return err
		}
	}
	web.Flash(r, said)
	return web.Redirect(w, r, "registration.consents", r.PathValue("edition"))
}
