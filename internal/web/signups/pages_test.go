package signups_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signup"
	"obrady/internal/web/webtest"
)

const (
	at   = "/pl/kpm-2021/sesje/"
	mine = "/pl/kpm-2021/zapisy"
)

func TestTheHourFromBeginningToEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.window(admission.FirstCome, 1, "zielen", "woda")
		h.participant("ala@example.org", "ola@example.org")
		h.account("gosc@example.org")
		page := at + "zielen/zapis"

		h.at = noon.Add(-time.Hour)
		shows(t, "a stranger before the hour", h.get("", page), http.StatusOK, "Zapisy ruszają 31 maja 2021 o godz. 12:00.", "Zaloguj się, zanim", "next=%2fpl%2fkpm-2021%2fsesje%2fzielen%2fzapis")
		shows(t, "who is not registered", h.get("gosc@example.org", page), http.StatusOK, "zarejestrowane na kongres")
		shows(t, "the page in English", h.get("ala@example.org", "/en/kpm-2021/sessions/zielen/sign-up"), http.StatusOK,
			"Sign-ups open on 31 May 2021 at 12:00.", "Places left: 1", "Workshop zielen", "Rules of sign-ups")
		shows(t, "the prepared page", h.get("ala@example.org", page), http.StatusOK, `data-opens="2021-05-31T12:00:00+02:00"`,
			`data-now="2021-05-31T09:00:00Z"`, `name="k" value="`, "Zapisz się", "Przycisk zacznie działać",
			`data-enter-url="/pl/wejscie?next=%2fpl%2fkpm-2021%2fsesje%2fzielen%2fzapis"`)
		if status, got := h.press("ala@example.org", "zielen"); status != http.StatusConflict || !strings.Contains(got.Seats[0].Why, "ruszają") || !got.Now.Equal(h.at) {
			t.Errorf("an early press: %d %+v, want a kind refusal with the hour", status, got)
		}

		h.at = noon
		if status, got := h.press("ala@example.org", "zielen"); status != http.StatusOK || got.Seats[0].State != "held" || got.Receipt == "" {
			t.Errorf("the press at noon: %d %+v, want a seat", status, got)
		}
		if status, got := h.press("ola@example.org", "zielen"); status != http.StatusOK || got.Seats[0].State != "waiting" || got.Seats[0].Position != 1 {
			t.Errorf("the next press: %d %+v, want the waiting list", status, got)
		}
		shows(t, "what Ala has", h.get("ala@example.org", mine), http.StatusOK, "1 miejsce", "Warsztat zielen", "Masz miejsce.", "Numer potwierdzenia:", "Oddaj miejsce")
		shows(t, "what Ola has", h.get("ola@example.org", mine), http.StatusOK, "Jesteś na liście rezerwowej: 1. miejsce.", "Zrezygnuj z listy")
		shows(t, "the page of who waits", h.get("ola@example.org", page), http.StatusOK, "Jesteś na liście rezerwowej: 1. miejsce.", `data-own-refresh="zielen"`)
		shows(t, "the waiting list of Ola", h.get("ola@example.org", mine), http.StatusOK, `data-own="zielen" data-unsure`)
		hides(t, "the page of who holds a place", h.get("ala@example.org", page), "data-own-refresh")
		hides(t, "the places of Ala", h.get("ala@example.org", mine), `data-unsure`)

		shows(t, "giving back asks", h.get("ala@example.org", page+"/rezygnacja"), http.StatusOK, "Oddać to miejsce?", "pierwsza osoba z listy rezerwowej")
		shows(t, "giving back", h.post("ala@example.org", page+"/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "giving back twice", h.post("ala@example.org", page+"/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "what Ala has left", h.get("ala@example.org", mine), http.StatusOK, "Nie masz jeszcze żadnych zapisów", "Nieaktualne: 1 sesja", "Tego już nie da się zrobić")
		shows(t, "what Ola has now", h.get("ola@example.org", mine), http.StatusOK, "Masz miejsce.")
		hides(t, "what Ola has now", h.get("ola@example.org", mine), "Kanarek ala", "ala@example.org")

		h.at = noon.Add(72 * time.Hour)
		shows(t, "afterwards", h.get("ala@example.org", page), http.StatusOK, "Zapisy zakończyły się 2 czerwca 2021 o godz. 12:00.")
	})
}

