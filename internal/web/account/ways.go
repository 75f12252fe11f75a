package account

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"obrady/internal/errs"
	"obrady/internal/signin"
	"obrady/internal/web"
	"obrady/internal/web/session"
)

const (
	waysPL = "/moje/logowanie"
	waysEN = "/mine/sign-in"
)

func (p *Pages) waysRoutes() []web.Route {
	return []web.Route{
		{Name: "account.ways", PL: waysPL, EN: waysEN, Action: self, Who: web.SignedIn, Handle: p.showWays},
		{Name: "account.session.end", Method: http.MethodPost, PL: waysPL + "/przegladarki/{browser}/koniec", EN: waysEN + "/browsers/{browser}/end", Action: self, Who: web.SignedIn, Handle: p.endSession},
		{Name: "account.session.others", Method: http.MethodPost, PL: waysPL + "/inne-przegladarki/koniec", EN: waysEN + "/other-browsers/end", Action: self, Who: web.SignedIn, Handle: p.endOthers},
	}
}

// waysData are the ways by which somebody comes in, and the browsers in which they are.
type waysData struct {
	Mine
	Wrong    *errs.Error
	HasKeys  bool // passkeys work here
	Fresh    bool // it was a short while ago that the visitor proved who they are
	Form     web.Form
	Keys     []key
	Provider string
	Linked   bool
	Sessions []browsing
	Others   bool // there are other browsers
}

// key is a passkey in the list.
type key struct {
	ID, Name  string
	CreatedAt time.Time
	UsedAt    time.Time
	Form      web.Form
}

// browsing is a browser in the list.
type browsing struct {
	session.Session
	This bool
}

var waysPage = parse[waysData]("ways.html", "around.html")

func (p *Pages) ways(r *http.Request) (waysData, error) {
	data := waysData{
		Mine: p.mine(r, "account.ways"), HasKeys: p.SignIn.HasPasskeys(), Fresh: web.Recent(r, freshFor), Form: web.NewForm(answerFields),
	}
	zone := p.zone(r)
	keys, err := p.SignIn.Passkeys(r.Context(), me(r))
	if err != nil {
		return data, err
	}
	for _, k := range keys {
		data.Keys = append(data.Keys, inList(k, zone))
	}
	if p.Provider != nil {
		issuers, err := p.SignIn.Issuers(r.Context(), me(r))
		if err != nil {
			return data, err
		}
		data.Provider, data.Linked = p.Provider.Name, slices.Contains(issuers, p.Provider.Issuer)
	}
	sessions, err := p.Sessions.List(r.Context(), me(r))
	if err != nil {
		return data, err
	}
	this := web.SessionName(r)
	for _, s := range sessions {
		s.SeenAt, s.CreatedAt = s.SeenAt.In(zone), s.CreatedAt.In(zone)
		data.Sessions = append(data.Sessions, browsing{s, s.Name == this})
	}
	data.Others = slices.ContainsFunc(data.Sessions, func(b browsing) bool { return !b.This })
	return data, nil
}

func inList(k signin.Passkey, zone *time.Location) key {
	one := key{ID: k.ID, Name: k.Name, CreatedAt: k.CreatedAt.In(zone), Form: web.NewForm(keyFields)}
	one.Form.Set("name", k.Name)
	if k.UsedAt != nil {
		one.UsedAt = k.UsedAt.In(zone)
	}
	return one
}

func (p *Pages) showWays(w http.ResponseWriter, r *http.Request) error {
	data, err := p.ways(r)
	if err != nil {
		return err
	}
	return waysPage.Show(w, r, data)
}

// waysAgain shows the page once more with what went wrong; nothing has changed.
func (p *Pages) waysAgain(w http.ResponseWriter, r *http.Request, why error) error {
	told := toldBy(why)
	if told == nil || told.Kind == errs.NotFound {
		return why
	}
	data, err := p.ways(r)
	if err != nil {
		return err
	}
	data.Wrong = told
	status := statusOf(why)
	if errors.Is(why, signin.ErrPasskey) {
		status = http.StatusBadRequest
	}
	later(w, status)
	return waysPage.ShowStatus(w, r, status, data)
}

// freshFirst has somebody prove again who they are before they change how they come in.
func (p *Pages) freshFirst(w http.ResponseWriter, r *http.Request) error {
	next := "/pl" + waysPL
	if web.Lang(r) == "en" {
		next = "/en" + waysEN
	}
	return web.AskAgain(w, r, next)
}

func (p *Pages) endSession(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("browser")
	if name == web.SessionName(r) {
		return p.signOut(w, r)
	}
	if err := p.Sessions.End(r.Context(), me(r), name); err != nil {
		return err
	}
	web.Flash(r, "account.session.ended")
	return web.Redirect(w, r, "account.ways")
}

func (p *Pages) endOthers(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Sessions.EndOthers(r.Context(), me(r), web.SessionName(r)); err != nil {
		return err
	}
	web.Flash(r, "account.session.others_ended")
	return web.Redirect(w, r, "account.ways")
}
