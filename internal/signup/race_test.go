package signup_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// TestMain lets the test binary be one of the processes that race.
func TestMain(m *testing.M) {
	if address := os.Getenv("OBRADY_RACER"); address != "" {
		if err := race(address); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// errand is what a process of the race is told; it follows on its standard input.
type errand struct {
	Edition  edition.ID
	Sessions []programme.SessionID
	Accounts []people.AccountID
	Naive    bool // count first, then insert: what must fail
}

// told is what a claim of the race was answered.
type told struct {
	State signup.State
	Why   signup.Why
	Seq   signup.Receipt
}

// race is one process: it waits for the start, claims a seat of each session with
// many goroutines, and writes what it was told.
func race(address string) error {
	in := json.NewDecoder(bufio.NewReader(os.Stdin))
	var job errand
	if err := in.Decode(&job); err != nil {
		return fmt.Errorf("read the errand: %w", err)
	}
	d, err := db.Open(context.Background(), address)
	if err != nil {
		return err
	}
	defer d.Close()
	s := signup.NewService(d, func() time.Time { return noon })
	clock := &clock{now: noon}
	s.Clock = clock.read
	if _, err := s.Plan(context.Background(), job.Edition); err != nil {
		return err
	}
	answers := make([]told, len(job.Sessions))
	for begin := 0; begin < len(answers); begin += lap {
		fmt.Println("ready") // to the process that started this one
		var start string
		if err := in.Decode(&start); err != nil {
			return fmt.Errorf("wait for the start: %w", err)
		}
		if err := runLap(s, d, job, answers, begin); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

// The processes start anew, together, after so many sessions: one that was quicker
// at the start would otherwise be ahead of the other to the end, and never race it.
const lap = 500

// runLap claims a seat of each of the sessions of a lap, with many goroutines.
func runLap(s *signup.Service, d *db.DB, job errand, answers []told, begin int) error {
	end := min(begin+lap, len(answers))
	var next atomic.Int64
	var run errgroup.Group
	for range 128 {
		run.Go(func() (err error) {
			for {
				i := begin + int(next.Add(1)) - 1
				if i >= end {
					return nil
				}
				if answers[i], err = press(s, d, job, i); err != nil {
					return fmt.Errorf("claim %d: %w", i, err)
				}
			}
		})
	}
	return run.Wait()
}

func press(s *signup.Service, d *db.DB, job errand, i int) (told, error) {
	who, session := job.Accounts[i%len(job.Accounts)], job.Sessions[i]
	if job.Naive {
		return countThenInsert(d, job.Edition, who, session)
	}
	answer, err := s.Take(context.Background(), job.Edition, signup.Claim{
		Account: who, Key: fmt.Sprintf("race-%s-%06d", who[len(who)-6:], i), Wishes: []signup.Wish{{Session: session}},
	})
	if err != nil {
		return told{}, err
	}
	o := answer.Outcomes[0]
	return told{o.State, o.Why, o.Seq}, nil
}

// countThenInsert is how it must not be done: it looks first, and then takes what
// it saw.
func countThenInsert(d *db.DB, of edition.ID, who people.AccountID, session programme.SessionID) (told, error) {
	var taken int
	err := d.QueryRow(context.Background(), `SELECT COUNT(*) FROM signup_standing WHERE session_id = $1 AND state = 'held'`, session).Scan(&taken)
	if err != nil {
		return told{}, err
	}
	if taken > 0 {
		return told{State: signup.Refused, Why: signup.Full}, nil
	}
	_, err = d.Exec(context.Background(), `
		INSERT INTO signup_seat (session_id, account_id, edition_id, state, seq, pools, account_key, session_key)
		VALUES ($1, $2, $3, 'held', 0, '1', $4, $5)`, session, who, of, id.Key(who), id.Key(session))
	return told{State: signup.Holding}, err
}

// arena puts up so many sessions of one seat each: half of them with a waiting list.
func arena(t *testing.T, d *db.DB, sessions int) (*congress, errand) {
	t.Helper()
	c := convene(t, d)
	_, err := arranging(c.signup).SaveSettings(t.Context(), signup.Change{By: "desk"}, admission.Settings{Edition: c.edition.ID, Overlap: true})
	c.must(err)
	with, without := c.window(admission.FirstCome), c.window(admission.FirstCome, func(w *admission.Window) { w.Waiting = false })
	first := c.session("first", 10)
	c.must(d.Tx(t.Context(), func(tx *db.Tx) error {
		for _, statement := range []string{
			`INSERT INTO session (id, edition_id, slug, guid, block_id, title, lead, body, format, form, languages, interpretation, audience,
				links, status, reason, examples, sources, origin, updated_at)
			SELECT 'race-' || n.i, edition_id, 'race-' || n.i, 'race-' || n.i, block_id, title, lead, body, format, form, languages,
				interpretation, audience, links, status, reason, examples, sources, origin, updated_at FROM session, n WHERE session.id = $2`,
			`INSERT INTO admission_session (session_id, edition_id, window_id, hours, starts_at, revision, updated_at)
			SELECT 'race-' || n.i, edition_id, CASE n.i % 2 WHEN 0 THEN '` + string(with.ID) + `' ELSE '` + string(without.ID) + `' END,
				'[]', NULL, 1, updated_at FROM session, n WHERE session.id = $2`,
			`INSERT INTO admission_pool (session_id, number, kind, name, capacity)
			SELECT 'race-' || n.i, 1, 'all', '{}', 1 FROM n WHERE $2 <> ''`,
		} {
			const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($1 AS INTEGER)) `
			if _, err := tx.Exec(t.Context(), numbers+statement, strconv.Itoa(sessions), first); err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `UPDATE signup_ledger SET revision = revision + 1`)
		return err
	}))
	job := errand{Edition: c.edition.ID}
	for i := range sessions {
		job.Sessions = append(job.Sessions, programme.SessionID("race-"+strconv.Itoa(i+1)))
	}
	return c, job
}

// racer is a process of the race.
type racer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func start(t *testing.T, address string, job errand) *racer {
	t.Helper()
	r := &racer{cmd: exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")}
	r.cmd.Env = append(os.Environ(), "OBRADY_RACER="+address)
	r.cmd.Stderr = os.Stderr
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.out = bufio.NewReader(out)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(r.in).Encode(job); err != nil {
		t.Fatal(err)
	}
	return r
}

// run lets two processes race and returns what each was told.
func run(t *testing.T, address string, c *congress, job errand) (answers [2][]told) {
	t.Helper()
	racers := [2]*racer{}
	for i := range racers {
		job.Accounts = c.accounts(100)
		racers[i] = start(t, address, job)
	}
	for begin := 0; begin < len(job.Sessions); begin += lap {
		for _, r := range racers {
			if line, err := r.out.ReadString('\n'); line != "ready\n" {
				t.Fatalf("a process of the race says %q (%v), want ready", line, err)
			}
		}
		for _, r := range racers {
			if err := json.NewEncoder(r.in).Encode("go"); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, r := range racers {
		if err := json.NewDecoder(r.out).Decode(&answers[i]); err != nil {
			t.Errorf("read what process %d was told: %v", i, err)
		}
		if err := r.cmd.Wait(); err != nil {
			t.Errorf("process %d: %v", i, err)
		}
	}
	return answers
}

// oversold counts the sessions with more than one seat given, and seats.
func oversold(t *testing.T, d *db.DB) (seats, over int) {
	t.Helper()
	err := d.QueryRow(t.Context(), `
		SELECT COALESCE(SUM(n), 0), COUNT(*) FILTER (WHERE n > 1) FROM (
			SELECT COUNT(*) AS n FROM signup_standing WHERE state = 'held' GROUP BY session_id
		) AS held`).Scan(&seats, &over)
	if err != nil {
		t.Fatal(err)
	}
	return seats, over
}

// TestTheLastSeatOfTenThousand lets two processes race for sessions of one seat.
// One of the two gets it each time, and the other is told so by a decision that
// came after the one that gave the seat away.
func TestTheLastSeatOfTenThousand(t *testing.T) {
	sessions := 10_000
	if testing.Short() {
		sessions = 5_000
	}
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			address := dbtest.URL(t, engine)
			d := dbtest.Open(t, address)
			c, job := arena(t, d, sessions)
			answers := run(t, address, c, job)
			if t.Failed() {
				return
			}
			for i, session := range job.Sessions {
				a, b := answers[0][i], answers[1][i]
				if b.State == signup.Holding {
					a, b = b, a
				}
				waits := (i+1)%2 == 0
				fair := waits && b.State == signup.Waiting || !waits && b.State == signup.Refused && b.Why == signup.Full
				if a.State != signup.Holding || !fair || b.Seq <= a.Seq {
					t.Fatalf("%s: told %+v and %+v, want one seat and then a full session", session, a, b)
				}
			}
			if seats, over := oversold(t, d); seats != sessions || over != 0 {
				t.Errorf("%d seats given, %d sessions oversold, want %d and 0", seats, over, sessions)
			}
			first := answersFirst(answers)
			t.Logf("%d of %d seats went to the first process", first, sessions)
			if first == 0 || first == sessions {
				t.Errorf("one process got every seat: they did not race")
			}
			c.sound()
		})
	}
}

func answersFirst(answers [2][]told) (n int) {
	for _, a := range answers[0] {
		if a.State == signup.Holding {
			n++
		}
	}
	return n
}

// TestCountThenInsertOversells is the control: the same race with the obvious
// code gives seats twice.
func TestCountThenInsertOversells(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			address := dbtest.URL(t, engine)
			d := dbtest.Open(t, address)
			c, job := arena(t, d, 2_000)
			job.Naive = true
			run(t, address, c, job)
			seats, over := oversold(t, d)
			t.Logf("%d seats of 2,000 given, %d sessions oversold", seats, over)
			if over == 0 {
				t.Error("nothing was oversold: the race shows nothing")
			}
			if !slices.ContainsFunc(c.faults(), func(f db.Fault) bool { return f.What == "a pool counted wrongly" }) {
				t.Error("fsck does not see that seats were given twice")
			}
		})
	}
}
