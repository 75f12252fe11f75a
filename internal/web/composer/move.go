package composer

import (
	"errors"
	"net/http"
	"strconv"

	"obrady/internal/errs"
	"obrady/internal/kaleidoscope"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var moveFields = web.Fields{"code": "composer.talk", "do": "composer.move", "cycle": "composer.cycle", "position": "composer.position"}

// move makes one change of the arrangement: the button that was pressed says which.
func (p *Pages) move(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, moveFields)
	if err != nil {
		return err
	}
	at := page.At
	at.Revision = typed.Revision
	talk, known := page.talk(typed.Value("code"))
	switch do := typed.Value("do"); {
	case do == "undo":
		err = p.Composer.Undo(r.Context(), at)
	case !known:
		err = kaleidoscope.ErrNotHere
	case page.Revision != typed.Revision: // a step up or down would be one from somewhere else
		err = kaleidoscope.ErrChanged
	default:
		err = p.Composer.Move(r.Context(), at, talk.Submission, spot(page, talk, &typed))
	}
	if err != nil {
		return p.notMoved(w, r, typed, err)
	}
	return web.Redirect(w, r, "desk.kaleidoscope", page.Desk.Edition.Slug, page.Of.Slug) // to the talk: the form says which
}

// spot is where a button brings a talk.
func spot(page boardPage, talk kaleidoscope.Talk, typed *web.Form) kaleidoscope.Spot {
	switch typed.Value("do") {
	case "up":
		return page.View.Cycles.Up(talk.Submission)
	case "down":
		return page.View.Cycles.Down(talk.Submission)
	case "off":
		return kaleidoscope.Spot{}
	}
	to := kaleidoscope.Spot{Cycle: max(0, typed.Int("cycle")), Position: typed.Int("position")}
	if to.Position == 0 {
		to.Position = len(page.Plan.Cycles) + page.Plan.Count() + 1 // the end
	}
	return to
}

// notMoved shows the arrangement as it stands now, with the move that was not made.
func (p *Pages) notMoved(w http.ResponseWriter, r *http.Request, typed web.Form, err error) error {
	var told *errs.Error
	if errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Invalid || !errors.As(err, &told) && errs.KindOf(err) == errs.Conflict {
		return err
	}
	page, again := p.board(r)
	if again != nil {
		return again
	}
	if told == nil {
		told = kaleidoscope.ErrNotHere
	}
	page.Again = &missed{Sentence: told.Key, Code: typed.Value("code"), Do: typed.Value("do"), Cycle: typed.Int("cycle"), Position: typed.Int("position")}
	if t, known := page.talk(page.Again.Code); known {
		page.Again.Title = t.Title
	}
	return boardTemplate.ShowStatus(w, r, http.StatusConflict, page)
}

func (p *Pages) compose(w http.ResponseWriter, r *http.Request) error {
	page, err := p.board(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, moveFields)
	if err != nil {
		return err
	}
	at := page.At
	at.Revision = typed.Revision
	if err := p.Composer.Compose(r.Context(), at); err != nil {
		return p.notMoved(w, r, typed, err)
	}
	web.Flash(r, "composer.composed")
	return web.Redirect(w, r, "desk.kaleidoscope", page.Desk.Edition.Slug, page.Of.Slug)
}

// talkPage asks when a talk can be held, and how names are said.
type talkPage struct {
	boardPage
	Talk kaleidoscope.Talk
	Ask  web.Form
}

var talkTemplate = parse[talkPage]("talk.html")

var talkFields = web.Fields{"days": "composer.talk.days", "from": "composer.talk.from", "until": "composer.talk.until", "say": "composer.talk.say"}

func (p *Pages) talk(r *http.Request) (page talkPage, err error) {
	if page.boardPage, err = p.board(r); err != nil {
		return page, err
	}
	t, known := page.talk(r.PathValue("code"))
	if !known {
		return page, web.ErrNoPage
	}
	page.Talk = t
	return page, nil
}

func (p *Pages) showTalk(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	about := page.About[page.Talk.Submission]
	page.Ask = web.NewForm(talkFields)
	for _, day := range about.Times.Days {
		page.Ask.Typed.Add("days", string(day))
	}
	if about.Times.From != 0 {
		page.Ask.Set("from", about.Times.From.String())
	}
	if about.Times.Until != 0 {
		page.Ask.Set("until", about.Times.Until.String())
	}
	page.Ask.Set("say", about.Say)
	return talkTemplate.Show(w, r, page)
}

// Days are the days of the edition to tick.
func (t talkPage) Days(v web.View) web.Input {
	var all []web.Option
	for _, day := range t.Desk.Edition.StartsOn.Until(t.Desk.Edition.EndsOn) {
		all = append(all, web.Option{Value: string(day), Label: v.Day(day.In(t.Desk.Edition.Location()))})
	}
	return v.Input(t.Ask, "days").Choices(all)
}

func (p *Pages) takeTalk(w http.ResponseWriter, r *http.Request) error {
	page, err := p.talk(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, talkFields)
	if err != nil {
		return err
	}
	about := kaleidoscope.About{Submission: page.Talk.Submission, Say: typed.Value("say")}
	about.Times.From, about.Times.Until = clock(&typed, "from"), clock(&typed, "until")
	about.Times.Days = days(page.Desk.Edition, typed.All("days"))
	if typed.Good() {
		if err = p.Composer.Tell(r.Context(), page.At, about); err == nil {
			web.Flash(r, "composer.talk.done")
			return web.Redirect(w, r, "desk.kaleidoscope", page.Desk.Edition.Slug, page.Of.Slug)
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	page.Ask = typed
	return talkTemplate.ShowForm(w, r, typed, page)
}

// number reads a number of the address or of a hidden field; 0 where there is none.
func number(s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0
	}
	return n
}

// Title is what the page is called in the way to it.
func (t talkPage) Title(web.View) string { return t.Talk.Code }
