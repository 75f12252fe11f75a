package council

import (
	"errors"
	"net/http"
	"strings"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// mostCriteria is for how many criteria a form of a review has fields.
const mostCriteria = 12

func markField(n int) string { return "m" + number(n) }

// reviewFields are those of a review, however many criteria it has.
var reviewFields = desk.FieldsOf("review", reviewControls())

func reviewControls() []desk.Control {
	list := []desk.Control{
		{Name: "confidence", As: desk.AsSelect, Key: "council.page.confidence"},
		{Name: "advice", As: desk.AsSelect, Key: "council.page.advice"},
		{Name: "to_author", As: desk.AsLine, Key: "council.page.to_author"},
		{Name: "to_council", As: desk.AsLine, Key: "council.page.to_council"},
		{Name: desk.DoField, As: desk.AsLine, Key: "council.page.send"},
	}
	for i := range mostCriteria {
		list = append(list, desk.Control{Name: markField(i), As: desk.AsSelect, Key: "council.page.mark"})
	}
	return list
}

// said is one question with its answer, as a reader of the paper sees it.
type said struct {
	form.Question
	Answer string
}

// Words is the answer in words.
func (s said) Words(v web.View) string {
	switch {
	case s.Kind == form.YesNo && s.Answer == form.Yes:
		return v.T("council.page.yes")
	case s.Kind == form.YesNo && s.Answer == form.No:
		return v.T("council.page.no")
	case s.Kind == form.Choice || s.Kind == form.Choices:
		picked, _ := s.AllPicked(s.Answer)
		var names []string
		for _, one := range picked {
			names = append(names, v.Plain(one))
		}
		return strings.Join(names, ", ")
	}
	return s.Answer
}

func saidIn(p call.Paper) (all []said) {
	for _, q := range p.Questions {
		all = append(all, said{q, p.Answers[q.ID]})
	}
	return all
}

// paperPage is one submission before a reviewer or a member of the council.
type paperPage struct {
	room
	Paper    call.Paper
	Said     []said
	Behind   []call.Contributor // nobody in a call that is double-blind
	Own      review.Review
	Reviewer bool // it was given to whoever asks
	Sheet    desk.Sheet
	Others   []review.Review
	Figure   review.Figure
	Opinions []review.Opinion
	Bodies   map[people.InstitutionID]people.Institution
	Decision council.Decision
	Decided  bool
	Dissents []council.Dissent
	Sitting  council.SittingID // at which it can be decided now
	Deciding web.Form
}

var paperTemplate = parse[paperPage]("paper.html")

// paper finds what the path names and may be seen, or review.ErrNone.
func (p *Pages) paper(r *http.Request) (page paperPage, err error) {
	if page.room, err = p.room(r); err != nil {
		return page, err
	}
	id, err := p.Reviews.Find(r.Context(), page.Call.ID, r.PathValue("code"))
	if err != nil {
		return page, err
	}
	if page.Paper, err = p.Reviews.Paper(r.Context(), me(r), id); err != nil {
		return page, err
	}
	page.Said = saidIn(page.Paper)
	if page.Call.Anonymity != call.DoubleBlind && !page.blind() {
		sent, err := p.Calls.SentBy(r.Context(), []call.SubmissionID{id})
		if err != nil {
			return page, err
		}
		page.Behind = sent[id].Contributors
	}
	page.Own, err = p.Reviews.Own(r.Context(), me(r), id)
	page.Reviewer = err == nil
	if errors.Is(err, review.ErrNotGiven) {
		err = nil
	}
	return page, err
}

func (p *Pages) showPaper(w http.ResponseWriter, r *http.Request) error {
	page, err := p.paper(r)
	if err != nil {
		return err
	}
	if page.Sheet, err = p.Sheet(r, page.key(), page.reviewForm(page.Own)); err != nil {
		return err
	}
	return p.drawPaper(w, r, page)
}

func (page paperPage) key() string { return "review." + string(page.Paper.ID) }

func (p *Pages) drawPaper(w http.ResponseWriter, r *http.Request, page paperPage) (err error) {
	ctx, id := r.Context(), page.Paper.ID
	if page.Others, page.Figure, err = p.Reviews.Reviews(ctx, me(r), id); err != nil {
		return err
	}
	if page.Sees() {
		if err := p.fillCouncil(r, &page); err != nil {
			return err
		}
	}
	var ids []people.AccountID
	for _, o := range page.Others {
		ids = append(ids, o.Account)
	}
	for _, d := range page.Dissents {
		ids = append(ids, d.Account)
	}
	if err := p.know(r, &page.room, ids...); err != nil {
		return err
	}
	status := page.Sheet.Status()
	if page.Deciding.Fields == nil {
		page.Deciding = page.decisionForm()
	} else {
		status = page.Deciding.Status()
	}
	return paperTemplate.ShowStatus(w, r, status, page)
}

// fillCouncil finds what the council alone reads.
func (p *Pages) fillCouncil(r *http.Request, page *paperPage) (err error) {
	ctx, id := r.Context(), page.Paper.ID
	if page.Opinions, err = p.Reviews.Opinions(ctx, me(r), id); err != nil {
		return err
	}
	if len(page.Opinions) > 0 {
		all, err := p.People.Institutions(ctx)
		if err != nil {
			return err
		}
		page.Bodies = map[people.InstitutionID]people.Institution{}
		for _, i := range all {
			page.Bodies[i.ID] = i
		}
	}
	page.Decision, page.Dissents, err = p.Council.Decision(ctx, me(r), id)
	page.Decided = err == nil
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	sittings, err := p.Council.Sittings(ctx, me(r), page.Call.ID)
	for _, s := range sittings {
		if s.State == council.OpenNow {
			page.Sitting = s.ID
		}
	}
	return err
}

// Decidable says whether whoever asks may decide about it now, or has tried to: what they typed is shown in any case.
func (page paperPage) Decidable() bool {
	if !page.Deciding.Good() {
		return true
	}
	pending := page.Paper.State == call.Eligible || page.Paper.State == call.UnderReview || page.Paper.State == call.Decided
	return page.Sits() && pending && (page.Sitting != "" || page.Setup.Quorum == 0)
}

// Pending says whether there is a decision that can still be taken back.
func (page paperPage) Pending() bool { return page.Decided && page.Decision.AnnouncedAt.IsZero() }

// Dissenting is what whoever asks has said against the decision.
func (page paperPage) Dissenting() string {
	for _, d := range page.Dissents {
		if d.Account == page.Who.Account {
			return d.Words
		}
	}
	return ""
}

// reviewForm is a review as a form.
func (page paperPage) reviewForm(own review.Review) web.Form {
	form := web.NewForm(reviewFields)
	form.Revision = own.Revision
	for i, c := range page.Setup.Criteria {
		if mark, given := own.Scores[c.ID]; given {
			form.Set(markField(i), number(mark))
		}
	}
	desk.SetNumber(&form, "confidence", int(own.Confidence))
	form.Set("advice", string(own.Advice))
	form.Set("to_author", own.ToAuthor)
	form.Set("to_council", own.ToCouncil)
	return form
}

// Marks asks for the marks.
func (page paperPage) Marks(v web.View) (all []web.Input) {
	for i, c := range page.Setup.Criteria {
		in := v.Input(page.Sheet.Form, markField(i)).Called(v.Plain(c.Label) + " (" + v.T("council.page.weight", c.Weight) + ")")
		if help := v.Plain(c.Help); help != "" {
			in = in.Help(help)
		}
		offered := []web.Option{{Value: "0", Label: v.T("council.page.cannot_judge")}}
		for n, anchor := range c.Anchors {
			offered = append(offered, web.Option{Value: number(n + 1), Label: number(n+1) + " – " + v.Plain(anchor)})
		}
		all = append(all, in.Choices(offered))
	}
	return all
}

// Confidence asks how sure the reviewer is.
func (page paperPage) Confidence(v web.View) web.Input {
	var offered []web.Option
	for _, c := range review.Confidences {
		offered = append(offered, web.Option{Value: number(int(c)), Label: v.T(c.Key())})
	}
	return v.Input(page.Sheet.Form, "confidence").Choices(offered)
}

// Advice asks what the reviewer would decide.
func (page paperPage) Advice(v web.View) web.Input {
	return v.Input(page.Sheet.Form, "advice").Optional().Choices(outcomes(v, "council.page.no_advice"))
}

func outcomes(v web.View, none string) []web.Option {
	offered := []web.Option{{Value: "", Label: v.T(none)}}
	for _, o := range review.Outcomes {
		offered = append(offered, web.Option{Value: string(o), Label: v.T(o.Key())})
	}
	return offered
}

// Summary is what is wrong with the review, each line called after its criterion.
func (page paperPage) Summary(v web.View) web.Summary {
	s := v.Summary(page.Sheet.Form)
	for i, line := range s.Lines {
		for n, c := range page.Setup.Criteria {
			if line.ID == "f-"+markField(n) {
				s.Lines[i].Label = v.Plain(c.Label)
			}
		}
	}
	return s
}

// Differences sets what was sent beside what stands in the meantime.
func (page paperPage) Differences(v web.View) web.Conflict {
	return page.Sheet.Conflict(v, reviewControls())
}

// MarkOf is the mark that a review gives by a criterion, as people read it.
func (page paperPage) MarkOf(v web.View, r review.Review, c review.Criterion) string {
	mark := r.Scores[c.ID]
	if mark == 0 {
		return v.T("council.page.cannot_judge")
	}
	return number(mark) + "/" + number(c.Highest())
}

// Writing says whether a review can be written now.
func (page paperPage) Writing() bool {
	return page.Reviewer && (page.Paper.State == call.UnderReview || page.Paper.State == call.Eligible)
}

func (p *Pages) takeReview(w http.ResponseWriter, r *http.Request) error {
	page, err := p.paper(r)
	if err != nil {
		return err
	}
	if !page.Reviewer {
		return review.ErrNotGiven
	}
	typed, err := web.ReadForm(r, reviewFields)
	if err != nil {
		return err
	}
	send, key := p.Reviews.Send, "council.page.review_sent"
	if typed.Value(desk.DoField) == "keep" {
		send, key = p.Reviews.Write, "council.page.review_kept"
	}
	sent := page.read(&typed)
	if typed.Good() {
		if _, err = send(r.Context(), me(r), sent); err == nil {
			if err := p.Drop(r, page.key()); err != nil {
				return err
			}
			web.Flash(r, key)
			return web.Redirect(w, r, "desk.paper")
		}
	}
	return p.refusedReview(w, r, page, refused{typed, err})
}

// refused is a form that was not saved, and why.
type refused struct {
	typed web.Form
	err   error
}

// refusedReview shows the review again with what is wrong; what was typed is kept in any case.
func (p *Pages) refusedReview(w http.ResponseWriter, r *http.Request, page paperPage, f refused) error {
	page.Sheet = desk.Sheet{Form: f.typed, Key: page.key()}
	if err := p.Keep(r, page.key(), f.typed); err != nil {
		return err
	}
	if errors.Is(f.err, review.ErrChanged) {
		own, err := p.Reviews.Own(r.Context(), me(r), page.Paper.ID)
		if err != nil {
			return err
		}
		theirs := page.reviewForm(own)
		page.Sheet.Form.Revision = own.Revision // to save mine now means to save it over the other
		page.Sheet.Theirs = &theirs
		return p.drawPaper(w, r, page)
	}
	if f.err != nil {
		if err := desk.Blame(&page.Sheet.Form, f.err); err != nil {
			return err
		}
	}
	for i, problem := range page.Sheet.Form.Problems {
		for n, c := range page.Setup.Criteria {
			if problem.Name == "score-"+c.ID {
				page.Sheet.Form.Problems[i].Name = markField(n)
			}
		}
	}
	return p.drawPaper(w, r, page)
}

func (page paperPage) read(f *web.Form) review.Review {
	sent := review.Review{
		Submission: page.Paper.ID, Scores: map[string]int{}, Confidence: review.Confidence(f.Int("confidence")), Advice: review.Outcome(f.Value("advice")),
		ToAuthor: f.Value("to_author"), ToCouncil: f.Value("to_council"), Revision: f.Revision,
	}
	for i, c := range page.Setup.Criteria {
		if i < mostCriteria && f.Value(markField(i)) != "" {
			sent.Scores[c.ID] = f.Int(markField(i))
		}
	}
	return sent
}

// whyFields are those of the small forms that ask for a reason.
var whyFields = web.Fields{"why": "council.page.why"}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request) error {
	return p.withReason(w, r, "council.page.refused", func(page paperPage, why string) error {
		return p.Reviews.Refuse(r.Context(), me(r), review.Assignment{Submission: page.Paper.ID, Reason: why})
	})
}

func (p *Pages) declare(w http.ResponseWriter, r *http.Request) error {
	return p.withReason(w, r, "council.page.declared", func(page paperPage, why string) error {
		return p.Reviews.Declare(r.Context(), me(r), review.Conflict{Submission: page.Paper.ID, Account: me(r)}, why)
	})
}

// withReason does something with a submission for a reason; afterwards it may be out of sight.
func (p *Pages) withReason(w http.ResponseWriter, r *http.Request, key string, do func(paperPage, string) error) error {
	page, err := p.paper(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, whyFields)
	if err != nil {
		return err
	}
	to := place{route: "desk.council.call", said: key}
	if err = do(page, typed.Value("why")); err != nil {
		to.route = "desk.paper"
	}
	return back(w, r, err, to)
}
