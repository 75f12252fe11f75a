package kaleidoscope

import (
	"math/rand/v2"
	"slices"
)

// Problem is what Propose is asked to arrange.
type Problem struct {
	Shape Shape
	Extra int // minutes that segments typed by hand take before the first talk
	Tail  int // and after the last
	Room  Room
	Talks []Talk // in the order of precedence: where there is not room for all, the first ones get it
	// Near says how near the themes of two talks are, by their numbers in Talks; nil: nothing is known.
	Near func(i, j int) int
	Seed uint64
}

// Figures say how good an arrangement is. Objective is Closeness less SwitchCost
// for each Switch; no arrangement of the same talks can be better than Bound.
type Figures struct {
	Closeness int // of the pairs of talks in the same cycle, together
	Switches  int // from one language to another within a cycle
	Objective int
	Bound     int
}

// SwitchCost is what a change of language within a cycle counts against closeness: as much as two talks that share a fifth of their words.
const SwitchCost = 20

// Arrangement is what Propose answers, by numbers of talks in the problem.
type Arrangement struct {
	Cycles [][]int
	Left   []int // without a place, in the order of precedence
	Figures
}

// Propose arranges talks in cycles of similar size: their numbers differ by one at
// most. As many get a place as the hours of the session allow; where not all can,
// those who come first in Talks do.
//
// That nobody is asked to speak when they cannot is exact. With the numbers fixed
// each place in the session has its minute, so whether all can be placed is a
// matching of talks and places, which augmenting paths settle (Kuhn 1955); taking the
// talks by precedence makes it the matching that the precedence wants, because the sets of
// talks that can be placed are a matroid (Edmonds and Fulkerson 1965). Every way to
// say which cycles get one more is tried.
//
// Which of the matchings puts near themes together is a quadratic problem, known to
// be hard; from the first matching a local search exchanges two or three talks as long as that
// makes it better, and starts anew from disturbed copies of the best. It takes its dice
// from Seed alone, so the same question has the same answer.
func Propose(p Problem) Arrangement {
	p = p.knowing()
	for n := min(len(p.Talks), p.mostFitting()); n > 0; n-- {
		if found := p.placeAll(n); len(found) > 0 {
			return p.best(found)
		}
	}
	return p.arrangement(layout{}) // nobody can be placed
}

// knowing fills in that nothing is known of themes.
func (p Problem) knowing() Problem {
	if p.Near == nil {
		p.Near = func(int, int) int { return 0 }
	}
	return p
}

// mostFitting is how many talks the hours have room for.
func (p Problem) mostFitting() int {
	minutes := p.Room.minutes()
	if minutes == 0 {
		return MostCycles * p.Shape.PerCycle
	}
	n := 0
	for n < MostCycles*p.Shape.PerCycle && p.length(n+1) <= minutes {
		n++
	}
	return n
}

// cycles is how many cycles so many talks make.
func (s Shape) cycles(n int) int { return (n + s.PerCycle - 1) / s.PerCycle }

func (p Problem) length(n int) int {
	k := p.Shape.cycles(n)
	return p.Extra + p.Shape.Opening + n*p.Shape.Talk + k*p.Shape.Discussion + (k-1)*p.Shape.Pause + p.Shape.Closing + p.Tail
}

// layout is an arrangement while it is looked for: who stands at which place of
// the session, the places counted through all cycles.
type layout struct {
	sizes   []int
	offsets []int // minutes after the beginning, by place
	cycle   []int // by place
	at      []int // number of the talk, by place
	fits    [][]bool
}

// placeAll returns the layouts in which n places are filled by those who come
// first: one for each way to say which cycles get one talk more. None: it cannot be.
func (p Problem) placeAll(n int) (best []layout) {
	var who []int
	for _, sizes := range similar(n, p.Shape.cycles(n)) {
		l := p.layout(sizes)
		chosen, ok := l.match(len(p.Talks))
		if !ok {
			continue
		}
		switch order := slices.Compare(chosen, who); {
		case len(best) == 0 || order < 0:
			best, who = []layout{l}, chosen
		case order == 0:
			best = append(best, l)
		}
	}
	return best
}

// similar lists the ways to divide n into k numbers that differ by one at most, the larger ones first.
func similar(n, k int) (all [][]int) {
	small, larger := n/k, n%k
	var choose func(done []int, left int)
	choose = func(done []int, left int) {
		if len(done) == k {
			all = append(all, slices.Clone(done))
			return
		}
		if left > 0 {
			choose(append(done, small+1), left-1)
		}
		if k-len(done) > left {
			choose(append(done, small), left)
		}
	}
	choose(make([]int, 0, k), larger)
	return all
}

func (p Problem) layout(sizes []int) layout {
	l := layout{sizes: sizes}
	minute := p.Extra + p.Shape.Opening
	for c, size := range sizes {
		for range size {
			l.offsets, l.cycle, l.at = append(l.offsets, minute), append(l.cycle, c), append(l.at, -1)
			minute += p.Shape.Talk
		}
		minute += p.Shape.Discussion + p.Shape.Pause
	}
	l.fits = make([][]bool, len(p.Talks))
	for i, t := range p.Talks {
		l.fits[i] = make([]bool, len(l.at))
		for place, offset := range l.offsets {
			l.fits[i][place] = p.Room.Fits(t, offset, p.Shape.Talk)
		}
	}
	return l
}

// match fills all places, and says by whom, or that it cannot be. A talk that has
// got a place may be moved to another for one that comes later, but never loses it.
func (l layout) match(talks int) (chosen []int, ok bool) {
	for i := 0; i < talks && len(chosen) < len(l.at); i++ {
		if l.augment(i, make([]bool, len(l.at))) {
			chosen = append(chosen, i)
		}
	}
	return chosen, len(chosen) == len(l.at)
}

