package signups_test

import (
	"context"
	"encoding/json"
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
	"obrady/internal/agenda"
	"obrady/internal/arrangement"
	"obrady/internal/attendance"
	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/invitation"
	"obrady/internal/pace"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/push"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/guard"
	"obrady/internal/web/signups"
	"obrady/internal/web/webtest"
)

// house is a congress a week before its first day, with sessions in two halls and the pages at which one signs up.
type house struct {
	t        *testing.T
	db       *db.DB
	at       time.Time
	site     *web.Site
	seats    *signup.Service
	terms    *arrangement.Service
	edition  edition.Edition
	block    programme.Block
	halls    []timetable.Place
	list     *registration.Service
	clause   consent.Clause
	sessions map[string]programme.SessionID
	shown    *publication.Desk
	cookies  map[string]string
}

// noon is when windows of these tests open: 12:00 by the clocks of the congress.
var noon = time.Date(2021, 5, 31, 10, 0, 0, 0, time.UTC)

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, at: noon, cookies: map[string]string{}, sessions: map[string]programme.SessionID{}}
	now := func() time.Time { return h.at }
	h.seats = signup.NewService(d, now)
	h.seats.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.at, nil }
	h.terms = arrangement.NewService(h.seats, now)
	h.list = registration.NewService(d, now)
	h.shown = publication.New(d, timetable.NewService(d, now), slog.New(slog.DiscardHandler))
	config := webtest.Config(t, signups.Locale, signup.Locale, admission.Locale, agenda.Locale, people.Locale, programme.Locale,
		edition.Locale, registration.Locale, timetable.Locale, rights.Locale)
	config.SignIn, config.Guard = "desk.sign-in", guard.Guard{Rights: rights.NewService(d, now), Log: slog.New(slog.DiscardHandler)}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	h.must(err)
	config.Frame = func(*http.Request, i18n.Lang) web.Frame { return web.Frame{Zone: warsaw} }
	site, err := web.New(config)
	h.must(err)
	pages := &signups.Pages{
		Published: h.shown, Desk: h.seats, Paces: pace.New(20, time.Minute, now), Live: push.NewHub(nil), Counter: counter{},
		Reports: fairness.NewService(d), Registration: h.list, Agenda: agenda.NewService(d, now), Rooms: attendance.NewService(d, now, h.seats), Words: config.Catalogue, Site: site,
	}
	h.must(site.Mount(append(pages.Routes(), h.elsewhere()...)...))
	h.site = site
	h.build(now)
	return h
}

// counter stands for what open pages are told, which these tests do not look at.
type counter struct{}

func (counter) Counts(context.Context, edition.ID) ([]byte, error) {
	return []byte(`{"n":0,"s":{}}`), nil
}

// elsewhere are the pages that these lead to, and a door.
func (h *house) elsewhere() []web.Route {
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
	return []web.Route{
		{Name: "application", PL: "/{edition}/sesje/{session}/zgloszenie", EN: "/{edition}/sessions/{session}/application", Action: "programme.read", Handle: nothing},
		{Name: "applications", PL: "/{edition}/zapisy/zgloszenia", EN: "/{edition}/sign-ups/applications", Action: "programme.read", Handle: nothing},
		{Name: "test.enter", Path: "/test-enter/{email}", Action: "account.enter", Handle: enter},
		{Name: "desk.sign-in", PL: "/wejscie", EN: "/enter", Action: "account.enter", Handle: nothing},
		{Name: "signup.come", Method: http.MethodPost, PL: "/{edition}/sesje/{session}/przyjde", EN: "/{edition}/sessions/{session}/coming", Action: "programme.read", Handle: nothing},
		{Name: "programme", PL: "/{edition}/program", EN: "/{edition}/programme", Action: "programme.read", Handle: nothing},
		{Name: "session", PL: "/{edition}/sesje/{session}", EN: "/{edition}/sessions/{session}", Action: "programme.read", Handle: nothing},
		{Name: "registration", PL: "/{edition}/udzial", EN: "/{edition}/registration", Action: "programme.read", Handle: nothing},
	}
}

