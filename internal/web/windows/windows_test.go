package windows_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signup"
)

func english(address string) string {
	return strings.NewReplacer("/pl/", "/en/", "/biurko/zapisy-na-sesje/okna/", "/desk/sign-ups/windows/").Replace(address)
}

func TestAWindowIsMadeFilledAndOpened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		wants(t, "an empty desk", h.get(chief, desks), 200, "Nie ma jeszcze zapisów na sesje.", "6 warsztatów i sesji networkingowych bez zapisów", "Warsztat gzm-a")
		wants(t, "the form", h.get(chief, desks+"/nowe-okno"), 200, "losowanie według list życzeń", "Każdy dostaje pierwszą sesję", "Przestrzeń wuf", "Europe/Warsaw")
		one := h.window(chief)
		wants(t, "a fresh window", h.get(chief, one), 200, "Warsztaty pierwszego dnia", "jeszcze nieotwarte", "20 maja 2021", "12:00", "W tym oknie nie ma jeszcze sesji.",
			"Do 24 h przed sesją", "na odpowiedź ma 2 h", "/pl/kpm-2021/zapisy/"+one[strings.LastIndex(one, "/")+1:]+"/przebieg")
		wants(t, "in English", h.get(chief, english(one)), 200, "Workshops of the first day", "There are no sessions in this window yet.")
		wants(t, "what can be added", h.get(chief, one+"/sesje"), 200, "6 sesji do dodania", "Warsztat wuf-b", `value="30"`, "(30)")
		group := h.get(chief, one+"/sesje?block="+string(h.blocks["warsztaty"].ID))
		wants(t, "a block", group, 200, "2 sesje do dodania", "Warsztat warsztaty-a")
		if n := strings.Count(group.Body.String(), " checked"); n != 2 {
			t.Errorf("a group has %d sessions ticked, want 2", n)
		}
		lacks(t, "a block", group, "Warsztat wuf-a")
		got := h.post(chief, one+"/sesje", url.Values{"take": {"warsztaty-a", "warsztaty-b"}, "seats-warsztaty-a": {"2"}, "seats-warsztaty-b": {""}})
		wants(t, "adding", got, http.StatusSeeOther)
		wants(t, "the window", h.get(chief, one), 200, "Warsztat warsztaty-a", "0", "pon., 7 czerwca", "10:00–11:00", "Aula", "Dodane sesje: 2.")
		wants(t, "the desk", h.get(chief, desks), 200, "Warsztaty pierwszego dnia", "kolejność zgłoszeń", "1 sesja bez liczby miejsc", "4 warsztaty i sesje networkingowe")
		wants(t, "the same form again", h.post(chief, one+"/sesje", url.Values{"take": {"warsztaty-a"}, "seats-warsztaty-a": {"9"}}), http.StatusSeeOther)
		wants(t, "its seats stay", h.get(chief, desks+"/sesje/warsztaty-a"), 200, "zajęte 0 z 2")
	})
}

func TestTheSameFormTwiceMakesOneWindow(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	f := windowForm()
	for range 2 {
		wants(t, "a new window", h.post(chief, desks+"/nowe-okno", f), http.StatusSeeOther)
	}
	if n := strings.Count(said(h.get(chief, desks)), `<th scope="row">`); n != 1 {
		t.Errorf("the form sent twice made %d windows, want 1", n)
	}
}

