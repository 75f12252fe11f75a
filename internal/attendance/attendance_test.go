package attendance_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/attendance"
	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

func TestPeopleAreAskedOnceOnTheDayBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 3)
		for _, test := range []struct {
			name string
			at   time.Duration
			want int64
		}{
			{"two days before", -48 * time.Hour, 0},
			{"a day before", -24 * time.Hour, 2},
			{"and not again", -23 * time.Hour, 0},
		} {
			h.now(test.at)
			if n, err := h.doors.Ask(t.Context()); err != nil || n != test.want {
				t.Errorf("%s: %d asked, %v, want %d", test.name, n, err, test.want)
			}
		}
		answers, err := h.doors.Answers(t.Context(), h.edition.ID, h.who[0])
		if diff := cmp.Diff(map[programme.SessionID]bool{h.session: false}, answers); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if answers, err := h.doors.Answers(t.Context(), h.edition.ID, h.who[2]); len(answers) != 0 || err != nil {
			t.Errorf("who waits was asked: %v, %v", answers, err)
		}
	})
}

// asked lets somebody be asked, and returns the token of the letter.
func (h *hall) asked(who people.AccountID) (token string) {
	h.t.Helper()
	h.now(-24 * time.Hour)
	_, err := h.doors.Ask(h.t.Context())
	h.must(err)
	h.must(h.db.Tx(h.t.Context(), func(tx *db.Tx) (err error) {
		token, _, err = attendance.IssueLink(h.t.Context(), tx, h.time(), attendance.Asked{Session: h.session, Account: who})
		return err
	}))
	return token
}

func TestTheLinkOfALetterAnswersForOnePlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 3)
		token := h.asked(h.who[0])
		q, err := h.doors.Question(t.Context(), token)
		if err != nil || q.Account != h.who[0] || !q.Has() || !q.Coming.IsZero() {
			t.Fatalf("Question = %+v, %v, want one that nobody has answered", q, err)
		}
		if state := h.state(h.who[0]); state != signup.Holding {
			t.Errorf("looking changed the place into %s", state)
		}
		h.must(h.doors.ComeBy(t.Context(), token))
		h.must(h.doors.ComeBy(t.Context(), token)) // a second tap
		if !h.list().Seated[0].Coming || h.list().Seated[1].Coming {
			t.Errorf("the list says %+v, want that the first comes", h.list().Seated)
		}
		h.must(h.doors.GiveBackBy(t.Context(), token))
		h.must(h.doors.GiveBackBy(t.Context(), token))
		if got := h.state(h.who[0]); got != signup.Released {
			t.Errorf("given back, the place is %s", got)
		}
		if got := h.state(h.who[2]); got != signup.Holding && got != signup.Offered {
			t.Errorf("the first who waits has %s, want the place", got)
		}
		if err := h.doors.ComeBy(t.Context(), token); !errors.Is(err, signup.ErrNoSeat) {
			t.Errorf("coming without a place: %v, want ErrNoSeat", err)
		}
		if _, err := h.doors.Question(t.Context(), token+"x"); !errors.Is(err, attendance.ErrNoLink) {
			t.Errorf("another token: %v, want ErrNoLink", err)
		}
	})
}

func TestALetterIsNotWrittenToWhoHasAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 2)
		h.asked(h.who[0])
		h.must(h.doors.Come(t.Context(), h.who[0], h.session))
		h.must(h.seats.Leave(t.Context(), h.edition.ID, h.who[1], h.session))
		for _, who := range h.who {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				_, _, err := attendance.IssueLink(t.Context(), tx, h.time(), attendance.Asked{Session: h.session, Account: who})
				return err
			})
			if !errors.Is(err, attendance.ErrNoLink) {
				t.Errorf("IssueLink = %v, want ErrNoLink", err)
			}
		}
	})
}

