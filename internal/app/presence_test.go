package app_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app"
	"obrady/internal/arrangement"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// begins is when the sessions of the hall begin.
var begins = time.Date(2021, 6, 7, 8, 0, 0, 0, time.UTC)

// hall is a congress with a workshop for whoever comes first, and one whose leader chooses.
type hall struct {
	t        *testing.T
	house    *app.App
	db       *db.DB
	now      time.Time
	of       edition.ID
	workshop programme.SessionID
	chosen   programme.SessionID
	choice   admission.WindowID
	accounts map[string]people.AccountID
	cookies  map[string]string
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func openHall(t *testing.T, d *db.DB) *hall {
	t.Helper()
	h := &hall{t: t, db: d, now: begins.Add(-20 * 24 * time.Hour), accounts: map[string]people.AccountID{}, cookies: map[string]string{}}
	clock := func() time.Time { return h.now }
	ctx := t.Context()
	e, err := edition.NewService(d, clock).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.Hybrid, Public: true,
	})
	h.must(err)
	h.of = e.ID
	block, err := programme.NewService(d, clock).SaveBlock(ctx, "desk", programme.Block{
		Edition: e.ID, Slug: "warsztaty", Kind: programme.General, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	h.must(err)
	place, err := timetable.NewService(d, clock).SavePlace(ctx, "desk", timetable.Place{
		Edition: e.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Shared: true,
	})
	h.must(err)
	var edit timetable.Edit
	for i, slug := range []string{"zielen", "woda"} {
		s := programme.Session{
			ID: id.Make[programme.SessionID](), Edition: e.ID, Slug: slug, Block: block.ID, Title: i18n.Text{PL: "Sesja " + slug, EN: "Session " + slug},
			Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
		}
		from := begins.Add(time.Duration(i) * 2 * time.Hour)
		edit.Sessions = append(edit.Sessions, s)
		edit.Slots = append(edit.Slots, timetable.Slot{Session: s.ID, Place: place.ID, Start: from, End: from.Add(time.Hour)})
	}
	_, err = timetable.NewService(d, clock).Save(ctx, "desk", edit)
	h.must(err)
	_, err = timetable.NewService(d, clock).Publish(ctx, timetable.Order{
		Edition: e.ID, Name: i18n.Both("Program"), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true,
	})
	h.must(err)
	h.workshop, h.chosen = edit.Sessions[0].ID, edit.Sessions[1].ID
	h.house, err = app.New(ctx, d, app.Config{BaseURL: base, Now: clock})
	h.must(err)
	judge := func(context.Context, db.Querier) (time.Time, error) { return h.now, nil }
	h.house.Signups.Clock, h.house.Attendance.Clock, h.house.Selection.Clock = judge, judge, judge
	h.must(h.house.Site.Mount(web.Route{
		Name: "test.enter", Path: "/test-enter/{account}", Action: string(rights.Enter),
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			if err := web.SignIn(r, r.PathValue("account")); err != nil {
				return err
			}
			w.WriteHeader(http.StatusNoContent)
			return nil
		},
	}))
	h.arrange()
	for name, role := range map[string]rights.Role{"ada": rights.Organiser, "roman": rights.CheckIn, "ewa": "", "jan": "", "ola": ""} {
		h.somebody(name, role)
	}
	return h
}

// arrange opens sign-ups for both sessions, one seat each.
func (h *hall) arrange() {
	h.t.Helper()
	quiet := signup.NewService(h.db, func() time.Time { return h.now })
	quiet.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.now, nil }
	desk := arrangement.NewService(quiet, func() time.Time { return h.now })
	w := admission.Window{
		Edition: h.of, Name: i18n.Both("Zapisy"), Mode: admission.FirstCome, OpensAt: h.now, ClosesAt: begins.Add(3 * time.Hour), Waiting: true,
		SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	}
	for _, session := range []programme.SessionID{h.workshop, h.chosen} {
		if session == h.chosen {
			w.ID, w.Mode, w.DecidesAt, w.AnnouncesAt = "", admission.Selection, h.now.Add(24*time.Hour), h.now.Add(48*time.Hour)
		}
		saved, err := desk.SaveWindow(h.t.Context(), signup.Change{By: "desk"}, w)
		h.must(err)
		h.must(desk.SaveOffer(h.t.Context(), signup.Change{By: "desk"}, admission.Offer{
			Session: session, Edition: h.of, Window: saved.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 1}},
		}))
		h.choice = saved.ID
	}
}

