package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// fixtures are the addresses that every site has.
func (s *Site) fixtures() {
	root := s.muxFor("")
	root.HandleFunc("GET /{$}", s.front)
	s.muxFor("pl")
	s.muxFor("en")
	s.muxFor("assets").HandleFunc("GET /assets/{hash}/{file...}", s.serveAsset)
	s.muxFor("healthz").HandleFunc("GET /healthz", s.alive)
	s.muxFor("readyz").HandleFunc("GET /readyz", s.ready)
	s.muxFor("metrics").HandleFunc("GET /metrics", s.showMetrics)
	s.muxFor("favicon.ico").HandleFunc("GET /favicon.ico", s.serveIcon)
	s.muxFor("robots.txt").HandleFunc("GET /robots.txt", s.robots)
	if s.config.SecurityContact != "" {
		s.muxFor(".well-known").HandleFunc("GET /.well-known/security.txt", s.security)
	}
}

func (s *Site) alive(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// ready says whether visitors may be sent here. It names what does not work; why is in the log.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	status, lines := http.StatusOK, []string{}
	for _, check := range s.config.Ready {
		verdict := "ok"
		if err := check.Do(ctx); err != nil {
			status, verdict = http.StatusServiceUnavailable, "failed"
			s.log.ErrorContext(ctx, "not ready", "check", check.Name, "err", err)
		}
		lines = append(lines, check.Name+" "+verdict)
	}
	if len(lines) == 0 {
		lines = []string{"ok"}
	}
	plain(w, status, strings.Join(lines, "\n"))
}

func (s *Site) robots(w http.ResponseWriter, _ *http.Request) {
	rules := s.config.Robots
	if rules == "" {
		rules = "User-agent: *\nAllow: /"
	}
	plain(w, http.StatusOK, rules)
}

// security is RFC 9116.
func (s *Site) security(w http.ResponseWriter, _ *http.Request) {
	expires := s.config.Now().UTC().AddDate(0, 6, 0).Format(time.RFC3339)
	plain(w, http.StatusOK, "Contact: "+s.config.SecurityContact+"\nExpires: "+expires+"\nPreferred-Languages: pl, en")
}

// Server returns a server for handler at addr that nobody can hold up for long.
func Server(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}

// Serving is a server at work.
type Serving struct {
	Site     *Site
	Server   *http.Server
	Listener net.Listener
	// Notice is how long /readyz says that the site is stopping before it does, so that a proxy can notice.
	Notice time.Duration
}

// timeToDrain is how long requests under way may take once the site is stopping.
const timeToDrain = 20 * time.Second

// Run serves until ctx ends, and then lets the requests under way come to their end. Streams have none of their own and
// are ended: browsers ask for them again, of whoever is there then.
func (s Serving) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Server.Serve(s.Listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.Site.draining.Store(true)
	if s.Notice > 0 {
		<-time.After(s.Notice)
	}
	s.Site.streams.End()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeToDrain)
	defer cancel()
	if err := s.Server.Shutdown(stop); err != nil {
		return fmt.Errorf("stop serving: %w", errors.Join(err, s.Server.Close()))
	}
	return nil
}
