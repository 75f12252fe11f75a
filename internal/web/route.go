package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"obrady/internal/i18n"
)

// Handler answers one request, or says by its error why it could not; Site turns the error into a page.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Who says which people a route lets in before its handler is asked.
type Who uint8

// The people a route lets in.
const (
	Everyone Who = iota // the public of the congress
	SignedIn            // whoever has an account and is signed in with it
)

// Route is one row in the table of addresses.
//
// A page has an address in each language, PL and EN, written without the language in front:
// "/{edition}/sesje/{session}" answers at /pl/kpm-2021/sesje/miasto-zielone. A machine file has one Path.
type Route struct {
	Name   string // what templates call it, unique in the house
	Method string // GET, which answers HEAD as well, when empty
	PL, EN string // patterns in each language; "/" is the front page
	Path   string // or one pattern without a language
	Action string // the row of the policy that allows it, such as "programme.read"; none, no route
	Object string // what the action is done to, as the guard calls it; "" for the public and for one's own
	Who    Who
	Handle Handler
	// SignedOut answers a form that comes from somebody who is not signed in, or no longer, so that what was typed
	// need not be lost; the refusal does when nil.
	SignedOut Handler

	// Public answers are the same bytes for everybody: they are kept and sent again until the generation
	// changes, and the handler never sees a session.
	Public bool
	// Lean is for what thousands press in one second: no session is loaded, nothing is compressed, no answer is given
	// up, and the guard is not asked. CallerOf says who it is; what the account may do, the handler must ask itself.
	// The rule of the action must let in everyone, or whoever is signed in.
	Lean bool
	// Stream is for an answer that stays open, to anybody: see Watch.
	Stream bool
	// Query names the parameters that count. All others are dropped before the handler looks, so that nobody
	// can fill the cache with ?x=1, ?x=2. "*" lets all of them through to a route that is not Public.
	Query []string
	// Body is the most bytes that a request may carry; 256 kB when zero.
	Body int64
	// CORS lets scripts of any origin read the answer.
	CORS bool
	// Ancestors are the origins that may frame the answer ("*" for all); none when empty.
	Ancestors string
	// Generation overrides Config.Generation for this route.
	Generation func(r *http.Request) (string, bool)
}

const defaultBody = 256 << 10

// ErrNoAddress is returned by Site.URL for a name that is not in the table, or with too few or too many values.
var ErrNoAddress = errors.New("web: no such address")

// mounted is a route with what is known about it once it is in the table.
type mounted struct {
	Route
	headers []header
	took    took
}

// pattern returns the whole pattern in lang, with the language in front.
func (r *Route) pattern(lang i18n.Lang) string {
	switch {
	case r.Path != "":
		return r.Path
	case lang == i18n.English:
		return "/en" + r.EN
	default:
		return "/pl" + r.PL
	}
}

func (r *Route) patterns() []string {
	if r.Path != "" {
		return []string{r.Path}
	}
	return []string{r.pattern(i18n.Polish), r.pattern(i18n.English)}
}

// check says what is wrong with the row, before the mux has a look at it.
func (r *Route) check() error {
	switch {
	case r.Name == "":
		return errors.New("it has no name")
	case r.Action == "":
		return errors.New("it has no action, so no policy allows it")
	case r.Handle == nil:
		return errors.New("it has no handler")
	case (r.Path == "") == (r.PL == "" && r.EN == ""):
		return errors.New("it needs a path, or an address in each language")
	case r.Path == "" && (r.PL == "" || r.EN == ""):
		return errors.New("it has an address in one language only")
	case r.Public && r.Method != http.MethodGet:
		return errors.New("only what is read can be public")
	case r.Public && r.Who != Everyone:
		return errors.New("it cannot be public and for some people only")
	case r.Public && slices.Contains(r.Query, "*"):
		return errors.New("a public route names its parameters")
	case r.Lean && (r.Public || r.Stream), r.Public && r.Stream:
		return errors.New("it can be one of public, lean and a stream")
	case r.Lean && r.Object != "":
		return errors.New("it is lean, so nobody would ask what may be done to its object")
	case r.Stream && (r.Who != Everyone || r.Method != http.MethodGet):
		return errors.New("a stream is read, and by everyone")
	}
	if r.Path == "" && !slices.Equal(slices.Sorted(slices.Values(wildcards(r.PL))), slices.Sorted(slices.Values(wildcards(r.EN)))) {
		return errors.New("its addresses take different values")
	}
	return nil
}

