// Package assign says who reads what that was sent in to the congress: each
// submission gets as many reviewers as asked for, nobody reads where they have a
// conflict of interest or more than they agreed to, the load is even, and those
// who know the path read before those who do not.
//
// It is arithmetic alone. The result is the best there is by a measure that
// stands in the result, next to a bound that proves it, and each pair says why it
// was made.
package assign

import (
	"errors"
	"fmt"
)

// SubmissionID names a submission (zgłoszenie).
type SubmissionID string

// ReviewerID names a reviewer (recenzent).
type ReviewerID string

// Level says how near somebody stands to a path.
type Level int

// The levels.
const (
	Foreign Level = iota // has not named the path
	Able                 // reads it, and says so
	Expert               // it is their field
)

// steps is how far each level is from the best, in steps of Problem.Stretch.
// A reader from outside is worth less than two who are able.
var steps = map[Level]int64{Expert: 0, Able: 1, Foreign: 4}

// Submission is something to be read.
type Submission struct {
	ID   SubmissionID
	Path string // empty: everybody stands equally near
}

// Reviewer is somebody who reads.
type Reviewer struct {
	ID     ReviewerID
	Most   int // reviews in all, those given by hand included
	Skills map[string]Level
}

// level is how near the reviewer stands to the path.
func (r Reviewer) level(path string) Level {
	if path == "" {
		return Able
	}
	return r.Skills[path]
}

// Pair is one reviewer for one submission.
type Pair struct {
	Submission SubmissionID
	Reviewer   ReviewerID
}

// Problem is what there is to give out.
type Problem struct {
	Each        int // reviewers that a submission needs
	Submissions []Submission
	Reviewers   []Reviewer
	Barred      []Pair // never: a conflict, a language that the reviewer does not read, a review refused
	Fixed       []Pair // given already, by hand or before; they stay and count
	// Stretch is how many reviews more than somebody else a reviewer takes before
	// that other one, who stands one step further from the path, is asked; 0 counts
	// as DefaultStretch.
	Stretch int
}

// DefaultStretch holds where the problem names none.
const DefaultStretch = 6

// Limits of a problem, so that a mistaken one ends at once instead of never.
const (
	MostSubmissions = 10_000
	MostReviewers   = 500
	MostEach        = 12
	MostStretch     = 1_000
)

// ErrUnsound is for a problem that contradicts itself.
var ErrUnsound = errors.New("assign: unsound problem")

func (p Problem) stretch() int64 {
	if p.Stretch == 0 {
		return DefaultStretch
	}
	return int64(p.Stretch)
}

// Sound says what contradicts itself in the problem, as an ErrUnsound.
func (p Problem) Sound() error {
	switch {
	case p.Each < 1 || p.Each > MostEach:
		return fmt.Errorf("%w: %d reviewers each", ErrUnsound, p.Each)
	case len(p.Submissions) > MostSubmissions || len(p.Reviewers) > MostReviewers:
		return fmt.Errorf("%w: %d submissions and %d reviewers", ErrUnsound, len(p.Submissions), len(p.Reviewers))
	case p.Stretch < 0 || p.Stretch > MostStretch:
		return fmt.Errorf("%w: a stretch of %d", ErrUnsound, p.Stretch)
	}
	submissions, reviewers := map[SubmissionID]bool{}, map[ReviewerID]bool{}
	for _, s := range p.Submissions {
		if submissions[s.ID] {
			return fmt.Errorf("%w: submission %s twice", ErrUnsound, s.ID)
		}
		submissions[s.ID] = true
	}
	for _, r := range p.Reviewers {
		if reviewers[r.ID] || r.Most < 0 {
			return fmt.Errorf("%w: reviewer %s twice, or with fewer than no reviews", ErrUnsound, r.ID)
		}
		reviewers[r.ID] = true
	}
	return p.soundPairs(submissions, reviewers)
}

func (p Problem) soundPairs(submissions map[SubmissionID]bool, reviewers map[ReviewerID]bool) error {
	barred, fixed := map[Pair]bool{}, map[Pair]bool{}
	for _, pair := range p.Barred {
		barred[pair] = true // of somebody unknown it bars nothing
	}
	for _, pair := range p.Fixed {
		switch {
		case !submissions[pair.Submission] || !reviewers[pair.Reviewer]:
			return fmt.Errorf("%w: %v is given, but not in the problem", ErrUnsound, pair)
		case barred[pair]:
			return fmt.Errorf("%w: %v is given and barred", ErrUnsound, pair)
		case fixed[pair]:
			return fmt.Errorf("%w: %v is given twice", ErrUnsound, pair)
		}
		fixed[pair] = true
	}
	return nil
}

// Result is what was given out.
type Result struct {
	Choices []Choice // in the order of the submissions, those given before first
	Gaps    []Gap    // submissions that have too few
	Loads   []Load   // in the order of the reviewers
	// Objective measures the result, the less the better; Bound is less than no
	// possible result, so where both are equal there is none better. What was given
	// before is in neither.
	Objective, Bound Measure
}

// Measure is the sum of what a result costs.
type Measure struct {
	Missing int64 // reviews that nobody writes, weighed so that one outweighs all else
	Match   int64 // steps away from the path, times two stretches
	Balance int64 // the growth of the squares of the loads
}

// Total is the measure as one number.
func (m Measure) Total() int64 { return m.Missing + m.Match + m.Balance }

// Optimal says whether the bound proves that no result is better.
func (r Result) Optimal() bool { return r.Objective.Total() == r.Bound.Total() }

// Choice is one pair with its reason.
type Choice struct {
	Pair
	Level  Level
	Given  bool   // it stood before
	Passed Passed // those who stand nearer to the path and read something else
}

// Passed counts reviewers who were not chosen, by what kept them.
type Passed struct {
	Barred int // may not read it
	Full   int // have as much as they agreed to
	Busy   int // have more than their share, or are needed where fewer can read
}

// Gap is a submission with too few reviewers.
type Gap struct {
	Submission SubmissionID
	Missing    int
	Passed     Passed
}

// Load is what one reviewer reads.
type Load struct {
	Reviewer ReviewerID
	Given    int // before
	New      int
	Most     int
}

// All is how much that is together.
func (l Load) All() int { return l.Given + l.New }
