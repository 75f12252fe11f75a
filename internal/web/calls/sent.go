package calls

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// perPage is how many submissions a page lists.
const perPage = 100

// sentPage lists what was sent to a call.
type sentPage struct {
	board
	Form  web.Form // of the filter
	Rows  []sentRow
	Count int // that the filter lets through
	Total int
	Tally []tally
	at    int
}

// tally counts the submissions in one state.
type tally struct {
	State call.State
	Count int
}

// sentRow is one submission as the list shows it, with who sent it.
type sentRow struct {
	call.Submission

	Names  string
	Office i18n.Text
	Alike  bool // another one has the same title
}

var (
	sentTemplate = parse[sentPage]("sent.html")
	filterFields = web.Fields{"state": "calls.filter.state", "path": "calls.field.paths", "format": "calls.field.formats", "words": "calls.filter.words"}
)

// Pages leads through the list.
func (p sentPage) Pages(v web.View) web.Pager { return v.Pager(p.at, (p.Count+perPage-1)/perPage) }

// Many says whether the list is longer than a page.
func (p sentPage) Many() bool { return p.Count > perPage }

// States are the states to choose from.
func (p sentPage) States(v web.View) web.Input {
	options := []web.Option{{Label: v.T("calls.filter.any")}}
	for _, s := range call.States[1:] {
		options = append(options, web.Option{Value: string(s), Label: v.T(s.Key())})
	}
	return v.Input(p.Form, "state").Choices(options)
}

// Of offers the paths or the formats of the call.
func (p sentPage) Of(v web.View, name string) web.Input {
	all := p.Call.Paths
	if name == "format" {
		all = p.Call.Formats
	}
	options := []web.Option{{Label: v.T("calls.filter.any")}}
	for _, o := range all {
		options = append(options, web.Option{Value: o.Slug, Label: v.Plain(o.Name)})
	}
	return v.Input(p.Form, name).Choices(options)
}

// sent lists what whoever asks may see of what was sent, without the answers.
func (p *Pages) sent(r *http.Request, a rights.Action) (b board, all []call.Submission, err error) {
	if b, err = p.board(r, a); err != nil {
		return b, nil, err
	}
	if all, err = p.Calls.Listed(r.Context(), b.Call.ID); err != nil {
		return b, nil, err
	}
	all, err = p.seen(r, b.Call.ID, all)
	return b, all, err
}

// seen leaves out what a conflict of interest keeps from whoever asks.
func (p *Pages) seen(r *http.Request, of call.ID, all []call.Submission) ([]call.Submission, error) {
	hidden, err := p.hidden(r, of)
	return slices.DeleteFunc(all, func(s call.Submission) bool { return hidden[s.ID] }), err
}

// hidden is what a conflict of interest keeps from whoever asks.
func (p *Pages) hidden(r *http.Request, of call.ID) (map[call.SubmissionID]bool, error) {
	if p.Sight == nil {
		return nil, nil
	}
	return p.Sight.Conflicted(r.Context(), desk.By(r), of)
}

func (p *Pages) showSent(w http.ResponseWriter, r *http.Request) error {
	b, all, err := p.sent(r, rights.ReadSent)
	if err != nil {
		return err
	}
	page := sentPage{board: b, Form: web.NewForm(filterFields), Total: len(all), Tally: tallies(all), at: web.PageOf(r.URL.Query().Get("page"))}
	for name := range filterFields {
		page.Form.Set(name, r.URL.Query().Get(name))
	}
	alike := call.Alike(all)
	all = slices.DeleteFunc(all, func(s call.Submission) bool { return !passes(page.Form, s) })
	page.Count = len(all)
	from := min((page.at-1)*perPage, len(all))
	all = all[from:min(from+perPage, len(all))]
	who, err := p.who(r, all)
	if err != nil {
		return err
	}
	for _, s := range all {
		page.Rows = append(page.Rows, sentRow{s, names(who.by[s.ID]), who.offices[who.by[s.ID].Owner.Institution], len(alike[s.ID]) > 0})
	}
	return sentTemplate.Show(w, r, page)
}

func tallies(all []call.Submission) (counts []tally) {
	for _, state := range call.States {
		n := 0
		for _, s := range all {
			if s.State == state {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, tally{state, n})
		}
	}
	return counts
}

// passes says whether the filter lets a submission through.
func passes(f web.Form, s call.Submission) bool {
	for name, value := range map[string]string{"state": string(s.State), "path": s.Path, "format": s.Format} {
		if wanted := f.Value(name); wanted != "" && wanted != value {
			return false
		}
	}
	words := text.Fold(f.Value("words"))
	return words == "" || strings.Contains(text.Fold(s.Code+" "+s.Title), words)
}

// known is who is behind some submissions.
type known struct {
	by      map[call.SubmissionID]call.Identity
	offices map[people.InstitutionID]i18n.Text
}

