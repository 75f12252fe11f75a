package kaleidoscope

import (
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// Composition is which talks stand in which cycle of a session, in what order.
type Composition struct {
	Session          programme.SessionID
	Edition          edition.ID
	Call             call.ID // whose accepted abstracts it is filled from
	Path             string  // of the call; empty: all of them
	Format           string  // likewise
	Shape            Shape
	Cycles           Cycles
	Before           Cycles // as they were before the last change
	ComposedRevision int    // the one that stands in the programme; 0: none
	ComposedAt       time.Time
	Revision         int // 0: nobody has begun it
	UpdatedBy        people.AccountID
	UpdatedAt        time.Time
}

// Composed says whether the programme has it as it is.
func (c Composition) Composed() bool { return c.Revision > 0 && c.ComposedRevision == c.Revision }

// Has says whether something stands in it.
func (c Composition) Has(submission call.SubmissionID) bool {
	cycle, _ := c.Cycles.Find(submission)
	return cycle > 0
}

// Cycles are submissions by cycle, in order. None of them is empty: a cycle that
// loses its last talk is gone.
type Cycles [][]call.SubmissionID

// Find returns in which cycle something stands, and where in it, both from 1; 0: nowhere.
func (c Cycles) Find(submission call.SubmissionID) (cycle, position int) {
	for n, talks := range c {
		if i := slices.Index(talks, submission); i >= 0 {
			return n + 1, i + 1
		}
	}
	return 0, 0
}

// Count is how many talks there are.
func (c Cycles) Count() int { return len(slices.Concat(c...)) }

// Spot is a place in the cycles, both from 1. Cycle 0 is no place: the pool. A
// cycle after the last is a new one, a position after the last the end.
type Spot struct{ Cycle, Position int }

// Put returns the cycles with something at a spot, wherever it was before.
func (c Cycles) Put(submission call.SubmissionID, at Spot) Cycles {
	var next Cycles
	for _, talks := range c {
		next = append(next, slices.DeleteFunc(slices.Clone(talks), func(s call.SubmissionID) bool { return s == submission }))
	}
	if at.Cycle > len(next) {
		next = append(next, nil)
		at.Cycle = len(next)
	}
	if at.Cycle > 0 {
		talks := next[at.Cycle-1]
		next[at.Cycle-1] = slices.Insert(talks, min(max(at.Position, 1), len(talks)+1)-1, submission)
	}
	return slices.DeleteFunc(next, func(talks []call.SubmissionID) bool { return len(talks) == 0 })
}

// Up is the spot one earlier: before its neighbour, or at the end of the cycle before.
func (c Cycles) Up(submission call.SubmissionID) Spot {
	cycle, position := c.Find(submission)
	if position == 1 && cycle > 1 {
		return Spot{cycle - 1, len(c[cycle-2]) + 1}
	}
	return Spot{cycle, max(position-1, min(cycle, 1))}
}

// Down is the spot one later: behind its neighbour, or at the beginning of the next cycle.
func (c Cycles) Down(submission call.SubmissionID) Spot {
	cycle, position := c.Find(submission)
	if cycle > 0 && position == len(c[cycle-1]) && cycle < len(c) {
		return Spot{cycle + 1, 1}
	}
	return Spot{cycle, min(position+1, max(1, c.size(cycle)))}
}

func (c Cycles) size(cycle int) int {
	if cycle < 1 || cycle > len(c) {
		return 0
	}
	return len(c[cycle-1])
}

// validate says what keeps cycles from being kept: something twice, or more cycles than there can be.
func (c Cycles) validate() error {
	all := slices.Sorted(slices.Values(slices.Concat(c...)))
	if len(slices.Compact(all)) < c.Count() {
		return ErrNotHere
	}
	if len(c) > MostCycles {
		var wrong errs.Problems
		wrong.Add("cycle", "kaleidoscope.many_cycles", MostCycles)
		return wrong.Err()
	}
	return nil
}

// About is what the desk knows of the presenters of a talk.
type About struct {
	Submission call.SubmissionID
	Times      Times
	Say        string // how the names are said; empty: as they are written
}

const maxSay = 300

// Validate says what keeps it from being saved.
func (a About) Validate() error {
	var wrong errs.Problems
	if text.Length(a.Say) > maxSay {
		wrong.Add("say", "people.too_long", maxSay)
	}
	if err := a.Times.Validate(); err != nil {
		wrong.Add("until", "kaleidoscope.until_before_from")
	}
	return wrong.Err()
}
