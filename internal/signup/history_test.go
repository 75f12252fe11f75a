package signup_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/admission"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

var (
	seedFlag  = flag.Uint64("seed", 0, "play the history of this seed alone (or OBRADY_SEED)")
	countFlag = flag.Int("histories", 0, "how many histories to play (or OBRADY_HISTORIES)")
)

// step is one thing that happens in a history. It names people and sessions by
// their numbers on the stage, so any part of a history is a history.
type step struct {
	do           string
	who          int
	session, alt int
	n            int
	needs        []admission.Need
	list         []int
	claims       []step // of a batch
}

func (s step) String() string {
	if len(s.claims) > 0 {
		return fmt.Sprintf("batch%v", s.claims)
	}
	return fmt.Sprintf("{%s who:%d session:%d alt:%d n:%d needs:%v list:%v}", s.do, s.who, s.session, s.alt, s.n, s.needs, s.list)
}

// often says how much of a history each step is.
var often = []struct {
	do    string
	times int
}{
	{"take", 26},
	{"batch", 8},
	{"retry", 4},
	{"leave", 9},
	{"leave all", 2},
	{"accept", 6},
	{"later", 12},
	{"look", 5},
	{"resize", 7},
	{"remove", 2},
	{"admit", 4},
	{"shift", 3},
	{"move", 4},
	{"keep", 3},
	{"wish", 7},
	{"ready", 5},
	{"decide", 2},
	{"hold", 1},
	{"margin", 1},
	{"rule", 3},
	{"invite", 3},
	{"revoke", 1},
}

// story makes the steps of a history from a seed.
func story(seed uint64, length int) (steps []step) {
	chance := rand.New(rand.NewPCG(seed, 2))
	all := 0
	for _, o := range often {
		all += o.times
	}
	where := plots[seed%uint64(len(plots))]
	for i := range length {
		if i == 0 && where.open {
			steps = append(steps, step{do: "jump"})
		}
		if i == where.after {
			steps = append(steps, step{do: "jump", n: where.to})
		}
		if i < where.after && i%2 == 0 {
			steps = append(steps, where.press(chance))
			continue
		}
		if i < where.after+8 && where.open { // and then some places are given back
			steps = append(steps, chapter(chance, []string{"leave", "leave", "look", "later"}[i%4]))
			continue
		}
		n := chance.IntN(all)
		for _, o := range often {
			if n -= o.times; n < 0 {
				steps = append(steps, chapter(chance, o.do))
				break
			}
		}
	}
	return steps
}

type plot struct {
	before string
	after  int
	to     int // of moments
	open   bool
}

// plots are what histories are about: the opening, a draw, the day before, the
// last hours. Each begins with much of one thing and then jumps to its moment.
var plots = []plot{{"take", 6, 0, false}, {"wish", 24, 3, false}, {"take", 24, 4, true}, {"take", 24, 6, true}, {"wish", 16, 1, false}}

// press is a step before the moment of the plot. Where places are given by then,
// everybody wants the same few, so that many wait.
func (p plot) press(chance *rand.Rand) step {
	s := chapter(chance, p.before)
	if p.open {
		s.session, s.alt, s.list = s.session%4, -1, nil
	}
	return s
}

const (
	stagePeople   = 9
	stageSessions = 10
)

func chapter(chance *rand.Rand, do string) step {
	s := step{do: do, who: chance.IntN(stagePeople), session: chance.IntN(stageSessions), alt: -1, n: chance.IntN(1000)}
	if chance.IntN(4) == 0 {
		s.alt = chance.IntN(stageSessions)
	}
	if chance.IntN(4) == 0 {
		s.needs = []admission.Need{admission.Needs[chance.IntN(2)]}
	}
	for range chance.IntN(4) {
		switch one := chance.IntN(stageSessions); {
		case do == "wish":
			s.list = append(s.list, 5+chance.IntN(4)) // what lots decide about
		case chance.IntN(3) == 0:
			s.list = append(s.list, one)
		}
	}
	if do == "batch" {
		for range 2 + chance.IntN(5) {
			s.claims = append(s.claims, chapter(chance, "take"))
		}
	}
	return s
}

// state is all that a history can change, as both can tell it.
type state struct {
	Seats   []signup.Seat
	Lines   map[programme.SessionID][]people.AccountID
	Waiting map[programme.SessionID]int
	Left    map[programme.SessionID]map[int]int
	Entries int
	Log     []signup.Event // since the last step
}

