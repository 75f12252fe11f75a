package calls

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/call"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// spareQuestions is how many empty questions stand below those there are.
const spareQuestions = 3

// questionFields are those of all questions that a form can have.
var questionFields = questionFieldList()

func questionFieldList() web.Fields {
	all := web.Fields{"questions": "calls.form"}
	for i := range form.MostQuestions {
		for _, name := range []string{
			"id", "place", "label", "label_en", "help", "help_en", "kind", "options", "need", "most", "unit", "low", "high", "inside",
		} {
			all[row{i}.Field(name)] = "calls.ask." + name
		}
	}
	return all
}

// key: calls.ask.*

// row is one question of the form.
type row struct{ Number int }

// Field is what a field of the question is called.
func (q row) Field(name string) string { return "q" + strconv.Itoa(q.Number) + "-" + name }

// Nth is the question's number as people count.
func (q row) Nth() int { return q.Number + 1 }

// formPage is what a call asks.
type formPage struct {
	board
	Form web.Form
	Rows []row
}

var formTemplate = parse[formPage]("form.html")

// Kinds are the kinds to choose from.
func (p formPage) Kinds(v web.View, one row) web.Input {
	return v.Input(p.Form, one.Field("kind")).Choices(keyed(v, form.Kinds)).Sized("size-m")
}

// Needs says when an answer must be there.
func (p formPage) Needs(v web.View, one row) web.Input {
	return v.Input(p.Form, one.Field("need")).Choices(keyed(v, form.Needs)).Sized("size-m")
}

// Units are what the length of an answer is counted in.
func (p formPage) Units(v web.View, one row) web.Input {
	return v.Input(p.Form, one.Field("unit")).Choices(keyed(v, form.Units)).Sized("size-m")
}

func keyed[T interface {
	~string
	Key() string
}](v web.View, all []T) (options []web.Option) {
	for _, one := range all {
		options = append(options, web.Option{Value: string(one), Label: v.T(one.Key())})
	}
	return options
}

func (p *Pages) form(r *http.Request) (page formPage, asked []form.Question, err error) {
	if page.board, err = p.board(r, rights.SetCalls); err != nil {
		return page, nil, err
	}
	asked, err = p.Calls.Questions(r.Context(), page.Call.ID, page.Call.FormVersion)
	return page, asked, err
}

