package rehearsal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/rehearsal"
	"obrady/internal/rights"
	"obrady/internal/signup"
)

// sound fails the test unless the report could be true.
func sound(t *testing.T, r rehearsal.Report, n int) {
	t.Helper()
	total, seated := 0, 0
	for seats, count := range r.ByNumber {
		total += count
		seated += seats * count
	}
	held := 0
	for _, s := range r.Sessions {
		held += s.Held
		if s.Counted && s.Held > s.Seats || s.Counted && s.Waiting > 0 && s.Held < s.Seats {
			t.Errorf("%s: %d of %d seats, %d wait", s.Slug, s.Held, s.Seats, s.Waiting)
		}
	}
	if r.People != n || total != n || held != seated || r.Oversold != 0 || len(r.Faults) > 0 || r.Cut || r.Answers.Unlike != 0 || r.Answers.Missing != 0 {
		t.Errorf("%d people, %d counted, %d seats of people and %d of sessions, %d oversold, faults %v, cut %v, answers %+v; want %d, all equal and nothing wrong",
			r.People, total, seated, held, r.Oversold, r.Faults, r.Cut, r.Answers, n)
	}
}

func TestAnOpeningIsPlayedOnACopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.window(admission.FirstCome, 4, 20, admission.Pool{Number: 2, Kind: admission.ForNeed, Target: string(admission.Wheelchair), Capacity: 2})
		who := c.participants(60, people.LocalGovernment, "")
		who = append(who, c.participants(40, people.Civic, "")...)
		c.wish(who[:30], c.sessions[0], c.sessions[1])
		before := c.rows()
		r := c.rehearse(rehearsal.Order{Window: w.ID})
		sound(t, r.Report, 100)
		if diff := cmp.Diff(before, c.rows()); diff != "" {
			t.Errorf("the real database has changed (-before +after):\n%s", diff)
		}
		if left, _ := os.ReadDir(c.folder); len(left) > 0 {
			t.Errorf("%s is left of the copy", left[0].Name())
		}
		first := r.Sessions[0]
		if r.Lists != 30 || first.Wanted != 100 || first.Seats != 20 || first.Held != 20 || first.Room != 60 || first.Advice() != rehearsal.Widen {
			t.Errorf("from %d lists: %+v, want 100 who want 20 seats in a room for 60", r.Lists, first)
		}
		if last := r.Sessions[3]; last.Wanted != 0 || last.Advice() != rehearsal.Smaller {
			t.Errorf("nobody wishes for it: %+v", last)
		}
		if r.Answers.Number < 100 || r.Answers.Half <= 0 || r.Answers.NearlyAll < r.Answers.Half || r.Answers.Slowest < r.Answers.NearlyAll || r.Answers.PerSecond <= 0 {
			t.Errorf("answers %+v", r.Answers)
		}
		if !first.SoldOut.Came || r.SoldOut < 1 || r.SoldAfter.Came || r.Waiting == 0 {
			t.Errorf("sold out: %+v, %d sessions, all %v, %d wait", first.SoldOut, r.SoldOut, r.SoldAfter, r.Waiting)
		}
		if len(r.BySector) != 2 || r.BySector[0].People+r.BySector[1].People != 100 {
			t.Errorf("by sector: %+v", r.BySector)
		}
	})
}

func TestALotIsDrawnOnACopy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		lottery, queue := c.window(admission.Lottery, 3, 10), c.window(admission.Prequeue, 3, 10)
		r := c.rehearse(rehearsal.Order{Window: lottery.ID, People: 80})
		sound(t, r.Report, 80)
		if r.Entrants != 80 || r.Drawing <= 0 || r.Answers.Number != 0 || r.Lists != 0 || r.ByNumber[0] == 80 {
			t.Errorf("lottery: %+v", r)
		}
		r = c.rehearse(rehearsal.Order{Window: queue.ID, People: 80})
		sound(t, r.Report, 80)
		if r.Entrants < 30 || r.Entrants > 75 || r.Drawing <= 0 || r.Answers.Number < 80-r.Entrants || r.SoldOut == 0 {
			t.Errorf("queue: %+v", r)
		}
	})
}

