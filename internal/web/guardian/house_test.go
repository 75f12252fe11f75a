package guardian_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/privacy"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signup"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/guardian"
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

// People of the tests.
const (
	chief   = "ada@example.org"     // organiser of the installation
	officer = "iod@example.org"     // data-protection officer of one edition
	partner = "partner@example.org" // of one block
	speaker = "zofia@example.org"   // has claimed a person of the programme
)

// house is an edition with two blocks and a session in each, and the pages about data.
type house struct {
	t         *testing.T
	db        *db.DB
	clock     time.Time
	site      *web.Site
	cookies   map[string]string // by e-mail
	edition   edition.Edition
	sessions  []programme.Session
	person    people.Person
	accounts  map[string]people.Account
	rights    *rights.Service
	privacy   *privacy.Service
	editions  *edition.Service
	programme *programme.Service
	published *publication.Desk
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, clock: webtest.Noon, cookies: map[string]string{}, accounts: map[string]people.Account{}}
	now := func() time.Time { return h.clock }
	register, releases := people.NewService(d, now), timetable.NewService(d, now)
	h.rights, h.editions, h.programme = rights.NewService(d, now), edition.NewService(d, now), programme.NewService(d, now)
	h.privacy = privacy.NewService(privacy.Config{DB: d, Now: now, Keepers: []privacy.Keeper{
		{Name: "timetable", Collect: timetable.Collect, Erase: timetable.Erase},
		{Name: "programme", Collect: programme.Collect, Erase: programme.Erase},
		{Name: "rights", Collect: rights.Collect, Erase: rights.Erase},
		privacy.Journal(), privacy.Cases(),
		{Name: "codes", Collect: h.codes, Erase: nothingKept},
		{Name: "people", Collect: people.Collect, Erase: people.Erase},
	}})
	h.published = publication.New(d, releases, slog.New(slog.DiscardHandler))
	webtest.Organiser(t, d, chief)
	config := webtest.Config(t, guardian.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale,
		timetable.Locale, consent.Locale, privacy.Locale, admission.Locale, attendance.Locale, selection.Locale, signup.Locale)
	kit := &desk.Kit{Editions: h.editions, Accounts: register, Rights: h.rights, Drafts: drafts{d}, Now: now}
	pages := &guardian.Pages{
		Kit: kit, Privacy: h.privacy, Consents: consent.NewService(d, now), People: register, Rights: h.rights,
		Statements: h.editions, Programme: h.programme, Published: h.published, Words: config.Catalogue,
	}
	config.SignIn, config.Now = "signin", now
	config.Guard = guard.Guard{Rights: h.rights, Log: slog.New(slog.DiscardHandler)}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	h.site, err = web.New(config)
	h.must(err)
	pages.Site = h.site
	h.must(h.site.Mount(append(pages.Routes(), h.otherRoutes(kit)...)...))
	h.furnish(register)
	return h
}

// codes are words of closed lists, as packages keep them about the speaker.
func (h *house) codes(_ context.Context, _ db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "attendance.data.part"}
	if s.Account != "" && s.Account == h.accounts[speaker].ID {
		out.Rows = []map[string]any{{
			"presence": attendance.Absent, "verdict": signup.Passed, "what": "promoted", "why": "line_changed", "needs": "wheelchair headset",
			"note": "Za tydzień.",
		}}
	}
	return out, nil
}

func nothingKept(context.Context, *db.Tx, people.Subject, time.Time) ([]people.Outcome, error) {
	return nil, nil
}

