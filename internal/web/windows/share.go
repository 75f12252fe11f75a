package windows

import (
	"errors"
	"net/http"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var shareFields = poolFields(web.Fields{"take": "windows.share.sessions", "reason": "windows.reason"})

// SharePage gives the same pools to several sessions of a window.
type SharePage struct {
	windowBoard
	Form  web.Form
	Pools poolSheet
	Share share
}

// Sessions are the boxes to tick, one for each session of the window.
func (s SharePage) Sessions(v web.View) web.Input {
	var options []web.Option
	for _, o := range s.Offers() {
		options = append(options, web.Option{Value: o.Slug, Label: v.Plain(o.Title), Note: v.T("windows.seats_of", o.Taken(), o.Seats())})
	}
	return v.Input(s.Form, "take").Choices(options)
}

var sharePage = parse[SharePage]("share.html", "pools.html")

func (p *Pages) share(r *http.Request) (s SharePage, err error) {
	if s.windowBoard, err = p.window(r); err != nil {
		return s, err
	}
	var pools []admission.Pool
	for _, o := range s.Offers() {
		pools = append(pools, o.Pools...)
	}
	s.Pools.whom = s.whomChoices(pools...)
	s.Share, err = p.shareOf(r.Context(), s.board, s.Window.Workspace)
	return s, err
}

// showShare begins with the pools of the first session of the window, and with all sessions ticked.
func (p *Pages) showShare(w http.ResponseWriter, r *http.Request) error {
	s, err := p.share(r)
	if err != nil {
		return err
	}
	s.Form = web.NewForm(shareFields)
	for i, o := range s.Offers() {
		s.Form.Typed.Add("take", o.Slug)
		if i == 0 {
			fillPools(&s.Form, o.Pools)
		}
	}
	if err := p.Recover(r, &s.Form); err != nil {
		return err
	}
	s.Pools.Form = s.Form
	return sharePage.Show(w, r, s)
}

// takeShare sets the pools of each session that is ticked. What cannot be set stays as it was, and is named.
func (p *Pages) takeShare(w http.ResponseWriter, r *http.Request) error {
	s, err := p.share(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, shareFields)
	if err != nil {
		return err
	}
	edit := readPools(&form, s.Pools.whom)
	ticked := form.All("take")
	if len(ticked) == 0 {
		form.Problems.Add("take", "windows.share.none")
	}
	if s.Opens() && form.Value("reason") == "" {
		form.Problems.Add("reason", "windows.reason_missing")
	}
	if form.Good() {
		done := 0
		for _, o := range s.Offers() {
			if !slices.Contains(ticked, o.Slug) {
				continue
			}
			why, err := p.setPools(r, &form, o, edit)
			switch {
			case err != nil:
				return err
			case why != "":
				form.Problems.Add("take", "windows.share.failed", o.Title.In(web.Lang(r)).Text, why)
			default:
				done++
			}
		}
		if form.Good() {
			web.Flash(r, "windows.share.done", done)
			return web.Redirect(w, r, "desk.window", s.Edition.Slug, s.Window.Ref())
		}
	}
	s.Form, s.Pools.Form = form, form
	return sharePage.ShowForm(w, r, form, s)
}

// setPools sets the pools of one session, or returns the sentence that says why it cannot.
func (p *Pages) setPools(r *http.Request, form *web.Form, o admission.Offer, edit poolEdit) (why string, err error) {
	o.Pools = edit.over(o.Pools)
	err = p.Signups.SaveOffer(r.Context(), signup.Change{By: desk.By(r), Reason: form.Value("reason")}, o)
	words := p.Words.In(web.Lang(r))
	var problems errs.Problems
	var told *errs.Error
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &problems):
		return words.T(problems[0].Key, problems[0].Args...), nil
	case errors.As(err, &told) && told.Kind == errs.Conflict:
		return words.T(told.Key, told.Args...), nil
	}
	return "", err
}