// A window that has opened, and whose places are taken, is played as it was before.
func TestWhatHasHappenedIsNotPlayed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		w := c.window(admission.FirstCome, 1, 2)
		who := c.participants(2, people.Civic, "")
		c.signup.Clock = func(context.Context, db.Querier) (time.Time, error) { return opening.Add(time.Hour), nil }
		for i, account := range who {
			_, err := c.signup.Take(t.Context(), c.edition.ID, signup.Claim{
				Account: account, Key: "key-000000000000000-" + strconv.Itoa(i), Wishes: []signup.Wish{{Session: c.sessions[0]}},
			})
			c.must(err)
		}
		r := c.rehearse(rehearsal.Order{Window: w.ID, People: 10})
		sound(t, r.Report, 10)
		if r.Sessions[0].Held != 2 {
			t.Errorf("%d seats given, want 2", r.Sessions[0].Held)
		}
	})
}

func TestTheLastTwoReportsAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		if _, err := c.service.Latest(t.Context(), c.edition.ID); !errors.Is(err, rehearsal.ErrNone) {
			t.Errorf("before any: %v, want %v", err, rehearsal.ErrNone)
		}
		w := c.window(admission.FirstCome, 2, 5)
		for _, n := range []int{10, 11, 12} {
			c.rehearse(rehearsal.Order{Window: w.ID, People: n})
		}
		all, err := c.service.Latest(t.Context(), c.edition.ID)
		c.must(err)
		if len(all) != 1 || all[0].People != 12 || all[0].Before == nil || all[0].Before.People != 11 {
			t.Errorf("%d windows, %+v, want one with 12 people after 11", len(all), all)
		}
		var n int
		c.must(c.db.QueryRow(t.Context(), `SELECT COUNT(*) FROM rehearsal_report`).Scan(&n))
		if n != 2 {
			t.Errorf("%d reports are kept, want 2", n)
		}
		if err := c.db.QueryRow(t.Context(), `SELECT COUNT(*) FROM journal WHERE action = 'signup.rehearsed' AND actor = 'desk'`).Scan(&n); err != nil || n != 3 {
			t.Errorf("%d in the journal, %v, want 3", n, err)
		}
	})
}

func TestWhatIsNotRehearsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		refuse, room := false, uint64(1<<40)
		c := convene(t, d, func(config *rehearsal.Config) {
			config.Guard = func(_ context.Context, _ db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
				if by != "desk" || a != rights.Rehearse || len(path) == 0 {
					t.Errorf("the guard is asked whether %q may do %q at %v", by, a, path)
				}
				if refuse {
					return errNo
				}
				return nil
			}
			config.Free = func(string) (uint64, error) { return room, nil }
		})
		w, empty, chosen := c.window(admission.FirstCome, 1, 5), c.window(admission.FirstCome, 0, 0), c.window(admission.Selection, 1, 5)
		for _, test := range []struct {
			name   string
			order  rehearsal.Order
			change func()
			want   error
		}{
			{"no window", rehearsal.Order{}, nil, errs.New(errs.Invalid, "rehearsal.no_window")},
			{"too few people", rehearsal.Order{Window: w.ID, People: 9}, nil, errs.New(errs.Invalid, "rehearsal.people")},
			{"too many people", rehearsal.Order{Window: w.ID, People: 20_001}, nil, errs.New(errs.Invalid, "rehearsal.people")},
			{"fewer than none", rehearsal.Order{Window: w.ID, People: -1}, nil, errs.New(errs.Invalid, "rehearsal.people")},
			{"a window that is not there", rehearsal.Order{Window: "x"}, nil, admission.ErrNoWindow},
			{"a choice", rehearsal.Order{Window: chosen.ID}, nil, rehearsal.ErrChosen},
			{"somebody who may not", rehearsal.Order{Window: w.ID}, func() { refuse = true }, errNo},
			{"no room on the disk", rehearsal.Order{Window: w.ID}, func() { room = 1 << 20 }, rehearsal.ErrNoRoom},
			{"an opening in ten minutes", rehearsal.Order{Window: w.ID}, func() {
				_, err := d.Exec(t.Context(), `UPDATE admission_window SET opens_at = $1 WHERE id = $2`, time.Now().Add(10*time.Minute), empty.ID)
				c.must(err)
			}, rehearsal.ErrSoon},
		} {
			refuse, room = false, 1<<40
			if test.change != nil {
				test.change()
			}
			if err := c.service.Start(t.Context(), "desk", c.edition.ID, test.order); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
			if c.service.Progress(c.edition.ID).Running {
				t.Errorf("%s: it is under way", test.name)
				c.ended()
			}
		}
		refuse = false
		_, err := d.Exec(t.Context(), `UPDATE admission_window SET opens_at = $1`, opening)
		c.must(err)
		c.must(c.service.Start(t.Context(), "desk", c.edition.ID, rehearsal.Order{Window: empty.ID}))
		c.ended()
		if err := c.service.Progress(c.edition.ID).Failed; !errors.Is(err, rehearsal.ErrNothing) {
			t.Errorf("without sessions: %v, want %v", err, rehearsal.ErrNothing)
		}
	})
}

