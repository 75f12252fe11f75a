package signup_test

import (
	"bytes"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draw"
	"obrady/internal/fairness"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// lottery opens a window that draws an hour after noon.
func (c *congress) lottery(change ...func(*admission.Window)) admission.Window {
	return c.window(admission.Lottery, append([]func(*admission.Window){func(w *admission.Window) { w.DecidesAt = noon.Add(time.Hour) }}, change...)...)
}

func (c *congress) wish(who people.AccountID, sessions ...programme.SessionID) {
	c.t.Helper()
	var wishes []signup.Wish
	for _, s := range sessions {
		wishes = append(wishes, signup.Wish{Session: s})
	}
	c.must(c.signup.SaveWishes(c.t.Context(), c.edition.ID, who, wishes))
}

// record reads the record of a draw and fails the test if anything in it is not true.
func (c *congress) record(w admission.WindowID) draw.Record {
	c.t.Helper()
	file, err := fairness.NewService(c.db).Record(c.t.Context(), w)
	c.must(err)
	r, err := draw.Read(bytes.NewReader(file))
	c.must(err)
	wrong, err := r.Differences()
	c.must(err)
	if len(wrong) > 0 {
		c.t.Errorf("the record of the draw differs from what comes out of it: %v", wrong)
	}
	lot, err := fairness.NewService(c.db).Lot(c.t.Context(), w)
	c.must(err)
	if lot.Commitment != r.Commitment || lot.Fingerprint != r.Fingerprint || lot.DrawnAt.IsZero() {
		c.t.Errorf("the public knows %+v, the record says %s and %s", lot, r.Commitment, r.Fingerprint)
	}
	return r
}

// Two hundred people take part in a draw while others press already.
func TestADrawFromWishesToSeats(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.lottery()
		var sessions []programme.SessionID
		for i := range 8 {
			s := c.session(fmt.Sprintf("s%d", i), 8+i/2*2) // two at a time
			c.open(w, s, 12)
			sessions = append(sessions, s)
		}
		lot, err := fairness.NewService(c.db).Lot(t.Context(), w.ID)
		c.must(err)
		if _, err := fairness.NewService(c.db).Record(t.Context(), w.ID); lot.Commitment == "" || err == nil {
			t.Errorf("before the draw: %+v and a record (%v), want the commitment alone", lot, err)
		}
		who := c.accounts(220)
		for i, one := range who[:200] {
			c.wish(one, sessions[i%8], sessions[(i*3+1)%8], sessions[(i*5+2)%8])
		}
		if got := c.one(who[0], sessions[0]); got.Why != signup.ByLot {
			t.Errorf("a press before the draw = %+v, want by lot", got)
		}
		c.clock.set(noon.Add(time.Hour))
		if got := c.one(who[0], sessions[0]); got.Why != signup.NotDecided {
			t.Errorf("a press before the lot is cast = %+v, want not decided", got)
		}
		var wait sync.WaitGroup
		for i, one := range who[200:] {
			wait.Go(func() {
				answer, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
					Account: one, Key: fmt.Sprintf("press-number-%08d", i), Wishes: []signup.Wish{{Session: sessions[i%8]}},
				})
				if err != nil {
					t.Error(err)
				}
				if o := answer.Outcomes[0]; o.State == signup.Holding {
					t.Errorf("who came late holds a seat: %+v", o)
				}
			})
		}
		wait.Go(func() {
			if err := c.signup.Decide(t.Context(), w.ID); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
		c.isAsDrawn(c.record(w.ID), w, who[:200])
		before, revision, err := signup.Progress(t.Context(), d)
		c.must(err)
		c.must(c.signup.Decide(t.Context(), w.ID))
		if after, same, err := signup.Progress(t.Context(), d); err != nil || after != before || same != revision {
			t.Errorf("a second draw went from %v to %v (%v), want nothing changed", before, after, err)
		}
		c.sound()
	})
}

