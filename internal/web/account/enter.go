package account

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/signin"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) enterRoutes() []web.Route {
	return []web.Route{
		{Name: "desk.sign-in", PL: "/wejscie", EN: "/enter", Action: enter, Query: []string{"next", "again"}, Handle: p.showEnter},
		{Name: "account.ask", Method: http.MethodPost, PL: "/wejscie", EN: "/enter", Action: enter, Handle: p.ask},
		{Name: "desk.enter", PL: "/wejscie/odnosnik/{token}", EN: "/enter/link/{token}", Action: enter, Handle: p.showInvitation},
		{Name: "desk.enter.spend", Method: http.MethodPost, PL: "/wejscie/odnosnik/{token}", EN: "/enter/link/{token}", Action: enter, Handle: p.spendInvitation},
		{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: enter, Handle: p.signOut},
	}
}

// enterFields are those of the first form: whom to write to, and where to go afterwards.
var enterFields = web.Fields{"email": "account.enter.email", "next": "account.enter.next"}

// enterData is what a person sees before they are in.
type enterData struct {
	Form     web.Form
	Asked    bool        // a certain page was asked for
	Again    bool        // who is in shall prove once more who they are
	Wrong    *errs.Error // why another way than a letter did not work
	Held     *desk.Held  // a form that came too late
	Passkeys bool
	Provider string // its name; empty when there is none
}

var enterPage = parse[enterData]("enter.html")

// entrance is the first page, on the way to next.
func (p *Pages) entrance(next string) enterData {
	data := enterData{Form: web.NewForm(enterFields), Passkeys: p.SignIn.HasPasskeys()}
	data.Form.Set("next", local(next))
	if p.Provider != nil {
		data.Provider = p.Provider.Name
	}
	return data
}

func (p *Pages) showEnter(w http.ResponseWriter, r *http.Request) error {
	next := local(r.URL.Query().Get("next"))
	if next != "" {
		remember(w, r, next, time.Hour)
	}
	data := p.entrance(next)
	data.Again = r.URL.Query().Get("again") != "" && web.Account(r) != ""
	data.Asked = next != "" && !data.Again
	return enterPage.Show(w, r, data)
}

// showHeld tells somebody whose session has ended that what they sent is kept, and where to go on with it.
func (p *Pages) showHeld(w http.ResponseWriter, r *http.Request, h desk.Held) error {
	remember(w, r, h.Next, desk.HeldFor)
	h.Until = h.Until.In(p.zone(r))
	data := p.entrance(h.Next)
	data.Held = &h
	return enterPage.ShowStatus(w, r, http.StatusForbidden, data)
}

// unfinished shows the first page again because another way than a letter came to nothing.
func (p *Pages) unfinished(w http.ResponseWriter, r *http.Request, next string, why *errs.Error) error {
	data := p.entrance(next)
	data.Wrong = why
	status := http.StatusBadRequest
	if s := statusOf(why); s != http.StatusUnprocessableEntity {
		status = s
	}
	later(w, status)
	return enterPage.ShowStatus(w, r, status, data)
}

// ask takes an address and promises a letter. It answers the same for every address, and knows no more itself.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, enterFields)
	if err != nil {
		return err
	}
	next := local(form.Value("next"))
	sent, err := p.SignIn.Ask(r.Context(), signin.Asking{
		Email: form.Value("email"), Browser: known(w, r), Lang: web.Lang(r), Next: next,
	})
	if err == nil {
		return web.Redirect(w, r, "account.letter", sent.Request)
	}
	told := toldBy(err)
	if told == nil {
		return err
	}
	form.Problems.Add("email", told.Key, told.Args...)
	data := p.entrance(next)
	form.Set("next", next)
	data.Form = form
	status := statusOf(err)
	later(w, status)
	return enterPage.ShowStatus(w, r, status, data)
}

// toldBy is what a person can be told of err; nil for a fault of ours.
func toldBy(err error) *errs.Error {
	var told *errs.Error
	if errors.As(err, &told) && told.Kind != errs.Internal {
		return told
	}
	return nil
}

// invitationData is the page of a link that somebody made at the server.
type invitationData struct {
	Spent  bool
	Action string
}

var invitationPage = parse[invitationData]("invitation.html")

// showInvitation shows a button, because programs that check letters open every link, and a link lets in once.
func (p *Pages) showInvitation(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	return invitationPage.Show(w, r, invitationData{Action: r.URL.EscapedPath()})
}

// spendInvitation lets in whoever has the link: it was handed over by the person who runs the server.
func (p *Pages) spendInvitation(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	account, err := p.People.SignIn(r.Context(), r.PathValue("token"))
	if errors.Is(err, people.ErrLink) {
		return invitationPage.ShowStatus(w, r, http.StatusGone, invitationData{Spent: true})
	}
	if err != nil {
		return err
	}
	return p.welcome(w, r, account.ID, remembered(r))
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	p.Desk.Forget(w, r)
	if err := web.SignOut(r); err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.sign-in")
}
