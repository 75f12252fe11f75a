package account

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/signin"
	"obrady/internal/web"
)

func (p *Pages) letterRoutes() []web.Route {
	return []web.Route{
		{Name: "account.letter", PL: "/wejscie/poczta/{request}", EN: "/enter/mail/{request}", Action: enter, Handle: p.showLetter},
		{Name: "account.code", Method: http.MethodPost, PL: "/wejscie/poczta/{request}", EN: "/enter/mail/{request}", Action: enter, Handle: p.takeCode},
		{Name: "account.link", PL: "/wejscie/list/{token}", EN: "/enter/letter/{token}", Action: enter, Handle: p.showLink},
		{Name: "account.link.spend", Method: http.MethodPost, PL: "/wejscie/list/{token}", EN: "/enter/letter/{token}", Action: enter, Handle: p.spendLink},
		{Name: "account.link.again", Method: http.MethodPost, PL: "/wejscie/list/{token}/nowy", EN: "/enter/letter/{token}/new", Action: enter, Handle: p.askAgain},
	}
}

var codeFields = web.Fields{"code": "account.letter.code"}

// letterData is the page that waits for the letter in the browser that asked for it.
type letterData struct {
	Form   web.Form
	Email  string
	Before time.Time // when the last letter was asked for, when there were too many for another
	Retry  web.Form  // to ask for another
	Dead   bool      // this request lets nobody in any more
	Life   int       // minutes that a link is good
}

var letterPage = parse[letterData]("letter.html")

func (p *Pages) waiting(r *http.Request, found signin.Waiting) letterData {
	data := letterData{
		Form: web.NewForm(codeFields), Email: found.Email, Before: found.Before, Retry: web.NewForm(enterFields),
		Life: int(signin.LinkLife / time.Minute),
	}
	if !data.Before.IsZero() {
		data.Before = data.Before.In(p.zone(r))
	}
	data.Retry.Set("email", found.Email)
	data.Retry.Set("next", local(found.Next))
	return data
}

func (p *Pages) showLetter(w http.ResponseWriter, r *http.Request) error {
	found, err := p.SignIn.Wait(r.Context(), signin.RequestID(r.PathValue("request")), browser(r))
	if errors.Is(err, signin.ErrSpent) {
		return web.Redirect(w, r, "desk.sign-in")
	}
	if err != nil {
		return err
	}
	return letterPage.Show(w, r, p.waiting(r, found))
}

func (p *Pages) takeCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, codeFields)
	if err != nil {
		return err
	}
	of := signin.RequestID(r.PathValue("request"))
	found, err := p.SignIn.Wait(r.Context(), of, browser(r))
	if errors.Is(err, signin.ErrSpent) {
		return spentPage.ShowStatus(w, r, http.StatusGone, spentData{})
	}
	if err != nil {
		return err
	}
	entry, err := p.SignIn.Enter(r.Context(), signin.Proof{Request: of, Code: form.Value("code"), Browser: browser(r)})
	if err == nil {
		return p.welcome(w, r, entry.Account.ID, entry.Next)
	}
	told := toldBy(err)
	if told == nil {
		return err
	}
	data := p.waiting(r, found)
	form.Problems.Add("code", told.Key, told.Args...)
	data.Form, data.Dead = form, errors.Is(err, signin.ErrTries) || errors.Is(err, signin.ErrSpent)
	return letterPage.ShowStatus(w, r, statusOf(err), data)
}

// linkData is the page of a letter's link.
type linkData struct {
	Mine   bool // this browser asked for it: a button is enough
	Form   web.Form
	Action string
}

// spentData is the page of a link that lets nobody in any more.
type spentData struct {
	Again string // where to ask for a new one to the same address; empty when nobody knows which that was
}

var (
	linkPage  = parse[linkData]("link.html")
	spentPage = parse[spentData]("spent.html")
)

// showLink uses nothing up, however often programs that check letters look at it.
func (p *Pages) showLink(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	mine, err := p.SignIn.Look(r.Context(), r.PathValue("token"), browser(r))
	if errors.Is(err, signin.ErrSpent) {
		return p.spent(w, r)
	}
	if err != nil {
		return err
	}
	return linkPage.Show(w, r, linkData{Mine: mine, Form: web.NewForm(codeFields), Action: r.URL.EscapedPath()})
}

// spent offers a new letter. Where nothing is known of the old one, the button leads to the first page.
func (p *Pages) spent(w http.ResponseWriter, r *http.Request) error {
	return spentPage.ShowStatus(w, r, http.StatusGone, spentData{Again: r.URL.EscapedPath() + again(r)})
}

// again is the last part of the address under which a new letter is asked for.
func again(r *http.Request) string {
	if web.Lang(r) == "en" {
		return "/new"
	}
	return "/nowy"
}

func (p *Pages) spendLink(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	form, err := web.ReadForm(r, codeFields)
	if err != nil {
		return err
	}
	entry, err := p.SignIn.Enter(r.Context(), signin.Proof{
		Token: r.PathValue("token"), Code: form.Value("code"), Browser: browser(r),
	})
	switch {
	case err == nil:
		return p.welcome(w, r, entry.Account.ID, entry.Next)
	case errors.Is(err, signin.ErrSpent):
		return p.spent(w, r)
	}
	told := toldBy(err)
	if told == nil {
		return err
	}
	form.Problems.Add("code", told.Key, told.Args...)
	return linkPage.ShowStatus(w, r, statusOf(err), linkData{Form: form, Action: r.URL.EscapedPath()})
}

func (p *Pages) askAgain(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	sent, err := p.SignIn.Again(r.Context(), r.PathValue("token"), known(w, r))
	switch {
	case err == nil:
		return web.Redirect(w, r, "account.letter", sent.Request)
	case errors.Is(err, signin.ErrSpent): // so old that nobody knows whose it was
		return web.Redirect(w, r, "desk.sign-in")
	}
	told := toldBy(err)
	if told == nil {
		return err
	}
	return p.unfinished(w, r, "", told)
}
