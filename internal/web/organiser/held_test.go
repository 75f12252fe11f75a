package organiser_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draft"
	kit "obrady/internal/web/desk"
	"obrady/internal/web/webtest"
)

const (
	newPlace = "/pl/kpm-2021/biurko/miejsca/nowe"
	places   = "/pl/kpm-2021/biurko/miejsca"
)

// expired is the desk of somebody whose session has ended over a filled form.
func expired(t *testing.T, d *db.DB) (*desk, url.Values) {
	o := signedIn(t, d)
	form := o.filled(newPlace, "name_pl", "Sala Żółta", "capacity", "40")
	o.expire()
	return o, form
}

// expire leaves the browser with what outlives a session.
func (o *desk) expire() { o.cookies = map[string]string{"desk-who": o.cookies["desk-who"]} }

func TestAFormOfAnExpiredSessionIsNotLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, form := expired(t, d)
		got := o.post(places, form)
		wantStatus(t, "the form", got, http.StatusForbidden)
		wantText(t, "the door", got.Body.String(), "czeka w tej przeglądarce do 15:00") // 12:00 UTC is 14:00 in Warsaw
		wantText(t, "the door", got.Body.String(), "Wyślij odnośnik i kod")
		for _, cookie := range got.Result().Cookies() {
			if cookie.Name == "desk-held" && (!cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 3600) {
				t.Errorf("the cookie is %+v, want HttpOnly, Lax, an hour", cookie)
			}
		}

		in := o.post("/pl/wejscie/odnosnik/"+o.link(), nil)
		if next := in.Header().Get("Location"); next != newPlace {
			t.Fatalf("sign-in leads to %q, want the form %q", next, newPlace)
		}
		wantText(t, "the form", o.get(newPlace).Body.String(), "Jest szkic tego formularza")
		again := o.filled(newPlace + "?draft=use")
		if again.Get("name_pl") != "Sala Żółta" || again.Get("capacity") != "40" {
			t.Errorf("the draft has %q and %q, want what was typed", again.Get("name_pl"), again.Get("capacity"))
		}
		if again.Has("held-page") {
			t.Error("the form has a field that nobody asked for")
		}
		wantStatus(t, "saving it", o.post(places, again), http.StatusSeeOther)
		wantText(t, "the list", o.get(places).Body.String(), "Sala Żółta")
		if strings.Contains(o.get(newPlace).Body.String(), "Jest szkic") {
			t.Error("the draft is offered after it was saved")
		}
	})
}

func TestWhatIsHeldIsShownToNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, form := expired(t, d)
		o.post(places, form)
		stranger := newDesk2(t, o)
		stranger.cookies["desk-held"] = o.cookies["desk-held"]
		if got := stranger.get(newPlace); got.Code != http.StatusSeeOther || strings.Contains(got.Body.String(), "Żółta") {
			t.Errorf("a stranger with the cookie gets %d, want 303 and no text", got.Code)
		}
		colleague := newDesk2(t, o)
		colleague.post("/pl/wejscie/odnosnik/"+colleague.link(), nil)
		for _, cookie := range []string{"", "AAAAAAAAAAAAAAAAAAAAAAAAAA"} {
			colleague.cookies["desk-held"] = cookie
			if strings.Contains(colleague.get(newPlace).Body.String(), "Jest szkic") {
				t.Errorf("with the cookie %q somebody else is offered the text", cookie)
			}
		}
		token, err := o.people.Invite(t.Context(), "ola@example.org", "Ola Biurkowa")
		if err != nil {
			t.Fatal(err)
		}
		next := newDesk2(t, o)
		next.cookies["desk-held"], next.cookies["desk-who"] = o.cookies["desk-held"], o.cookies["desk-who"]
		next.post("/pl/wejscie/odnosnik/"+token, nil)
		if strings.Contains(next.get(newPlace).Body.String(), "Jest szkic") {
			t.Error("who signs in next on the same browser is offered the text")
		}
		nobody := newDesk2(t, o)
		nobody.post(places, form)
		if nobody.cookies["desk-held"] != "" {
			t.Error("a form is held for a browser in which nobody was ever signed in")
		}
		o.post("/pl/wyjscie", nil)
		if o.cookies["desk-held"] != "" {
			t.Error("the cookie stays after signing out")
		}
	})
}

func TestOneFormIsHeldForABrowserAndNoneThatIsTooLong(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, form := expired(t, d)
		for range 3 {
			o.post(places, form)
		}
		if n, err := draft.SweepForm(t.Context(), d, kit.HeldForm, webtest.Noon.Add(kit.HeldFor)); err != nil || n != 1 {
			t.Errorf("%d forms are held (%v), want 1", n, err)
		}
		form.Set("note_pl", strings.Repeat("a", 300<<10))
		got := o.post(places, form)
		wantStatus(t, "a form that is too long", got, http.StatusForbidden)
		wantText(t, "the door", got.Body.String(), "nie udało się zachować")
		form.Del("note_pl")
		for range 250 {
			o.expire()
			o.post(places, form)
		}
		if n, err := draft.SweepForm(t.Context(), d, kit.HeldForm, webtest.Noon.Add(kit.HeldFor)); err != nil || n > 200 {
			t.Errorf("%d forms are held (%v), want at most 200", n, err)
		}
	})
}

func TestAFormWithoutDraftsIsFilledAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := signedIn(t, d)
		for _, name := range []string{"Aula", "Hol"} {
			o.post(places, o.filled(newPlace, "name_pl", name))
		}
		const walks = places + "/przejscia"
		form := o.filled(walks, "walk_0_1", "17")
		o.expire()
		wantStatus(t, "the form", o.post(walks, form), http.StatusForbidden)
		o.post("/pl/wejscie/odnosnik/"+o.link(), nil)
		page := o.get(walks).Body.String()
		wantText(t, "the page", page, "tekst wysłany przed zalogowaniem")
		if got := fields(page).Get("walk_0_1"); got != "17" {
			t.Errorf("the field has %q, want 17", got)
		}
	})
}