// compare says how the database differs from the model.
func (s *stage) compare() string {
	model, database := s.ofModel(), s.ofDatabase()
	return differ(model, database)
}

// differ is cmp.Diff, asked only where the quicker comparison sees something.
func differ(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return gocmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(signup.Seat{}))
}

func bySeat(a, b signup.Seat) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Session, b.Session))
}

func (s *stage) ofModel() state {
	m := s.model
	out := state{Lines: map[programme.SessionID][]people.AccountID{}, Waiting: map[programme.SessionID]int{}, Left: map[programme.SessionID]map[int]int{}, Log: m.log[s.read:]}
	for _, seat := range m.seats {
		out.Seats = append(out.Seats, *seat)
	}
	slices.SortFunc(out.Seats, bySeat)
	for session, line := range m.line {
		if len(line) > 0 {
			out.Lines[session] = line
		}
	}
	for _, o := range m.offers {
		out.Waiting[o.Session], out.Left[o.Session] = len(m.line[o.Session]), map[int]int{}
		for _, p := range o.Pools {
			out.Left[o.Session][p.Number] = m.left(o.Session, p.Number)
		}
	}
	for _, window := range m.entries {
		for _, in := range window {
			if in {
				out.Entries++
			}
		}
	}
	return out
}

func (s *stage) ofDatabase() state {
	ctx := s.t.Context()
	out := state{Lines: map[programme.SessionID][]people.AccountID{}, Waiting: map[programme.SessionID]int{}, Left: map[programme.SessionID]map[int]int{}}
	out.Seats = s.allSeats()
	line := slices.DeleteFunc(slices.Clone(out.Seats), func(seat signup.Seat) bool { return seat.State != signup.Waiting })
	slices.SortFunc(line, func(a, b signup.Seat) int { return cmp.Compare(a.InLine, b.InLine) })
	for _, seat := range line {
		out.Lines[seat.Session] = append(out.Lines[seat.Session], seat.Account)
	}
	for i := range out.Seats {
		out.Seats[i].InLine = 0
	}
	for _, session := range s.sessions {
		out.Left[session] = map[int]int{}
	}
	_, err := db.Collect(func(row db.Scanner) (none struct{}, err error) {
		var session programme.SessionID
		var waiting, number, left int
		err = row.Scan(&session, &waiting, &number, &left)
		out.Waiting[session], out.Left[session][number] = waiting, left
		return none, err
	})(s.db.Query(ctx, `
		SELECT s.session_id, s.waiting, p.number, p.capacity - p.taken FROM admission_session AS s
		JOIN admission_pool AS p ON p.session_id = s.session_id WHERE s.edition_id = $1`, s.edition.ID))
	s.must(err)
	s.must(s.db.QueryRow(ctx, `
		SELECT COUNT(*) FROM signup_entry AS e JOIN admission_window AS w ON w.id = e.window_id WHERE w.edition_id = $1`, s.edition.ID).Scan(&out.Entries))
	last, _, err := signup.Progress(ctx, s.db)
	s.must(err)
	out.Log, err = signup.Events(ctx, s.db, signup.Decided{From: s.model.before + signup.Receipt(s.read) + 1, To: last})
	s.must(err)
	s.read += len(out.Log)
	return out
}

// allSeats reads everything that anybody has, or had.
func (s *stage) allSeats() (all []signup.Seat) {
	all, err := s.signup.Kept(s.t.Context(), s.edition.ID)
	s.must(err)
	slices.SortFunc(all, bySeat)
	return all
}

// history plays a history on a stage of its own, and returns how many steps were
// right before the first that was not.
func history(t testing.TB, d *db.DB, seed uint64, steps []step, wrong flaw) (right int, difference string) {
	t.Helper()
	s := build(t, d, seed)
	s.model.flaw = wrong
	for i, one := range steps {
		if difference := s.play(one); difference != "" {
			return i, fmt.Sprintf("step %d, %v, at %v: %s", i, one, s.clock.time(), difference)
		}
	}
	return len(steps), ""
}

