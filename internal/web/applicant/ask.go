package applicant

import (
	"net/http"
	"strings"

	"obrady/internal/admission"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// spareQuestions is how many empty questions stand below those there are.
const spareQuestions = 2

// questionFields are those of all questions that a form can have.
var questionFields = questionFieldList()

func questionFieldList() web.Fields {
	all := web.Fields{"questions": "applicant.questions"}
	for i := range selection.MostQuestions {
		q := row{Number: i}
		for name, key := range map[string]string{
			"id": "applicant.ask.id", "label": "applicant.ask.label", "label_en": "applicant.ask.label_en", "help": "applicant.ask.help",
			"help_en": "applicant.ask.help_en", "kind": "applicant.ask.kind", "options": "applicant.ask.options", "required": "applicant.ask.required",
			"most": "applicant.ask.most",
		} {
			all[q.Field(name)] = key
		}
	}
	return all
}

// row is one question of the form.
type row struct{ Number int }

// Field is what a field of the question is called.
func (q row) Field(name string) string { return "q" + number(q.Number) + "-" + name }

// Nth is the question's number as people count.
func (q row) Nth() int { return q.Number + 1 }

// questionsPage is the form of the questions of a window, or of a session besides.
type questionsPage struct {
	council
	Window  admission.Window
	Session *programme.Session // nil: those of all sessions
	Form    web.Form
	Rows    []row
	Shared  []form.Question // that are asked besides
}

// Kinds are the kinds to choose from.
func (q questionsPage) Kinds(v web.View, one row) web.Input {
	var options []web.Option
	for _, k := range selection.Kinds {
		options = append(options, web.Option{Value: string(k), Label: v.T(k.Key())})
	}
	return v.Input(q.Form, one.Field("kind")).Choices(options).Sized("size-m")
}

var questionsTemplate = parse[questionsPage]("questions.html")

func (p *Pages) questions(r *http.Request) (page questionsPage, form selection.Form, err error) {
	if page.council, err = p.council(r); err != nil {
		return page, form, err
	}
	var w *admission.Window
	if slug := r.PathValue("session"); slug != "" {
		o, in := page.plan.OfferAt(slug)
		if o == nil {
			return page, form, selection.ErrNoChoice
		}
		s, known := page.names[o.Session]
		if !known {
			return page, form, selection.ErrNoChoice
		}
		w, page.Session, form.Session = in, &s, s.ID
	} else if w = page.window(r); w == nil || !page.may(rights.SetSignups, w) {
		return page, form, rights.ErrHidden
	}
	page.Window = *w
	if form, err = p.Selection.Form(r.Context(), page.Edition.ID, w.ID, form.Session); err != nil {
		return page, form, err
	}
	if page.Session != nil {
		shared, err := p.Selection.Form(r.Context(), page.Edition.ID, w.ID, "")
		page.Shared = shared.Questions
		return page, form, err
	}
	return page, form, nil
}

// spread makes rows for the questions there are, and a few more.
func (q *questionsPage) spread(n int) {
	for i := range min(n+spareQuestions, selection.MostQuestions) {
		q.Rows = append(q.Rows, row{i})
	}
}

func (p *Pages) showQuestions(w http.ResponseWriter, r *http.Request) error {
	page, set, err := p.questions(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(questionFields)
	page.Form.Revision = set.Revision
	for i, q := range set.Questions {
		at := row{i}
		page.Form.Set(at.Field("id"), q.ID)
		page.Form.Set(at.Field("label"), q.Label.PL)
		page.Form.Set(at.Field("label_en"), q.Label.EN)
		page.Form.Set(at.Field("help"), q.Help.PL)
		page.Form.Set(at.Field("help_en"), q.Help.EN)
		page.Form.Set(at.Field("kind"), string(q.Kind))
		page.Form.Set(at.Field("options"), writeOptions(q.Options))
		desk.Tick(&page.Form, at.Field("required"), q.Required)
		desk.SetNumber(&page.Form, at.Field("most"), q.Most)
	}
	page.spread(len(set.Questions))
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return questionsTemplate.Show(w, r, page)
}

// writeOptions puts each answer on a line of its own: Polish, and after a bar English.
func writeOptions(options []i18n.Text) string {
	var lines []string
	for _, o := range options {
		line := o.PL
		if o.EN != "" && o.EN != o.PL {
			line += " | " + o.EN
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func readOptions(typed string) (options []i18n.Text) {
	for line := range strings.Lines(typed) {
		pl, en, _ := strings.Cut(line, "|")
		if o := (i18n.Text{PL: strings.TrimSpace(pl), EN: strings.TrimSpace(en)}); o.PL != "" {
			options = append(options, o)
		}
	}
	return options
}

// read reads the questions; rows in which nothing was typed are none.
func read(sent *web.Form) (all []form.Question, taken int) {
	for i := range selection.MostQuestions {
		at := row{i}
		q := form.Question{
			ID: sent.Value(at.Field("id")), Kind: form.Kind(sent.Value(at.Field("kind"))),
			Label:    i18n.Text{PL: sent.Value(at.Field("label")), EN: sent.Value(at.Field("label_en"))},
			Help:     i18n.Text{PL: sent.Value(at.Field("help")), EN: sent.Value(at.Field("help_en"))},
			Required: sent.Value(at.Field("required")) != "", Most: sent.Int(at.Field("most")),
		}
		if q.Kind == form.Choice {
			q.Options = readOptions(sent.Value(at.Field("options")))
		}
		if q.Label.IsZero() && q.Help.IsZero() && sent.Value(at.Field("options")) == "" {
			continue
		}
		all, taken = append(all, q), i+1
	}
	return all, taken
}

func (p *Pages) takeQuestions(w http.ResponseWriter, r *http.Request) error {
	page, set, err := p.questions(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, questionFields)
	if err != nil {
		return err
	}
	last := set.Revision
	asked, taken := read(&form)
	set.Questions, set.Revision = asked, form.Revision
	if form.Good() {
		_, err = p.Selection.SaveForm(r.Context(), desk.By(r), set)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		form.Revision = last
		page.Form = form
		page.spread(taken)
		return questionsTemplate.ShowForm(w, r, form, page)
	}
	web.Flash(r, "applicant.questions_saved")
	return web.Redirect(w, r, "desk.choices", page.Edition.Slug)
}