func (h *hall) somebody(name string, role rights.Role) {
	h.t.Helper()
	a := people.Account{Email: name + "@example.org", Name: "Osoba " + name, CreatedAt: h.now}
	var err error
	if role != "" {
		a, err = h.house.Rights.Appoint(h.t.Context(), a, role, rights.OfCongress(h.of), h.of)
	} else {
		err = h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
			a, err = people.OpenAccount(h.t.Context(), tx, a)
			return err
		})
	}
	h.must(err)
	h.accounts[name] = a.ID
}

// ask sends a request of somebody; "" is nobody.
func (h *hall) ask(who, method, path string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	if who != "" && h.cookies[who] == "" {
		got := httptest.NewRecorder()
		h.house.Site.ServeHTTP(got, httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, "/test-enter/"+string(h.accounts[who]), nil))
		h.cookies[who], _, _ = strings.Cut(got.Header().Get("Set-Cookie"), ";")
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if who != "" {
		r.Header.Set("Cookie", h.cookies[who])
	}
	got := httptest.NewRecorder()
	h.house.Site.ServeHTTP(got, r)
	return got
}

// expect fails the test unless the answer has the status and says all of the words.
func (h *hall) expect(what string, got *httptest.ResponseRecorder, status int, words ...string) {
	h.t.Helper()
	page := html.UnescapeString(got.Body.String())
	if got.Code != status {
		h.t.Fatalf("%s: %d, want %d\n%s", what, got.Code, status, page)
	}
	for _, word := range words {
		if !strings.Contains(page, word) {
			h.t.Errorf("%s: the page does not say %q\n%s", what, word, page)
		}
	}
}

func (h *hall) press(who string) {
	h.t.Helper()
	_, err := h.house.Signups.Take(h.t.Context(), h.of, signup.Claim{
		Account: h.accounts[who], Key: id.New(), Wishes: []signup.Wish{{Session: h.workshop}},
	})
	h.must(err)
}

func (h *hall) stands(who string, session programme.SessionID) signup.State {
	h.t.Helper()
	mine, err := h.house.Signups.Mine(h.t.Context(), h.of, h.accounts[who])
	h.must(err)
	for _, m := range mine {
		if m.Session == session {
			return m.State
		}
	}
	return ""
}

func TestTheDoorOfASession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.press("ewa")
		h.press("jan")
		const door, en = "/pl/kpm-2021/biurko/drzwi/zielen", "/en/kpm-2021/desk/doors/zielen"
		h.now = begins.Add(-time.Minute)
		h.expect("rooms", h.ask("roman", "GET", "/pl/kpm-2021/biurko/drzwi", nil), 200, "Sesja zielen", "1 miejsce zajęte", "1 osoba czeka")
		got := h.ask("roman", "GET", door, nil)
		h.expect("the list", got, 200, "Osoba ewa", "Osoba jan", "Lista rezerwowa", "można zwolnić od 10:05")
		if strings.Contains(got.Body.String(), "@example.org") {
			t.Error("the list tells addresses")
		}
		h.expect("in English", h.ask("roman", "GET", en, nil), 200, "Session zielen", "Waiting list", "Not here")
		h.expect("a participant", h.ask("ewa", "GET", door, nil), 404)
		h.expect("somebody without a place", h.ask("roman", "POST", door+"/obecnosc", url.Values{"who": {string(h.accounts["ola"])}, "presence": {"present"}}), 404)
		h.expect("no known mark", h.ask("roman", "POST", door+"/obecnosc", url.Values{"who": {string(h.accounts["jan"])}, "presence": {"late"}}), 422)
		jan := url.Values{"who": {string(h.accounts["jan"])}, "presence": {"present"}}
		h.expect("a mark", h.ask("roman", "POST", door+"/obecnosc", jan), 303)
		h.expect("the same by script", h.ask("roman", "POST", door+"/obecnosc", jan, "Accept", "application/json"), 200, `{"here":0,"missing":1,"at_door":1,"left":0,"free":false}`)
		h.expect("too early", h.ask("roman", "POST", door+"/nieobecni", url.Values{"expected": {"1"}}), 303)
		h.expect("so nothing", h.ask("roman", "GET", door, nil), 200, "Jeszcze za wcześnie.")
		h.now = begins.Add(5 * time.Minute)
		h.expect("now", h.ask("roman", "GET", door, nil), 200, "Zwolnij miejsca nieobecnych (1)")
		h.expect("an old number", h.ask("roman", "POST", door+"/nieobecni", url.Values{"expected": {"2"}}), 303)
		h.expect("is refused", h.ask("roman", "GET", door, nil), 200, "Lista zmieniła się przed chwilą")
		h.expect("the button", h.ask("roman", "POST", door+"/nieobecni", url.Values{"expected": {"1"}}), 303)
		h.expect("what was done", h.ask("roman", "GET", door, nil), 200, "Zwolnione miejsca: 1. Wpuszczone osoby: 1.", "Bez miejsca")
		if h.stands("jan", h.workshop) != signup.Holding || h.stands("ewa", h.workshop) != signup.Released {
			t.Error("the place has not gone to who waited at the door")
		}
		h.expect("figures are not for the reception", h.ask("roman", "GET", "/pl/kpm-2021/biurko/frekwencja", nil), 403)
		h.expect("figures", h.ask("ada", "GET", "/en/kpm-2021/desk/attendance", nil), 200, "Session zielen")
	})
}

func TestTheWayInFromElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		const set = "/pl/kpm-2021/biurko/drzwi/zielen/ustawienia"
		form := url.Values{"link": {"http://example.org/pokoj"}, "minutes": {"15"}, "revision": {"0"}}
		h.expect("not safe", h.ask("ada", "POST", set, form), 422, "od https://.", "http://example.org/pokoj")
		form.Set("link", "https://example.org/pokoj")
		h.expect("the reception", h.ask("roman", "POST", set, form), 403)
		h.expect("saved", h.ask("ada", "POST", set, form), 303)
		h.expect("an old revision", h.ask("ada", "POST", set, form), 422, "Ktoś zapisał te ustawienia")
		h.press("ewa")
		h.now = begins.Add(-15 * time.Minute)
		for name, want := range map[string]string{"ewa": "https://example.org/pokoj", "jan": ""} {
			if l, err := h.house.Attendance.Link(t.Context(), h.accounts[name], h.workshop); err != nil || l.URL != want {
				t.Errorf("%s sees %q, %v, want %q", name, l.URL, err, want)
			}
		}
		for _, public := range []string{"/pl/kpm-2021/sesje/zielen", "/en/kpm-2021/sessions/zielen", "/kpm-2021/schedule.xml"} {
			if strings.Contains(h.ask("", "GET", public, nil).Body.String(), "example.org/pokoj") {
				t.Errorf("%s shows the way in to everybody", public)
			}
		}
	})
}

func TestAnAnswerByTheLinkOfALetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.press("ewa")
		h.press("jan")
		h.now = begins.Add(-23 * time.Hour)
		if n, err := h.house.Attendance.Ask(t.Context()); n != 1 || err != nil {
			t.Fatalf("Ask = %d, %v, want one", n, err)
		}
		var token string
		h.must(d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			token, _, err = attendance.IssueLink(t.Context(), tx, h.now, attendance.Asked{Session: h.workshop, Account: h.accounts["ewa"]})
			return err
		}))
		pl, en := "/pl/przyjscie/"+token, "/en/coming/"+token
		got := h.ask("", "GET", pl, nil)
		h.expect("the question", got, 200, "Sesja zielen", "Czy przyjdziesz na tę sesję?", "Tak, przyjdę")
		if got.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Error("the address, which is a key, would go to others")
		}
		h.expect("in English", h.ask("", "GET", en, nil), 200, "Are you coming to this session?")
		if got := h.stands("ewa", h.workshop); got != signup.Holding {
			t.Errorf("looking at the link left her %s", got)
		}
		h.expect("no answer", h.ask("", "POST", pl, url.Values{"answer": {"maybe"}}), 404)
		h.expect("yes", h.ask("", "POST", pl, url.Values{"answer": {"yes"}}), 303)
		h.expect("thanks", h.ask("", "GET", pl, nil), 200, "Dziękujemy, miejsce czeka.")
		h.expect("no, after all", h.ask("", "POST", pl, url.Values{"answer": {"no"}}), 303)
		h.expect("gone", h.ask("", "GET", pl, nil), 200, "Miejsce jest oddane.")
		if got := h.stands("jan", h.workshop); got != signup.Holding && got != signup.Offered {
			t.Errorf("who waited has %q, want the place", got)
		}
		h.expect("another token", h.ask("", "GET", pl+"x", nil), 404, "Ten link już nie działa")
	})
}

var rowID = regexp.MustCompile(`biurko/wybor/sesje/woda/([0-9a-f-]{36})`)