func (p *Pages) who(r *http.Request, all []call.Submission) (k known, err error) {
	var some []call.SubmissionID
	for _, s := range all {
		some = append(some, s.ID)
	}
	if k.by, err = p.Calls.SentBy(r.Context(), some); err != nil {
		return k, err
	}
	institutions, err := p.Register.Institutions(r.Context())
	k.offices = map[people.InstitutionID]i18n.Text{}
	for _, i := range institutions {
		k.offices[i.ID] = i.Name
	}
	return k, err
}

func names(i call.Identity) string {
	var all []string
	for _, c := range i.Contributors {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

// exportPage asks why the list is taken away.
type exportPage struct {
	board
	Form  web.Form
	Count int
}

var (
	exportTemplate = parse[exportPage]("export.html")
	exportFields   = web.Fields{"reason": "calls.export.reason", "do": "calls.export"}
)

const mostReason = 500

func (p *Pages) askExport(w http.ResponseWriter, r *http.Request) error {
	b, all, err := p.sent(r, rights.ExportSent)
	if err != nil {
		return err
	}
	return exportTemplate.Show(w, r, exportPage{b, web.NewForm(exportFields), len(all)})
}

// export sends the list, and notes who took it away and why before it leaves.
func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	b, err := p.board(r, rights.ExportSent)
	if err != nil {
		return err
	}
	all, err := p.Calls.Sent(r.Context(), b.Call.ID)
	if err != nil {
		return err
	}
	if all, err = p.seen(r, b.Call.ID, all); err != nil {
		return err
	}
	f, err := web.ReadForm(r, exportFields)
	if err != nil {
		return err
	}
	switch reason := f.Value("reason"); {
	case reason == "":
		f.Problems.Add("reason", "calls.export.no_reason")
	case text.Length(reason) > mostReason:
		f.Problems.Add("reason", "form.too_long", mostReason)
	}
	if !f.Good() {
		return exportTemplate.ShowForm(w, r, f, exportPage{b, f, len(all)})
	}
	files := f.Value("do") == "files"
	var sheet table.Sheet
	if !files {
		if sheet, err = p.sheet(r, b, all); err != nil {
			return err
		}
	}
	if err := p.Looks.Look(r.Context(), rights.Look{
		By: desk.By(r), Action: rights.ExportSent, Edition: b.Edition.ID, Object: string(b.Call.ID), Reason: f.Value("reason"),
	}); err != nil {
		return err
	}
	if files {
		if err := p.sendFiles(w, r, b.Call.Slug, all); !errors.Is(err, attachment.ErrNone) {
			return err
		}
		f.Problems.Add("do", "calls.export.no_files")
		return exportTemplate.ShowForm(w, r, f, exportPage{b, f, len(all)})
	}
	var out bytes.Buffer
	if err := table.WriteCSV(&out, sheet); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+b.Call.Slug+`.csv"`)
	_, _ = out.WriteTo(w) // who has hung up misses nothing
	return nil
}

// sheet lays the list out: the content by question, and who sent it.
// key: calls.column.*
func (p *Pages) sheet(r *http.Request, b board, all []call.Submission) (table.Sheet, error) {
	words := p.Words.In(web.Lang(r))
	sheet := table.Sheet{Name: words.T("calls.sent")}
	for _, c := range []string{"code", "state", "title", "path", "format", "language", "names", "emails", "affiliations", "office", "sent"} {
		sheet.Header = append(sheet.Header, words.T("calls.column."+c))
	}
	asked, err := p.Calls.Questions(r.Context(), b.Call.ID, b.Call.FormVersion)
	if err != nil {
		return sheet, err
	}
	for _, q := range asked {
		sheet.Header = append(sheet.Header, q.Label.In(words.Lang).Text)
	}
	who, err := p.who(r, all)
	if err != nil {
		return sheet, err
	}
	for _, s := range all {
		i := who.by[s.ID]
		var emails, affiliations []string
		for _, c := range i.Contributors {
			emails, affiliations = append(emails, c.Email), append(affiliations, c.Affiliation)
		}
		path, _ := b.Call.Option(b.Call.Paths, s.Path)
		format, _ := b.Call.Option(b.Call.Formats, s.Format)
		cells := []string{
			s.Code, words.T(s.State.Key()), s.Title, path.Name.In(words.Lang).Text, format.Name.In(words.Lang).Text, string(s.Language), names(i),
			joined(emails), joined(affiliations), who.offices[i.Owner.Institution].In(words.Lang).Text,
			s.SubmittedAt.In(b.Edition.Location()).Format("2006-01-02 15:04"),
		}
		for _, q := range asked {
			cells = append(cells, said(words, q, s.Answers[q.ID]))
		}
		sheet.Add(cells...)
	}
	return sheet, nil
}

func joined(all []string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), ", ")
}
