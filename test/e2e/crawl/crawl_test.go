package crawl

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

const goodPolicy = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func goodHeader() http.Header {
	return http.Header{
		"Content-Type":            {"text/html; charset=utf-8"},
		"Content-Security-Policy": {goodPolicy},
		"X-Content-Type-Options":  {"nosniff"},
		"Referrer-Policy":         {"same-origin"},
		"Permissions-Policy":      {"camera=()"},
	}
}

const goodPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>The programme – Congress</title><link rel="stylesheet" href="/assets/a.css"></head>
<body>
<a class="skip-link" href="#main">Skip to the content</a>
<a href="/pl/x" hreflang="pl" lang="pl">Polski</a>
<main id="main"><h1 id="top">The programme</h1>
<p>What the cities are doing in this year.</p>
<p lang="pl">To jest zdanie po polsku, które nie ma przekładu.</p>
<ul><li><a href="https://elsewhere.example/">Elsewhere</a></li></ul>
</main>
</body>
</html>`

func speech(t *testing.T) *Speech {
	t.Helper()
	s, err := LoadSpeech(fstest.MapFS{
		"internal/web/visitor/locale/pl.json": {Data: []byte(`{"visitor.more":"Więcej","visitor.same":"Program","visitor.n":"Do %d"}`)},
		"internal/web/visitor/locale/en.json": {Data: []byte(`{"visitor.more":"More","visitor.same":"Program","visitor.n":"To %d"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func whats(faults []Fault) []string {
	var all []string
	for _, fault := range faults {
		if len(all) == 0 || all[len(all)-1] != fault.What {
			all = append(all, fault.What)
		}
	}
	return all
}

// Every promise is broken once, and exactly that one must be named.
func TestEachFaultIsCaught(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"a good page", "", "", ""},
		{"no title", "<title>The programme – Congress</title>", "", Title},
		{"an empty title beside the name of the site", "The programme – Congress</title>", "– Congress</title>", Title},
		{"no language", `<html lang="en">`, `<html>`, Lang},
		{"the language of another address", `<html lang="en">`, `<html lang="de">`, Lang},
		{"no main", `<main id="main">`, `<div id="main">`, Landmark},
		{"two mains", `<h1 id="top">`, `<div role="main"></div><h1 id="top">`, Landmark},
		{"no h1", `<h1 id="top">The programme</h1>`, ``, Heading},
		{"two h1", `<p lang="pl">`, `<h1>More</h1><p lang="pl">`, Heading},
		{"an id twice", `<p>What`, `<p id="top">What`, ID},
		{"a label without a field", `<p>What`, `<label for="nobody">Name</label><p>What`, ID},
		{"a style from elsewhere", `href="/assets/a.css"`, `href="https://fonts.example/a.css"`, Outside},
		{"a style from elsewhere without a scheme", `href="/assets/a.css"`, `href="//fonts.example/a.css"`, Outside},
		{"a picture from elsewhere", `<p>What`, `<img alt="" src="https://tracker.example/a.png"><p>What`, Outside},
		{"a form to elsewhere", `<p>What`, `<form action="https://elsewhere.example/"></form><p>What`, Outside},
		{"a link that is a script", `https://elsewhere.example/`, `javascript:alert(1)`, Outside},
		{"a script in the page", `<p>What`, `<script>alert(1)</script><p>What`, Inline},
		{"a module in the page", `<p>What`, `<script type="module">alert(1)</script><p>What`, Inline},
		{"a style element", `</head>`, `<style>p{color:red}</style></head>`, Inline},
		{"a style attribute", `<p>What`, `<p style="color:red">What`, Inline},
		{"a handler", `<p>What`, `<p onclick="go()">What`, Inline},
		{"data that no machine reads", `</head>`, `<script type="application/ld+json">{,}</script></head>`, Format},
		{"data that a machine reads", `</head>`, `<script type="application/ld+json">{"a":1}</script></head>`, ""},
		{"a raw key that no file has", `What the cities`, `visitor.home.title the cities`, Key},
		{"a raw key of a file", `>Elsewhere<`, `>visitor.more<`, Key},
		{"a place that was not filled", `in this year`, `in %!d(string=x) this year`, Key},
		{"a plural that was not counted", `in this year`, `in %d days`, Key},
		{"a Polish sentence", `What the cities are doing in this year.`, `Co robią miasta w tym roku i dla kogo.`, Words},
		{"a Polish label", `>Elsewhere<`, `>Więcej<`, Words},
		{"a label that both languages share", `>Elsewhere<`, `>Program<`, ""},
		{"a Polish name inside an English sentence", `in this year`, `with the Rada Miasta i Gminy in this year`, ""},
		{"a Polish description", `<meta charset="utf-8">`, `<meta charset="utf-8"><meta name="description" content="Program kongresu oraz osoby, które są na nim.">`, Words},
		{"a Polish alternative of a picture", `<p>What`, `<img src="/a.png" alt="Zdjęcie sali, która jest na parterze"><p>What`, Words},
		{"an English sentence marked as Polish", `To jest zdanie po polsku, które nie ma przekładu.`, `This is what the cities are doing.`, Words},
		{"the address of a person", `in this year`, `in this year, write to jan.kowalski@miasto.pl`, Mail},
		{"a link to the address of a person", `https://elsewhere.example/`, `mailto:j.nowak@miasto.pl`, Mail},
		{"the address of an office", `in this year`, `in this year, write to kontakt@kongres.gov.pl`, ""},
		{"an element that is never ended", `<h1 id="top">The programme</h1>`, `<div><h1 id="top">The programme</h1>`, Nesting},
		{"an end without a beginning", `<p>What`, `</section><p>What`, Nesting},
		{"ends in the wrong order", `<p>What the`, `<p><b><i>What</b></i> the`, Nesting},
		{"a block inside a paragraph", `<p>What the`, `<p><div>What</div> the`, Nesting},
		{"a link inside a link", `>Elsewhere<`, `><a href="/x">Elsewhere</a><`, Nesting},
		{"a paragraph inside a list", `<ul><li>`, `<ul><p>More</p><li>`, Nesting},
		{"an attribute twice", `<p>What`, `<p class="a" class="b">What`, Nesting},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(goodPage, test.old, test.new, 1)
			if test.old != "" && text == goodPage {
				t.Fatalf("the page has no %q", test.old)
			}
			if test.name == "no main" {
				text = strings.Replace(text, "</main>", "</div>", 1)
			}
			faults := Read("/en/x", goodHeader(), []byte(text)).Faults(speech(t))
			if got := strings.Join(whats(faults), " "); got != test.want {
				t.Errorf("faults = %q, want %q: %v", got, test.want, faults)
			}
		})
	}
}

