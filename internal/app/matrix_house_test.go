package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/rights"
	"obrady/internal/web"
)

// base is where the site stands.
const base = "http://localhost"

// doors is the house over a world, with everybody signed in who can.
type doors struct {
	t        testing.TB
	w        *world
	db       *db.DB
	house    *app.App
	log      *said
	now      time.Time
	sessions map[string]string // cookie, by principal
	roles    map[string]string // what roles are called in Polish
}

// said keeps the lines of the log.
type said struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines.Write(p)
}

// take returns what was said since the last time.
func (s *said) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.lines.Reset()
	return s.lines.String()
}

// openDoors builds the house over the world in d, under a policy.
func openDoors(t testing.TB, w *world, d *db.DB, policy rights.Table) *doors {
	t.Helper()
	o := &doors{t: t, w: w, db: d, log: &said{}, now: dawn, sessions: map[string]string{}}
	var err error
	o.house, err = app.New(t.Context(), d, app.Config{
		BaseURL: base, Now: func() time.Time { return o.now }, Log: slog.New(slog.NewTextHandler(o.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	*o.house.Rights = *o.house.Rights.Under(policy)
	o.wind()
	err = o.house.Site.Mount(web.Route{
		Name: "test.enter", Path: "/test-enter/{account}", Action: string(rights.Enter),
		Handle: func(w http.ResponseWriter, r *http.Request) error {
			if err := web.SignIn(r, r.PathValue("account")); err != nil {
				return err
			}
			w.WriteHeader(http.StatusNoContent)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.cookie("revoked") // comes in while there is something to come in for
	w.takeBack(d)
	return o
}

// wind sets the clocks that judge seats by the world's: sign-ups are open, and people stand at the door of the first
// session that has them.
func (o *doors) wind() {
	at := func(moment time.Time) func(context.Context, db.Querier) (time.Time, error) {
		return func(context.Context, db.Querier) (time.Time, error) { return moment, nil }
	}
	o.house.Signups.Clock, o.house.Selection.Clock, o.house.Attendance.Clock = at(dawn), at(dawn), at(matinsAt(9).Add(10*time.Minute))
}

// cookie is the session of a principal, who signs in at the first time.
func (o *doors) cookie(who string) string {
	if who == "public" || o.sessions[who] != "" {
		return o.sessions[who]
	}
	got := o.send(http.MethodGet, "/test-enter/"+string(o.w.accounts[who]), nil, "")
	o.sessions[who], _, _ = strings.Cut(got.Header().Get("Set-Cookie"), ";")
	if o.sessions[who] == "" {
		o.t.Fatalf("%s cannot sign in: %d", who, got.Code)
	}
	return o.sessions[who]
}

// send sends one request, and once more when it has been asked to wait. A form, where there is one, is that of a browser
// on this site.
func (o *doors) send(method, path string, form url.Values, cookie string) *httptest.ResponseRecorder {
	got := o.sendOnce(method, path, form, cookie)
	if seconds, err := strconv.Atoi(got.Header().Get("Retry-After")); got.Code == http.StatusTooManyRequests && err == nil {
		o.now = o.now.Add(time.Duration(seconds) * time.Second)
		got = o.sendOnce(method, path, form, cookie)
	}
	return got
}

func (o *doors) sendOnce(method, path string, form url.Values, cookie string) *httptest.ResponseRecorder {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	ctx, leave := context.WithCancel(r.Context())
	defer leave()
	got := httptest.NewRecorder()
	o.house.Site.ServeHTTP(&listener{got, leave}, r.WithContext(ctx))
	return got
}

// listener leaves an answer that never ends by itself as soon as it has begun, and reads every other to its end.
type listener struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (l *listener) Flush() {
	l.ResponseRecorder.Flush()
	if strings.HasPrefix(l.Header().Get("Content-Type"), "text/event-stream") {
		l.leave()
	}
}

// verdictOf reads a verdict off an answer.
func verdictOf(got *httptest.ResponseRecorder) (verdict, error) {
	switch code, to := got.Code, got.Header().Get("Location"); {
	case code == http.StatusSeeOther && (strings.HasPrefix(to, "/pl/wejscie?") || strings.HasPrefix(to, "/en/enter?")):
		return asks, nil
	case code == http.StatusUnauthorized:
		return asks, nil
	case code == http.StatusNotFound, code == http.StatusGone:
		return hides, nil
	case code == http.StatusForbidden:
		return denies, nil
	case code < 400, code == http.StatusConflict, code == http.StatusUnprocessableEntity, code == http.StatusUnsupportedMediaType,
		code == http.StatusBadRequest:
		return lets, nil
	default:
		return "", fmt.Errorf("status %d", code)
	}
}

// everything is all that leaves the house with an answer: headers and body, and the files inside of a body that is an
// archive.
func everything(got *httptest.ResponseRecorder) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(got.Header())) {
		for _, value := range got.Header()[name] {
			plain, err := url.QueryUnescape(value)
			if err != nil {
				plain = value
			}
			fmt.Fprintf(&b, "%s: %s\n", name, plain)
		}
	}
	body := got.Body.Bytes()
	if archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body))); err == nil && bytes.HasPrefix(body, []byte("PK")) {
		for _, file := range archive.File {
			if content, err := file.Open(); err == nil {
				_, _ = io.Copy(&b, content) // to memory
				_ = content.Close()
			}
		}
		return b.String()
	}
	b.Write(body)
	return b.String()
}
