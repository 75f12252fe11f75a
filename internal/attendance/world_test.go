package attendance_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"obrady/internal/admission"
	"obrady/internal/arrangement"
	"obrady/internal/attendance"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
)

// start is when the session of the tests begins; sign-ups opened a week before.
var start = time.Date(2021, 6, 7, 10, 0, 0, 0, time.UTC)

// hall is a session with places and people who want them.
type hall struct {
	t       *testing.T
	db      *db.DB
	mu      sync.Mutex
	at      time.Time
	seats   *signup.Service
	doors   *attendance.Service
	edition edition.Edition
	session programme.SessionID
	who     []people.AccountID
}

func (h *hall) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hall) clock(context.Context, db.Querier) (time.Time, error) { return h.time(), nil }

// now lets the clock show a moment, counted from the beginning of the session.
func (h *hall) now(from time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = start.Add(from)
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// open lets so many people press for a session of so many places.
func open(t *testing.T, d *db.DB, places, wanting int) *hall {
	t.Helper()
	h := &hall{t: t, db: d, at: start.Add(-7 * 24 * time.Hour)}
	ctx := t.Context()
	h.seats = signup.NewService(d, h.time)
	h.doors = attendance.NewService(d, h.time, h.seats)
	h.seats.Clock, h.doors.Clock = h.clock, h.clock
	var err error
	h.edition, err = edition.NewService(d, h.time).Save(ctx, "desk", edition.Edition{
		Slug: "kpm-2021", Name: i18n.Both("Kongres"), StartsOn: "2021-06-07", EndsOn: "2021-06-08", TimeZone: "Europe/Warsaw", Form: edition.Hybrid, Public: true,
	})
	h.must(err)
	block, err := programme.NewService(d, h.time).SaveBlock(ctx, "desk", programme.Block{
		Edition: h.edition.ID, Slug: "warsztaty", Kind: programme.General, Mark: "W", Colour: 1, Name: i18n.Both("Warsztaty"), Position: 1,
	})
	h.must(err)
	place, err := timetable.NewService(d, h.time).SavePlace(ctx, "desk", timetable.Place{
		Edition: h.edition.ID, Slug: "aula", Kind: timetable.Room, Name: i18n.Both("Aula"), Shared: true,
	})
	h.must(err)
	made := programme.Session{
		ID: id.Make[programme.SessionID](), Edition: h.edition.ID, Slug: "zielen", Block: block.ID, Title: i18n.Both("Zieleń"),
		Format: programme.Workshop, Form: edition.OnSite, Status: programme.Ready,
	}
	_, err = timetable.NewService(d, h.time).Save(ctx, "desk", timetable.Edit{
		Sessions: []programme.Session{made},
		Slots:    []timetable.Slot{{Session: made.ID, Place: place.ID, Start: start, End: start.Add(time.Hour)}},
	})
	h.must(err)
	h.session = made.ID
	w, err := arrangement.NewService(h.seats, h.time).SaveWindow(ctx, signup.Change{By: "desk"}, admission.Window{
		Edition: h.edition.ID, Name: i18n.Both("Warsztaty"), Mode: admission.FirstCome, OpensAt: h.time(), ClosesAt: start.Add(time.Hour),
		Waiting: true, SureHours: 24, OfferMinutes: 120, DoorHours: 2,
	})
	h.must(err)
	h.must(arrangement.NewService(h.seats, h.time).SaveOffer(ctx, signup.Change{By: "desk"}, admission.Offer{
		Session: h.session, Edition: h.edition.ID, Window: w.ID, Pools: []admission.Pool{{Number: 1, Kind: admission.ForAll, Capacity: places}},
	}))
	for i := range wanting {
		h.who = append(h.who, h.account(fmt.Sprintf("Osoba %c", 'A'+i)))
		h.press(h.who[i])
	}
	return h
}

func (h *hall) account(name string) people.AccountID {
	h.t.Helper()
	var a people.Account
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		a, err = people.OpenAccount(h.t.Context(), tx, people.Account{Email: id.New() + "@example.org", Name: name, CreatedAt: h.time()})
		return err
	}))
	return a.ID
}

func (h *hall) press(who people.AccountID) signup.State {
	h.t.Helper()
	answer, err := h.seats.Take(h.t.Context(), h.edition.ID, signup.Claim{
		Account: who, Key: id.New(), Wishes: []signup.Wish{{Session: h.session}},
	})
	h.must(err)
	return answer.Outcomes[0].State
}

func (h *hall) mark(who people.AccountID, as attendance.Presence) {
	h.t.Helper()
	h.must(h.doors.Mark(h.t.Context(), attendance.Mark{By: "leader", Session: h.session, Account: who, Presence: as}))
}

func (h *hall) list() attendance.List {
	h.t.Helper()
	l, err := h.doors.List(h.t.Context(), h.session)
	h.must(err)
	return l
}

// state is where somebody stands with the session.
func (h *hall) state(who people.AccountID) signup.State {
	h.t.Helper()
	mine, err := h.seats.Mine(h.t.Context(), h.edition.ID, who)
	h.must(err)
	for _, m := range mine {
		return m.State
	}
	return ""
}
