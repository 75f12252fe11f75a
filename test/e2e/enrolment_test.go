package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/app"
	"obrady/internal/app/bench"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// enrolment is a demo that holds one more congress, years ahead, whose sessions one signs up for. The journeys of sign-ups
// share it: each takes sessions, a window and people of its own, and sets them beside the server, in its database.
type enrolment struct {
	*server
	db      *db.DB
	seats   *signup.Service
	people  *people.Service
	edition edition.ID

	mu       sync.Mutex
	sessions [hours][]offered // those that nobody has taken yet, by the hour at which they are given
	persons  int
}

// offered is a session that one can sign up for.
type offered struct {
	ID   programme.SessionID
	Slug string
}

// The made-up congress: sessions of one hour overlap, those of different ones do not.
const (
	congress = "moment"
	author   = people.AccountID("test")
	hours    = 6
	each     = 12 // sessions at an hour
)

var openingEnrolment = sync.OnceValues(func() (*enrolment, error) {
	s, err := startDemo("moment")
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	m := &enrolment{server: s}
	if m.db, err = app.OpenBeside(ctx, "sqlite:"+filepath.Join(s.data, "obrady.db")); err != nil {
		return nil, err
	}
	m.seats, m.people = signup.NewService(m.db, time.Now), people.NewService(m.db, time.Now)
	err = bench.Generate(ctx, m.db, time.Now, bench.Size{Slug: congress, Sessions: hours * each, Persons: 12, Entry: programme.FirstCome})
	if err != nil {
		return nil, err
	}
	e, err := edition.NewService(m.db, time.Now).Edition(ctx, congress)
	if err != nil {
		return nil, err
	}
	m.edition = e.ID
	return m, m.list(ctx)
})

// theEnrolment is the shared server of the journeys of sign-ups.
func theEnrolment(t *testing.T) *enrolment {
	t.Helper()
	m, err := openingEnrolment()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *enrolment) list(ctx context.Context) error {
	all, err := db.Collect(func(row db.Scanner) (o offered, err error) {
		return o, row.Scan(&o.ID, &o.Slug)
	})(m.db.Query(ctx, `
		SELECT session.id, session.slug FROM session JOIN slot ON slot.session_id = session.id
		WHERE session.edition_id = $1 ORDER BY slot.starts_at, session.slug`, m.edition))
	for i, o := range all {
		m.sessions[i/each] = append(m.sessions[i/each], o)
	}
	if err == nil && len(all) != hours*each {
		err = fmt.Errorf("%d sessions were made up, want %d", len(all), hours*each)
	}
	return err
}

// window is a window of its own: first come, first served, open since an hour.
func (m *enrolment) window(t *testing.T, set ...func(*admission.Window)) admission.Window {
	t.Helper()
	now := m.now(t)
	w := admission.Window{
		Edition: m.edition, Name: i18n.Text{PL: "Warsztaty", EN: "Workshops"}, Mode: admission.FirstCome,
		OpensAt: now.Add(-time.Hour), ClosesAt: now.AddDate(1, 0, 0), Waiting: true, SureHours: 24, OfferMinutes: 60, DoorHours: 2,
	}
	for _, change := range set {
		change(&w)
	}
	w, err := arrangement.NewService(m.seats, time.Now).SaveWindow(t.Context(), signup.Change{By: author}, w)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// now is the time of the database.
func (m *enrolment) now(t *testing.T) time.Time {
	t.Helper()
	now, err := m.seats.Time(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// offer puts a session of an hour into a window, with so many places and whatever pools more.
func (m *enrolment) offer(t *testing.T, w admission.Window, hour, places int, more ...admission.Pool) offered {
	t.Helper()
	o := m.take(t, hour)
	pools := []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: places}}
	for i, pool := range more {
		pool.Number = i + 2
		pools = append(pools, pool)
	}
	m.change(t, o, w, pools)
	return o
}

// take gives the test a session of an hour that nobody has.
func (m *enrolment) take(t *testing.T, hour int) offered {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sessions[hour]) == 0 {
		t.Fatalf("no session is left at hour %d", hour)
	}
	o := m.sessions[hour][0]
	m.sessions[hour] = m.sessions[hour][1:]
	return o
}

// change sets the pools of a session, for a reason.
func (m *enrolment) change(t *testing.T, o offered, w admission.Window, pools []admission.Pool) {
	t.Helper()
	err := arrangement.NewService(m.seats, time.Now).SaveOffer(t.Context(), signup.Change{By: author, Reason: "próba"}, admission.Offer{
		Session: o.ID, Edition: m.edition, Window: w.ID, Pools: pools,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// opens lets a window open at another moment, which is a whole second, whatever had been promised.
func (m *enrolment) opens(t *testing.T, w admission.Window, at time.Time) {
	t.Helper()
	m.exec(t, `UPDATE admission_window SET opens_at = $1 WHERE id = $2`, at.Truncate(time.Second), w.ID)
}

// exec lays out what no page could in the time of a test, and lets the server know of it.
func (m *enrolment) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := m.db.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), statement, args...); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `UPDATE signup_ledger SET revision = revision + 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// person is somebody new who has signed in, in a window of their own.
func (m *enrolment) person(t *testing.T) *tab {
	t.Helper()
	m.mu.Lock()
	m.persons++
	n := m.persons
	m.mu.Unlock()
	return m.enter(t, address(n))
}

// enter lets somebody in, by a link of their own.
func (m *enrolment) enter(t *testing.T, address string) *tab {
	t.Helper()
	token, err := m.people.InviteUntil(t.Context(), address, "Osoba (przykład)", time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, m.Base)
	b.address = address
	at := m.Links["organiser"]
	b.visit(at[:strings.LastIndex(at, "/")+1] + token)
	b.click("main form button")
	return b
}

func address(n int) string { return fmt.Sprintf("osoba-%d@przyklad.example", n) }

// pages are the addresses of sign-ups in a language.
type pages struct{ lang, mine, all, wishes, sessions, signUp string }

var signupPages = map[string]pages{
	"pl": {"pl", "/pl/moment/zapisy", "/pl/moment/zapisy/sesje", "/pl/moment/zapisy/lista", "/pl/moment/sesje/", "/zapis"},
	"en": {"en", "/en/moment/sign-ups", "/en/moment/sign-ups/sessions", "/en/moment/sign-ups/wishes", "/en/moment/sessions/", "/sign-up"},
}

// of is the page on which one signs up for a session.
func (p pages) of(o offered) string { return p.sessions + o.Slug + p.signUp }
