package web_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/push"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// press is what a lean handler of these tests has seen, and what it answers.
type press struct {
	calls  int
	caller web.Caller
	known  bool
	sent   url.Values
	err    error
}

func (p *press) take(w http.ResponseWriter, r *http.Request) error {
	p.calls++
	p.caller, p.known = web.CallerOf(r)
	var err error
	if p.sent, err = web.ReadPress(r); err != nil {
		return err
	}
	if p.sent.Get("k") == "panic" {
		panic("secret detail")
	}
	if p.err != nil {
		return p.err
	}
	return web.WriteJSON(w, http.StatusOK, map[string]string{"account": web.Account(r), "query": r.URL.RawQuery, "wide": strings.Repeat("x", 5000)})
}

func leanRoutes(p *press) []web.Route {
	return []web.Route{
		{Name: "press", Method: "POST", PL: "/{edition}/zapis", EN: "/{edition}/sign-up", Action: "t.edit", Who: web.SignedIn, Lean: true, Handle: p.take},
		{Name: "look", Method: "POST", PL: "/{edition}/okno", EN: "/{edition}/window", Action: "t.read", Lean: true, Handle: p.take},
		{
			Name: "kept", Method: "POST", PL: "/{edition}/pamiec", EN: "/{edition}/kept", Action: "t.edit", Who: web.SignedIn, Lean: true,
			Handle: p.take, SignedOut: func(w http.ResponseWriter, r *http.Request) error {
				web.Flash(r, "thing.saved", "x") // needs a session
				return web.RedirectTo(w, r, "/pl/wejscie")
			},
		},
	}
}

func openLean(t *testing.T, change ...func(*web.Config)) (*web.Site, *press) {
	t.Helper()
	site, _ := open(t, change...)
	p := &press{}
	if err := site.Mount(leanRoutes(p)...); err != nil {
		t.Fatal(err)
	}
	return site, p
}

func signedIn(t *testing.T, site http.Handler) (cookie string) {
	t.Helper()
	got := webtest.Post(site, "/pl/wejscie", url.Values{"next": {"/pl/"}})
	cookie, _, _ = strings.Cut(got.Header().Get("Set-Cookie"), ";")
	if cookie == "" {
		t.Fatalf("signing in: %d without a cookie", got.Code)
	}
	return cookie
}

