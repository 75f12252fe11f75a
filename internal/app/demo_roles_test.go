package app_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
)

// beginnings are how the addresses of the pages begin at which the roles of the demonstration begin their work.
var beginnings = map[string]string{
	"organiser": "/pl/biurko", "partner": "/pl/kpm-2021/biurko", "coordinator": "/pl/kpm-2021/biurko", "council": "/pl/moje/role", "reviewer": "/pl/moje/role",
	"speaker": "/pl/moje/wystapienia", "moderator": "/pl/moje/wystapienia", "rapporteur": "/pl/moje/wystapienia",
	"checkin": "/pl/kpm-2021/biurko/recepcja", "participant": "/pl/kpm-2021/udzial", "protection": "/pl/kpm-2021/biurko/ochrona-danych", "operator": "/pl/instalacja",
}

var alternate = regexp.MustCompile(`<a href="([^"]+)" lang="en" hreflang="en"`)

// Whoever starts the demonstration must be able to walk in by every door that it prints.
func TestEveryLinkOfTheDemoLeadsToWhereTheRoleBegins(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	if err := app.FillDemo(t.Context(), d, time.Now); err != nil {
		t.Fatal(err)
	}
	house, err := app.New(t.Context(), d, app.Config{BaseURL: "http://127.0.0.1", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := house.DemoLinks(t.Context()); err != nil { // as at an earlier start
		t.Fatal(err)
	}
	links, err := house.DemoLinks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	doors := open(t, house)
	for _, link := range links {
		shown = append(shown, link.Role)
		t.Run(link.Role, func(t *testing.T) {
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := visitor{t, &http.Client{Jar: jar}, doors.base}
			in, page := browser.post(strings.TrimPrefix(link.URL, "http://127.0.0.1"))
			if !strings.HasPrefix(in, beginnings[link.Role]) {
				t.Errorf("the link leads to %s, want %s", in, beginnings[link.Role])
			}
			english := alternate.FindStringSubmatch(page)
			if english == nil {
				t.Fatalf("%s has no English side: %.400s", in, page)
			}
			browser.get(english[1])
		})
	}
	for _, role := range rights.Roles {
		if !slices.Contains(shown, string(role)) {
			t.Errorf("no link for the role %s", role)
		}
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(shown)))); n != len(shown) {
		t.Errorf("%d links for %d roles, want one for each", len(shown), n)
	}
}

// visitor is a browser without script.
type visitor struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (v visitor) get(path string) (where, page string) { return v.do(http.MethodGet, path) }

func (v visitor) post(path string) (where, page string) { return v.do(http.MethodPost, path) }

// do follows where the site leads, and fails the test on a page that is an error.
func (v visitor) do(method, path string) (where, page string) {
	v.t.Helper()
	request, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, strings.NewReader(url.Values{}.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	where = answer.Request.URL.Path
	if answer.StatusCode != http.StatusOK {
		v.t.Errorf("%s %s ends at %s with %d: %.600s", method, path, where, answer.StatusCode, body)
	}
	return where, string(body)
}
