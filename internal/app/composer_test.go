package app_test

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/schedule"
	"obrady/internal/timetable"
)

const (
	composing = "/pl/kpm-2021/biurko/kalejdoskopy"
	boardOf   = composing + "/zielen"
)

// kaleidoscope makes the first session of the hall one of short talks, and takes abstracts for it.
func (h *hall) kaleidoscope(titles ...string) (codes []string) {
	h.t.Helper()
	h.announce()
	ctx := h.t.Context()
	_, err := h.db.Exec(ctx, `UPDATE call SET kind = 'abstract', per_person = 0`)
	h.must(err)
	working, err := h.house.Timetable.Working(ctx, h.of)
	h.must(err)
	s := *working.Index().SessionAt("zielen")
	s.Format = programme.Kaleidoscope
	_, err = h.house.Programme.SaveSession(ctx, "desk", s)
	h.must(err)
	for i, title := range titles {
		code := h.submit([]string{"ewa", "jan", "ola"}[i%3], title)
		h.accept(code)
		codes = append(codes, code)
	}
	return codes
}

// pressed is what a button of the board sends.
func pressed(revision, code string, more ...string) url.Values {
	form := url.Values{"revision": {revision}, "code": {code}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

var arrangedAs = regexp.MustCompile(`name="cycles" value="([^"]+)"`)

// Without script and on both engines: from the pool to the running order and the files.
func TestFromAcceptedAbstractsToARunningOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		codes := h.kaleidoscope("Ogród w mieście", "Tramwaj nocą", "Ogrody pod ulicą")
		h.somebody("marta", rights.Moderator)
		h.expect("the list", h.ask("ada", "GET", composing, nil), 200, "Sesja zielen", "jeszcze nieułożony")
		h.expect("nobody else's", h.ask("ewa", "GET", composing, nil), 404)
		h.expect("no kaleidoscope", h.ask("ada", "GET", composing+"/woda", nil), 404)
		h.expect("the board", h.ask("ada", "GET", boardOf, nil), 200, "Ogród w mieście", "Osoba ewa", "Nowy cykl")
		h.expect("not for who leads", h.ask("marta", "GET", boardOf, nil), 403)

		set := url.Values{
			"revision": {"0"}, "call": {callOf(h)}, "path": {"woda"}, "format": {""}, "talk": {"0"}, "per_cycle": {"2"}, "discussion": {"7"},
			"opening": {"0"}, "pause": {"0"}, "closing": {"3"},
		}
		h.expect("talks of no minutes", h.ask("ada", "POST", boardOf, set), 422, "liczba od 1 do 240", `value="7"`)
		set.Set("talk", "4")
		h.expect("divided", h.ask("ada", "POST", boardOf, set), 303)
		h.expect("an old form", h.ask("ada", "POST", boardOf, set), 422, "Ktoś w tym czasie zmienił ten układ", `value="7"`)

		const move = boardOf + "/uklad"
		h.expect("into a cycle", h.ask("ada", "POST", move, pressed("1", codes[0], "do", "to", "cycle", "1")), 303)
		got := h.ask("ada", "POST", move, pressed("1", codes[1], "do", "to", "cycle", "1", "position", "1"))
		h.expect("an older board", got, 409, "Zrób to jeszcze raz", "Tramwaj nocą", `name="position" value="1"`)
		h.expect("again", h.ask("ada", "POST", move, pressed("2", codes[1], "do", "to", "cycle", "1", "position", "1")), 303)
		h.expect("no such talk", h.ask("ada", "POST", move, pressed("3", "XX-9", "do", "up")), 409)
		h.expect("down", h.ask("ada", "POST", move, pressed("3", codes[1], "do", "down")), 303)
		h.expect("back", h.ask("ada", "POST", move, pressed("4", "", "do", "undo")), 303)
		h.expect("nonsense", h.ask("ada", "POST", move, pressed("5", codes[0], "do", "to", "cycle", "-3", "position", "-9")), 303)

		got = h.ask("ada", "GET", boardOf+"/propozycja", nil)
		h.expect("a proposal", got, 200, "wspólne słowa: ogr", "żaden układ tych wystąpień nie ma więcej niż")
		accepted := url.Values{"revision": {revision(got.Body.String())}, "cycles": {arrangedAs.FindStringSubmatch(got.Body.String())[1]}}
		h.expect("accepted", h.ask("ada", "POST", boardOf+"/propozycja", accepted), 303)
		h.expect("accepted twice", h.ask("ada", "POST", boardOf+"/propozycja", accepted), 409)
		at := revision(h.ask("ada", "GET", boardOf, nil).Body.String())

		about := boardOf + "/wystapienia/" + codes[0]
		h.expect("the wrong way round", h.ask("ada", "POST", about, url.Values{"from": {"12:00"}, "until": {"9:00"}, "say": {"OG-ród"}}), 422, "OG-ród", "musi być po")
		h.expect("not then", h.ask("ada", "POST", about, url.Values{"from": {"18:00"}}), 303)
		h.expect("outside their hours", h.ask("ada", "POST", boardOf+"/program", url.Values{"revision": {at}}), 409, "Układ ma błędy", "Poza godzinami")
		h.expect("then", h.ask("ada", "POST", about, url.Values{"days": {"2021-06-07"}, "say": {"OG-ród"}}), 303)
		h.expect("composed", h.ask("ada", "POST", boardOf+"/program", url.Values{"revision": {at}}), 303)
		h.expect("as it is shown", h.ask("ada", "GET", boardOf, nil), 200, "tak jest w programie")

		h.expect("the running order", h.ask("marta", "GET", boardOf+"/kolejnosc", nil), 200, "10:00–10:04", "Ogród w mieście", "Osoba ewa", "[OG-ród]", "dyskusja", "nie ma")
		h.expect("in English", h.ask("marta", "GET", "/en/kpm-2021/desk/kaleidoscopes/zielen/running-order", nil), 200, "Running order", "not sent")
		file := h.ask("marta", "GET", boardOf+"/kolejnosc.pdf", nil)
		if h.expect("as a file", file, 200); !bytes.HasPrefix(file.Body.Bytes(), []byte("%PDF-")) {
			t.Error("the running order is no PDF")
		}
		h.flattened(codes[0])
	})
}

