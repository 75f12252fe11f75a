package rehearsal_test

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
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draft"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	slice "obrady/internal/rehearsal"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
	"obrady/internal/web/guard"
	"obrady/internal/web/rehearsal"
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

const (
	chief = "ada@example.org"
	guest = "blok@example.org" // looks after a block of it
	page  = "/pl/kpm-2041/biurko/zapisy-na-sesje/proba"
	pageE = "/en/kpm-2041/desk/sign-ups/rehearsal"
)

// house is an edition with a workshop of twenty seats, and the page.
type house struct {
	t         *testing.T
	db        *db.DB
	site      *web.Site
	rehearsal *slice.Service
	checking  chan struct{} // a rehearsal waits for it before it is over, when it is not nil
	edition   edition.Edition
	window    admission.Window
	cookies   map[string]string
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, cookies: map[string]string{}}
	editions, allowed, signups := edition.NewService(d, time.Now), rights.NewService(d, time.Now), signup.NewService(d, time.Now)
	kit := &desk.Kit{Editions: editions, Accounts: people.NewService(d, time.Now), Rights: allowed, Drafts: drafts{d}, Now: time.Now}
	kit.Door = func(w http.ResponseWriter, _ *http.Request, _ desk.Held) error {
		w.WriteHeader(http.StatusForbidden)
		return nil
	}
	h.rehearsal = slice.NewService(slice.Config{
		DB: d, Now: time.Now, Log: slog.New(slog.DiscardHandler), Folder: t.TempDir(),
		Check: func(ctx context.Context, q db.Querier) ([]db.Fault, error) {
			if h.checking != nil {
				<-h.checking
			}
			return fairness.Check(ctx, q)
		},
		Guard: func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
			who, err := rights.Load(ctx, q, by, time.Now())
			if err != nil {
				return err
			}
			return who.Decide(a, path)
		},
	})
	t.Cleanup(h.rehearsal.Stop)
	pages := &rehearsal.Pages{Kit: kit, Rehearsals: h.rehearsal, Plans: signups}
	config := webtest.Config(t, rehearsal.Locale, slice.Locale, desk.Locale, text.Locale, edition.Locale, people.Locale, programme.Locale,
		rights.Locale, timetable.Locale, admission.Locale, signup.Locale)
	config.SignIn, config.Guard = "signin", guard.Guard{Rights: allowed, Log: slog.New(slog.DiscardHandler)}
	config.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.site = webtest.Site(t, config, append(pages.Routes(), h.elsewhere(kit)...)...)
	h.build(editions, allowed)
	return h
}

// elsewhere are the pages that this one leads to, and a door.
func (h *house) elsewhere(kit *desk.Kit) []web.Route {
	enter := func(w http.ResponseWriter, r *http.Request) error {
		account, err := people.AccountOf(r.Context(), h.db, r.PathValue("email"))
		if err == nil {
			err = web.SignIn(r, string(account.ID))
		}
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
	nothing := func(http.ResponseWriter, *http.Request) error { return nil }
	return append(append(kit.Offer(web.Route{
		Name: "desk.front", PL: "/{edition}/biurko", EN: "/{edition}/desk", Action: desk.ReadDraft, Object: desk.Within, Who: web.SignedIn, Handle: nothing,
	}), kit.DraftRoutes()...),
		web.Route{Name: "test.enter", Path: "/test-enter/{email}", Action: "account.enter", Handle: enter},
		web.Route{Name: "signin", PL: "/wejscie", EN: "/enter", Action: "account.enter", Handle: nothing},
		web.Route{Name: "desk.editions", PL: "/biurko", EN: "/desk", Action: "programme.read", Handle: nothing},
		web.Route{Name: "desk.sign-out", Method: http.MethodPost, PL: "/wyjscie", EN: "/leave", Action: "account.enter", Handle: nothing})
}

func (h *house) build(editions *edition.Service, allowed *rights.Service) {
	h.t.Helper()
	ctx := h.t.Context()
	var err error
	h.edition, err = editions.Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2041", Name: i18n.Both("Kongres"), StartsOn: "2041-06-07", EndsOn: "2041-06-08", TimeZone: "Europe/Warsaw",
		Form: edition.OnSite, Public: true,
	})
	h.must(err)
	block, err := programme.NewService(h.db, time.Now).SaveBlock(ctx, "desk", programme.Block{
		Edition: h.edition.ID, Slug: "warsztaty", Kind: programme.PartnerStage, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	h.must(err)
	n, err := programme.NewService(h.db, time.Now).SaveSession(ctx, "desk", programme.Session{
		Edition: h.edition.ID, Slug: "woda", Block: block.ID, Title: i18n.Text{PL: "Woda w mieście", EN: "Water in the city"},
		Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
	})
	h.must(err)
	opens := time.Date(2041, 5, 20, 10, 0, 0, 0, time.UTC)
	h.window = admission.Window{
		ID: "w", Edition: h.edition.ID, Name: i18n.Text{PL: "Okno warsztatów", EN: "Workshops' window"}, Mode: admission.FirstCome, OpensAt: opens,
		ClosesAt: opens.AddDate(0, 0, 18), Waiting: true, OfferMinutes: 60, Revision: 1,
	}
	h.must(h.db.Tx(ctx, func(tx *db.Tx) error {
		if err := admission.WriteWindow(ctx, tx, h.window); err != nil {
			return err
		}
		if err := admission.WriteOffer(ctx, tx, admission.Offer{Session: n.ID, Edition: h.edition.ID, Window: h.window.ID, Revision: 1}); err != nil {
			return err
		}
		return admission.WritePool(ctx, tx, n.ID, admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 20})
	}))
	_, err = allowed.Appoint(ctx, people.Account{Email: chief, Name: chief}, rights.Organiser, rights.Whole, "")
	h.must(err)
	_, err = allowed.Appoint(ctx, people.Account{Email: guest, Name: guest}, rights.Coordinator, rights.OfBlock(block.ID), h.edition.ID)
	h.must(err)
}

