package author

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/consent"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// draftKind names the drafts of submissions that scripts keep.
const draftKind = "submission"

// Buttons of the form.
const (
	doSave = "save" // keep it as a draft
	doSend = "send"
)

// fields are those of a submission, however many questions are asked.
var fields = desk.FieldsOf(draftKind, fieldList())

func fieldList() []desk.Control {
	list := []desk.Control{
		{Name: "title", As: desk.AsLine, Key: "author.field.title"},
		{Name: "path", As: desk.AsLine, Key: "author.field.path"},
		{Name: "format", As: desk.AsLine, Key: "author.field.format"},
		{Name: "language", As: desk.AsLine, Key: "author.field.language"},
		{Name: "terms", As: desk.AsLine, Key: "author.field.terms"},
		{Name: "consent", As: desk.AsLine, Key: "author.field.consents"},
		{Name: desk.DoField, As: desk.AsLine, Key: "author.send"},
	}
	for i := range form.MostQuestions {
		list = append(list, desk.Control{Name: form.AnswerField(i), As: desk.AsLine, Key: "author.field.answer"})
	}
	return list
}

// submissionPage is one submission: its form as long as it can be changed, and
// what became of it.
type submissionPage struct {
	around
	call.Work

	Sheet    desk.Sheet
	Asked    []asked
	Steps    []call.Step
	Identity call.Identity
	Notice   consent.Notice
	Closed   error // why it can no longer be sent or changed; nil if it can
	Traces   []call.Trace
	Office   people.Institution
	Files    []attachment.Attachment
	FileForm web.Form
}

var submissionTemplate = parse[submissionPage]("submission.html")

// asked is a question with its answer.
type asked struct {
	form.Question

	Field  string
	Value  string
	IsNew  bool // since it was last answered
	IsOver bool // what it takes has changed since
}

// Said is the answer in words.
func (a asked) Said(v web.View) string {
	picked, _ := a.AllPicked(a.Value)
	var names []string
	for _, o := range picked {
		names = append(names, v.Plain(o))
	}
	switch {
	case a.Kind == form.Choice || a.Kind == form.Choices:
		return strings.Join(names, ", ")
	case a.Kind == form.YesNo && a.Value == form.Yes:
		return v.T("author.yes")
	case a.Kind == form.YesNo && a.Value == form.No:
		return v.T("author.no")
	}
	return a.Value
}

// Writes says whether whoever looks still can write into it: everybody who works on it, as long as it is a draft,
// was returned, or was sent and the call takes changes.
func (p submissionPage) Writes() bool {
	return p.Submission.State == call.Drafted || p.Submission.State == call.Returned || p.Submission.State == call.Submitted && p.Closed == nil
}

// Sends says whether it can be sent, too.
func (p submissionPage) Sends() bool { return p.Closed == nil }

// Is says whether it stands in that state, as authors are told.
func (p submissionPage) Is(state string) bool { return string(p.Submission.State.Told()) == state }

// Unsaved is what was typed and could not be saved, where the form is not shown any more.
func (p submissionPage) Unsaved() (all []string) {
	if p.Sheet.Form.Good() {
		return nil
	}
	for _, name := range append([]string{"title"}, p.fieldNames()...) {
		if typed := p.Sheet.Form.Value(name); typed != "" {
			all = append(all, typed)
		}
	}
	return all
}

func (p submissionPage) fieldNames() (names []string) {
	for _, a := range p.Asked {
		if a.Kind == form.Line || a.Kind == form.Text || a.Kind == form.Link || a.Kind == form.Number {
			names = append(names, a.Field)
		}
	}
	return names
}

// Withdraws says whether its authors can take it back.
func (p submissionPage) Withdraws() bool { return p.Submission.State.May(call.Withdrawn) }

// Answers says whether its authors are asked whether they come.
func (p submissionPage) Answers() bool { return p.Submission.State == call.Accepted }

// Told is its state in words.
func (p submissionPage) Told(v web.View) string { return v.T(p.Submission.State.Told().Key()) }

// Late says what is in the way of sending.
func (p submissionPage) Late(v web.View) string {
	var told *errs.Error
	if errors.As(p.Closed, &told) {
		return v.T(told.Key, told.Args...)
	}
	return v.T("author.not_now")
}

