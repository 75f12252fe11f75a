package opening

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"obrady/internal/signup"
)

// hall is a server that gives out one seat for each session and lets all others wait.
func hall(t *testing.T, sessions int) (addr string, asked *atomic.Int64) {
	t.Helper()
	taken := make([]atomic.Bool, sessions)
	asked = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		body, err := io.ReadAll(r.Body)
		form, formErr := url.ParseQuery(string(body))
		cookie, cookieErr := r.Cookie("sid")
		session, sessionErr := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		if err != nil || formErr != nil || cookieErr != nil || sessionErr != nil || len(form.Get("k")) != keyLetters || cookie.Value == "" {
			http.Error(w, "no press", http.StatusBadRequest)
			return
		}
		state := "waiting"
		if !taken[session].Swap(true) {
			state = "held"
		}
		_, _ = fmt.Fprintf(w, `{"receipt":"%06d-71","seats":[{"session":"a","state":"%s"}]}`, asked.Add(1), state)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), asked
}

func crowdAt(addr string, people, sessions int) *rush {
	r := &rush{addrs: []string{addr}, seed: 7, form: form{host: addr}}
	for n := range sessions {
		r.form.paths = append(r.form.paths, fmt.Appendf(nil, "/%d", n))
	}
	for n := range people {
		r.form.cookies = append(r.form.cookies, fmt.Appendf(nil, "token-%d", n))
		r.presses = append(r.presses, press{int32(n), int32(n % sessions)})
	}
	return r
}

func TestARushWritesEveryAnswerDown(t *testing.T) {
	const people, sessions = 120, 10
	for _, test := range []struct {
		name string
		play func(r *rush) error
	}{
		{"as fast as it is answered", func(r *rush) error { return r.steady(t.Context(), 8, time.Minute) }},
		{"in one instant, all connected", func(r *rush) error {
			return r.at(t.Context(), time.Now().Add(time.Second), kept, people)
		}},
		{"in one instant, two people to a connection", func(r *rush) error {
			return r.at(t.Context(), time.Now().Add(time.Second), kept, people/2)
		}},
		{"in one instant, nobody connected", func(r *rush) error {
			return r.at(t.Context(), time.Now().Add(time.Second), fresh, people)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			addr, asked := hall(t, sessions)
			r := crowdAt(addr, people, sessions)
			if err := test.play(r); err != nil {
				t.Fatal(err)
			}
			var figures Figures
			if got := figures.count(r.notes); got != (mix3{Granted: sessions, Waiting: people - sessions}) {
				t.Errorf("count = %+v, want %d granted and all others waiting", got, sessions)
			}
			keys := map[uint64]bool{}
			for _, n := range r.notes {
				keys[n.key] = true
				if n.receipt < 1 || n.receipt > people || n.answered < n.sent {
					t.Errorf("noted %+v", n)
				}
			}
			if len(keys) != people || asked.Load() != people {
				t.Errorf("%d keys and %d requests, want %d of each", len(keys), asked.Load(), people)
			}
			if p := r.pace(); p.Answers != people || p.P50 > p.P99 || p.P99 > p.Max || p.PerSecond <= 0 {
				t.Errorf("pace = %+v", p)
			}
		})
	}
}

func TestARushThatCannotReadAnAnswerFails(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "without")
		w.(http.Flusher).Flush() // in chunks, so without a length
	}))
	defer server.Close()
	r := crowdAt(strings.TrimPrefix(server.URL, "http://"), 1, 1)
	if err := r.steady(t.Context(), 1, time.Minute); err == nil || !strings.Contains(err.Error(), "how long") {
		t.Errorf("steady = %v, want an error about the length", err)
	}
}

func TestALateCrowdIsNotMeasured(t *testing.T) {
	addr, asked := hall(t, 1)
	r := crowdAt(addr, 5, 1)
	if err := r.at(t.Context(), time.Now().Add(-time.Second), kept, 5); !errors.Is(err, errLate) || asked.Load() != 0 {
		t.Errorf("at = %v after %d requests, want errLate and none", err, asked.Load())
	}
}

