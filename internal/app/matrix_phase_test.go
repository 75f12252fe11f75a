package app_test

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/rights"
)

// TestAFreshSignInIsAskedFor comes back a quarter of an hour after signing in.
func TestAFreshSignInIsAskedFor(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	o := openDoors(t, w, another(t, w.copied(t)), rights.Policy)
	asked := 0
	for _, a := range readPolicy(t) {
		if !a.fresh || !a.safe() {
			continue
		}
		for _, p := range principals[1:] {
			for _, to := range w.targets(t, a) {
				if a.expected(p, to) != lets {
					continue
				}
				o.cookie(p.name)
				o.now = dawn.Add(16 * time.Minute)
				got := o.send(a.method, a.fill(a.pl, to.values), nil, o.cookie(p.name))
				if where := got.Header().Get("Location"); !strings.Contains(where, "again=1") {
					t.Errorf("%s is let in to %s a quarter of an hour after signing in: %d", p.name, a.name, got.Code)
				}
				o.now = dawn
				asked++
			}
		}
	}
	if asked == 0 {
		t.Error("no address asks for a fresh sign-in")
	}
}

// TestABlindPhaseHidesWhoItIs closes what tells names in one congress, and leaves the other as it is.
func TestABlindPhaseHidesWhoItIs(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	at, e := w.node("c1")
	service := rights.NewService(w.db, atDawn)
	founder, err := service.Standing(t.Context(), w.accounts["founder"])
	w.must(err)
	_, err = service.Refuse(t.Context(), founder, rights.Refusal{Kind: rights.BlindPhase, Node: at, Edition: e, Reason: "review"})
	w.must(err)
	o := openDoors(t, w, another(t, w.copied(t)), rights.Policy)
	closed, open := 0, 0
	for _, a := range readPolicy(t) {
		if !a.blind {
			continue
		}
		for _, p := range principals[1:] {
			for _, to := range w.targets(t, a) {
				if a.expected(p, to) != lets {
					continue
				}
				got := o.send(a.method, a.fill(a.pl, to.values), url.Values{}, o.cookie(p.name))
				is, err := verdictOf(got)
				switch {
				case to.edition == "c1" && is != denies:
					t.Errorf("%s %s, %s, in a blind phase: %s, %v, want %s", a.method, a.name, p.name, is, err, denies)
				case to.edition == "c1":
					closed++
				case is != lets:
					t.Errorf("%s %s, %s, in the other congress: %s, %v, want %s", a.method, a.name, p.name, is, err, lets)
				default:
					open++
				}
				for _, canary := range w.found(got.Body.String()) {
					if to.edition == "c1" && strings.Contains(canary, "participant") {
						t.Errorf("%s reads %s in a blind phase", p.name, canary)
					}
				}
			}
		}
	}
	if closed == 0 || open == 0 {
		t.Errorf("%d doors were closed and %d open, want some of both", closed, open)
	}
}

// TestLettersTellNobodyWhatTheyMustNotRead lets the house write every letter that is due, and reads them all.
func TestLettersTellNobodyWhatTheyMustNotRead(t *testing.T) {
	w := newWorld(t, dbtest.New(t, db.SQLite))
	o := openDoors(t, w, another(t, w.copied(t)), rights.Policy)
	if found := w.found(string(tablesOf(t, o.db)["outbox"])); len(found) > 0 {
		t.Errorf("promises name %v, want ids alone", found)
	}
	at, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	w.must(err)
	o.now = dawn.Add(time.Hour) // letters about seats wait a little for one another
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.house.Run(ctx, at) }()
	due := func() (n int) {
		w.must(o.db.QueryRow(t.Context(), `
			SELECT COUNT(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND attempts = 0 AND due_at <= $1 AND kind NOT LIKE 'mail%'`, o.now).Scan(&n))
		return n
	}
	for deadline := time.Now().Add(20 * time.Second); due() > 0 && time.Now().Before(deadline); {
		<-time.After(20 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
	rows, err := db.Collect(func(row db.Scanner) (l [3]string, err error) { return l, row.Scan(&l[0], &l[1], &l[2]) })(
		o.db.Query(t.Context(), `SELECT account_id, kind, subject || ' ' || body FROM letter`))
	w.must(err)
	for _, l := range rows {
		reader := principal{name: "somebody"}
		for _, p := range principals {
			if string(w.accounts[p.name]) == l[0] {
				reader = p
			}
		}
		for name, account := range w.accounts {
			if reader.name == "somebody" && string(account) == l[0] {
				reader.name = name
			}
		}
		for _, canary := range w.found(l[2]) {
			if !reader.mayRead(w.keepers[canary]) {
				t.Errorf("a letter %s tells %s of %s, which is of %s", l[1], reader.name, canary, w.keepers[canary])
			}
		}
	}
	if len(rows) < 3 {
		t.Errorf("%d letters were written, want a few", len(rows))
	}
	t.Logf("%d letters", len(rows))
}