// isAsDrawn compares what people have with the record.
func (c *congress) isAsDrawn(r draw.Record, w admission.Window, who []people.AccountID) {
	c.t.Helper()
	fates := map[draw.Code][]draw.Fate{}
	for _, o := range r.Outcomes {
		fates[o.Code] = o.Fates
	}
	plan, err := c.signup.Plan(c.t.Context(), c.edition.ID)
	c.must(err)
	type fate struct {
		State    signup.State
		Position int
	}
	granted := 0
	for _, one := range who {
		codes, err := fairness.NewService(c.db).Codes(c.t.Context(), c.edition.ID, one)
		c.must(err)
		want, got := map[programme.SessionID]fate{}, map[programme.SessionID]fate{}
		for _, f := range fates[codes[w.ID]] {
			o, _ := plan.OfferAt(string(f.Session))
			switch f.State {
			case draw.Granted:
				want[o.Session] = fate{State: signup.Holding}
				granted++
			case draw.Waiting:
				want[o.Session] = fate{signup.Waiting, f.Number}
			case draw.Refused:
			}
		}
		mine, err := c.signup.Mine(c.t.Context(), c.edition.ID, one)
		c.must(err)
		for _, m := range mine {
			got[m.Session] = fate{m.State, m.Position}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.t.Fatalf("what somebody has (-record +database):\n%s", diff)
		}
	}
	if granted != 8*12 {
		c.t.Errorf("%d seats granted, want all 96", granted)
	}
}

// A draw waits while all sign-ups are held, and is promised again afterwards.
func TestAHoldPutsADrawOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.lottery()
		s := c.session("zielen", 10)
		c.open(w, s, 1)
		who := c.accounts(1)[0]
		c.wish(who, s)
		set, err := arranging(c.signup).SaveSettings(t.Context(), signup.Change{By: "desk"}, admission.Settings{Edition: c.edition.ID, Held: true})
		c.must(err)
		c.clock.set(noon.Add(time.Hour))
		c.must(c.signup.Decide(t.Context(), w.ID))
		if got := c.at(who, s); got.State != "" {
			t.Errorf("while all is held somebody has %+v, want nothing", got)
		}
		promised := c.promises(w.ID)
		set.Held = false
		_, err = arranging(c.signup).SaveSettings(t.Context(), signup.Change{By: "desk"}, set)
		c.must(err)
		if again := c.promises(w.ID); again != promised+1 {
			t.Errorf("%d promises to decide after %d, want one more", again, promised)
		}
		c.must(c.signup.Look(t.Context(), signup.Due{Window: w.ID}))
		if got := c.at(who, s); got.State != signup.Holding {
			t.Errorf("after it somebody has %+v, want the seat", got)
		}
	})
}

func (c *congress) promises(w admission.WindowID) (n int) {
	c.t.Helper()
	c.must(c.db.QueryRow(c.t.Context(), `SELECT COUNT(*) FROM outbox WHERE kind = 'signup.due' AND CAST(payload AS TEXT) LIKE $1`, "%"+string(w)+"%").Scan(&n))
	return n
}

// Seats that colleagues have before a draw count in it, and nobody gets a seat by
// lot where all are kept for others.
func TestADrawKeepsToWhatHoldsForAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := build(t, d, 3)
		a, kept := s.sessions[7], s.session("kept", 19)
		s.open(s.model.windows[3], kept, 0, admission.Pool{Number: 2, Kind: admission.ForInstitution, Target: string(s.institutions[0]), Capacity: 5})
		s.must(arranging(s.signup).SaveOffer(t.Context(), signup.Change{By: "desk", Reason: "kept"}, s.keptOnly(kept)))
		_, err := arranging(s.signup).SaveRule(t.Context(), signup.Change{By: "desk", Reason: "one each"}, s.rules[2])
		s.must(err)
		var colleagues, others []people.AccountID
		for _, who := range s.people {
			switch s.model.guests[who].Institution {
			case s.institutions[1]:
				colleagues = append(colleagues, who)
			case "":
				others = append(others, who)
			}
		}
		if len(colleagues) < 2 || len(others) < 1 {
			t.Fatalf("%d colleagues and %d others on this stage, want 2 and 1", len(colleagues), len(others))
		}
		desk := signup.Change{By: "desk", Reason: "speaks there"}
		if got, err := s.signup.Admit(t.Context(), s.edition.ID, desk, a, colleagues[0]); err != nil || got.State != signup.Holding {
			t.Fatalf("Admit = %+v, %v, want a seat", got, err)
		}
		s.clock.set(noon)
		s.wish(colleagues[1], a, kept)
		s.wish(others[0], kept)
		s.clock.set(noon.Add(24 * time.Hour))
		s.must(s.signup.Decide(t.Context(), s.windows[3]))
		s.record(s.windows[3])
		for _, test := range []struct {
			name    string
			who     people.AccountID
			session programme.SessionID
			want    signup.Why
			other   string
		}{
			{"a second colleague", colleagues[1], a, signup.Colleagues, string(s.rules[2].ID)},
			{"of another institution", colleagues[1], kept, signup.NotForYou, ""},
			{"of none", others[0], kept, signup.NotForYou, ""},
		} {
			events, err := signup.Events(t.Context(), d, signup.Decided{From: 1, To: 1000})
			s.must(err)
			var got signup.Event
			for _, e := range events {
				if e.Account == test.who && e.Session == test.session {
					got = e
				}
			}
			if got.What != signup.WasRefused || signup.Why(got.Why) != test.want || got.Other != test.other {
				t.Errorf("%s: %+v, want %s by %q", test.name, got, test.want, test.other)
			}
		}
		s.sound()
	})
}