func TestEveryModeSaysWhatToDo(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	h := open(t, d)
	h.participant("ala@example.org")
	page := func(slug string) string { return at + slug + "/zapis" }
	for _, test := range []struct {
		name string
		mode admission.Mode
		slug string
		at   time.Time
		says []string
	}{
		{"a lottery that collects", admission.Lottery, "zielen", noon, []string{"Listy życzeń są zbierane do 1 czerwca 2021, godz. 12:00.", "Dodaj do listy życzeń"}},
		{"a selection that collects", admission.Selection, "woda", noon, []string{"Zgłoszenia są przyjmowane do 1 czerwca 2021, godz. 12:00.", "odpowiedz na pytania", `href="/pl/kpm-2021/sesje/woda/zgloszenie"`}},
		{"a selection that decides", admission.Selection, "woda", noon.Add(25 * time.Hour), []string{"Decyzje będą znane najpóźniej 1 czerwca 2021, godz. 18:00.", "Zobacz swoje zgłoszenie"}},
		{"a pre-queue long before", admission.Prequeue, "ruch", noon.Add(-time.Hour), []string{"Dołącz do kolejki", `data-opens="2021-05-31T11:45:00+02:00"`}},
		{"an invitation", admission.Invitation, "kolizja", noon, []string{"Kod z zaproszenia", `name="code"`}},
		{"open sign-ups", admission.Open, "bez", noon, []string{"Zapisuje się, kto chce", "Zapisz się"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h.at = noon
			if got := h.get("", page(test.slug)); got.Code == http.StatusNotFound {
				h.window(test.mode, 3, test.slug)
			}
			h.at = test.at
			shows(t, test.name, h.get("ala@example.org", page(test.slug)), http.StatusOK, test.says...)
			shows(t, test.name+" in the list", h.get("", mine+"/sesje"), http.StatusOK, "Warsztat "+test.slug)
		})
	}
	hides(t, "what one can wish for", h.get("ala@example.org", mine+"/lista"), `name="add" value="woda"`)
	shows(t, "what one can wish for", h.get("ala@example.org", mine+"/lista"), http.StatusOK, `name="add" value="zielen"`)
	shows(t, "who may have applied", h.get("ala@example.org", mine), http.StatusOK, `href="/pl/kpm-2021/zapisy/zgloszenia"`)
}

func TestARefusalNamesWhatStandsInTheWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		w := h.window(admission.FirstCome, 5, "zielen", "kolizja", "ruch")
		h.pools(w, "woda", admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 5}, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: "headset", Capacity: 1})
		x := h.window(admission.Invitation, 5, "bez")
		h.invite(x, "WODA-21")
		h.participant("ala@example.org", "ola@example.org")
		h.account("gosc@example.org")
		h.press("ala@example.org", "zielen")
		for _, test := range []struct {
			name, email, slug string
			more              []string
			want              string
		}{
			{"a clash", "ala@example.org", "kolizja", nil, "Warsztat zielen"},
			{"who is not registered", "gosc@example.org", "zielen", nil, "zarejestrowane"},
			{"a swap of nothing", "ala@example.org", "ruch", []string{"instead", "woda"}, "Warsztat woda"},
			{"no invitation", "ala@example.org", "bez", nil, "zaproszone"},
			{"another code", "ala@example.org", "bez", []string{"code", "WODA-22"}, "zaproszone"},
		} {
			status, got := h.press(test.email, test.slug, test.more...)
			if status != http.StatusConflict || len(got.Seats) != 1 || got.Seats[0].State != "refused" || !strings.Contains(noBreak.Replace(got.Seats[0].Why), test.want) {
				t.Errorf("%s: %d %+v, want a refusal that says %q", test.name, status, got, test.want)
			}
		}
		if status, got := h.press("ala@example.org", "bez", "code", "woda 21"); status != http.StatusOK || got.Seats[0].State != "held" {
			t.Errorf("the right code: %d %+v, want a seat", status, got)
		}
		if status, got := h.press("ala@example.org", "kolizja", "instead", "zielen"); status != http.StatusOK || got.Seats[0].State != "held" {
			t.Errorf("a swap: %d %+v, want the new seat", status, got)
		}
		if status, got := h.press("ala@example.org", "zielen", "instead", "kolizja"); status != http.StatusOK || got.Seats[0].State != "held" {
			t.Errorf("and back: %d %+v, want the old seat", status, got)
		}
		h.press("ola@example.org", "woda", "need", "headset")
		if status, got := h.press("ala@example.org", "woda", "need", "headset"); status != http.StatusOK || got.Seats[0].State != "waiting" {
			t.Errorf("the second headset: %d %+v, want the waiting list", status, got)
		}
		if status, got := h.press("ola@example.org", "ruch", "need", "piano"); status != http.StatusUnprocessableEntity || got.Why == "" {
			t.Errorf("a need that nobody has: %d %+v, want 422", status, got)
		}
	})
}

func TestWithoutScriptAnAnswerIsAPageThatCanBeReloaded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.window(admission.FirstCome, 1, "zielen")
		h.participant("ala@example.org")
		form := h.get("ala@example.org", at+"zielen/zapis").Body.String()
		key := regexp.MustCompile(`name="k" value="([^"]{22})"`).FindStringSubmatch(form)
		if key == nil {
			t.Fatal("the form has no key of 22 characters")
		}
		send := func() string {
			got := h.post("ala@example.org", at+"zielen/zapis", url.Values{"k": {key[1]}})
			shows(t, "the answer", got, http.StatusOK, "Zgłoszenie przyjęte", "Masz miejsce.", "Numer potwierdzenia:", "Strona zapisów na tę sesję")
			return regexp.MustCompile(`class="receipt">([^<]+)<`).FindString(got.Body.String())
		}
		if first, again := send(), send(); first != again || first == "" {
			t.Errorf("receipts %q and %q, want the same", first, again)
		}
		for name, form := range map[string]url.Values{"no key": {}, "a short key": {"k": {"abc"}}, "a key with a quote": {"k": {"aaaaaaaaaaaaaaaaaaaaa'"}}} {
			if got := h.post("ala@example.org", at+"zielen/zapis", form); got.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s answers %d, want 422", name, got.Code)
			}
		}
		shows(t, "a stranger's form", h.post("", at+"zielen/zapis", url.Values{"k": {key[1]}}), http.StatusUnauthorized, "nic nie zostało zgłoszone", "next=%2fpl%2fkpm-2021%2fsesje%2fzielen%2fzapis")
		if got := h.post("", at+"zielen/zapis", url.Values{"k": {key[1]}}, "Accept", "application/json"); got.Code != http.StatusUnauthorized {
			t.Errorf("a stranger's script gets %d, want 401", got.Code)
		}
		for path, want := range map[string]int{
			at + "bez/zapis": http.StatusNotFound, at + "nie-ma/zapis": http.StatusNotFound, at + "tajna/zapis": http.StatusNotFound,
			"/pl/kpm-1900/sesje/zielen/zapis": http.StatusNotFound, at + "zielen/zapis/zmiana": http.StatusSeeOther, mine + "/00000000/przebieg": http.StatusNotFound,
		} {
			if got := h.get("ala@example.org", path); got.Code != want {
				t.Errorf("%s answers %d, want %d", path, got.Code, want)
			}
		}
		for _, path := range []string{mine, mine + "/lista", at + "zielen/zapis/rezygnacja"} {
			got := h.get("", path)
			if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.Contains(to, url.QueryEscape(path)) {
				t.Errorf("a stranger at %s is sent to %d %q, want the door and back", path, got.Code, to)
			}
		}
	})
}

func TestAWishListIsPutInOrderAndClaimedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		w := h.window(admission.FirstCome, 1, "zielen", "kolizja", "ruch")
		h.pools(w, "woda", admission.Pool{Number: 1, Kind: admission.ForAll, Capacity: 1}, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: "headset", Capacity: 1})
		h.participant("ala@example.org")
		list := mine + "/lista"
		change := func(pairs ...string) {
			t.Helper()
			form := url.Values{}
			for i := 0; i+1 < len(pairs); i += 2 {
				form.Add(pairs[i], pairs[i+1])
			}
			shows(t, "a change of the list", h.post("ala@example.org", list, form), http.StatusSeeOther)
		}
		order := func(want string) {
			t.Helper()
			var got []string
			for _, m := range regexp.MustCompile(`data-wish="([^"]+)"`).FindAllStringSubmatch(h.get("ala@example.org", list).Body.String(), -1) {
				got = append(got, m[1])
			}
			if strings.Join(got, " ") != want {
				t.Errorf("the list is %v, want %s", got, want)
			}
		}
		h.at = noon.Add(-time.Hour)
		shows(t, "an empty list", h.get("ala@example.org", list), http.StatusOK, "Lista życzeń jest pusta", "Co można dodać")
		for _, slug := range []string{"zielen", "kolizja", "woda", "zielen"} {
			change("add", slug)
		}
		order("zielen kolizja woda")
		change("up", "kolizja")
		order("kolizja zielen woda")
		change("up", "kolizja")
		change("down", "woda")
		order("kolizja zielen woda")
		change("s", "woda", "s", "zielen", "s", "ruch")
		order("woda zielen kolizja")
		change("remove", "ruch")
		change("needs", "yes", "need", "headset")
		shows(t, "the list", h.get("ala@example.org", list), http.StatusOK, `value="headset" checked`, "Zgłoś całą listę", "Zapisy ruszają 31 maja 2021")
		for _, form := range []url.Values{{"add": {"bez"}}, {"add": {"tajna"}}, {"add": {"nie-ma"}}} {
			shows(t, "adding what is not there", h.post("ala@example.org", list, form), http.StatusNotFound)
		}
		order("woda zielen kolizja")

		h.at = noon
		got := h.post("ala@example.org", list+"/zgloszenie", url.Values{"k": {"0123456789abcdefghijkl"}})
		shows(t, "the claim of the list", got, http.StatusOK, "Zgłoszenie przyjęte", "Warsztat woda", "Warsztat zielen", "W tym czasie masz już inną sesję", "Warsztat zielen")
		seats, err := h.seats.Mine(t.Context(), h.edition.ID, h.id("ala@example.org"))
		h.must(err)
		if len(seats) != 2 || seats[0].Session != h.sessions["woda"] || len(seats[0].Needs) != 1 {
			t.Errorf("the stored list got %+v, want the first two, the first with a headset", seats)
		}
	})
}

