package assign

import "slices"

// never is the cost of what must not be; small enough for two of them to be added.
const never = int64(1) << 60

// solver finds the cheapest flow from submissions to reviewers. Each review is
// sent from its submission along the cheapest way to a reviewer with room, and a
// way may lead over others: this reviewer takes it and hands something else on.
// After each review the flow is the cheapest for those sent so far (the successive
// shortest paths of Busacker and Gowen), so the last one is the cheapest of all.
//
// Ways are looked for among the reviewers alone, of whom there are few: hop holds,
// for each two of them, what it costs at least if one hands something to the other.
type solver struct {
	p         *Problem
	reviewers int
	need      []int     // by submission: reviews that have not been given before
	cost      [][]int64 // by submission and reviewer: of the match
	open      [][]int64 // the same, never where the pair stands or may not be
	missing   []int     // by submission
	load      []int     // by reviewer
	before    []int     // load, when we began
	reads     [][]int   // by reviewer: submissions that can be handed on
	hop       [][]leap  // from reviewer to reviewer
	drop      []leap    // by reviewer: to let one go without
	stale     []bool    // hop and drop of the reviewer are no longer true
}

// leap hands a submission on.
type leap struct {
	cost       int64
	submission int
}

func newSolver(p *Problem) *solver {
	n, m := len(p.Submissions), len(p.Reviewers)
	s := &solver{
		p: p, reviewers: m, need: make([]int, n), missing: make([]int, n), load: make([]int, m), before: make([]int, m),
		cost: make([][]int64, n), open: make([][]int64, n), reads: make([][]int, m), hop: make([][]leap, m), drop: make([]leap, m),
		stale: make([]bool, m),
	}
	for i, submission := range p.Submissions {
		s.need[i], s.cost[i] = p.Each, make([]int64, m)
		for r, reviewer := range p.Reviewers {
			s.cost[i][r] = 2 * p.stretch() * steps[reviewer.level(submission.Path)]
		}
		s.open[i] = slices.Clone(s.cost[i])
	}
	for r := range s.hop {
		s.hop[r], s.stale[r] = make([]leap, m), true
	}
	s.lay()
	return s
}

// lay puts in what is barred and what was given before.
func (s *solver) lay() {
	submission, reviewer := s.p.places()
	for _, pair := range s.p.Barred {
		i, known := submission[pair.Submission]
		if r, both := reviewer[pair.Reviewer]; known && both {
			s.open[i][r] = never
		}
	}
	for _, pair := range s.p.Fixed {
		i, r := submission[pair.Submission], reviewer[pair.Reviewer]
		s.open[i][r] = never
		s.need[i] = max(0, s.need[i]-1)
		s.load[r]++
	}
	copy(s.before, s.load)
}

// places returns where in the lists each submission and each reviewer is.
func (p Problem) places() (map[SubmissionID]int, map[ReviewerID]int) {
	submission, reviewer := map[SubmissionID]int{}, map[ReviewerID]int{}
	for i, s := range p.Submissions {
		submission[s.ID] = i
	}
	for r, one := range p.Reviewers {
		reviewer[one.ID] = r
	}
	return submission, reviewer
}

// more is what one review more costs a reviewer whose load is so much: squares
// grow by odd numbers.
func more(load int) int64 { return 2*int64(load) + 1 }

// lack is what it costs that a submission misses one review more than so many.
// One review outweighs every other consideration together; and where some must be
// missing, they are not all missing in one place.
func (s *solver) lack(missing int) int64 {
	reviews := int64(len(s.need))*int64(s.p.Each) + int64(len(s.p.Fixed)) + 1
	unfair := 2*reviews + 8*s.p.stretch()*(int64(s.reviewers)+2)
	return unfair * (reviews*int64(s.p.Each) + int64(missing))
}

// room is what one review more costs the reviewer, never if there is no room.
func (s *solver) room(r int) int64 {
	if s.load[r] >= s.p.Reviewers[r].Most {
		return never
	}
	return more(s.load[r])
}

// send finds the cheapest way for one review of submission i, and goes it.
func (s *solver) send(i int) {
	s.refresh()
	dist, from := slices.Clone(s.open[i]), slices.Repeat([]int{-1}, s.reviewers)
	for again := true; again; {
		again = false
		for r, d := range dist {
			if d >= never {
				continue
			}
			for other, leap := range s.hop[r] {
				if via := d + leap.cost; leap.cost < never && via < dist[other] {
					dist[other], from[other], again = via, r, true
				}
			}
		}
	}
	w, best := way{from: from, end: -1}, s.lack(s.missing[i])
	for r, d := range dist {
		if d >= never {
			continue
		}
		if whole := d + s.room(r); whole < best {
			w.end, w.dropped, best = r, false, whole
		}
		if whole := d + s.drop[r].cost; whole < best {
			w.end, w.dropped, best = r, true, whole
		}
	}
	s.walk(i, w)
}

// way is how a review comes to a reviewer with room.
type way struct {
	from    []int // by reviewer: who hands something on to them; -1: nobody, they read the submission itself
	end     int   // -1: nowhere, the review is missing
	dropped bool  // the last one lets something go instead
}

// walk changes the flow along the way of a review of submission i.
func (s *solver) walk(i int, w way) {
	if w.end < 0 {
		s.miss(i)
		return
	}
	if w.dropped {
		lost := s.drop[w.end].submission
		s.take(lost, w.end)
		s.miss(lost)
	}
	for r := w.end; ; r = w.from[r] {
		if w.from[r] < 0 {
			s.give(i, r)
			return
		}
		moved := s.hop[w.from[r]][r].submission
		s.take(moved, w.from[r])
		s.give(moved, r)
	}
}

func (s *solver) miss(i int) {
	s.missing[i]++
	s.touch(i)
}

func (s *solver) give(i, r int) {
	s.open[i][r] = never
	s.load[r]++
	s.reads[r] = append(s.reads[r], i)
	s.touch(i)
}

func (s *solver) take(i, r int) {
	s.touch(i)
	s.open[i][r] = s.cost[i][r]
	s.load[r]--
	at := slices.Index(s.reads[r], i)
	s.reads[r] = slices.Delete(s.reads[r], at, at+1)
}

// touch makes stale what its readers can hand on.
func (s *solver) touch(i int) {
	for r := range s.reviewers {
		if s.open[i][r] == never { // or it is barred, which costs a little time
			s.stale[r] = true
		}
	}
}

// refresh finds anew the cheapest that each reviewer can hand on.
func (s *solver) refresh() {
	for r, stale := range s.stale {
		if !stale {
			continue
		}
		row := s.hop[r]
		for other := range row {
			row[other] = leap{cost: never}
		}
		s.drop[r] = leap{cost: never}
		for _, i := range s.reads[r] {
			own := s.cost[i][r]
			for other, cost := range s.open[i] {
				if cost-own < row[other].cost && cost < never {
					row[other] = leap{cost - own, i}
				}
			}
			if cost := s.lack(s.missing[i]) - own; cost < s.drop[r].cost {
				s.drop[r] = leap{cost, i}
			}
		}
		s.stale[r] = false
	}
}

// Solve gives the reviews out. The same problem has the same result each time.
func Solve(p Problem) (Result, error) {
	if err := p.Sound(); err != nil {
		return Result{}, err
	}
	s := newSolver(&p)
	for i, need := range s.need {
		for range need {
			s.send(i)
		}
	}
	return s.result(), nil
}
