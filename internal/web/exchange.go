package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"obrady/internal/i18n"
)

// exchange is one request with its answer, as the kit knows it. It is the context of the request as well: one thing is
// made for each request, not four.
type exchange struct {
	context.Context

	answer answer
	site   *Site
	route  *mounted // nil before the mux has spoken
	id     string
	lang   i18n.Lang
	signed bool   // a session has been loaded
	caller Caller // on a lean route
	ended  string // why a stream came to its end
	sent   Form   // what was typed, for the page that says that it could not be saved
}

type exchangeKey struct{}

// Value gives the exchange to whoever asks its context for it.
func (x *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return x
	}
	return x.Context.Value(key)
}

// of returns the exchange of r. Handlers are always inside one; a request made by hand gets an error.
func of(r *http.Request) (*exchange, error) {
	x, ok := r.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("web: the request did not come through a site")
	}
	return x, nil
}

// Secure says whether the world reaches the site of r over TLS, so that a cookie must never travel without.
func Secure(r *http.Request) bool {
	x, err := of(r)
	return r.TLS != nil || err == nil && x.site.https()
}

// Lang is the language in which r is answered: that of its path, else the one the browser asks for.
func Lang(r *http.Request) i18n.Lang {
	if x, err := of(r); err == nil {
		return x.lang
	}
	return languageOf(r)
}

// RequestID is the name under which the log tells of r.
func RequestID(r *http.Request) string {
	if x, err := of(r); err == nil {
		return x.id
	}
	return ""
}

const (
	timeToAnswer = 25 * time.Second // less than the server's WriteTimeout, so that there is time to say sorry
	longestURL   = 8 << 10
)

// ServeHTTP answers r.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{
		Context: r.Context(), answer: answer{ResponseWriter: w, began: s.config.Now()},
		site: s, id: s.requestID(r), lang: languageOf(r),
	}
	r = r.WithContext(x)
	s.siteHeaders(w.Header(), x.id)
	defer s.finish(&x.answer, r, x)
	s.route(&x.answer, r)
}

// route refuses what no page should see and hands the rest to the table.
func (s *Site) route(w http.ResponseWriter, r *http.Request) {
	if err := s.admit(r); err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.cross.Check(r); err != nil {
		s.fail(w, r, errCrossSite)
		return
	}
	if r.URL.Path == "/pl" || r.URL.Path == "/en" {
		s.lost(w, r) // the mux would send a redirect for now, not for good
		return
	}
	s.muxOf(r.URL.Path).ServeHTTP(w, r)
}

func (s *Site) admit(r *http.Request) error {
	switch {
	case len(r.RequestURI) > longestURL:
		return errLongAddress
	case !s.knowsHost(r):
		return errWrongHost
	case r.Method == http.MethodTrace || r.Method == http.MethodConnect:
		return errMethod
	case !plainPath(r.URL):
		return ErrNoPage
	}
	return nil
}

// plainPath says whether the path is one that a page of ours could have: no dots that climb, no doubled or
// encoded slashes, nothing invisible, nothing encoded twice.
func plainPath(u *url.URL) bool {
	path := u.Path
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.ContainsAny(path, `\%`) {
		return false
	}
	if u.RawPath != "" && strings.Contains(strings.ToLower(u.RawPath), "%2f") {
		return false
	}
	if !clean(path) {
		return false
	}
	if !strings.Contains(path, "/.") {
		return true
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// serve is what the mux calls for a route.
func (s *Site) serve(m *mounted) http.Handler {
	switch {
	case m.Lean:
		return s.serveBare(m, s.lean)
	case m.Stream:
		return s.serveBare(m, s.stream)
	}
	var inner http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.answer(w, r, m); err != nil {
			s.fail(w, r, err)
		}
	})
	if !m.Public {
		inner = s.compress(inner)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, err := of(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		x.route = m
		setHeaders(w.Header(), m.headers)
		if !m.Public {
			ctx, cancel := context.WithTimeout(r.Context(), timeToAnswer)
			defer cancel()
			r = r.WithContext(ctx)
		}
		inner.ServeHTTP(w, r)
	})
}

