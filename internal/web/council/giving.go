package council

import (
	"errors"
	"net/http"
	"strings"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// readerLine is a reviewer with how much they have and take on.
type readerLine struct {
	review.Reader
	Given, Sent int
}

// Full says whether they have what they take on, or more.
func (l readerLine) Full() bool { return l.Given > 0 && l.Given >= l.Most }

// pairLine is one pair of a proposal, or one assignment.
type pairLine struct {
	assign.Choice
	Code, Title string
	State       review.Given
	Account     people.AccountID
	Submission  call.SubmissionID
}

// Key names the pair in a form.
func (l pairLine) Key() string { return string(l.Submission) + " " + string(l.Account) }

// LevelKey names the sentence that says how near the reviewer stands.
// key: council.page.level.*
func (l pairLine) LevelKey() string {
	switch l.Level {
	case assign.Expert:
		return "council.page.level.expert"
	case assign.Able:
		return "council.page.level.able"
	default:
		return "council.page.level.foreign"
	}
}

// givingPage says who reads what, and what could be given.
type givingPage struct {
	room
	Readers  []readerLine
	leaf                // of the pairs
	Pairs    []pairLine // as they stand
	Proposal review.Proposal
	Proposed bool // there is one that waits
	New      []pairLine
	Gaps     []pairLine
	Form     web.Form
	File     web.Form
}

// Best says whether nothing better is possible.
func (g givingPage) Best() bool { return g.Proposal.Result.Optimal() }

// Objective and Bound are the measures of the proposal.
func (g givingPage) Objective() int64 { return g.Proposal.Result.Objective.Total() }

// Bound is below every possible result.
func (g givingPage) Bound() int64 { return g.Proposal.Result.Bound.Total() }

var givingTemplate = parse[givingPage]("giving.html")

var (
	giveFields = web.Fields{"code": "council.page.code", "account": "council.page.reviewer", "reason": "council.page.why"}
	fileFields = web.Fields{"rows": "council.page.giving.rows"}
	applyField = web.Fields{"proposal": "council.page.giving.proposal", "without": "council.page.giving.without"}
)

func (p *Pages) showGiving(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	return p.drawGiving(w, r, givingPage{room: c, Form: web.NewForm(giveFields), File: web.NewForm(fileFields)})
}

func (p *Pages) drawGiving(w http.ResponseWriter, r *http.Request, page givingPage) error {
	ctx := r.Context()
	if !page.Sets() {
		return rights.ErrHidden
	}
	readers, err := p.Reviews.Readers(ctx, page.Call.ID)
	if err != nil {
		return err
	}
	loads, err := p.Reviews.Loads(ctx, me(r), page.Call.ID)
	if err != nil {
		return err
	}
	page.leaf = leafOf(r)
	page.count(readers, loads)
	assignments, err := p.Reviews.Assignments(ctx, me(r), page.Call.ID, review.Filter{From: page.from(), Most: perPage})
	if err != nil {
		return err
	}
	for _, a := range assignments {
		page.Pairs = append(page.Pairs, pairLine{Choice: a.Why, Code: a.Code, Title: a.Title, State: a.State, Account: a.Account, Submission: a.Submission})
	}
	page.Proposal, err = p.Reviews.Proposed(ctx, me(r), page.Call.ID)
	if err != nil && !errors.Is(err, review.ErrNoProposal) {
		return err
	}
	page.Proposed = err == nil && page.Proposal.AppliedAt.IsZero()
	if page.Proposed {
		entries, err := p.Reviews.List(ctx, me(r), page.Call.ID, review.Filter{})
		if err != nil {
			return err
		}
		page.propose(entries)
	}
	var ids []people.AccountID
	for _, one := range readers {
		ids = append(ids, one.Account)
	}
	for _, one := range page.Pairs {
		ids = append(ids, one.Account)
	}
	if err := p.know(r, &page.room, ids...); err != nil {
		return err
	}
	status := page.Form.Status()
	if !page.File.Good() {
		status = page.File.Status()
	}
	return givingTemplate.ShowStatus(w, r, status, page)
}

// count says how much each reviewer has, and how many pairs there are.
func (g *givingPage) count(readers []review.Reader, loads []review.Load) {
	of := map[people.AccountID]review.Load{}
	for _, l := range loads {
		of[l.Account] = l
		g.Count += l.All
	}
	for _, one := range readers {
		g.Readers = append(g.Readers, readerLine{Reader: one, Given: of[one.Account].Given, Sent: of[one.Account].Sent})
	}
}

// propose names what is proposed; what whoever looks may not see is not in it.
func (g *givingPage) propose(entries []review.Entry) {
	shown := map[call.SubmissionID]review.Entry{}
	for _, e := range entries {
		shown[e.ID] = e
	}
	for _, c := range g.Proposal.Result.Choices {
		if e, there := shown[call.SubmissionID(c.Submission)]; there && !c.Given {
			g.New = append(g.New, pairLine{Choice: c, Code: e.Code, Title: e.Title, Account: people.AccountID(c.Reviewer), Submission: e.ID})
		}
	}
	for _, gap := range g.Proposal.Result.Gaps {
		if e, there := shown[call.SubmissionID(gap.Submission)]; there {
			g.Gaps = append(g.Gaps, pairLine{Choice: assign.Choice{Passed: gap.Passed}, Code: e.Code, Title: e.Title, Submission: e.ID})
		}
	}
}

// Submissions offers what can be given by hand.
func (g givingPage) Reviewers(v web.View) web.Input {
	offered := []web.Option{{Value: "", Label: v.T("council.page.choose")}}
	for _, one := range g.Readers {
		offered = append(offered, web.Option{Value: string(one.Account), Label: g.Person(one.Account)})
	}
	return v.Input(g.Form, "account").Choices(offered)
}

func (p *Pages) propose(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	_, err = p.Reviews.Propose(r.Context(), me(r), c.Call.ID)
	return back(w, r, err, place{route: "desk.council.giving"})
}

func (p *Pages) apply(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, applyField)
	if err != nil {
		return err
	}
	var without []assign.Pair
	for _, key := range typed.All("without") {
		submission, reviewer, _ := strings.Cut(key, " ")
		without = append(without, assign.Pair{Submission: assign.SubmissionID(submission), Reviewer: assign.ReviewerID(reviewer)})
	}
	n, err := p.Reviews.Apply(r.Context(), me(r), review.Proposal{ID: review.ProposalID(typed.Value("proposal")), Call: c.Call.ID}, without)
	return back(w, r, err, place{route: "desk.council.giving", said: "council.page.giving.applied", with: []any{n}})
}