func (l layout) augment(talk int, tried []bool) bool {
	for place := range l.at {
		if tried[place] || !l.fits[talk][place] {
			continue
		}
		tried[place] = true
		if l.at[place] < 0 || l.augment(l.at[place], tried) {
			l.at[place] = talk
			return true
		}
	}
	return false
}

// mostSearched is how many layouts the search begins from, and disturbances how many copies of their best it begins from anew.
const (
	mostSearched = 12
	disturbances = 60
)

// best searches from each of the layouts, which hold the same talks.
func (p Problem) best(found []layout) Arrangement {
	dice := rand.New(rand.NewPCG(p.Seed, uint64(len(p.Talks)))) //nolint:gosec // a fair search needs no secret
	found = found[:min(len(found), mostSearched)]
	var top layout
	high := 0
	for i, l := range found {
		l = p.search(l, disturbances/len(found), dice)
		if value := p.value(l).Objective; i == 0 || value > high {
			top, high = l, value
		}
	}
	return p.arrangement(top)
}

// search makes a layout better until nothing more is found, anew from so many disturbed copies of the best.
func (p Problem) search(l layout, copies int, dice *rand.Rand) layout {
	p.climb(l)
	high := p.value(l).Objective
	for range copies {
		next := l
		next.at = slices.Clone(l.at)
		next.disturb(dice)
		p.climb(next)
		if value := p.value(next).Objective; value > high {
			l, high = next, value
		}
	}
	return l
}

// climb exchanges talks as long as that makes the layout better.
func (p Problem) climb(l layout) {
	for better := true; better; {
		better = false
		l.exchanges(func(places ...int) {
			if p.improves(l, places) {
				better = true
			}
		})
	}
}

// exchanges names each two places, and in sessions of a usual length each three in both
// directions: what two cannot exchange because somebody could not be there, three may.
func (l layout) exchanges(try func(places ...int)) {
	for a := range l.at {
		for b := a + 1; b < len(l.at); b++ {
			try(a, b)
			for c := b + 1; c < len(l.at) && len(l.at) <= mostTurned; c++ {
				try(a, b, c)
				try(a, c, b)
			}
		}
	}
}

// mostTurned is up to how many places three talks are exchanged at once.
const mostTurned = 16

// improves makes an exchange if everybody can be there then and the cycles become better by it.
func (p Problem) improves(l layout, places []int) bool {
	before := p.around(l, places)
	if !l.turn(places) {
		return false
	}
	if p.around(l, places) > before {
		return true
	}
	slices.Reverse(places)
	l.rotate(places)
	return false
}

// around is what the cycles of some places count, each once.
func (p Problem) around(l layout, places []int) (objective int) {
	for i, place := range places {
		if !slices.ContainsFunc(places[:i], func(other int) bool { return l.cycle[other] == l.cycle[place] }) {
			objective += p.cycleValue(l, l.cycle[place]).Objective
		}
	}
	return objective
}

// turn moves the talk at each place to the next of the places, the last to the first, if all can be there.
func (l layout) turn(places []int) bool {
	for i, place := range places {
		if !l.fits[l.at[place]][places[(i+1)%len(places)]] {
			return false
		}
	}
	l.rotate(places)
	return true
}

func (l layout) rotate(places []int) {
	last := l.at[places[len(places)-1]]
	for i := len(places) - 1; i > 0; i-- {
		l.at[places[i]] = l.at[places[i-1]]
	}
	l.at[places[0]] = last
}

// disturb makes some exchanges that nobody asked for.
func (l layout) disturb(dice *rand.Rand) {
	for range 2 + len(l.at)/4 {
		if a, b := dice.IntN(len(l.at)), dice.IntN(len(l.at)); a != b {
			l.turn([]int{a, b})
		}
	}
}

// value says how good a layout is, without the bound.
func (p Problem) value(l layout) (f Figures) {
	for c := range l.sizes {
		one := p.cycleValue(l, c)
		f.Closeness, f.Switches, f.Objective = f.Closeness+one.Closeness, f.Switches+one.Switches, f.Objective+one.Objective
	}
	return f
}

func (p Problem) cycleValue(l layout, cycle int) (f Figures) {
	first := 0
	for _, size := range l.sizes[:cycle] {
		first += size
	}
	talks := l.at[first : first+l.sizes[cycle]]
	for a, i := range talks {
		for _, j := range talks[a+1:] {
			f.Closeness += p.Near(i, j)
		}
		if a > 0 && p.Talks[talks[a-1]].Language != p.Talks[i].Language {
			f.Switches++
		}
	}
	f.Objective = f.Closeness - SwitchCost*f.Switches
	return f
}

// arrangement writes a layout down.
func (p Problem) arrangement(l layout) Arrangement {
	a := Arrangement{Cycles: make([][]int, len(l.sizes))}
	for place, talk := range l.at {
		a.Cycles[l.cycle[place]] = append(a.Cycles[l.cycle[place]], talk)
	}
	for i := range p.Talks {
		if !slices.Contains(l.at, i) {
			a.Left = append(a.Left, i)
		}
	}
	a.Figures = p.value(l)
	a.Bound = p.bound(a.Cycles)
	return a
}

// Judge says how good an arrangement of talks of the problem is, whoever made it.
func (p Problem) Judge(cycles [][]int) Figures {
	p = p.knowing()
	var l layout
	for _, talks := range cycles {
		l.at, l.sizes = append(l.at, talks...), append(l.sizes, len(talks))
	}
	f := p.value(l)
	f.Bound = p.bound(cycles)
	return f
}
