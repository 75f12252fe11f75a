package account_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/signin"
)

func TestWhatIsNoAddressIsAskedForAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d).browser()
		for name, typed := range map[string]string{
			"nothing": "", "half": "a@", "too long": strings.Repeat("a", 300) + "@example.org", "quotes": `"a b"@example.org`,
			"a newline": "jan@example.org\r\nBcc: ola@example.org",
		} {
			got := v.post("/pl/wejscie", "email", typed)
			wantStatus(t, name, got, http.StatusUnprocessableEntity)
			wantText(t, name, got, "To nie wygląda na ")
		}
		where, _ := v.ask("Jan Kowalski <Jan+x@Żółw.example>", "")
		wantText(t, "the page after a pasted address", v.get(where), "jan+x@xn--w-uga1v8h.example")
	})
}

func TestKnownAndUnknownAddressesAreAnsweredAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		o.enter("known@example.org")
		o.at = o.at.Add(time.Hour)
		var bodies, statuses []string
		for _, email := range []string{"known@example.org", "never@example.org"} {
			v := o.browser()
			got := v.post("/pl/wejscie", "email", email)
			page := v.get(got.Header().Get("Location"))
			body := strings.ReplaceAll(page.Body.String(), email, "X")
			_, after, _ := strings.Cut(got.Header().Get("Location"), "/poczta/")
			bodies = append(bodies, strings.ReplaceAll(body, after, "R"))
			statuses = append(statuses, http.StatusText(got.Code)+http.StatusText(page.Code))
		}
		if bodies[0] != bodies[1] || statuses[0] != statuses[1] {
			t.Errorf("the answers differ: %q, %q", statuses, bodies)
		}
	})
}

func TestTheSixthLetterIsNotSentAndSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for range 5 {
			o.browser().ask("ada@example.org", "")
		}
		o.at = o.at.Add(time.Minute)
		v := o.browser()
		got := v.post("/pl/wejscie", "email", "ada@example.org")
		wantStatus(t, "the sixth", got, http.StatusSeeOther)
		wantText(t, "the page", v.get(got.Header().Get("Location")), "Wysłaliśmy już wiadomość o 12:00")
		for range 19 {
			v.post("/pl/wejscie", "email", "ada@example.org")
		}
		got = v.post("/pl/wejscie", "email", "other@example.org")
		wantStatus(t, "the twenty-first of one browser", got, http.StatusTooManyRequests)
		if got.Header().Get("Retry-After") == "" {
			t.Error("nobody is told when to try again")
		}
	})
}

func TestInTheBrowserThatAskedAButtonIsEnough(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.browser()
		_, letter := v.ask("ada@example.org", "")
		for range 50 {
			got := v.get(link(letter))
			wantStatus(t, "looking", got, http.StatusOK)
			wantText(t, "the page", got, "Naciśnij przycisk, aby wejść")
			v.do(httptest.NewRequestWithContext(t.Context(), http.MethodHead, link(letter), nil))
		}
		if got := v.get(link(letter)).Header().Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("the address, which is a key, is told on: %q", got)
		}
		if v.in() != "" {
			t.Fatal("looking at the link signs in")
		}
		wantStatus(t, "the button", v.post(link(letter)), http.StatusSeeOther)
		if v.in() != "ada@example.org" {
			t.Errorf("signed in is %q, want Ada", v.in())
		}
	})
}

func TestInAnotherBrowserTheCodeIsAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		_, letter := o.browser().ask("ada@example.org", "/pl/moje/logowanie")
		scanner, phone := o.browser(), o.browser()
		for range 50 {
			wantStatus(t, "a scanner's button", scanner.post(link(letter)), http.StatusUnprocessableEntity)
		}
		wantText(t, "the page", phone.get(link(letter)), "zamówiono w innej przeglądarce")
		wrong := "000000"
		if letter.Code == wrong {
			wrong = "000001"
		}
		wantText(t, "after a wrong code", phone.post(link(letter), "code", wrong), "To nie jest kod z tej wiadomości")
		got := phone.post(link(letter), "code", letter.Code[:3]+" "+letter.Code[3:])
		if got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/pl/moje/logowanie" || phone.in() != "ada@example.org" {
			t.Errorf("the code answers %d %s, signed in is %q; want Ada at the page she wanted", got.Code, got.Header().Get("Location"), phone.in())
		}
		if scanner.in() != "" {
			t.Error("the scanner is signed in")
		}
	})
}

func TestTheCodeLetsInWhereItWasAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.browser()
		where, letter := v.ask("ada@example.org", "")
		stranger := o.browser()
		wantStatus(t, "the page for a stranger", stranger.get(where), http.StatusSeeOther)
		wantStatus(t, "the code of a stranger", stranger.post(where, "code", letter.Code), http.StatusGone)
		wantStatus(t, "the code", v.post(where, "code", letter.Code), http.StatusSeeOther)
		if v.in() != "ada@example.org" {
			t.Errorf("signed in is %q, want Ada", v.in())
		}
	})
}

func TestFiveWrongCodesAreTheEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		v := o.browser()
		where, letter := v.ask("ada@example.org", "")
		wrong := "000000"
		if letter.Code == wrong {
			wrong = "000001"
		}
		for range 5 {
			wantText(t, "a wrong code", v.post(where, "code", wrong), "To nie jest kod")
		}
		wantText(t, "the right one after them", v.post(where, "code", letter.Code), "Wykorzystano pięć prób")
		if v.in() != "" {
			t.Error("signed in after five wrong codes")
		}
	})
}

