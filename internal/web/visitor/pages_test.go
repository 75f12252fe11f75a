package visitor

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"obrady/internal/plan"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

var (
	addressIn = regexp.MustCompile(`(?:href|action|data-now-address)="([^"]*)"`)
	idIn      = regexp.MustCompile(` id="([^"]+)"`)
	foreign   = regexp.MustCompile(`<(?:script|img|link|iframe)[^>]+(?:src|href)="(?:https?:)?//`)
	unsaid    = regexp.MustCompile(`(?:visitor|programme|timetable|edition|people|web)\.[a-z]+[._][a-z_.]+|%!|%\(|ZgotmplZ`)
	dataBlock = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)
	inTags    = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)
)

// Whoever follows every link from the front page, in either language, finds a whole page behind each of them.
func TestEveryLinkLeadsToAWholePage(t *testing.T) {
	site := openDemo(t)
	seen, queue := map[string]bool{"/pl/": true, "/en/": true}, []string{"/pl/", "/en/"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		got := webtest.Get(site, path)
		if got.Code != http.StatusOK {
			t.Errorf("%s = %d, want 200", path, got.Code)
			continue
		}
		page := got.Body.String()
		checkPage(t, path, page)
		for _, next := range links(page) {
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	if len(seen) < 800 {
		t.Errorf("only %d pages were found; the links have become few", len(seen))
	}
	t.Logf("%d pages", len(seen))
}

// links are the addresses of our pages on a page; of those with a query only the ones that ask for one thing.
func links(page string) (all []string) {
	for _, match := range addressIn.FindAllStringSubmatch(page, -1) {
		path, _, _ := strings.Cut(html.UnescapeString(match[1]), "#")
		if (strings.HasPrefix(path, "/pl/") || strings.HasPrefix(path, "/en/")) && strings.Count(path, "=") < 2 {
			all = append(all, path)
		}
	}
	return all
}

func checkPage(t *testing.T, path, page string) {
	t.Helper()
	for _, want := range []string{`<html lang="` + path[1:3] + `">`, "<main id=\"main\"", "<title>", "<h1"} {
		if n := strings.Count(page, want); n != 1 {
			t.Errorf("%s has %q %d times, want once", path, want, n)
		}
	}
	if strings.Contains(page, `href=""`) || strings.Contains(page, "<title> – ") {
		t.Errorf("%s has a link to nowhere or no title", path)
	}
	if found := foreign.FindString(page); found != "" {
		t.Errorf("%s loads from elsewhere: %s", path, found)
	}
	if found := unsaid.FindString(inTags.ReplaceAllString(page, " ")); found != "" && !strings.HasPrefix(found, "programme.") {
		t.Errorf("%s says %q, which is no sentence", path, found)
	}
	var ids []string
	for _, match := range idIn.FindAllStringSubmatch(page, -1) {
		if slices.Contains(ids, match[1]) {
			t.Errorf("%s has two elements called %q", path, match[1])
		}
		ids = append(ids, match[1])
	}
	for _, block := range dataBlock.FindAllStringSubmatch(page, -1) {
		var event struct {
			Type string `json:"@type"`
			Name string `json:"name"`
		}
		if err := json.Unmarshal([]byte(block[1]), &event); err != nil || event.Type != "Event" || event.Name == "" {
			t.Errorf("%s describes itself to search engines as %+v, %v, want an event with a name", path, event, err)
		}
	}
}

// see is one look at a page of the fixture: what it must say and what it must not.
type see struct {
	name, path string
	status     int
	want       []string
	not        []string
}

func look(t *testing.T, site http.Handler, looks []see) {
	t.Helper()
	for _, l := range looks {
		t.Run(l.name, func(t *testing.T) {
			got := webtest.Get(site, l.path)
			page := strings.NewReplacer("\u00a0", " ", "&#43;", "+").Replace(got.Body.String())
			if l.status == 0 {
				l.status = http.StatusOK
			}
			if got.Code != l.status {
				t.Fatalf("%s = %d, want %d", l.path, got.Code, l.status)
			}
			for _, want := range l.want {
				if !strings.Contains(page, want) {
					t.Errorf("%s does not say %q:\n%s", l.path, want, mainOf(page))
				}
			}
			for _, not := range l.not {
				if strings.Contains(page, not) {
					t.Errorf("%s says %q:\n%s", l.path, not, mainOf(page))
				}
			}
		})
	}
}

func mainOf(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	return page
}

func TestPagesOfASmallCongress(t *testing.T) {
	site := open(t, autumn)
	look(t, site, []see{
		{"Polish where there is no English", "/en/jesien/sessions/mieszkania", 0, []string{`<h1><span lang="pl">Mieszkania dla młodych</span></h1>`, ">in Polish<"}, nil},
		{"and nothing said about it in Polish", "/pl/jesien/sesje/mieszkania", 0, []string{"<h1>Mieszkania dla młodych</h1>"}, []string{"po polsku"}},
		{"a machine's translation says so", "/en/jesien/sessions/zielen", 0, []string{"<h1>Greenery</h1>", "machine"}, nil},
		{"a cancelled session says why", "/pl/jesien/sesje/odwolana", 0, []string{"Ta sesja została odwołana.", "Burza", "is-cancelled"}, nil},
		{"and stays in the timetable", "/en/jesien/programme/2021-10-30", 0, []string{"is-cancelled", "Spacer", ">cancelled<"}, nil},
		{"sessions at once stand side by side", "/pl/jesien/program/2021-10-30", 0, []string{`<li class="c-1 w-2">`, "slot at-18 to-30 c-1", "slot at-24 to-36 c-2", "cols-3"}, nil},
		{"a break is a band", "/pl/jesien/program/2021-10-30", 0, []string{"slot at-36 to-42 slot-break"}, nil},
		{"the small hours belong to the evening", "/pl/jesien/program/2021-10-30", 0, []string{"Druga po raz drugi", "2021-10-31T02:15:00+01:00"}, nil},
		{"two hours called two", "/pl/jesien/program/2021-10-30", 0, []string{`<h3 id="h11">23:00</h3>`, `<h3 id="h15">2:00</h3>`}, nil},
		{"what has no hours stands below", "/pl/jesien/program/2021-10-31", 0, []string{"Bez podanej godziny", "Kiedyś"}, nil},
		{"compact", "/pl/jesien/program/2021-10-30?gestosc=gesto", 0, []string{"cols-3 compact"}, nil},
		{"by block", "/pl/jesien/program/2021-10-30?uklad=bloki", 0, []string{`<a href="/pl/jesien/bloki/glowny">Główny</a>`}, nil},
		{"one place", "/en/jesien/programme/2021-10-30?place=ogrod", 0, []string{"Spacer", "Showing 3 of 6 sessions.", "cols-1"}, []string{"Opening in"}},
		{"asked for in Polish, too", "/en/jesien/programme/2021-10-30?miejsce=ogrod", 0, []string{"Showing 3 of 6 sessions."}, nil},
		{"two filters at once", "/pl/jesien/sesje?jezyk=en&miejsce=aula", 0, []string{"Zieleń", "Pokazujemy 1 z 8 sesji."}, []string{"Ranek"}},
		{"the way back to all", "/pl/jesien/sesje?jezyk=en&miejsce=aula", 0, []string{`<a href="/pl/jesien/sesje">Pokaż wszystko</a>`}, nil},
		{"a filter that nobody knows", "/pl/jesien/program/2021-10-30?blok=zupa", 0, []string{"Takiego filtra nie ma", "Pokaż wszystko"}, []string{"Otwarcie w"}},
		{"a day that is none", "/pl/jesien/program/2021-11-05", 404, []string{"Tego dnia nie ma w programie", `href="/pl/jesien/program/2021-10-31"`}, nil},
		{"one day in the list", "/pl/jesien/sesje?dzien=2021-10-31", 0, []string{"Ranek"}, []string{"Otwarcie w"}},
		{"a session that is none", "/en/jesien/sessions/zupa", 404, []string{"There is no such session.", "/en/jesien/search"}, nil},
		{"an edition that is none", "/pl/zima", 404, nil, nil},
		{"found without Polish letters", "/pl/jesien/szukaj?q=lodzi", 0, []string{"w <mark>Łodzi</mark>", "Znaleziono 1 sesję."}, nil},
		{"found in another form", "/pl/jesien/szukaj?q=mieszkanie", 0, []string{"<mark>Mieszkania</mark>"}, nil},
		{"found in the texts of the other language", "/en/jesien/search?q=otwarcie", 0, []string{"Below is what fits the Polish ones."}, nil},
		{"found nothing", "/pl/jesien/szukaj?q=xyzzy", 0, []string{"Nic nie znaleziono: „xyzzy”."}, nil},
		{"asked for nothing", "/en/jesien/search", 0, []string{"Type a word"}, nil},
		{"asked for a letter", "/en/jesien/search?q=x", 0, []string{"at least two letters"}, nil},
		{"what was typed is text", "/pl/jesien/szukaj?q=%3Cscript%3Ealert", 0, []string{"&lt;script&gt;"}, []string{"<script>alert"}},
		{"a shared agenda", "/pl/jesien/moj-program?sesje=otwarcie,noc", 0, []string{"Otwarcie w", "Noc", "/jesien/agenda.ics?sesje=otwarcie,noc"}, []string{"Ranek", "data-agenda "}},
		{"a shared agenda with a stranger", "/en/jesien/my-agenda?sesje=otwarcie,zupa", 0, []string{"Opening in", "not in the programme"}, nil},
		{"one's own agenda", "/pl/jesien/moj-program", 0, []string{"data-agenda ", `data-clash-text="W tym samym czasie: %s"`, "<noscript>", `data-session="ranek"`}, nil},
		{"a sheet for a door", "/pl/jesien/druk/2021-10-30/ogrod", 0, []string{"Ogrod", "16:00", "23:30–2:00"}, []string{"Otwarcie w"}},
		{"sheets of no day", "/pl/jesien/druk/nigdy", 404, []string{"Tego dnia nie ma"}, nil},
		{"the first release", "/pl/jesien/zmiany", 0, []string{"Pierwsze: pierwsze wydanie programu"}, nil},
		{"a release that is none", "/pl/jesien/zmiany/7", 404, nil, nil},
	})
}

func TestNow(t *testing.T) {
	site := open(t, autumn)
	look(t, site, []see{
		{"before", "/pl/jesien/teraz?o=2021-10-29T12:00", 0, []string{"Kongres jeszcze się nie zaczął", "30 października 2021, sobota"}, nil},
		{"the first session is next", "/pl/jesien/teraz?o=2021-10-30T11:00", 0, []string{"Na razie nic", "Otwarcie w"}, []string{"badge-now"}},
		{"on the stroke", "/pl/jesien/teraz?o=2021-10-30T12:00", 0, []string{"badge-now", "Mieszkania dla"}, nil},
		{"at its end it is over", "/pl/jesien/teraz?o=2021-10-30T13:00", 0, []string{"Mieszkania dla"}, []string{"Otwarcie w"}},
		{"two at once in one place", "/en/jesien/now?at=2021-10-30T14:15", 0, []string{"Mieszkania dla", "Greenery"}, nil},
		{"cancelled is never on", "/pl/jesien/teraz?o=2021-10-30T16:30", 0, []string{"Spacer", "odwołana"}, []string{"badge-now"}},
		{"after midnight it is still that evening", "/pl/jesien/teraz?o=2021-10-31T01:30", 0, []string{"badge-now", ">Noc<", "Druga po raz"}, []string{"Ranek"}},
		{"an hour that comes twice is its first", "/pl/jesien/teraz?o=2021-10-31T02:15", 0, []string{"Druga po raz"}, []string{"badge-now"}},
		{"over", "/en/jesien/now?at=2021-11-02T10:00", 0, []string{"This congress is over.", "/en/jesien/programme/2021-10-30"}, nil},
		{"no such moment", "/pl/jesien/teraz?o=wczoraj", 0, []string{"Nie ma takiej chwili"}, nil},
		{"no such hour of a day", "/pl/jesien/teraz?o=2021-10-30", 0, []string{"Nie ma takiej chwili"}, nil},
	})
	site.at = time.Date(2021, 10, 31, 1, 20, 0, 0, time.UTC) // 2:20 for the second time
	look(t, site, []see{{"by the clock", "/pl/jesien/teraz", 0, []string{"badge-now", "Druga po raz", `data-now-address="/pl/jesien/teraz"`}, nil}})
	site.at = site.at.Add(time.Hour)
	look(t, site, []see{{"an hour later it is drawn anew", "/pl/jesien/teraz", 0, nil, []string{"badge-now"}}})
	if got := webtest.Get(site, "/pl/jesien/teraz").Header().Get("Cache-Control"); !strings.Contains(got, "max-age=20") {
		t.Errorf("what is on now may be kept %q, want 20 seconds", got)
	}
}

// The programme opens on the present day while the congress is on, and on the first day otherwise.
func TestTheProgrammeOpensOnToday(t *testing.T) {
	site := open(t, autumn)
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2021, 5, 1, 10, 0, 0, 0, time.UTC), "Otwarcie"},
		{time.Date(2021, 10, 31, 9, 0, 0, 0, time.UTC), "Ranek"},
		{time.Date(2022, 1, 1, 9, 0, 0, 0, time.UTC), "Otwarcie"},
	} {
		site.at = test.at
		if page := webtest.Get(site, "/pl/jesien/program").Body.String(); !strings.Contains(page, test.want) {
			t.Errorf("on %s the programme does not open with %s", test.at.Format(time.DateOnly), test.want)
		}
	}
}