// as sends a request as somebody, who is signed in first.
func (h *house) as(email, method, path string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	if h.cookies[email] == "" {
		got := webtest.Do(h.site, httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, "/test-enter/"+email, nil))
		h.cookies[email], _, _ = strings.Cut(got.Header().Get("Set-Cookie"), ";")
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Cookie", h.cookies[email])
	return webtest.Do(h.site, r)
}

// expect sends a request and looks at the answer.
func (h *house) expect(got *httptest.ResponseRecorder, status int, words ...string) {
	h.t.Helper()
	if got.Code != status {
		h.t.Errorf("answer %d, want %d:\n%s", got.Code, status, got.Body)
	}
	for _, word := range words {
		if !strings.Contains(got.Body.String(), word) {
			h.t.Errorf("no %q in\n%s", word, got.Body)
		}
	}
}

func (h *house) await(running bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); h.rehearsal.Progress(h.edition.ID).Running != running; {
		if time.Now().After(deadline) {
			h.t.Fatalf("the rehearsal is not running: %v", running)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func TestAnOrganiserRehearsesAnOpening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.expect(h.as(chief, http.MethodGet, page, nil), 200, "Próba otwarcia", "Okno warsztatów (", "Próba nie zmienia prawdziwych zapisów")
		order := url.Values{"window": {string(h.window.ID)}, "people": {"100"}}
		h.checking = make(chan struct{})
		h.expect(h.as(chief, http.MethodPost, page, order), 303)
		h.expect(h.as(chief, http.MethodGet, page, nil), 200, "Próba trwa", "Odśwież", `data-watch="2"`, "Przerwij próbę")
		h.expect(h.as(chief, http.MethodPost, pageE, order), 422, "Another rehearsal is under way")
		close(h.checking)
		h.await(false)
		h.expect(h.as(chief, http.MethodGet, page, nil), 200, "Woda w\u00a0mieście", "Chętnych 100, miejsc 20.", "Chętnych jest na dwa razy: powtórzyć?",
			"Wszystko się zgadza", "Przyszło 100 osób.", "1 miejsce – 20")
		order.Set("people", "50")
		h.checking = nil
		h.expect(h.as(chief, http.MethodPost, pageE, order), 303)
		h.await(false)
		h.expect(h.as(chief, http.MethodGet, pageE, nil), 200, "Water in the city", "Last time", "50 people want it, there are 20 seats.", "All is well")
	})
}

func TestWhatIsTypedWrongIsSaid(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	for _, test := range []struct{ name, window, people, want string }{
		{"no window", "", "100", "Wybierz okno zapisów."},
		{"a handful of people", string(h.window.ID), "9", "Wpisz liczbę od 10 do 20"},
		{"everybody in the country", string(h.window.ID), "38000000", "Wpisz liczbę od 10 do 20"},
		{"no number", string(h.window.ID), "wszyscy", "Wpisz liczbę całkowitą"},
	} {
		got := h.as(chief, http.MethodPost, page, url.Values{"window": {test.window}, "people": {test.people}})
		if got.Code != 422 || !strings.Contains(got.Body.String(), test.want) {
			t.Errorf("%s: %d without %q:\n%s", test.name, got.Code, test.want, got.Body)
		}
	}
	h.expect(h.as(chief, http.MethodPost, page, url.Values{"window": {"x"}}), 404)
	h.expect(h.as(chief, http.MethodPost, page+"/koniec", nil), 303) // nothing is under way, so nothing ends
}

func TestNobodyElseRehearses(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	order := url.Values{"window": {string(h.window.ID)}}
	for _, got := range []*httptest.ResponseRecorder{
		h.as(guest, http.MethodGet, page, nil), h.as(guest, http.MethodPost, page, order), h.as(guest, http.MethodPost, page+"/koniec", nil),
	} {
		if got.Code != 403 && got.Code != 404 {
			t.Errorf("a coordinator is answered %d", got.Code)
		}
	}
	if h.rehearsal.Progress(h.edition.ID).Running {
		t.Error("it runs")
	}
}
