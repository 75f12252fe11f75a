package app_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
	"obrady/internal/web"
	pack "obrady/internal/web/desk"
)

const (
	stagingDesk = callDesk + "/dobre-praktyki/program"
	talksPage   = "/pl/kpm-2021/moje-wystapienia"
	slidesPDF   = "%PDF-1.4\nslajdy\n%%EOF"
)

// accept takes what stands eligible to where the council would have brought it.
func (h *hall) accept(code string) {
	h.t.Helper()
	var id call.SubmissionID
	h.must(h.db.QueryRow(h.t.Context(), `SELECT id FROM call_submission WHERE code = $1`, code).Scan(&id))
	along := []call.State{call.Eligible, call.UnderReview, call.Decided, call.Accepted}
	for i, next := range along[1:] {
		h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
			return call.Move(h.t.Context(), tx, call.Step{Submission: id, By: "desk", At: h.now, From: along[i], To: next})
		}))
	}
}

// scheduled gives a session the hours in which the tests are, and publishes it.
func (h *hall) scheduled(slug string, from time.Time) {
	h.t.Helper()
	ctx := h.t.Context()
	working, err := h.house.Timetable.Working(ctx, h.of)
	h.must(err)
	s := *working.Index().SessionAt(slug)
	s.Status = "ready"
	_, err = h.house.Timetable.Save(ctx, "desk", timetable.Edit{Sessions: []programme.Session{s}, Slots: []timetable.Slot{{
		Session: s.ID, Place: working.Places[0].ID, Start: from, End: from.Add(time.Hour),
	}}})
	h.must(err)
	_, err = h.house.Timetable.Publish(ctx, timetable.Order{Edition: h.of, Name: working.Edition.Name, Scope: timetable.Scope{Kind: timetable.Whole}, By: "desk", DespiteErrors: true})
	h.must(err)
	h.must(h.house.Publication.Refresh(ctx))
}

func TestFromAcceptedToSlidesForEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		h.somebody("marta", rights.Moderator)
		river, tram := h.submit("ewa", "Rzeka w mieście"), h.submit("jan", "Tramwaj nocą")
		h.expect("nothing accepted yet", h.ask("ada", "GET", stagingDesk, nil), 200, "Nic nie czeka")
		h.accept(river)
		h.accept(tram)
		h.expect("nobody else's desk", h.ask("ewa", "GET", stagingDesk, nil), 404)
		page := h.ask("ada", "GET", stagingDesk, nil)
		h.expect("what waits", page, 200, "Rzeka w mieście", "Osoba ewa", "Woda")
		block := between(between(page.Body.String(), `name="block"`, `</select>`)+"!", `<option value="`, `">Warsztaty`)
		block = block[strings.LastIndexByte(block, '"')+1:]
		h.expect("none ticked", h.ask("ada", "POST", stagingDesk, url.Values{"block": {block}}), 422, "Zaznacz co najmniej jedno")
		h.expect("no block", h.ask("ada", "POST", stagingDesk, url.Values{"submission": {river}}), 422, "checked", "Rzeka")
		order := url.Values{"submission": {river, tram}, "block": {block}}
		h.expect("made", h.ask("ada", "POST", stagingDesk, order), 303)
		h.expect("pressed twice", h.ask("ada", "POST", stagingDesk, order), 303)
		h.expect("both stand", h.ask("ada", "GET", stagingDesk, nil), 200, "rzeka-w-miescie", "tramwaj-noca", "Nic nie czeka")
		h.expect("where it comes from", h.ask("ada", "GET", "/pl/kpm-2021/biurko/sesje/rzeka-w-miescie", nil), 200, "Powstała ze zgłoszenia", river)
		got := h.ask("ada", "POST", stagingDesk+"/"+river+"/praktyka", nil)
		h.expect("a practice begins", got, 303)
		h.expect("its draft", h.ask("ada", "GET", got.Header().Get("Location"), nil), 200, "Rzeka w mieście")

		begins := h.now.Add(48 * time.Hour)
		h.scheduled("rzeka-w-miescie", begins)
		h.expect("what ewa presents", h.ask("ewa", "GET", talksPage, nil), 200, "Rzeka w mieście", "slajdów nie ma")
		talk := talksPage + "/" + river
		h.expect("when", h.ask("ewa", "GET", talk, nil), 200, "Aula")
		h.expect("not hers", h.ask("ewa", "GET", talksPage+"/"+tram, nil), 404)
		h.expect("settings", h.ask("ada", "POST", stagingDesk+"/ustawienia", url.Values{
			"slides_on": {begins.AddDate(0, 0, -1).Format(time.DateOnly)}, "slides_at": {"12:00"}, "bring_pl": {"Slajdy **16:9**"}, "revision": {"0"},
		}), 303)
		h.expect("half a date", h.ask("ada", "POST", stagingDesk+"/ustawienia", url.Values{"slides_on": {"2021-05-01"}, "bring_pl": {"zostaje"}, "revision": {"1"}}), 422, "Podaj dzień i godzinę", "zostaje")
		h.expect("what to bring", h.ask("ewa", "GET", talk, nil), 200, "16:9", "Slajdy można przysyłać do")
		h.expect("a drawing", h.upload("ewa", talk, "slajdy.svg", "<svg onload=alert(1)>"), 415, "Takich plików nie przyjmujemy")
		h.expect("too large", h.upload("ewa", talk, "slajdy.pdf", strings.Repeat("x", 12<<20)), 413)
		h.expect("no file", h.upload("ewa", talk, "", ""), 422, "Wybierz plik.")
		h.expect("not hers to send", h.upload("jan", talk, "slajdy.pdf", slidesPDF), 404)
		h.expect("sent", h.upload("ewa", talk, "moje slajdy.pdf", slidesPDF), 303)
		h.expect("her own", h.ask("ewa", "GET", talk+"/slajdy", nil), 200, slidesPDF)

		lead := "/pl/kpm-2021/biurko/sesje/rzeka-w-miescie/slajdy"
		h.expect("the moderator", h.ask("marta", "GET", lead, nil), 200, "moje slajdy.pdf", "slajdy: 1 z 1", "tylko dla osób w sali")
		h.expect("of all sessions", h.ask("marta", "GET", "/pl/kpm-2021/biurko/slajdy", nil), 200, "slajdy: 1 z 1", "slajdy: 0 z 1")
		h.expect("nobody else", h.ask("jan", "GET", lead, nil), 404)
		h.expect("one file", h.ask("marta", "GET", lead+"/"+river, nil), 200, slidesPDF)
		wantArchive(t, h.ask("marta", "GET", lead+"/archiwum", nil).Body.Bytes(), map[string]string{"01 Rzeka w mieście.pdf": slidesPDF})
		h.expect("an empty archive is none", h.ask("marta", "GET", "/pl/kpm-2021/biurko/sesje/tramwaj-noca/slajdy/archiwum", nil), 409)
		h.expect("linked", h.ask("ada", "POST", lead+"/odnosnik", nil), 303)
		h.expect("once", h.ask("ada", "POST", lead+"/odnosnik", nil), 303)
		h.expect("it is", h.ask("ada", "GET", lead, nil), 200, "Odnośnik jest wśród materiałów sesji")

		public := "/pl/kpm-2021/sesje/rzeka-w-miescie/slajdy"
		h.expect("shared", h.ask("ewa", "POST", talk+"/zgoda", url.Values{"with": {"everybody"}}), 303)
		h.expect("not before the end", h.ask("", "GET", public+"/"+river, nil), 404)
		h.expect("said so", h.ask("", "GET", public, nil), 200, "Nie ma tu slajdów")
		h.later(begins.Add(time.Hour))
		h.expect("the list", h.ask("", "GET", public, nil), 200, "Rzeka w mieście")
		got = h.ask("", "GET", public+"/"+river, nil)
		h.expect("to everybody", got, 200, slidesPDF)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"} {
			if got.Header().Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.Header().Get(name), want)
			}
		}
		h.expect("too late", h.upload("ewa", talk, "nowe.pdf", slidesPDF), 422, "Termin przesyłania slajdów minął")
		h.expect("taken back", h.ask("ewa", "POST", talk+"/zgoda", url.Values{"with": {"room"}}), 303)
		h.expect("gone at once", h.ask("", "GET", public+"/"+river, nil), 404)

		h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			var id call.SubmissionID
			if err := tx.QueryRow(t.Context(), `SELECT id FROM call_submission WHERE code = $1`, tram).Scan(&id); err != nil {
				return err
			}
			return call.Move(t.Context(), tx, call.Step{Submission: id, By: "jan", At: h.now, From: call.Accepted, To: call.Declined})
		}))
		h.expect("the desk is warned", h.ask("ada", "GET", stagingDesk, nil), 200, "Do wyjaśnienia", tram)
		h.expect("on the session as well", h.ask("ada", "GET", "/pl/kpm-2021/biurko/sesje/tramwaj-noca", nil), 200, tram)
		h.expect("taken off", h.ask("ada", "POST", stagingDesk+"/"+tram+"/zdjecie", nil), 303)
		page = h.ask("ada", "GET", stagingDesk, nil)
		if strings.Contains(page.Body.String(), "Do wyjaśnienia") {
			t.Errorf("the desk still warns of %s, want it off", tram)
		}
	})
}

