package bench

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestALoadCountsWholeAnswers(t *testing.T) {
	long := strings.Repeat("ą", 5000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/chunks":
			_, _ = io.WriteString(w, long)
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, long)
		case "/not-modified":
			w.WriteHeader(http.StatusNotModified)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			_, _ = io.WriteString(w, "short")
		}
	}))
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	for path, status := range map[string]int{"/": 200, "/chunks": 200, "/not-modified": 304} {
		l := load{addr: addr, request: Request(addr, path, nil), status: status, connections: 2}
		defer l.leave()
		got, err := l.run(t.Context(), 20*time.Millisecond)
		if err != nil || got.perSecond <= 0 || got.p50 <= 0 || got.p99 < got.p50 {
			t.Errorf("load of %s = %+v, %v, want figures", path, got, err)
		}
	}
	l := load{addr: addr, request: Request(addr, "/broken", nil), status: http.StatusOK, connections: 1}
	defer l.leave()
	if _, err := l.run(t.Context(), time.Millisecond); err == nil || !strings.Contains(err.Error(), "500") {
		t.Errorf("load of a broken page = %v, want an error with its status", err)
	}
}
