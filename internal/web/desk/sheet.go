package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/draft"
	"obrady/internal/i18n"
	"obrady/internal/web"
)

// Sheet is a form of the desk with what is around it: a draft to go on with, and what a colleague saved meanwhile.
type Sheet struct {
	Form    web.Form
	Key     string // names the draft, kind first: "place.0190…"; see draft.go
	Draft   *draft.Draft
	Theirs  *web.Form // what was saved since the form was opened; nil when nobody was faster
	Choices map[string][]Choice
}

// useDraft is the value of the parameter "draft" that puts a draft into the form.
const useDraft = "use"

// Sheet makes a Sheet of form. Where r asks for it, the draft is put into the form; else it is offered, if it says
// anything that the form does not.
func (p *Kit) Sheet(r *http.Request, key string, form web.Form) (Sheet, error) {
	s := Sheet{Form: form, Key: key}
	if err := p.claim(r, key, form.Fields); err != nil {
		return s, err
	}
	found, err := p.Drafts.Find(r.Context(), web.Account(r), DraftName(r, key))
	if errors.Is(err, draft.ErrNone) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	typed := restored(form.Fields, found)
	switch {
	case sameFields(typed, form):
	case r.URL.Query().Get("draft") == useDraft:
		s.Form = typed
	default:
		s.Draft = &found
	}
	return s, nil
}

// restored is the form as the draft has it.
func restored(fields web.Fields, d draft.Draft) web.Form {
	form := web.NewForm(fields)
	form.Revision = d.Base
	for name, values := range d.Fields {
		if fields[name] != "" {
			form.Set(name, values...)
		}
	}
	return form
}

// Keep keeps what was typed as a draft, so that a refused form is not lost by going away from it.
func (p *Kit) Keep(r *http.Request, key string, form web.Form) error {
	return p.Drafts.Keep(r.Context(), draft.Draft{
		Owner: web.Account(r), Form: DraftName(r, key), Base: form.Revision, Fields: form.Typed, SavedAt: p.Now(),
	})
}

// Drop forgets the draft of a form that has been saved.
func (p *Kit) Drop(r *http.Request, key string) error {
	return p.Drafts.Drop(r.Context(), web.Account(r), DraftName(r, key))
}

// Conflicting says whether a colleague was faster.
func (s Sheet) Conflicting() bool { return s.Theirs != nil }

// Status is the status of a page that shows the sheet.
func (s Sheet) Status() int {
	if s.Conflicting() {
		return http.StatusConflict
	}
	return s.Form.Status()
}

// Pair is a text in both languages side by side, for the component "pair".
type Pair struct {
	web.View
	Label, Note   string
	PL, EN, State web.Input
	Long, Must    bool
}

// Input is the question c with what was typed.
func (s Sheet) Input(v web.View, c Control) web.Input {
	in := c.limited(v.Input(s.Form, c.Name)).Sized(c.Size)
	if c.Type != "" {
		in = in.As(c.Type)
	}
	if c.Help != "" {
		in = in.Help(v.T(c.Help))
	}
	if !c.Must {
		in = in.Optional()
	}
	if c.As == AsSelect || c.As == AsSwatch {
		in = in.Choices(s.Options(v, c.Name))
		in.NotNeeded = false // an empty answer has a name of its own
	}
	if c.As == AsBoxes {
		in = in.Choices(s.Options(v, c.Name))
	}
	return in
}

// limited counts what is typed into in, where there is a limit.
func (c Control) limited(in web.Input) web.Input {
	if c.Words > 0 {
		return in.Limit(c.Words).InWords()
	}
	return in.Limit(c.Most)
}

// Options are the answers that are offered to the question called name.
func (s Sheet) Options(v web.View, name string) []web.Option {
	var options []web.Option
	for _, c := range s.Choices[name] {
		options = append(options, web.Option{Value: c.Value, Label: c.label(v)})
	}
	return options
}

// Pair is the text that c asks for.
func (s Sheet) Pair(v web.View, c Control) Pair {
	in := func(ending, label string) web.Input {
		return c.limited(v.Input(s.Form, c.Name+ending).Called(v.T(label)))
	}
	pair := Pair{
		View: v, Label: v.T(c.Key), Long: c.As == AsProse, Must: c.Must,
		PL:    in("_pl", "desk.form.polish").Written(i18n.Polish),
		EN:    in("_en", "desk.form.english").Written(i18n.English),
		State: v.Input(s.Form, c.Name+"_state").Called(v.T("desk.form.state")).Sized("size-m"),
	}
	pair.State = pair.State.Choices([]web.Option{
		{Value: "", Label: v.T("desk.state.approved")},
		{Value: string(i18n.Draft), Label: v.T("desk.state.draft")},
		{Value: string(i18n.Machine), Label: v.T("desk.state.machine")},
	})
	if c.Must {
		pair.EN = pair.EN.Optional() // else the pair as a whole says so
	}
	if c.Help != "" {
		pair.Note = v.T(c.Help)
	}
	return pair
}