func TestWordingsOfAPageStay(t *testing.T) {
	site := openDemo(t)
	v := site.pages.view(site.pages.Desk.Current().Editions[0], "pl")
	for _, e := range site.pages.Desk.Current().Editions {
		if len(e.Pages) > len(v.e.Pages) {
			v = site.pages.view(e, "pl")
		}
	}
	page := v.e.Pages[0]
	before := page.Body.PL
	page.Body.PL = "Zupełnie nowy tekst regulaminu."
	if _, err := site.editions.SavePage(t.Context(), "desk", page); err != nil {
		t.Fatal(err)
	}
	if err := site.pages.Desk.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := "/pl/" + v.e.Slug + "/strony/" + page.Slug
	look(t, site, []see{
		{"the latest", at, 0, []string{"Zupełnie nowy tekst regulaminu.", "Inne wersje tego tekstu", "?wersja=" + itoa(page.Revision)}, nil},
		{"the one before", at + "?wersja=" + itoa(page.Revision), 0, []string{"To wcześniejsza wersja", before[:12]}, []string{"Zupełnie nowy"}},
		{"one that never was", at + "?wersja=99", 404, nil, nil},
	})
}

func TestSitemap(t *testing.T) {
	site := open(t, autumn, func(c *web.Config) { c.BaseURL = "https://kongres.example" })
	look(t, site, []see{{"all pages in both languages", "/sitemap.xml", 0, []string{
		"<loc>https://kongres.example/pl/jesien/sesje/otwarcie</loc>", "<loc>https://kongres.example/en/jesien/programme/2021-10-30</loc>",
	}, nil}})
	look(t, open(t, autumn), []see{{"a site that does not know its address", "/sitemap.xml", 404, nil, nil}})
}

