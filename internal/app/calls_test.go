package app_test

import (
	"bytes"
	"context"
	"html"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

const (
	callDesk = "/pl/kpm-2021/biurko/nabory"
	callPage = "/pl/kpm-2021/nabory/dobre-praktyki"
	ownPage  = "/pl/kpm-2021/moje-zgloszenia"
)

// callForm is a call that the organiser types, open now and for a week.
func (h *hall) callForm() url.Values {
	zone, _ := time.LoadLocation("Europe/Warsaw")
	from, to := h.now.In(zone), h.now.In(zone).AddDate(0, 0, 7)
	return url.Values{
		"title_pl": {"Dobre praktyki"}, "title_en": {"Good practices"}, "mark": {"dp"}, "kind": {"practice"}, "block": {""}, "senders": {"anybody"},
		"anonymity": {"double_blind"}, "languages": {"pl", "en"}, "opens_on": {from.Format(time.DateOnly)}, "opens_at": {from.Format("15:04")},
		"closes_on": {to.Format(time.DateOnly)}, "closes_at": {to.Format("15:04")}, "path_name_pl": {"Woda", "Ruch"}, "path_name_en": {"Water", ""},
		"check_pl": {"na temat"}, "terms_pl": {"Zgadzam się na druk."}, "per_person": {"2"}, "revision": {"0"},
	}
}

// announce makes the call and publishes it, through the pages.
func (h *hall) announce() {
	h.t.Helper()
	h.house.Calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return h.now, nil }
	bad := h.callForm()
	bad.Set("mark", "zażółć")
	h.expect("a mark with accents", h.ask("ada", "POST", callDesk, bad), 422, "Dobre praktyki", "wielkich liter")
	h.expect("saved", h.ask("ada", "POST", callDesk, h.callForm()), 303)
	h.expect("the list", h.ask("ada", "GET", callDesk, nil), 200, "Dobre praktyki", "nieogłoszony")
	h.expect("not public yet", h.ask("ewa", "GET", callPage, nil), 404)
	const one = callDesk + "/dobre-praktyki"
	h.expect("the form of the call", h.ask("ada", "GET", one, nil), 200, "Woda", "na temat", "Formularz")
	h.expect("no form, no call", h.ask("ada", "POST", one+"/stan", url.Values{"do": {"publish"}}), 422, "Ułóż najpierw formularz")
	asked := url.Values{
		"q0-label": {"Opis"}, "q0-label_en": {"What was done"}, "q0-kind": {"long"}, "q0-need": {"now"}, "q0-most": {"5"}, "q0-unit": {"words"}, "q0-place": {"2"},
		"q1-label": {"Miasto"}, "q1-kind": {"choices"}, "q1-options": {"małe | small\nduże | large"}, "q1-place": {"1"}, "revision": {"0"},
	}
	h.expect("a question without words", h.ask("ada", "POST", one+"/formularz", url.Values{"q0-help": {"pomoc"}, "q0-kind": {"long"}}), 422, "Wpisz treść pytania", "pomoc")
	h.expect("asked", h.ask("ada", "POST", one+"/formularz", asked), 303)
	h.expect("an old version", h.ask("ada", "POST", one+"/formularz", asked), 422, "Opis", "Ktoś zmienił to w międzyczasie")
	h.expect("published", h.ask("ada", "POST", one+"/stan", url.Values{"do": {"publish"}}), 303)
	h.expect("as it stands", h.ask("ada", "GET", one+"/stan", nil), 200, "otwarty", "Przedłuż nabór")
}

var revisionOf = regexp.MustCompile(`name="revision" value="(\d+)"`)

// revision reads the revision that a form was opened with.
func revision(page string) string {
	if found := revisionOf.FindStringSubmatch(page); found != nil {
		return found[1]
	}
	return ""
}

// later moves the clock so far that everybody signs in anew.
func (h *hall) later(at time.Time) {
	h.now = at
	clear(h.cookies)
}

