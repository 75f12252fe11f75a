package draw

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func name(letter string, n int) string { return letter + strconv.Itoa(n) }

// anna, jan and ewa are codes in the order in which the tests below draw them.
var anna, jan, ewa = someCode(1), someCode(2), someCode(3)

// hasSeats is a session with n ordinary seats.
func hasSeats(id SessionID, n int) Session { return Session{ID: id, Pools: []Pool{{"open", n}}} }

// wants makes the wishes for ordinary seats.
func wants(sessions ...SessionID) (wishes []Wish) {
	for _, s := range sessions {
		wishes = append(wishes, Wish{Session: s, Seats: []PoolID{"open"}})
	}
	return wishes
}

func seat(s SessionID, round int) Fate {
	return Fate{Session: s, State: Granted, Round: round, Pools: []PoolID{"open"}}
}

func waits(s SessionID, number int) Fate {
	return Fate{Session: s, State: Waiting, Number: number, Empty: "open"}
}

func TestAllocate(t *testing.T) {
	for _, test := range []struct {
		name    string
		problem Problem
		want    [][]Fate // of anna, jan, ewa, as many as there are
	}{
		{
			"nobody wishes anything",
			Problem{Entries: []Entry{{Code: anna}}},
			[][]Fate{{}},
		},
		{
			"the last seat goes to the first in the order",
			Problem{
				Sessions: []Session{hasSeats("a", 1)},
				Entries:  []Entry{{Code: anna, Wishes: wants("a")}, {Code: jan, Wishes: wants("a")}, {Code: ewa, Wishes: wants("a")}},
			},
			[][]Fate{{seat("a", 1)}, {waits("a", 1)}, {waits("a", 2)}},
		},
		{
			"nobody gets a second session before everybody had the chance of a first",
			Problem{
				Sessions: []Session{hasSeats("a", 3), hasSeats("b", 1)},
				Entries:  []Entry{{Code: anna, Wishes: wants("a", "b")}, {Code: jan, Wishes: wants("a", "b")}, {Code: ewa, Wishes: wants("b", "a")}},
			},
			[][]Fate{{seat("a", 1), waits("b", 1)}, {seat("a", 1), waits("b", 2)}, {seat("b", 1), seat("a", 2)}},
		},
		{
			"the second choice when the first is full",
			Problem{
				Sessions: []Session{hasSeats("a", 0), hasSeats("b", 1)},
				Entries:  []Entry{{Code: anna, Wishes: wants("a", "b")}},
			},
			[][]Fate{{waits("a", 1), seat("b", 1)}},
		},
		{
			"those who have nothing wait before those who have something",
			Problem{
				Sessions: []Session{hasSeats("a", 1), hasSeats("b", 0)},
				Entries:  []Entry{{Code: anna, Wishes: wants("a", "b")}, {Code: jan, Wishes: wants("b")}, {Code: ewa, Wishes: wants("a", "b")}},
			},
			[][]Fate{{seat("a", 1), waits("b", 2)}, {waits("b", 1)}, {waits("a", 1), waits("b", 3)}},
		},
		{
			"sessions that overlap",
			Problem{
				Sessions: []Session{hasSeats("a", 9), hasSeats("b", 9), hasSeats("c", 0)},
				Apart:    []Pair{{"b", "a"}, {"c", "a"}},
				Entries:  []Entry{{Code: anna, Wishes: wants("a", "b", "c")}},
			},
			[][]Fate{{seat("a", 1), {Session: "b", State: Refused, Why: Apart, By: "a"}, {Session: "c", State: Refused, Why: Apart, By: "a"}}},
		},
		{
			"what one holds before counts",
			Problem{
				Sessions: []Session{hasSeats("a", 9), hasSeats("b", 9), hasSeats("c", 9), {ID: "lunch"}},
				Apart:    []Pair{{"lunch", "a"}},
				Limits:   []Limit{{ID: "two", Sessions: []SessionID{"lunch", "b", "c"}, Most: 2}},
				Entries:  []Entry{{Code: anna, Holds: []SessionID{"lunch"}, Wishes: wants("a", "b", "c")}},
			},
			[][]Fate{{{Session: "a", State: Refused, Why: Apart, By: "lunch"}, seat("b", 1), {Session: "c", State: Refused, Why: AtLimit, By: "two"}}},
		},
		{
			"a session that one has already",
			Problem{
				Sessions: []Session{hasSeats("a", 9)},
				Entries:  []Entry{{Code: anna, Holds: []SessionID{"a"}, Wishes: wants("a")}},
			},
			[][]Fate{{{Session: "a", State: Refused, Why: Held, By: "a"}}},
		},
		{
			"a group has at most so many, others do not mind",
			Problem{
				Sessions:    []Session{hasSeats("a", 9)},
				GroupLimits: []GroupLimit{{Limit{ID: "three", Sessions: []SessionID{"a"}, Most: 3}, []Share{{"g1", 2}}}},
				Entries: []Entry{
					{Code: anna, Group: "g1", Wishes: wants("a")}, {Code: jan, Group: "g1", Wishes: wants("a")}, {Code: ewa, Wishes: wants("a")},
				},
			},
			[][]Fate{{seat("a", 1)}, {{Session: "a", State: Refused, Why: GroupMax, By: "three"}}, {seat("a", 1)}},
		},
		{
			"the partner's seats first, then the open ones",
			Problem{
				Sessions: []Session{{ID: "a", Pools: []Pool{{"partner", 1}, {"open", 1}}}},
				Entries: []Entry{
					{Code: anna, Wishes: []Wish{{Session: "a", Seats: []PoolID{"partner", "open"}}}},
					{Code: jan, Wishes: []Wish{{Session: "a", Seats: []PoolID{"partner", "open"}}}},
					{Code: ewa, Wishes: wants("a")},
				},
			},
			[][]Fate{{{Session: "a", State: Granted, Round: 1, Pools: []PoolID{"partner"}}}, {seat("a", 1)}, {waits("a", 1)}},
		},
		{
			"a wheelchair place and a headset, and the pool that is empty is named",
			Problem{
				Sessions: []Session{{ID: "a", Pools: []Pool{{"wheelchair", 3}, {"headset", 1}}}},
				Entries: []Entry{
					{Code: anna, Wishes: []Wish{{Session: "a", Seats: []PoolID{"wheelchair"}, Also: []PoolID{"headset"}}}},
					{Code: jan, Wishes: []Wish{{Session: "a", Seats: []PoolID{"wheelchair"}, Also: []PoolID{"headset"}}}},
					{Code: ewa, Wishes: []Wish{{Session: "a", Seats: []PoolID{"wheelchair"}}}},
				},
			},
			[][]Fate{
				{{Session: "a", State: Granted, Round: 1, Pools: []PoolID{"wheelchair", "headset"}}},
				{{Session: "a", State: Waiting, Number: 1, Empty: "headset"}},
				{{Session: "a", State: Granted, Round: 1, Pools: []PoolID{"wheelchair"}}},
			},
		},
		{
			"a session without pools has room for everybody",
			Problem{
				Sessions: []Session{{ID: "a"}},
				Entries:  []Entry{{Code: anna, Wishes: []Wish{{Session: "a"}}}, {Code: jan, Wishes: []Wish{{Session: "a"}}}},
			},
			[][]Fate{{{Session: "a", State: Granted, Round: 1}}, {{Session: "a", State: Granted, Round: 1}}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.problem.Sound(); err != nil {
				t.Fatalf("Sound = %v, want nil", err)
			}
			order := []Code{anna, jan, ewa}[:len(test.problem.Entries)]
			var got [][]Fate
			for i, o := range allocate(test.problem, order) {
				if o.Code != order[i] {
					t.Errorf("outcome %d is of %s, want %s", i, o.Code, order[i])
				}
				got = append(got, o.Fates)
			}
			if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("allocate (-want +got):\n%s", diff)
			}
		})
	}
}