func TestBadWindows(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	for _, test := range []struct {
		name   string
		change []string
		want   string
	}{
		{"no name", []string{"name_pl", ""}, "Wpisz nazwę po polsku."},
		{"a long name", []string{"name_pl", strings.Repeat("ż", 121)}, "120"},
		{"no mode", []string{"mode", "kto-pierwszy"}, "Wybierz tryb zapisów."},
		{"no opening", []string{"opens_on", "", "opens_at", ""}, "Podaj dzień i godzinę otwarcia zapisów."},
		{"a day without an hour", []string{"opens_at", ""}, "Podaj godzinę, na przykład 12:00."},
		{"an hour without a day", []string{"closes_on", ""}, "Podaj dzień."},
		{"a day that is not there", []string{"opens_on", "2021-02-30"}, "Podaj dzień."},
		{"an hour that is not there", []string{"opens_at", "25:00"}, "Podaj godzinę"},
		{"closing before opening", []string{"closes_on", "2021-05-19"}, "Zapisy muszą się skończyć później, niż się zaczną."},
		{"an hour that spring skips", []string{"opens_on", "2021-03-28", "opens_at", "02:30"}, "Godziny 02:30 tego dnia nie ma, bo zegary idą do przodu. Najbliższe to 01:59 i 03:00."},
		{"an hour that autumn repeats", []string{"closes_on", "2021-10-31", "closes_at", "02:30"}, "Godzina 02:30 jest tego dnia dwa razy."},
		{"a draw without an hour", []string{"mode", "lottery"}, "Podaj chwilę między początkiem a końcem zapisów."},
		{"a choice announced before it is made", []string{"mode", "selection", "decides_on", "2021-05-25", "decides_at", "12:00", "announces_on", "2021-05-24", "announces_at", "12:00"}, "Decyzje ogłasza się po zakończeniu"},
		{"hours that are no number", []string{"sure_hours", "doba"}, "Wpisz liczbę całkowitą"},
		{"too many hours", []string{"door_hours", "999999"}, "Podaj liczbę godzin od 0 do 720."},
		{"no time to answer", []string{"offer_minutes", "0"}, "Podaj od 1 do"},
		{"on behalf of nobody", []string{"workspace", "moon"}, "Wybierz, w czyim imieniu"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := windowForm()
			set(test.change...)(f)
			wants(t, test.name, h.post(chief, desks+"/nowe-okno", f), 422, test.want, "Warsztaty")
		})
	}
	lacks(t, "the desk", h.get(chief, desks), "Warsztaty pierwszego dnia")
}

func TestTheHourThatComesTwiceIsTheOneThatWasMeant(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	for turn, want := range map[string]time.Time{
		"first":  time.Date(2021, 10, 31, 0, 30, 0, 0, time.UTC),
		"second": time.Date(2021, 10, 31, 1, 30, 0, 0, time.UTC),
	} {
		one := h.window(chief, set("closes_on", "2021-10-31", "closes_at", "02:30", "closes_turn", turn))
		wants(t, "the form", h.get(chief, one+"/ustawienia"), 200, `value="`+turn+`" selected`)
		plan, err := h.signups.Plan(t.Context(), h.edition.ID)
		h.must(err)
		if got := plan.WindowAt(one[strings.LastIndex(one, "/")+1:]).ClosesAt; !got.Equal(want) {
			t.Errorf("the %s 2:30 is %s, want %s", turn, got, want)
		}
	}
}

// open puts a session with seats into a fresh window and returns its address.
func (h *house) opened(email string, slug, seats string, change ...func(url.Values)) string {
	h.t.Helper()
	one := h.window(email, change...)
	wants(h.t, "adding "+slug, h.post(email, one+"/sesje", url.Values{"take": {slug}, "seats-" + slug: {seats}}), http.StatusSeeOther)
	return one
}