func (h *hall) beginSubmission(who string) string {
	h.t.Helper()
	got := h.ask(who, "POST", callPage, nil)
	h.expect("begun", got, 303)
	return got.Header().Get("Location")
}

// sending is a submission as the form sends it.
func sending(do, revision string) url.Values {
	return url.Values{
		"do": {do}, "revision": {revision}, "title": {"Rzeka <script>alert(1)</script>"}, "path": {"woda"}, "language": {"pl"}, "a0": {"1", "2"},
		"a1": {"Odkryliśmy rzekę"}, "terms": {"yes"},
	}
}

func TestACallFromItsFormToTheFormalCheck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		h.expect("the public", h.ask("", "GET", "/pl/kpm-2021/nabory", nil), 200, "Dobre praktyki", "Zgłoszenia do:")
		h.expect("in English", h.ask("", "GET", "/en/kpm-2021/calls/dobre-praktyki", nil), 200, "Good practices", "What was done", "Sign in", "double-blind")
		h.expect("signed out", h.ask("", "POST", callPage, nil), 403)
		at := h.beginSubmission("ewa")
		if at != ownPage+"/DP-1" {
			t.Fatalf("the draft is at %s", at)
		}
		h.expect("the form", h.ask("ewa", "GET", at, nil), 200, "Opis", "data-unit=\"words\"", "małe", "Złóż zgłoszenie")
		h.expect("somebody else", h.ask("jan", "GET", at, nil), 404)
		h.expect("somebody else sends it", h.ask("jan", "POST", at, sending("send", "1")), 404)
		h.expect("a draft", h.ask("ewa", "POST", at, sending("save", "1")), 303)
		h.expect("the organiser", h.ask("ada", "GET", callDesk+"/dobre-praktyki/zgloszenia", nil), 200, "Nie ma tu zgłoszeń")
		long := sending("send", "2")
		long.Set("a1", "raz dwa trzy cztery pięć sześć siedem")
		got := h.ask("ewa", "POST", at, long)
		h.expect("too many words", got, 422, "Za długo: 7 słów", "„sześć siedem”", "raz dwa trzy cztery pięć sześć siedem")
		second := sending("send", "2") // the window that was open beside it
		second.Set("title", "Z drugiego okna")
		got2 := h.ask("ewa", "POST", at, second)
		h.expect("a second window", got2, 409, "Z drugiego okna", "raz dwa trzy cztery pięć sześć siedem", "Weź wersję zapisaną wcześniej")
		noTerms := sending("send", revision(got2.Body.String()))
		noTerms.Del("terms")
		got = h.ask("ewa", "POST", at, noTerms)
		h.expect("no terms", got, 422, "Zaakceptuj zasady naboru")
		h.expect("sent", h.ask("ewa", "POST", at, sending("send", revision(got.Body.String()))), 303)
		page := h.ask("ewa", "GET", at, nil)
		h.expect("as it stands", page, 200, "złożone", "Zgłoszenie jest złożone", "Wycofaj zgłoszenie")
		if strings.Contains(page.Body.String(), "<script>alert") {
			t.Error("what was typed runs")
		}
		const sent = callDesk + "/dobre-praktyki/zgloszenia"
		h.expect("the list", h.ask("ada", "GET", sent+"?words=rzeka&path=woda&state=submitted", nil), 200, "DP-1", "Osoba ewa")
		h.expect("the filter", h.ask("ada", "GET", sent+"?path=ruch", nil), 200, "Nie ma tu zgłoszeń")
		h.expect("no organiser", h.ask("ewa", "GET", sent, nil), 404)
		h.expect("the reception", h.ask("roman", "GET", sent+"/DP-1", nil), 403)
		h.expect("one", h.ask("ada", "GET", sent+"/DP-1", nil), 200, "Odkryliśmy rzekę", "małe, duże", "Ocena formalna", "na temat")
		finding := url.Values{"seen": {"submitted"}, "next": {"returned"}, "unmet": {"0"}}
		h.expect("no reason", h.ask("ada", "POST", sent+"/DP-1", finding), 422, "Napisz, dlaczego")
		finding.Set("why", "Za mało o ludziach")
		finding.Set("due_on", h.now.AddDate(0, 0, 14).Format(time.DateOnly))
		finding.Set("due_at", "12:00")
		h.expect("returned", h.ask("ada", "POST", sent+"/DP-1", finding), 303)
		h.expect("a second organiser", h.ask("ada", "POST", sent+"/DP-1", finding), 422, "rozstrzygnął", "Za mało o ludziach")
		page = h.ask("ewa", "GET", at, nil)
		h.expect("the author reads why", page, 200, "do uzupełnienia", "Za mało o ludziach", "na temat")
		if strings.Contains(page.Body.String(), "Osoba ada") {
			t.Error("the author reads who of the organisers it was")
		}
		h.later(h.now.AddDate(0, 0, 10)) // after the call has closed
		h.expect("completed", h.ask("ewa", "POST", at, sending("send", revision(page.Body.String()))), 303)
		h.expect("passed", h.ask("ada", "POST", sent+"/DP-1", url.Values{"seen": {"submitted"}, "next": {"eligible"}}), 303)
		h.expect("it stays as it is", h.ask("ewa", "POST", at, sending("send", "9")), 409, "oceniane")
		h.expect("no purpose", h.ask("ada", "POST", callDesk+"/dobre-praktyki/eksport", nil, "Content-Type", "application/x-www-form-urlencoded"), 422, "Napisz, po co")
		file := h.ask("ada", "POST", callDesk+"/dobre-praktyki/eksport", url.Values{"reason": {"druk"}})
		h.expect("the file", file, 200, "DP-1", "Osoba ewa", "małe, duże")
	})
}