func TestTheQueueTakesThoseWhoAreReady(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		w := h.window(admission.Prequeue, 1, "zielen")
		h.participant("ala@example.org", "ola@example.org")
		page := at + "zielen/zapis"
		h.at = noon.Add(-time.Hour)
		shows(t, "joining too early", h.post("ala@example.org", page+"/kolejka", nil), http.StatusSeeOther)
		shows(t, "the page after it", h.get("ala@example.org", page), http.StatusOK, "w ciągu kwadransa przed otwarciem", "Dołącz do kolejki")
		h.at = noon.Add(-5 * time.Minute)
		shows(t, "joining", h.post("ala@example.org", page+"/kolejka", nil), http.StatusSeeOther)
		shows(t, "joining by the list", h.post("ola@example.org", mine+"/kolejka/"+w.Ref(), nil), http.StatusSeeOther)
		shows(t, "who is in the queue", h.get("ala@example.org", page), http.StatusOK, "Twój kod w losowaniu")
		shows(t, "who has no wishes", h.get("ola@example.org", mine+"/lista"), http.StatusOK, "Wpisz najpierw na listę życzeń")
		h.at = noon
		h.must(h.seats.Decide(t.Context(), w.ID))
		shows(t, "after the draw", h.get("ala@example.org", page), http.StatusOK, "Masz miejsce.")
		shows(t, "somebody else", h.get("ola@example.org", page), http.StatusOK, "Nie ma już wolnych miejsc")
		report := mine + "/" + w.Ref() + "/przebieg"
		shows(t, "the report", h.get("", report), http.StatusOK, "Losowanie się odbyło", "Skrót ziarna", "Warsztat zielen")
		hides(t, "the report", h.get("", report), "Kanarek", "example.org")
		shows(t, "the report in English", h.get("", "/en/kpm-2021/sign-ups/"+w.Ref()+"/report"), http.StatusOK, "The draw has been made", "How sign-ups went")
		record := h.get("", "/kpm-2021/draws/"+w.Ref()+".json")
		if record.Code != http.StatusOK || !strings.Contains(record.Body.String(), "seed") || strings.Contains(record.Body.String(), "example.org") {
			t.Errorf("the record: %d %.200s, want the seed and nobody's name", record.Code, record.Body.String())
		}
		for _, path := range []string{"/kpm-2021/draws/" + w.Ref(), "/kpm-2021/draws/00000000.json"} {
			if got := h.get("", path); got.Code != http.StatusNotFound {
				t.Errorf("%s answers %d, want 404", path, got.Code)
			}
		}
	})
}

func TestAMovedSessionAsksWhatOneWants(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.window(admission.FirstCome, 2, "zielen", "woda")
		h.participant("ala@example.org")
		h.press("ala@example.org", "zielen")
		h.press("ala@example.org", "woda")
		var slot struct{ id, session string }
		h.must(d.QueryRow(t.Context(), `SELECT id, session_id FROM slot WHERE session_id = $1`, h.sessions["zielen"]).Scan(&slot.id, &slot.session))
		_, err := d.Exec(t.Context(), `UPDATE slot SET starts_at = $2, ends_at = $3, revision = revision + 1 WHERE id = $1`,
			slot.id, time.Date(2021, 6, 7, 10, 0, 0, 0, time.UTC), time.Date(2021, 6, 7, 11, 0, 0, 0, time.UTC))
		h.must(err)
		h.release()
		e, err := h.shown.Edition("kpm-2021")
		h.must(err)
		h.must(h.seats.Adopt(t.Context(), h.edition.ID, e.Programme))
		shows(t, "my sign-ups", h.get("ala@example.org", mine), http.StatusOK, "Ta sesja ma nową godzinę", "Wybierz, co dalej")
		shows(t, "the choice", h.get("ala@example.org", at+"zielen/zapis/zmiana"), http.StatusOK, "koliduje teraz z inną", "Oddaj: Warsztat woda", "Oddaj miejsce", "Zamień na inną sesję", "12:00")
		shows(t, "staying with both", h.post("ala@example.org", at+"zielen/zapis/zmiana", nil), http.StatusSeeOther)
		shows(t, "giving back the other", h.post("ala@example.org", at+"woda/zapis/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "the choice now", h.get("ala@example.org", at+"zielen/zapis/zmiana"), http.StatusOK, "Zostaję")
		shows(t, "staying", h.post("ala@example.org", at+"zielen/zapis/zmiana", nil), http.StatusSeeOther)
		hides(t, "my sign-ups", h.get("ala@example.org", mine), "Ta sesja ma nową godzinę")
		shows(t, "choosing again", h.get("ala@example.org", at+"zielen/zapis/zmiana"), http.StatusSeeOther)
		shows(t, "what to swap for", h.get("ala@example.org", mine+"/sesje?instead=zielen"), http.StatusOK, "Wybierz sesję, na którą chcesz zamienić: Warsztat zielen", "woda/zapis?instead=zielen")
	})
}