func (p *formPage) spread(n int) {
	for i := range min(n+spareQuestions, form.MostQuestions) {
		p.Rows = append(p.Rows, row{i})
	}
}

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request) error {
	page, asked, err := p.form(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(questionFields)
	page.Form.Revision = page.Call.FormVersion
	for i, q := range asked {
		set(&page.Form, row{i}, q)
	}
	page.spread(len(asked))
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return formTemplate.Show(w, r, page)
}

func set(f *web.Form, at row, q form.Question) {
	for name, value := range map[string]string{
		"id": q.ID, "label": q.Label.PL, "label_en": q.Label.EN, "help": q.Help.PL, "help_en": q.Help.EN, "kind": string(q.Kind),
		"options": writeOptions(q.Options), "need": string(q.Need()), "unit": string(q.Unit), "place": strconv.Itoa(at.Nth()),
	} {
		f.Set(at.Field(name), value)
	}
	desk.SetNumber(f, at.Field("most"), q.Most)
	desk.SetNumber(f, at.Field("low"), q.Low)
	desk.SetNumber(f, at.Field("high"), q.High)
	desk.Tick(f, at.Field("inside"), q.Inside)
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

// readQuestion reads one row; ok is false for one in which nothing was typed.
func readQuestion(f *web.Form, at row) (q form.Question, ok bool) {
	q = form.Question{
		ID: f.Value(at.Field("id")), Kind: form.Kind(f.Value(at.Field("kind"))),
		Label: i18n.Text{PL: f.Value(at.Field("label")), EN: f.Value(at.Field("label_en"))},
		Help:  i18n.Text{PL: f.Value(at.Field("help")), EN: f.Value(at.Field("help_en"))},
		Unit:  form.Unit(f.Value(at.Field("unit"))), Most: f.Int(at.Field("most")), Low: f.Int(at.Field("low")), High: f.Int(at.Field("high")),
		Inside: f.Value(at.Field("inside")) != "",
	}
	need := form.Need(f.Value(at.Field("need")))
	q.Required, q.Later = need != form.Optional, need == form.ByDeadline
	if q.Kind == form.Choice || q.Kind == form.Choices {
		q.Options = readOptions(f.Value(at.Field("options")))
	}
	return q, !q.Label.IsZero() || !q.Help.IsZero() || f.Value(at.Field("options")) != ""
}

// placed is a question with the row it was typed in and where it is to stand.
type placed struct {
	form.Question

	at    row
	place int
}

// readForm reads the questions in the order that their numbers give.
func readForm(f *web.Form) (all []placed, taken int) {
	for i := range form.MostQuestions {
		at := row{i}
		q, ok := readQuestion(f, at)
		if !ok {
			continue
		}
		place := f.Int(at.Field("place"))
		if place == 0 {
			place = form.MostQuestions + i
		}
		all, taken = append(all, placed{q, at, place}), i+1
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	return all, taken
}

func (p *Pages) takeForm(w http.ResponseWriter, r *http.Request) error {
	page, _, err := p.form(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, questionFields)
	if err != nil {
		return err
	}
	typed, taken := readForm(&f)
	var asked []form.Question
	clean := web.NewForm(questionFields) // the same questions, in their new order
	for i, q := range typed {
		asked = append(asked, q.Question)
		set(&clean, row{i}, q.Question)
	}
	if f.Good() {
		if _, err = p.Calls.Ask(r.Context(), desk.By(r), page.Call.ID, form.Version{Number: f.Revision, Questions: asked}); err != nil {
			clean.Revision, f, taken = page.Call.FormVersion, clean, len(asked)
		}
	}
	if err := desk.Blame(&f, err); err != nil {
		return err
	}
	if !f.Good() {
		page.Form = f
		page.spread(taken)
		return formTemplate.ShowForm(w, r, f, page)
	}
	web.Flash(r, "calls.form_saved")
	return web.Redirect(w, r, "desk.call.state", page.Edition.Slug, page.Call.Slug)
}

// statePage publishes, extends, cancels a call, and hands out late codes.
type statePage struct {
	board
	Form       web.Form
	Extensions []call.Extension
	Codes      []call.Code
	Asked      int
}

// Works says whether a code still lets somebody in.
func (p statePage) Works(c call.Code) bool { return c.Good(p.Now) }

var (
	stateTemplate = parse[statePage]("state.html")
	stateFields   = web.Fields{
		desk.DoField: "calls.state", "closes_on": "calls.field.closes_on", "closes_at": "calls.field.closes_at", "why_pl": "calls.why_pl", "why_en": "calls.why_en",
		"note": "calls.code.note", "uses": "calls.code.uses", "until_on": "calls.code.until_on", "until_at": "calls.code.until_at", "code": "calls.code.code",
	}
)

func (p *Pages) state(r *http.Request) (page statePage, err error) {
	if page.board, err = p.board(r, rights.SetCalls); err != nil {
		return page, err
	}
	ctx := r.Context()
	if page.Extensions, err = p.Calls.Extensions(ctx, page.Call.ID); err != nil {
		return page, err
	}
	if page.Codes, err = p.Calls.Codes(ctx, page.Call.ID); err != nil {
		return page, err
	}
	asked, err := p.Calls.Questions(ctx, page.Call.ID, page.Call.FormVersion)
	page.Asked = len(asked)
	page.Form = web.NewForm(stateFields)
	page.Form.Set("uses", "1")
	setMoment(&page.Form, "closes", page.Call.ClosesAt, page.Edition.Location())
	return page, err
}

func (p *Pages) showState(w http.ResponseWriter, r *http.Request) error {
	page, err := p.state(r)
	if err != nil {
		return err
	}
	return stateTemplate.Show(w, r, page)
}

// change reads a form of the page, does what do says, and shows the page again if it cannot be done.
func (p *Pages) change(w http.ResponseWriter, r *http.Request, do func(page statePage, f *web.Form) error) error {
	page, err := p.state(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, stateFields)
	if err != nil {
		return err
	}
	if err := desk.Blame(&f, do(page, &f)); err != nil {
		return err
	}
	if !f.Good() {
		page.Form = f
		return stateTemplate.ShowForm(w, r, f, page)
	}
	web.Flash(r, "calls.done")
	return web.Redirect(w, r, "desk.call.state", page.Edition.Slug, page.Call.Slug)
}

func (p *Pages) takeState(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(page statePage, f *web.Form) error {
		switch f.Value(desk.DoField) {
		case "publish":
			return p.Calls.Publish(r.Context(), desk.By(r), page.Call.ID)
		case "cancel":
			return p.Calls.Cancel(r.Context(), desk.By(r), page.Call.ID)
		case "archive":
			return p.Calls.Archive(r.Context(), desk.By(r), page.Call.ID)
		}
		return nil
	})
}

func (p *Pages) takeExtension(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(page statePage, f *web.Form) error {
		until := f.Moment("closes_on", "closes_at", page.Edition.Location())
		if !f.Good() {
			return nil
		}
		return p.Calls.Extend(r.Context(), desk.By(r), page.Call.ID, call.Extension{Until: until, Why: i18n.Text{PL: f.Value("why_pl"), EN: f.Value("why_en")}})
	})
}

// takeCode makes a late code, or ends one.
func (p *Pages) takeCode(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, func(page statePage, f *web.Form) error {
		if gone := f.Value("code"); gone != "" {
			return p.Calls.RevokeCode(r.Context(), desk.By(r), call.Code{ID: call.CodeID(gone), Call: page.Call.ID})
		}
		c := call.Code{Call: page.Call.ID, Note: f.Value("note"), Uses: f.Int("uses"), Until: f.Moment("until_on", "until_at", page.Edition.Location())}
		if !f.Good() {
			return nil
		}
		_, err := p.Calls.MakeCode(r.Context(), desk.By(r), c)
		return err
	})
}