func TestADeadlineLosesNoText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		at := h.beginSubmission("ewa")
		closes := h.now.AddDate(0, 0, 7)
		h.later(closes.Add(call.Grace))
		got := h.ask("ewa", "POST", at, sending("send", "1"))
		h.expect("too late", got, 409, "Nabór jest zamknięty", "Odkryliśmy rzekę")
		h.expect("the text is kept", h.ask("ewa", "GET", at, nil), 200, "Odkryliśmy rzekę", "Nabór jest zamknięty")
		h.expect("a draft can still be saved", h.ask("ewa", "POST", at, sending("save", revision(got.Body.String()))), 303)
		h.expect("nobody begins", h.ask("jan", "POST", callPage, nil), 422, "Nabór jest zamknięty")
		h.expect("a wrong code", h.ask("jan", "POST", callPage, url.Values{"code": {"ABC"}}), 422, "kod jest nieprawidłowy", "ABC")
		h.expect("extended", h.ask("ada", "POST", callDesk+"/dobre-praktyki/przedluzenie", url.Values{
			"closes_on": {closes.AddDate(0, 0, 3).Format(time.DateOnly)}, "closes_at": {"12:00"}, "why_pl": {"Awaria prądu"},
		}), 303)
		h.expect("everybody reads it", h.ask("", "GET", callPage, nil), 200, "Awaria prądu", "Termin przedłużono")
		page := h.ask("ewa", "GET", at, nil)
		h.expect("sent after all", h.ask("ewa", "POST", at, sending("send", revision(page.Body.String()))), 303)
	})
}

// upload sends a file to a draft.
func (h *hall) upload(who, path, name, content string) *httptest.ResponseRecorder {
	h.t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	file, err := parts.CreateFormFile("file", name)
	h.must(err)
	_, err = file.Write([]byte(content))
	h.must(err)
	h.must(parts.Close())
	h.ask(who, "GET", "/pl/kpm-2021/nabory", nil) // signed in
	r := httptest.NewRequestWithContext(h.t.Context(), "POST", path, &body)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Cookie", h.cookies[who])
	got := httptest.NewRecorder()
	h.house.Site.ServeHTTP(got, r)
	return got
}

