package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/klauspost/compress/zstd"

	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// However the address is written, the page is drawn once for each thing that it can say.
func TestCacheCanonicalises(t *testing.T) {
	site, p := open(t)
	for i, test := range []struct {
		path  string
		drawn int64
	}{
		{"/pl/kpm/rzeczy/a", 1},
		{"/pl/kpm/rzeczy/a?x=1", 1},
		{"/pl/kpm/rzeczy/a?x=2&utm_source=y", 1},
		{"/pl/kpm/rzeczy/a?tag=", 1},
		{"/pl/kpm/rzeczy/a?tag=b&page=2", 2},
		{"/pl/kpm/rzeczy/a?page=2&x=1&tag=b&tag=b", 2},
		{"/pl/kpm/rzeczy/a?tag=c&tag=b", 3},
		{"/pl/kpm/rzeczy/a?tag=b&tag=c", 3},
		{"/pl/kpm/rzeczy/a?tag=%00", 3},
		{"/en/kpm/things/a", 4},
	} {
		if got := webtest.Get(site, test.path); got.Code != 200 || p.drawn.Load() != test.drawn {
			t.Errorf("%d. %s = %d, drawn %d times, want 200 and %d", i, test.path, got.Code, p.drawn.Load(), test.drawn)
		}
	}
	p.generation.Store("2")
	if webtest.Get(site, "/pl/kpm/rzeczy/a"); p.drawn.Load() != 5 {
		t.Errorf("in the next generation drawn %d times, want 5", p.drawn.Load())
	}
	p.generation.Store("")
	for range 2 {
		if got := webtest.Get(site, "/pl/kpm/rzeczy/a"); got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("without a generation Cache-Control = %q, want no-store", got.Header().Get("Cache-Control"))
		}
	}
	if p.drawn.Load() != 7 {
		t.Errorf("without a generation drawn %d times, want 7", p.drawn.Load())
	}
}

func TestCacheKeepsNoError(t *testing.T) {
	site, p := open(t)
	for range 2 {
		if got := webtest.Get(site, "/pl/kpm/rzeczy/nic"); got.Code != 404 {
			t.Errorf("status %d, want 404", got.Code)
		}
	}
	if p.drawn.Load() != 2 || site.Cache().Size() != 0 {
		t.Errorf("asked %d times, %d bytes kept, want 2 and 0", p.drawn.Load(), site.Cache().Size())
	}
}

func TestCodingsAndTags(t *testing.T) {
	site, _ := open(t)
	plain := webtest.Get(site, "/pl/kpm/rzeczy/a").Body.String()
	tags := map[string]bool{}
	for accept, coding := range map[string]string{
		"": "", "br": "", "gzip, deflate": "gzip", "gzip, deflate, br, zstd": "zstd", "zstd;q=0, gzip": "gzip", "gzip;q=0": "", "*": "gzip",
	} {
		got := webtest.Get(site, "/pl/kpm/rzeczy/a", "Accept-Encoding", accept)
		if got.Header().Get("Content-Encoding") != coding || got.Header().Get("Vary") != "Accept-Encoding" || unpack(t, coding, got.Body) != plain {
			t.Errorf("%q: coding %q, want %q with the same page", accept, got.Header().Get("Content-Encoding"), coding)
		}
		tag := got.Header().Get("Etag")
		tags[tag] = true
		for _, given := range []string{tag, `"other", W/` + tag} {
			again := webtest.Get(site, "/pl/kpm/rzeczy/a", "Accept-Encoding", accept, "If-None-Match", given)
			if again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("Etag") != tag {
				t.Errorf("%q with %s = %d and %d bytes, want 304 and none", accept, given, again.Code, again.Body.Len())
			}
		}
		if other := webtest.Get(site, "/pl/kpm/rzeczy/a", "If-None-Match", `"other"`); other.Code != 200 {
			t.Errorf("with another tag = %d, want 200", other.Code)
		}
	}
	if len(tags) != 3 {
		t.Errorf("tags %v, want one for each coding", tags)
	}
	if got := webtest.Get(site, "/kpm/schedule.xml", "If-Modified-Since", webtest.Noon.Format(http.TimeFormat)); got.Code != 304 {
		t.Errorf("a feed that has not changed = %d, want 304", got.Code)
	}
	own := webtest.Get(site, "/pl/kpm/rzeczy/a/zmiana", "Accept-Encoding", "gzip")
	if own.Header().Get("Content-Encoding") != "gzip" || !strings.Contains(unpack(t, "gzip", own.Body), "</html>") {
		t.Errorf("a page for one visitor is not compressed: %v", own.Header())
	}
}