func TestHeadersAreHeldToTheirPromise(t *testing.T) {
	for _, test := range []struct{ name, field, value string }{
		{"no policy", "Content-Security-Policy", ""},
		{"inline code allowed", "Content-Security-Policy", goodPolicy + "; script-src 'unsafe-inline'"},
		{"any host allowed", "Content-Security-Policy", goodPolicy + "; img-src https:"},
		{"anyone may frame", "Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'"},
		{"sniffing", "X-Content-Type-Options", ""},
		{"addresses told to others", "Referrer-Policy", ""},
		{"the camera", "Permissions-Policy", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := goodHeader()
			header.Set(test.field, test.value)
			faults := Read("/en/x", header, []byte(goodPage)).Faults(speech(t))
			if got := strings.Join(whats(faults), " "); got != Policy {
				t.Errorf("faults = %q, want %q", got, Policy)
			}
		})
	}
}

func TestMachineFilesAreRead(t *testing.T) {
	calendar := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for _, test := range []struct{ name, address, media, body, want string }{
		{"a calendar", "/a.ics", "text/calendar; charset=utf-8", calendar, ""},
		{"a calendar with bare ends of lines", "/a.ics", "text/calendar", strings.ReplaceAll(calendar, "\r", ""), Format},
		{"a calendar that does not fold", "/a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nX:" + strings.Repeat("a", 74) + "\r\nEND:VCALENDAR\r\n", Format},
		{"a calendar that folds inside a letter", "/a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nX:\xc4\r\n \x85\r\nEND:VCALENDAR\r\n", Format},
		{"an event that does not end", "/a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", Format},
		{"a calendar as plain text", "/a.ics", "text/plain", calendar, Format},
		{"XML", "/a.xml", "application/xml", "<a><b/></a>", ""},
		{"XML that does not end", "/a.xml", "application/xml", "<a><b></a>", Format},
		{"a feed", "/a.atom", "application/atom+xml", "<feed/>", ""},
		{"JSON", "/a.json", "application/json", `{"a":1}`, ""},
		{"half of JSON", "/a.json", "application/json", `{"a":`, Format},
		{"an error page as JSON", "/a.json", "text/html", `<html>`, Format},
		{"a table", "/a.csv", "text/csv; charset=utf-8", "a;b\n1;2\n", ""},
		{"a table with a ragged row", "/a.csv", "text/csv", "a;b\n1;2;3\n", Format},
		{"a table of nothing but its head", "/a.csv", "text/csv", "a;b\n", Format},
		{"a workbook that is none", "/a.xlsx", types[".xlsx"][0], "PK", Format},
		{"nothing", "/a.css", "text/css", "", Format},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{"Content-Type": {test.media}, "X-Content-Type-Options": {"nosniff"}}
			if got := strings.Join(whats(FileFaults(test.address, header, []byte(test.body))), " "); got != test.want {
				t.Errorf("faults = %q, want %q", got, test.want)
			}
		})
	}
}

