package assign

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func submissions(paths ...string) (all []Submission) {
	for i, path := range paths {
		all = append(all, Submission{ID: SubmissionID(fmt.Sprint("s", i)), Path: path})
	}
	return all
}

func knows(level Level, paths ...string) map[string]Level {
	skills := map[string]Level{}
	for _, path := range paths {
		skills[path] = level
	}
	return skills
}

func TestSolve(t *testing.T) {
	for _, test := range []struct {
		name    string
		problem Problem
		want    Result // without the measure
	}{
		{
			"nothing was sent in",
			Problem{Each: 2, Reviewers: []Reviewer{{ID: "anna", Most: 3}}},
			Result{Loads: []Load{{"anna", 0, 0, 3}}},
		},
		{
			"each reads their field",
			Problem{Each: 1, Submissions: submissions("green", "mobility"), Reviewers: []Reviewer{
				{"anna", 5, knows(Expert, "mobility")}, {"jan", 5, knows(Expert, "green")},
			}},
			Result{
				Choices: []Choice{{Pair: Pair{"s0", "jan"}, Level: Expert}, {Pair: Pair{"s1", "anna"}, Level: Expert}},
				Loads:   []Load{{"anna", 0, 1, 5}, {"jan", 0, 1, 5}},
			},
		},
		{
			"who has a conflict does not read, however well they know the field",
			Problem{Each: 1, Submissions: submissions("green"), Reviewers: []Reviewer{
				{"anna", 5, knows(Expert, "green")}, {"jan", 5, nil},
			}, Barred: []Pair{{"s0", "anna"}}},
			Result{
				Choices: []Choice{{Pair: Pair{"s0", "jan"}, Level: Foreign, Passed: Passed{Barred: 1}}},
				Loads:   []Load{{"anna", 0, 0, 5}, {"jan", 0, 1, 5}},
			},
		},
		{
			"the only one who can read makes room, and hands something else on",
			Problem{Each: 1, Submissions: submissions("green", "green"), Reviewers: []Reviewer{
				{"anna", 1, knows(Expert, "green")}, {"jan", 1, knows(Able, "green")},
			}, Barred: []Pair{{"s1", "jan"}}},
			Result{
				Choices: []Choice{
					{Pair: Pair{"s0", "jan"}, Level: Able, Passed: Passed{Full: 1}},
					{Pair: Pair{"s1", "anna"}, Level: Expert},
				},
				Loads: []Load{{"anna", 0, 1, 1}, {"jan", 0, 1, 1}},
			},
		},
		{
			"what was given by hand stays and counts",
			Problem{Each: 1, Submissions: submissions("", "", ""), Reviewers: []Reviewer{{ID: "anna", Most: 5}, {ID: "jan", Most: 5}}, Fixed: []Pair{
				{"s2", "anna"}, {"s1", "anna"},
			}},
			Result{
				Choices: []Choice{
					{Pair: Pair{"s0", "jan"}, Level: Able},
					{Pair: Pair{"s1", "anna"}, Level: Able, Given: true},
					{Pair: Pair{"s2", "anna"}, Level: Able, Given: true},
				},
				Loads: []Load{{"anna", 2, 0, 5}, {"jan", 0, 1, 5}},
			},
		},
		{
			"more by hand than somebody agreed to stays, and nothing is added",
			Problem{Each: 1, Submissions: submissions("", ""), Reviewers: []Reviewer{{ID: "anna", Most: 0}}, Fixed: []Pair{{"s0", "anna"}}},
			Result{
				Choices: []Choice{{Pair: Pair{"s0", "anna"}, Level: Able, Given: true}},
				Gaps:    []Gap{{"s1", 1, Passed{Full: 1}}},
				Loads:   []Load{{"anna", 1, 0, 0}},
			},
		},
		{
			"where there are too few, each submission misses the same",
			Problem{Each: 2, Submissions: submissions("", ""), Reviewers: []Reviewer{{ID: "anna", Most: 1}, {ID: "jan", Most: 1}}},
			Result{
				Choices: []Choice{{Pair: Pair{"s0", "jan"}, Level: Able}, {Pair: Pair{"s1", "anna"}, Level: Able}},
				Gaps:    []Gap{{"s0", 1, Passed{Full: 1}}, {"s1", 1, Passed{Full: 1}}},
				Loads:   []Load{{"anna", 0, 1, 1}, {"jan", 0, 1, 1}},
			},
		},
		{
			"nobody reads the same twice",
			Problem{Each: 2, Submissions: submissions(""), Reviewers: []Reviewer{{ID: "anna", Most: 9}}},
			Result{
				Choices: []Choice{{Pair: Pair{"s0", "anna"}, Level: Able}},
				Gaps:    []Gap{{"s0", 1, Passed{}}},
				Loads:   []Load{{"anna", 0, 1, 9}},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Solve(test.problem)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Optimal() {
				t.Errorf("the objective is %+v, the bound %+v: want them equal", got.Objective, got.Bound)
			}
			got.Objective, got.Bound = Measure{}, Measure{}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Solve (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSomebodyLessNearIsAskedWhenAnExpertHasTooMuch(t *testing.T) {
	p := Problem{Each: 1, Stretch: 3, Reviewers: []Reviewer{{"anna", 99, knows(Expert, "green")}, {"jan", 99, knows(Able, "green")}}}
	for range 13 {
		p.Submissions = append(p.Submissions, Submission{ID: SubmissionID(fmt.Sprint("s", len(p.Submissions))), Path: "green"})
	}
	got, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Load{{"anna", 0, 8, 99}, {"jan", 0, 5, 99}}; !cmp.Equal(got.Loads, want) {
		t.Errorf("the loads are %v, want the expert to take 3 more: %v", got.Loads, want)
	}
}

func TestSound(t *testing.T) {
	anna := []Reviewer{{ID: "anna", Most: 1}}
	for _, test := range []struct {
		name    string
		problem Problem
	}{
		{"no reviewers wanted", Problem{}},
		{"a submission twice", Problem{Each: 1, Submissions: []Submission{{ID: "s"}, {ID: "s"}}}},
		{"a reviewer twice", Problem{Each: 1, Reviewers: append(anna, anna...)}},
		{"fewer than no reviews", Problem{Each: 1, Reviewers: []Reviewer{{ID: "anna", Most: -1}}}},
		{"a stretch backwards", Problem{Each: 1, Stretch: -1}},
		{"given to somebody unknown", Problem{Each: 1, Submissions: submissions(""), Fixed: []Pair{{"s0", "ewa"}}}},
		{"given and barred", Problem{Each: 1, Submissions: submissions(""), Reviewers: anna, Fixed: []Pair{{"s0", "anna"}}, Barred: []Pair{{"s0", "anna"}}}},
		{"given twice", Problem{Each: 1, Submissions: submissions(""), Reviewers: anna, Fixed: []Pair{{"s0", "anna"}, {"s0", "anna"}}}},
		{"too many reviewers", Problem{Each: 1, Reviewers: make([]Reviewer, MostReviewers+1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Solve(test.problem); !errors.Is(err, ErrUnsound) {
				t.Errorf("Solve = %v, want %v", err, ErrUnsound)
			}
		})
	}
}

// someProblem draws a problem small enough to try everything.
func someProblem(t *rapid.T) Problem {
	p := Problem{Each: rapid.IntRange(1, 3).Draw(t, "each"), Stretch: rapid.IntRange(1, 4).Draw(t, "stretch")}
	paths := []string{"", "green", "mobility"}
	p.Submissions = submissions(rapid.SliceOfN(rapid.SampledFrom(paths), 1, 4).Draw(t, "submissions")...)
	for r := range rapid.IntRange(1, 4).Draw(t, "reviewers") {
		one := Reviewer{ID: ReviewerID(fmt.Sprint("r", r)), Most: rapid.IntRange(0, 4).Draw(t, "most"), Skills: map[string]Level{}}
		for _, path := range paths[1:] {
			one.Skills[path] = Level(rapid.IntRange(0, 2).Draw(t, "level"))
		}
		p.Reviewers = append(p.Reviewers, one)
	}
	for _, s := range p.Submissions {
		for _, r := range p.Reviewers {
			switch rapid.IntRange(0, 7).Draw(t, "pair") {
			case 0, 1:
				p.Barred = append(p.Barred, Pair{s.ID, r.ID})
			case 2:
				p.Fixed = append(p.Fixed, Pair{s.ID, r.ID})
			}
		}
	}
	return p
}

// best tries everything: it is the cost of the best result, found without the solver.
func best(p Problem) int64 {
	s := newSolver(&p) // for the costs alone
	loads := make([]int, len(p.Reviewers))
	copy(loads, s.before)
	var try func(i, r, given int) int64
	try = func(i, r, given int) int64 {
		if i == len(p.Submissions) {
			return 0
		}
		if r == len(p.Reviewers) {
			var cost int64
			for missing := range s.need[i] - given {
				cost += s.lack(missing)
			}
			return cost + try(i+1, 0, 0)
		}
		least := try(i, r+1, given)
		if given < s.need[i] && s.open[i][r] < never && loads[r] < p.Reviewers[r].Most {
			cost := s.open[i][r] + more(loads[r])
			loads[r]++
			least = min(least, cost+try(i, r+1, given+1))
			loads[r]--
		}
		return least
	}
	return try(0, 0, 0)
}

func TestNoOtherResultIsBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := someProblem(t)
		got, err := Solve(p)
		if err != nil {
			t.Fatal(err)
		}
		if want := best(p); got.Objective.Total() != want || got.Bound.Total() != want {
			t.Errorf("the objective is %d, its bound %d, want %d", got.Objective.Total(), got.Bound.Total(), want)
		}
		holds(t, p, got)
	})
}

// holds checks what every result promises.
func holds(t interface{ Errorf(string, ...any) }, p Problem, r Result) {
	barred, seen, loads, reviews := map[Pair]bool{}, map[Pair]bool{}, map[ReviewerID]int{}, map[SubmissionID]int{}
	for _, pair := range p.Barred {
		barred[pair] = true
	}
	for _, c := range r.Choices {
		if barred[c.Pair] || seen[c.Pair] {
			t.Errorf("%v is chosen; it is barred (%v) or chosen already", c.Pair, barred[c.Pair])
		}
		seen[c.Pair] = true
		loads[c.Reviewer]++
		reviews[c.Submission]++
	}
	for _, pair := range p.Fixed {
		if !seen[pair] {
			t.Errorf("%v was given before, and is gone", pair)
		}
	}
	for _, l := range r.Loads {
		if l.All() != loads[l.Reviewer] || l.New > 0 && l.All() > l.Most {
			t.Errorf("the load is said to be %+v, and is %d", l, loads[l.Reviewer])
		}
	}
	missing := map[SubmissionID]int{}
	for _, gap := range r.Gaps {
		missing[gap.Submission] = gap.Missing
	}
	for _, s := range p.Submissions {
		if n := reviews[s.ID]; n+missing[s.ID] < p.Each || n+missing[s.ID] > p.Each && missing[s.ID] > 0 {
			t.Errorf("%s has %d reviewers and misses %d, want %d together", s.ID, n, missing[s.ID], p.Each)
		}
	}
}

// A wrong price makes the bound lower, never higher than what is possible.
func TestTheBoundIsBelowEveryResultWhateverThePrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := someProblem(t)
		price := rapid.SliceOfN(rapid.Int64Range(-100, 1_000), len(p.Reviewers), len(p.Reviewers)).Draw(t, "price")
		if got, most := p.bound(price).Total(), best(p); got > most {
			t.Errorf("the bound is %d, more than the best result %d", got, most)
		}
	})
}