func TestAPress(t *testing.T) {
	site, p := openLean(t, func(c *web.Config) { c.Hosts = []string{"example.com"} })
	cookie := signedIn(t, site)
	const key = "k=abc&need=headset&need=wheelchair"
	for _, test := range []struct {
		name, address, body string
		headers             []string // besides that it is a form
		status              int
		want                string
		called              bool
	}{
		{"in Polish", "/pl/kpm/zapis", key, []string{"Cookie", cookie, "Accept", "application/json"}, 200, `"account":"ada"`, true},
		{"in English, with a query that nobody asked for", "/en/kpm/sign-up?utm=1", key, []string{"Cookie", cookie}, 200, `"query":""`, true},
		{"by nobody, from a script", "/pl/kpm/zapis", key, []string{"Accept", "application/json"}, 401, `{"why":"`, false},
		{"by nobody, from a form", "/pl/kpm/zapis", key, nil, 403, "<html", false},
		{"with a cookie of somebody's dreams", "/pl/kpm/zapis", key, []string{"Cookie", "sid=x", "Accept", "application/json"}, 401, `{"why":"`, false},
		{"by nobody, where anybody may", "/pl/kpm/okno", key, nil, 200, `"account":""`, true},
		{"by somebody, where anybody may", "/pl/kpm/okno", key, []string{"Cookie", cookie}, 200, `"account":"ada"`, true},
		{"by nobody, where the form is kept", "/pl/kpm/pamiec", key, nil, 303, "", false},
		{"from another site", "/pl/kpm/zapis", key, []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403, "", false},
		{"from another site, by a script", "/pl/kpm/zapis", key, []string{"Cookie", cookie, "Origin", "https://evil.example", "Accept", "application/json"}, 403, "", false},
		{"to another host", "http://evil.example/pl/kpm/zapis", key, []string{"Cookie", cookie}, 421, "", false},
		{"to a climbing path", "/pl/../kpm/zapis", key, []string{"Cookie", cookie}, 404, "", false},
		{"with a form that is too large", "/pl/kpm/zapis", "k=" + strings.Repeat("a", 5000), []string{"Cookie", cookie}, 413, "", true},
		{"with a body without end", "/pl/kpm/zapis", "k=" + strings.Repeat("a", 300<<10), []string{"Cookie", cookie}, 413, "", true},
		{"with what is no form", "/pl/kpm/zapis", "{}", []string{"Cookie", cookie, "Content-Type", "application/json"}, 415, "", true},
		{"with a control character", "/pl/kpm/zapis", "k=%00", []string{"Cookie", cookie}, 400, "", true},
		{"with what is half a form", "/pl/kpm/zapis", "k=%zz", []string{"Cookie", cookie}, 400, "", true},
		{"that breaks us, from a script", "/en/kpm/sign-up", "k=panic", []string{"Cookie", cookie, "Accept", "application/json"}, 500, `{"why":"Something failed on our side`, true},
		{"that breaks us, from a form", "/en/kpm/sign-up", "k=panic", []string{"Cookie", cookie}, 500, "<html", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.calls = 0
			r := httptest.NewRequest("POST", test.address, strings.NewReader(test.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got := webtest.Do(site, r, append([]string{"Accept-Encoding", "gzip"}, test.headers...)...)
			if got.Code != test.status || (p.calls == 1) != test.called || test.status == 200 && !strings.Contains(got.Body.String(), test.want) {
				t.Errorf("%d, handler called %d times, want %d, %v, %q:\n%.300s", got.Code, p.calls, test.status, test.called, test.want, got.Body)
			}
			if got.Code == 200 && got.Header().Get("Content-Encoding") != "" || strings.Contains(got.Body.String(), "secret detail") {
				t.Errorf("headers %v, want no coding; body %.200s", got.Header(), got.Body)
			}
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Request-Id", "Cache-Control"} {
				if got.Header().Get(name) == "" {
					t.Errorf("no %s in %v", name, got.Header())
				}
			}
		})
	}
	if len(p.caller.Session) != 64 || p.caller.Account != "ada" {
		t.Errorf("the last caller is %+v, want ada in a session", p.caller)
	}
	p.err = nil
	webtest.Post(site, "/pl/kpm/zapis", url.Values{"need": {"headset", "wheelchair"}}, "Cookie", cookie)
	if got := p.sent["need"]; len(got) != 2 || got[1] != "wheelchair" {
		t.Errorf("sent %q, want both needs in order", got)
	}
}

