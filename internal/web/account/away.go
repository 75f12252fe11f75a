package account

import (
	"errors"
	"net/http"

	"obrady/internal/errs"
	"obrady/internal/signin"
	"obrady/internal/web"
)

// Where people come back from the provider. It knows both addresses.
const (
	backPL = "/wejscie/dostawca/powrot"
	backEN = "/enter/provider/return"
)

func (p *Pages) providerRoutes() []web.Route {
	if p.Provider == nil {
		return nil
	}
	return []web.Route{
		{Name: "account.provider", Method: http.MethodPost, PL: "/wejscie/dostawca", EN: "/enter/provider", Action: enter, Handle: p.goAway},
		{Name: "account.provider.return", PL: backPL, EN: backEN, Action: enter, Query: []string{"state", "code", "error", "iss"}, Handle: p.comeBack},
		{Name: "account.provider.link", Method: http.MethodPost, PL: "/moje/logowanie/dostawca", EN: "/mine/sign-in/provider", Action: self, Who: web.SignedIn, Handle: p.goAndLink},
		{Name: "account.provider.unlink", Method: http.MethodPost, PL: "/moje/logowanie/dostawca/usun", EN: "/mine/sign-in/provider/remove", Action: self, Who: web.SignedIn, Handle: p.unlink},
	}
}

// awayData is the page between here and the provider. It leads there by itself; a redirect after a form would be
// stopped by the policy of our pages, which lets forms go nowhere else.
type awayData struct {
	Name, URL string
}

var awayPage = parse[awayData]("away.html")

func back(r *http.Request) string {
	if web.Lang(r) == "en" {
		return "/en" + backEN
	}
	return "/pl" + backPL
}

var nextFields = web.Fields{"next": "account.enter.next"}

func (p *Pages) goAway(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r, nextFields)
	if err != nil {
		return err
	}
	next := local(form.Value("next"))
	errand, err := p.SignIn.BeginProvider(r.Context(), known(w, r), "", next)
	if err == nil {
		return p.send(w, r, errand)
	}
	if told := toldBy(err); told != nil {
		return p.unfinished(w, r, next, told)
	}
	return err
}

func (p *Pages) goAndLink(w http.ResponseWriter, r *http.Request) error {
	if !web.Recent(r, freshFor) {
		return p.freshFirst(w, r)
	}
	errand, err := p.SignIn.BeginProvider(r.Context(), known(w, r), me(r), "")
	if err == nil {
		return p.send(w, r, errand)
	}
	if toldBy(err) != nil {
		return p.waysAgain(w, r, err)
	}
	return err
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request, e signin.Errand) error {
	address, err := p.Provider.Address(r.Context(), e, back(r))
	if err != nil {
		p.logged(r, err)
		return p.unfinished(w, r, e.Next, errAway.With(p.Provider.Name))
	}
	return awayPage.Show(w, r, awayData{p.Provider.Name, address})
}

// What can be told of an errand that failed.
var (
	errAway   = errs.New(errs.Invalid, "account.provider.no_answer")
	errDenied = errs.New(errs.Invalid, "account.provider.denied")
)

func (p *Pages) logged(r *http.Request, err error) {
	if p.Log != nil {
		p.Log.WarnContext(r.Context(), "identity provider", "request", web.RequestID(r), "err", err)
	}
}

// comeBack takes somebody who comes back from the provider: in, or to the account that they are signed in with.
func (p *Pages) comeBack(w http.ResponseWriter, r *http.Request) error {
	secret(w)
	query := r.URL.Query()
	errand, err := p.SignIn.ReturnFromProvider(r.Context(), query.Get("state"), browser(r), me(r))
	if errors.Is(err, signin.ErrProvider) {
		return p.unfinished(w, r, "", signin.ErrProvider)
	}
	if err != nil {
		return err
	}
	switch iss := query.Get("iss"); {
	case query.Get("error") != "":
		return p.unfinished(w, r, errand.Next, errDenied.With(p.Provider.Name))
	case query.Get("code") == "", iss != "" && iss != p.Provider.Issuer: // RFC 9207
		return p.unfinished(w, r, errand.Next, signin.ErrProvider)
	}
	claims, err := p.Provider.Claims(r.Context(), errand, query.Get("code"), back(r))
	if err != nil {
		p.logged(r, err)
		return p.unfinished(w, r, errand.Next, signin.ErrProvider)
	}
	if errand.For != "" {
		return p.linked(w, r, claims)
	}
	return p.recognised(w, r, errand, claims)
}

// recognised lets in whom the provider names, or has the address proved first.
func (p *Pages) recognised(w http.ResponseWriter, r *http.Request, e signin.Errand, c signin.Claims) error {
	entry, err := p.SignIn.EnterByProvider(r.Context(), c, web.Lang(r))
	switch {
	case err == nil:
		return p.welcome(w, r, entry.Account.ID, e.Next)
	case errors.Is(err, signin.ErrCodeNeeded):
		sent, err := p.SignIn.Ask(r.Context(), signin.Asking{
			Email: c.Email, Browser: known(w, r), Lang: web.Lang(r), Next: e.Next, Claim: c,
		})
		if told := toldBy(err); told != nil {
			return p.unfinished(w, r, e.Next, told)
		}
		if err != nil {
			return err
		}
		web.Flash(r, "account.provider.prove", p.Provider.Name)
		return web.Redirect(w, r, "account.letter", sent.Request)
	}
	if told := toldBy(err); told != nil {
		return p.unfinished(w, r, e.Next, told)
	}
	return err
}

func (p *Pages) linked(w http.ResponseWriter, r *http.Request, c signin.Claims) error {
	if err := p.SignIn.Link(r.Context(), me(r), c); err != nil {
		return p.waysAgain(w, r, err)
	}
	web.Flash(r, "account.provider.linked", p.Provider.Name)
	return web.Redirect(w, r, "account.ways")
}

func (p *Pages) unlink(w http.ResponseWriter, r *http.Request) error {
	if err := p.SignIn.Unlink(r.Context(), me(r), p.Provider.Issuer); err != nil {
		return p.waysAgain(w, r, err)
	}
	web.Flash(r, "account.provider.unlinked", p.Provider.Name)
	return web.Redirect(w, r, "account.ways")
}