// Somebody ends a rehearsal while the copy is being checked: what was found is kept, and the copy goes.
func TestOneAtATimeUntilItIsEnded(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	checking, goOn := make(chan struct{}), make(chan struct{})
	c := convene(t, d, func(config *rehearsal.Config) {
		config.Check = func(context.Context, db.Querier) ([]db.Fault, error) {
			close(checking)
			<-goOn
			return []db.Fault{{Package: "signup", What: "two at one place", Row: "x"}, {Package: "signup", What: "two at one place", Row: "y"}}, nil
		}
	})
	w := c.window(admission.FirstCome, 1, 5)
	c.must(c.service.Start(t.Context(), "desk", c.edition.ID, rehearsal.Order{Window: w.ID, People: 10}))
	<-checking
	if p := c.service.Progress(c.edition.ID); !p.Running || p.Step != rehearsal.Counting || p.Order.People != 10 {
		t.Errorf("Progress = %+v, want it to count", p)
	}
	if left, _ := os.ReadDir(c.folder); len(left) != 1 {
		t.Errorf("%d folders of copies, want 1", len(left))
	}
	if err := c.service.Start(t.Context(), "desk", "another", rehearsal.Order{Window: w.ID}); !errors.Is(err, rehearsal.ErrRunning) {
		t.Errorf("a second one: %v, want %v", err, rehearsal.ErrRunning)
	}
	c.must(c.service.Cancel(t.Context(), "desk", c.edition.ID))
	close(goOn)
	c.ended()
	c.service.Stop()
	all, err := c.service.Latest(t.Context(), c.edition.ID)
	c.must(err)
	if diff := cmp.Diff([]string{"two at one place"}, all[0].Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if left, _ := os.ReadDir(c.folder); len(left) > 0 {
		t.Errorf("%s is left of the copy", left[0].Name())
	}
}

// The program was killed while it rehearsed: its copy goes at the next start, and nobody else's.
func TestCopiesOfTheDeadAreRemoved(t *testing.T) {
	folder := t.TempDir()
	const dead = 1 << 22 // more than Linux gives out
	for name, stays := range map[string]bool{
		"obrady-rehearsal-" + strconv.Itoa(dead) + "-1":         false,
		"obrady-rehearsal-" + strconv.Itoa(os.Getpid()) + "-2":  false, // had our number before us
		"obrady-rehearsal-" + strconv.Itoa(os.Getppid()) + "-3": true,
		"obrady-rehearsal-notes":                                true,
		"obrady.db":                                             true,
	} {
		if err := os.MkdirAll(filepath.Join(folder, name, "copy.db-wal"), 0o700); err != nil {
			t.Fatal(err)
		}
		convene(t, dbtest.New(t, db.SQLite), func(c *rehearsal.Config) { c.Folder = folder })
		if _, err := os.Stat(filepath.Join(folder, name)); (err == nil) != stays {
			t.Errorf("%s: %v, want it to stay: %v", name, err, stays)
		}
	}
}