// The caller is the same on every route of one's own.
func TestTheCallerIsKnownOnOrdinaryPagesToo(t *testing.T) {
	site, p := openLean(t)
	var seen web.Caller
	err := site.Mount(web.Route{Name: "own", PL: "/{edition}/moje", EN: "/{edition}/mine", Action: "t.edit", Who: web.SignedIn, Handle: func(w http.ResponseWriter, r *http.Request) error {
		seen, _ = web.CallerOf(r)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	cookie := signedIn(t, site)
	webtest.Get(site, "/pl/kpm/moje", "Cookie", cookie)
	webtest.Post(site, "/pl/kpm/zapis", url.Values{"k": {"1"}}, "Cookie", cookie)
	if seen != p.caller || seen.Account != "ada" {
		t.Errorf("on a page %+v, on a press %+v, want the same", seen, p.caller)
	}
	webtest.Post(site, "/pl/wyjscie", nil, "Cookie", cookie)
	if got := webtest.Post(site, "/pl/kpm/zapis", url.Values{"k": {"1"}}, "Cookie", cookie, "Accept", "application/json"); got.Code != 401 {
		t.Errorf("after signing out: %d, want 401", got.Code)
	}
}

func TestWhoMustWaitIsToldHowLong(t *testing.T) {
	site, p := openLean(t)
	cookie := signedIn(t, site)
	for _, test := range []struct {
		name   string
		err    error
		status int
		after  string
	}{
		{"too often", web.TooOften(2100 * time.Millisecond), 429, "3"},
		{"no room", web.Busy(7 * time.Second), 503, "7"},
		{"no room, wrapped", fmt.Errorf("claim: %w", web.Busy(time.Second)), 503, "1"},
		{"out of time", context.DeadlineExceeded, 503, "5"},
		{"a full disk", fmt.Errorf("claim: %w", db.ErrNoRoom), 507, "30"},
		{"a database that has gone", fmt.Errorf("claim: %w", db.ErrDown), 503, "5"},
		{"a fault", errors.New("secret detail"), 500, ""},
	} {
		for _, accept := range []string{"application/json", "text/html"} {
			p.err = test.err
			got := webtest.Post(site, "/pl/kpm/zapis", url.Values{"k": {"1"}}, "Cookie", cookie, "Accept", accept)
			if got.Code != test.status || got.Header().Get("Retry-After") != test.after {
				t.Errorf("%s: %d after %q, want %d after %q", test.name, got.Code, got.Header().Get("Retry-After"), test.status, test.after)
			}
			var told struct{ Why string }
			if err := json.Unmarshal(got.Body.Bytes(), &told); accept == "application/json" && (err != nil || told.Why == "") {
				t.Errorf("%s: %q is no reason: %v", test.name, got.Body, err)
			}
		}
	}
}

func TestAPressIsLoggedAndCounted(t *testing.T) {
	var log bytes.Buffer
	site, _ := openLean(t, func(c *web.Config) { c.Log = slog.New(slog.NewJSONHandler(&log, nil)) })
	cookie := signedIn(t, site)
	log.Reset()
	got := webtest.Post(site, "/pl/kpm/zapis", url.Values{"k": {"a-key"}}, "Cookie", cookie)
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, &log)
	}
	for name, want := range map[string]any{
		"msg": "request", "level": "INFO", "route": "press", "method": "POST", "status": 200.0, "request": got.Header().Get("X-Request-Id"),
		"bytes": float64(got.Body.Len()),
	} {
		if line[name] != want {
			t.Errorf("the log has %s = %v, want %v", name, line[name], want)
		}
	}
	if strings.Contains(log.String(), "a-key") || strings.Contains(log.String(), "ada") {
		t.Errorf("the log tells of whom or what: %s", &log)
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:1"
	if figures := webtest.Do(site, r).Body.String(); !strings.Contains(figures, `obrady_request_seconds_count{route="press",status="200"} 1`) {
		t.Errorf("the press is not counted:\n%s", figures)
	}
}

func TestRequestsHaveNamesOfTheirOwn(t *testing.T) {
	site, _ := open(t)
	seen := map[string]bool{}
	for range 2000 {
		id := webtest.Get(site, "/healthz").Header().Get("X-Request-Id")
		if len(id) != 16 || strings.ContainsAny(id, "ilou") || seen[id] {
			t.Fatalf("request id %q, want 16 new letters and digits that can be read out", id)
		}
		seen[id] = true
	}
}

func TestMountRefusesLeanRoutesThatAskForMore(t *testing.T) {
	show := func(http.ResponseWriter, *http.Request) error { return nil }
	for _, test := range []struct {
		name  string
		route web.Route
		want  string
	}{
		{"lean and public", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a", Lean: true, Public: true, Handle: show}, "one of"},
		{"lean and a stream", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a", Lean: true, Stream: true, Handle: show}, "one of"},
		{"lean, to an object", web.Route{Name: "x", PL: "/x", EN: "/x", Action: "a", Object: "session", Lean: true, Handle: show}, "nobody would ask"},
		{"a stream of some", web.Route{Name: "x", Path: "/{e}/x.stream", Action: "a", Who: web.SignedIn, Stream: true, Handle: show}, "by everyone"},
		{"a stream that is sent", web.Route{Name: "x", Method: "POST", Path: "/{e}/x.stream", Action: "a", Stream: true, Handle: show}, "is read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site, _ := open(t)
			if err := site.Mount(test.route); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Mount = %v, want an error with %q", err, test.want)
			}
		})
	}
}

// watching opens a site with a stream, and the stream.
func watching(t *testing.T, change ...func(*web.Config)) (site *web.Site, hub *push.Hub, addr string, stop func() error) {
	t.Helper()
	site, _ = open(t, change...)
	hub = push.NewHub(nil)
	err := site.Mount(web.Route{Name: "counts", Path: "/{edition}/signups.stream", Action: "t.read", Stream: true, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return web.Watch(w, r, hub.Subscribe(push.Topic(r.PathValue("edition"))))
	}})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- web.Serving{Site: site, Server: web.Server("", site), Listener: listener}.Run(ctx)
	}()
	stop = func() error {
		cancel()
		return <-done
	}
	return site, hub, "http://" + listener.Addr().String(), stop
}