var fileAt = regexp.MustCompile(`href="([^"]*/pliki/[0-9a-f-]{36})"`)

func TestFilesAreHandedOutAndNeverShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		at := h.beginSubmission("ewa")
		const pdf = "%PDF-1.7\n/JavaScript\n%%EOF"
		h.expect("a drawing", h.upload("ewa", at+"/pliki", "mapa.svg", "<svg onload=alert(1)>"), 415, "Takich plików nie przyjmujemy")
		h.expect("no file", h.upload("ewa", at+"/pliki", "", ""), 422, "Wybierz plik.")
		h.expect("somebody else's", h.upload("jan", at+"/pliki", "plan.pdf", pdf), 404)
		h.expect("too much", h.upload("ewa", at+"/pliki", "plan.pdf", strings.Repeat("x", 12<<20)), 413)
		h.expect("taken in", h.upload("ewa", at+"/pliki", "../plan.pdf.html", pdf), 303)
		page := h.ask("ewa", "GET", at, nil)
		h.expect("the list", page, 200, "plan.pdf.pdf", "zawiera program")
		file := fileAt.FindStringSubmatch(page.Body.String())[1]
		got := h.ask("ewa", "GET", file, nil)
		h.expect("the file", got, 200, pdf)
		for name, want := range map[string]string{
			"Content-Disposition": "attachment; filename=plan.pdf.pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
			"Content-Type": "application/pdf",
		} {
			if got.Header().Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.Header().Get(name), want)
			}
		}
		h.expect("to somebody else", h.ask("jan", "GET", file, nil), 404)
		h.expect("sent", h.ask("ewa", "POST", at, sending("send", "1")), 303)
		desk := callDesk + "/dobre-praktyki/zgloszenia/DP-1"
		h.expect("the organiser", h.ask("ada", "GET", desk, nil), 200, "plan.pdf.pdf")
		h.expect("reads it", h.ask("ada", "GET", desk+"/pliki/"+file[strings.LastIndexByte(file, '/')+1:], nil), 200, pdf)
		h.expect("removed", h.ask("ewa", "POST", file, nil), 303)
		h.expect("gone", h.ask("ewa", "GET", file, nil), 404)
	})
}

func TestContributorsAnswerByTheLinkOfALetter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		at := h.beginSubmission("ewa")
		who := at + "/wspoltworcy"
		h.expect("a bad address", h.ask("ewa", "POST", who, url.Values{"name": {"Jan Kowal"}, "email": {"jan@"}, "roles": {"author"}}), 422, "Jan Kowal", "nie wygląda na")
		h.expect("added", h.ask("ewa", "POST", who, url.Values{"name": {"Jan Kowal"}, "email": {"jan@kowal.example"}, "roles": {"author"}, "affiliation": {"UW"}}), 303)
		page := h.ask("ewa", "GET", who, nil)
		h.expect("the list", page, 200, "Jan Kowal", "bez zaproszenia")
		id := regexp.MustCompile(`wspoltworcy/([0-9a-f-]{36})"[^>]*><p[^>]*>\s*<a[^>]*>[^<]*<span[^>]*>: Jan`).FindStringSubmatch(page.Body.String())
		if id == nil {
			t.Fatalf("no form for Jan in\n%s", page.Body)
		}
		h.expect("of somebody else", h.ask("jan", "POST", who+"/"+id[1], url.Values{"do": {"remove"}}), 404)
		h.expect("asked", h.ask("ewa", "POST", who+"/"+id[1], url.Values{"do": {"invite"}}), 303)
		var token string
		h.must(d.Tx(t.Context(), func(tx *db.Tx) (err error) {
			token, _, err = call.IssueLink(t.Context(), tx, call.ContributorID(id[1]))
			return err
		}))
		link := "/pl/wspoltworca/" + token
		got := h.ask("", "GET", link, nil)
		h.expect("the question", got, 200, "Osoba ewa", "Dobre praktyki")
		if got.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Error("the address, which is a key, would go to others")
		}
		h.expect("in English", h.ask("", "GET", "/en/contributor/"+token, nil), 200, "Yes, I agree")
		h.expect("agreed", h.ask("jan", "POST", link, url.Values{"reply": {"agreed"}}), 200, "Zgoda jest zapisana")
		h.expect("once", h.ask("jan", "POST", link, url.Values{"reply": {"refused"}}), 404)
		h.expect("a co-author writes", h.ask("jan", "POST", at, sending("save", "1")), 303)
		h.expect("the first is told", h.ask("ewa", "POST", at, sending("save", "1")), 409)
	})
}

