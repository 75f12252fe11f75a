package session_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/spool"
	"obrady/internal/web"
	"obrady/internal/web/session"
	"obrady/internal/web/webtest"
)

// BenchmarkPress compares what a press costs the server: a bare handler that reads the same form and answers the same
// bytes, a lean route, and an ordinary one. The server is a process of its own; cpu-us/op is its processor time alone.
//
//	go test ./internal/web/session -run '^$' -bench Press -benchtime 100000x -count 5
//
// With OBRADY_PRESS_PROFILE=FILE the server writes a profile of its processor time.
func BenchmarkPress(b *testing.B) {
	for _, way := range []string{"bare", "lean", "page"} {
		b.Run(way, func(b *testing.B) {
			if b.N == 1 {
				return // the first, to see how long one takes, would begin a server for nothing
			}
			addr := pressServer(b, way)
			cookie := fetch(b, addr, "/cookie")
			before := cpuOf(b, addr)
			b.ResetTimer()
			pressAll(b, addr, pressRequest(addr, cookie), b.N)
			b.StopTimer()
			b.ReportMetric(float64(cpuOf(b, addr)-before)/float64(b.N), "cpu-us/op")
		})
	}
}

const pressKey = "k=5f0c1d526a1b5c6e9f0b0b5a&need=headset"

func pressRequest(addr, cookie string) []byte {
	return fmt.Appendf(nil, "POST /pl/kpm-2021/sesje/miasto/zapis HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://%s\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\n"+
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nContent-Length: %d\r\n\r\n%s",
		addr, addr, cookie, len(pressKey), pressKey)
}

// pressAll sends request n times over 128 connections.
func pressAll(b *testing.B, addr string, request []byte, n int) {
	const connections = 128
	var left atomic.Int64
	left.Store(int64(n))
	var crowd sync.WaitGroup
	for range connections {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			b.Fatal(err)
		}
		crowd.Go(func() {
			defer conn.Close()
			answers := bufio.NewReader(conn)
			for left.Add(-1) >= 0 {
				_, _ = conn.Write(request)
				answer, err := http.ReadResponse(answers, nil)
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Error("no answer: ", err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
		})
	}
	crowd.Wait()
}

func fetch(tb testing.TB, addr, path string) string {
	tb.Helper()
	answer, err := http.Get("http://" + addr + path)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func cpuOf(tb testing.TB, addr string) (microseconds int64) {
	tb.Helper()
	if _, err := fmt.Sscan(fetch(tb, addr, "/cpu"), &microseconds); err != nil {
		tb.Fatal(err)
	}
	return microseconds
}

// pressServer starts this test program once more, as a server.
func pressServer(b *testing.B, way string) (addr string) {
	b.Helper()
	args := []string{"-test.run=^TestServePresses$"}
	if profile := os.Getenv("OBRADY_PRESS_PROFILE"); profile != "" {
		args = append(args, "-test.cpuprofile="+profile+"."+way)
	}
	server := exec.Command(os.Args[0], args...)
	server.Env = append(os.Environ(), "OBRADY_PRESS_SERVER="+way)
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// TestServePresses is the server of BenchmarkPress; as a test it is nothing.
func TestServePresses(t *testing.T) {
	way := os.Getenv("OBRADY_PRESS_SERVER")
	if way == "" {
		t.Skip("this is the server of BenchmarkPress, which starts it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	lines := spool.New(file, 0)
	site, cookie := pressSite(t, way, slog.New(slog.NewJSONHandler(lines, nil)))
	mux := http.NewServeMux()
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, cookie) })
	mux.HandleFunc("/cpu", func(w http.ResponseWriter, _ *http.Request) {
		var used syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		fmt.Fprint(w, (used.Utime.Nano()+used.Stime.Nano())/1000)
	})
	server := web.Server("", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			site.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { _ = server.Serve(listener) }()
	fmt.Println(listener.Addr())
	untilInterrupted(ctx)
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if err := lines.Close(); err != nil || lines.Dropped() > 0 {
		t.Errorf("log: %v, %d lines dropped", err, lines.Dropped())
	}
}

var pressed = []byte(`{"receipt":"000123-45","seats":[{"session":"miasto","state":"held","position":0,"why":""}],"now":"2021-05-20T12:00:00.000123Z"}` + "\n")

var jsonKind = []string{"application/json; charset=utf-8"}

// pressSite is what answers presses, one way or another.
func pressSite(t *testing.T, way string, log *slog.Logger) (site http.Handler, cookie string) {
	if way == "bare" {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			form, _ := io.ReadAll(r.Body)
			w.Header()["Content-Type"] = jsonKind
			w.Header()["Content-Length"] = []string{fmt.Sprint(len(pressed))}
			_, _ = w.Write(pressed)
			_ = form
		}), "none=1"
	}
	d := dbtest.New(t, db.SQLite)
	config := webtest.Config(t)
	config.Sessions, config.Log, config.Now = session.NewStore(d, time.Now), log, time.Now
	const account = "0190a0b0-0000-7000-8000-000000000001"
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := people.OpenAccount(t.Context(), tx, people.Account{ID: account, Email: "ada@example.org", CreatedAt: time.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	made := webtest.Site(t, config,
		web.Route{
			Name: "press", Method: "POST", PL: "/{edition}/sesje/{session}/zapis", EN: "/{edition}/sessions/{session}/sign-up",
			Action: "t.edit", Who: web.SignedIn, Lean: way == "lean", Handle: func(w http.ResponseWriter, r *http.Request) error {
				sent, err := web.ReadPress(r)
				if err != nil || sent.Get("k") == "" || web.Account(r) != account {
					return fmt.Errorf("%v by %q: %w", sent, web.Account(r), err)
				}
				web.WriteBytes(w, http.StatusOK, jsonKind, pressed)
				return nil
			},
		},
		web.Route{Name: "enter", Method: "POST", PL: "/wejscie", EN: "/sign-in", Action: "t.read", Handle: func(w http.ResponseWriter, r *http.Request) error {
			return web.SignIn(r, account)
		}})
	got := webtest.Post(made, "/pl/wejscie", url.Values{})
	cookie, _, _ = strings.Cut(got.Header().Get("Set-Cookie"), ";")
	return made, cookie
}

func untilInterrupted(ctx context.Context) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	<-ctx.Done()
}