func (h *house) build(now func() time.Time) {
	ctx := h.t.Context()
	var err error
	h.edition, err = edition.NewService(h.db, now).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Text{PL: "Kongres", EN: "Congress"}, StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	h.must(err)
	h.block, err = programme.NewService(h.db, now).SaveBlock(ctx, "desk", programme.Block{
		Edition: h.edition.ID, Slug: "warsztaty", Kind: programme.PartnerStage, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	h.must(err)
	for _, slug := range []string{"aula", "foyer"} {
		hall, err := timetable.NewService(h.db, now).SavePlace(ctx, "desk", timetable.Place{
			Edition: h.edition.ID, Slug: slug, Kind: timetable.Room, Name: i18n.Both(strings.ToUpper(slug)), Shared: true,
		})
		h.must(err)
		h.halls = append(h.halls, hall)
	}
	h.clause, err = consent.NewService(h.db, now).SaveClause(ctx, "desk", consent.Clause{
		Edition: h.edition.ID, Place: consent.AtRegistration, Kind: consent.Information, Title: i18n.Both("Klauzula"), Body: i18n.Both("Treść"),
	})
	h.must(err)
	_, err = h.list.SaveSettings(ctx, "desk", registration.Settings{Edition: h.edition.ID, OpensAt: noon.Add(-time.Hour)})
	h.must(err)
	for n, slug := range []string{"zielen", "woda", "ruch"} {
		h.session(slug, 8+2*n, 0)
	}
	h.session("kolizja", 8, 1) // at the hours of the first
	h.session("bez", 16, 0)
	h.release()
	h.session("tajna", 18, 0) // not released
}

// session makes a workshop from an hour of the first day on, in one of the halls.
func (h *house) session(slug string, hour, hall int) {
	h.t.Helper()
	at := time.Date(2021, 6, 7, hour, 0, 0, 0, time.UTC)
	n := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: h.edition.ID, Slug: slug, Block: h.block.ID,
		Title: i18n.Text{PL: "Warsztat " + slug, EN: "Workshop " + slug}, Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
	}
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		_, err := timetable.Save(h.t.Context(), tx, people.Change{By: "desk", At: h.at}, timetable.Edit{
			Sessions: []programme.Session{n}, Slots: []timetable.Slot{{Session: n.ID, Place: h.halls[hall].ID, Start: at, End: at.Add(time.Hour)}},
		})
		return err
	}))
	h.sessions[slug] = n.ID
}

func (h *house) release() {
	h.t.Helper()
	_, err := timetable.NewService(h.db, func() time.Time { return h.at }).Publish(h.t.Context(), timetable.Order{
		Edition: h.edition.ID, By: "desk", Name: i18n.Both("Wydanie " + id.New()), Scope: timetable.Scope{Kind: timetable.Whole},
	})
	h.must(err)
	h.must(h.shown.Refresh(h.t.Context()))
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

var by = signup.Change{By: "desk", Reason: "próba"}

// window opens at noon and closes before the congress; slugs are its sessions, with so many seats each.
func (h *house) window(mode admission.Mode, seats int, slugs ...string) admission.Window {
	h.t.Helper()
	w := admission.Window{
		Edition: h.edition.ID, Name: i18n.Text{PL: "Warsztaty", EN: "Workshops"}, Mode: mode, OpensAt: noon, ClosesAt: noon.Add(48 * time.Hour),
		Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	}
	if mode.Collects() {
		w.DecidesAt = noon.Add(24 * time.Hour)
	}
	if mode == admission.Selection {
		w.AnnouncesAt = noon.Add(30 * time.Hour)
	}
	w, err := h.terms.SaveWindow(h.t.Context(), by, w)
	h.must(err)
	for _, slug := range slugs {
		h.pools(w, slug, admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: seats})
	}
	return w
}

