package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"

	"obrady/internal/web/cache"
)

// servePublic answers from the cache, or has the handler draw the answer once for all who ask meanwhile.
func (s *Site) servePublic(w http.ResponseWriter, r *http.Request, m *mounted) error {
	of := m.Generation
	if of == nil {
		of = s.config.Generation
	}
	generation, known := "", false
	if of != nil {
		generation, known = of(r)
	}
	if !known {
		drawn, err := s.draw(r, m)
		if err != nil {
			return err
		}
		return drawn.Replay(w)
	}
	key := r.URL.Path + "?" + r.URL.RawQuery
	if e := s.cache.Find(key, generation); e != nil {
		e.Send(w, r)
		return nil
	}
	e, drawn, err := s.cache.Draw(key, generation, func() (*cache.Drawing, error) { return s.draw(r, m) })
	switch {
	case err != nil:
		return err
	case e != nil:
		e.Send(w, r)
		return nil
	}
	return drawn.Replay(w)
}

// draw runs the handler. Others may wait for the outcome, so it goes on when this visitor hangs up.
func (s *Site) draw(r *http.Request, m *mounted) (*cache.Drawing, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), timeToAnswer)
	defer cancel()
	r = r.WithContext(ctx)
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet // r is our own copy; what is kept is the whole page
	}
	d := &cache.Drawing{}
	return d, m.Handle(d, r)
}

// compressor wraps answers that are made for one visitor and sent once.
func compressor() (func(http.Handler) http.HandlerFunc, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("compressor: %w", err)
	}
	return wrap, nil
}