func unpack(t *testing.T, coding string, body io.Reader) string {
	t.Helper()
	var err error
	switch coding {
	case "gzip":
		body, err = gzip.NewReader(body)
	case "zstd":
		body, err = zstd.NewReader(body)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// HEAD says what GET would, without it, and what it keeps is the whole page.
func TestHead(t *testing.T) {
	site, p := open(t)
	head := webtest.Do(site, httptest.NewRequest("HEAD", "/pl/kpm/rzeczy/a", nil))
	get := webtest.Get(site, "/pl/kpm/rzeczy/a")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != fmt.Sprint(get.Body.Len()) ||
		head.Header().Get("Etag") != get.Header().Get("Etag") || p.drawn.Load() != 1 {
		t.Errorf("HEAD = %d, %d bytes, %v; GET %v, drawn %d times", head.Code, head.Body.Len(), head.Header(), get.Header(), p.drawn.Load())
	}
}

// A thousand people open the programme in the second after a release, and it is drawn once.
func TestCacheInACrowd(t *testing.T) {
	site, p := open(t)
	p.hold = make(chan struct{})
	var crowd sync.WaitGroup
	for range 1000 {
		crowd.Go(func() {
			if got := webtest.Get(site, "/pl/kpm/rzeczy/a"); got.Code != 200 {
				t.Errorf("status %d, want 200", got.Code)
			}
		})
	}
	for p.drawn.Load() == 0 {
	}
	close(p.hold)
	crowd.Wait()
	if got := p.drawn.Load(); got != 1 {
		t.Errorf("drawn %d times, want once", got)
	}
}

// Whatever is asked for, the cache stays within its bounds, and what everybody asks for stays in it.
func TestCacheIsBounded(t *testing.T) {
	const limit = 200 << 10
	site, p := open(t, func(c *web.Config) { c.CacheBytes = limit })
	webtest.Get(site, "/pl/kpm/rzeczy/wszyscy")
	for i := range 200 {
		webtest.Get(site, fmt.Sprint("/pl/kpm/rzeczy/", i))
		webtest.Get(site, "/pl/kpm/rzeczy/wszyscy")
		if size := site.Cache().Size(); size > limit {
			t.Fatalf("after %d pages %d bytes, want at most %d", i, size, limit)
		}
	}
	if drawn := p.drawn.Load(); drawn > 201+20 {
		t.Errorf("drawn %d times for 201 pages: what everybody asks for does not stay", drawn)
	}
}

func TestAssets(t *testing.T) {
	files := fstest.MapFS{
		"css/order.txt": {Data: []byte("# first the tokens\ntokens.css\nbase.css\n")}, "css/base.css": {Data: []byte("b{}")},
		"css/tokens.css": {Data: []byte("t{}")}, "js/obrady.js": {Data: []byte("import './x.js'")}, "README.md": {Data: []byte("inside only")},
		"icon/favicon.svg": {Data: []byte("<svg/>")},
	}
	site, _ := open(t, func(c *web.Config) { c.Assets = files })
	page := webtest.Get(site, "/pl/").Body.String()
	_, rest, _ := strings.Cut(page, `<link rel="stylesheet" href="`)
	sheet, _, _ := strings.Cut(rest, `"`)
	got := webtest.Get(site, sheet)
	if got.Code != 200 || got.Body.String() != "t{}\nb{}\n" || got.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%s = %d %q %v, want both sheets in order, for good", sheet, got.Code, got.Body, got.Header())
	}
	if !strings.Contains(page, `<script type="module" src="/assets/`) {
		t.Errorf("no script in\n%s", page)
	}
	for path, want := range map[string]int{
		strings.Replace(sheet, "obrady.css", "js/obrady.js", 1): 200, strings.Replace(sheet, "obrady.css", "README.md", 1): 404,
		"/assets/old/obrady.css": 200, "/assets/old/nothing.css": 404, "/favicon.ico": 200, "/assets/": 404,
	} {
		got := webtest.Get(site, path)
		if got.Code != want || strings.Contains(path, "old") && strings.Contains(got.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s = %d, %q, want %d", path, got.Code, got.Header().Get("Cache-Control"), want)
		}
	}
	delete(files, "css/tokens.css")
	config := webtest.Config(t)
	config.Assets = files
	if _, err := web.New(config); err == nil {
		t.Error("New took an order of style sheets with one that is not there")
	}
}

// BenchmarkPublicPage compares a page from the cache with the same bytes from a bare handler, over real
// connections in the same run; the aim is 80 % of the bare handler's requests a second.
func BenchmarkPublicPage(b *testing.B) {
	content := bytes.Repeat([]byte("<p>Miasto w ruchu, program dnia pierwszego, scena główna.</p>\n"), 400)
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(content)
	})
	b.Run("bare", func(b *testing.B) { hammer(b, bare, "/") })
	b.Run("cached", func(b *testing.B) { hammer(b, benchSite(b, content), "/pl/x") })
}

func benchSite(b *testing.B, content []byte) http.Handler {
	b.Helper()
	catalogue := mustCatalogue(b)
	site, err := web.New(web.Config{
		Catalogue: catalogue, Now: now, Log: slog.New(slog.NewJSONHandler(&sink{}, nil)),
		Generation: func(*http.Request) (string, bool) { return "1", true },
	})
	if err != nil {
		b.Fatal(err)
	}
	err = site.Mount(web.Route{
		Name: "x", PL: "/x", EN: "/x", Action: "t.read", Public: true,
		Handle: func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, err := w.Write(content)
			return err
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	return site
}

func hammer(b *testing.B, h http.Handler, path string) {
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true}}
	b.SetParallelism(16)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+path, nil)
			if err != nil {
				b.Error(err)
				return
			}
			answer, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

// sink takes the log of the benchmark, so that writing its lines is measured too.
type sink struct{}

func (*sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkHotPath is what the kit itself costs for a page from the cache, without any network.
func BenchmarkHotPath(b *testing.B) {
	site := benchSite(b, bytes.Repeat([]byte("x"), 24<<10))
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/pl/x", nil)
	b.ReportAllocs()
	for b.Loop() {
		site.ServeHTTP(&nowhere{http.Header{}}, r)
	}
}

type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(int)             {}