func TestAfterTheOpeningSignUpsOnlyGetWider(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.opened(chief, "warsztaty-a", "2")
		h.at = early.Add(3 * time.Hour)
		wants(t, "the form", h.get(chief, one+"/ustawienia"), 200, "Te zapisy są już otwarte.", "Można je tylko rozszerzać", "Powód")
		for _, test := range []struct {
			name   string
			change []string
			status int
			want   string
		}{
			{"closing earlier", []string{"closes_on", "2021-06-01", "reason", "tak"}, 422, "można je zmieniać tylko na korzyść"},
			{"another mode", []string{"mode", "invitation", "reason", "tak"}, 422, "można je zmieniać tylko na korzyść"},
			{"no waiting list", []string{"waiting", "", "reason", "tak"}, 422, "można je zmieniać tylko na korzyść"},
			{"closing later without a reason", []string{"closes_at", "20:00"}, 422, "Podaj powód."},
			{"closing later", []string{"closes_at", "20:00", "reason", "Duże zainteresowanie"}, http.StatusSeeOther, ""},
		} {
			f := windowForm()
			f.Set("revision", "1")
			set(test.change...)(f)
			if f.Get("waiting") == "" {
				f.Del("waiting")
			}
			wants(t, test.name, h.post(chief, one+"/ustawienia", f), test.status, test.want)
		}
		for _, test := range []struct {
			name   string
			form   url.Values
			status int
			want   string
		}{
			{"fewer seats", url.Values{"whom_1": {"all"}, "count_1": {"1"}, "reason": {"tak"}}, 422, "można je zmieniać tylko na korzyść"},
			{"without its pool", url.Values{"whom_1": {"invited"}, "count_1": {"5"}, "reason": {"tak"}}, 422, "można je zmieniać tylko na korzyść"},
			{"more seats without a reason", url.Values{"whom_1": {"all"}, "count_1": {"3"}}, 422, "Podaj powód."},
			{"more seats", url.Values{"whom_1": {"all"}, "count_1": {"3"}, "reason": {"Większa sala"}}, http.StatusSeeOther, ""},
		} {
			test.form.Set("window", windowOf(h, one))
			test.form.Set("revision", "1")
			wants(t, test.name, h.post(chief, desks+"/sesje/warsztaty-a", test.form), test.status, test.want)
		}
		wants(t, "the window", h.get(chief, one), 200, "20:00", "otwarte")
	})
}

// windowOf is the id of the window at an address.
func windowOf(h *house, address string) string {
	h.t.Helper()
	plan, err := h.signups.Plan(h.t.Context(), h.edition.ID)
	h.must(err)
	w := plan.WindowAt(address[strings.LastIndex(address, "/")+1:])
	if w == nil {
		h.t.Fatalf("no window at %s", address)
	}
	return string(w.ID)
}

func TestTwoPeopleChangeOneWindow(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	one := h.window(chief)
	f := windowForm()
	f.Set("revision", "1")
	f.Set("name_pl", "Warsztaty rano")
	wants(t, "the first", h.post(chief, one+"/ustawienia", f), http.StatusSeeOther)
	f.Set("name_pl", "Warsztaty po południu")
	wants(t, "the second", h.post(chief, one+"/ustawienia", f), 409, "Warsztaty rano", "Warsztaty po południu", "Zapisz moje")
	f.Set("revision", "2")
	wants(t, "the second, who insists", h.post(chief, one+"/ustawienia", f), http.StatusSeeOther)
}

func TestPools(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.opened(chief, "warsztaty-a", "20")
		address, in := desks+"/sesje/warsztaty-a", windowOf(h, one)
		wants(t, "the form", h.get(chief, address), 200, "mieści 30 osób", "miejsca dla wszystkich", "odbiornik tłumaczenia", "samorząd", `value="20"`)
		for _, test := range []struct {
			name   string
			form   url.Values
			status int
			want   string
		}{
			{"nobody", url.Values{"whom_1": {""}, "count_1": {"5"}}, 422, "Wybierz, dla kogo są miejsca."},
			{"somebody who is not offered", url.Values{"whom_1": {"sector:moon"}, "count_1": {"5"}}, 422, "Wybierz, dla kogo są miejsca."},
			{"no number", url.Values{"whom_1": {"all"}}, 422, "Podaj, ile ich jest."},
			{"words for a number", url.Values{"whom_1": {"all"}, "count_1": {"dużo"}}, 422, "Wpisz liczbę całkowitą"},
			{"fewer than none", url.Values{"whom_1": {"all"}, "count_1": {"-1"}}, 422, "Podaj liczbę miejsc od 0"},
			{"the same twice", url.Values{"whom_1": {"all"}, "count_1": {"5"}, "whom_2": {"all"}, "count_2": {"5"}}, 422, "Taka pula jest już wyżej."},
			{"no window", url.Values{"window": {"moon"}, "whom_1": {"all"}, "count_1": {"5"}}, 422, "Wybierz okno zapisów."},
			{"an old form", url.Values{"revision": {"9"}, "whom_1": {"all"}, "count_1": {"5"}}, 422, "Ktoś zmienił to w międzyczasie"},
			{"for everybody, a sector and wheelchairs", url.Values{
				"whom_1": {"all"}, "count_1": {"18"}, "whom_2": {"sector:local"}, "count_2": {"10"}, "whom_5": {"need:wheelchair"}, "count_5": {"2"},
			}, http.StatusSeeOther, ""},
		} {
			if !test.form.Has("window") {
				test.form.Set("window", in)
			}
			if !test.form.Has("revision") {
				test.form.Set("revision", "1")
			}
			wants(t, test.name, h.post(chief, address, test.form), test.status, test.want)
		}
		wants(t, "the window", h.get(chief, one), 200, "0/10", "miejsce dla wózka: 0/2", "28")
		wants(t, "taking a pool out", h.post(chief, address, url.Values{"window": {in}, "revision": {"2"}, "whom_1": {"all"}, "count_1": {"40"}}), http.StatusSeeOther)
		wants(t, "the window", h.get(chief, one), 200, "40", "więcej niż mieści sala")
	})
}