func TestAnApplicationFromItsQuestionsToThePlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		const apply, choose = "/pl/kpm-2021/sesje/woda/zgloszenie", "/pl/kpm-2021/biurko/wybor"
		ask := url.Values{"q0-label": {"Dlaczego?"}, "q0-label_en": {"Why?"}, "q0-kind": {"long"}, "q0-required": {"yes"}, "q0-most": {"20"}, "revision": {"0"}}
		window := choose + "/okna/" + string(h.choice)
		h.expect("a question without words", h.ask("ada", "POST", window+"/pytania", url.Values{"q0-help": {"x"}, "q0-kind": {"long"}}), 422, "Wpisz treść pytania po polsku.")
		h.expect("the reception asks", h.ask("roman", "POST", window+"/pytania", ask), 403)
		h.expect("asked", h.ask("ada", "POST", window+"/pytania", ask), 303)
		h.expect("questions as saved", h.ask("ada", "GET", window+"/pytania", nil), 200, "Dlaczego?")
		h.expect("signed out", h.ask("", "GET", apply, nil), 303)
		h.expect("the form", h.ask("ewa", "GET", apply, nil), 200, "Dlaczego?", "Wyślij zgłoszenie")
		h.expect("in English", h.ask("ewa", "GET", "/en/kpm-2021/sessions/woda/application", nil), 200, "Why?", "Send the application")
		h.expect("no answer", h.ask("ewa", "POST", apply, url.Values{"revision": {"0"}}), 422, "Odpowiedz na to pytanie.")
		h.expect("too long", h.ask("ewa", "POST", apply, url.Values{"a0": {strings.Repeat("ż", 21)}}), 422, "żżż")
		h.expect("kept as a draft", h.ask("ewa", "GET", apply, nil), 200, "Wróć do szkicu")
		for _, who := range []string{"ewa", "jan"} {
			h.expect("sent", h.ask(who, "POST", apply, url.Values{"a0": {"Bo " + who}, "revision": {"0"}}), 303)
		}
		h.expect("mine", h.ask("ewa", "GET", "/pl/kpm-2021/zapisy/zgloszenia", nil), 200, "Sesja woda", "Można poprawić do")
		h.expect("a session without a choice", h.ask("ewa", "GET", "/pl/kpm-2021/sesje/zielen/zgloszenie", nil), 409)
		h.expect("withdrawn", h.ask("jan", "POST", apply+"/wycofanie", nil), 303)
		h.expect("and sent again", h.ask("jan", "POST", apply, url.Values{"a0": {"Jednak"}, "revision": {"0"}}), 303)

		list := h.ask("ada", "GET", choose+"/sesje/woda", nil)
		h.expect("the leader reads", list, 200, "Osoba ewa", "Osoba jan", "2 zgłoszenia")
		h.expect("an applicant reads", h.ask("ewa", "GET", choose+"/sesje/woda", nil), 404)
		for i, row := range rowID.FindAllStringSubmatch(list.Body.String(), -1) {
			one := choose + "/sesje/woda/" + row[1]
			h.expect("one", h.ask("ada", "GET", one, nil), 200, "Dlaczego?", []string{"Bo ewa", "Jednak"}[i])
			h.expect("no verdict", h.ask("ada", "POST", one, url.Values{"verdict": {"perhaps"}, "revision": {"1"}}), 422, "Wybierz decyzję.")
			h.expect("a verdict", h.ask("ada", "POST", one, url.Values{"verdict": {[]string{"admit", "no"}[i]}, "note": {"tajne"}, "revision": {"1"}}), 303)
		}
		for _, secret := range []string{apply, "/pl/kpm-2021/zapisy/zgloszenia", "/pl/kpm-2021/zapisy"} {
			if page := h.ask("ewa", "GET", secret, nil).Body.String(); strings.Contains(page, "tajne") || strings.Contains(page, "przyjęcie") {
				t.Errorf("%s tells what was decided before it is announced", secret)
			}
		}
		h.expect("too early", h.ask("ada", "POST", window, nil), 303)
		h.now = h.now.Add(25 * time.Hour)
		clear(h.cookies) // nobody stays signed in for that long
		h.expect("read only now", h.ask("ewa", "GET", apply, nil), 200, "Zgłoszenia są czytane.", "Bo ewa")
		h.expect("too late", h.ask("ola", "POST", apply, url.Values{"a0": {"Ja też"}}), 422, "Zgłoszeń nie można już wysyłać")
		h.expect("ready", h.ask("ada", "GET", window, nil), 200, "Ogłoś wyniki")
		h.expect("the reception announces", h.ask("roman", "POST", window, nil), 403)
		h.expect("announced", h.ask("ada", "POST", window, nil), 303)
		h.expect("said", h.ask("ada", "GET", window, nil), 200, "Zgłoszenia: 2, miejsca przyznane od razu: 1.", "Wyniki ogłoszono")
		if h.stands("ewa", h.chosen) != signup.Holding || h.stands("jan", h.chosen).Present() {
			t.Error("the place is not Ewa's alone")
		}
		if _, err := h.house.Selection.Announce(t.Context(), h.accounts["ada"], h.of, h.choice); err == nil {
			t.Error("announced twice")
		}
	})
}