// shrink looks for a short history that differs too: it leaves out ever smaller
// parts, beginning with halves.
func shrink(t testing.TB, d *db.DB, seed uint64, steps []step, wrong flaw) ([]step, string) {
	t.Helper()
	right, why := history(t, d, seed, steps, wrong)
	steps = steps[:min(right+1, len(steps))]
	for size := max(len(steps)/2, 1); ; size /= 2 {
		for from := 0; from+size <= len(steps); {
			less := slices.Concat(steps[:from], steps[from+size:])
			right, difference := history(t, d, seed, less, wrong)
			if difference == "" {
				from += size
				continue
			}
			steps, why = less[:right+1], difference
		}
		if size <= 1 {
			return steps, why
		}
	}
}

const stepsOfHistory = 60

// TestRandomHistories plays random histories and compares every answer, every
// decision and the whole state after each step with a model that is simple enough
// to be believed. A seed is played again with -seed, or OBRADY_SEED.
func TestRandomHistories(t *testing.T) {
	one := *seedFlag
	if one == 0 {
		one, _ = strconv.ParseUint(os.Getenv("OBRADY_SEED"), 10, 64)
	}
	many := *countFlag
	if many == 0 {
		many, _ = strconv.Atoi(os.Getenv("OBRADY_HISTORIES"))
	}
	if many == 0 {
		if many = 1000; testing.Short() {
			many = 100
		}
	}
	for engine, count := range map[db.Engine]int{db.SQLite: many - many/5, db.Postgres: many / 5} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			if one != 0 {
				report(t, engine, one)
				return
			}
			first := uint64(time.Now().UnixNano()) // a new seed each time, which is printed
			t.Logf("%d histories from seed %d on", count, first)
			playMany(t, engine, first, count)
		})
	}
}

// playMany plays histories, many of them in one database after another.
func playMany(t *testing.T, engine db.Engine, first uint64, count int) {
	const each = 25
	dbtest.New(t, engine) // skips the test here, and not in a goroutine, where there is no such engine
	next := make(chan uint64, count/each+1)
	for from := 0; from < count; from += each {
		next <- uint64(from)
	}
	close(next)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for from := range next {
				if !t.Failed() {
					playSome(t, engine, first+from, min(each, count-int(from)))
				}
			}
		})
	}
	wait.Wait()
}

func playSome(t *testing.T, engine db.Engine, first uint64, count int) {
	d := dbtest.New(t, engine)
	for seed := first; seed < first+uint64(count) && !t.Failed(); seed++ {
		if _, difference := history(t, d, seed, story(seed, stepsOfHistory), ""); difference != "" {
			t.Errorf("seed %d: %s", seed, difference)
			return
		}
	}
	(&congress{t: t, db: d}).sound()
}

// report plays one history and tells the shortest that fails.
func report(t *testing.T, engine db.Engine, seed uint64) {
	d := dbtest.New(t, engine)
	steps := story(seed, stepsOfHistory)
	if _, difference := history(t, d, seed, steps, ""); difference == "" {
		(&congress{t: t, db: d}).sound()
		return
	}
	short, difference := shrink(t, d, seed, steps, "")
	var out strings.Builder
	for _, one := range short {
		fmt.Fprintf(&out, "\n  %v", one)
	}
	t.Errorf("seed %d, %d steps: %s\n%s", seed, len(short), out.String(), difference)
}

// TestFlawsAreSeen puts faults into the model, one at a time: each must show as a
// difference, and the history that shows it must become a short one.
func TestFlawsAreSeen(t *testing.T) {
	for _, wrong := range []flaw{
		nobodyMovesUp, positionsAreOff, overlapsPass, offersStay, lastSeatTwice, keysForgotten, swapsKeepBoth, firstsAndSecond,
		holdIsIgnored, colleaguesPass, doorIsOpen,
	} {
		t.Run(string(wrong), func(t *testing.T) {
			t.Parallel()
			d := dbtest.New(t, db.SQLite)
			for seed := uint64(1); seed <= 150; seed++ {
				steps := story(seed, stepsOfHistory)
				if _, difference := history(t, d, seed, steps, wrong); difference == "" {
					continue
				}
				short, difference := shrink(t, d, seed, steps, wrong)
				if len(short) > 15 {
					t.Errorf("seed %d: %d steps are left, want a short history: %v", seed, len(short), short)
				}
				t.Logf("seed %d, %d steps: %v\n%s", seed, len(short), short, difference)
				return
			}
			t.Error("150 histories show no difference")
		})
	}
}