func TestEverybodyWishesForEverySessionOnce(t *testing.T) {
	s := &stage{crowd: crowd{Accounts: make([]string, 40)}}
	for range 12 {
		s.sessions = append(s.sessions, "")
	}
	for _, hot := range []bool{false, true} {
		seen := map[press]bool{}
		all := s.preferences(Options{Seed: 3, Hot: hot}, 1000)
		firsts := map[int32]bool{}
		for i, p := range all {
			if seen[p] {
				t.Fatalf("hot %v: %+v twice", hot, p)
			}
			seen[p] = true
			if i < 40 {
				firsts[p.session] = true
			}
		}
		if len(all) != 40*12 || (len(firsts) == 1) != hot {
			t.Errorf("hot %v: %d presses, the first for %d sessions", hot, len(all), len(firsts))
		}
	}
}

func TestTheLogTellsWhoWasToldFullTooSoon(t *testing.T) {
	seats := map[string]int{"a": 1}
	log := []event{
		{seq: 1, session: "a", what: string(signup.WasListed)}, // although the seat is free
		{seq: 2, session: "a", what: string(signup.WasGranted)},
		{seq: 3, session: "a", what: string(signup.WasListed)},
		{seq: 4, session: "a", what: string(signup.WasRefused), why: string(signup.Full)},
		{seq: 5, session: "a", what: string(signup.WasLeft)},
		{seq: 6, session: "a", what: string(signup.WasRefused), why: string(signup.Overlapping)},
		{seq: 7, session: "a", what: string(signup.WasRefused), why: string(signup.Full)}, // although it was given back
		{seq: 8, session: "b", what: string(signup.WasGranted)},                           // not counted
	}
	if got := falseFull(log, seats); got != 2 {
		t.Errorf("falseFull = %d, want 2", got)
	}
	claims := []claim{{"a", "ada", "held"}, {"a", "ola", "held"}, {"a", "jan", "waiting"}, {"b", "ada", "held"}}
	if got := oversold(claims, seats); got != 1 {
		t.Errorf("oversold = %d, want 1", got)
	}
}

func TestAPromiseThatIsNotInTheDatabaseIsLost(t *testing.T) {
	s := &stage{crowd: crowd{Accounts: []string{"ada", "ola"}}}
	s.sessions = append(s.sessions, "a", "b")
	events := []event{
		{seq: 1, session: "a", account: "ada", what: string(signup.WasGranted)},
		{seq: 2, session: "a", account: "ola", what: string(signup.WasListed)},
		{seq: 3, session: "b", account: "ola", what: string(signup.WasListed)},
		{seq: 4, session: "b", account: "ola", what: string(signup.WasDropped)},
	}
	claims := []claim{{"a", "ada", "held"}, {"a", "ola", "waiting"}, {"b", "ola", "released"}}
	for _, test := range []struct {
		name string
		note note
		lost int
	}{
		{"a seat that is there", note{press: press{0, 0}, verdict: held, receipt: 1}, 0},
		{"a number that is there", note{press: press{1, 0}, verdict: waiting, receipt: 2}, 0},
		{"a number that a seat made pointless", note{press: press{1, 1}, verdict: waiting, receipt: 3}, 0},
		{"a receipt that the log does not have", note{press: press{0, 0}, verdict: held, receipt: 9}, 1},
		{"a receipt of somebody else", note{press: press{1, 0}, verdict: waiting, receipt: 1}, 1},
		{"a seat that is a number now", note{press: press{1, 0}, verdict: held, receipt: 2}, 1},
		{"a refusal", note{press: press{0, 1}, verdict: refused}, 0},
	} {
		if got := s.lost([]note{test.note}, events, claims); got != test.lost {
			t.Errorf("%s: lost = %d, want %d", test.name, got, test.lost)
		}
	}
}

func TestABrowserIsAsOldAsTheOldestDecisionItDidNotShow(t *testing.T) {
	start := time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	taken := map[int64]time.Time{1: after(0), 2: after(10), 3: after(20), 4: after(300)}
	b := browser{sights: []sight{{0, after(-500)}, {3, after(250)}, {3, after(400)}, {4, after(500)}}}
	if got := fmt.Sprint(b.delays(taken)); got != "[250ms 200ms]" {
		t.Errorf("delays = %s, want [250ms 200ms]", got)
	}
}