func (h *house) pools(w admission.Window, slug string, pools ...admission.Pool) {
	h.t.Helper()
	h.must(h.terms.SaveOffer(h.t.Context(), by, admission.Offer{Session: h.sessions[slug], Edition: h.edition.ID, Window: w.ID, Pools: pools}))
}

// account opens an account; participant registers it as well.
func (h *house) account(email string) (a people.Account) {
	h.t.Helper()
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: email, Name: "Kanarek " + email, CreatedAt: h.at})
		return err
	}))
	return a
}

func (h *house) participant(emails ...string) {
	h.t.Helper()
	for _, email := range emails {
		_, err := h.list.Register(h.t.Context(), h.account(email).ID, h.edition.ID, registration.Entry{
			Form: edition.OnSite, Badge: "Kanarek " + email, Sector: people.LocalGovernment, Told: []consent.Answer{{Clause: h.clause.ID, Version: 1}},
		})
		h.must(err)
	}
}

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
	h.t.Helper()
	return h.faultless(path, webtest.Get(h.site, path, "Cookie", h.as(email)))
}

func (h *house) post(email, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	return h.faultless(path, webtest.Post(h.site, path, form, append(headers, "Cookie", h.as(email))...))
}

func (h *house) faultless(path string, got *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	h.t.Helper()
	if got.Code == http.StatusInternalServerError {
		h.t.Errorf("%s answers %d, want no fault of ours", path, got.Code)
	}
	return got
}

// answer is what a script is told.
type answer struct {
	Receipt string
	Now     time.Time
	Seats   []struct {
		Session, State, Why string
		Position            int
	}
	Why string
}

// press presses the button of a session as a script does.
func (h *house) press(email, slug string, more ...string) (status int, a answer) {
	h.t.Helper()
	form := url.Values{"k": {strings.ReplaceAll(id.New(), "-", "")}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	got := h.post(email, "/pl/kpm-2021/sesje/"+slug+"/zapis", form, "Accept", "application/json")
	h.must(json.Unmarshal(got.Body.Bytes(), &a))
	return got.Code, a
}

var (
	mainOf  = regexp.MustCompile(`(?s)<main.*</main>`)
	unsaid  = regexp.MustCompile(`>[^<]*\b(?:signups?|admission|agenda|web)\.[a-z_.]+|%!`)
	noBreak = strings.NewReplacer("\u00a0", " ", "\u2060", "")
)

func said(got *httptest.ResponseRecorder) string {
	page := mainOf.FindString(got.Body.String())
	if page == "" {
		page = got.Body.String()
	}
	return noBreak.Replace(html.UnescapeString(page))
}

// shows fails the test where a page is not as wanted, or has a key in the place of a sentence.
func shows(t *testing.T, what string, got *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	page := said(got)
	if got.Code != status {
		t.Errorf("%s answers %d, want %d: %.600s", what, got.Code, status, page)
		return
	}
	if key := unsaid.FindString(page); key != "" {
		t.Errorf("%s shows a key: %s", what, key)
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%s does not say %q:\n%s", what, text, page)
		}
	}
}

func hides(t *testing.T, what string, got *httptest.ResponseRecorder, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(said(got), text) {
			t.Errorf("%s says %q, which it must not", what, text)
		}
	}
}

// invite lets whoever types the code into a window.
func (h *house) invite(w admission.Window, code string) {
	h.t.Helper()
	_, err := invitation.NewService(h.db, func() time.Time { return h.at }).Save(h.t.Context(), "desk", h.edition.ID, invitation.Invitation{
		Window: w.ID, Kind: invitation.ByCode, Target: invitation.CodeSum(code),
	})
	h.must(err)
}

// id is the account with an address.
func (h *house) id(email string) people.AccountID {
	h.t.Helper()
	a, err := people.AccountOf(h.t.Context(), h.db, email)
	h.must(err)
	return a.ID
}
