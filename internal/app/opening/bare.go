package opening

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"

	"obrady/internal/web"
)

// Bare is all that a bare server answers, whatever it is asked.
type Bare struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// ServeHTTP reads what was sent and answers. It is what a press costs when nothing is decided and nothing is kept.
func (b Bare) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return // whoever pressed has gone
	}
	maps.Copy(w.Header(), b.Header)
	w.WriteHeader(b.Status)
	_, _ = w.Write(b.Body) // likewise
}

// ServeBare answers at addr what a Bare says that it reads from in, as JSON, until ctx ends.
func ServeBare(ctx context.Context, addr string, in io.Reader) error {
	var b Bare
	if err := json.NewDecoder(in).Decode(&b); err != nil {
		return fmt.Errorf("read what to answer: %w", err)
	}
	b.Header.Del("Date") // net/http writes it
	at, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := web.Server(addr, b)
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stopped()
	if err := server.Serve(at); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}