func TestALinkThatIsUsedOrOldIsGoneAndOffersANewOne(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(o *house, v *visitor, letter signin.Issued)
	}{
		{"used", func(_ *house, v *visitor, letter signin.Issued) { v.post(link(letter)); v.post("/pl/wyjscie") }},
		{"expired", func(o *house, _ *visitor, _ signin.Issued) { o.at = o.at.Add(signin.LinkLife) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				o := open(t, d)
				v := o.browser()
				_, letter := v.ask("ada@example.org", "/pl/moje/logowanie")
				test.end(o, v, letter)
				for what, got := range map[string]*httptest.ResponseRecorder{
					"opening": v.get(link(letter)), "the button": v.post(link(letter)), "elsewhere with the code": o.browser().post(link(letter), "code", letter.Code),
				} {
					wantStatus(t, what, got, http.StatusGone)
					wantText(t, what, got, "Wyślij nowy")
				}
				got := v.post(link(letter) + "/nowy")
				fresh := o.write(strings.TrimPrefix(got.Header().Get("Location"), "/pl/wejscie/poczta/"))
				if fresh.Email != "ada@example.org" {
					t.Errorf("the new letter goes to %q, want Ada", fresh.Email)
				}
				if in := v.post(link(fresh)).Header().Get("Location"); in != "/pl/moje/logowanie" {
					t.Errorf("the new link leads to %q, want the page that was wanted", in)
				}
			})
		})
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		v := open(t, d).browser()
		wantStatus(t, "a link that never was", v.get("/pl/wejscie/list/nothing"), http.StatusGone)
		if got := v.post("/pl/wejscie/list/nothing/nowy").Header().Get("Location"); got != "/pl/wejscie" {
			t.Errorf("a new one of what never was leads to %q, want the first page", got)
		}
	})
}

func TestSigningInLeadsBackAndNeverAway(t *testing.T) {
	const start = "/pl/moje"
	wishes := map[string]string{
		"/pl/moje/logowanie":            "/pl/moje/logowanie",
		"/pl/szukaj?q=a%20b":            "/pl/szukaj?q=a%20b",
		"//evil.example":                start,
		"https:evil.example":            start,
		"https://evil.example/pl":       start,
		"javascript:alert(1)":           start,
		`\\evil.example`:                start,
		"/%5cevil.example":              start,
		"/pl/../../evil":                start,
		"/pl/%0d%0aSet-Cookie:x":        start,
		"/" + strings.Repeat("a", 9000): start,
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		n := 0
		for next, want := range wishes {
			o.at = o.at.Add(time.Hour)
			n++
			v := o.browser()
			v.get("/pl/wejscie?next=" + url.QueryEscape(next))
			_, letter := v.ask("ada@example.org", next)
			if got := v.post(link(letter)).Header().Get("Location"); got != want {
				t.Errorf("by link, asked to go on to %.40q, sign-in leads to %q, want %q", next, got, want)
			}
			w := o.browser()
			where, letter := w.ask("ada@example.org", next)
			if got := w.post(where, "code", letter.Code).Header().Get("Location"); got != want {
				t.Errorf("by code, asked to go on to %.40q, sign-in leads to %q, want %q", next, got, want)
			}
			x := o.browser()
			x.get("/pl/wejscie?next=" + url.QueryEscape(next))
			if got := x.post(o.invitation()).Header().Get("Location"); got != want {
				t.Errorf("by invitation, asked to go on to %.40q, sign-in leads to %q, want %q", next, got, want)
			}
		}
	})
}

// invitation is a link that was made at the server.
func (o *house) invitation() string {
	o.t.Helper()
	token, err := o.people.Invite(o.t.Context(), "ada@example.org", "Ada")
	if err != nil {
		o.t.Fatal(err)
	}
	return "/pl/wejscie/odnosnik/" + token
}

func TestALinkOfTheServerLetsInOnceAndOnlyByItsButton(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		address := o.invitation()
		v := o.browser()
		for range 5 {
			wantStatus(t, "a scanner's GET", v.get(address), http.StatusOK)
		}
		if v.in() != "" {
			t.Error("opening the link signs in, want only the button to")
		}
		wantStatus(t, "the button", v.post(address), http.StatusSeeOther)
		if v.in() != "ada@example.org" {
			t.Errorf("signed in is %q, want Ada", v.in())
		}
		again := o.browser().post(address)
		wantStatus(t, "the second press", again, http.StatusGone)
		wantText(t, "the refusal", again, "Potrzebny jest nowy")
		wantText(t, "the refusal", again, "obrady admin invite")
	})
}

func TestAForgedHostIsMisdirected(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for _, path := range []string{"/pl/wejscie", "/en/enter", "/pl/wejscie/list/x"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Host = "evil.example"
			r.Header.Set("X-Forwarded-Host", "kongres.example")
			got := httptest.NewRecorder()
			o.site.ServeHTTP(got, r)
			wantStatus(t, path+" under another name", got, http.StatusMisdirectedRequest)
		}
	})
}

func TestAnotherSiteCannotSignAnybodyInOrOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		for _, route := range o.pages.Routes() {
			if route.Method != http.MethodPost {
				continue
			}
			path := "/pl" + strings.NewReplacer("{token}", "x", "{request}", "x", "{key}", "x", "{browser}", "x").Replace(route.PL)
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, nil)
			r.Host = "kongres.example"
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "https://evil.example")
			got := httptest.NewRecorder()
			o.site.ServeHTTP(got, r)
			wantStatus(t, path+" from another site", got, http.StatusForbidden)
		}
	})
}
