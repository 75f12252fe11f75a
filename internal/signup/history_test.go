package signup_test

import (
	"cmp"
	"errors"
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
	"obrady/internal/invitation"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/timetable"
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

// claim is what a step claims. Half of those that know a code give it.
func (s *stage) claim(one step) signup.Claim {
	c := signup.Claim{Account: s.people[one.who], Key: s.key(), Wishes: []signup.Wish{{Session: s.sessions[one.session], Needs: one.needs}}}
	for _, also := range one.list {
		c.Wishes = append(c.Wishes, signup.Wish{Session: s.sessions[also]})
	}
	if one.alt >= 0 {
		c.Instead = s.sessions[one.alt]
	}
	if one.n%2 == 0 {
		c.Code = invitation.CodeSum("code" + strconv.Itoa(one.n/2%2))
	}
	s.claims = append(s.claims, c)
	return c
}

// moments are where a history jumps to, besides small steps.
var moments = []time.Time{
	noon, noon.Add(50 * time.Minute), noon.Add(time.Hour), noon.Add(24 * time.Hour), congressAt(10, 0).Add(-23 * time.Hour),
	congressAt(14, 0).Add(-23 * time.Hour), congressAt(8, 30), congressAt(12, 30), congressAt(23, 0),
}

// later moves the clock on, mostly a little.
func (s *stage) later(n int) {
	now := s.clock.time()
	next := now.Add([]time.Duration{time.Minute, 10 * time.Minute, 45 * time.Minute, 2 * time.Hour}[n%4])
	if n%6 == 0 {
		for _, at := range moments {
			if at.After(now) {
				next = at
				break
			}
		}
	}
	s.clock.set(next)
	s.model.now = next
}

// jump goes on to a moment, if it is not over.
func (s *stage) jump(to int) {
	if at := moments[to]; at.After(s.clock.time()) {
		s.clock.set(at)
		s.model.now = at
	}
}

// play does a step on both, and says in what they differ.
func (s *stage) play(one step) (difference string) {
	one = s.aim(one)
	if one.n%3 == 0 {
		s.signup, s.other = s.other, s.signup // what one has decided the other has to find out
	}
	ctx, who, session := s.t.Context(), s.people[one.who], s.sessions[one.session]
	desk := signup.Change{By: "desk", Reason: "because"}
	var got, want any
	var gotErr, wantErr error
	switch of := s.edition.ID; one.do {
	case "take":
		c := s.claim(one)
		var answer signup.Answer
		answer, gotErr = s.signup.Take(ctx, of, c)
		got, want = answer, s.model.together([]signup.Claim{c})[0]
	case "batch":
		var all []signup.Claim
		for _, c := range one.claims {
			all = append(all, s.claim(c))
		}
		var answers []signup.Answer
		answers, gotErr = s.signup.Together(ctx, of, all)
		got, want = answers, s.model.together(all)
	case "retry":
		if len(s.claims) == 0 {
			return ""
		}
		c := s.claims[len(s.claims)-1-one.n%len(s.claims)]
		var answer signup.Answer
		answer, gotErr = s.signup.Take(ctx, of, c)
		got, want = answer, s.model.together([]signup.Claim{c})[0]
	case "leave":
		gotErr, wantErr = s.signup.Leave(ctx, of, who, session), s.model.leave(who, session)
	case "leave all":
		gotErr = s.signup.LeaveAll(ctx, of, who)
		s.model.leaveAll(who)
	case "accept":
		gotErr, wantErr = s.signup.Accept(ctx, of, who, session), s.model.take(who, session)
	case "keep":
		gotErr, wantErr = s.signup.Keep(ctx, of, who, session), s.model.keep(who, session)
	case "later":
		s.later(one.n)
	case "jump":
		s.jump(one.n)
	case "look":
		gotErr = s.look()
	case "remove":
		gotErr, wantErr = s.signup.Remove(ctx, of, desk, session, who), s.model.remove(who, session, desk)
	case "admit":
		got, gotErr = s.signup.Admit(ctx, of, desk, session, who)
		want = s.model.admit(who, session, desk)
	case "shift":
		to := one.n % 4
		gotErr, wantErr = s.signup.Shift(ctx, of, desk, signup.Spot{Session: session, Account: who, Position: to}), s.model.shift(who, session, desk, to)
	default:
		gotErr, wantErr = s.set(one)
	}
	if !sameError(gotErr, wantErr) {
		return fmt.Sprintf("error %v, want %v", gotErr, wantErr)
	}
	if diff := differ(want, got); diff != "" {
		return "the answer (-want +got):\n" + diff
	}
	return s.compare()
}

func sameError(got, want error) bool {
	if want == nil || got == nil {
		return got == nil && want == nil
	}
	return errors.Is(want, errRefused) || errors.Is(got, want)
}

// aims says on whom most steps of a kind work; the others fail as they should.
var aims = map[string]func(signup.Seat) bool{
	"leave":  func(seat signup.Seat) bool { return seat.State == signup.Holding },
	"remove": func(seat signup.Seat) bool { return seat.State.Present() },
	"shift":  func(seat signup.Seat) bool { return seat.State == signup.Waiting },
	"admit":  func(seat signup.Seat) bool { return seat.State == signup.Waiting },
	"accept": func(seat signup.Seat) bool { return seat.State == signup.Offered },
	"keep":   func(seat signup.Seat) bool { return !seat.MovedAt.IsZero() },
}

// aim turns three of four steps to somebody on whom they work.
func (s *stage) aim(one step) step {
	var marks []*signup.Seat
	for _, seat := range s.model.seats {
		if fits := aims[one.do]; fits != nil && fits(*seat) {
			marks = append(marks, seat)
		}
	}
	if len(marks) == 0 || one.n%4 == 0 {
		return one
	}
	slices.SortFunc(marks, func(a, b *signup.Seat) int { return cmp.Compare(a.Seq, b.Seq) })
	mark := marks[one.n%len(marks)]
	one.who, one.session = slices.Index(s.people, mark.Account), slices.Index(s.sessions, mark.Session)
	return one
}

// look keeps the promises that are due: offers that end, draws.
func (s *stage) look() error {
	var open []signup.Seat
	for _, seat := range s.model.seats {
		if seat.State == signup.Offered {
			open = append(open, *seat)
		}
	}
	slices.SortFunc(open, func(a, b signup.Seat) int { return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Seq, b.Seq)) })
	for _, seat := range open {
		if err := s.signup.Look(s.t.Context(), signup.Due{Session: seat.Session, Account: seat.Account}); err != nil {
			return err
		}
		s.model.look(seat.Account, seat.Session)
	}
	return nil
}