func TestAStreamOfASite(t *testing.T) {
	var log bytes.Buffer // read only after the site has stopped
	site, hub, addr, stop := watching(t, func(c *web.Config) {
		c.Log, c.Streams = slog.New(slog.NewJSONHandler(&log, nil)), 1
	})
	r, err := http.NewRequestWithContext(t.Context(), "GET", addr+"/kpm/signups.stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store", "Content-Encoding": "", "X-Accel-Buffering": "no",
		"X-Content-Type-Options": "nosniff",
	} {
		if got := answer.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Scan() // it has its place
	hub.Publish("kpm", push.NewSnapshot("counts", "7", []byte(`{"n":7}`)))
	for lines.Scan() && lines.Text() != `data: {"n":7}` {
	}
	if lines.Err() != nil || lines.Text() != `data: {"n":7}` {
		t.Errorf("the browser gets %q, %v, want the counts", lines.Text(), lines.Err())
	}
	second, err := http.Get(addr + "/kpm/signups.stream")
	if err != nil {
		t.Fatal(err)
	}
	second.Body.Close()
	if second.StatusCode != 503 || second.Header.Get("Retry-After") != "30" {
		t.Errorf("a second stream: %d after %q, want 503 after 30", second.StatusCode, second.Header.Get("Retry-After"))
	}
	figures := webtest.Do(site, local("/metrics")).Body.String()
	if !strings.Contains(figures, "obrady_streams 1\n") || !strings.Contains(figures, `obrady_streams_ended_total{why="refused"} 1`) {
		t.Errorf("figures of one open stream and one refused:\n%s", figures)
	}

	// The site stops at once, although a browser looks on.
	began := time.Now()
	if err := stop(); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("stopping took %v, %v, want no waiting for streams", time.Since(began), err)
	}
	if rest, err := io.ReadAll(answer.Body); err != nil {
		t.Errorf("the stream ended with %q, %v, want a good end", rest, err)
	}
	if n := strings.Count(log.String(), `"route":"counts"`); n != 2 || !strings.Contains(log.String(), `"ended":"stopped"`) {
		t.Errorf("%d lines for two streams, want one each, and why the first ended:\n%s", n, &log)
	}
	if figures := webtest.Do(site, local("/metrics")).Body.String(); strings.Contains(figures, `obrady_request_seconds_count{route="counts",status="200"}`) {
		t.Error("the time that somebody looked on is counted as the time of an answer")
	}
}

func local(path string) *http.Request {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = "127.0.0.1:1"
	return r
}

func TestHeadOfAStreamEndsAtOnce(t *testing.T) {
	_, hub, addr, stop := watching(t)
	answer, err := http.Head(addr + "/kpm/signups.stream")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream; charset=utf-8" {
		t.Errorf("HEAD = %d, %v", answer.StatusCode, answer.Header)
	}
	if err := stop(); err != nil || hub.Watchers("kpm") != 0 {
		t.Errorf("stop = %v, %d still watch, want nobody", err, hub.Watchers("kpm"))
	}
}