func (p *Pages) give(w http.ResponseWriter, r *http.Request) error {
	c, typed, err := p.giveForm(r)
	if err != nil {
		return err
	}
	id, err := p.Reviews.Find(r.Context(), c.Call.ID, typed.Value("code"))
	switch {
	case errors.Is(err, review.ErrNone):
		typed.Problems.Add("code", review.ErrNone.Key)
	case err != nil:
		return err
	default:
		err = p.Reviews.Give(r.Context(), me(r), review.Assignment{Submission: id, Account: people.AccountID(typed.Value("account")), Call: c.Call.ID})
		if err == nil {
			web.Flash(r, "council.page.giving.given")
			return web.Redirect(w, r, "desk.council.giving")
		}
		if errors.Is(err, review.ErrConflict) {
			typed.Problems.Add("account", review.ErrConflict.Key)
		} else if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	return p.drawGiving(w, r, givingPage{room: c, Form: typed, File: web.NewForm(fileFields)})
}

func (p *Pages) giveForm(r *http.Request) (c room, typed web.Form, err error) {
	if c, err = p.room(r); err != nil {
		return c, typed, err
	}
	if !c.Sets() {
		return c, typed, rights.ErrHidden
	}
	typed, err = web.ReadForm(r, giveFields)
	return c, typed, err
}

func (p *Pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	c, typed, err := p.giveForm(r)
	if err != nil {
		return err
	}
	id, err := p.byCode(r, c, typed.Value("code"))
	if err == nil {
		err = p.Reviews.TakeBack(r.Context(), me(r), review.Assignment{
			Submission: id, Account: people.AccountID(typed.Value("account")), Call: c.Call.ID, Reason: typed.Value("reason"),
		})
	}
	return back(w, r, err, place{route: "desk.council.giving", said: "council.page.giving.taken"})
}

// mostRows is how many lines of a file are taken at once.
const mostRows = 10_000

// giveFile takes lines of "code;address", as a spreadsheet copies or saves them.
func (p *Pages) giveFile(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	if !c.Sets() {
		return rights.ErrHidden
	}
	typed, err := web.ReadForm(r, fileFields)
	if err != nil {
		return err
	}
	rows := rowsIn(&typed)
	if typed.Good() {
		if err = p.Reviews.GiveAll(r.Context(), me(r), c.Call.ID, rows); err == nil {
			web.Flash(r, "council.page.giving.applied", len(rows))
			return web.Redirect(w, r, "desk.council.giving")
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
		typed.Problems = byLine(typed.Problems)
	}
	return p.drawGiving(w, r, givingPage{room: c, Form: web.NewForm(giveFields), File: typed})
}

func rowsIn(typed *web.Form) (rows []review.Row) {
	for i, line := range strings.Split(typed.Value("rows"), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		code, email, found := strings.Cut(strings.NewReplacer("\t", ";", ",", ";").Replace(line), ";")
		if !found || len(rows) >= mostRows {
			typed.Problems.Add("rows", "council.page.giving.line", i+1)
			return rows
		}
		rows = append(rows, review.Row{Line: i + 1, Code: strings.TrimSpace(code), Email: strings.TrimSpace(email)})
	}
	if len(rows) == 0 {
		typed.Problems.Add("rows", "council.page.giving.nothing")
	}
	return rows
}

// byLine puts the number of the line into what is wrong with it.
func byLine(problems errs.Problems) (told errs.Problems) {
	for _, one := range problems {
		line, found := strings.CutPrefix(one.Name, "line-")
		if !found {
			told = append(told, one)
			continue
		}
		key := "council.page.giving.line_unknown"
		switch one.Key {
		case review.ErrNotReader.Key:
			key = "council.page.giving.line_reader"
		case review.ErrConflict.Key:
			key = "council.page.giving.line_conflict"
		}
		told.Add("rows", key, line)
	}
	return told
}
