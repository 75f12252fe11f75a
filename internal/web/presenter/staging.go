package presenter

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/call"
	"obrady/internal/onstage"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// stagePage shows what of a call was accepted, and makes sessions of it.
type stagePage struct {
	board
	Waiting []staged
	Placed  []staged
	Stale   []staged
	Form    web.Form
	blocks  []programme.Block
}

// staged is one submission on the page.
type staged struct {
	onstage.Item

	Names  string // of those who are behind it
	Chosen bool
}

var (
	stageTemplate = deskPage[stagePage]("stage.html")
	stageFields   = web.Fields{"submission": "presenter.stage.which", "block": "presenter.stage.block", "neutral": "presenter.stage.neutral"}
)

// Blocks asks in which block the sessions are to stand.
func (p stagePage) Blocks(v web.View) web.Input {
	options := []web.Option{{Label: v.T("presenter.stage.pick_block")}}
	for _, b := range p.blocks {
		options = append(options, web.Option{Value: string(b.ID), Label: v.Plain(b.Name)})
	}
	return v.Input(p.Form, "block").Choices(options)
}

// Stories says whether some of what waits may be told in the room only.
func (p stagePage) Stories() bool { return p.Call.Kind == call.Failure }

// Talks says whether what was called for is composed of many talks rather than made into sessions one by one.
func (p stagePage) Talks() bool { return p.Call.Kind == call.Abstract || p.Call.Kind == call.Poster }

// Shows says whether the base of good practices takes in what was called for.
func (p stagePage) Shows() bool {
	return (p.Call.Kind == call.Practice || p.Call.Kind == call.Networking) && p.May(rights.EditPractices)
}

// SetsSignups says whether whoever looks sets how people sign up for a session.
func (p stagePage) SetsSignups(i staged) bool {
	return i.Capable && p.covers(rights.SetSignups)
}

// Path is the path as which something was accepted, in words; Format the format.
func (p stagePage) Path(v web.View, i staged) string {
	o, _ := p.Call.Option(p.Call.Paths, i.As.Path)
	return v.Plain(o.Name)
}

// Format is the format as which something was accepted, in words.
func (p stagePage) Format(v web.View, i staged) string {
	o, _ := p.Call.Option(p.Call.Formats, i.As.Format)
	return v.Plain(o.Name)
}

func (p *Pages) stage(r *http.Request) (page stagePage, err error) {
	if page.board, err = p.board(r, rights.PutOnStage); err != nil {
		return page, err
	}
	all, err := p.items(r, page.Call)
	if err != nil {
		return page, err
	}
	var some []call.SubmissionID
	for _, i := range all {
		some = append(some, i.ID)
	}
	who, err := p.Calls.SentBy(r.Context(), some)
	if err != nil {
		return page, err
	}
	for _, i := range all {
		one := staged{Item: i, Names: names(who[i.ID])}
		switch {
		case i.Stale():
			page.Stale = append(page.Stale, one)
		case i.Placed:
			page.Placed = append(page.Placed, one)
		default:
			page.Waiting = append(page.Waiting, one)
		}
	}
	working, err := p.Timetable.Working(r.Context(), page.Edition.ID)
	if err != nil {
		return page, err
	}
	page.blocks = page.own(working)
	page.Form = web.NewForm(stageFields)
	page.Form.Set("block", string(page.Call.Block))
	return page, nil
}

// own lists the blocks in which whoever asks may make sessions.
func (b board) own(working *timetable.Programme) (all []programme.Block) {
	scope := b.Scope(rights.EditProgramme)
	for _, one := range working.Blocks {
		if scope.Block(one.ID) {
			all = append(all, one)
		}
	}
	return all
}

// items lists what of a call was accepted, without what a conflict of interest keeps from whoever asks.
func (p *Pages) items(r *http.Request, of call.Call) ([]onstage.Item, error) {
	all, err := p.Stage.Board(r.Context(), of)
	if err != nil {
		return nil, err
	}
	hidden, err := p.Sight.Conflicted(r.Context(), desk.By(r), of.ID)
	return slices.DeleteFunc(all, func(i onstage.Item) bool { return hidden[i.ID] }), err
}

func names(i call.Identity) string {
	var all []string
	for _, c := range i.Contributors {
		all = append(all, c.Name)
	}
	return strings.Join(all, ", ")
}

func (p *Pages) showStage(w http.ResponseWriter, r *http.Request) error {
	page, err := p.stage(r)
	if err != nil {
		return err
	}
	return stageTemplate.Show(w, r, page)
}

func (p *Pages) makeSessions(w http.ResponseWriter, r *http.Request) error {
	page, err := p.stage(r)
	if err != nil {
		return err
	}
	f, err := web.ReadForm(r, stageFields)
	if err != nil {
		return err
	}
	o := onstage.Order{Call: page.Call.ID, Block: programme.BlockID(f.Value("block")), Neutral: strings.TrimSpace(f.Value("neutral"))}
	for i, one := range page.Waiting {
		if page.Waiting[i].Chosen = slices.Contains(f.All("submission"), one.Code); page.Waiting[i].Chosen {
			o.Submissions = append(o.Submissions, one.ID)
		}
	}
	var made []onstage.Made
	switch {
	case len(f.All("submission")) == 0:
		f.Problems.Add("submission", "presenter.stage.none_picked")
	case len(o.Submissions) > 0: // else all of them are in the programme: the button was pressed twice
		made, err = p.Stage.MakeSessions(r.Context(), desk.By(r), o)
	}
	if err := desk.Blame(&f, err); err != nil {
		return err
	}
	if !f.Good() {
		page.Form = f
		return stageTemplate.ShowForm(w, r, f, page)
	}
	web.Flash(r, "presenter.stage.made", len(made))
	return web.Redirect(w, r, "desk.staging", page.Edition.Slug, page.Call.Slug)
}

// item finds what the path names among what whoever asks may see.
func (p *Pages) item(r *http.Request) (b board, one onstage.Item, err error) {
	if b, err = p.board(r, rights.PutOnStage); err != nil {
		return b, one, err
	}
	all, err := p.items(r, b.Call)
	if err != nil {
		return b, one, err
	}
	i := slices.IndexFunc(all, func(i onstage.Item) bool { return i.Code == r.PathValue("submission") })
	if i < 0 {
		return b, one, call.ErrNoSubmission
	}
	return b, all[i], nil
}

func (p *Pages) takeOff(w http.ResponseWriter, r *http.Request) error {
	b, one, err := p.item(r)
	if err != nil {
		return err
	}
	if err := p.Stage.TakeOff(r.Context(), desk.By(r), b.Call.ID, one.ID); err != nil {
		return err
	}
	web.Flash(r, "presenter.stage.taken_off", one.Code)
	return web.Redirect(w, r, "desk.staging", b.Edition.Slug, b.Call.Slug)
}

// beginPractice leads to the draft of a good practice that tells of a submission.
func (p *Pages) beginPractice(w http.ResponseWriter, r *http.Request) error {
	b, one, err := p.item(r)
	if err != nil {
		return err
	}
	draft, err := p.Stage.PracticeOf(r.Context(), b.Call.ID, one.ID)
	if err != nil {
		return err
	}
	begun, err := p.Practices.Begin(r.Context(), people.AccountID(web.Account(r)), draft)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.practice", b.Edition.Slug, begun.ID)
}
