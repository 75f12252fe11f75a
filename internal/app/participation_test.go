package app_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image"
	"image/jpeg"
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

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// demoHouse is the demonstration, with what it logs and a link for each role.
type demoHouse struct {
	*app.App
	t     *testing.T
	db    *db.DB
	log   *bytes.Buffer
	links map[string]string
	known map[string]*guest // by role
}

func openDemo(t *testing.T, d *db.DB) *demoHouse {
	t.Helper()
	h := &demoHouse{t: t, db: d, log: &bytes.Buffer{}, links: map[string]string{}, known: map[string]*guest{}}
	if err := app.FillDemo(t.Context(), d, time.Now); err != nil {
		t.Fatal(err)
	}
	var err error
	h.App, err = app.New(t.Context(), d, app.Config{
		BaseURL: "http://127.0.0.1", Demo: true, Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	links, err := h.DemoLinks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		h.links[link.Role] = strings.TrimPrefix(link.URL, "http://127.0.0.1")
	}
	return h
}

// guest is somebody with a browser that keeps cookies.
type guest struct {
	house   *demoHouse
	cookies map[string]string
}

func (h *demoHouse) guest() *guest { return &guest{h, map[string]string{}} }

// as is the guest who has come in by the link of a role.
func (h *demoHouse) as(role string) *guest {
	h.t.Helper()
	if g := h.known[role]; g != nil {
		return g
	}
	g := h.guest()
	h.known[role] = g
	if got := g.post(h.links[role], nil); got.Code != http.StatusSeeOther {
		h.t.Fatalf("the link of the %s answers %d", role, got.Code)
	}
	return g
}

func (g *guest) do(method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	ctx, leave := context.WithCancel(g.house.t.Context())
	defer leave()
	r := httptest.NewRequestWithContext(ctx, method, path, body)
	r.Host = "127.0.0.1"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for name, value := range g.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	got := httptest.NewRecorder()
	g.house.Site.ServeHTTP(&listener{got, leave}, r)
	for _, cookie := range got.Result().Cookies() {
		g.cookies[cookie.Name] = cookie.Value
	}
	if got.Code >= http.StatusInternalServerError {
		g.house.t.Errorf("%s %s answers %d, want no fault of ours", method, path, got.Code)
	}
	return got
}

func (g *guest) get(path string) *httptest.ResponseRecorder {
	return g.do(http.MethodGet, path, "", nil)
}

func (g *guest) post(path string, form url.Values) *httptest.ResponseRecorder {
	return g.do(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// sends sends a photo, with the fields of its form before it.
func (g *guest) sends(content []byte, fields ...string) *httptest.ResponseRecorder {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	part, err := w.CreateFormFile("photo", "../../x.jpg")
	if err != nil {
		g.house.t.Fatal(err)
	}
	_, _ = part.Write(content)
	_ = w.Close()
	return g.do(http.MethodPost, ownPhoto, w.FormDataContentType(), &body)
}

// shows fails the test where an answer is not as wanted.
func shows(t *testing.T, what string, got *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("%s answers %d, want %d", what, got.Code, status)
	}
	page := html.UnescapeString(got.Body.String())
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("%s does not say %q", what, text)
		}
	}
}

// versions finds the clauses that a page asks for, by the name of their field.
func versions(page, field string) (values []string) {
	for _, tag := range regexp.MustCompile(`<input[^>]*name="`+field+`"[^>]*>`).FindAllString(page, -1) {
		if strings.Contains(tag, " checked") {
			values = append(values, "ticked beforehand")
		}
		values = append(values, regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(tag)[1])
	}
	return values
}

const (
	takePart = "/pl/kpm-2021/udzial"
	formPart = takePart + "/formularz"
	ownPhoto = "/pl/moje/profil/zdjecie"
)

func TestTakingPartFromBeginningToEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openDemo(t, d)
		stranger := h.guest()
		shows(t, "the page for everybody", stranger.get(takePart), http.StatusOK, "Weź udział", "Zgłoś udział", "udział jest bezpłatny")
		shows(t, "the same in English", stranger.get("/en/kpm-2021/registration"), http.StatusOK, "Take part", "free of charge")
		shows(t, "an edition without registration", stranger.get("/pl/kpm-2019/udzial"), http.StatusNotFound)
		shows(t, "an edition that is not there", stranger.get("/pl/nie-ma/udzial"), http.StatusNotFound)
		asked := stranger.get(formPart)
		if next := asked.Header().Get("Location"); asked.Code != http.StatusSeeOther || !strings.Contains(next, url.QueryEscape(formPart)) {
			t.Errorf("the form of a stranger leads to %q, want the door and back", next)
		}

		g := h.as("council") // who has not registered yet
		page := g.get(formPart)
		shows(t, "the form", page, http.StatusOK, "Co dzieje się")
		told, offered := versions(page.Body.String(), "told"), versions(page.Body.String(), "consent")
		if len(told) != 1 || len(offered) != 2 || slices.Contains(offered, "ticked beforehand") {
			t.Fatalf("the form asks %v and tells %v, want two boxes, empty, and one clause", offered, told)
		}
		form := url.Values{"form": {"on_site"}, "badge": {"Żaneta Wymyślona"}, "told": told, "state": {"cancelled"}, "role": {"organiser"}}
		for name, wrong := range map[string]url.Values{
			"without a name":      {"form": {"online"}, "badge": {" "}, "told": told, "city": {"Łódź"}},
			"without a form":      {"badge": {"X"}, "told": told, "city": {"Łódź"}},
			"unread":              {"form": {"online"}, "badge": {"X"}, "city": {"Łódź"}},
			"with too long a one": {"form": {"online"}, "badge": {strings.Repeat("ż", 121)}, "told": told, "city": {"Łódź"}},
		} {
			shows(t, "a form "+name, g.post(formPart, wrong), http.StatusUnprocessableEntity, "Łódź", "do poprawienia")
		}
		shows(t, "the form", g.post(formPart, form), http.StatusSeeOther)
		shows(t, "the same form again", g.post(formPart, form), http.StatusSeeOther)
		shows(t, "the page of who is on the list", g.get(takePart), http.StatusOK, "Jesteś na liście uczestników", "Żaneta Wymyślona", "Obowiązuje 0 zgód")

		needs := takePart + "/potrzeby"
		box := versions(g.get(needs).Body.String(), "consent")
		shows(t, "needs without a consent", g.post(needs, url.Values{"kinds": {"vegan"}, "note": {"Przy oknie"}}),
			http.StatusUnprocessableEntity, "Przy oknie", "tylko za wyraźną zgodą")
		shows(t, "needs with it", g.post(needs, url.Values{"kinds": {"vegan"}, "note": {"Przy oknie"}, "consent": box}), http.StatusSeeOther)
		shows(t, "the list of consents", g.get(takePart+"/zgody"), http.StatusOK, "Zgoda od:", "Tej zgody nie ma")
		shows(t, "a consent given", g.post(takePart+"/zgody", url.Values{"give": {offered[0]}}), http.StatusSeeOther)
		shows(t, "a consent to nothing", g.post(takePart+"/zgody", url.Values{"give": {"x.1"}}), http.StatusNotFound)
		shows(t, "the consent to needs withdrawn", g.post(takePart+"/zgody", url.Values{"withdraw": box}), http.StatusSeeOther)
		if page := g.get(takePart).Body.String(); strings.Contains(page, "Przy oknie") || strings.Contains(page, "wegańskie") {
			t.Error("needs are shown after their consent ended")
		}
		shows(t, "the question whether to leave", g.get(takePart+"/rezygnacja"), http.StatusOK, "Zrezygnować z udziału?")
		shows(t, "leaving", g.post(takePart+"/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "leaving twice", g.post(takePart+"/rezygnacja", nil), http.StatusSeeOther)
		shows(t, "the page of who has left", g.get(takePart), http.StatusOK, "Rezygnacja:", "Zgłoś udział ponownie")
		shows(t, "needs of who has left", g.get(needs), http.StatusNotFound)
		shows(t, "the notice", stranger.get("/pl/kpm-2021/dane"), http.StatusOK, "Współadministratorzy danych", "art. 9 ust. 2 lit. a RODO", "14 dni po kongresie")
		shows(t, "the notice in English", stranger.get("/en/kpm-2021/data"), http.StatusOK, "Joint controllers", "Art. 9(2)(a) GDPR")
		if faults, err := app.Check(t.Context(), d); err != nil || len(faults) > 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

// registerCanary registers a member of the council, with a canary in every field.
func (h *demoHouse) registerCanary() {
	h.t.Helper()
	g := h.as("council")
	told := versions(g.get(formPart).Body.String(), "told")
	shows(h.t, "registration", g.post(formPart, url.Values{
		"form": {"on_site"}, "badge": {"KANAREK Wymyślona"}, "affiliation": {"KANAREK-INSTYTUT"}, "city": {"KANAREK-MIASTO"}, "told": told,
	}), http.StatusSeeOther)
	box := versions(g.get(takePart+"/potrzeby").Body.String(), "consent")
	shows(h.t, "needs", g.post(takePart+"/potrzeby", url.Values{"kinds": {"vegan"}, "note": {"KANAREK-POTRZEBA"}, "consent": box}), http.StatusSeeOther)
}

const desk = "/pl/kpm-2021/biurko/"

func TestStaffLookAfterParticipants(t *testing.T) {
	h := openDemo(t, dbtest.New(t, db.SQLite))
	h.registerCanary()
	for path, roles := range map[string]string{
		"uczestnicy":          "organiser protection",
		"uczestnicy/potrzeby": "organiser protection",
		"uczestnicy/eksport":  "organiser protection",
		"recepcja":            "organiser checkin",
		"zapisy":              "organiser",
		"osoby-i-konta":       "organiser",
	} {
		for _, role := range []string{"organiser", "protection", "checkin", "participant", "speaker", "reviewer", "operator"} {
			got := h.as(role).get(desk + path)
			if may := slices.Contains(strings.Fields(roles), role); (got.Code == http.StatusOK) != may {
				t.Errorf("%s at %s: %d, may: %v", role, path, got.Code, may)
			}
			if strings.Contains(got.Body.String(), "KANAREK") && got.Code != http.StatusOK {
				t.Errorf("%s at %s reads somebody's data in a refusal", role, path)
			}
		}
	}

	o := h.as("organiser")
	list := o.get(desk + "uczestnicy?sort=-name&state=registered")
	shows(t, "the list", list, http.StatusOK, "KANAREK Wymyślona", "KANAREK-INSTYTUT")
	if strings.Contains(list.Body.String(), "KANAREK-POTRZEBA") || strings.Contains(list.Body.String(), "wegańskie") {
		t.Error("the list tells what people need")
	}
	shows(t, "a search", o.post(desk+"uczestnicy", url.Values{"words": {"kanar wymys"}}), http.StatusOK, "1 osoba", "KANAREK Wymyślona")
	one := regexp.MustCompile(`href="(/pl/kpm-2021/biurko/uczestnicy/[0-9a-f-]{36})">KANAREK`).FindStringSubmatch(list.Body.String())
	if one == nil {
		t.Fatal("the list does not lead to the participant")
	}
	shows(t, "one participant", o.get(one[1]), http.StatusOK, "rada@przyklad.example", "wersja 1")
	shows(t, "the participant at another edition", o.get(strings.Replace(one[1], "kpm-2021", "kpm-2019", 1)), http.StatusNotFound)

	needs := desk + "uczestnicy/potrzeby"
	if page := o.get(needs).Body.String(); strings.Contains(page, "KANAREK") {
		t.Error("needs are shown before anybody has said why")
	}
	shows(t, "needs without a reason", o.post(needs, url.Values{"reason": {" "}}), http.StatusUnprocessableEntity, "po co potrzebne")
	shows(t, "needs", o.post(needs, url.Values{"reason": {"zamówienie posiłków"}}), http.StatusOK, "KANAREK-POTRZEBA", "posiłki wegańskie")

	export := desk + "uczestnicy/eksport"
	shows(t, "a file without columns", o.post(export, url.Values{"reason": {"identyfikatory"}, "file": {"csv"}}), http.StatusUnprocessableEntity)
	file := o.post(export, url.Values{"columns": {"badge", "affiliation", "needs"}, "reason": {"identyfikatory"}, "file": {"csv"}})
	shows(t, "a file", file, http.StatusOK, "KANAREK Wymyślona", "Instytucja")
	if body := file.Body.String(); strings.Contains(body, "POTRZEBA") || strings.Contains(body, "@") || strings.Contains(body, "MIASTO") {
		t.Errorf("the file tells more than was asked: %.200s", body)
	}
	shows(t, "a workbook", o.post(export, url.Values{"columns": {"badge"}, "reason": {"identyfikatory"}, "file": {"xlsx"}}), http.StatusOK)

	door := h.as("checkin")
	shows(t, "two letters at the door", door.post(desk+"recepcja", url.Values{"words": {"ka"}}), http.StatusUnprocessableEntity, "co najmniej 3")
	found := door.post(desk+"recepcja", url.Values{"words": {"kanarek"}})
	shows(t, "a name at the door", found, http.StatusOK, "KANAREK Wymyślona", "na miejscu")
	if body := found.Body.String(); strings.Contains(body, "MIASTO") || strings.Contains(body, "rada@") {
		t.Error("the door tells more than a name, an institution and a form")
	}
	for range 30 {
		door.post(desk+"recepcja", url.Values{"words": {"kanarek"}})
	}
	shows(t, "the door asked too often", door.post(desk+"recepcja", url.Values{"words": {"kanarek"}}), http.StatusTooManyRequests, "30 wyszukań na minutę")

	rules := desk + "zapisy"
	shows(t, "registration that closes before it opens", o.post(rules, url.Values{
		"opens_on": {"2031-05-01"}, "opens_at": {"10:00"}, "closes_on": {"2031-04-01"}, "closes_at": {"10:00"}, "revision": {"1"},
	}), http.StatusUnprocessableEntity, "przed ich otwarciem")
	shows(t, "an old revision", o.post(rules, url.Values{"opens_on": {"2021-05-01"}, "opens_at": {"10:00"}, "revision": {"0"}}), http.StatusUnprocessableEntity)
	shows(t, "closing", o.post(rules, url.Values{
		"opens_on": {"2021-05-01"}, "opens_at": {"10:00"}, "closes_on": {"2021-06-01"}, "closes_at": {"10:00"}, "revision": {"1"},
	}), http.StatusSeeOther)
	shows(t, "who comes late", h.guest().get(takePart), http.StatusOK, "Zgłoszenia zamknięto: 1 czerwca 2021")
}

// Nothing that the public can open, no file, no search, no log and no journal tells who takes part.
func TestTheListOfParticipantsIsNowhereToBeSeen(t *testing.T) {
	h := openDemo(t, dbtest.New(t, db.SQLite))
	h.registerCanary()
	o := h.as("organiser")
	o.post(desk+"uczestnicy", url.Values{"words": {"KANAREK"}})
	shows(t, "the one who may see it", o.post(desk+"uczestnicy/potrzeby", url.Values{"reason": {"próba"}}), http.StatusOK, "KANAREK-POTRZEBA")
	h.as("checkin").post(desk+"recepcja", url.Values{"words": {"KANAREK"}})

	queue := []string{
		"/pl/kpm-2021/udzial", "/pl/kpm-2021/dane", "/pl/kpm-2021/szukaj?q=wymyslona", "/en/kpm-2021/search?q=wymyslona", "/pl/", "/en/", "/sitemap.xml",
		"/kpm-2021/schedule.xml", "/kpm-2021/schedule.json", "/kpm-2021/calendar.ics", "/kpm-2021/programme.csv", "/kpm-2021/changes.atom", "/pl/kpm-2021", "/en/kpm-2021",
	}
	for _, route := range h.Site.Routes() { // every address without a value, and those of the edition
		for _, pattern := range []string{route.Path, "/pl" + route.PL, "/en" + route.EN} {
			if path := strings.ReplaceAll(pattern, "{edition}", "kpm-2021"); strings.HasPrefix(path, "/") && !strings.Contains(path, "{") && len(path) > 3 {
				queue = append(queue, path)
			}
		}
	}
	seen := map[string]bool{}
	for stranger := h.guest(); len(queue) > 0 && len(seen) < 600; queue = queue[1:] {
		path := queue[0]
		if seen[path] {
			continue
		}
		seen[path] = true
		got := stranger.get(path)
		for _, secret := range []string{"KANAREK", "kanarek", "uczestnik-", "rada@", "Modelowa (przykład)"} {
			if strings.Contains(got.Body.String(), secret) || strings.Contains(fmt.Sprint(got.Header()), secret) {
				t.Errorf("%s tells the public %s", path, secret)
			}
		}
		for _, match := range link.FindAllStringSubmatch(got.Body.String(), -1) {
			if next := html.UnescapeString(match[1]); !strings.HasPrefix(next, "/assets/") {
				queue = append(queue, next)
			}
		}
	}
	if len(seen) < 300 {
		t.Errorf("%d pages were opened, want some hundreds", len(seen))
	}
	if told := h.log.String(); strings.Contains(strings.ToLower(told), "kanarek") || strings.Contains(told, "rada@") {
		t.Error("the log names a participant")
	}
	all, err := journal.Entries(t.Context(), h.db, journal.Filter{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	looks := 0
	for _, e := range all {
		if strings.HasPrefix(e.Action, "registration.needs_read") || strings.HasPrefix(e.Action, "registration.looked_up") {
			looks++
		}
		if told := strings.ToLower(fmt.Sprintf("%s %s %s", e.Object, e.Reason, e.Detail)); strings.Contains(told, "kanarek") {
			t.Errorf("the journal names a participant: %+v", e)
		}
	}
	if looks != 2 {
		t.Errorf("%d looks at needs and at the door are noted, want 2", looks)
	}
}

func portrait(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 300, 400)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAPortraitIsSeenOnlyBesideWhoIsInTheProgramme(t *testing.T) {
	h := openDemo(t, dbtest.New(t, db.SQLite))
	speaker, stranger := h.as("speaker"), h.guest()
	const person = "/pl/kpm-2021/osoby/agnieszka-wymyslska"
	shows(t, "the profile", speaker.get("/pl/moje/profil"), http.StatusOK, "Mój profil w programie", "Kongres Polityki Miejskiej 2021")
	shows(t, "a profile of somebody who has none", h.as("council").get("/pl/moje/profil"), http.StatusOK, "nie jest połączone z")
	shows(t, "a photo without consent", speaker.sends(portrait(t)), http.StatusUnprocessableEntity, "tylko za zgodą")
	shows(t, "a drawing", speaker.sends([]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "consent", "yes"), http.StatusUnprocessableEntity, "SVG nie przyjmujemy")
	shows(t, "nothing", speaker.sends(nil, "consent", "yes"), http.StatusUnprocessableEntity, "jest pusty")
	if page := stranger.get(person).Body.String(); strings.Contains(page, "/photo/") {
		t.Error("a photo is shown before there is one")
	}
	shows(t, "a photo", speaker.sends(portrait(t), "consent", "yes"), http.StatusSeeOther)
	page := stranger.get(person)
	address := regexp.MustCompile(`src="(/kpm-2021/photo/640/[0-9a-f]{32})"`).FindStringSubmatch(page.Body.String())
	if address == nil {
		t.Fatal("the page of the person does not show the photo")
	}
	got := stranger.get(address[1])
	shows(t, "the photo", got, http.StatusOK)
	if kind, keep := got.Header().Get("Content-Type"), got.Header().Get("Cache-Control"); kind != "image/jpeg" || !strings.Contains(keep, "immutable") {
		t.Errorf("the photo comes as %q, kept %q", kind, keep)
	}
	shows(t, "the small one", stranger.get(strings.Replace(address[1], "640", "160", 1)), http.StatusOK)
	shows(t, "one of no size", stranger.get(strings.Replace(address[1], "640", "9999", 1)), http.StatusNotFound)
	shows(t, "the photo at an edition without the person", stranger.get(strings.Replace(address[1], "kpm-2021", "kpm-2017", 1)), http.StatusNotFound)
	shows(t, "the photo taken back", speaker.post(ownPhoto+"/usuniecie", nil), http.StatusSeeOther)
	shows(t, "the address of a photo that was taken back", stranger.get(address[1]), http.StatusNotFound)
	if page := stranger.get(person).Body.String(); strings.Contains(page, "/photo/") {
		t.Error("the photo is shown after it was taken back")
	}
}

func TestASpeakerTakesOverTheirEntry(t *testing.T) {
	h := openDemo(t, dbtest.New(t, db.SQLite))
	o := h.as("organiser")
	list := o.get(desk + "osoby-i-konta")
	one := regexp.MustCompile(`href="(/pl/kpm-2021/biurko/osoby-i-konta/[0-9a-f-]{36})">Makietowska Beata`).FindStringSubmatch(list.Body.String())
	if one == nil {
		t.Fatal("the list does not lead to the person")
	}
	shows(t, "an offer to no address", o.post(one[1], url.Values{"email": {"nikt"}}), http.StatusUnprocessableEntity, "na przykład jan@example.org")
	shows(t, "an offer", o.post(one[1], url.Values{"email": {"rada@przyklad.example"}}), http.StatusSeeOther)
	shows(t, "the list", o.get(desk+"osoby-i-konta"), http.StatusOK, "Odnośnik czeka do")
	token := h.issue()
	shows(t, "the link in the hands of somebody else", h.as("speaker").get("/pl/moje/osoba/"+token), http.StatusForbidden, "wysłany na inny")
	g := h.as("council")
	shows(t, "the link", g.get("/pl/moje/osoba/"+token), http.StatusOK, "Beata Makietowska", "Tak, to mój profil")
	shows(t, "the link looked at again", g.get("/en/mine/person/"+token), http.StatusOK, "Yes, this is my profile")
	shows(t, "the button", g.post("/pl/moje/osoba/"+token, nil), http.StatusSeeOther)
	shows(t, "the button again", g.post("/pl/moje/osoba/"+token, nil), http.StatusForbidden, "został już użyty")
	profile := g.get("/pl/moje/profil")
	shows(t, "the profile", profile, http.StatusOK, "Beata Makietowska")
	revision := versions(profile.Body.String(), "revision")
	shows(t, "the profile saved", g.post("/pl/moje/profil", url.Values{"bio_pl": {"Uczy rysunku."}, "revision": revision}), http.StatusSeeOther)
	shows(t, "an old form", g.post("/pl/moje/profil", url.Values{"bio_pl": {"Stary tekst"}, "revision": revision}), http.StatusUnprocessableEntity, "Stary tekst")
	shows(t, "an institution that is not there", g.post("/pl/moje/profil", url.Values{"institution": {"x"}, "revision": {"3"}}), http.StatusUnprocessableEntity)
	shows(t, "the entry taken back without a reason", o.post(one[1], url.Values{"do": {"release"}}), http.StatusUnprocessableEntity)
	shows(t, "the entry taken back", o.post(one[1], url.Values{"do": {"release"}, "reason": {"pomyłka"}}), http.StatusSeeOther)
	shows(t, "the profile of who has none any more", g.get("/pl/moje/profil"), http.StatusOK, "nie jest połączone z")
}

// issue makes the token of the offer that is open, as the letter with the link would have it.
func (h *demoHouse) issue() (token string) {
	h.t.Helper()
	var claim people.ClaimID
	if err := h.db.QueryRow(h.t.Context(), `SELECT id FROM claim WHERE used_at IS NULL`).Scan(&claim); err != nil {
		h.t.Fatal(err)
	}
	err := h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		token, _, err = people.IssueClaim(h.t.Context(), tx, time.Now(), claim)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

// Whose session ends while they fill in the form finds what they typed when they come back.
func TestAFormSentTooLateIsNotLost(t *testing.T) {
	h := openDemo(t, dbtest.New(t, db.SQLite))
	g := h.as("council")
	told := versions(g.get(formPart).Body.String(), "told")
	delete(g.cookies, "sid")
	form := url.Values{"form": {"online"}, "badge": {"Późna Przykładowa"}, "city": {"Łódź"}, "told": told}
	shows(t, "a form of who is signed out", g.post(formPart, form), http.StatusForbidden, "czeka w tej przeglądarce")
	links, err := h.DemoLinks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if link.Role == "council" {
			g.post(strings.TrimPrefix(link.URL, "http://127.0.0.1"), nil)
		}
	}
	shows(t, "the form after coming back", g.get(formPart), http.StatusOK, `value="Późna Przykładowa"`, `value="Łódź"`)
	shows(t, "the form sent now", g.post(formPart, form), http.StatusSeeOther)
}