func TestMarksAtTheDoor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 3)
		try := func(who people.AccountID, as attendance.Presence) error {
			return h.doors.Mark(t.Context(), attendance.Mark{By: "leader", Session: h.session, Account: who, Presence: as})
		}
		h.now(-13 * time.Hour)
		if err := try(h.who[0], attendance.Present); !errors.Is(err, attendance.ErrEarly) {
			t.Errorf("half a day before: %v, want ErrEarly", err)
		}
		h.now(-time.Minute)
		h.mark(h.who[0], attendance.Present)
		first := h.list().Seated[0].MarkedAt
		h.now(time.Minute)
		h.mark(h.who[0], attendance.Present) // sent again by a phone that heard no answer
		if again := h.list().Seated[0].MarkedAt; !again.Equal(first) {
			t.Errorf("the same mark is from %v, want %v", again, first)
		}
		h.mark(h.who[1], attendance.Absent)
		h.mark(h.who[2], attendance.Present)
		l := h.list()
		got := fmt.Sprint(l.Here(), l.Missing(), l.Unmarked(), l.AtDoor(), l.Left)
		if want := "1 1 0 1 0"; got != want {
			t.Errorf("counts %s, want %s", got, want)
		}
		h.mark(h.who[1], attendance.Unknown)
		if n := h.list().Unmarked(); n != 1 {
			t.Errorf("a mark taken back leaves %d unmarked, want 1", n)
		}
		for _, test := range []struct {
			name string
			err  error
			want error
		}{
			{"somebody who has no place", try(h.account("Obca"), attendance.Present), attendance.ErrNobody},
			{"no known word", try(h.who[0], "late"), attendance.ErrPresence},
			{"no such session", h.doors.Mark(t.Context(), attendance.Mark{Session: "x", Account: h.who[0], Presence: attendance.Present}), attendance.ErrNoSession},
		} {
			if !errors.Is(test.err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, test.err, test.want)
			}
		}
	})
}

func TestPlacesOfThoseWhoHaveNotCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 3, 6)
		h.now(0)
		h.mark(h.who[0], attendance.Present)
		h.mark(h.who[4], attendance.Present) // waits, second in line
		h.mark(h.who[5], attendance.Present) // waits, third in line
		if _, err := h.doors.Free(t.Context(), "leader", h.session, 2); !errors.Is(err, attendance.ErrEarly) {
			t.Errorf("at the beginning: %v, want ErrEarly", err)
		}
		h.now(attendance.FreeAfter)
		if _, err := h.doors.Free(t.Context(), "leader", h.session, 1); !errors.Is(err, attendance.ErrMoved) {
			t.Errorf("with another number than the list has: %v, want ErrMoved", err)
		}
		done, err := h.doors.Free(t.Context(), "leader", h.session, 2)
		if err != nil || done != (attendance.Turn{Freed: 2, Given: 2}) {
			t.Errorf("Free = %+v, %v, want two freed and two given", done, err)
		}
		want := []signup.State{signup.Holding, signup.Released, signup.Released, signup.Waiting, signup.Holding, signup.Holding}
		for i, who := range h.who {
			if got := h.state(who); got != want[i] {
				t.Errorf("person %d has %s, want %s", i, got, want[i])
			}
		}
		l := h.list()
		if len(l.Missed) != 2 || len(l.Seated) != 3 || l.Missing() != 0 {
			t.Errorf("the list has %d with a place, %d without it any more, want 3 and 2", len(l.Seated), len(l.Missed))
		}
		if _, err := h.doors.Free(t.Context(), "leader", h.session, 0); err != nil {
			t.Errorf("again with nobody missing: %v", err)
		}
		figures, err := h.doors.Figures(t.Context(), h.edition.ID)
		if diff := cmp.Diff([]attendance.Figures{{Session: h.session, Seats: 3, Came: 1, AtDoor: 2}}, figures); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if got := figures[0].NoShow(); got != 67 {
			t.Errorf("NoShow = %d, want 67", got)
		}
	})
}

