package e2e

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"obrady/test/e2e/crawl"
)

// machineFiles are addresses that need no page to be found: programs know them.
var machineFiles = []string{
	"/kpm-2021/schedule.xml", "/kpm-2021/schedule.json", "/kpm-2021/calendar.ics", "/kpm-2021/changes.atom",
	"/kpm-2021/changes.atom?lang=en", "/kpm-2021/programme.csv", "/kpm-2021/programme.xlsx",
	"/api/v1/openapi.json", "/robots.txt", "/sitemap.xml",
}

// walked is the whole walk, done once: other tests take from it one page of every kind.
var walked = sync.OnceValues(func() (crawl.Report, error) {
	s, err := reading()
	if err != nil {
		return crawl.Report{}, err
	}
	speech, err := crawl.LoadSpeech(os.DirFS("../.."))
	if err != nil {
		return crawl.Report{}, err
	}
	walk := crawl.Crawler{Base: s.Base, Speech: speech, Client: &http.Client{Timeout: patience}}
	return walk.Walk(context.Background(), slices.Concat([]string{"/", "/pl/", "/en/"}, machineFiles)...), nil
})

func walkedDemo(t *testing.T) crawl.Report {
	t.Helper()
	report, err := walked()
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// A visitor who follows every link from the front door, in both languages, meets nothing that should not be there.
func TestEveryLinkOfTheDemo(t *testing.T) {
	t.Parallel()
	report := walkedDemo(t)
	t.Logf("visited %d pages in Polish and %d in English, and %v, in %v",
		report.Pages["pl"], report.Pages["en"], report.Files, report.Took.Round(1e6))
	for i, fault := range report.Faults {
		if i == mostFaults {
			t.Errorf("and %d more", len(report.Faults)-i)
			break
		}
		t.Error(fault)
	}
	if report.Pages["pl"] < 100 || report.Pages["en"] < 100 {
		t.Errorf("visited %d and %d pages, want at least 100 of each language: the walk was cut short", report.Pages["pl"], report.Pages["en"])
	}
	for _, kind := range visitorKinds {
		if kind.sample(report, "pl") == "" || kind.sample(report, "en") == "" {
			t.Errorf("no link leads to a page like %s or %s", kind.pl, kind.en)
		}
	}
}

// mostFaults is how many faults are worth reading at once.
const mostFaults = 60

// kind is the shape of the addresses of one page in both languages; a star stands for one segment.
type kind struct{ name, pl, en string }

// visitorKinds are all pages that the public may find by following links.
var visitorKinds = []kind{
	{"front", "/pl/", "/en/"},
	{"archive", "/pl/archiwum", "/en/archive"},
	{"edition", "/pl/*", "/en/*"},
	{"day", "/pl/*/program/*", "/en/*/programme/*"},
	{"sessions", "/pl/*/sesje", "/en/*/sessions"},
	{"session", "/pl/*/sesje/*", "/en/*/sessions/*"},
	{"blocks", "/pl/*/bloki", "/en/*/blocks"},
	{"block", "/pl/*/bloki/*", "/en/*/blocks/*"},
	{"stages", "/pl/*/sceny", "/en/*/stages"},
	{"stage", "/pl/*/sceny/*", "/en/*/stages/*"},
	{"places", "/pl/*/miejsca", "/en/*/places"},
	{"place", "/pl/*/miejsca/*", "/en/*/places/*"},
	{"people", "/pl/*/osoby", "/en/*/people"},
	{"person", "/pl/*/osoby/*", "/en/*/people/*"},
	{"institutions", "/pl/*/instytucje", "/en/*/institutions"},
	{"institution", "/pl/*/instytucje/*", "/en/*/institutions/*"},
	{"topics", "/pl/*/tematy", "/en/*/topics"},
	{"topic", "/pl/*/tematy/*/*", "/en/*/topics/*/*"},
	{"search", "/pl/*/szukaj", "/en/*/search"},
	{"changes", "/pl/*/zmiany", "/en/*/changes"},
	{"release", "/pl/*/zmiany/*", "/en/*/changes/*"},
	{"now", "/pl/*/teraz", "/en/*/now"},
	{"agenda", "/pl/*/moj-program", "/en/*/my-agenda"},
	{"prints", "/pl/*/druk/*", "/en/*/print/*"},
	{"print", "/pl/*/druk/*/*", "/en/*/print/*/*"},
	{"page", "/pl/*/strony/*", "/en/*/pages/*"},
	{"calls", "/pl/*/nabory", "/en/*/calls"},
	{"call", "/pl/*/nabory/*", "/en/*/calls/*"},
	{"practices", "/pl/*/dobre-praktyki", "/en/*/good-practices"},
	{"map of practices", "/pl/*/dobre-praktyki/mapa", "/en/*/good-practices/map"},
	{"stories", "/pl/*/opowiesci-o-porazkach", "/en/*/failure-stories"},
	{"story", "/pl/*/opowiesci-o-porazkach/*", "/en/*/failure-stories/*"},
}

// sample is one visited page of the kind, of the edition of 2021 where it belongs to one; "" when there is none.
func (k kind) sample(report crawl.Report, lang string) string {
	shape := map[string]string{"pl": k.pl, "en": k.en}[lang]
	i := slices.IndexFunc(report.Visited, func(path string) bool { return fits(path, shape) })
	if i < 0 {
		return ""
	}
	return report.Visited[i]
}

// fits compares a path with a shape; the first star is the edition.
func fits(path, shape string) bool {
	got, want := strings.Split(path, "/"), strings.Split(strings.Replace(shape, "*", "kpm-2021", 1), "/")
	return slices.EqualFunc(got, want, func(g, w string) bool { return g == w || w == "*" && g != "" && !strings.Contains(g, "?") })
}
