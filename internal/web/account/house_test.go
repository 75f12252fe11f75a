package account_test

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/signin"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/account"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/session"
	"obrady/internal/web/webtest"
)

const home = "https://kongres.example"

type drafts struct{ db *db.DB }

func (d drafts) Keep(ctx context.Context, one draft.Draft) error { return draft.Keep(ctx, d.db, one) }

func (d drafts) Find(ctx context.Context, owner, form string) (draft.Draft, error) {
	return draft.Find(ctx, d.db, owner, form)
}

func (d drafts) Drop(ctx context.Context, owner, form string) error {
	return draft.Drop(ctx, d.db, owner, form)
}

// house is the door of a congress, at a moment that the test turns.
type house struct {
	t      *testing.T
	db     *db.DB
	at     time.Time
	people *people.Service
	pages  *account.Pages
	site   *web.Site
}

// open builds the house; change may give it a provider.
func open(t *testing.T, d *db.DB, change ...func(*house, *account.Pages)) *house {
	t.Helper()
	o := &house{t: t, db: d, at: webtest.Noon}
	now := func() time.Time { return o.at }
	o.people = people.NewService(d, now)
	sessions := session.NewStore(d, now)
	ways, err := signin.NewService(d, now, signin.Config{BaseURL: home, Sessions: sessions})
	if err != nil {
		t.Fatal(err)
	}
	editions, allowed := edition.NewService(d, now), rights.NewService(d, now)
	kit := &desk.Kit{Editions: editions, Accounts: o.people, Rights: allowed, Drafts: drafts{d}, Now: now}
	o.pages = &account.Pages{
		Desk: kit, People: o.people, SignIn: ways, Sessions: sessions, Editions: editions, Now: now,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, c := range change {
		c(o, o.pages)
	}
	config := webtest.Config(t, account.Locale, signin.Locale, desk.Locale, people.Locale, rights.Locale, edition.Locale, text.Locale)
	config.Now, config.BaseURL, config.Hosts = now, home, []string{"kongres.example"}
	config.Sessions, config.SignIn = sessions, "desk.sign-in"
	config.Guard = guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	o.site = webtest.Site(t, config, o.pages.Routes()...)
	return o
}

// visitor is one browser with its cookies.
type visitor struct {
	*house
	cookies map[string]string
	agent   string
}

func (o *house) browser() *visitor {
	return &visitor{house: o, cookies: map[string]string{}, agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
}

func (v *visitor) do(r *http.Request) *httptest.ResponseRecorder {
	v.t.Helper()
	r.Host = "kongres.example"
	r.Header.Set("User-Agent", v.agent)
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	got := webtest.Do(v.site, r)
	for _, cookie := range got.Result().Cookies() {
		if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			v.t.Errorf("%s %s sets %v, want it HttpOnly, Secure, Lax, for the whole site and no other", r.Method, r.URL.Path, cookie)
		}
		if cookie.MaxAge < 0 {
			delete(v.cookies, cookie.Name)
			continue
		}
		v.cookies[cookie.Name] = cookie.Value
	}
	if got.Code == http.StatusInternalServerError {
		v.t.Errorf("%s %s answers 500", r.Method, r.URL)
	}
	return got
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	v.t.Helper()
	return v.do(httptest.NewRequestWithContext(v.t.Context(), http.MethodGet, path, nil))
}

func (v *visitor) post(path string, fields ...string) *httptest.ResponseRecorder {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequestWithContext(v.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// ask asks for a letter, and returns where that leads and the letter.
func (v *visitor) ask(email, next string) (where string, letter signin.Issued) {
	v.t.Helper()
	got := v.post("/pl/wejscie", "email", email, "next", next)
	where = got.Header().Get("Location")
	if got.Code != http.StatusSeeOther || !strings.HasPrefix(where, "/pl/wejscie/poczta/") {
		v.t.Fatalf("asking for a letter answers %d %s\n%s", got.Code, where, got.Body)
	}
	return where, v.write(strings.TrimPrefix(where, "/pl/wejscie/poczta/"))
}

// write writes a letter, as the outbox has it done.
func (o *house) write(request string) (letter signin.Issued) {
	o.t.Helper()
	err := o.db.Tx(o.t.Context(), func(tx *db.Tx) (err error) {
		letter, err = signin.Issue(o.t.Context(), tx, o.at, signin.RequestID(request))
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return letter
}

// enter signs somebody in by a letter.
func (o *house) enter(email string) *visitor {
	o.t.Helper()
	v := o.browser()
	_, letter := v.ask(email, "")
	wantStatus(o.t, "signing in", v.post(link(letter)), http.StatusSeeOther)
	return v
}

func link(letter signin.Issued) string { return "/pl/wejscie/list/" + letter.Token }

// in says who is signed in; "" for nobody.
func (v *visitor) in() string {
	v.t.Helper()
	got := v.get("/pl/moje")
	if got.Code != http.StatusOK {
		return ""
	}
	_, rest, _ := strings.Cut(got.Body.String(), "Jesteś tu jako ")
	email, _, _ := strings.Cut(rest, "</p>")
	return strings.TrimSuffix(html.UnescapeString(email), ".")
}

func wantStatus(t *testing.T, what string, got *httptest.ResponseRecorder, want int) {
	t.Helper()
	if got.Code != want {
		t.Errorf("%s answers %d, want %d", what, got.Code, want)
	}
}

func wantText(t *testing.T, what string, got *httptest.ResponseRecorder, want ...string) {
	t.Helper()
	page := html.UnescapeString(strings.Join(strings.Fields(got.Body.String()), " "))
	if !slices.ContainsFunc(want, func(w string) bool { return strings.Contains(page, w) }) {
		t.Errorf("%s does not say %q", what, want)
	}
}
