package council

import (
	"net/http"
	"slices"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/i18n"
	"obrady/internal/review"
	"obrady/internal/table"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// callLine is a call with how much of it waits for whoever asks.
type callLine struct {
	call.Call
	Waiting int
	Ready   bool
}

// callsPage lists the calls in which somebody reviews or decides.
type callsPage struct {
	desk.Desk
	Lines []callLine
}

var callsTemplate = parse[callsPage]("calls.html")

func (p *Pages) showCalls(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.council")
	if err != nil {
		return err
	}
	page := callsPage{Desk: around}
	all, err := p.Calls.Calls(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	for _, c := range all {
		one := room{Desk: around, Call: c}
		if !one.Can("review.write") {
			continue
		}
		if err := p.fillSetup(r, &one); err != nil {
			return err
		}
		line := callLine{Call: c, Ready: one.Ready}
		if line.Ready {
			queue, err := p.Reviews.Queue(r.Context(), me(r), c.ID)
			if err != nil {
				return err
			}
			line.Waiting = len(queue)
		}
		page.Lines = append(page.Lines, line)
	}
	return callsTemplate.Show(w, r, page)
}

// callPage is one call: what waits for whoever asks, and what they may see of it.
type callPage struct {
	room
	Filter review.Filter
	Queue  []review.Entry
	All    []review.Entry
	leaf                 // of those that the filter chooses
	Mine   review.Reader // what they take on
	Reads  bool          // they review here
	Reach  web.Form
}

var callTemplate = parse[callPage]("call.html")

const mostPaths = 40

// reachFields are what a reviewer says of themselves.
var reachFields = func() web.Fields {
	fields := web.Fields{"most": "council.page.reach.most", "languages": "council.page.reach.languages"}
	for i := range mostPaths {
		fields["path"+number(i)] = "council.page.reach.path"
	}
	return fields
}()

func (p *Pages) showCall(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	return p.drawCall(w, r, callPage{room: c})
}

func (p *Pages) drawCall(w http.ResponseWriter, r *http.Request, page callPage) (err error) {
	q := r.URL.Query()
	page.Filter = review.Filter{Words: q.Get("words"), Path: q.Get("path"), State: call.State(q.Get("state"))}
	page.leaf = leafOf(r)
	page.Filter.From, page.Filter.Most = page.from(), perPage
	if page.All, page.Count, err = p.Reviews.Page(r.Context(), me(r), page.Call.ID, page.Filter); err != nil {
		return err
	}
	readers, err := p.Reviews.Readers(r.Context(), page.Call.ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(readers, func(o review.Reader) bool { return o.Account == me(r) }); i >= 0 {
		page.Mine, page.Reads = readers[i], true
		if page.Queue, err = p.Reviews.Queue(r.Context(), me(r), page.Call.ID); err != nil {
			return err
		}
	}
	if page.Reach.Fields == nil {
		page.Reach = page.reach()
	}
	return callTemplate.ShowStatus(w, r, page.Reach.Status(), page)
}

// reach is what a reviewer has said of themselves, as a form.
func (c callPage) reach() web.Form {
	form := web.NewForm(reachFields)
	form.Set("most", number(c.Mine.Most))
	for i, path := range c.Call.Paths {
		form.Set("path"+number(i), number(int(c.Mine.Skills[path.Slug])))
	}
	for _, lang := range c.Mine.Languages {
		form.Typed.Add("languages", string(lang))
	}
	return form
}

// perPage is how many lines of a list stand on one page.
const perPage = 100

// leaf is one page of a list: which one, and how many lines there are on all of them.
type leaf struct{ at, Count int }

// leafOf is the page that a request asks for.
func leafOf(r *http.Request) leaf { return leaf{at: web.PageOf(r.URL.Query().Get("page"))} }

func (l leaf) from() int { return (l.at - 1) * perPage }

// Many says whether there is more than one page.
func (l leaf) Many() bool { return l.Count > perPage }

// Pages leads through the pages.
func (l leaf) Pages(v web.View) web.Pager { return v.Pager(l.at, (l.Count+perPage-1)/perPage) }

// cut returns the lines of the page, of all.
func cut[Line any](l leaf, all []Line) []Line {
	from := min(l.from(), len(all))
	return all[from:min(from+perPage, len(all))]
}

// Paths asks how near somebody stands to each path.
func (c callPage) Paths(v web.View) (all []web.Input) {
	for i, path := range c.Call.Paths {
		all = append(all, v.Input(c.Reach, "path"+number(i)).Called(v.Plain(path.Name)).Choices([]web.Option{
			{Value: "0", Label: v.T("council.page.level.foreign")}, {Value: "1", Label: v.T("council.page.level.able")}, {Value: "2", Label: v.T("council.page.level.expert")},
		}))
	}
	return all
}

// LanguagesInput asks which languages somebody reads.
func (c callPage) LanguagesInput(v web.View) web.Input {
	var offered []web.Option
	for _, lang := range c.Call.Languages {
		offered = append(offered, web.Option{Value: string(lang), Label: languageName(v, lang)})
	}
	return v.Input(c.Reach, "languages").Optional().Choices(offered)
}

// Refused says whether the form of the reach has to be corrected, so that it is shown open.
func (c callPage) Refused() bool { return !c.Reach.Good() }

// StateOptions are the states to filter by.
func (c callPage) StateOptions(v web.View) []web.Option {
	all := []web.Option{{Value: "", Label: v.T("council.page.all")}}
	for _, s := range []call.State{call.Eligible, call.UnderReview, call.Decided, call.Accepted, call.Reserve, call.Rejected, call.Confirmed, call.Declined} {
		all = append(all, web.Option{Value: string(s), Label: v.T(s.Key()), Chosen: s == c.Filter.State})
	}
	return all
}

// PathOptions are the paths to filter by.
func (c callPage) PathOptions(v web.View) []web.Option {
	all := options(v, c.Call.Paths)
	all[0].Label = v.T("council.page.all")
	for i := range all {
		all[i].Chosen = all[i].Value == c.Filter.Path
	}
	return all
}

func (p *Pages) takeReach(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, reachFields)
	if err != nil {
		return err
	}
	reader := review.Reader{Call: c.Call.ID, Account: me(r), Most: form.Int("most"), Skills: map[string]assign.Level{}}
	for i, path := range c.Call.Paths {
		if i < mostPaths {
			reader.Skills[path.Slug] = assign.Level(form.Int("path" + number(i)))
		}
	}
	for _, lang := range form.All("languages") {
		reader.Languages = append(reader.Languages, i18n.Lang(lang))
	}
	if form.Good() {
		if err = p.Reviews.SaveReader(r.Context(), me(r), reader); err == nil {
			web.Flash(r, "council.page.reach.saved")
			return web.Redirect(w, r, "desk.council.call")
		}
		if err := desk.Blame(&form, err); err != nil {
			return err
		}
	}
	return p.drawCall(w, r, callPage{room: c, Reach: form})
}

// file is what whoever asks may see of the call, as a table for a spreadsheet.
func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	if !c.Sees() {
		return review.ErrNone
	}
	all, err := p.Reviews.List(r.Context(), me(r), c.Call.ID, review.Filter{})
	if err != nil {
		return err
	}
	sheet := table.Sheet{Name: c.Call.Slug, Header: []string{"code", "title", "path", "format", "language", "state", "reviewers", "reviews", "mean", "spread"}}
	for _, e := range all {
		sheet.Rows = append(sheet.Rows, table.Row{Cells: []string{
			e.Code, e.Title, e.Path, e.Format, string(e.Language), string(e.State), number(e.Given), number(e.Sent), c.Round(e.Figure.Mean), c.Round(e.Figure.Apart()),
		}})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+c.Call.Slug+`.csv"`)
	return table.WriteCSV(w, sheet)
}

func languageName(v web.View, lang i18n.Lang) string {
	if lang == i18n.English {
		return v.T("desk.form.english")
	}
	return v.T("desk.form.polish")
}