// otherRoutes are what these pages lead to, and a way in for tests.
func (h *house) otherRoutes(kit *desk.Kit) []web.Route {
	nothing := func(http.ResponseWriter, *http.Request) error { return nil }
	enter := web.Route{Name: "test.enter", Path: "/test-enter/{email}", Action: "account.enter", Handle: func(w http.ResponseWriter, r *http.Request) error {
		account, err := people.AccountOf(r.Context(), h.db, r.PathValue("email"))
		if err == nil {
			err = web.SignIn(r, string(account.ID))
		}
		return err
	}}
	public := func(name, pl, en, action string) web.Route {
		return web.Route{Name: name, PL: pl, EN: en, Action: action, Handle: nothing}
	}
	return append(append(kit.DraftRoutes(), kit.Offer(web.Route{
		Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: "programme.draft", Object: desk.Within, Who: web.SignedIn, Handle: nothing,
	})...), enter, public("signin", "/wejscie", "/enter", "account.enter"), public("desk.editions", "/biurko", "/desk", "programme.read"),
		public("edition", "/{edition}", "/{edition}", "programme.read"),
		web.Route{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: "account.enter", Handle: nothing})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) furnish(register *people.Service) {
	h.t.Helper()
	ctx := h.t.Context()
	var err error
	h.edition, err = h.editions.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	h.must(err)
	h.person, err = register.SavePerson(ctx, "desk", people.Person{Slug: "zofia-kanarek", Name: "Zofia Kanarek"})
	h.must(err)
	var blocks []programme.Block
	for n, slug := range []string{"zielen", "ruch"} {
		b, err := h.programme.SaveBlock(ctx, people.AccountID("desk"), programme.Block{
			Edition: h.edition.ID, Slug: slug, Kind: programme.General, Mark: slug[:1], Colour: n + 1, Name: i18n.Both("Blok " + slug),
		})
		h.must(err)
		s, err := h.programme.SaveSession(ctx, "desk", programme.Session{
			Edition: h.edition.ID, Slug: "sesja-" + slug, Block: b.ID, Title: i18n.Both("Sesja " + slug), Format: programme.Panel,
			Form: edition.OnSite, Status: programme.Ready, People: []programme.Appearance{{Person: h.person.ID, Role: programme.Speaker}},
		})
		h.must(err)
		blocks, h.sessions = append(blocks, b), append(h.sessions, s)
	}
	h.appoint(officer, rights.Protection, rights.OfCongress(h.edition.ID))
	h.appoint(partner, rights.Partner, rights.OfBlock(blocks[0].ID))
	h.accounts[speaker] = h.account(speaker)
	h.must(h.db.Tx(ctx, func(tx *db.Tx) error { return people.Join(ctx, tx, h.accounts[speaker].ID, h.person.ID) }))
	h.must(h.published.Refresh(ctx))
}

func (h *house) account(email string) (a people.Account) {
	h.t.Helper()
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: email, Name: "Konto " + email, CreatedAt: h.clock})
		return err
	}))
	return a
}

func (h *house) appoint(email string, role rights.Role, at rights.Node) {
	h.t.Helper()
	h.accounts[email] = h.account(email)
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		return rights.Write(h.t.Context(), tx, rights.Grant{
			Account: h.accounts[email].ID, Role: role, Node: at, Edition: h.edition.ID, From: h.clock, GrantedAt: h.clock,
		})
	}))
}

// as sends a request as somebody, who is signed in first; "" is the public.
func (h *house) as(email, method, path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	if email != "" && h.cookies[email] == "" {
		got := webtest.Do(h.site, httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, "/test-enter/"+email, nil))
		for _, cookie := range got.Result().Cookies() {
			h.cookies[email] = cookie.Name + "=" + cookie.Value
		}
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if email != "" {
		r.Header.Set("Cookie", h.cookies[email])
	}
	got := webtest.Do(h.site, r)
	if got.Code >= http.StatusInternalServerError {
		h.t.Errorf("%s %s as %q answers %d, want no fault of ours", method, path, email, got.Code)
	}
	return got
}

func (h *house) get(email, path string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.as(email, http.MethodGet, path, nil)
}

// wants gets a page and expects a status and words on it.
func (h *house) wants(email, path string, status int, words ...string) string {
	h.t.Helper()
	got := h.get(email, path)
	if got.Code != status {
		h.t.Errorf("GET %s as %q answers %d, want %d", path, email, got.Code, status)
	}
	for _, one := range words {
		if !strings.Contains(got.Body.String(), one) {
			h.t.Errorf("GET %s as %q does not say %q", path, email, one)
		}
	}
	return got.Body.String()
}
