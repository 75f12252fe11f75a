package windows_test

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/attendance"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/invitation"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/webtest"
	"obrady/internal/web/windows"
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

// register also finds accounts by their address, as the program does.
type register struct {
	*people.Service
	db *db.DB
}

func (r register) AccountOf(ctx context.Context, email string) (people.Account, error) {
	return people.AccountOf(ctx, r.db, email)
}

// The parts of a seatDesk.
type (
	seats = signup.Service
	rules = arrangement.Service
	lots  = fairness.Service
	lists struct{ *attendance.Service }
)

// seatDesk is everything about sign-ups that the pages ask for.
type seatDesk struct {
	*seats
	*rules
	*lots
	lists
}

// house is an edition with a block of the host and two partners with a block each, sessions in all of them, and the
// pages at which their sign-ups are arranged. Two weeks lie between the opening and the congress.
type house struct {
	t        *testing.T
	db       *db.DB
	at       time.Time
	site     *web.Site
	signups  seatDesk
	list     *registration.Service
	edition  edition.Edition
	hall     timetable.Place
	clause   consent.Clause
	blocks   map[string]programme.Block
	spaces   map[string]rights.Space
	sessions map[string]programme.SessionID
	cookies  map[string]string
}

const (
	chief       = "ada@example.org"
	coordinator = "blok@example.org"
	partnerA    = "gzm@example.org"
	partnerB    = "wuf@example.org"

	desks  = "/pl/kpm-2021/biurko/zapisy-na-sesje"
	desksE = "/en/kpm-2021/desk/sign-ups"
)

var early = time.Date(2021, 5, 20, 8, 0, 0, 0, time.UTC)

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{
		t: t, db: d, at: early, cookies: map[string]string{}, blocks: map[string]programme.Block{}, spaces: map[string]rights.Space{},
		sessions: map[string]programme.SessionID{},
	}
	now := func() time.Time { return h.at }
	editions, allowed := edition.NewService(d, now), rights.NewService(d, now)
	plans := timetable.NewService(d, now)
	keeper := partner.NewKeeper(d, now, plans)
	kit := &desk.Kit{Editions: editions, Accounts: people.NewService(d, now), Rights: allowed, Drafts: drafts{d}, Now: now}
	config := webtest.Config(t, windows.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale, rights.Locale,
		timetable.Locale, consent.Locale, partner.Locale, admission.Locale, invitation.Locale, signup.Locale, registration.Locale, table.Locale)
	given := signup.NewService(d, now)
	h.signups = seatDesk{given, arrangement.NewService(given, now), fairness.NewService(d), lists{attendance.NewService(d, now, given)}}
	h.signups.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.at, nil }
	mayDo := func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
		who, err := rights.Load(ctx, q, by, h.at)
		if err != nil {
			return err
		}
		return who.Decide(a, path)
	}
	invitations := invitation.NewService(d, now)
	h.list, h.signups.Guard, invitations.Guard = registration.NewService(d, now), mayDo, mayDo
	pages := &windows.Pages{
		Kit: kit, Signups: h.signups, Reports: h.signups.lots, Invitations: invitations, Timetable: keeper,
		Partners: partner.NewService(d, now, plans), People: register{people.NewService(d, now), d}, Looks: allowed, Words: config.Catalogue,
		Report: "report", Questions: "questions",
	}
	config.SignIn, config.Guard = "signin", guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.site = webtest.Site(t, config, append(pages.Routes(), h.elsewhere(kit)...)...)
	h.build(editions, plans)
	return h
}