func TestAllFilesOfACallAsOneArchive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		export := callDesk + "/dobre-praktyki/eksport"
		at := h.beginSubmission("ewa")
		form := url.Values{"do": {"files"}, "reason": {"Druk materiałów"}}
		h.expect("sent", h.ask("ewa", "POST", at, sending("send", "1")), 303)
		h.expect("no files", h.ask("ada", "POST", export, form), 422, "nie dołączono plików", "Druk materiałów")
		h.expect("a file", h.upload("ewa", at+"/pliki", "plan.pdf", slidesPDF), 303)
		h.expect("no reason", h.ask("ada", "POST", export, url.Values{"do": {"files"}}), 422)
		h.expect("not for the council", h.ask("ewa", "POST", export, form), 404)
		got := h.ask("ada", "POST", export, form)
		h.expect("sent", got, 200)
		wantArchive(t, got.Body.Bytes(), map[string]string{"DP-1/plan.pdf": slidesPDF})
	})
}

// What stands around every page holds no archive back until it is whole.
func TestAnArchiveLeavesTheHouseAsItGrows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		received, early := make(chan struct{}), false
		h.must(h.house.Site.Mount(web.Route{
			Name: "test.archive", Path: "/test-archive", Action: string(rights.Enter),
			Handle: func(w http.ResponseWriter, _ *http.Request) error {
				out := pack.NewArchive(w, "proba.zip")
				if err := out.Add("1", h.now, []byte("pierwszy")); err != nil {
					return err
				}
				select {
				case <-received:
					early = true
				case <-time.After(10 * time.Second):
				}
				return errors.Join(out.Add("2", h.now, []byte("drugi")), out.Close())
			},
		}))
		server := httptest.NewServer(h.house.Site)
		defer server.Close()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/test-archive", nil)
		h.must(err)
		got, err := server.Client().Do(request)
		h.must(err)
		defer func() { _ = got.Body.Close() }()
		begin := make([]byte, 30)
		_, err = io.ReadFull(got.Body, begin)
		h.must(err)
		close(received)
		rest, err := io.ReadAll(got.Body)
		h.must(err)
		if !early {
			t.Error("the first file came after the second was ready, want it at once")
		}
		wantArchive(t, append(begin, rest...), map[string]string{"1": "pierwszy", "2": "drugi"})
	})
}

// wantArchive fails unless an archive has these files, by name.
func wantArchive(t *testing.T, content []byte, want map[string]string) {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("no archive: %v in %.200q", err, content)
	}
	if len(in.File) != len(want) {
		t.Errorf("the archive has %d files, want %d", len(in.File), len(want))
	}
	for _, f := range in.File {
		open, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(open)
		if err != nil || string(got) != want[f.Name] {
			t.Errorf("%s holds %q (%v), want %q", f.Name, got, err, want[f.Name])
		}
	}
}

// between is what stands in a text between two others.
func between(in, from, to string) string {
	_, rest, _ := strings.Cut(in, from)
	found, _, _ := strings.Cut(rest, to)
	return found
}
