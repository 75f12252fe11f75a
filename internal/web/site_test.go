package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

func TestTemplates(t *testing.T) {
	webtest.CheckTemplates(t, thingPage, web.Parse[web.ProblemPage](web.Templates(), "templates/problem.html"))
}

func TestAddresses(t *testing.T) {
	site, p := open(t)
	p.err = errSecret
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		location, want             string
	}{
		{"the front in Polish by default", "GET", "/", "", 302, "/pl/", ""},
		{"the front in English", "GET", "/", "en-GB,en;q=0.9,pl;q=0.5", 302, "/en/", ""},
		{"the front for a German", "GET", "/", "de", 302, "/pl/", ""},
		{"a page in Polish", "GET", "/pl/kpm/rzeczy/a", "", 200, "", `<html lang="pl">`},
		{"a page in English", "GET", "/en/kpm/things/a", "", 200, "", `<html lang="en">`},
		{"its other language, with what was asked", "GET", "/pl/kpm/rzeczy/a?tag=x", "", 200, "", `href="/en/kpm/things/a?tag=x" lang="en"`},
		{"an address by its name", "GET", "/en/kpm/things/a", "", 200, "", `id="next" href="/en/kpm/things/druga"`},
		{"a filter by a link", "GET", "/pl/kpm/rzeczy/a?page=2", "", 200, "", `id="filter" href="/pl/kpm/rzeczy/a?tag=woda"`},
		{"Polish words in an English address", "GET", "/en/kpm/rzeczy/a?tag=x", "", 301, "/en/kpm/things/a?tag=x", ""},
		{"English words in a Polish address", "HEAD", "/pl/kpm/things/a%20b", "", 301, "/pl/kpm/rzeczy/a%20b", ""},
		{"a slash too many", "GET", "/pl/kpm/program/", "", 301, "/pl/kpm/program", ""},
		{"a slash too few", "GET", "/pl", "", 301, "/pl/", ""},
		{"nothing there, in Polish", "GET", "/pl/kpm/nic/a/b", "", 404, "", "Nie ma strony pod tym adresem"},
		{"nothing there, in English", "GET", "/en/kpm/nic/a/b", "", 404, "", "There is no page at this address"},
		{"a thing that is not there", "GET", "/en/kpm/things/nic", "", 404, "", "Every place is taken."},
		{"a way on from there", "GET", "/en/kpm/things/nic", "", 404, "", `href="/en/kpm/programme"`},
		{"a search from there", "GET", "/pl/kpm/rzeczy/nic", "", 404, "", `action="/pl/kpm/szukaj"`},
		{"a method it does not take", "DELETE", "/pl/kpm/rzeczy/a", "", 405, "", "Pod tym adresem nie da się"},
		{"TRACE", "TRACE", "/pl/kpm/rzeczy/a", "", 405, "", ""},
		{"a method that nobody knows", "BREW", "/pl/kpm/rzeczy/a", "", 405, "", ""},
		{"a climb", "GET", "/pl/../etc/passwd", "", 404, "", ""},
		{"an encoded slash", "GET", "/pl/kpm/rzeczy/a%2fb", "", 404, "", ""},
		{"NUL", "GET", "/pl/kpm/rzeczy/a%00", "", 404, "", ""},
		{"encoded twice", "GET", "/pl/kpm/rzeczy/%252e%252e", "", 404, "", ""},
		{"a backslash", "GET", `/pl/kpm/rzeczy/%5cevil`, "", 404, "", ""},
		{"bytes that are no text", "GET", "/pl/kpm/rzeczy/%ff", "", 404, "", ""},
		{"an address without end", "GET", "/pl/" + strings.Repeat("a", 9000), "", 414, "", "jest za długi"},
		{"a fault of ours", "GET", "/pl/awaria", "", 500, "", "Coś zawiodło po naszej stronie"},
		{"a panic", "GET", "/en/panic", "", 500, "", "Something failed on our side"},
		{"a machine file", "GET", "/kpm/schedule.xml", "", 200, "", "<schedule/>"},
		{"not signed in", "GET", "/en/kpm/desk", "", 303, "/en/sign-in?next=%2Fen%2Fkpm%2Fdesk", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := webtest.Do(site, httptest.NewRequest(test.method, test.path, nil), "Accept-Language", test.accept)
			if got.Code != test.status || got.Header().Get("Location") != test.location || !strings.Contains(got.Body.String(), test.want) {
				t.Errorf("%s %s = %d to %q, want %d to %q with %q:\n%s", test.method, test.path,
					got.Code, got.Header().Get("Location"), test.status, test.location, test.want, got.Body)
			}
			if strings.Contains(got.Body.String(), "secret detail") {
				t.Errorf("%s shows an error's own text", test.path)
			}
		})
	}
}

