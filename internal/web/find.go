package web

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"obrady/internal/i18n"
)

// The table is kept in one mux for each literal first segment (pl, en, api, assets), one for each literal segment
// after a language (pl/wejscie), and one, called "", for patterns that begin with a value: /{edition}/schedule.xml
// would else meet /pl/{edition} at /pl/schedule.xml, and /pl/wejscie/{token} would meet /pl/{edition}/program.

func (s *Site) muxFor(segment string) *http.ServeMux {
	if s.muxes[segment] == nil {
		s.muxes[segment] = http.NewServeMux()
		s.muxes[segment].HandleFunc("/", s.lost)
	}
	return s.muxes[segment]
}

func (s *Site) muxOf(path string) *http.ServeMux {
	if mux := s.muxes[twoSegments(path)]; mux != nil {
		return mux
	}
	if mux := s.muxes[firstSegment(path)]; mux != nil {
		return mux
	}
	return s.muxes[""]
}

// Reserved says whether the house itself uses word as the first segment of an address, so that no edition can
// be called so.
func (s *Site) Reserved(word string) bool {
	if word == "" || s.muxes[word] != nil {
		return true
	}
	for _, lang := range i18n.Langs {
		if s.muxes[string(lang)+"/"+word] != nil {
			return true
		}
	}
	return false
}

// muxName names the mux that pattern belongs into.
func muxName(pattern string) string {
	first, two := firstSegment(pattern), twoSegments(pattern)
	_, isLang := i18n.ParseLang(first)
	if _, isValue := wildcard(two[strings.LastIndexByte(two, '/')+1:]); !isLang || isValue || two == first+"/" {
		return first
	}
	return two
}

// twoSegments returns the first two segments of path, or what there is of them.
func twoSegments(path string) string {
	path = strings.TrimPrefix(path, "/")
	if first := strings.IndexByte(path, '/'); first >= 0 {
		if second := strings.IndexByte(path[first+1:], '/'); second >= 0 {
			return path[:first+1+second]
		}
	}
	return path
}

func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if _, isValue := wildcard(segment); isValue {
		return ""
	}
	return segment
}

// lost answers what the table does not know: a method that the address does not take, the words of the other
// language, a slash too many, or an address that leads nowhere.
func (s *Site) lost(w http.ResponseWriter, r *http.Request) {
	// Without a pattern it was not the mux that sent r here: the language alone, which only lacks its slash.
	if allowed := s.allowed(r); len(allowed) > 0 && r.Pattern != "" {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		if r.Method == http.MethodOptions {
			s.preflight(w, r, allowed)
			return
		}
		s.fail(w, r, errMethod)
		return
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if address := s.elsewhere(r.URL.Path); address != "" {
			if r.URL.RawQuery != "" {
				address += "?" + r.URL.RawQuery
			}
			w.Header().Set("Location", address)
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
	}
	s.fail(w, r, ErrNoPage)
}

// allowed lists the methods that the address of r takes; none when it leads nowhere.
func (s *Site) allowed(r *http.Request) (methods []string) {
	for _, method := range []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		if s.patternOf(method, r.URL.Path) == "" {
			continue
		}
		methods = append(methods, method)
		if method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	return methods
}

// patternOf returns the pattern that answers path, or "".
func (s *Site) patternOf(method, path string) string {
	probe := &http.Request{Method: method, URL: &url.URL{Path: path}, Host: "probe"}
	_, pattern := s.muxOf(path).Handler(probe)
	if pattern == "/" {
		return ""
	}
	return pattern
}

// preflight tells a script of another origin what it may ask for.
func (s *Site) preflight(w http.ResponseWriter, r *http.Request, allowed []string) {
	if m := s.byPattern[s.patternOf(http.MethodGet, r.URL.Path)]; m != nil && m.CORS {
		setHeaders(w.Header(), m.headers)
		w.Header().Set("Access-Control-Allow-Methods", strings.Join(allowed, ", "))
		w.Header().Set("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since")
		w.Header().Set("Access-Control-Max-Age", "86400")
	}
	w.WriteHeader(http.StatusNoContent)
}

// elsewhere returns where the thing at path really is, or "".
func (s *Site) elsewhere(path string) string {
	if path == "/pl" || path == "/en" {
		return path + "/"
	}
	if trimmed := strings.TrimSuffix(path, "/"); trimmed != path && s.patternOf(http.MethodGet, trimmed) != "" {
		return (&url.URL{Path: trimmed}).EscapedPath()
	}
	lang, ok := prefixed(path)
	if !ok {
		return ""
	}
	// The words of the other language: /en/kpm-2021/sesje/otwarcie is /en/kpm-2021/sessions/otwarcie.
	other := lang.Other()
	translated := "/" + string(other) + strings.TrimPrefix(path, "/"+string(lang))
	m := s.byPattern[s.patternOf(http.MethodGet, translated)]
	if m == nil {
		return ""
	}
	values, ok := match(m.pattern(other), translated)
	if !ok {
		return ""
	}
	return fill(m.pattern(lang), values)
}

// front sends whoever asks for the bare site to the front page in his language.
func (s *Site) front(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Location", "/"+string(languageOf(r))+"/")
	w.WriteHeader(http.StatusFound)
}

// prefixed returns the language that path begins with.
func prefixed(path string) (i18n.Lang, bool) {
	for _, lang := range i18n.Langs {
		if rest, ok := strings.CutPrefix(path, "/"+string(lang)); ok && (rest == "" || rest[0] == '/') {
			return lang, true
		}
	}
	return i18n.Polish, false
}

var spoken = language.NewMatcher([]language.Tag{language.Polish, language.English})

// languageOf returns the language of the path, else the one that the browser prefers, else Polish.
func languageOf(r *http.Request) i18n.Lang {
	if lang, ok := prefixed(r.URL.Path); ok {
		return lang
	}
	header := r.Header.Get("Accept-Language")
	if header == "" || len(header) > 200 {
		return i18n.Polish
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return i18n.Polish
	}
	if _, i, confidence := spoken.Match(wanted...); confidence > language.No && i == 1 {
		return i18n.English
	}
	return i18n.Polish
}