// Input is the field of a question.
func (p submissionPage) Input(v web.View, a asked) web.Input {
	in := v.Input(p.Sheet.Form, a.Field).Called(v.Plain(a.Label)).Limit(a.Limit())
	if a.Unit == form.Words {
		in = in.InWords()
	}
	in.Note = p.note(v, a)
	if a.Need() == form.Optional {
		in = in.Optional()
	}
	switch a.Kind {
	case form.Choice, form.Choices:
		var options []web.Option
		for i, o := range a.Options {
			options = append(options, web.Option{Value: strconv.Itoa(i + 1), Label: v.Plain(o)})
		}
		return in.Choices(options)
	case form.YesNo:
		return in.Choices([]web.Option{{Value: form.Yes, Label: v.T("author.yes")}, {Value: form.No, Label: v.T("author.no")}})
	case form.Number:
		return in.As("number").Sized("size-s")
	case form.Link:
		return in.As("url")
	case form.Line, form.Text:
	}
	return in
}

// note is the help of a question, with what else is to be known of it.
func (p submissionPage) note(v web.View, a asked) string {
	notes := []string{v.Plain(a.Help)}
	if a.Need() == form.ByDeadline {
		notes = append(notes, v.T(form.ByDeadline.Key())+".")
	}
	switch {
	case a.IsNew:
		notes = append(notes, v.T("author.new_question"))
	case a.IsOver:
		notes = append(notes, v.T("author.changed_question"))
	}
	if a.Inside && p.Call.Anonymity != call.Open {
		notes = append(notes, v.T("author.inside"))
	}
	return strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), " ")
}

// Pick asks for one of the paths, formats or languages.
func (p submissionPage) Pick(v web.View, name string) web.Input {
	options := []web.Option{{Label: v.T("author.choose")}}
	switch name {
	case "path":
		options = append(options, optionsOf(v, p.Call.Paths)...)
	case "format":
		options = append(options, optionsOf(v, p.Call.Formats)...)
	default:
		options = nil
		for _, l := range p.Call.Languages {
			options = append(options, web.Option{Value: string(l), Label: v.T("author.language." + string(l))})
		}
	}
	return v.Input(p.Sheet.Form, name).Choices(options)
}

// key: author.language.*
func optionsOf(v web.View, all []call.Option) (options []web.Option) {
	for _, o := range all {
		label := v.Plain(o.Name)
		if o.Minutes > 0 {
			label += " (" + v.Minutes(o.Minutes) + ")"
		}
		options = append(options, web.Option{Value: o.Slug, Label: label})
	}
	return options
}

// OneLanguage is the language of the submission where the call takes no other.
func (p submissionPage) OneLanguage() i18n.Lang {
	if len(p.Call.Languages) == 1 {
		return p.Call.Languages[0]
	}
	return ""
}

// Chosen is the name of the chosen path or format.
func (p submissionPage) Chosen(v web.View, options []call.Option, slug string) string {
	o, _ := p.Call.Option(options, slug)
	return v.Plain(o.Name)
}

// Consents asks for the consents of this call.
func (p submissionPage) Consents(v web.View) web.Input {
	var options []web.Option
	for _, c := range consent.Shown(p.Notice.Clauses, consent.AtCall, consent.Consent) {
		options = append(options, web.Option{Value: string(c.ID) + "." + strconv.Itoa(c.Version), Label: v.Plain(c.Title), Note: v.Plain(c.Body)})
	}
	return v.Input(p.Sheet.Form, "consent").Optional().Choices(options)
}

// Read lists the clauses to read here.
func (p submissionPage) Read() []consent.Clause {
	return consent.Shown(p.Notice.Clauses, consent.AtCall, consent.Information)
}

// Made says who made a step: one of the authors, or the organisers, who have no name here.
func (p submissionPage) Made(v web.View, s call.Step) string {
	for _, c := range p.Identity.Contributors {
		if c.Account == s.By && s.By != "" {
			return c.Name
		}
	}
	if s.By == journal.System || s.To == call.Eligible || s.To == call.Returned || s.To == call.Ineligible {
		return v.T("author.by_organisers")
	}
	if s.To == call.Submitted || s.To == call.Withdrawn {
		return v.T("author.by_author")
	}
	return v.T("author.by_organisers")
}

