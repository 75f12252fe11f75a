package applicant

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/admission"
	"obrady/internal/draft"
	"obrady/internal/form"
	"obrady/internal/programme"
	"obrady/internal/selection"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func number(n int) string { return strconv.Itoa(n) }

// draftKind names the drafts of applications.
const draftKind = "application"

// fields are those of an application, however many questions it has.
var fields = desk.FieldsOf(draftKind, fieldList())

func fieldList() []desk.Control {
	list := []desk.Control{{Name: "need", As: desk.AsLine, Key: "applicant.needs"}}
	for i := range selection.MostQuestions {
		list = append(list, desk.Control{Name: form.AnswerField(i), As: desk.AsLine, Key: "applicant.answer"})
	}
	return list
}

// applicationPage is somebody's application for a session.
type applicationPage struct {
	subject
	Sheet desk.Sheet
	Asked []asked
	Mine  *selection.Application // as it was sent; nil before
	Count int                    // of sessions applied for
}

var applicationTemplate = web.Parse[applicationPage](templates, "templates/application.html")

// Input is the field of a question.
func (p applicationPage) Input(v web.View, a asked) web.Input {
	in := v.Input(p.Sheet.Form, a.Field).Called(v.Plain(a.Label)).Limit(a.Limit())
	if help := v.Plain(a.Help); help != "" {
		in = in.Help(help)
	}
	if !a.Required {
		in = in.Optional()
	}
	if options := a.Options(v); len(options) > 0 {
		in = in.Choices(options)
	}
	return in
}

// Needs asks what is needed besides a seat.
func (p applicationPage) Needs(v web.View) web.Input {
	var options []web.Option
	for _, n := range p.Needed() {
		options = append(options, web.Option{Value: string(n), Label: v.T(n.Key())})
	}
	return v.Input(p.Sheet.Form, "need").Optional().Choices(options)
}

// Summary is what is wrong, each line called after its question.
func (p applicationPage) Summary(v web.View) web.Summary {
	s := v.Summary(p.Sheet.Form)
	for i, line := range s.Lines {
		for _, a := range p.Asked {
			if line.ID == "f-"+a.Field {
				s.Lines[i].Label = v.Plain(a.Label)
			}
		}
	}
	return s
}

func (p *Pages) application(r *http.Request) (page applicationPage, err error) {
	if page.subject, err = p.subject(r); err != nil {
		return page, err
	}
	questions, err := p.Selection.Questions(r.Context(), page.Edition.ID, page.Session.ID)
	if err != nil {
		return page, err
	}
	mine, err := p.Selection.Mine(r.Context(), page.Edition.ID, me(r))
	if err != nil {
		return page, err
	}
	page.Count = len(mine)
	var answers map[string]string
	if i := slices.IndexFunc(mine, func(a selection.Application) bool { return a.Session == page.Session.ID }); i >= 0 {
		page.Mine, answers = &mine[i], mine[i].Answers
	}
	page.Asked = askedOf(questions, answers)
	return page, nil
}

func (p applicationPage) key() string { return draftKind + "." + string(p.Session.ID) }

func (p *Pages) showApplication(w http.ResponseWriter, r *http.Request) error {
	page, err := p.application(r)
	if err != nil {
		return err
	}
	form := web.NewForm(fields)
	for _, a := range page.Asked {
		form.Set(a.Field, a.Value)
	}
	if page.Mine != nil {
		form.Revision = page.Mine.Revision
		for _, n := range page.Mine.Needs {
			form.Typed.Add("need", string(n))
		}
	}
	if page.Sheet, err = p.Sheet(r, page.key(), form); err != nil {
		return err
	}
	if page.Sheet.Draft != nil && empty(page.Sheet.Draft) {
		page.Sheet.Draft = nil
	}
	return applicationTemplate.Show(w, r, page)
}

// empty says whether a draft says nothing.
func empty(d *draft.Draft) bool {
	for _, values := range d.Fields {
		if len(desk.Trimmed(values)) > 0 {
			return false
		}
	}
	return true
}

