// Package account is where people come in and look after their own account: the sign-in page with its four ways (a
// letter's link or code, a passkey, an identity provider), and afterwards their name, address, keys, browsers and roles.
package account

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/signin"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/session"
)

// Locale holds the sentences of these pages.
//
//go:embed locale/*.json
var Locale embed.FS

//go:embed templates/*.html
var templates embed.FS

// People is what these pages ask of package people.
type People interface {
	Account(ctx context.Context, account people.AccountID) (people.Account, error)
	Rename(ctx context.Context, account people.AccountID, name string, lang i18n.Lang) error
	SignIn(ctx context.Context, token string) (people.Account, error)
}

// SignIn is what these pages ask of package signin.
type SignIn interface {
	Ask(ctx context.Context, a signin.Asking) (signin.Sent, error)
	Again(ctx context.Context, token, browser string) (signin.Sent, error)
	Look(ctx context.Context, token, browser string) (mine bool, err error)
	Wait(ctx context.Context, of signin.RequestID, browser string) (signin.Waiting, error)
	Enter(ctx context.Context, p signin.Proof) (signin.Entry, error)

	HasPasskeys() bool
	BeginPasskey(ctx context.Context, browser string) (signin.Begun, error)
	EnterByPasskey(ctx context.Context, a signin.Answer) (signin.Entry, error)
	BeginNewPasskey(ctx context.Context, account people.AccountID, browser string) (signin.Begun, error)
	AddPasskey(ctx context.Context, account people.AccountID, name string, a signin.Answer) error
	Passkeys(ctx context.Context, account people.AccountID) ([]signin.Passkey, error)
	RenamePasskey(ctx context.Context, account people.AccountID, key, name string) error
	RemovePasskey(ctx context.Context, account people.AccountID, key string) error

	BeginProvider(ctx context.Context, browser string, account people.AccountID, next string) (signin.Errand, error)
	ReturnFromProvider(ctx context.Context, state, browser string, account people.AccountID) (signin.Errand, error)
	EnterByProvider(ctx context.Context, c signin.Claims, lang i18n.Lang) (signin.Entry, error)
	Link(ctx context.Context, account people.AccountID, c signin.Claims) error
	Issuers(ctx context.Context, account people.AccountID) ([]string, error)
	Unlink(ctx context.Context, account people.AccountID, issuer string) error

	AskMove(ctx context.Context, account people.AccountID, typed string, lang i18n.Lang) error
	LookMove(ctx context.Context, account people.AccountID, token string) (email string, err error)
	ConfirmMove(ctx context.Context, account people.AccountID, token string) error
	LookUndo(ctx context.Context, token string) error
	UndoMove(ctx context.Context, token string) error
}

// Sessions is what these pages ask of the store of sessions.
type Sessions interface {
	List(ctx context.Context, account people.AccountID) ([]session.Session, error)
	End(ctx context.Context, account people.AccountID, name string) error
	EndOthers(ctx context.Context, account people.AccountID, name string) (int64, error)
}

// Editions lists the editions, for their names and clocks.
type Editions interface {
	Editions(ctx context.Context) ([]edition.Edition, error)
}

// Pages are the pages of signing in and of one's own account. Provider, Log, Start and More may be nil.
type Pages struct {
	Desk     *desk.Kit // keeps forms for those whose session has ended
	People   People
	SignIn   SignIn
	Sessions Sessions
	Editions Editions
	Provider *Provider // the identity provider of the house
	Now      func() time.Time
	Log      *slog.Logger // of what happens at the provider

	// Start names the route to which somebody who has come in goes when they wanted no page; "account.mine" when nil.
	Start func(ctx context.Context, who people.AccountID) string
	// More are ways from one's own account to what other pages keep about somebody.
	More func(lang i18n.Lang) []web.Link
}

// Rows of the policy.
const (
	enter = "account.enter"
	self  = "account.self"
)

// Routes are the addresses of these pages. They also make the desk's door.
func (p *Pages) Routes() []web.Route {
	p.Desk.Door = p.showHeld
	return slices.Concat(
		p.enterRoutes(), p.letterRoutes(), p.passkeyRoutes(), p.providerRoutes(), p.mineRoutes(), p.waysRoutes(), p.moveRoutes(),
	)
}

func parse[Data any](name string, fragments ...string) web.Template[Data] {
	files := make([]string, len(fragments))
	for i, fragment := range fragments {
		files[i] = "templates/" + fragment
	}
	return web.Parse[Data](templates, "templates/"+name, files...)
}

// browserFor is how long a browser keeps the secret by which its requests for letters are known as its own.
const browserFor = time.Hour

// browserCookie is the name of the cookie with that secret. Lax and not Strict, because a link that is pressed in a
// mail on the web comes from another site, and a provider sends people back from another site.
func browserCookie(r *http.Request) string {
	if web.Secure(r) {
		return "__Host-ml"
	}
	return "ml"
}

// browser is the secret of the browser of r, or "" when it has none.
func browser(r *http.Request) string {
	cookie, err := r.Cookie(browserCookie(r))
	if err != nil || len(cookie.Value) < 26 || len(cookie.Value) > 100 {
		return ""
	}
	return cookie.Value
}

// known is browser, with a new secret for a browser that has none.
func known(w http.ResponseWriter, r *http.Request) string {
	secret := browser(r)
	if secret == "" {
		secret = rand.Text() + rand.Text()
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure where the connection is
		Name: browserCookie(r), Value: secret, Path: "/", MaxAge: int(browserFor / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: web.Secure(r),
	})
	return secret
}

// secret marks an answer whose address is a key.
func secret(w http.ResponseWriter) { w.Header().Set("Referrer-Policy", "no-referrer") }

// nextCookie keeps which page was asked for while somebody looks for their link; nothing else.
const nextCookie = "desk-next"

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

// local is next if it is a page of this site, and "" if it is anything else.
func local(next string) string {
	path, _ := web.LocalPath(next)
	return path
}

// welcome signs the account in, in this browser, and leads on.
func (p *Pages) welcome(w http.ResponseWriter, r *http.Request, who people.AccountID, next string) error {
	if err := web.SignIn(r, string(who)); err != nil {
		return err
	}
	p.Desk.Remember(w, r, string(who))
	remember(w, r, "", -time.Second)
	if next = local(next); next != "" {
		return web.RedirectTo(w, r, next)
	}
	start := "account.mine"
	if p.Start != nil {
		start = p.Start(r.Context(), who)
	}
	return web.Redirect(w, r, start)
}

// zone is that of the edition in the path, of the latest one elsewhere.
func (p *Pages) zone(r *http.Request) *time.Location {
	all, err := p.Editions.Editions(r.Context())
	if err != nil || len(all) == 0 {
		return time.UTC
	}
	for _, e := range all {
		if e.Slug == r.PathValue("edition") {
			return e.Location()
		}
	}
	return all[0].Location()
}

// Statuses of what cannot be done because of how often or how late it is asked for.
func statusOf(err error) int {
	switch {
	case errors.Is(err, signin.ErrTooOften):
		return http.StatusTooManyRequests
	case errors.Is(err, signin.ErrBusy):
		return http.StatusServiceUnavailable
	case errors.Is(err, signin.ErrSpent):
		return http.StatusGone
	case errors.Is(err, signin.ErrEmailTaken), errors.Is(err, signin.ErrTaken):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// later tells a browser when to come back, as far as the status says that it should.
func later(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "3600")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
}