// elsewhere are the pages that these lead to, and a door.
func (h *house) elsewhere(kit *desk.Kit) []web.Route {
	enter := func(w http.ResponseWriter, r *http.Request) error {
		account, err := people.AccountOf(r.Context(), h.db, r.PathValue("email"))
		if err != nil {
			return err
		}
		if err := web.SignIn(r, string(account.ID)); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	nothing := func(http.ResponseWriter, *http.Request) error { return nil }
	kit.Door = func(w http.ResponseWriter, _ *http.Request, _ desk.Held) error {
		w.WriteHeader(http.StatusForbidden)
		return nil
	}
	draft := kit.Offer(
		web.Route{Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: desk.ReadDraft, Object: desk.Within, Who: web.SignedIn, Handle: nothing},
		web.Route{Name: "desk.session", PL: "/{edition}/biurko/sesje/{session}", EN: "/{edition}/desk/sessions/{session}", Action: desk.ReadDraft, Object: "session", Who: web.SignedIn, Handle: nothing},
		web.Route{Name: "desk.session.new", PL: "/{edition}/biurko/nowa-sesja", EN: "/{edition}/desk/new-session", Action: desk.EditProgramme, Object: desk.Within, Who: web.SignedIn, Handle: nothing},
	)
	return append(append(draft, kit.DraftRoutes()...),
		web.Route{Name: "test.enter", Path: "/test-enter/{email}", Action: "account.enter", Handle: enter},
		web.Route{Name: "signin", PL: "/wejscie", EN: "/enter", Action: "account.enter", Handle: nothing},
		web.Route{Name: "questions", PL: "/{edition}/biurko/wybor/okna/{window}/pytania", EN: "/{edition}/desk/choice/windows/{window}/questions", Action: "programme.read", Handle: nothing},
		web.Route{Name: "report", PL: "/{edition}/zapisy/{window}/przebieg", EN: "/{edition}/sign-ups/{window}/report", Action: "programme.read", Handle: nothing},
		web.Route{Name: "desk.editions", PL: "/biurko", EN: "/desk", Action: "programme.read", Handle: nothing},
		web.Route{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: "account.enter", Handle: nothing})
}

func (h *house) build(editions *edition.Service, plans *timetable.Service) {
	ctx, now := h.t.Context(), func() time.Time { return h.at }
	var err error
	h.edition, err = editions.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.Hybrid, Public: true,
	})
	h.must(err)
	h.hall, err = plans.SavePlace(ctx, "desk", timetable.Place{
		Edition: h.edition.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Capacity: 30, Shared: true,
	})
	h.must(err)
	for n, slug := range []string{"warsztaty", "gzm", "wuf"} {
		b, err := programme.NewService(h.db, now).SaveBlock(ctx, "desk", programme.Block{
			Edition: h.edition.ID, Slug: slug, Kind: programme.PartnerStage, Mark: strings.ToUpper(slug[:1]), Colour: n + 1, Name: i18n.Both("Blok " + slug), Position: n,
		})
		h.must(err)
		h.blocks[slug] = b
		h.session(slug, slug+"-a", 8)
		h.session(slug, slug+"-b", 10)
		if slug == "warsztaty" {
			continue
		}
		share, err := partner.NewService(h.db, now, plans).SaveShare(ctx, "desk", partner.Share{
			Space:     rights.Space{Edition: h.edition.ID, Kind: rights.Event, Slug: slug, Name: i18n.Both("Przestrzeń " + slug), Block: b.ID},
			Allotment: partner.Allotment{SeatsEach: 20, SeatsAll: 30, Modes: []partner.Mode{partner.FirstCome, partner.Lottery}},
		})
		h.must(err)
		h.spaces[slug] = share.Space
		h.appoint(slug+"@example.org", rights.Partner, rights.OfWorkspace(share.ID))
	}
	_, err = rights.NewService(h.db, now).Appoint(ctx, people.Account{Email: chief, Name: chief}, rights.Organiser, rights.Whole, "")
	h.must(err)
	h.appoint(coordinator, rights.Coordinator, rights.OfBlock(h.blocks["warsztaty"].ID))
	h.clause, err = consent.NewService(h.db, now).SaveClause(ctx, "desk", consent.Clause{
		Edition: h.edition.ID, Place: consent.AtRegistration, Kind: consent.Information, Title: i18n.Both("Klauzula"), Body: i18n.Both("Treść"),
	})
	h.must(err)
	_, err = h.list.SaveSettings(ctx, "desk", registration.Settings{Edition: h.edition.ID, OpensAt: early.Add(-time.Hour)})
	h.must(err)
}

// session makes a workshop at an hour of the first day.
func (h *house) session(block, slug string, hour int) {
	h.t.Helper()
	at := time.Date(2021, 6, 7, hour, 0, 0, 0, time.UTC)
	n := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: h.edition.ID, Slug: slug, Block: h.blocks[block].ID, Title: i18n.Text{PL: "Warsztat " + slug, EN: "Workshop " + slug},
		Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
	}
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		_, err := timetable.Save(h.t.Context(), tx, people.Change{By: "desk", At: h.at}, timetable.Edit{
			Sessions: []programme.Session{n}, Slots: []timetable.Slot{{Session: n.ID, Place: h.hall.ID, Start: at, End: at.Add(time.Hour)}},
		})
		return err
	}))
	h.sessions[slug] = n.ID
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) appoint(email string, role rights.Role, at rights.Node) {
	h.t.Helper()
	_, err := rights.NewService(h.db, func() time.Time { return h.at }).Appoint(h.t.Context(), people.Account{Email: email, Name: email}, role, at, h.edition.ID)
	h.must(err)
}

