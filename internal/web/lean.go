package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/alexedwards/scs/v2"
)

// Caller is who makes a request: an account in one of its sessions.
type Caller struct {
	Account string
	// Session is the sum of the session's token. It names the session and lets nobody in.
	Session string
}

// Callers is what the store of sessions may do beside keeping them: say whose one is, without a look at what is kept
// in it.
type Callers interface {
	// Caller says whose the session of token is, and false when it is nobody's, has ended, or never was.
	Caller(ctx context.Context, token string) (Caller, bool, error)
}

// CallerOf says who makes r, and false when nobody is signed in. On a lean route that is as true as the memory of this
// instance: another one may have ended the session a moment ago, so what matters asks the store once more in its own
// transaction.
func CallerOf(r *http.Request) (Caller, bool) {
	x, err := of(r)
	if err != nil {
		return Caller{}, false
	}
	if x.signed {
		who := Caller{Account: Account(r), Session: tokenSum(x.site.sessions.Token(r.Context()))}
		return who, who.Account != ""
	}
	return x.caller, x.caller.Account != ""
}

// newCallers takes the store of sessions, or reads what is in them where it knows no callers.
func (s *Site) newCallers() Callers {
	if callers, ok := s.sessions.Store.(Callers); ok {
		return callers
	}
	return opened{s.sessions}
}

// opened says whose a session is by opening it.
type opened struct{ sessions *scs.SessionManager }

// Caller implements Callers.
func (o opened) Caller(ctx context.Context, token string) (Caller, bool, error) {
	ctx, err := o.sessions.Load(ctx, token)
	if err != nil {
		return Caller{}, false, fmt.Errorf("whose session: %w", err)
	}
	who := Caller{Account: o.sessions.GetString(ctx, accountKey), Session: tokenSum(token)}
	return who, who.Account != "", nil
}

func tokenSum(token string) string {
	digest := sha256.Sum256([]byte(token))
	return hex.EncodeToString(digest[:])
}

// serveBare hands a request to do without any of what stands between the table and other pages.
func (s *Site) serveBare(m *mounted, do func(http.ResponseWriter, *http.Request, *exchange) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, err := of(r)
		if err == nil {
			x.route = m
			setHeaders(w.Header(), m.headers)
			err = m.read(w, r)
		}
		if err == nil {
			err = do(w, r, x)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// lean answers a press. Whoever is not signed in goes the long way, which knows what to do with what they typed.
func (s *Site) lean(w http.ResponseWriter, r *http.Request, x *exchange) error {
	json := WantsJSON(r)
	if json {
		for _, name := range ofDocuments {
			delete(w.Header(), name)
		}
	}
	if token := cookie(r, s.sessions.Cookie.Name); token != "" {
		who, known, err := s.callers.Caller(r.Context(), token)
		if err != nil {
			return fmt.Errorf("whose session: %w", err)
		}
		if known {
			x.caller = who
		}
	}
	switch {
	case x.route.Who == Everyone || x.caller.Account != "":
		return x.route.Handle(w, r)
	case json:
		return errSignedOut
	}
	s.serveOwn(w, r, x.route)
	return nil
}

// ofDocuments are the headers that say what a document may do. What a script reads is none; and more than eight headers
// make net/http keep them in another way, which costs a press a microsecond.
var ofDocuments = []string{"Cross-Origin-Opener-Policy", "Permissions-Policy", "Referrer-Policy"}

// cookie is the value of the first cookie called name, as Request.Cookie gives it, which makes all of them into things
// first.
func cookie(r *http.Request, name string) string {
	for _, line := range r.Header["Cookie"] {
		for part := range strings.SplitSeq(line, ";") {
			called, value, ok := strings.Cut(strings.TrimSpace(part), "=")
			if ok && called == name {
				return strings.Trim(value, `"`)
			}
		}
	}
	return ""
}

func isLean(r *http.Request) bool {
	x, err := of(r)
	return err == nil && x.route != nil && x.route.Lean
}

// WantsJSON says whether r asks for an answer that a script reads, not a person.
func WantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

var jsonType = []string{"application/json; charset=utf-8"}

// WriteJSON answers with v.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	WriteBytes(w, status, jsonType, append(text, '\n'))
	return nil
}

// WriteBytes answers with what has been written already. kind is the content type in a slice that nobody changes.
func WriteBytes(w http.ResponseWriter, status int, kind []string, body []byte) {
	w.Header()["Content-Type"] = kind
	if len(body) > buffered {
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // who has hung up misses nothing
}

const (
	formType = "application/x-www-form-urlencoded"
	pressed  = 4 << 10 // bytes of the form behind a button, with its list of wishes
	buffered = 2 << 10 // bytes of an answer whose length net/http counts by itself, for less
)

// ReadPress reads the small form behind a button: keys and names, no prose. It is ReadForm without what people type,
// in a tenth of the time. A value with anything in it that cannot be seen is no value of ours.
func ReadPress(r *http.Request) (url.Values, error) {
	if kind := r.Header.Get("Content-Type"); kind != formType && !strings.HasPrefix(kind, formType+";") {
		return nil, errNoForm
	}
	var room [256]byte
	body, err := readUpTo(r.Body, room[:0])
	if err != nil {
		return nil, err
	}
	sent, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errBadForm
	}
	for _, values := range sent {
		for _, value := range values {
			if !clean(value) {
				return nil, errBadForm
			}
		}
	}
	remember(r, Form{Typed: sent})
	return sent, nil
}

// readUpTo appends all of from to into, which is enough for nearly everybody.
func readUpTo(from io.Reader, into []byte) ([]byte, error) {
	for {
		n, err := from.Read(into[len(into):cap(into)])
		into = into[:len(into)+n]
		switch {
		case errors.Is(err, io.EOF):
			return into, nil
		case err != nil:
			return nil, fmt.Errorf("read form: %w", err)
		case len(into) > pressed:
			return nil, &http.MaxBytesError{Limit: pressed}
		case len(into) == cap(into):
			into = append(into, 0)[:len(into)]
		}
	}
}