func TestErrorsBecomeSentences(t *testing.T) {
	for _, test := range []struct {
		name    string
		err     error
		status  int
		pl, en  string
		retries bool
	}{
		{"invalid", errs.New(errs.Invalid, "thing.short"), 422, "Wpisz tytuł.", "Enter a title.", false},
		{"forbidden", errs.New(errs.Forbidden, "thing.full"), 403, "Brak dostępu", "No access", false},
		{"not found, wrapped", fmt.Errorf("find: %w", errs.New(errs.NotFound, "thing.full")), 404, "Nie ma już miejsc.", "Every place is taken.", false},
		{"conflict", errs.New(errs.Conflict, "thing.full"), 409, "Nie ma już miejsc.", "Every place is taken.", false},
		{"ours", errSecret, 500, "Już o tym wiemy", "We have been told", false},
		{"too large", &http.MaxBytesError{Limit: 2 << 20}, 413, "Limit wynosi 2 MB", "The limit is 2 MB", false},
		{"too slow", fmt.Errorf("read: %w", context.DeadlineExceeded), 503, "Nie zdążyliśmy", "could not answer in time", true},
		{"a full disk", fmt.Errorf("save: %w", db.ErrNoRoom), 507, "zabrakło miejsca", "out of space", true},
		{"a database that has gone", fmt.Errorf("save: %w", db.ErrDown), 503, "Baza danych chwilowo nie odpowiada", "does not answer", true},
		{"a disk that fails", fmt.Errorf("save: %w", db.ErrBroken), 503, "Spróbuj za chwilę", "Try again in a moment", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, p := open(t)
			p.err = test.err
			for path, want := range map[string]string{"/pl/awaria": test.pl, "/en/fault": test.en} {
				got := webtest.Get(site, path)
				retries := got.Header().Get("Retry-After") != ""
				if got.Code != test.status || !strings.Contains(got.Body.String(), want) || retries != test.retries {
					t.Errorf("%s = %d, retry %v, want %d, retry %v, with %q:\n%s", path, got.Code, retries, test.status, test.retries, want, got.Body)
				}
			}
		})
	}
}