// someProblem throws the dice for everything that a problem has, tight enough that all its rules come into play.
func someProblem(dice *rand.Rand) Problem {
	var p Problem
	sessions := 1 + dice.IntN(8)
	id := func(i int) SessionID { return SessionID(name("s", i)) }
	for i := range sessions {
		s := Session{ID: id(i)}
		for pool := range dice.IntN(4) {
			s.Pools = append(s.Pools, Pool{PoolID(name("p", pool)), dice.IntN(4)})
		}
		p.Sessions = append(p.Sessions, s)
		for other := range i {
			if dice.IntN(5) == 0 {
				p.Apart = append(p.Apart, Pair{id(other), id(i)})
			}
		}
	}
	some := func() (chosen []SessionID) {
		for _, i := range dice.Perm(sessions)[:dice.IntN(sessions+1)] {
			chosen = append(chosen, id(i))
		}
		return chosen
	}
	for i := range dice.IntN(3) {
		p.Limits = append(p.Limits, Limit{name("l", i), some(), dice.IntN(4)})
	}
	for i := range dice.IntN(3) {
		p.GroupLimits = append(p.GroupLimits, GroupLimit{Limit{name("m", i), some(), dice.IntN(5)}, []Share{{"g1", dice.IntN(3)}}})
	}
	for i := range dice.IntN(20) {
		e := Entry{Code: someCode(i)}
		if g := dice.IntN(3); g > 0 {
			e.Group = GroupKey(name("g", g))
		}
		if dice.IntN(4) == 0 {
			e.Holds = []SessionID{id(dice.IntN(sessions))}
		}
		for _, s := range some() {
			e.Wishes = append(e.Wishes, someWish(dice, p.Sessions[slices.IndexFunc(p.Sessions, func(x Session) bool { return x.ID == s })]))
		}
		p.Entries = append(p.Entries, e)
	}
	return p
}