// keptOnly is a session all of whose seats are kept for an institution.
func (s *stage) keptOnly(session programme.SessionID) admission.Offer {
	plan, err := s.signup.Plan(s.t.Context(), s.edition.ID)
	s.must(err)
	o, _ := plan.Offer(session)
	next := *o
	next.Pools = o.Pools[1:]
	return next
}

// Scripts that react within a millisecond get no more than their share of seats,
// where a lot decides; where the first press does, they get them all.
func TestScriptsGetTheirShare(t *testing.T) {
	const persons, scripts, places = 20, 5, 5
	runs := 200
	if testing.Short() {
		runs = 40
	}
	for _, mode := range []admission.Mode{admission.Lottery, admission.Prequeue, admission.FirstCome} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			mean := float64(scripts) / persons
			sigma := math.Sqrt(float64(runs) * places * mean * (1 - mean) * (persons - places) / (persons - 1))
			want := float64(runs*places) * mean
			off := func() float64 {
				won := 0
				for from := 0; from < runs; from += 20 {
					c := convene(t, dbtest.New(t, db.SQLite))
					_, err := arranging(c.signup).SaveSettings(t.Context(), signup.Change{By: "desk"}, admission.Settings{Edition: c.edition.ID, Overlap: true})
					c.must(err)
					won += c.wins(mode, c.accounts(persons), scripts, places, 20)
				}
				return (float64(won) - want) / sigma
			}
			got := off()
			t.Logf("%s: scripts are %.1f sigma off their share of %.0f seats", mode, got, want)
			if mode == admission.FirstCome {
				if got < 10 {
					t.Errorf("who presses first gets no more than a share (%.1f sigma): the test shows nothing", got)
				}
				return
			}
			if math.Abs(got) > 3 { // happens once in 370 times by chance, and twice once in 100,000
				if got = off(); math.Abs(got) > 3 {
					t.Errorf("scripts got %.1f sigma more than their share, twice", got)
				}
			}
		})
	}
}

// wins plays so many openings in which the first people are scripts, and counts
// their seats.
func (c *congress) wins(mode admission.Mode, who []people.AccountID, scripts, places, runs int) (n int) {
	c.t.Helper()
	for range runs {
		c.clock.set(noon.Add(-time.Minute))
		w := c.window(mode, func(w *admission.Window) {
			if mode == admission.Lottery {
				w.OpensAt, w.DecidesAt = noon.Add(-time.Hour), noon
			}
		})
		c.keys++
		s := c.session(fmt.Sprintf("run-%d", c.keys), 10)
		c.open(w, s, places)
		for _, one := range who { // the scripts are the first here as well
			if mode != admission.FirstCome {
				c.wish(one, s)
			}
			if mode == admission.Prequeue {
				c.must(c.signup.Ready(c.t.Context(), c.edition.ID, one, w.ID))
			}
		}
		c.clock.set(noon.Add(time.Millisecond))
		if mode == admission.Lottery {
			c.must(c.signup.Decide(c.t.Context(), w.ID))
		}
		for i, one := range who {
			if got := c.one(one, s); got.State == signup.Holding && i < scripts {
				n++
			}
		}
	}
	return n
}