// Every route, and what is no route, has the headers that protect the visitor.
func TestHeaders(t *testing.T) {
	site, p := open(t, func(c *web.Config) { c.BaseURL = "https://kongres.example" })
	p.err = errSecret
	paths := []string{"/", "/pl/nic/a/b", "/healthz", "/robots.txt", "/assets/x/y.css", "/metrics"}
	for _, route := range site.Routes() {
		for _, lang := range i18n.Langs {
			address, err := site.URL(lang, route.Name, []any{"kpm", "a"}[:strings.Count(route.PL+route.Path, "{")]...)
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, address)
		}
	}
	for _, path := range paths {
		got := webtest.Get(site, path).Header()
		policy := got.Get("Content-Security-Policy")
		ancestors := "frame-ancestors 'none'"
		if strings.Contains(path, "/embed/") {
			ancestors = "frame-ancestors *"
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
		} {
			if got.Get(name) != want {
				t.Errorf("%s: %s = %q, want %q", path, name, got.Get(name), want)
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || !strings.HasSuffix(policy, ancestors) || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q, want default-src 'none' … %s", path, policy, ancestors)
		}
		for _, name := range []string{"Cache-Control", "Permissions-Policy", "X-Request-Id", "Cross-Origin-Resource-Policy"} {
			if got.Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
	}
	for path, want := range map[string]string{
		"/pl/": "public, no-cache", "/pl/kpm/biurko": "no-store", "/pl/kpm/rzeczy/nic": "no-store",
		"/pl/wejscie": "no-store",
	} {
		if got := webtest.Get(site, path).Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control = %q, want %q", path, got, want)
		}
	}
	if got := webtest.Get(site, "/kpm/schedule.xml").Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("a feed lets origin %q read it, want *", got)
	}
	if got := webtest.Get(site, "/pl/").Header().Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("a page lets origin %q read it, want none", got)
	}
	plain, _ := open(t)
	if got := webtest.Get(plain, "/pl/").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS over http = %q, want none", got)
	}
}

func TestAllow(t *testing.T) {
	site, _ := open(t)
	got := webtest.Do(site, httptest.NewRequest("DELETE", "/pl/kpm/rzeczy/a", nil))
	if allow := got.Header().Get("Allow"); allow != "GET, HEAD, POST" {
		t.Errorf("Allow = %q, want GET, HEAD, POST", allow)
	}
	got = webtest.Do(site, httptest.NewRequest("OPTIONS", "/kpm/schedule.xml", nil), "Origin", "https://app.example")
	if got.Code != 204 || got.Header().Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("preflight of a feed = %d, %v, want 204 that lets If-None-Match in", got.Code, got.Header())
	}
}

func TestHosts(t *testing.T) {
	site, _ := open(t, func(c *web.Config) { c.Hosts = []string{"kongres.example"} })
	for path, want := range map[string]int{
		"http://kongres.example/pl/": 200, "http://KONGRES.example:8080/pl/": 200, "http://evil.example/pl/": 421,
		"http://10.0.0.1/healthz": 200,
	} {
		got := webtest.Get(site, path)
		if got.Code != want || strings.Contains(got.Body.String(), "evil.example") {
			t.Errorf("%s = %d, want %d without the name:\n%s", path, got.Code, want, got.Body)
		}
	}
}