func someWish(dice *rand.Rand, s Session) Wish {
	w := Wish{Session: s.ID}
	for _, i := range dice.Perm(len(s.Pools)) {
		switch dice.IntN(3) {
		case 0:
			w.Seats = append(w.Seats, s.Pools[i].ID)
		case 1:
			w.Also = append(w.Also, s.Pools[i].ID)
		}
	}
	return w
}

// replay goes through a draw again grant by grant, in the simplest way there is: from lists of what was granted so
// far, without anything that allocate keeps.
type replay struct {
	problem Problem
	order   []Code
	granted []grant
}

type grant struct {
	Entry
	Fate
}

func (r *replay) entry(code Code) Entry {
	return r.problem.Entries[slices.IndexFunc(r.problem.Entries, func(e Entry) bool { return e.Code == code })]
}

func (r *replay) sessionsOf(e Entry) []SessionID {
	has := slices.Clone(e.Holds)
	for _, g := range r.granted {
		if g.Code == e.Code {
			has = append(has, g.Session)
		}
	}
	return has
}

func (r *replay) left(s SessionID, pool PoolID) int {
	left := 0
	for _, session := range r.problem.Sessions {
		for _, p := range session.Pools {
			if session.ID == s && p.ID == pool {
				left = p.Left
			}
		}
	}
	for _, g := range r.granted {
		if g.Session == s && slices.Contains(g.Pools, pool) {
			left--
		}
	}
	return left
}

// allowed reports whether no rule keeps the entry from the session.
func (r *replay) allowed(e Entry, s SessionID) bool {
	has := r.sessionsOf(e)
	for _, other := range has {
		if other == s || slices.Contains(r.problem.Apart, Pair{s, other}) || slices.Contains(r.problem.Apart, Pair{other, s}) {
			return false
		}
	}
	for _, l := range r.problem.Limits {
		n := 0
		for _, other := range has {
			if slices.Contains(l.Sessions, other) {
				n++
			}
		}
		if slices.Contains(l.Sessions, s) && n >= l.Most {
			return false
		}
	}
	for _, l := range r.problem.GroupLimits {
		if e.Group != "" && slices.Contains(l.Sessions, s) && r.groupHas(l, e.Group) >= l.Most {
			return false
		}
	}
	return true
}

func (r *replay) groupHas(l GroupLimit, group GroupKey) (n int) {
	for _, t := range l.Taken {
		if t.Group == group {
			n += t.Seats
		}
	}
	for _, g := range r.granted {
		if g.Group == group && slices.Contains(l.Sessions, g.Session) {
			n++
		}
	}
	return n
}

func (r *replay) hasRoom(w Wish) bool {
	free := len(w.Seats) == 0
	for _, pool := range w.Seats {
		free = free || r.left(w.Session, pool) > 0
	}
	for _, pool := range w.Also {
		free = free && r.left(w.Session, pool) > 0
	}
	return free
}

func (r *replay) possible(e Entry, w Wish) bool { return r.allowed(e, w.Session) && r.hasRoom(w) }

