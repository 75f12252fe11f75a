package organiser_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestALinkLetsInOnceAndOnlyByItsButton(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		address := "/pl/wejscie/odnosnik/" + o.link()
		for range 5 {
			wantStatus(t, "a scanner's GET", o.get(address), http.StatusOK)
		}
		head := o.do(httptest.NewRequestWithContext(t.Context(), http.MethodHead, address, nil))
		wantStatus(t, "a scanner's HEAD", head, http.StatusOK)
		if strings.Contains(o.get("/pl/biurko").Body.String(), "Wyloguj") {
			t.Error("opening the link signs in, want only the button to")
		}

		got := o.post(address, nil)
		wantStatus(t, "the button", got, http.StatusSeeOther)
		wantText(t, "the desk", o.get("/pl/biurko").Body.String(), "Ada Biurkowa")

		second := newDesk2(t, o)
		again := second.post(address, nil)
		wantStatus(t, "the second press", again, http.StatusForbidden)
		wantText(t, "the refusal", again.Body.String(), "Potrzebny jest nowy")
		wantText(t, "the refusal", again.Body.String(), "obrady admin invite")
		wantText(t, "the English refusal", second.post(strings.Replace(address, "/pl/wejscie/odnosnik", "/en/enter/link", 1), nil).Body.String(), "You need a new one")
		wantStatus(t, "the desk of a stranger", second.get("/pl/biurko"), http.StatusSeeOther)
	})
}

// newDesk2 is the same desk seen by a browser that knows nothing.
func newDesk2(t *testing.T, o *desk) *desk {
	stranger := *o
	stranger.t, stranger.cookies = t, map[string]string{}
	return &stranger
}

func TestSigningInLeadsBackAndNeverAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := newDesk(t, d)
		for next, want := range map[string]string{
			"/pl/kpm-2021/biurko/miejsca":   "/pl/kpm-2021/biurko/miejsca",
			"//evil.example":                "/pl/biurko",
			"https:evil.example":            "/pl/biurko",
			"javascript:alert(1)":           "/pl/biurko",
			`\\evil.example`:                "/pl/biurko",
			"/%5cevil.example":              "/pl/biurko",
			"/" + strings.Repeat("a", 9000): "/pl/biurko",
		} {
			o := newDesk2(t, first)
			o.get("/pl/wejscie?next=" + url.QueryEscape(next))
			got := o.post("/pl/wejscie/odnosnik/"+o.link(), nil).Header().Get("Location")
			if got != want {
				t.Errorf("asked to go on to %.40q, sign-in leads to %q, want %q", next, got, want)
			}
		}
	})
}

func TestTheSessionChangesAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		o.post("/pl/wyjscie", nil)
		before := o.cookies["sid"]
		o.post("/pl/wejscie/odnosnik/"+o.link(), nil)
		in := o.cookies["sid"]
		if in == "" || in == before {
			t.Errorf("the session's name is %q before and %q after signing in, want a new one", before, in)
		}
		wantStatus(t, "signing out", o.post("/pl/wyjscie", nil), http.StatusSeeOther)
		o.cookies["sid"] = in
		wantStatus(t, "the old session", o.get("/pl/biurko"), http.StatusSeeOther)
	})
}

func TestTheDeskIsClosedToThePublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newDesk(t, d)
		for _, route := range o.Routes() {
			if route.Action == "account.enter" {
				continue
			}
			path := "/pl" + strings.NewReplacer("{edition}", "kpm-2021", "{thing}", "x", "{form}", "place.new", "{session}", "x").Replace(route.PL)
			switch got := o.do(httptest.NewRequestWithContext(t.Context(), method(route.Method), path, nil)); {
			case route.Who == 0:
				t.Errorf("%s lets in everybody", route.Name)
			case route.Method == http.MethodPost && got.Code != http.StatusForbidden:
				t.Errorf("POST %s answers %d, want 403", path, got.Code)
			case route.Method != http.MethodPost && got.Code != http.StatusSeeOther:
				t.Errorf("GET %s answers %d, want 303", path, got.Code)
			}
		}
	})
}

func method(m string) string {
	if m == "" {
		return http.MethodGet
	}
	return m
}