func TestAddressesKeepWhatWasChosen(t *testing.T) {
	at, err := url.Parse("/pl/jesien/program/2021-10-30?blok=a&page=3&miejsce=b")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ got, want string }{
		{byBlock.with("pl", at, "c"), "/pl/jesien/program/2021-10-30?blok=c&miejsce=b"},
		{byBlock.with("pl", at, ""), "/pl/jesien/program/2021-10-30?miejsce=b"},
		{byForm.with("en", at, "online"), "/pl/jesien/program/2021-10-30?blok=a&form=online&miejsce=b"},
		{cleared("pl", at), "/pl/jesien/program/2021-10-30"},
	} {
		if test.got != test.want {
			t.Errorf("address = %s, want %s", test.got, test.want)
		}
	}
}

func TestADayWithTooManyStrandsIsAList(t *testing.T) {
	site := open(t, autumn)
	v := site.pages.view(site.pages.Desk.Current().Editions[0], "pl")
	one := v.plan().On(saturday)[0]
	many := slices.Repeat([]plan.Item{one}, mostColumns+1)
	if v.sheet(many, layouts[0]) != nil {
		t.Errorf("%d sessions at once stand on a sheet of %d columns", len(many), mostColumns)
	}
	if g := v.sheet(many[1:], layouts[0]); g == nil || g.Class != "cols-40" {
		t.Errorf("%d sessions at once do not fit the sheet", mostColumns)
	}
}
