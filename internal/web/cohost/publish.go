package cohost

import (
	"errors"
	"net/http"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) askPlacement(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	if err := p.Partners.AskPlacement(r.Context(), desk.By(r), v.Space.ID); err != nil {
		return err
	}
	web.Flash(r, "cohost.placement.asked")
	return v.back(w, r)
}

func (p *Pages) showPlacement(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	if v.Space.Placement.State != partner.Waiting {
		return partner.ErrNotAsked
	}
	return answerPage.Show(w, r, AnswerPage{visit: v, Form: web.NewForm(answerFields)})
}

func (p *Pages) decidePlacement(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	return p.answer(w, r, AnswerPage{visit: v}, func(verdict partner.Verdict) error {
		return p.Partners.Place(r.Context(), desk.By(r), v.Space.ID, verdict)
	})
}

// publicationFields are those of the page on which a partner publishes.
var publicationFields = web.Fields{
	"name": "cohost.publish.name_pl", "name_en": "cohost.publish.name_en", "note_pl": "cohost.publish.note_pl",
	"note_en": "cohost.publish.note_en", "despite": "cohost.publish.despite",
}

// PublicationPage prepares a release of the workspace: what it changes, and what does not fit.
type PublicationPage struct {
	visit
	Form     web.Form
	Proposal timetable.Proposal
	Findings []finding
	x        *timetable.Index
}

var publicationPage = parse[PublicationPage]("publication.html", "changes.html")

// finding is something that does not fit, with both sessions at hand.
type finding struct {
	timetable.Finding
	One, Two *programme.Session
}

// Grave says whether it keeps the part from being published.
func (f finding) Grave() bool { return f.Severity == timetable.Error }

// Changes makes what the component "change-list" takes.
func (s PublicationPage) Changes(v web.View, all []timetable.Change) changeList {
	return changeList{v, s.Edition.Slug, all, s.x.Zone}
}

// Hour is when the finding begins.
func (s PublicationPage) Hour(v web.View, f finding) string {
	at := f.Start.In(s.x.Zone)
	return v.ShortDay(at) + ", " + v.Hour(at)
}

// English asks for the English words of the field.
func (s PublicationPage) English(v web.View, name string) web.Input {
	return v.Input(s.Form, name).Written(i18n.English).Optional()
}

// maxTitle is how much of the name of the workspace goes into that of a release, which has 60 characters.
const maxTitle = 34

func (p *Pages) showPublication(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	form := web.NewForm(publicationFields)
	at := p.Now().In(v.Edition.Location()).Format("2.01.2006, 15:04")
	form.Set("name", text.Excerpt(v.Space.Name.PL, maxTitle)+", "+at)
	if v.Space.Name.EN != "" {
		form.Set("name_en", text.Excerpt(v.Space.Name.EN, maxTitle)+", "+at)
	}
	return p.drawPublication(w, r, v, form)
}

func (p *Pages) drawPublication(w http.ResponseWriter, r *http.Request, v visit, form web.Form) error {
	page := PublicationPage{visit: v, Form: form}
	var err error
	if page.Proposal, err = p.Partners.Preview(r.Context(), v.Space.Space); err != nil {
		return err
	}
	page.x = page.Proposal.Programme.Index()
	for _, f := range page.Proposal.Findings {
		page.Findings = append(page.Findings, finding{f, page.x.Session(f.Session), page.x.Session(f.Other)})
	}
	status := form.Status()
	if form.Problem("despite") != nil {
		status = http.StatusConflict
	}
	return publicationPage.ShowStatus(w, r, status, page)
}

func (p *Pages) publish(w http.ResponseWriter, r *http.Request) error {
	v, err := p.enter(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, publicationFields)
	if err != nil {
		return err
	}
	release, err := p.Partners.Publish(r.Context(), partner.Order{
		By: v.Who, Workspace: v.Space.ID, Name: i18n.Text{PL: form.Value("name"), EN: form.Value("name_en")},
		Note: i18n.Text{PL: form.Value("note_pl"), EN: form.Value("note_en")}, DespiteErrors: form.Value("despite") != "",
	})
	var told *errs.Error
	switch {
	case err == nil:
		p.tell(v.Edition.ID)
		web.Flash(r, "cohost.publish.done", release.Number)
		return v.back(w, r)
	case errors.Is(err, partner.ErrClashes) && errors.As(err, &told):
		form.Problems.Add("despite", told.Key, told.Args...)
	default:
		if err := desk.Blame(&form, err); err != nil {
			return err
		}
	}
	return p.drawPublication(w, r, v, form)
}
