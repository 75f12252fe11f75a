package calls

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/attachment"
	"obrady/internal/call"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// onePage is one submission before an organiser.
type onePage struct {
	board
	Submission call.Submission
	Asked      []answered
	Steps      []step
	Identity   call.Identity
	Office     i18n.Text
	Traces     []call.Trace
	Alike      []call.Submission
	Into       string // the code of the one it was merged into
	Files      []attachment.Attachment
	Form       web.Form
}

// answered is a question with its answer.
type answered struct {
	form.Question

	Value string
}

// step is a step with the name of whoever made it.
type step struct {
	call.Step

	Name string
}

var (
	oneTemplate = parse[onePage]("one.html")
	oneFields   = web.Fields{
		"seen": "calls.check", "next": "calls.check.next", "why": "calls.check.why", "unmet": "calls.check.unmet", "due_on": "calls.check.due_on",
		"due_at": "calls.check.due_at", "into": "calls.merge.into", "merge_why": "calls.check.why", "call": "calls.move.to",
	}
)

// Said is the answer in words.
func (a answered) Said(v web.View) string { return said(v.Printer, a.Question, a.Value) }

func said(p i18n.Printer, q form.Question, value string) string {
	switch q.Kind {
	case form.Choice, form.Choices:
		picked, _ := q.AllPicked(value)
		var names []string
		for _, o := range picked {
			names = append(names, o.In(p.Lang).Text)
		}
		return strings.Join(names, ", ")
	case form.YesNo:
		switch value {
		case form.Yes:
			return p.T("calls.yes")
		case form.No:
			return p.T("calls.no")
		}
		return ""
	case form.Line, form.Text, form.Number, form.Link:
	}
	return value
}

// Length is how long an answer is beside how long it may be, for those in words.
func (a answered) Length() string {
	if a.Limit() == 0 || a.Value == "" {
		return ""
	}
	return strconv.Itoa(a.Count(a.Value)) + "/" + strconv.Itoa(a.Limit())
}

// Checkable says whether the formal check is still to be made, or made anew.
func (p onePage) Checkable() bool {
	return p.Checks() && (p.Submission.State.May(call.Eligible) || p.Submission.State.May(call.Returned))
}

// Merges says whether it can be merged into another.
func (p onePage) Merges() bool { return p.Checks() && p.Submission.State.May(call.Merged) }

// Moves says whether it can go to another call, and there is one.
func (p onePage) Moves() bool {
	early := []call.State{call.Submitted, call.Returned, call.Eligible, call.Ineligible}
	return p.Checks() && slices.Contains(early, p.Submission.State) && len(p.others()) > 0
}

// Name is that of the chosen path or format.
func (p onePage) Name(v web.View, options []call.Option, slug string) string {
	o, _ := p.Call.Option(options, slug)
	return v.Plain(o.Name)
}

// Nexts are the outcomes of the formal check.
func (p onePage) Nexts(v web.View) web.Input {
	var options []web.Option
	for _, s := range []call.State{call.Eligible, call.Returned, call.Ineligible} {
		if p.Submission.State.May(s) {
			options = append(options, web.Option{Value: string(s), Label: v.T(s.Key())})
		}
	}
	return v.Input(p.Form, "next").Choices(options)
}

// Unmet asks what of the checklist is not met.
func (p onePage) Unmet(v web.View) web.Input {
	var options []web.Option
	for i, t := range p.Call.Checklist {
		options = append(options, web.Option{Value: strconv.Itoa(i), Label: v.Plain(t)})
	}
	return v.Input(p.Form, "unmet").Optional().Choices(options)
}

// others are the calls to which it can be moved.
func (p onePage) others() (all []call.Call) {
	for _, c := range p.All {
		if c.ID != p.Call.ID && !c.PublishedAt.IsZero() && c.CancelledAt.IsZero() {
			all = append(all, c)
		}
	}
	return all
}

// Others asks where it is to be moved.
func (p onePage) Others(v web.View) web.Input {
	var options []web.Option
	for _, c := range p.others() {
		options = append(options, web.Option{Value: string(c.ID), Label: v.Plain(c.Title)})
	}
	return v.Input(p.Form, "call").Choices(options)
}