func TestClient(t *testing.T) {
	site, _ := open(t, func(c *web.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, test := range []struct{ name, from, forwarded, want string }{
		{"straight", "192.0.2.1:1", "", "192.0.2.1"},
		{"a stranger's word", "192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{"a proxy's word", "10.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"a forged beginning", "10.0.0.1:1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"},
		{"rubbish", "10.0.0.1:1", "no address", "10.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/pl/", nil)
			r.RemoteAddr = test.from
			r.Header.Set("X-Forwarded-For", test.forwarded)
			if got := site.Client(r); got.String() != test.want {
				t.Errorf("Client = %s, want %s", got, test.want)
			}
		})
	}
}

func TestMountRefuses(t *testing.T) {
	show := func(http.ResponseWriter, *http.Request) error { return nil }
	for _, test := range []struct {
		name  string
		route web.Route
		want  string
	}{
		{"no action", web.Route{Name: "x", PL: "/x", EN: "/x", Handle: show}, "no action"},
		{"no handler", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a"}, "no handler"},
		{"one language only", web.Route{Name: "x", PL: "/x", Action: "a", Handle: show}, "one language"},
		{"no address", web.Route{Name: "x", Action: "a", Handle: show}, "needs a path"},
		{"a name twice", web.Route{Name: "home", PL: "/x", EN: "/x", Action: "a", Handle: show}, "taken"},
		{"an address twice", web.Route{Name: "x", PL: "/{e}/program", EN: "/{e}/x", Action: "a", Handle: show}, "conflicts"},
		{"other values in the other language", web.Route{Name: "x", PL: "/x/{a}", EN: "/x/{b}", Action: "a", Handle: show}, "different values"},
		{"a public form", web.Route{Name: "x", Method: "POST", PL: "/x", EN: "/x", Action: "a", Public: true, Handle: show}, "only what is read"},
		{"public for some", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a", Public: true, Who: web.SignedIn, Handle: show}, "for some people"},
		{"public with any query", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a", Public: true, Query: []string{"*"}, Handle: show}, "names its parameters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, _ := open(t)
			if err := site.Mount(test.route); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Mount = %v, want an error with %q", err, test.want)
			}
		})
	}
}

// The log says what happened, and nothing about whom or what.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	site, p := open(t, func(c *web.Config) { c.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	p.err = errSecret
	r := httptest.NewRequest("GET", "/pl/kpm/szukaj?q=Kowalska", nil)
	r.RemoteAddr = "203.0.113.9:4711"
	webtest.Do(site, r)
	for _, want := range []string{`"route":"search"`, `"status":200`, `"request":"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log has no %s:\n%s", want, &log)
		}
	}
	for _, never := range []string{"Kowalska", "203.0.113.9"} {
		if strings.Contains(log.String(), never) {
			t.Errorf("log tells %s:\n%s", never, &log)
		}
	}
	log.Reset()
	got := webtest.Get(site, "/pl/panika")
	if id := got.Header().Get("X-Request-Id"); !strings.Contains(log.String(), "secret detail") || !strings.Contains(log.String(), id) || !strings.Contains(got.Body.String(), id) {
		t.Errorf("a panic is not found in the log under %s:\n%s\n%s", id, &log, got.Body)
	}
}

func TestFixtures(t *testing.T) {
	site, p := open(t, func(c *web.Config) { c.SecurityContact = "mailto:kongres@example.org" })
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "database ok", "/robots.txt": "User-agent: *",
		"/.well-known/security.txt": "Contact: mailto:kongres@example.org",
	} {
		if got := webtest.Get(site, path); got.Code != 200 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s = %d %q, want 200 with %q", path, got.Code, got.Body, want)
		}
	}
	p.err = errSecret
	if got := webtest.Get(site, "/readyz"); got.Code != 503 || strings.TrimSpace(got.Body.String()) != "database failed" {
		t.Errorf("/readyz without a database = %d %q, want 503 database failed", got.Code, got.Body)
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:1"
	if got := webtest.Do(site, r); got.Code != 200 || !strings.Contains(got.Body.String(), `obrady_request_seconds_count{route="GET /readyz",status="503"} 1`) {
		t.Errorf("/metrics = %d, want 200 with the readyz of before:\n%s", got.Code, got.Body)
	}
	if got := webtest.Do(site, r, "X-Forwarded-For", "198.51.100.7"); got.Code != 404 {
		t.Errorf("/metrics through a proxy = %d, want 404", got.Code)
	}
}

// Requests under way end well when the site stops, and /readyz says so first.
func TestStops(t *testing.T) {
	site, p := open(t)
	p.hold = make(chan struct{})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.Serving{Site: site, Server: web.Server("", site), Listener: listener}.Run(ctx)
	}()
	answered := make(chan int, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String() + "/pl/")
		if err != nil {
			answered <- 0
			return
		}
		_ = answer.Body.Close()
		answered <- answer.StatusCode
	}()
	for p.drawn.Load() == 0 { // until the page is being drawn
		if ctx.Err() != nil {
			t.Fatal("never asked")
		}
	}
	stop()
	for webtest.Get(site, "/readyz").Code != 503 {
	}
	close(p.hold)
	if status, err := <-answered, <-done; status != 200 || err != nil {
		t.Errorf("the page under way = %d, Run = %v, want 200 and nil", status, err)
	}
}
