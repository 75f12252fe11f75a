package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"obrady/internal/push"
	"obrady/internal/web"
	"obrady/internal/web/webtest"
)

// BenchmarkStreams opens 5,000 streams over real connections and says how much memory of the process each takes, the
// browser's end of the connection included, and how long the counts take to the last of them.
//
//	go test ./internal/web -run '^$' -bench Streams -benchtime 20x
func BenchmarkStreams(b *testing.B) {
	const streams, allowed = 5000, 64 << 10
	hub, addr := streamServer(b)
	before := resident(b)
	browsers := make([]net.Conn, streams)
	for i := range browsers {
		browsers[i] = openStream(b, addr)
	}
	counts := bytes.Repeat([]byte(`"miasto-zielone":[12,0],`), 60) // as many sessions as a large congress has
	room := make([]byte, 64<<10)
	publish := func(n int) {
		hub.Publish("kpm", push.NewSnapshot("counts", fmt.Sprint(n), fmt.Appendf(nil, `{"n":%d,"s":{%s"end":[1,2]}}`, n, counts)))
		for _, browser := range browsers {
			readTo(b, browser, room, []byte("[1,2]}}\n\n"))
		}
	}
	publish(-1)
	each := (resident(b) - before) / streams
	b.ResetTimer()
	for n := range b.N {
		publish(n)
	}
	b.StopTimer()
	after := (resident(b) - before) / streams
	b.ReportMetric(float64(each), "B/stream-at-first")
	b.ReportMetric(float64(after), "B/stream")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms-to-last")
	if after > allowed {
		b.Errorf("a stream takes %d bytes, want at most %d", after, allowed)
	}
	for _, browser := range browsers {
		browser.Close()
	}
}

func streamServer(b *testing.B) (*push.Hub, string) {
	hub := push.NewHub(nil)
	site, err := web.New(web.Config{Catalogue: mustCatalogue(b), Now: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	err = site.Mount(web.Route{Name: "counts", Path: "/{edition}/signups.stream", Action: "t.read", Stream: true, Handle: func(w http.ResponseWriter, r *http.Request) error {
		return web.Watch(w, r, hub.Subscribe(push.Topic(r.PathValue("edition"))))
	}})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := web.Server("", site)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { server.Close() })
	for range 200 { // what every program needs that has begun to answer
		webtest.Get(site, "/healthz")
	}
	return hub, listener.Addr().String()
}

func openStream(b *testing.B, addr string) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.WriteString(conn, "GET /kpm/signups.stream HTTP/1.1\r\nHost: kongres.example\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"+
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nCookie: sid=XKh0vFyD5vMfA7yFOa1kqQzmHnDfk4wYdHbU2y1yQ3E\r\n\r\n")
	if err != nil {
		b.Fatal(err)
	}
	readTo(b, conn, make([]byte, 4<<10), []byte("retry: "))
	return conn
}

// readTo reads until it has seen mark, which comes whole and not in the middle of what is not yet wanted.
func readTo(b *testing.B, conn net.Conn, room, mark []byte) {
	b.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		b.Fatal(err)
	}
	have := 0
	for !bytes.Contains(room[:have], mark) {
		n, err := conn.Read(room[have:])
		if err != nil {
			b.Fatal(err)
		}
		have += n
	}
}

// resident is how many bytes of the machine's memory the process has, once it has given back what it does not use.
func resident(b *testing.B) int {
	b.Helper()
	debug.FreeOSMemory()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skipf("the system does not tell how much memory a process has: %v", err)
	}
	var all, pages int
	if _, err := fmt.Sscan(string(statm), &all, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * os.Getpagesize()
}