func (p *Pages) one(r *http.Request, a rights.Action) (page onePage, err error) {
	var all []call.Submission
	if page.board, all, err = p.sent(r, a); err != nil {
		return page, err
	}
	i := slices.IndexFunc(all, func(s call.Submission) bool { return s.Code == r.PathValue("submission") })
	if i < 0 {
		return page, call.ErrNoSubmission
	}
	ctx := r.Context()
	one, steps, err := p.Calls.One(ctx, page.Call.ID, all[i].Code)
	if err != nil {
		return page, err
	}
	page.Submission, page.Alike = one, call.Alike(all)[one.ID]
	if j := slices.IndexFunc(all, func(s call.Submission) bool { return s.ID == one.MergedInto }); j >= 0 {
		page.Into = all[j].Code
	}
	asked, err := p.Calls.Questions(ctx, page.Call.ID, one.FormVersion)
	if err != nil {
		return page, err
	}
	for _, q := range asked {
		page.Asked = append(page.Asked, answered{q, one.Answers[q.ID]})
	}
	who, err := p.who(r, []call.Submission{one})
	if err != nil {
		return page, err
	}
	page.Identity = who.by[one.ID]
	page.Office = who.offices[page.Identity.Owner.Institution]
	if page.Call.Anonymity == call.DoubleBlind {
		if page.Traces, err = p.Calls.Traces(ctx, one.ID); err != nil {
			return page, err
		}
	}
	if page.Files, err = p.Files.Of(ctx, one.ID); err != nil {
		return page, err
	}
	page.Steps = p.steps(r, steps, page.Identity)
	page.Form = web.NewForm(oneFields)
	page.Form.Set("seen", string(one.State))
	setMoment(&page.Form, "due", page.Now.Add(usualDue).Truncate(time.Hour), page.Edition.Location())
	return page, nil
}

// usualDue is how long authors are given to complete what was returned, unless the organiser says otherwise.
const usualDue = 7 * 24 * time.Hour

// steps finds the names of those who made them: of authors as they stand with the submission, for how their account
// is called is their own affair, of organisers by their account.
func (p *Pages) steps(r *http.Request, all []call.Step, who call.Identity) (named []step) {
	for _, s := range all {
		one := step{Step: s}
		i := slices.IndexFunc(who.Contributors, func(c call.Contributor) bool { return c.Account == s.By && s.By != "" })
		switch {
		case i >= 0:
			one.Name = who.Contributors[i].Name
		case s.To == call.Submitted, s.To == call.Withdrawn, s.To == call.Confirmed, s.To == call.Declined, s.By == journal.System:
		default:
			if a, err := p.Accounts.Account(r.Context(), s.By); err == nil { // who is gone has no name
				one.Name = a.Name
			}
		}
		named = append(named, one)
	}
	return named
}

func (p *Pages) showOne(w http.ResponseWriter, r *http.Request) error {
	page, err := p.one(r, rights.ReadSent)
	if err != nil {
		return err
	}
	return oneTemplate.Show(w, r, page)
}

// sendFile hands a file of a submission out.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	page, err := p.one(r, rights.ReadSent)
	if err != nil {
		return err
	}
	a, content, err := p.Files.Open(r.Context(), page.Submission.ID, attachment.ID(r.PathValue("file")))
	if err != nil {
		return err
	}
	return desk.Handout{Name: a.Name, Kind: string(a.Kind), Content: content}.Send(w)
}

// act reads one of the forms of the page, does what do says, and shows the page again if it cannot be done.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, do func(page onePage, f *web.Form) error) error {
	page, err := p.one(r, rights.CheckSent)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, oneFields)
	if err != nil {
		return err
	}
	if err := desk.Blame(&f, do(page, &f)); err != nil {
		return err
	}
	if !f.Good() {
		fresh, err := p.one(r, rights.CheckSent)
		if err != nil {
			return err
		}
		f.Set("seen", string(fresh.Submission.State)) // who has read where it stands now decides
		fresh.Form = f
		return oneTemplate.ShowForm(w, r, f, fresh)
	}
	web.Flash(r, "calls.done")
	return web.Redirect(w, r, "desk.submissions", page.Edition.Slug, page.Call.Slug)
}

func (p *Pages) takeCheck(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(page onePage, f *web.Form) error {
		finding := call.Finding{
			Submission: page.Submission.ID, By: desk.By(r), Seen: call.State(f.Value("seen")), Next: call.State(f.Value("next")), Why: f.Value("why"),
		}
		if finding.Next == call.Returned {
			finding.DueAt = f.Moment("due_on", "due_at", page.Edition.Location())
		}
		for _, value := range f.All("unmet") {
			if n, err := strconv.Atoi(value); err == nil {
				finding.Unmet = append(finding.Unmet, n)
			}
		}
		if !f.Good() {
			return nil
		}
		return p.Calls.Check(r.Context(), finding)
	})
}

func (p *Pages) takeMerger(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(page onePage, f *web.Form) error {
		return p.Calls.Merge(r.Context(), call.Merging{
			Submission: page.Submission.ID, By: desk.By(r), Seen: call.State(f.Value("seen")), Into: f.Value("into"), Why: f.Value("merge_why"),
		})
	})
}

func (p *Pages) takeTransfer(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(page onePage, f *web.Form) error {
		if !slices.ContainsFunc(page.others(), func(c call.Call) bool { return string(c.ID) == f.Value("call") }) {
			f.Problems.Add("call", "programme.choose")
			return nil
		}
		return p.Calls.Transfer(r.Context(), desk.By(r), page.Submission.ID, call.ID(f.Value("call")))
	})
}