// faults plays the outcomes and says where they break a promise.
func (r *replay) faults(outcomes []Outcome) (faults []string) {
	fault := func(code Code, what string) { faults = append(faults, string(code)+": "+what) }
	for _, g := range r.inTurn(outcomes) {
		wish := slices.IndexFunc(g.Wishes, func(w Wish) bool { return w.Session == g.Session })
		for _, better := range g.Wishes[:wish] {
			if r.possible(g.Entry, better) {
				fault(g.Code, "a dearer wish was possible: "+string(better.Session))
			}
		}
		if !r.possible(g.Entry, g.Wishes[wish]) {
			fault(g.Code, "was given the impossible: "+string(g.Session))
		}
		for _, other := range outcomes {
			e := r.entry(other.Code)
			if len(r.sessionsOf(e))-len(e.Holds) < g.Round-1 && slices.ContainsFunc(e.Wishes, func(w Wish) bool { return r.possible(e, w) }) {
				fault(e.Code, "was passed over in round "+strconv.Itoa(g.Round))
			}
		}
		r.granted = append(r.granted, g)
	}
	for _, o := range outcomes {
		e := r.entry(o.Code)
		for i, w := range e.Wishes {
			switch state := o.Fates[i].State; {
			case state != Granted && r.possible(e, w):
				fault(e.Code, "there was room: "+string(w.Session))
			case state == Waiting && !r.allowed(e, w.Session):
				fault(e.Code, "waits against a rule: "+string(w.Session))
			case state == Waiting && r.left(w.Session, o.Fates[i].Empty) > 0:
				fault(e.Code, "the pool is not empty: "+string(o.Fates[i].Empty))
			case state == Refused && r.allowed(e, w.Session):
				fault(e.Code, "no rule stands in the way: "+string(w.Session))
			}
		}
	}
	return append(faults, r.limitFaults()...)
}

// limitFaults looks at the whole once more: what is left, and what everybody has.
func (r *replay) limitFaults() (faults []string) {
	for _, s := range r.problem.Sessions {
		for _, p := range s.Pools {
			if r.left(s.ID, p.ID) < 0 {
				faults = append(faults, "oversold: "+string(s.ID)+" "+string(p.ID))
			}
		}
	}
	for _, e := range r.problem.Entries {
		has := r.sessionsOf(e)
		for i, a := range has {
			for _, b := range has[i+1:] {
				if slices.Contains(r.problem.Apart, Pair{a, b}.sorted()) {
					faults = append(faults, string(e.Code)+": has two that lie apart")
				}
			}
		}
	}
	return faults
}

// inTurn returns what was granted in the order in which it must have been.
func (r *replay) inTurn(outcomes []Outcome) (grants []grant) {
	for _, o := range outcomes {
		for _, f := range o.Fates {
			if f.State == Granted {
				grants = append(grants, grant{r.entry(o.Code), f})
			}
		}
	}
	slices.SortStableFunc(grants, func(a, b grant) int { return a.Round - b.Round })
	return grants
}

// gapFaults says where a waiting list is not numbered 1, 2, 3 …, and where somebody with more stands before somebody
// with less.
func gapFaults(outcomes []Outcome) (faults []string) {
	lists := map[SessionID]map[int]int{} // the round that each number belongs to
	for _, o := range outcomes {
		round := o.Seats()
		for _, f := range o.Fates {
			if f.State != Waiting {
				continue
			}
			round++
			if lists[f.Session] == nil {
				lists[f.Session] = map[int]int{}
			}
			if lists[f.Session][f.Number] != 0 {
				faults = append(faults, string(f.Session)+": a number twice")
			}
			lists[f.Session][f.Number] = round
		}
	}
	for s, list := range lists {
		for number := 1; number <= len(list); number++ {
			if list[number] == 0 || number > 1 && list[number] < list[number-1] {
				faults = append(faults, string(s)+": number "+strconv.Itoa(number))
			}
		}
	}
	return faults
}

func TestAllocateKeepsItsPromises(t *testing.T) {
	dice := dice(t, 1)
	seats, waiting := 0, 0
	for n := range 3000 {
		p, seed := someProblem(dice), someSeed(n)
		if err := p.Sound(); err != nil {
			t.Fatalf("problem %d: Sound = %v, want nil", n, err)
		}
		order := Order(seed, p.codes())
		outcomes := allocate(p, order)
		r := replay{problem: p, order: order}
		for _, fault := range append(r.faults(outcomes), gapFaults(outcomes)...) {
			t.Errorf("problem %d: %s", n, fault)
		}
		for _, o := range outcomes {
			seats += o.Seats()
			waiting += o.count(Waiting)
		}
		if t.Failed() {
			t.Fatalf("problem %d: %+v", n, p)
		}
	}
	if seats < 3000 || waiting < 3000 {
		t.Errorf("%d seats and %d on waiting lists in 3000 problems: too few to tell anything", seats, waiting)
	}
}