// congress is a call as large as one can become: 2,000 submissions on eight
// paths, 60 reviewers, three reviews each, one pair in twenty a conflict.
func congress() Problem {
	const seed, paths = 7, 8
	random := rand.New(rand.NewPCG(seed, seed))
	p := Problem{Each: 3}
	path := func() string { return fmt.Sprint("path ", random.IntN(paths)) }
	for i := range 2000 {
		p.Submissions = append(p.Submissions, Submission{SubmissionID(fmt.Sprint("s", i)), path()})
	}
	for i := range 60 {
		skills := map[string]Level{path(): Able, path(): Able, path(): Expert}
		p.Reviewers = append(p.Reviewers, Reviewer{ReviewerID(fmt.Sprint("r", i)), 80 + random.IntN(60), skills})
	}
	for _, s := range p.Submissions {
		for _, r := range p.Reviewers {
			if random.IntN(20) == 0 {
				p.Barred = append(p.Barred, Pair{s.ID, r.ID})
			}
		}
	}
	return p
}

func TestALargeCallIsGivenOutInFiveSeconds(t *testing.T) {
	p := congress()
	began := time.Now()
	got, err := Solve(p)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	t.Logf("%v: %+v, bound %d, %d choices, %d gaps", took, got.Objective, got.Bound.Total(), len(got.Choices), len(got.Gaps))
	if !got.Optimal() || took > 5*slower*time.Second {
		t.Errorf("it took %v, the objective is %d and its bound %d; want 5 s and both equal", took, got.Objective.Total(), got.Bound.Total())
	}
	holds(t, p, got)
}

func BenchmarkSolve(b *testing.B) {
	p := congress()
	for b.Loop() {
		if _, err := Solve(p); err != nil {
			b.Fatal(err)
		}
	}
}
