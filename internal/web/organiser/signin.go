package organiser

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"obrady/internal/people"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) signInRoutes() []web.Route {
	return []web.Route{
		{Name: "desk.sign-in", PL: "/wejscie", EN: "/enter", Action: signIn, Query: []string{"next"}, Handle: p.askForLink},
		{Name: "desk.enter", PL: "/wejscie/odnosnik/{token}", EN: "/enter/link/{token}", Action: signIn, Handle: p.showLink},
		{Name: "desk.enter.spend", Method: http.MethodPost, PL: "/wejscie/odnosnik/{token}", EN: "/enter/link/{token}", Action: signIn, Handle: p.spendLink},
		{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: signIn, Handle: p.signOut},
	}
}

// enterData is what a person sees before they are signed in.
type enterData struct {
	Asked  bool   // a page of the desk was asked for
	Spent  bool   // the link has been used, or is too old
	Button bool   // there is a link to use
	Action string // where the button goes
	Held   *desk.Held
}

var enterPage = parse[enterData]("enter.html")

// nextCookie keeps which page was asked for while somebody looks for their link; nothing else.
const nextCookie = "desk-next"

// askForLink says how to get a link, and remembers where its owner wanted to go.
func (p *Pages) askForLink(w http.ResponseWriter, r *http.Request) error {
	next, ok := web.LocalPath(r.URL.Query().Get("next"))
	if ok {
		remember(w, r, next, time.Hour)
	}
	return enterPage.Show(w, r, enterData{Asked: ok})
}

// showLink shows a button, because scanners of mail open every link, and a link lets in once.
func (p *Pages) showLink(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a key
	return enterPage.Show(w, r, enterData{Button: true, Action: r.URL.EscapedPath()})
}

// showHeld tells somebody whose session has ended that what they sent is kept, and remembers where to go on with it.
func (p *Pages) showHeld(w http.ResponseWriter, r *http.Request, h desk.Held) error {
	remember(w, r, h.Next, desk.HeldFor)
	if around, err := p.zone(r); err == nil {
		h.Until = h.Until.In(around)
	}
	return enterPage.ShowStatus(w, r, http.StatusForbidden, enterData{Held: &h})
}

// zone is that of the edition in the path, of the latest one elsewhere.
func (p *Pages) zone(r *http.Request) (*time.Location, error) {
	all, err := p.Editions.Editions(r.Context())
	if err != nil || len(all) == 0 {
		return time.UTC, err
	}
	for _, e := range all {
		if e.Slug == r.PathValue("edition") {
			return e.Location(), nil
		}
	}
	return all[0].Location(), nil
}

func (p *Pages) spendLink(w http.ResponseWriter, r *http.Request) error {
	account, err := p.People.SignIn(r.Context(), r.PathValue("token"))
	if errors.Is(err, people.ErrLink) {
		return enterPage.ShowStatus(w, r, http.StatusForbidden, enterData{Spent: true})
	}
	if err != nil {
		return err
	}
	if err := web.SignIn(r, string(account.ID)); err != nil {
		return err
	}
	p.Remember(w, r, string(account.ID))
	if next := remembered(r); next != "" {
		remember(w, r, "", -time.Second)
		return web.RedirectTo(w, r, next)
	}
	return web.Redirect(w, r, "desk.editions")
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	p.Forget(w, r)
	if err := web.SignOut(r); err != nil {
		return err
	}
	return web.Redirect(w, r, "desk.sign-in")
}

// remember keeps an address of this site for a while, and forgets it when the while is negative.
func remember(w http.ResponseWriter, r *http.Request, next string, while time.Duration) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is; it holds an address of this site and no more
		Name: nextCookie, Value: url.QueryEscape(next), Path: "/", MaxAge: int(while / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
}

// remembered returns the address that was kept, if it is one of this site.
func remembered(r *http.Request) string {
	cookie, err := r.Cookie(nextCookie)
	if err != nil {
		return ""
	}
	next, err := url.QueryUnescape(cookie.Value)
	if err != nil {
		return ""
	}
	path, _ := web.LocalPath(next)
	return path
}
