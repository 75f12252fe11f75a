package kaleidoscope

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/programme"
)

var noon = time.Date(2026, 6, 8, 12, 0, 0, 0, time.UTC)

// someProblem draws a session that is short enough to try every arrangement of it.
func someProblem(t *rapid.T) (p Problem, near [][]int) {
	p.Shape = Shape{Talk: rapid.IntRange(1, 4).Draw(t, "talk"), PerCycle: rapid.IntRange(1, 3).Draw(t, "per cycle")}
	p.Shape.Discussion, p.Shape.Pause = rapid.IntRange(0, 5).Draw(t, "discussion"), rapid.IntRange(0, 3).Draw(t, "pause")
	p.Shape.Opening, p.Extra = rapid.IntRange(0, 2).Draw(t, "opening"), rapid.IntRange(0, 2).Draw(t, "extra")
	p.Seed = rapid.Uint64().Draw(t, "seed")
	if minutes := rapid.IntRange(0, 30).Draw(t, "minutes"); minutes > 0 {
		p.Room.Hours = []Hours{{noon, noon.Add(time.Duration(minutes) * time.Minute)}}
	}
	p.Room.Duties = map[string][]Duty{}
	n := rapid.IntRange(0, 6).Draw(t, "talks")
	for i := range n {
		who := fmt.Sprint("p", rapid.IntRange(0, n).Draw(t, "who"))
		one := Talk{Submission: call.SubmissionID(fmt.Sprint(i)), Presenters: []Presenter{{Name: who, Keys: []string{who}}}, State: call.Confirmed, Language: i18n.Polish}
		if rapid.IntRange(0, 2).Draw(t, "english") == 0 {
			one.Language = i18n.English
		}
		if from := rapid.IntRange(-15, 20).Draw(t, "from"); from > 0 {
			one.Times.From = civil.Clock(12*60 + from)
		}
		if until := rapid.IntRange(-15, 25).Draw(t, "until"); until > 0 {
			one.Times.Until = civil.Clock(12*60 + until)
		}
		if at := rapid.IntRange(-10, 20).Draw(t, "duty"); at >= 0 {
			begin := noon.Add(time.Duration(at) * time.Minute)
			p.Room.Duties[who] = append(p.Room.Duties[who], Duty{"other", begin, begin.Add(6 * time.Minute)})
		}
		p.Talks = append(p.Talks, one)
	}
	near = make([][]int, n)
	for i := range near {
		near[i] = make([]int, n)
		for j := range i {
			near[i][j] = rapid.IntRange(0, 100).Draw(t, "near")
			near[j][i] = near[i][j]
		}
	}
	p.Near = func(i, j int) int { return near[i][j] }
	return p, near
}

func (p Problem) plan(a Arrangement) Plan {
	plan := Plan{Shape: p.Shape}
	if p.Extra > 0 {
		plan.Front = []programme.Segment{{Kind: programme.Poll, Minutes: p.Extra}}
	}
	for _, talks := range a.Cycles {
		var c Cycle
		for _, i := range talks {
			c.Talks = append(c.Talks, p.Talks[i])
		}
		plan.Cycles = append(plan.Cycles, c)
	}
	return plan
}

// tryAll tries every arrangement of the first talks that Propose may choose among: the most that can
// be placed, the best set by precedence among those, and its best objective.
func tryAll(p Problem) (most int, best Arrangement) {
	for n := len(p.Talks); n > 0; n-- {
		found := false
		for _, sizes := range similar(n, p.Shape.cycles(n)) {
			permute(len(p.Talks), n, func(order []int) {
				var a Arrangement
				rest := order
				for _, size := range sizes {
					a.Cycles, rest = append(a.Cycles, rest[:size:size]), rest[size:]
				}
				if len(Fatal(p.plan(a).Faults(p.Room))) > 0 {
					return
				}
				a.Figures = p.Judge(a.Cycles)
				if better := compareSets(a, best); !found || better < 0 || better == 0 && a.Objective > best.Objective {
					best = Arrangement{Figures: a.Figures, Cycles: clone(a.Cycles)}
				}
				found = true
			})
		}
		if found {
			return n, best
		}
	}
	return 0, best
}

