package web

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// header is one header line with its value as net/http keeps it, so that setting it costs no allocation.
type header struct {
	name  string // in canonical form
	value []string
}

func setHeaders(h http.Header, lines []header) {
	for _, line := range lines {
		h[line.name] = line.value
	}
}

// policy is the content security policy; %s of frame-ancestors is the only part that a route may change.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "

// everyAnswer are the headers of every answer, whatever comes of it. Sources: OWASP ASVS 5.0 chapter V3 and
// the HTTP Observatory's table of marks.
var everyAnswer = []header{
	{"Content-Security-Policy", []string{policy + "'none'"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Referrer-Policy", []string{"strict-origin-when-cross-origin"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=(), payment=(), usb=()"}},
	{"Cache-Control", []string{"no-store"}},
}

// transport is sent over https only: a browser that reads it never comes back over http.
var transport = []header{{"Strict-Transport-Security", []string{"max-age=63072000; includeSubDomains"}}}

func (s *Site) siteHeaders(h http.Header, id string) {
	setHeaders(h, everyAnswer)
	if s.https() {
		setHeaders(h, transport)
	}
	h["X-Request-Id"] = []string{id}
}

// routeHeaders are the headers in which route differs from all others.
func (s *Site) routeHeaders(route *Route) (lines []header) {
	if route.Ancestors != "" {
		lines = append(lines,
			header{"Content-Security-Policy", []string{policy + route.Ancestors}},
			header{"Cross-Origin-Resource-Policy", []string{"cross-origin"}})
	}
	if route.CORS {
		lines = append(lines,
			header{"Access-Control-Allow-Origin", []string{"*"}},
			header{"Access-Control-Expose-Headers", []string{"ETag, Last-Modified, Retry-After"}},
			header{"Cross-Origin-Resource-Policy", []string{"cross-origin"}})
	}
	return lines
}

// knowsHost says whether the request is for this site. The two health checks come from machines that know
// only an address.
func (s *Site) knowsHost(r *http.Request) bool {
	if len(s.config.Hosts) == 0 || r.URL.Path == "/healthz" || r.URL.Path == "/readyz" {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.ContainsFunc(s.config.Hosts, func(known string) bool { return strings.EqualFold(known, host) })
}

// Client is the address that r came from. What a proxy says counts only when the proxy is trusted.
func (s *Site) Client(r *http.Request) netip.Addr {
	addr := peer(r)
	if !within(s.config.TrustedProxies, addr) {
		return addr
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(chain) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return addr
		}
		addr = next.Unmap()
		if !within(s.config.TrustedProxies, addr) {
			return addr
		}
	}
	return addr
}

func peer(r *http.Request) netip.Addr {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return from.Addr().Unmap()
}

func within(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// requestID takes the name that a trusted proxy gave to the request, or makes one.
func (s *Site) requestID(r *http.Request) string {
	if given := r.Header.Get("X-Request-Id"); given != "" && plainID(given) && within(s.config.TrustedProxies, peer(r)) {
		return given
	}
	return newRequestID()
}

// spokenDigits are the digits of request ids: none is easily taken for another when a visitor reads one out.
const spokenDigits = "0123456789abcdefghjkmnpqrstvwxyz"

// newRequestID returns 80 random bits. They need not be hard to guess, only different from each other.
func newRequestID() string {
	var b [16]byte
	left, right := rand.Uint64(), rand.Uint64() //nolint:gosec // nothing is kept safe by it
	for i := range 8 {
		b[i] = spokenDigits[left>>(5*i)&31]
		b[i+8] = spokenDigits[right>>(5*i)&31]
	}
	return string(b[:])
}

func plainID(s string) bool {
	return len(s) <= 64 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_'
	})
}
