package web

import (
	"errors"
	"net/http"
	"time"

	"obrady/internal/push"
	"obrady/internal/web/stream"
)

// stream lets one more answer stay open, as far as there is room.
func (s *Site) stream(w http.ResponseWriter, r *http.Request, x *exchange) error {
	err := s.streams.Admit(func() error { return x.route.Handle(w, r) })
	if errors.Is(err, stream.ErrFull) {
		return Busy(30 * time.Second)
	}
	return err
}

// Watch answers r, on a route that is a stream, with the snapshots of from: all that a handler does once it knows what
// is watched. It returns when the browser has left or the site stops, and closes from.
//
// A browser that was refused with a status does not ask again by itself; one whose stream has ended does, after some
// seconds that differ from browser to browser.
func Watch(w http.ResponseWriter, r *http.Request, from *push.Stream) error {
	defer from.Close()
	x, err := of(r)
	if err != nil {
		return err
	}
	x.ended = x.site.streams.Watch(w, r, from)
	return nil
}