// set does the steps by which organisers, and people beforehand, set something.
func (s *stage) set(one step) (got, want error) {
	ctx, of, who, session := s.t.Context(), s.edition.ID, s.people[one.who], s.sessions[one.session]
	desk := signup.Change{By: "desk", Reason: "because"}
	if one.n%10 == 0 {
		desk.Reason = ""
	}
	switch one.do {
	case "resize":
		return s.resize(session, one.n, desk)
	case "move":
		return s.move(one.session, one.n)
	case "wish":
		var wishes []signup.Wish
		for _, i := range one.list {
			wishes = append(wishes, signup.Wish{Session: s.sessions[i], Needs: one.needs})
		}
		return s.signup.SaveWishes(ctx, of, who, wishes), s.model.saveWishes(who, wishes)
	case "ready":
		return s.signup.Ready(ctx, of, who, s.windows[2]), s.model.ready(who, s.windows[2])
	case "decide":
		window := s.windows[2+one.n%2]
		got = s.signup.Decide(ctx, window)
		s.model.decide(window)
		return got, nil
	case "hold", "margin":
		next := s.model.settings
		if next.Margin = 10 - next.Margin; one.do == "hold" {
			next.Margin, next.Held = 10-next.Margin, !next.Held
		}
		next, got = arranging(s.signup).SaveSettings(ctx, desk, next)
		s.model.settings = next
		return got, nil
	case "rule":
		r := s.rules[one.n%len(s.rules)]
		if one.n%7 == 0 {
			return arranging(s.signup).RemoveRule(ctx, desk, of, r.ID), s.model.removeRule(r.ID)
		}
		desk.Reason = "because"
		_, got = arranging(s.signup).SaveRule(ctx, desk, r)
		s.model.addRule(r)
		return got, nil
	}
	return s.invite(one), nil
}

// resize changes a pool of a session by one or two.
func (s *stage) resize(session programme.SessionID, n int, c signup.Change) (got, want error) {
	plan, err := s.signup.Plan(s.t.Context(), s.edition.ID)
	s.must(err)
	o, _ := plan.Offer(session)
	next := *o
	next.Pools = slices.Clone(o.Pools)
	p := &next.Pools[n%len(next.Pools)]
	p.Capacity = max(0, p.Capacity+[]int{1, 1, 2, -1, -1, 0}[n/7%6])
	number, capacity := p.Number, p.Capacity
	return arranging(s.signup).SaveOffer(s.t.Context(), c, next), s.model.resize(session, number, capacity, c)
}

// move publishes other hours of a session, or that it does not take place.
func (s *stage) move(session, n int) (got, want error) {
	p := timetable.Programme{Edition: s.edition}
	for i, o := range s.model.offers {
		hours, status := o.Hours, programme.Ready
		if i == session {
			hours = []admission.Span{s.spans[n%len(s.spans)]}
		}
		if i == session && n%6 == 0 || i != session && o.Cancelled {
			hours, status = nil, programme.Cancelled
		}
		p.Sessions = append(p.Sessions, programme.Session{ID: o.Session, Edition: s.edition.ID, Slug: o.Slug, Block: o.Block, Format: o.Format, Status: status})
		for _, h := range hours {
			p.Slots = append(p.Slots, timetable.Slot{ID: timetable.SlotID(o.Slug), Session: o.Session, Place: h.Place, Start: h.Start, End: h.End})
		}
		if i == session {
			defer s.model.move(o.Session, hours, status == programme.Cancelled)
		}
	}
	return s.signup.Adopt(s.t.Context(), s.edition.ID, p.Index()), nil
}

// invite makes or revokes an invitation: by one of two codes, or for everybody's domain.
func (s *stage) invite(one step) error {
	window := s.windows[4]
	i := invitation.Invitation{Window: window, Kind: invitation.ByCode, Target: invitation.CodeSum("code" + strconv.Itoa(one.n%3)), Uses: one.n % 4}
	code := i.Target
	if one.n%3 == 2 {
		i.Kind, i.Target, code = invitation.ByDomain, "example.org", ""
	}
	at := slices.IndexFunc(s.model.invites, func(known invited) bool { return known.code == code })
	if one.do == "revoke" {
		if at < 0 || s.model.invites[at].revoked {
			return nil
		}
		s.model.invites[at].revoked = true
		return s.invites.Revoke(s.t.Context(), "desk", s.edition.ID, window, s.model.invites[at].id)
	}
	saved, err := s.invites.Save(s.t.Context(), "desk", s.edition.ID, i)
	if at >= 0 {
		s.model.invites[at].uses, s.model.invites[at].revoked = i.Uses, false
		return err
	}
	s.model.invites = append(s.model.invites, invited{id: saved.ID, window: window, code: code, uses: i.Uses})
	return err
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
