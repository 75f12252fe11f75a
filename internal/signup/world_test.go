package signup_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/fairness"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// noon is when windows of the tests open; the congress is a week later.
var noon = time.Date(2021, 5, 31, 10, 0, 0, 0, time.UTC)

func congressAt(hour, minute int) time.Time {
	return time.Date(2021, 6, 7, hour, minute, 0, 0, time.UTC)
}

// clock is a database's clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read(context.Context, db.Querier) (time.Time, error) { return c.time(), nil }

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// congress is an edition with a block and a hall, where sessions open to sign-ups.
type congress struct {
	t       testing.TB
	db      *db.DB
	clock   *clock
	signup  *signup.Service
	edition edition.Edition
	block   programme.Block
	hall    timetable.Place
	keys    int
}

func (c *congress) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// arranging sets what seats are given by.
func arranging(s *signup.Service) *arrangement.Service {
	return arrangement.NewService(s, func() time.Time { return noon })
}

func convene(t testing.TB, d *db.DB) *congress {
	t.Helper()
	c := &congress{t: t, db: d, clock: &clock{now: noon}}
	c.signup = signup.NewService(d, c.clock.time)
	c.signup.Crowd(1, 100)
	c.signup.Clock = c.clock.read
	var err error
	c.edition, err = edition.NewService(d, c.clock.time).Save(t.Context(), "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08",
		TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	c.must(err)
	c.block, err = programme.NewService(d, c.clock.time).SaveBlock(t.Context(), "desk", programme.Block{
		Edition: c.edition.ID, Slug: "warsztaty", Kind: programme.PartnerStage, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	c.must(err)
	c.hall, err = timetable.NewService(d, c.clock.time).SavePlace(t.Context(), "desk", timetable.Place{
		Edition: c.edition.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Shared: true,
	})
	c.must(err)
	return c
}

// session makes a session from an hour of the congress on that lasts one hour.
func (c *congress) session(slug string, hour int) programme.SessionID {
	c.t.Helper()
	var saved timetable.Edit
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		n := programme.Session{
			ID: id.Make[programme.SessionID](), Edition: c.edition.ID, Slug: slug, Block: c.block.ID, Title: i18n.Both(slug),
			Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
		}
		saved, err = timetable.Save(c.t.Context(), tx, people.Change{By: "desk", At: noon}, timetable.Edit{
			Sessions: []programme.Session{n},
			Slots:    []timetable.Slot{{Session: n.ID, Place: c.hall.ID, Start: congressAt(hour, 0), End: congressAt(hour+1, 0)}},
		})
		return err
	}))
	return saved.Sessions[0].ID
}

// window opens at noon and closes when the congress is over.
func (c *congress) window(mode admission.Mode, change ...func(*admission.Window)) admission.Window {
	c.t.Helper()
	w := admission.Window{
		Edition: c.edition.ID, Name: i18n.Both("Warsztaty"), Mode: mode, OpensAt: noon, ClosesAt: congressAt(23, 0),
		Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	}
	for _, f := range change {
		f(&w)
	}
	saved, err := arranging(c.signup).SaveWindow(c.t.Context(), signup.Change{By: "desk", Reason: "test"}, w)
	c.must(err)
	return saved
}

// open opens a session to sign-ups with so many seats for anyone.
func (c *congress) open(w admission.Window, session programme.SessionID, seats int, more ...admission.Pool) {
	c.t.Helper()
	pools := append([]admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: seats}}, more...)
	c.must(arranging(c.signup).SaveOffer(c.t.Context(), signup.Change{By: "desk", Reason: "test"}, admission.Offer{
		Session: session, Edition: c.edition.ID, Window: w.ID, Pools: pools,
	}))
}

// accounts opens so many accounts.
func (c *congress) accounts(n int) (all []people.AccountID) {
	c.t.Helper()
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) error {
		all = all[:0]
		for i := range n {
			a, err := people.OpenAccount(c.t.Context(), tx, people.Account{
				Email: fmt.Sprintf("p%d-%s@example.org", i, id.New()), Name: "p", CreatedAt: noon,
			})
			if err != nil {
				return err
			}
			all = append(all, a.ID)
		}
		return nil
	}))
	return all
}

func (c *congress) key() string {
	c.keys++
	return fmt.Sprintf("key-%018d", c.keys)
}

// take claims sessions for an account, the first the most wanted.
func (c *congress) take(who people.AccountID, sessions ...programme.SessionID) signup.Answer {
	c.t.Helper()
	claim := signup.Claim{Account: who, Key: c.key()}
	for _, s := range sessions {
		claim.Wishes = append(claim.Wishes, signup.Wish{Session: s})
	}
	answer, err := c.signup.Take(c.t.Context(), c.edition.ID, claim)
	c.must(err)
	return answer
}

// one is take of one session.
func (c *congress) one(who people.AccountID, session programme.SessionID) signup.Outcome {
	c.t.Helper()
	return c.take(who, session).Outcomes[0]
}

// sound fails the test if fsck finds anything.
func (c *congress) sound() {
	c.t.Helper()
	for _, f := range c.faults() {
		c.t.Errorf("fsck: %s: %s", f.What, f.Row)
	}
}

func (c *congress) faults() []db.Fault {
	c.t.Helper()
	faults, err := fairness.Check(c.t.Context(), c.db)
	c.must(err)
	return faults
}

// at returns where somebody stands with a session.
func (c *congress) at(who people.AccountID, session programme.SessionID) signup.Mine {
	c.t.Helper()
	mine, err := c.signup.Mine(c.t.Context(), c.edition.ID, who)
	c.must(err)
	for _, m := range mine {
		if m.Session == session {
			return m
		}
	}
	return signup.Mine{}
}