func (s *Site) answer(w http.ResponseWriter, r *http.Request, m *mounted) error {
	if err := m.read(w, r); err != nil {
		return err
	}
	if m.Public {
		return s.servePublic(w, r, m)
	}
	s.serveOwn(w, r, m)
	return nil
}

// read takes from r, which is our own copy, what the route does not want to see, and bounds its body.
func (m *mounted) read(w http.ResponseWriter, r *http.Request) error {
	query, err := canonicalQuery(r.URL, m.Query)
	if err != nil {
		return err
	}
	if query != r.URL.RawQuery {
		u := *r.URL
		u.RawQuery = query
		r.URL = &u
	}
	if m.Public {
		return nil
	}
	limit := m.Body
	if limit == 0 {
		limit = defaultBody
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	return nil
}

// serveOwn answers what may differ from person to person.
func (s *Site) serveOwn(w http.ResponseWriter, r *http.Request, m *mounted) {
	s.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x, err := of(r); err == nil {
			x.signed = true
		}
		if err := s.letIn(w, r, m); err != nil {
			s.fail(w, r, err)
		}
	})).ServeHTTP(w, r)
}

func (s *Site) letIn(w http.ResponseWriter, r *http.Request, m *mounted) error {
	if m.Who == Everyone {
		return m.Handle(w, r)
	}
	if Account(r) == "" {
		return s.signIn(w, r, m, errSignIn)
	}
	if s.config.Guard == nil {
		return m.Handle(w, r)
	}
	admitted, err := s.config.Guard.Admit(r, m.Route)
	switch {
	case errors.Is(err, ErrSignInAgain):
		return s.signIn(w, r, m, ErrSignInAgain)
	case err != nil:
		return err
	}
	return m.Handle(w, admitted)
}

// signIn sends whoever is not signed in to where they can. A form goes to the route's own answer, or is refused.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request, m *mounted, why error) error {
	if m.SignedOut != nil && r.Method == http.MethodPost {
		return m.SignedOut(w, r)
	}
	if s.routes[s.config.SignIn] == nil || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return why
	}
	address, err := s.address(Lang(r), s.config.SignIn, r, nil)
	if err != nil {
		return err
	}
	query := url.Values{"next": {r.URL.RequestURI()}}
	if why == ErrSignInAgain { //nolint:errorlint // one of the two that letIn gives
		query.Set("again", "1")
	}
	return seeOther(w, address+"?"+query.Encode())
}

// canonicalQuery keeps what allowed names, sorted and each value once.
func canonicalQuery(u *url.URL, allowed []string) (string, error) {
	if u.RawQuery == "" || slices.Contains(allowed, "*") {
		return u.RawQuery, nil
	}
	if len(allowed) == 0 {
		return "", nil
	}
	if strings.Count(u.RawQuery, "&") >= mostParameters {
		return "", errTooMany
	}
	given, _ := url.ParseQuery(u.RawQuery) // what cannot be read is dropped like what is unknown
	kept := url.Values{}
	for _, name := range allowed {
		for _, value := range given[name] {
			if value != "" && clean(value) && !slices.Contains(kept[name], value) {
				kept.Add(name, value)
			}
		}
		slices.Sort(kept[name])
	}
	return kept.Encode(), nil
}

// Redirect sends the visitor to the route called name after a form was taken (303), so that going back or
// reloading does not send the form again.
func Redirect(w http.ResponseWriter, r *http.Request, name string, args ...any) error {
	x, err := of(r)
	if err != nil {
		return err
	}
	address, err := x.site.address(x.lang, name, r, args)
	if err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	return seeOther(w, address)
}

// RedirectTo is Redirect to an address that somebody else gave. It leads nowhere but to a page of this site.
func RedirectTo(w http.ResponseWriter, r *http.Request, next string) error {
	path, ok := LocalPath(next)
	if !ok {
		path = "/" + string(Lang(r)) + "/"
	}
	return seeOther(w, path)
}

// LocalPath returns next if it is the address of a page of this site, and whether it is.
func LocalPath(next string) (string, bool) {
	u, err := url.Parse(next)
	if err != nil || len(next) > longestURL || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "", false
	}
	if !strings.HasPrefix(next, "/") || strings.Contains(next, `\`) || !plainPath(u) {
		return "", false
	}
	return u.RequestURI(), true
}

func seeOther(w http.ResponseWriter, address string) error {
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
