package organiser_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signin"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/account"
	kit "obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/organiser"
	"obrady/internal/web/webtest"
)

// drafts puts package draft upon a database, as the program does.
type drafts struct{ db *db.DB }

func (d drafts) Keep(ctx context.Context, one draft.Draft) error { return draft.Keep(ctx, d.db, one) }

func (d drafts) Find(ctx context.Context, owner, form string) (draft.Draft, error) {
	return draft.Find(ctx, d.db, owner, form)
}

func (d drafts) Drop(ctx context.Context, owner, form string) error {
	return draft.Drop(ctx, d.db, owner, form)
}

// desk is a running desk with an edition, and somebody who may be signed in.
type desk struct {
	*organiser.Pages
	t       *testing.T
	db      *db.DB
	site    *web.Site
	cookies map[string]string
	edition edition.Edition
	people  *people.Service
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	now := func() time.Time { return webtest.Noon }
	o := &desk{t: t, db: d, cookies: map[string]string{}, people: people.NewService(d, now)}
	editions := edition.NewService(d, now)
	allowed := rights.NewService(d, now)
	webtest.Organiser(t, d, "ada@example.org")
	keeper := partner.NewKeeper(d, now, timetable.NewService(d, now))
	o.Pages = &organiser.Pages{
		Kit:      &kit.Kit{Editions: editions, Accounts: o.people, Rights: allowed, Drafts: drafts{d}, Now: now},
		Editions: editions, People: keeper, Programme: keeper, Timetable: keeper,
	}
	config := webtest.Config(t, organiser.Locale, partner.Locale, account.Locale, signin.Locale, kit.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale, timetable.Locale, text.Locale)
	config.SignIn, config.Guard = "desk.sign-in", guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	o.site = webtest.Site(t, config, slices.Concat(o.Routes(), door(t, d, o.Kit).Routes())...)
	var err error
	o.edition, err = o.Editions.Save(t.Context(), "somebody", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Text{PL: "III Kongres Polityki Miejskiej", EN: "3rd Urban Policy Congress"},
		StartsOn: civil.Date("2021-06-07"), EndsOn: civil.Date("2021-06-08"), TimeZone: "Europe/Warsaw", Form: edition.Hybrid,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// signedIn is newDesk with an organiser sitting at it.
func signedIn(t *testing.T, d *db.DB) *desk {
	t.Helper()
	o := newDesk(t, d)
	if got := o.post("/pl/wejscie/odnosnik/"+o.link(), nil); got.Code != http.StatusSeeOther {
		t.Fatalf("sign-in answers %d, want 303", got.Code)
	}
	return o
}

func (o *desk) link() string {
	o.t.Helper()
	token, err := o.people.Invite(o.t.Context(), "ada@example.org", "Ada Biurkowa")
	if err != nil {
		o.t.Fatal(err)
	}
	return token
}

func (o *desk) do(r *http.Request) *httptest.ResponseRecorder {
	for name, value := range o.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	got := webtest.Do(o.site, r)
	for _, cookie := range got.Result().Cookies() {
		if cookie.MaxAge < 0 {
			delete(o.cookies, cookie.Name)
			continue
		}
		o.cookies[cookie.Name] = cookie.Value
	}
	if got.Code >= http.StatusInternalServerError {
		o.t.Errorf("%s %s answers %d, want no fault of ours", r.Method, r.URL, got.Code)
	}
	return got
}

func (o *desk) get(path string) *httptest.ResponseRecorder {
	return o.do(httptest.NewRequestWithContext(o.t.Context(), http.MethodGet, path, nil))
}

func (o *desk) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.do(r)
}

// addMark sends the form of a mark with a file in it.
func (o *desk) addMark(form url.Values, name string, content []byte) *httptest.ResponseRecorder {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range form {
		for _, value := range values {
			if err := w.WriteField(field, value); err != nil {
				o.t.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile("image", name)
	if err == nil {
		_, err = io.Copy(part, bytes.NewReader(content))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		o.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, marks, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return o.do(r)
}

var (
	inputTag  = regexp.MustCompile(`<input[^>]*>`)
	areaTag   = regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectTag = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`)
	optionTag = regexp.MustCompile(`<option value="([^"]*)" selected`)
	firstTag  = regexp.MustCompile(`<option value="([^"]*)"`)
)

func attribute(tag, name string) string {
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

// fields reads the form on a page as a browser would send it. Only the last form of the page's main part is meant: the
// ones before it are buttons.
func fields(page string) url.Values {
	form := url.Values{}
	if at := strings.LastIndex(page, `<form class="form"`); at >= 0 {
		page = page[at:]
	}
	if at := strings.Index(page, "</form>"); at >= 0 {
		page = page[:at]
	}
	for _, tag := range inputTag.FindAllString(page, -1) {
		kind := attribute(tag, "type")
		if (kind == "checkbox" || kind == "radio") && !strings.Contains(tag, " checked") || kind == "file" {
			continue
		}
		form.Add(attribute(tag, "name"), attribute(tag, "value"))
	}
	for _, found := range areaTag.FindAllStringSubmatch(page, -1) {
		form.Add(found[1], html.UnescapeString(found[2]))
	}
	for _, found := range selectTag.FindAllStringSubmatch(page, -1) {
		chosen := optionTag.FindStringSubmatch(found[2])
		if chosen == nil {
			chosen = firstTag.FindStringSubmatch(found[2])
		}
		if chosen != nil {
			form.Add(found[1], html.UnescapeString(chosen[1]))
		}
	}
	return form
}

// filled opens the form at path and types values over what is in it.
func (o *desk) filled(path string, values ...string) url.Values {
	o.t.Helper()
	page := o.get(path)
	if page.Code != http.StatusOK {
		o.t.Fatalf("GET %s answers %d, want 200", path, page.Code)
	}
	form := fields(page.Body.String())
	for i := 0; i+1 < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	return form
}

func wantStatus(t *testing.T, what string, got *httptest.ResponseRecorder, want int) {
	t.Helper()
	if got.Code != want {
		t.Errorf("%s answers %d, want %d\n%s", what, got.Code, want, summaryOf(got.Body.String()))
	}
}

var errorList = regexp.MustCompile(`(?s)<div class="error-summary".*?</div>`)

func summaryOf(page string) string { return errorList.FindString(page) }

func wantText(t *testing.T, what, page, want string) {
	t.Helper()
	if !strings.Contains(html.UnescapeString(page), want) {
		t.Errorf("%s does not say %q", what, want)
	}
}