// A guard that never barks guards nothing: each promise is broken once.
func TestReplaySeesBrokenPromises(t *testing.T) {
	p := Problem{
		Sessions: []Session{hasSeats("a", 1), hasSeats("b", 2), hasSeats("c", 9)},
		Apart:    []Pair{{"a", "c"}},
		Limits:   []Limit{{ID: "two", Sessions: []SessionID{"a", "b", "c"}, Most: 2}},
		Entries:  []Entry{{Code: anna, Wishes: wants("a", "b", "c")}, {Code: jan, Wishes: wants("a", "b", "c")}},
	}
	order := []Code{anna, jan}
	refused := Fate{Session: "c", State: Refused, Why: Apart, By: "a"}
	full := Fate{Session: "a", State: Refused, Why: AtLimit, By: "two"}
	for name, test := range map[string]struct {
		broken bool
		anna   []Fate
		jan    []Fate
	}{
		"as it must be":          {false, []Fate{seat("a", 1), seat("b", 2), refused}, []Fate{full, seat("b", 1), seat("c", 2)}},
		"oversold":               {true, []Fate{seat("a", 1), seat("b", 2), refused}, []Fate{seat("a", 1), seat("b", 2), refused}},
		"overlapping":            {true, []Fate{seat("a", 1), waits("b", 1), seat("c", 2)}, []Fate{full, seat("b", 1), seat("c", 2)}},
		"over the limit":         {true, []Fate{full, seat("b", 1), seat("c", 2)}, []Fate{seat("a", 3), seat("b", 1), seat("c", 2)}},
		"wasted":                 {true, []Fate{seat("a", 1), waits("b", 1), refused}, []Fate{full, seat("b", 1), seat("c", 2)}},
		"second before first":    {true, []Fate{seat("a", 1), seat("b", 2), refused}, []Fate{full, seat("b", 3), seat("c", 4)}},
		"a dearer one was there": {true, []Fate{full, seat("b", 1), seat("c", 2)}, []Fate{full, seat("b", 1), seat("c", 2)}},
	} {
		r := replay{problem: p, order: order}
		if faults := r.faults([]Outcome{{anna, test.anna}, {jan, test.jan}}); (len(faults) > 0) != test.broken {
			t.Errorf("%s: the guard found %q, want faults: %t", name, faults, test.broken)
		}
	}
	for name, fates := range map[string][]Fate{"a gap": {waits("a", 2)}, "a number twice": {waits("a", 1), waits("a", 1)}} {
		if faults := gapFaults([]Outcome{{anna, fates}}); len(faults) == 0 {
			t.Errorf("%s: the guard found nothing", name)
		}
	}
}

// opening is a whole lottery: 5,000 people with 10 wishes each, 60 sessions of 25 seats, a third of the pairs apart.
func opening() Problem {
	dice := rand.New(rand.NewPCG(printed, 2))
	p := crowd(dice, someCodes(5000))
	p.Limits[0].Most = 3
	for i := range p.Sessions {
		for j := range i {
			if (i+j)%3 == 0 {
				p.Apart = append(p.Apart, Pair{p.Sessions[j].ID, p.Sessions[i].ID})
			}
		}
	}
	for i := range p.Entries {
		p.Entries[i].Wishes = nil
		for _, s := range dice.Perm(60)[:10] {
			p.Entries[i].Wishes = append(p.Entries[i].Wishes, wants(p.Sessions[s].ID)...)
		}
	}
	return p
}

// BenchmarkSeats draws an opening, looking through the problem and hashing included.
func BenchmarkSeats(b *testing.B) {
	p := opening()
	for b.Loop() {
		if _, err := Seats("bench", someSeed(0), p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify does what `obrady verify-draw` does with the file of an opening.
func BenchmarkVerify(b *testing.B) {
	r, err := Seats("bench", someSeed(0), opening())
	if err != nil {
		b.Fatal(err)
	}
	text := written(b, r)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r, err := Read(strings.NewReader(text))
		if err != nil {
			b.Fatal(err)
		}
		if found, err := r.Differences(); err != nil || len(found) > 0 {
			b.Fatal(found, err)
		}
	}
	b.ReportMetric(float64(len(text))/1e6, "MB_file")
}
