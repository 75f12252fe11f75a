package stream

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"obrady/internal/push"
)

// stage is a server with one topic and nothing else.
type stage struct {
	*Streams
	hub   *push.Hub
	addr  string
	begun chan struct{} // one for each stream that has a place
	ended chan string   // why
}

func newStage(t *testing.T, s *Streams) *stage {
	t.Helper()
	h := &stage{Streams: s, hub: push.NewHub(nil), begun: make(chan struct{}, 10), ended: make(chan string, 10)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h.Admit(func() error {
			from := h.hub.Subscribe("kpm")
			defer from.Close()
			h.begun <- struct{}{}
			h.ended <- h.Watch(w, r, from)
			return nil
		})
		if errors.Is(err, ErrFull) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	// Both end long before the streams of these tests do.
	server.Config.ReadTimeout, server.Config.WriteTimeout = 100*time.Millisecond, 100*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	h.addr = server.Listener.Addr().String()
	return h
}

// reader is a browser that takes one line after the other.
type reader struct {
	net.Conn
	lines *bufio.Reader
	head  string
}

func (h *stage) open(t *testing.T, headers string) *reader {
	t.Helper()
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil { // so that no test hangs
		t.Fatal(err)
	}
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: kongres.example\r\n"+headers+"\r\n")
	r := &reader{Conn: conn, lines: bufio.NewReader(conn)}
	for line := ""; line != "\r\n"; r.head += line {
		if line, err = r.lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// until reads on to a line that begins so, and returns it.
func (r *reader) until(t *testing.T, beginning string) string {
	t.Helper()
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			t.Fatalf("waiting for %q: %v", beginning, err)
		}
		if strings.HasPrefix(line, beginning) {
			return strings.TrimSpace(line)
		}
	}
}

// figures are those of the operator: the streams that are open, and those that have ended by why.
func (h *stage) figures(t *testing.T) map[string]float64 {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(h.Figures()...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, family := range families {
		for _, one := range family.GetMetric() {
			all["open"] += one.GetGauge().GetValue()
			for _, label := range one.GetLabel() {
				all[label.GetValue()] = one.GetCounter().GetValue()
			}
		}
	}
	return all
}

func counts(id, data string) push.Snapshot { return push.NewSnapshot("counts", id, []byte(data)) }

func TestSnapshotsReachTheBrowser(t *testing.T) {
	h := newStage(t, New(0))
	b := h.open(t, "")
	for _, want := range []string{"HTTP/1.1 200", "text/event-stream; charset=utf-8", "X-Accel-Buffering: no"} {
		if !strings.Contains(b.head, want) {
			t.Errorf("no %q in\n%s", want, b.head)
		}
	}
	b.until(t, "retry: ")
	for _, id := range []string{"1", "2"} {
		h.hub.Publish("kpm", counts(id, "seats "+id))
		b.until(t, "id: "+id)
		if got := b.until(t, "data:"); got != "data: seats "+id {
			t.Errorf("data %q, want seats %s", got, id)
		}
	}
	again := h.open(t, "Last-Event-ID: 2\r\n") // it knows the state of now
	again.until(t, "retry: ")
	h.hub.Publish("kpm", counts("3", "seats 3"))
	if got := again.until(t, "data:"); got != "data: seats 3" {
		t.Errorf("who has seen 2 gets %q first, want seats 3", got)
	}
	behind := h.open(t, "Last-Event-ID: 2\r\n")
	if got := behind.until(t, "data:"); got != "data: seats 3" {
		t.Errorf("who has missed 3 gets %q, want seats 3", got)
	}
	_ = b.Close()
	if why := <-h.ended; why != left {
		t.Errorf("the stream of a browser that left ended as %q", why)
	}
	if n := h.figures(t)["left"]; n != 1 {
		t.Errorf("%v that left are counted, want 1", n)
	}
}

// The deadlines of the server are those of pages: here both are over after a tenth of a second.
func TestAStreamOutlivesTheDeadlinesOfPages(t *testing.T) {
	s := New(0)
	s.heartbeat = 25 * time.Millisecond
	h := newStage(t, s)
	b := h.open(t, "")
	began := time.Now()
	for time.Since(began) < 500*time.Millisecond {
		b.until(t, ":")
	}
	h.hub.Publish("kpm", counts("1", "still here"))
	if got := b.until(t, "data:"); got != "data: still here" {
		t.Errorf("after the deadlines: %q", got)
	}
}

func TestWhoDoesNotReadIsCutOff(t *testing.T) {
	s := New(0)
	s.patience = 50 * time.Millisecond
	h := newStage(t, s)
	b := h.open(t, "")
	b.until(t, "retry: ")
	h.hub.Publish("kpm", counts("1", strings.Repeat("seats ", 8<<20))) // more than the kernel takes
	if why := <-h.ended; why != slow {
		t.Errorf("a browser that does not read: %q, want slow", why)
	}
	if n := h.figures(t)["slow"]; n != 1 {
		t.Errorf("%v slow ones counted, want 1", n)
	}
}

func TestThereIsRoomForSoMany(t *testing.T) {
	h := newStage(t, New(1))
	b := h.open(t, "")
	b.until(t, "retry: ")
	if n := h.figures(t)["open"]; n != 1 {
		t.Errorf("%v streams are open, want 1", n)
	}
	if refused := h.open(t, ""); !strings.HasPrefix(refused.head, "HTTP/1.1 503") {
		t.Errorf("the second of one:\n%s", refused.head)
	}
	_ = b.Close()
	<-h.ended
	<-h.begun
	for { // until its place is free
		again := h.open(t, "")
		if strings.HasPrefix(again.head, "HTTP/1.1 200") {
			break
		}
	}
}

func TestTheEndOfAll(t *testing.T) {
	h := newStage(t, New(0))
	b := h.open(t, "")
	b.until(t, "retry: ")
	h.End()
	h.End() // asked twice
	if why := <-h.ended; why != stopped {
		t.Errorf("ended as %q, want stopped", why)
	}
	if rest, err := io.ReadAll(b.lines); err == nil && !strings.HasSuffix(string(rest), "0\r\n\r\n") {
		t.Errorf("the answer ends with %q, want a whole last chunk", rest)
	}
	if late := h.open(t, ""); !strings.HasPrefix(late.head, "HTTP/1.1 503") {
		t.Errorf("a stream after the end:\n%s", late.head)
	}
}