// site answers with good pages in which some links are wrong.
func site(t *testing.T, replace map[string]string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, lang := range []string{"pl", "en"} {
		mux.HandleFunc("GET /"+lang+"/{page}", func(w http.ResponseWriter, r *http.Request) {
			if r.PathValue("page") == "gone" {
				http.NotFound(w, r)
				return
			}
			other := map[string]string{"pl": "en", "en": "pl"}[lang]
			for name, values := range goodHeader() {
				w.Header()[name] = values
			}
			text := fmt.Sprintf(`<!doctype html><html lang="%[1]s"><head><title>Program</title></head><body>
<a href="/%[2]s/%[3]s?%[4]s" hreflang="%[2]s">X</a><main id="main"><h1>Program</h1>
<a href="/%[1]s/second#main">A</a><form action="/%[1]s/search"><input name="q" type="search"></form></main></body></html>`,
				lang, other, r.PathValue("page"), r.URL.RawQuery)
			for old, new := range replace {
				text = strings.Replace(text, old, new, 1)
			}
			_, _ = w.Write([]byte(text))
		})
	}
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.Replace("http://"+r.Host, "127.0.0.1", "localhost", 1)+"/pl/first", http.StatusFound)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestAWalkFollowsWhatLeadsOn(t *testing.T) {
	for _, test := range []struct {
		name    string
		replace map[string]string
		want    []string
	}{
		{"nothing is wrong", nil, nil},
		{"a link to a page that is gone", map[string]string{"/pl/second#main": "/pl/gone"}, []string{Status}},
		{"a link to a part that is gone", map[string]string{"/pl/second#main": "/pl/second#attic"}, []string{Anchor}},
		{"a redirect to another host", map[string]string{"/pl/second#main": "/away"}, []string{Outside}},
		{"a way to another page in the other language", map[string]string{`href="/en/first?"`: `href="/en/second"`}, []string{Switch}},
		{"no way to the other language", map[string]string{` hreflang="en"`: ``}, []string{Switch}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := site(t, test.replace)
			walk := Crawler{Base: server.URL, Speech: speech(t), Client: server.Client()}
			report := walk.Walk(t.Context(), "/pl/first", "/en/first")
			got := map[string]bool{}
			for _, fault := range report.Faults {
				got[fault.What] = true
			}
			want := map[string]bool{}
			for _, what := range test.want {
				want[what] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s%v", diff, report.Faults)
			}
			if report.Pages["pl"] < 3 || report.Pages["en"] < 3 {
				t.Errorf("visited %v, want at least three pages of each language", report.Visited)
			}
		})
	}
}

// A page of filters can be combined without end; the walk must still come to one, and say so when it does not.
func TestAWalkEndsWhereFiltersCombine(t *testing.T) {
	for _, test := range []struct {
		name    string
		filters int // parameters that each page leads on with, every time with a new value
		limit   int
		endless bool
	}{
		{"five filters that combine", 5, 1000, false},
		{"one parameter that never repeats", 1, 50, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked++
				for name, values := range goodHeader() {
					w.Header()[name] = values
				}
				for i := range test.filters {
					query := r.URL.Query()
					query.Set(fmt.Sprintf("f%d", i), "on")
					if test.endless {
						query.Set("f0", fmt.Sprint(asked))
					}
					fmt.Fprintf(w, `<a href="/en/x?%s">x</a>`, strings.ReplaceAll(query.Encode(), "&", "&amp;"))
				}
			}))
			t.Cleanup(server.Close)
			walk := Crawler{Base: server.URL, Speech: speech(t), Client: server.Client(), Hands: 1, Limit: test.limit}
			report := walk.Walk(t.Context(), "/en/x")
			told := false
			for _, fault := range report.Faults {
				told = told || fault.What == Endless
			}
			if told != test.endless {
				t.Errorf("called endless: %v, want %v", told, test.endless)
			}
			// The page itself, five single filters, ten pairs, and one each of three, four and five.
			if want := 1 + 5 + 10 + 3; !test.endless && asked != want {
				t.Errorf("asked for %d addresses, want %d", asked, want)
			}
		})
	}
}
