package planner_test

import (
	"net/http"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/web/webtest"
)

// cookieOf reads the cookie called name from an answer, as a browser would send it.
func cookieOf(h http.Header, name string) string {
	for _, line := range h.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(line, ";"); strings.HasPrefix(pair, name+"=") {
			return pair
		}
	}
	return ""
}

func TestASessionSentTooLateIsOfferedAfterSigningIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		s := o.add("Aaa", hour(10, 0))
		table := tableForm(o.get(tablePage).Body.String())
		table["row_title"][0] = "Zupełnie inny tytuł"
		long := o.form()
		long.Set("body_pl", strings.Repeat("ź", 20_000)) // six bytes each on the way
		long.Set("id", string(s.ID))
		signedIn := o.session

		for _, test := range []struct {
			path string
			form map[string][]string
			want string
		}{
			{"/pl/kpm-2021/biurko/nowa-sesja", long, "Jest szkic tego formularza"},
			{"/pl/kpm-2021/biurko/sesje/aaa", long, "Jest szkic tego formularza"},
			{tablePage, table, `value="Zupełnie inny tytuł"`},
			{"/pl/kpm-2021/biurko/nowe-wydanie", map[string][]string{"name": {"Wydanie wiosenne"}}, `value="Wydanie wiosenne"`},
			{"/pl/kpm-2021/biurko/sesje/aaa/odwolanie", map[string][]string{"reason_pl": {"Choroba"}}, "Choroba"},
		} {
			o.session = o.known
			got := o.post(test.path, test.form)
			expect(t, got, http.StatusForbidden, "czeka w tej przeglądarce")
			o.session = signedIn + "; " + o.known + "; " + cookieOf(got.Header(), "desk-held")
			expect(t, o.get(test.path), http.StatusOK, test.want)
		}
		if got := o.working().Session(s.ID).Title.PL; got != "Aaa" {
			t.Errorf("the title is %q, want nothing saved by somebody who was not signed in", got)
		}
	})
}

func TestScriptsLearnThatTheSessionHasEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		got := webtest.Post(o.site, "/pl/kpm-2021/biurko/szkice/session.new", o.form())
		expect(t, got, http.StatusForbidden)
		if cookieOf(got.Header(), "desk-held") != "" {
			t.Error("what script keeps every few seconds is held, want only what a person sends")
		}
	})
}