func (p *Pages) takeApplication(w http.ResponseWriter, r *http.Request) error {
	page, err := p.application(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, fields)
	if err != nil {
		return err
	}
	a := selection.Application{Account: me(r), Session: page.Session.ID, Edition: page.Edition.ID, Revision: form.Revision, Answers: map[string]string{}}
	for _, one := range page.Asked {
		a.Answers[one.ID] = form.Value(one.Field)
	}
	for _, n := range form.All("need") {
		a.Needs = append(a.Needs, admission.Need(n))
	}
	if form.Good() {
		_, err = p.Selection.Apply(r.Context(), a)
	}
	if errors.Is(err, selection.ErrChanged) && page.Mine != nil {
		form.Revision = page.Mine.Revision // sent from two windows: who has read the message decides
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		if err := p.Keep(r, page.key(), form); err != nil {
			return err
		}
		page.Sheet = desk.Sheet{Form: form, Key: page.key()}
		return applicationTemplate.ShowForm(w, r, form, page)
	}
	if err := p.Drop(r, page.key()); err != nil {
		return err
	}
	web.Flash(r, "applicant.sent")
	return web.Redirect(w, r, "applications", page.Edition.Slug)
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	s, err := p.subject(r)
	if err != nil {
		return err
	}
	if err := p.Selection.Withdraw(r.Context(), s.Edition.ID, me(r), s.Session.ID); err != nil {
		return err
	}
	web.Flash(r, "applicant.withdrawn")
	return web.Redirect(w, r, "applications", s.Edition.Slug)
}

// minePage lists somebody's applications, the most wanted first.
type minePage struct {
	Edition string
	Rows    []mineRow
}

// mineRow is one of them.
type mineRow struct {
	subject
	Nth         int
	First, Last bool
	Application selection.Application
}

var mineTemplate = web.Parse[minePage](templates, "templates/mine.html")

func (p *Pages) mine(r *http.Request) (page minePage, err error) {
	e, err := p.Published.Edition(r.PathValue("edition"))
	if err != nil {
		return page, err
	}
	page.Edition = e.Slug
	all, err := p.Selection.Mine(r.Context(), e.ID, me(r))
	if err != nil {
		return page, err
	}
	now, err := p.Selection.Time(r.Context())
	if err != nil {
		return page, err
	}
	set, err := p.Plans.Standing(r.Context(), e.ID)
	if err != nil {
		return page, err
	}
	for _, a := range all {
		one := mineRow{subject: subject{Edition: e}, Application: a, Nth: len(page.Rows) + 1}
		o, w := set.Offer(a.Session)
		if o == nil || one.fill(o, w, now) != nil {
			continue // the public does not see it any more
		}
		page.Rows = append(page.Rows, one)
	}
	if n := len(page.Rows); n > 0 {
		page.Rows[0].First, page.Rows[n-1].Last = true, true
	}
	return page, nil
}

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	page, err := p.mine(r)
	if err != nil {
		return err
	}
	return mineTemplate.Show(w, r, page)
}

var orderFields = web.Fields{"up": "applicant.up", "down": "applicant.down"}

// arrange moves one application up or down by one.
func (p *Pages) arrange(w http.ResponseWriter, r *http.Request) error {
	page, err := p.mine(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, orderFields)
	if err != nil {
		return err
	}
	order := make([]programme.SessionID, len(page.Rows))
	for i, row := range page.Rows {
		order[i] = row.Session.ID
	}
	for i, row := range page.Rows {
		switch {
		case row.Session.Slug == form.Value("up") && i > 0:
			order[i-1], order[i] = order[i], order[i-1]
		case row.Session.Slug == form.Value("down") && i+1 < len(order):
			order[i+1], order[i] = order[i], order[i+1]
		}
	}
	if len(page.Rows) > 0 {
		if err := p.Selection.Arrange(r.Context(), page.Rows[0].Edition.ID, me(r), order); err != nil {
			return err
		}
	}
	return web.Redirect(w, r, "applications", page.Edition)
}