func TestAPersonalCalendarIsReadByItsAddressAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.window(admission.FirstCome, 1, "zielen", "woda", "ruch")
		h.participant("ala@example.org", "ola@example.org")
		h.press("ola@example.org", "woda")
		for _, slug := range []string{"zielen", "woda", "ruch"} {
			h.press("ala@example.org", slug)
		}
		h.must(h.seats.Leave(t.Context(), h.edition.ID, h.id("ala@example.org"), h.sessions["ruch"]))
		address := func() string {
			t.Helper()
			shows(t, "making an address", h.post("ala@example.org", mine+"/kalendarz", nil), http.StatusSeeOther)
			found := regexp.MustCompile(`value="http://[^/]+(/kpm-2021/mine/[A-Z2-7]{26}\.ics\?lang=pl)"`).FindStringSubmatch(h.get("ala@example.org", mine).Body.String())
			if found == nil {
				t.Fatal("my sign-ups have no address of a calendar")
			}
			return found[1]
		}
		hides(t, "my sign-ups", h.get("ala@example.org", mine), "/mine/")
		first := address()
		got := h.get("", first)
		shows(t, "the calendar", got, http.StatusOK, "SUMMARY:Warsztat zielen\r\n", "STATUS:CONFIRMED", "SUMMARY:Lista rezerwowa: Warsztat woda", "STATUS:TENTATIVE",
			"SUMMARY:Nieaktualne: Warsztat ruch", "STATUS:CANCELLED", "DTSTART:20210607T080000Z", "LOCATION:AULA")
		if kind := got.Header().Get("Content-Type"); kind != "text/calendar; charset=utf-8" || got.Header().Get("Cache-Control") != "private, no-cache" {
			t.Errorf("the calendar is %q, %q", kind, got.Header().Get("Cache-Control"))
		}
		shows(t, "in English", h.get("", strings.Replace(first, "lang=pl", "lang=en", 1)), http.StatusOK, "Workshop zielen", "Waiting list: Workshop woda")
		if second := address(); second == first {
			t.Error("a new address is the old one")
		}
		if got := h.get("", first); got.Code != http.StatusNotFound {
			t.Errorf("the old address answers %d, want 404", got.Code)
		}
		last := address()
		shows(t, "switching it off", h.post("ala@example.org", mine+"/kalendarz/usuniecie", nil), http.StatusSeeOther)
		for _, path := range []string{last, "/kpm-2021/mine/.ics", "/kpm-2021/mine/x", "/kpm-2021/mine/' OR 1=1.ics"} {
			if got := webtest.Get(h.site, strings.ReplaceAll(path, " ", "%20")); got.Code != http.StatusNotFound {
				t.Errorf("%s answers %d, want 404", path, got.Code)
			}
		}
	})
}

func TestAnOfferIsAcceptedOrDeclined(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		w := h.window(admission.FirstCome, 1, "zielen")
		w.ClosesAt = noon.Add(8 * 24 * time.Hour)
		_, err := h.terms.SaveWindow(t.Context(), by, w)
		h.must(err)
		h.participant("ala@example.org", "ola@example.org", "ela@example.org")
		for _, email := range []string{"ala@example.org", "ola@example.org", "ela@example.org"} {
			h.press(email, "zielen")
		}
		h.at = time.Date(2021, 6, 6, 20, 0, 0, 0, time.UTC) // twelve hours before
		h.must(h.seats.Leave(t.Context(), h.edition.ID, h.id("ala@example.org"), h.sessions["zielen"]))
		shows(t, "who is offered a place", h.get("ola@example.org", mine), http.StatusOK, "Czekają na Twoją decyzję", "Przyjmij je do 7 czerwca 2021, godz. 00:00.", "Przyjmij miejsce", "Nie przyjmuj")
		shows(t, "somebody else accepts it", h.post("ela@example.org", at+"zielen/zapis/propozycja", nil), http.StatusSeeOther)
		shows(t, "somebody else", h.get("ela@example.org", mine), http.StatusOK, "Tego już nie da się zrobić", "Jesteś na liście rezerwowej: 1. miejsce.")
		shows(t, "declining", h.post("ola@example.org", at+"zielen/zapis/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "accepting", h.post("ela@example.org", at+"zielen/zapis/propozycja", nil), http.StatusSeeOther)
		shows(t, "who accepted", h.get("ela@example.org", at+"zielen/zapis"), http.StatusOK, "Masz miejsce.")
	})
}