func clone(cycles [][]int) (all [][]int) {
	for _, c := range cycles {
		all = append(all, slices.Clone(c))
	}
	return all
}

func compareSets(a, b Arrangement) int { return slices.Compare(a.placed(), b.placed()) }

func (a Arrangement) placed() []int { return slices.Sorted(slices.Values(slices.Concat(a.Cycles...))) }

// permute calls do with each ordered choice of k of n.
func permute(n, k int, do func([]int)) {
	order := make([]int, 0, k)
	var next func()
	next = func() {
		if len(order) == k {
			do(order)
			return
		}
		for i := range n {
			if slices.Contains(order, i) {
				continue
			}
			order = append(order, i)
			next()
			order = order[:len(order)-1]
		}
	}
	next()
}

// What Propose answers is compared with every arrangement there is.
func TestProposeAgainstAllArrangements(t *testing.T) {
	optimal, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p, _ := someProblem(t)
		got := Propose(p)
		if told := slices.Sorted(slices.Values(append(got.placed(), got.Left...))); !slices.Equal(told, upTo(len(p.Talks))) {
			t.Fatalf("talks = %v, want each of %d once", told, len(p.Talks))
		}
		if faults := Fatal(p.plan(got).Faults(p.Room)); len(faults) > 0 {
			t.Fatalf("faults = %v, want none", faults)
		}
		for _, c := range got.Cycles {
			if d := len(c) - len(got.Cycles[0]); d < -1 || d > 1 || len(c) > p.Shape.PerCycle {
				t.Fatalf("cycles = %v, want similar sizes of at most %d", got.Cycles, p.Shape.PerCycle)
			}
		}
		most, best := tryAll(p)
		if len(got.placed()) != most {
			t.Fatalf("%d talks have a place, want %d", len(got.placed()), most)
		}
		if most == 0 {
			return
		}
		if compareSets(got, best) != 0 {
			t.Fatalf("talks with a place = %v, want %v, who come first", got.placed(), best.placed())
		}
		if got.Objective > best.Objective || best.Objective > got.Bound {
			t.Fatalf("objective = %d, best = %d, bound = %d, want them in this order", got.Objective, best.Objective, got.Bound)
		}
		if again := Propose(p); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("asked again Propose = %v, want %v", again, got)
		}
		if all++; got.Objective == best.Objective {
			optimal++
		}
	})
	t.Logf("%d of %d arrangements are the best there is", optimal, all)
	if optimal*100 < 98*all {
		t.Errorf("the best arrangement was found %d times of %d, want 98 in a hundred", optimal, all)
	}
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// A whole afternoon: the search is quick, and not far from what cannot be exceeded.
func TestProposeForAWholeAfternoon(t *testing.T) {
	p := Problem{Shape: Shape{Talk: 4, PerCycle: 6, Discussion: 12}, Seed: 1}
	for i := range 48 {
		p.Talks = append(p.Talks, Talk{Submission: call.SubmissionID(fmt.Sprint(i)), Language: i18n.Polish})
	}
	// Eight themes of six talks each, and a little in common with everything else.
	p.Near = func(i, j int) int {
		if i%8 == j%8 {
			return 60
		}
		return (i*j + i + j) % 7
	}
	began := time.Now()
	got := Propose(p)
	took := time.Since(began)
	t.Logf("48 talks: objective %d, bound %d, %v", got.Objective, got.Bound, took)
	if got.Objective*100 < 95*got.Bound {
		t.Errorf("objective = %d, want 95 in a hundred of the bound %d", got.Objective, got.Bound)
	}
	if took > 20*time.Second {
		t.Errorf("it took %v, want a moment", took)
	}
	if !slices.IsSortedFunc(got.Cycles, func(a, b []int) int { return cmp.Compare(len(b), len(a)) }) {
		t.Errorf("cycles = %v, want equal ones", got.Cycles)
	}
}