// Mount adds routes to the table. It fails on a row that is incomplete and on two rows that meet at one address.
// All routes are mounted before the first request.
func (s *Site) Mount(routes ...Route) error {
	for _, route := range routes {
		if route.Method == "" {
			route.Method = http.MethodGet
		}
		if err := s.mount(&mounted{Route: route}); err != nil {
			return fmt.Errorf("mount %s %q: %w", route.Method, route.Name, err)
		}
	}
	return nil
}

func (s *Site) mount(m *mounted) error {
	if err := m.check(); err != nil {
		return err
	}
	if s.config.Guard != nil {
		if err := s.config.Guard.Know(m.Route); err != nil {
			return err
		}
	}
	if s.routes[m.Name] != nil {
		return errors.New("the name is taken")
	}
	m.headers = s.routeHeaders(&m.Route)
	handler := s.serve(m)
	for _, pattern := range slices.Compact(m.patterns()) {
		if err := register(s.muxFor(muxName(pattern)), m.Method+" "+muxPattern(pattern), handler); err != nil {
			return err
		}
		s.byPattern[m.Method+" "+muxPattern(pattern)] = m
	}
	s.routes[m.Name] = m
	s.order = append(s.order, m)
	return nil
}

// register turns the mux's panic about a conflict into an error.
func register(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("%v", trouble)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// muxPattern closes a pattern that ends in a slash, which would else match all that is below.
func muxPattern(pattern string) string {
	if strings.HasSuffix(pattern, "/") {
		return pattern + "{$}"
	}
	return pattern
}

// wildcards returns the names of the values in pattern, in order.
func wildcards(pattern string) (names []string) {
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := wildcard(segment); ok {
			names = append(names, name)
		}
	}
	return names
}

func wildcard(segment string) (name string, ok bool) {
	if !strings.HasPrefix(segment, "{") || !strings.HasSuffix(segment, "}") {
		return "", false
	}
	return strings.TrimSuffix(segment[1:len(segment)-1], "..."), true
}

// fill puts values into pattern, escaped. A value for {rest...} keeps its slashes.
func fill(pattern string, values map[string]string) string {
	segments := strings.Split(pattern, "/")
	for i, segment := range segments {
		if name, ok := wildcard(segment); ok {
			segments[i] = url.PathEscape(values[name])
			if strings.HasSuffix(segment, "...}") {
				segments[i] = strings.ReplaceAll(segments[i], "%2F", "/")
			}
		}
	}
	return strings.Join(segments, "/")
}

// match returns the values that path has in pattern, and whether it fits at all.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	values := map[string]string{}
	for i, segment := range want {
		name, isValue := wildcard(segment)
		switch {
		case i >= len(got):
			return nil, false
		case isValue && strings.HasSuffix(segment, "...}"):
			values[name] = strings.Join(got[i:], "/")
			return values, true
		case isValue && got[i] != "":
			values[name] = got[i]
		case segment != got[i]:
			return nil, false
		}
	}
	return values, len(want) == len(got)
}

// URL returns the address in lang of the route called name, with args in the order of its pattern in that
// language. It returns ErrNoAddress when there is no such route or args do not fit it.
func (s *Site) URL(lang i18n.Lang, name string, args ...any) (string, error) {
	return s.address(lang, name, nil, args)
}

// address is URL, with the leading values that args lack taken from the request that is being answered.
func (s *Site) address(lang i18n.Lang, name string, r *http.Request, args []any) (string, error) {
	route := s.routes[name]
	if route == nil {
		return "", fmt.Errorf("%w: nothing is called %q", ErrNoAddress, name)
	}
	pattern := route.pattern(lang)
	names, values := wildcards(pattern), map[string]string{}
	missing := len(names) - len(args)
	if missing < 0 || (missing > 0 && r == nil) {
		return "", fmt.Errorf("%w: %q takes %d values, got %d", ErrNoAddress, name, len(names), len(args))
	}
	for i, wanted := range names {
		if i < missing {
			values[wanted] = r.PathValue(wanted)
		} else {
			values[wanted] = fmt.Sprint(args[i-missing])
		}
		if values[wanted] == "" {
			return "", fmt.Errorf("%w: %q has nothing for %s", ErrNoAddress, name, wanted)
		}
	}
	return fill(pattern, values), nil
}

// Routes lists what is mounted, in the order of mounting.
func (s *Site) Routes() []Route {
	all := make([]Route, len(s.order))
	for i, m := range s.order {
		all[i] = m.Route
	}
	return all
}
