package selection_test

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
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/selection"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// Moments of the tests: the congress is on 7 June.
var (
	opening  = time.Date(2021, 5, 10, 10, 0, 0, 0, time.UTC)
	closing  = opening.Add(7 * 24 * time.Hour)
	deciding = closing.Add(time.Hour)
	telling  = closing.Add(5 * 24 * time.Hour)
	congress = time.Date(2021, 6, 7, 8, 0, 0, 0, time.UTC)
)

// council is a window with two sessions at the same hour and one later.
type council struct {
	t       *testing.T
	db      *db.DB
	mu      sync.Mutex
	at      time.Time
	seats   *signup.Service
	choice  *selection.Service
	edition edition.Edition
	window  admission.Window
	a, b, c programme.SessionID
}

func (c *council) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *council) clock(context.Context, db.Querier) (time.Time, error) { return c.time(), nil }

func (c *council) now(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}

func (c *council) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func convene(t *testing.T, d *db.DB) *council {
	t.Helper()
	c := &council{t: t, db: d, at: opening.Add(-time.Hour)}
	ctx := t.Context()
	c.seats = signup.NewService(d, c.time)
	c.choice = selection.NewService(d, c.time, c.seats)
	c.seats.Clock, c.choice.Clock = c.clock, c.clock
	var err error
	c.edition, err = edition.NewService(d, c.time).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.OnSite, Public: true,
	})
	c.must(err)
	block, err := programme.NewService(d, c.time).SaveBlock(ctx, "desk", programme.Block{
		Edition: c.edition.ID, Slug: "warsztaty", Kind: programme.General, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	c.must(err)
	place, err := timetable.NewService(d, c.time).SavePlace(ctx, "desk", timetable.Place{
		Edition: c.edition.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Shared: true,
	})
	c.must(err)
	var edit timetable.Edit
	for i, slug := range []string{"a", "b", "c"} {
		s := programme.Session{
			ID: id.Make[programme.SessionID](), Edition: c.edition.ID, Slug: "sesja-" + slug, Block: block.ID, Title: i18n.Both("Sesja " + slug),
			Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
		}
		from := congress.Add(time.Duration(i/2) * 3 * time.Hour)
		edit.Sessions = append(edit.Sessions, s)
		edit.Slots = append(edit.Slots, timetable.Slot{Session: s.ID, Place: place.ID, Start: from, End: from.Add(time.Hour)})
	}
	_, err = timetable.NewService(d, c.time).Save(ctx, "desk", edit)
	c.must(err)
	c.a, c.b, c.c = edit.Sessions[0].ID, edit.Sessions[1].ID, edit.Sessions[2].ID
	c.window, err = arrangement.NewService(c.seats, c.time).SaveWindow(ctx, signup.Change{By: "desk"}, admission.Window{
		Edition: c.edition.ID, Name: i18n.Both("Warsztaty"), Mode: admission.Selection, OpensAt: opening, DecidesAt: closing, AnnouncesAt: telling,
		ClosesAt: congress, Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	})
	c.must(err)
	for _, s := range edit.Sessions {
		c.must(arrangement.NewService(c.seats, c.time).SaveOffer(ctx, signup.Change{By: "desk"}, admission.Offer{
			Session: s.ID, Edition: c.edition.ID, Window: c.window.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: 1}},
		}))
	}
	return c
}

func (c *council) account(name string) people.AccountID {
	c.t.Helper()
	var a people.Account
	c.must(c.db.Tx(c.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(c.t.Context(), tx, people.Account{Email: fmt.Sprintf("%s-%s@example.org", name, id.New()), Name: name, CreatedAt: opening})
		return err
	}))
	return a.ID
}

// ask saves questions of the window, or of a session.
func (c *council) ask(session programme.SessionID, questions ...form.Question) (selection.Form, error) {
	c.t.Helper()
	f, err := c.choice.Form(c.t.Context(), c.edition.ID, c.window.ID, session)
	c.must(err)
	f.Questions = questions
	return c.choice.SaveForm(c.t.Context(), "desk", f)
}

// apply applies for sessions, the most wanted first.
func (c *council) apply(who people.AccountID, sessions ...programme.SessionID) {
	c.t.Helper()
	for _, s := range sessions {
		_, err := c.choice.Apply(c.t.Context(), selection.Application{Account: who, Session: s, Edition: c.edition.ID})
		c.must(err)
	}
}

// decide gives a verdict about somebody's application.
func (c *council) decide(who people.AccountID, session programme.SessionID, verdict signup.Verdict) {
	c.t.Helper()
	all, err := c.choice.Applications(c.t.Context(), session)
	c.must(err)
	for _, a := range all {
		if a.Account == who {
			a.Verdict = verdict
			c.must(c.choice.Decide(c.t.Context(), "leader", a))
			return
		}
	}
	c.t.Fatalf("%s has not applied for %s", who, session)
}

// states says where somebody stands with the sessions, those with nothing left out.
func (c *council) states(who people.AccountID) map[programme.SessionID]signup.State {
	c.t.Helper()
	mine, err := c.seats.Mine(c.t.Context(), c.edition.ID, who)
	c.must(err)
	all := map[programme.SessionID]signup.State{}
	for _, m := range mine {
		all[m.Session] = m.State
	}
	return all
}