func TestTheSamePoolsForMany(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	one := h.opened(chief, "warsztaty-a", "20")
	wants(t, "one more", h.post(chief, one+"/sesje", url.Values{"take": {"warsztaty-b"}, "seats-warsztaty-b": {"25"}}), http.StatusSeeOther)
	wants(t, "the form", h.get(chief, one+"/pule"), 200, "Warsztat warsztaty-a", "Warsztat warsztaty-b", `value="20"`)
	wants(t, "no session", h.post(chief, one+"/pule", url.Values{"whom_1": {"all"}, "count_1": {"15"}}), 422, "Zaznacz przynajmniej jedną sesję.")
	form := url.Values{"take": {"warsztaty-a", "warsztaty-b"}, "whom_1": {"all"}, "count_1": {"15"}, "whom_2": {"need:headset"}, "count_2": {"5"}}
	wants(t, "both", h.post(chief, one+"/pule", form), http.StatusSeeOther)
	wants(t, "the window", h.get(chief, one), 200, "odbiornik tłumaczenia: 0/5", "Zmienione sesje: 2.")
	h.at = early.Add(3 * time.Hour)
	wants(t, "after the opening, without a reason", h.post(chief, one+"/pule", form), 422, "Podaj powód.")
	form.Set("reason", "Mniejsza sala")
	form.Set("count_1", "10")
	wants(t, "after the opening, fewer", h.post(chief, one+"/pule", form), 422, "Warsztat warsztaty-a: Zapisy są już otwarte", "Warsztat warsztaty-b: Zapisy są już otwarte")
}

func TestLimits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.opened(chief, "warsztaty-a", "20")
		address := desks + "/ograniczenia"
		wants(t, "none", h.get(chief, address), 200, "Nie ma ograniczeń poza zasadami ogólnymi.", "Na przykład: najwyżej dwa warsztaty na osobę.")
		for _, test := range []struct {
			name   string
			form   url.Values
			status int
			want   string
		}{
			{"nothing", url.Values{}, 422, "Wybierz rodzaj zasady."},
			{"no number", url.Values{"kind": {"most_each"}, "over": {"all"}}, 422, "Podaj liczbę od 1 do 100."},
			{"formats, and none of them", url.Values{"kind": {"most_each"}, "most": {"2"}, "over": {"formats"}}, 422, "Wskaż, których sesji dotyczy zasada."},
			{"a format that is not offered", url.Values{"kind": {"most_each"}, "most": {"2"}, "over": {"formats"}, "formats": {"seance"}}, 422, "Wskaż, których sesji dotyczy zasada."},
			{"two workshops", url.Values{"kind": {"most_each"}, "most": {"2"}, "over": {"formats"}, "formats": {"workshop"}, "name_pl": {"Dwa warsztaty"}}, http.StatusSeeOther, ""},
			{"one of a window", url.Values{"kind": {"one_of"}, "over": {"windows"}, "windows": {windowOf(h, one)}}, http.StatusSeeOther, ""},
		} {
			wants(t, test.name, h.post(chief, address, test.form), test.status, test.want)
		}
		list := h.get(chief, address)
		wants(t, "the list", list, 200, "Najwyżej 2 sesje na osobę: warsztat.", "Dwa warsztaty", "Warsztaty pierwszego dnia.")
		plan, err := h.signups.Plan(t.Context(), h.edition.ID)
		h.must(err)
		wants(t, "removing", h.post(chief, address+"/usuniecie", url.Values{"rule": {string(plan.Rules[0].ID)}}), http.StatusSeeOther)
		wants(t, "removing what is gone", h.post(chief, address+"/usuniecie", url.Values{"rule": {string(plan.Rules[0].ID)}}), http.StatusSeeOther)
		lacks(t, "the list", h.get(chief, address), "Dwa warsztaty")
	})
}

func TestEverythingCanBePutOnHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.opened(chief, "warsztaty-a", "20")
		h.at = early.Add(3 * time.Hour)
		who, address := h.participant("Kanarek"), desks+"/wstrzymanie"
		wants(t, "the question", h.get(chief, address), 200, "Teraz otwarte jest 1 okno.", "Nikt nie traci miejsca.", "kpm-2021")
		wants(t, "without a name", h.post(chief, address, url.Values{"reason": {"awaria"}}), 422, "Wpisz dokładnie: kpm-2021.")
		wants(t, "without a reason", h.post(chief, address, url.Values{"name": {"kpm-2021"}}), 422, "Podaj powód.")
		wants(t, "with both", h.post(chief, address, url.Values{"name": {"kpm-2021"}, "reason": {"awaria"}}), http.StatusSeeOther)
		wants(t, "the desk", h.get(chief, desks), 200, "Wszystkie zapisy są wstrzymane.", "Wznów zapisy")
		if got := h.press(who, "warsztaty-a"); got.Why != signup.OnHold {
			t.Errorf("a press on hold = %+v, want %s", got, signup.OnHold)
		}
		wants(t, "the same form again", h.post(chief, address, url.Values{"name": {"kpm-2021"}, "reason": {"awaria"}}), 422, "Ktoś zmienił to w międzyczasie")
		wants(t, "going on", h.post(chief, address, url.Values{"reason": {"naprawione"}, "revision": {"1"}}), http.StatusSeeOther)
		if got := h.press(who, "warsztaty-a"); got.State != signup.Holding {
			t.Errorf("a press after the hold = %+v, want a seat", got)
		}
	})
}

func TestGeneralRules(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	address := desks + "/zasady-ogolne"
	wants(t, "the form", h.get(chief, address), 200, "Licz czas przejścia między salami")
	wants(t, "too long", h.post(chief, address, url.Values{"margin": {"999"}}), 422, "Podaj od 0 do 240 minut.")
	wants(t, "saved", h.post(chief, address, url.Values{"margin": {"10"}, "overlap": {"yes"}}), http.StatusSeeOther)
	plan, err := h.signups.Plan(t.Context(), h.edition.ID)
	h.must(err)
	if got := plan.Settings; got.Margin != 10 || !got.Overlap || got.Walking {
		t.Errorf("settings = %+v, want ten minutes, overlaps and no walks", got)
	}
}

func TestWindowsWithoutSessionsCanGo(t *testing.T) {
	h := open(t, dbtest.New(t, db.SQLite))
	one := h.opened(chief, "warsztaty-a", "2")
	wants(t, "with a session", h.post(chief, one+"/usuniecie", nil), 422, "W tym oknie jest 1 sesja.")
	wants(t, "closing the session", h.post(chief, desks+"/sesje/warsztaty-a/usuniecie", nil), http.StatusSeeOther)
	wants(t, "the question", h.get(chief, one+"/usuniecie"), 200, "Nie da się tego cofnąć.")
	wants(t, "without", h.post(chief, one+"/usuniecie", nil), http.StatusSeeOther)
	wants(t, "is gone", h.get(chief, one), 404)
}

func TestADrawIsPromisedAndDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.opened(chief, "warsztaty-a", "1", set("mode", "lottery", "decides_on", "2021-05-25", "decides_at", "12:00"))
		lot, err := h.signups.Lot(t.Context(), admission.WindowID(windowOf(h, one)))
		h.must(err)
		wants(t, "the window", h.get(chief, one), 200, lot.Commitment)
		wants(t, "before", h.get(chief, one+"/losowanie"), 200, lot.Commitment, "Losowanie odbędzie się samo", "25 maja 2021")
		wants(t, "before the hour", h.post(chief, one+"/losowanie", nil), http.StatusSeeOther)
		wants(t, "nothing was drawn", h.get(chief, one+"/losowanie"), 200, "Losowanie odbędzie się samo")
		h.at = early.Add(3 * time.Hour)
		for _, name := range []string{"Kos", "Wilga"} {
			h.must(h.signups.SaveWishes(t.Context(), h.edition.ID, h.participant(name), []signup.Wish{{Session: h.sessions["warsztaty-a"]}}))
		}
		wants(t, "what is wanted", h.get(chief, desks+"/zainteresowanie"), 200, "2 osoby chcą przyjść, a miejsc jest 1.", "W sali zmieści się jeszcze 29 osób.", "Powtórzyć?")
		h.at = time.Date(2021, 5, 25, 10, 1, 0, 0, time.UTC)
		wants(t, "due", h.get(chief, one+"/losowanie"), 200, "Losuj teraz")
		wants(t, "drawing", h.post(chief, one+"/losowanie", nil), http.StatusSeeOther)
		wants(t, "after", h.get(chief, one+"/losowanie"), 200, "Wylosowano", "Pobierz protokół losowania")
		record := h.get(chief, one+"/losowanie/protokol")
		wants(t, "the record", record, 200, lot.Commitment)
		if kind := record.Header().Get("Content-Type"); kind != "application/json" {
			t.Errorf("the record is %s, want application/json", kind)
		}
		lacks(t, "the record", record, "Kos", "Wilga")
	})
}

func TestInvitations(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one := h.opened(chief, "warsztaty-a", "5", set("mode", "invitation")) + "/zaproszenia"
		wants(t, "the form", h.get(chief, one), 200, "Nie ma jeszcze zaproszeń.", "każda osoba, która wpisze kod")
		for _, test := range []struct {
			name string
			form url.Values
			want string
		}{
			{"nobody", url.Values{"kind": {"address"}, "uses": {"1"}}, "albo jedną domenę."},
			{"no kind", url.Values{"targets": {"ABCDEF"}}, "Wybierz rodzaj zaproszenia."},
			{"no address", url.Values{"kind": {"address"}, "targets": {"jan@example.org\nkowalski"}}, "e-mail: kowalski."},
			{"no domain", url.Values{"kind": {"domain"}, "targets": {"miasto"}}, "To nie jest domena: miasto."},
			{"a short code", url.Values{"kind": {"code"}, "targets": {"abc"}}, "A code needs"},
			{"too many codes", url.Values{"kind": {"code"}, "count": {"9999"}}, "Podaj liczbę od 1 do 500."},
			{"fewer than no uses", url.Values{"kind": {"domain"}, "targets": {"miasto.example"}, "uses": {"-1"}}, "Podaj liczbę od 0 do"},
		} {
			if test.name == "a short code" {
				test.want = "Kod musi mieć przynajmniej 6 znaków: abc."
			}
			wants(t, test.name, h.post(chief, one, test.form), 422, test.want)
		}
		made := h.post(chief, one, url.Values{"kind": {"code"}, "count": {"2"}, "uses": {"1"}, "lot": {"ABCDEFGH"}})
		wants(t, "codes", made, 200, "Są 2 nowe kody.", "Skopiuj je teraz.")
		again := h.post(chief, one, url.Values{"kind": {"code"}, "count": {"2"}, "uses": {"1"}, "lot": {"ABCDEFGH"}})
		wants(t, "the same form again", again, 200, "Są 2 nowe kody.", "(2)")
		wants(t, "addresses", h.post(chief, one, url.Values{"kind": {"address"}, "targets": {"Ewa@Example.org\r\njan@example.org, ewa@example.org"}}), http.StatusSeeOther)
		list := h.get(chief, one)
		wants(t, "the list", list, 200, "(4)", "e-mail, skrót")
		lacks(t, "the list", list, "ewa@example.org", "jan@example.org")
		id := between(said(list), `name="invitation" value="`, `"`)
		wants(t, "revoking", h.post(chief, one+"/cofniecie", url.Values{"invitation": {id}}), http.StatusSeeOther)
		wants(t, "the list", h.get(chief, one), 200, "cofnięte")
	})
}

// between is the first part of text between two others.
func between(text, from, to string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text
}