// What meets everything passes together, once, and nobody else's decision is undone by it.
func TestManySubmissionsPassTheFormalCheckTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		const sent = callDesk + "/dobre-praktyki/zgloszenia"
		for _, who := range []string{"ewa", "jan", "ola"} {
			at := h.beginSubmission(who)
			form := sending("send", "1")
			form.Set("title", "Zgłoszenie osoby "+who)
			h.expect("sent", h.ask(who, "POST", at, form), 303)
		}
		h.expect("boxes to tick", h.ask("ada", "GET", sent, nil), 200, `name="code" value="DP-1"`, `name="code" value="DP-3"`)
		h.expect("nothing ticked", h.ask("ada", "POST", sent, url.Values{}), 303)
		h.expect("and so", h.ask("ada", "GET", sent, nil), 200, "Zaznacz choć jedno", "złożone 3")
		returned := url.Values{"seen": {"submitted"}, "next": {"ineligible"}, "why": {"Nie na temat"}}
		h.expect("decided before", h.ask("ada", "POST", sent+"/DP-2", returned), 303)
		h.expect("nobody else may", h.ask("ewa", "POST", sent, url.Values{"code": {"DP-1"}}), 404)
		h.expect("passed", h.ask("ada", "POST", sent, url.Values{"code": {"DP-1", "DP-2", "XX-9"}}), 303)
		page := h.ask("ada", "GET", sent, nil)
		h.expect("told", page, 200, "oceną formalną: 1", "zdecydował: DP-2", `name="code" value="DP-3"`)
		if strings.Contains(page.Body.String(), `name="code" value="DP-1"`) {
			t.Error("what has passed is still to be ticked")
		}
	})
}

// Whatever is wrong with what was typed, it comes back as it was typed, with the sentence that says what is wrong.
func TestNothingTypedIntoASubmissionIsLostToAMistake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := openHall(t, d)
		h.announce()
		at, last := h.beginSubmission("ewa"), "1"
		for _, wrong := range []struct{ field, typed, want string }{
			{"title", "", "tytuł"},
			{"title", "🌳🌳🌳", "liter"},
			{"title", "Rzek" + strings.Repeat("\u0301", 60) + "a", "znak"},
			{"title", strings.Repeat("ż", 501), "501"},
			{"a1", strings.Repeat("słowo ", 2000) + "koniec", "słow"},
			{"path", "rakieta", "Wybierz"},
		} {
			form := sending("send", last)
			form.Set(wrong.field, wrong.typed)
			got := h.ask("ewa", "POST", at, form)
			h.expect(wrong.field+" "+wrong.typed[:min(len(wrong.typed), 12)], got, 422)
			page := html.UnescapeString(got.Body.String())
			last = revision(page)
			if !strings.Contains(page, wrong.want) {
				t.Errorf("%s %.20q: the page does not say %q", wrong.field, wrong.typed, wrong.want)
			}
			kept := map[string]string{"title": form.Get("title"), "a1": form.Get("a1")}
			for field, words := range kept {
				if !strings.Contains(page, norm.NFC.String(strings.TrimSpace(words))) {
					t.Errorf("%s %.20q: what was typed as %s is gone", wrong.field, wrong.typed, field)
				}
			}
		}
	})
}