// flattened expects one event for each part in the schedule file, none beside another in its room, and each under the
// same name after its talk was moved.
func (h *hall) flattened(code string) {
	h.t.Helper()
	before := h.events("Pierwsze")
	for _, title := range []string{"Ogród w mieście", "Tramwaj nocą", "Ogrody pod ulicą"} {
		if before[title] == "" {
			h.t.Errorf("no event is called %s, only %v", title, before)
		}
	}
	at := revision(h.ask("ada", "GET", boardOf, nil).Body.String())
	h.expect("moved", h.ask("ada", "POST", boardOf+"/uklad", pressed(at, code, "do", "to", "cycle", "9")), 303)
	at = revision(h.ask("ada", "GET", boardOf, nil).Body.String())
	h.expect("composed again", h.ask("ada", "POST", boardOf+"/program", url.Values{"revision": {at}}), 303)
	for title, guid := range h.events("Drugie") {
		if strings.Contains(title, " ") && before[title] != guid && before[title] != "" {
			h.t.Errorf("%s is called %s in files, and was %s before it was moved", title, guid, before[title])
		}
	}
}

// events publishes the programme and reads the names of its events by their titles.
func (h *hall) events(name string) map[string]string {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.house.Timetable.Publish(ctx, timetable.Order{
		Edition: h.of, Name: i18n.Both(name), Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true,
	})
	h.must(err)
	h.must(h.house.Publication.Refresh(ctx))
	got := h.ask("", "GET", "/kpm-2021/schedule.json", nil)
	h.expect("the schedule", got, 200)
	s, _, err := schedule.Read(got.Body, "schedule.json", schedule.Options{})
	h.must(err)
	if found := schedule.Overlaps(s); len(found) > 0 {
		h.t.Errorf("events overlap: %+v", found)
	}
	named := map[string]string{}
	for _, e := range s.Events() {
		named[e.Title] = e.GUID
	}
	return named
}

// callOf is the id of the call of the hall.
func callOf(h *hall) (of string) {
	h.t.Helper()
	h.must(h.db.QueryRow(h.t.Context(), `SELECT id FROM call`).Scan(&of))
	return of
}
