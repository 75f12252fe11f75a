package council

import (
	"net/http"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/notify"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// pendingLine is a decision with the letter that would go out.
type pendingLine struct {
	council.Pending
	Letter notify.Draft
}

// announcementPage is what would be announced, letter by letter.
type announcementPage struct {
	room
	Lines   []pendingLine
	Counts  map[review.Outcome]int
	Digest  string
	Batches []council.Batch
	More    int // letters that are not shown
}

// Outcomes are the outcomes in their order.
func (a announcementPage) Outcomes() []review.Outcome { return review.Outcomes }

var announcementTemplate = parse[announcementPage]("announcement.html")

// mostDrafts is how many letters are shown in full; the rest is listed.
const mostDrafts = 50

func (p *Pages) showAnnouncement(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	page, ctx := announcementPage{room: c, Counts: map[review.Outcome]int{}}, r.Context()
	shown, digest, err := p.Council.Preview(ctx, me(r), c.Call.ID)
	if err != nil {
		return err
	}
	page.Digest = digest
	for i, one := range shown {
		line := pendingLine{Pending: one}
		if i < mostDrafts {
			if line.Letter, err = p.Letters.DecisionDraft(ctx, one.Decision, web.Lang(r)); err != nil {
				return err
			}
		} else {
			page.More++
		}
		page.Counts[one.Outcome]++
		page.Lines = append(page.Lines, line)
	}
	if page.Batches, err = p.Council.Batches(ctx, me(r), c.Call.ID); err != nil {
		return err
	}
	var ids []people.AccountID
	for _, b := range page.Batches {
		ids = append(ids, b.By)
	}
	if err := p.know(r, &page.room, ids...); err != nil {
		return err
	}
	return announcementTemplate.Show(w, r, page)
}

var digestFields = web.Fields{"digest": "council.page.announcement.digest"}

func (p *Pages) announce(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, digestFields)
	if err != nil {
		return err
	}
	n, err := p.Council.Announce(r.Context(), me(r), c.Call.ID, typed.Value("digest"))
	return back(w, r, err, place{route: "desk.announcement", said: "council.page.announcement.done", with: []any{n}})
}

// appealsPage lists the appeals of a call.
type appealsPage struct {
	room
	All []council.Appeal
}

// Verdicts are the answers that can be given.
func (a appealsPage) Verdicts() []council.Verdict { return council.Verdicts }

var appealsTemplate = parse[appealsPage]("appeals.html")

var answerFields = web.Fields{"appeal": "council.page.appeal", "code": "council.page.code", "verdict": "council.page.verdict", "answer": "council.page.answer"}

func (p *Pages) showAppeals(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	if !c.Sees() {
		return rights.ErrHidden
	}
	page := appealsPage{room: c}
	if page.All, err = p.Council.Appeals(r.Context(), me(r), c.Call.ID); err != nil {
		return err
	}
	return appealsTemplate.Show(w, r, page)
}

func (p *Pages) answer(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, answerFields)
	if err != nil {
		return err
	}
	id, err := p.byCode(r, c, typed.Value("code"))
	if err == nil {
		err = p.Council.Answer(r.Context(), me(r), council.Appeal{
			ID: typed.Value("appeal"), Submission: id, Verdict: council.Verdict(typed.Value("verdict")), Answer: typed.Value("answer"),
		})
	}
	return back(w, r, err, place{route: "desk.appeals", said: "council.page.answered"})
}

// opinionsPage lists what a consulted body is asked about.
type opinionsPage struct {
	consulting
	All []review.Consultation
}

// consulting is what the pages of a consulted body know: no desk stands around them.
type consulting struct {
	Slug string // of the edition
	Call call.Call
}

var (
	opinionsTemplate = web.Parse[opinionsPage](templates, "templates/opinions.html")
	opinionTemplate  = web.Parse[opinionPage](templates, "templates/opinion.html")
)

func (p *Pages) consulting(r *http.Request) (c consulting, err error) {
	all, err := p.Editions.Editions(r.Context())
	if err != nil {
		return c, err
	}
	for _, e := range all {
		if e.Slug == r.PathValue("edition") {
			c.Slug = e.Slug
			c.Call, err = p.Calls.Call(r.Context(), e.ID, r.PathValue("call"))
			return c, err
		}
	}
	return c, call.ErrNoCall
}

func (p *Pages) showOpinions(w http.ResponseWriter, r *http.Request) error {
	c, err := p.consulting(r)
	if err != nil {
		return err
	}
	page := opinionsPage{consulting: c}
	if page.All, err = p.Reviews.Consultations(r.Context(), me(r), c.Call.ID); err != nil {
		return err
	}
	return opinionsTemplate.Show(w, r, page)
}

// opinionPage is one submission before a consulted body.
type opinionPage struct {
	consulting
	Paper   call.Paper
	Said    []said
	Opinion review.Opinion
	Form    web.Form
}

var opinionFields = web.Fields{"stance": "council.page.stance", "words": "council.page.opinion_words"}

// Stances asks what the body thinks.
func (o opinionPage) Stances(v web.View) web.Input {
	var offered []web.Option
	for _, s := range review.Stances {
		offered = append(offered, web.Option{Value: string(s), Label: v.T(s.Key())})
	}
	return v.Input(o.Form, "stance").Choices(offered)
}

func (p *Pages) opinion(r *http.Request) (page opinionPage, err error) {
	if page.consulting, err = p.consulting(r); err != nil {
		return page, err
	}
	id, err := p.Reviews.Find(r.Context(), page.Call.ID, r.PathValue("code"))
	if err != nil {
		return page, err
	}
	page.Paper, page.Opinion, err = p.Reviews.ConsultedPaper(r.Context(), me(r), id)
	page.Said = saidIn(page.Paper)
	return page, err
}

func (p *Pages) showOpinion(w http.ResponseWriter, r *http.Request) error {
	page, err := p.opinion(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(opinionFields)
	page.Form.Set("stance", string(page.Opinion.Stance))
	page.Form.Set("words", page.Opinion.Words)
	return opinionTemplate.Show(w, r, page)
}

func (p *Pages) takeOpinion(w http.ResponseWriter, r *http.Request) error {
	page, err := p.opinion(r)
	if err != nil {
		return err
	}
	if page.Form, err = web.ReadForm(r, opinionFields); err != nil {
		return err
	}
	o := review.Opinion{Submission: page.Paper.ID, Stance: review.Stance(page.Form.Value("stance")), Words: page.Form.Value("words")}
	if err = p.Reviews.Opine(r.Context(), me(r), o); err == nil {
		web.Flash(r, "council.page.opined")
		return web.Redirect(w, r, "opinions")
	}
	if err := page.Form.Blame(err); err != nil {
		return err
	}
	return opinionTemplate.ShowStatus(w, r, page.Form.Status(), page)
}