func TestTheClockIsThatOfTheDatabase(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.at = noon.Add(123 * time.Millisecond)
	got := h.get("", "/kpm-2021/signups.clock")
	if got.Code != http.StatusOK || got.Body.String() != "{\"now\":\"2021-05-31T10:00:00.123Z\"}\n" {
		t.Errorf("the clock says %d %s", got.Code, got.Body.String())
	}
}

func TestTheListIsFiltered(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	shows(t, "a congress without sign-ups", h.get("", mine+"/sesje"), http.StatusOK, "Na pozostałe sesje wystarczy przyjść.")
	h.window(admission.FirstCome, 1, "zielen", "ruch", "tajna")
	h.participant("ala@example.org")
	h.press("ala@example.org", "zielen")
	hides(t, "the list", h.get("", mine+"/sesje"), "tajna")
	shows(t, "those with places", h.get("", mine+"/sesje?state=free"), http.StatusOK, "Warsztat ruch")
	hides(t, "those with places", h.get("", mine+"/sesje?state=free"), "Warsztat zielen")
	shows(t, "another day", h.get("", mine+"/sesje?day=2021-06-08"), http.StatusOK, "Nic nie pasuje do filtrów")
	shows(t, "nonsense", h.get("", mine+"/sesje?day=%27&state=x&instead=zielen"), http.StatusOK)
}

func TestASessionThatTheEditionHoldsBackSaysSo(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	h.window(admission.FirstCome, 1, "zielen")
	h.participant("ala@example.org")
	set := admission.Settled(h.edition.ID)
	set.Held = true
	_, err := h.terms.SaveSettings(t.Context(), by, set)
	h.must(err)
	shows(t, "the page", h.get("ala@example.org", at+"zielen/zapis"), http.StatusOK, "Organizatorzy wstrzymali na chwilę wszystkie zapisy.")
	if status, got := h.press("ala@example.org", "zielen"); status != http.StatusConflict || got.Seats[0].State != string(signup.Refused) {
		t.Errorf("a press while all is held: %d %+v, want a refusal", status, got)
	}
}

// Who guesses the address of a session that has not been released gets what an address gets that leads nowhere; and a
// released address goes on until the next release, whatever the session is called meanwhile.
func TestOnlyWhatIsReleasedIsPressedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.window(admission.FirstCome, 2, "zielen", "woda")
		h.participant("ala@example.org")
		key := url.Values{"k": {"press-number-00000001"}}
		rename := func(from, to string) {
			t.Helper()
			_, err := d.Exec(t.Context(), `UPDATE session SET slug = $2, revision = revision + 1 WHERE slug = $1`, from, to)
			h.must(err)
			_, err = d.Exec(t.Context(), `UPDATE signup_ledger SET revision = revision + 1`)
			h.must(err)
		}
		rename("zielen", "zielen-2")
		shows(t, "the new address before its release", h.post("ala@example.org", at+"zielen-2/zapis", key), http.StatusNotFound)
		shows(t, "a list with it", h.post("ala@example.org", mine+"/lista/zgloszenie", url.Values{"k": {"press-number-00000002"}, "s": {"zielen-2"}}), http.StatusNotFound)
		shows(t, "the released address", h.post("ala@example.org", at+"zielen/zapis", key), http.StatusOK, "Masz miejsce")
	})
}