func TestWhoComesLateGetsAPlaceThatIsLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 2)
		h.now(attendance.FreeAfter)
		h.mark(h.who[0], attendance.Present)
		_, err := h.doors.Free(t.Context(), "leader", h.session, 1)
		h.must(err)
		h.mark(h.who[1], attendance.Present)
		done, err := h.doors.LetIn(t.Context(), "leader", h.session)
		if err != nil || done.Given != 1 || h.state(h.who[1]) != signup.Holding {
			t.Errorf("LetIn = %+v, %v, and a place that is %s; want it back", done, err, h.state(h.who[1]))
		}
	})
}

func TestTheClockFreesPlacesOnlyWhereADoorIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 3)
		h.now(attendance.FreeAfter)
		freed := func() int64 {
			t.Helper()
			n, err := h.doors.FreeByClock(t.Context())
			h.must(err)
			return n
		}
		h.mark(h.who[0], attendance.Present)
		if n := freed(); n != 0 {
			t.Errorf("%d freed where nobody asked for it", n)
		}
		set, err := h.doors.Settings(t.Context(), h.session)
		h.must(err)
		set.Automatic = true
		_, err = h.doors.SaveSettings(t.Context(), "desk", set)
		h.must(err)
		h.mark(h.who[0], attendance.Unknown)
		if n := freed(); n != 0 {
			t.Errorf("%d freed where nobody keeps the door", n)
		}
		h.mark(h.who[0], attendance.Present)
		if n := freed(); n != 1 {
			t.Errorf("%d freed, want the one who has not come", n)
		}
		if n := freed(); n != 0 {
			t.Errorf("%d freed again", n)
		}
		entries, err := journal.Entries(t.Context(), d, journal.Filter{Action: "attendance.door_turned"})
		if err != nil || len(entries) != 1 || entries[0].Actor != journal.System {
			t.Errorf("the journal has %+v, %v, want one entry of the clock", entries, err)
		}
	})
}

func TestTheWayInIsShownToThoseWithAPlaceWhenItIsTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 1, 2)
		set := attendance.Settled(h.session, h.edition.ID)
		for _, bad := range []string{"http://example.org/x", "https://", "https://me@example.org/", "javascript:alert(1)", "https://" + strings.Repeat("a", 600)} {
			set.Link = bad
			if _, err := h.doors.SaveSettings(t.Context(), "desk", set); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%.30q: %v, want a problem", bad, err)
			}
		}
		set.Link = "https://example.org/pokoj"
		_, err := h.doors.SaveSettings(t.Context(), "desk", set)
		h.must(err)
		if _, err := h.doors.SaveSettings(t.Context(), "desk", set); !errors.Is(err, attendance.ErrChanged) {
			t.Errorf("an old revision: %v, want ErrChanged", err)
		}
		for _, test := range []struct {
			name string
			who  people.AccountID
			at   time.Duration
			want attendance.Link
		}{
			{"a place, too early", h.who[0], -16 * time.Minute, attendance.Link{From: start.Add(-15 * time.Minute)}},
			{"a place, in time", h.who[0], -15 * time.Minute, attendance.Link{URL: set.Link, From: start.Add(-15 * time.Minute)}},
			{"on the waiting list", h.who[1], -15 * time.Minute, attendance.Link{}},
			{"nobody", "", -15 * time.Minute, attendance.Link{}},
		} {
			h.now(test.at)
			if got, err := h.doors.Link(t.Context(), test.who, h.session); err != nil || got != test.want {
				t.Errorf("%s: %+v, %v, want %+v", test.name, got, err, test.want)
			}
		}
	})
}

func TestTheGuardIsAskedInEachTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 1, 2)
		_, err := rights.NewService(d, h.time).Appoint(t.Context(), people.Account{Email: "gzm@example.org"}, rights.CheckIn, rights.OfCongress(h.edition.ID), h.edition.ID)
		h.must(err)
		keeper, err := people.AccountOf(t.Context(), d, "gzm@example.org")
		h.must(err)
		h.doors.Guard = func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
			who, err := rights.Load(ctx, q, by, h.time())
			if err != nil {
				return err
			}
			return who.Decide(a, path)
		}
		h.now(attendance.FreeAfter)
		mark := func(by people.AccountID) error {
			return h.doors.Mark(t.Context(), attendance.Mark{By: by, Session: h.session, Account: h.who[0], Presence: attendance.Present})
		}
		if err := mark(keeper.ID); err != nil {
			t.Errorf("the reception marks: %v", err)
		}
		if err := mark(h.who[1]); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("a participant marks: %v, want ErrHidden", err)
		}
		if _, err := h.doors.LetIn(t.Context(), h.who[1], h.session); !errors.Is(err, rights.ErrHidden) {
			t.Errorf("a participant lets in: %v, want ErrHidden", err)
		}
		if _, err := h.doors.SaveSettings(t.Context(), keeper.ID, attendance.Settled(h.session, h.edition.ID)); !errors.Is(err, rights.ErrRole) {
			t.Errorf("the reception sets the link: %v, want ErrRole", err)
		}
	})
}

func TestWhoCameIsForgottenAndHowManyStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 2)
		h.asked(h.who[0])
		h.now(0)
		h.mark(h.who[0], attendance.Present)
		h.mark(h.who[1], attendance.Absent)
		for _, test := range []struct {
			day  civil.Date
			want int64
		}{{h.edition.EndsOn, 0}, {"2021-06-09", 2}, {"2021-06-09", 0}} {
			h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
				n, err := attendance.Forget(t.Context(), tx, test.day, h.who[0])
				if n != test.want {
					t.Errorf("Forget(%s) = %d, want %d", test.day, n, test.want)
				}
				return err
			}))
		}
		mine, err := attendance.Collect(t.Context(), d, people.Subject{Account: h.who[0]})
		if err != nil || len(mine.Rows) != 2 {
			t.Errorf("who is held has %+v, %v, want the mark and the answer", mine.Rows, err)
		}
		figures, err := h.doors.Figures(t.Context(), h.edition.ID)
		if diff := cmp.Diff([]attendance.Figures{{Session: h.session, Seats: 2, Came: 1, Kept: true}}, figures); diff != "" || err != nil {
			t.Error(err, diff)
		}
		h.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			gone, err := attendance.Erase(t.Context(), tx, people.Subject{Account: h.who[0]}, h.time())
			if err == nil && gone[0].Gone != 2 {
				t.Errorf("Erase = %+v, want 2 rows", gone)
			}
			return err
		}))
		if faults, err := attendance.Check(t.Context(), d); len(faults) > 0 || err != nil {
			t.Error(faults, err)
		}
	})
}

func TestCheckFindsWhatNoRuleLetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 1, 1)
		h.asked(h.who[0])
		h.must(h.doors.Come(t.Context(), h.who[0], h.session))
		h.now(0)
		h.mark(h.who[0], attendance.Present)
		for _, statement := range []string{
			`UPDATE attendance_mark SET presence = 'late', edition_id = 'other'`,
			`UPDATE attendance_session SET link = 'http://example.org'`,
			`DELETE FROM signup_seat`,
		} {
			_, err := d.Exec(t.Context(), statement)
			h.must(err)
		}
		_, err := d.Exec(t.Context(), `UPDATE attendance_answer SET coming_at = $1`, start.Add(-48*time.Hour))
		h.must(err)
		faults, err := attendance.Check(t.Context(), d)
		if err != nil || len(faults) != 5 {
			t.Errorf("Check = %v, %v, want five faults", faults, err)
		}
	})
}

func TestOneLetterIsPromisedForEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d, 2, 2)
		h.asked(h.who[0])
		entries, err := outbox.Claim(t.Context(), d, h.time().Add(time.Hour), time.Minute, 100)
		h.must(err)
		n := 0
		for _, e := range entries {
			if e.Kind == (attendance.Asked{}).Kind() {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d letters promised, want 2", n)
		}
	})
}