// Summary is what is wrong, each line called after its question.
func (p submissionPage) Summary(v web.View) web.Summary {
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

// Conflict sets what was sent beside what was saved meanwhile.
func (p submissionPage) Conflict(v web.View) web.Conflict {
	c := web.Conflict{Printer: v.Printer}
	row := func(name, label string) {
		mine, theirs := strings.Join(p.Sheet.Form.All(name), ", "), strings.Join(p.Sheet.Theirs.All(name), ", ")
		if mine != theirs {
			c.Rows = append(c.Rows, web.Difference{Label: label, Mine: mine, Theirs: theirs})
		}
	}
	for _, name := range []string{"title", "path", "format", "language"} {
		row(name, v.T(fields[name]))
	}
	for _, a := range p.Asked {
		row(a.Field, v.Plain(a.Label))
	}
	return c
}

func (p *Pages) submission(r *http.Request) (page submissionPage, err error) {
	if page.around, err = p.around(r); err != nil {
		return page, err
	}
	ctx := r.Context()
	if page.Work, err = p.Calls.Work(ctx, page.Edition.ID, me(r), r.PathValue("submission")); err != nil {
		return page, err
	}
	page.Closed = p.Calls.Takes(ctx, page.Work)
	if page.Steps, err = p.Calls.History(ctx, me(r), page.Submission.ID); err != nil {
		return page, err
	}
	if page.Identity, err = p.Calls.Behind(ctx, me(r), page.Submission.ID); err != nil {
		return page, err
	}
	if page.Notice, err = p.Consents.Notice(ctx, page.Edition.ID); err != nil {
		return page, err
	}
	if page.Call.Anonymity == call.DoubleBlind && page.Writes() {
		if page.Traces, err = p.Calls.Traces(ctx, page.Submission.ID); err != nil {
			return page, err
		}
	}
	if page.Office, err = p.officeOf(r, page.Identity.Owner.Institution); err != nil {
		return page, err
	}
	if page.Files, err = p.Files.Of(ctx, page.Submission.ID); err != nil {
		return page, err
	}
	page.FileForm = web.NewForm(fileFields)
	for i, q := range page.Questions {
		page.Asked = append(page.Asked, asked{
			Question: q, Field: form.AnswerField(i), Value: page.Submission.Answers[q.ID],
			IsNew: in(page.Change.New, q) && page.Submission.FormVersion < page.Call.FormVersion, IsOver: in(page.Change.Changed, q),
		})
	}
	return page, nil
}

func in(all []form.Question, q form.Question) bool {
	return slices.ContainsFunc(all, func(o form.Question) bool { return o.ID == q.ID })
}

func (p *Pages) officeOf(r *http.Request, office people.InstitutionID) (people.Institution, error) {
	if office == "" {
		return people.Institution{}, nil
	}
	all, err := p.offices(r)
	for _, o := range all {
		if o.ID == office {
			return o, err
		}
	}
	return people.Institution{ID: office}, err
}

func (p submissionPage) key() string { return draftKind + "." + string(p.Submission.ID) }

// saved is the form as the submission is kept.
func (p submissionPage) saved() web.Form {
	f := web.NewForm(fields)
	s := p.Submission
	f.Revision = s.Revision
	f.Set("title", s.Title)
	f.Set("path", s.Path)
	f.Set("format", s.Format)
	f.Set("language", string(s.Language))
	for _, a := range p.Asked {
		if a.Kind == form.Choices {
			f.Set(a.Field, form.Ticked(a.Value)...)
		} else {
			f.Set(a.Field, a.Value)
		}
	}
	return f
}

// typed is the submission as the form says.
func (p submissionPage) typed(f web.Form) call.Submission {
	s := p.Submission
	s.Revision = f.Revision
	s.Title, s.Path, s.Format, s.Language = f.Value("title"), f.Value("path"), f.Value("format"), i18n.Lang(f.Value("language"))
	s.Answers = form.Answers{}
	for _, a := range p.Asked {
		if a.Kind == form.Choices {
			s.Answers[a.ID] = form.Tick(f.All(a.Field))
		} else {
			s.Answers[a.ID] = f.Value(a.Field)
		}
	}
	return s
}

func (p *Pages) showSubmission(w http.ResponseWriter, r *http.Request) error {
	page, err := p.submission(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, page.key(), page.saved()); err != nil {
		return err
	}
	return submissionTemplate.Show(w, r, page)
}
