package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/i18n"
	"obrady/internal/web/cache"
	"obrady/internal/web/stream"
)

// Config is what a Site needs. The zero value of each field is good, except for Catalogue and Now.
type Config struct {
	Catalogue *i18n.Catalogue
	Now       func() time.Time
	Log       *slog.Logger // nothing is logged when nil

	// BaseURL is where the site stands for the world, such as "https://kongres.example". With https come
	// HSTS and cookies that no plain connection carries.
	BaseURL string
	// Hosts are the names that the site answers to; any when empty.
	Hosts []string
	// TrustedProxies may say who the visitor behind them is.
	TrustedProxies []netip.Prefix
	// MetricsFrom may read /metrics; the machine itself when empty.
	MetricsFrom []netip.Prefix

	// Guard decides what signed-in people may do. Whoever is signed in may do everything when nil.
	Guard Guard
	// Sessions keeps who is signed in; in memory when nil.
	Sessions scs.CtxStore
	// Assets are the files under /assets; the ones of the house when nil.
	Assets fs.FS
	// CacheBytes bounds the page cache; 24 MB when zero.
	CacheBytes int64
	// Streams bounds how many answers stay open at a time; 20,000 when zero.
	Streams int64
	// Generation names the state that public pages are drawn from, and says false when there is none. It is
	// asked for each public request, so it must answer from memory.
	Generation func(r *http.Request) (string, bool)
	// Frame says what stands around a page. It must answer from memory.
	Frame func(r *http.Request, lang i18n.Lang) Frame

	// SignIn, Programme and Search name the routes that the kit sends people to, where there are such.
	SignIn, Programme, Search string
	// Ready are asked by /readyz.
	Ready []Check
	// Robots is the text of /robots.txt; all may be visited when empty.
	Robots string
	// SecurityContact goes into /.well-known/security.txt; there is no such file when empty.
	SecurityContact string
}

// Guard says who may do what.
type Guard interface {
	// Know says what is wrong with a row of the table: an action that no policy knows, say. No such row is mounted.
	Know(route Route) error
	// Admit is asked before the handler of each route that is not for everyone. It returns r, perhaps with something
	// for the handler in its context, or ErrNoPage, ErrSignInAgain, or another error that says why not.
	Admit(r *http.Request, route Route) (*http.Request, error)
}

// Check is one thing that must work before visitors are let in.
type Check struct {
	Name string
	Do   func(ctx context.Context) error
}

// Site holds the table of routes and answers requests by it.
type Site struct {
	config    Config
	log       *slog.Logger
	base      *url.URL
	muxes     map[string]*http.ServeMux // by first segment; see find.go
	routes    map[string]*mounted
	byPattern map[string]*mounted
	order     []*mounted
	cache     *cache.Cache
	assets    *Assets
	sessions  *scs.SessionManager
	metrics   *metrics
	cross     *http.CrossOriginProtection
	compress  func(http.Handler) http.HandlerFunc
	callers   Callers
	streams   *stream.Streams
	draining  atomic.Bool  // the site is about to stop
	troubled  atomic.Int64 // the second in which the log last told that nothing can be written
}

// New builds a Site. It fails where the configuration contradicts itself.
func New(c Config) (*Site, error) {
	if c.Catalogue == nil || c.Now == nil {
		return nil, errors.New("web: a site needs sentences and a clock")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || (c.BaseURL != "" && (base.Host == "" || (base.Scheme != "http" && base.Scheme != "https"))) {
		return nil, fmt.Errorf("web: %q is no address of a site", c.BaseURL)
	}
	if c.Assets == nil {
		c.Assets = House()
	}
	assets, err := newAssets(c.Assets)
	if err != nil {
		return nil, fmt.Errorf("web: assets: %w", err)
	}
	s := &Site{
		config: c, log: c.Log, base: base, assets: assets,
		muxes:  map[string]*http.ServeMux{},
		routes: map[string]*mounted{}, byPattern: map[string]*mounted{},
		cache: cache.New(c.CacheBytes), metrics: newMetrics(),
	}
	return s, s.prepare()
}

func (s *Site) prepare() (err error) {
	if s.compress, err = compressor(); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	s.sessions = s.newSessions()
	s.callers = s.newCallers()
	s.streams = stream.New(s.config.Streams)
	s.metrics.registry.MustRegister(s.streams.Figures()...)
	s.cross = http.NewCrossOriginProtection()
	if s.config.BaseURL != "" {
		if err := s.cross.AddTrustedOrigin(s.base.Scheme + "://" + s.base.Host); err != nil {
			return fmt.Errorf("web: base address: %w", err)
		}
	}
	s.fixtures()
	return nil
}

// https says whether the world reaches the site over TLS.
func (s *Site) https() bool { return s.base.Scheme == "https" }

// Absolute returns path with the site's base address in front, for feeds, letters and canonical links.
func (s *Site) Absolute(path string) string {
	return strings.TrimSuffix(s.config.BaseURL, "/") + path
}

// Cache is the page cache, for the benchmark and for whoever must empty it.
func (s *Site) Cache() *cache.Cache { return s.cache }