// participant opens an account and registers it, under a name that is a canary.
func (h *house) participant(name string) people.AccountID {
	h.t.Helper()
	var a people.Account
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: strings.ToLower(name) + "@example.org", Name: name, CreatedAt: h.at})
		return err
	}))
	_, err := h.list.Register(h.t.Context(), a.ID, h.edition.ID, registration.Entry{
		Form: edition.OnSite, Badge: name, Affiliation: "Urząd " + name, Sector: people.Civic,
		Told: []consent.Answer{{Clause: h.clause.ID, Version: 1}},
	})
	h.must(err)
	return a.ID
}

// press claims a seat for somebody.
func (h *house) press(who people.AccountID, slug string) signup.Outcome {
	h.t.Helper()
	answer, err := h.signups.Take(h.t.Context(), h.edition.ID, signup.Claim{
		Account: who, Key: strings.ReplaceAll(id.New(), "-", ""), Wishes: []signup.Wish{{Session: h.sessions[slug]}},
	})
	h.must(err)
	return answer.Outcomes[0]
}

// as is the cookie of the session of email.
func (h *house) as(email string) string {
	if email != "" && h.cookies[email] == "" {
		for _, c := range webtest.Get(h.site, "/test-enter/"+email).Result().Cookies() {
			if c.Name == "sid" {
				h.cookies[email] = "sid=" + c.Value
			}
		}
	}
	return h.cookies[email]
}

func (h *house) get(email, path string) *httptest.ResponseRecorder {
	return webtest.Get(h.site, path, "Cookie", h.as(email))
}

func (h *house) post(email, path string, form url.Values) *httptest.ResponseRecorder {
	return webtest.Post(h.site, path, form, "Cookie", h.as(email))
}

// window opens a window over HTTP and returns its address.
func (h *house) window(email string, change ...func(url.Values)) string {
	h.t.Helper()
	f := windowForm()
	for _, fn := range change {
		fn(f)
	}
	got := h.post(email, desks+"/nowe-okno", f)
	if got.Code != http.StatusSeeOther {
		h.t.Fatalf("new window: %d: %.3000s", got.Code, said(got))
	}
	return got.Header().Get("Location")
}

// windowForm is a good window that opens at noon of the day, by the clock of the congress.
func windowForm() url.Values {
	return url.Values{
		"id": {id.New()}, "name_pl": {"Warsztaty pierwszego dnia"}, "name_en": {"Workshops of the first day"}, "workspace": {""},
		"mode": {"first_come"}, "opens_on": {"2021-05-20"}, "opens_at": {"12:00"}, "closes_on": {"2021-06-06"}, "closes_at": {"18:00"},
		"waiting": {"yes"}, "sure_hours": {"24"}, "offer_minutes": {"120"}, "door_hours": {"2"},
	}
}

func set(pairs ...string) func(url.Values) {
	return func(f url.Values) {
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
	}
}

var body = regexp.MustCompile(`(?s)<main.*</main>`)

func said(got *httptest.ResponseRecorder) string {
	page := body.FindString(got.Body.String())
	if page == "" {
		page = got.Body.String()
	}
	return strings.ReplaceAll(html.UnescapeString(page), "\u00a0", " ")
}

// wants fails the test unless got has the status and says the words.
func wants(t *testing.T, what string, got *httptest.ResponseRecorder, status int, words ...string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("%s: status = %d, want %d: %.1500s", what, got.Code, status, said(got))
	}
	for _, word := range words {
		if !strings.Contains(said(got), word) {
			t.Errorf("%s: the page does not say %q: %.4000s", what, word, said(got))
		}
	}
}

// lacks fails the test if got says one of the words.
func lacks(t *testing.T, what string, got *httptest.ResponseRecorder, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(said(got), word) {
			t.Errorf("%s: the page says %q, which it should not", what, word)
		}
	}
}
