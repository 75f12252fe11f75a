package e2e

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"obrady/test/e2e/crawl"
)

// walkers are those who walk through everything that is theirs, each in both languages.
var walkers = []string{"organiser", "partner", "participant", "protection", "checkin", "speaker", "operator"}

// Whoever signs in and follows every link to what is their own meets no error, no raw key and no sentence in the other
// language: at the desk, on the pages of their account, and where they take part.
func TestEveryLinkOfWhoeverIsSignedIn(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	speech, err := crawl.LoadSpeech(os.DirFS("../.."))
	need(t, err)
	for _, role := range walkers {
		t.Run(role, func(t *testing.T) {
			client, begin := enterBy(t, s.Links[role])
			walk := crawl.Crawler{Base: s.Base, Speech: speech, Client: client, Only: ownPages()}
			report := walk.Walk(context.Background(), begin, "/pl/moje", "/pl/kpm-2021/udzial")
			t.Logf("%d pages in Polish, %d in English, %v", report.Pages["pl"], report.Pages["en"], report.Took.Round(1e6))
			if least := 5; report.Pages["pl"] < least || report.Pages["en"] < least {
				t.Errorf("visited %v pages, want at least %d of each language", report.Pages, least)
			}
			told := 0
			for _, fault := range report.Faults {
				if expected(fault) {
					continue
				}
				if told++; told <= mostFaults {
					t.Error(fault)
				}
			}
		})
	}
}

// expected is what only the public must not meet. Those who work with people see their addresses and their own words,
// in whatever language they wrote; the preview of a letter tries hostile names; and a choice of languages calls each by
// its own name.
func expected(f crawl.Fault) bool {
	own := strings.HasSuffix(f.Where, "/moje/dane") || strings.HasSuffix(f.Where, "/mine/data")
	switch f.What {
	case crawl.Mail:
		return true
	case crawl.Key:
		return strings.Contains(f.Detail, `onclick="x()"`) || own && strings.Contains(f.Detail, "<dd>")
	case crawl.Words:
		return strings.Contains(f.Detail, "(przykład)") || strings.Contains(f.Detail, "<option>") || own && strings.Contains(f.Detail, "<dd>") ||
			strings.HasSuffix(f.Detail, "<span>: polski") || strings.HasSuffix(f.Detail, "<span>: English")
	}
	return false
}

// ownPlaces begin the paths of everybody's own pages and of the desk of one edition, in both languages.
var ownPlaces = regexp.MustCompile(`^/(pl/(moje|instalacja|biurko|kpm-2021/(biurko|udzial))|en/(mine|installation|desk|kpm-2021/(desk|registration)))(/|$)`)

// ownPages lets pass what is somebody's own, two pages of each kind.
func ownPages() func(string) bool {
	met := map[string]int{}
	return func(at string) bool {
		if !ownPlaces.MatchString(at) || path.Ext(at) == ".zip" {
			return false
		}
		met[deskShape(things.ReplaceAllString(at, "*"))]++
		return met[deskShape(things.ReplaceAllString(at, "*"))] <= 2
	}
}

// things are named by such identifiers in addresses.
var things = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// enterBy signs a program in by a link, as a browser without script does, and says where it arrived.
func enterBy(t *testing.T, link string) (*http.Client, string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	need(t, err)
	client := &http.Client{Timeout: patience, Jar: jar}
	answer, err := client.PostForm(link, url.Values{})
	if err != nil {
		t.Fatalf("sign in: %v", err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK || strings.Contains(answer.Request.URL.Path, "/odnosnik/") {
		t.Fatalf("signing in arrives at %s with %s", answer.Request.URL, answer.Status)
	}
	return client, answer.Request.URL.Path
}

// ownViews are the pages of one's own and of a partner that the walk over the organiser's desk does not meet.
var ownViews = map[string][]string{
	"participant": {
		"/pl/moje", "/pl/moje/logowanie", "/pl/moje/role", "/pl/moje/dane", "/pl/moje/dane/usuniecie",
		"/pl/kpm-2021/udzial", "/pl/kpm-2021/udzial/formularz", "/pl/kpm-2021/udzial/potrzeby", "/pl/kpm-2021/udzial/zgody",
		"/pl/kpm-2021/udzial/rezygnacja",
	},
	"partner": {
		"/pl/kpm-2021/biurko/przestrzenie/scena-metropolii", "/pl/kpm-2021/biurko/przestrzenie/scena-metropolii/ogloszenie",
		"/pl/kpm-2021/biurko/przestrzenie/scena-metropolii/prosba", "/pl/kpm-2021/biurko/nowy-list",
	},
	"speaker":  {"/pl/moje/wystapienia", "/pl/moje/profil"},
	"operator": {"/pl/instalacja"},
}

// What is somebody's own is as good for every eye and hand as what is public, and every page stands in one frame:
// header, page and footer begin at one edge.
func TestPagesOfOnesOwnFitEverybody(t *testing.T) {
	t.Parallel()
	s := ownDemo(t)
	for role, views := range ownViews {
		t.Run(role, func(t *testing.T) {
			b := as(t, s, role)
			for _, at := range views {
				b.visit(at)
				b.want(oneEdge, "header, page and footer begin at different edges")
				b.fit("the " + role)
			}
			b.visit(views[len(views)-1])
			b.walkByTab("the " + role)
		})
	}
}

// oneEdge is whether what stands in header, page and footer begins at the same place.
const oneEdge = `new Set([...document.querySelectorAll("header > .wrap, main > .wrap, footer > .wrap")].map(e => e.getBoundingClientRect().left)).size === 1`