// Cell is one question of one row, for the component "cell".
type Cell struct {
	ID, Name, Label, Value, Type, Lang string
	Options                            []web.Option // a select when there are any
	Problem                            string       // what is wrong with it, as a sentence
}

// emptyRows is how many rows are left open below those that are filled.
const emptyRows = 2

// Table asks the questions of c as often as there are answers, and a little more.
func (s Sheet) Table(v web.View, c Control) [][]Cell {
	var names []string
	for _, column := range c.Rows {
		names = append(names, column.Name)
	}
	filled := 0
	for _, name := range names {
		filled = max(filled, len(Trimmed(s.Form.All(name))))
	}
	table := make([][]Cell, filled+emptyRows)
	for row := range table {
		for _, ask := range c.Rows {
			table[row] = append(table[row], s.cell(v, ask, row))
		}
	}
	return table
}

func (s Sheet) cell(v web.View, ask Control, row int) Cell {
	in := Cell{
		ID: "f-" + CellName(ask.Name, row), Name: ask.Name, Label: v.T(ask.Key),
		Value: CellAt(&s.Form, ask.Name, row), Type: ask.Type, Options: s.Options(v, ask.Name), Problem: s.Wrong(v, CellName(ask.Name, row)),
	}
	if in.Type == "" {
		in.Type = "text"
	}
	for ending, lang := range map[string]i18n.Lang{"_pl": i18n.Polish, "_en": i18n.English} {
		if strings.HasSuffix(ask.Name, ending) {
			in.Lang = string(lang)
		}
	}
	for i := range in.Options {
		in.Options[i].Chosen = in.Options[i].Value == in.Value
	}
	return in
}

// label names a field, with the language of a text.
func (s Sheet) label(v web.View, name string) string {
	label := v.T(s.Form.Fields[name])
	switch {
	case strings.HasSuffix(name, "_pl"):
		return label + " – " + v.T("desk.form.polish")
	case strings.HasSuffix(name, "_en"):
		return label + " – " + v.T("desk.form.english")
	case strings.HasSuffix(name, "_state"):
		return label + " – " + v.T("desk.form.state")
	}
	return label
}

// Summary lists what is wrong with the form, each line with a link to its field.
func (s Sheet) Summary(v web.View) web.Summary {
	summary := v.Summary(s.Form)
	for i, problem := range s.Form.Problems {
		if s.Form.Fields[problem.Name] != "" {
			summary.Lines[i].Label = s.label(v, problem.Name)
		}
	}
	return summary
}

// Conflict sets what was sent beside what was saved meanwhile, field by field.
func (s Sheet) Conflict(v web.View, controls []Control) web.Conflict {
	c := web.Conflict{Printer: v.Printer}
	for _, name := range InOrder(controls) {
		mine, theirs := Trimmed(s.Form.All(name)), Trimmed(s.Theirs.All(name))
		if !slices.Equal(mine, theirs) {
			c.Rows = append(c.Rows, web.Difference{
				Label: s.label(v, name), Mine: s.said(v, name, mine), Theirs: s.said(v, name, theirs),
			})
		}
	}
	return c
}

// said writes values as a person reads them: what was chosen goes by its name.
func (s Sheet) said(v web.View, name string, values []string) string {
	words := slices.Clone(values)
	for i, value := range words {
		for _, c := range s.Choices[name] {
			if c.Value == value {
				words[i] = c.label(v)
			}
		}
	}
	return strings.Join(words, " · ")
}

// InOrder lists the fields of controls in the order of the form.
func InOrder(controls []Control) (names []string) {
	for _, c := range controls {
		switch c.As {
		case AsPair, AsProse:
			names = append(names, c.Name+"_pl", c.Name+"_en", c.Name+"_state")
		case AsRows:
			for _, column := range c.Rows {
				names = append(names, column.Name)
			}
		case AsFile:
		default:
			names = append(names, c.Name)
		}
	}
	return names
}

// Wrong says what is wrong with the rows called name, or nothing.
func (s Sheet) Wrong(v web.View, name string) string {
	problem := s.Form.Problem(name)
	if problem == nil {
		return ""
	}
	return v.T(problem.Key, problem.Args...)
}

// Nth is the number of a row as people count.
func (s Sheet) Nth(row int) int { return row + 1 }
