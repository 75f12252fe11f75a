// Package kaleidoscope composes the sessions of the congress in which many people
// speak for a few minutes each: it puts the abstracts that were accepted on a path
// into cycles, ends each cycle with a discussion, gives everybody their minute, and
// says who could not be there then.
//
// Composing is kept apart from the programme. What stands in a composition is the
// desk's own until it is composed into the session; from then on each talk is a
// segment that keeps its name, wherever it is moved to.
package kaleidoscope

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
)

// Locale holds the sentences that name this package's errors and faults.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with compositions.
var (
	ErrNone    = errs.New(errs.NotFound, "kaleidoscope.none")     // no such session, or it is no kaleidoscope
	ErrChanged = errs.New(errs.Conflict, "kaleidoscope.changed")  // somebody else was first
	ErrTaken   = errs.New(errs.Conflict, "kaleidoscope.taken")    // the talk stands in another session
	ErrNotHere = errs.New(errs.Conflict, "kaleidoscope.not_here") // the talk is not, or no longer, to be had
	ErrFaulty  = errs.New(errs.Conflict, "kaleidoscope.faulty")   // what is to be composed has errors
	ErrNothing = errs.New(errs.Conflict, "kaleidoscope.nothing")  // nothing to undo
	ErrNoTalks = errs.New(errs.Conflict, "kaleidoscope.no_talks") // nothing to arrange or to compose

)

// Shape is how a session is divided, in minutes and numbers.
type Shape struct {
	Talk       int `json:"talk"`       // minutes of each talk; four as a rule
	PerCycle   int `json:"per_cycle"`  // most talks in a cycle (cykl)
	Discussion int `json:"discussion"` // minutes after each cycle; 0: none
	Opening    int `json:"opening"`    // minutes before the first cycle
	Pause      int `json:"pause"`      // minutes between two cycles
	Closing    int `json:"closing"`    // minutes of conclusions at the end
}

// Usual is the shape of the kaleidoscopes of 2024: talks of four minutes, one discussion after each cycle.
var Usual = Shape{Talk: 4, PerCycle: 5, Discussion: 10}

// Bounds of a shape, and how many cycles a session has at most. So many cycles let
// Propose try each way to make cycles of similar size.
const (
	mostMinutes = 240
	mostTalks   = 30 // in a cycle
	MostCycles  = 12
)

// Validate says what keeps the shape from being saved.
func (s Shape) Validate() error {
	var wrong errs.Problems
	for _, f := range []struct {
		name             string
		value, low, high int
	}{
		{"talk", s.Talk, 1, mostMinutes},
		{"per_cycle", s.PerCycle, 1, mostTalks},
		{"discussion", s.Discussion, 0, mostMinutes},
		{"opening", s.Opening, 0, mostMinutes},
		{"pause", s.Pause, 0, mostMinutes},
		{"closing", s.Closing, 0, mostMinutes},
	} {
		if f.value < f.low || f.value > f.high {
			wrong.Add(f.name, "kaleidoscope.number", f.low, f.high)
		}
	}
	return wrong.Err()
}

// Presenter is somebody who will speak.
type Presenter struct {
	Name        string
	Affiliation string   // as it should be printed
	Keys        []string // whatever tells that two presenters are one human: account, address, person
}

// Times say when a talk can be held at all.
type Times struct {
	Days  []civil.Date `json:"days,omitempty"` // none: any day
	From  civil.Clock  `json:"from,omitempty"` // not before
	Until civil.Clock  `json:"until,omitempty"`
}

// Anytime says whether nothing is asked.
func (t Times) Anytime() bool { return len(t.Days) == 0 && t.From == 0 && t.Until == 0 }

// Validate says what keeps the times from being saved.
func (t Times) Validate() error {
	var wrong errs.Problems
	if t.Until != 0 && t.Until <= t.From {
		wrong.Add("until", "kaleidoscope.until_before_from")
	}
	return wrong.Err()
}

// Allow says whether somebody can speak from begin to end, on the clock of begin's zone.
func (t Times) Allow(begin, end time.Time) bool {
	day := civil.DateOf(begin)
	if len(t.Days) > 0 && !slices.Contains(t.Days, day) {
		return false
	}
	if t.From != 0 && civil.ClockOf(begin) < t.From {
		return false
	}
	return t.Until == 0 || civil.DateOf(end) == day && civil.ClockOf(end) <= t.Until
}

// Talk is an accepted abstract (przyjęty abstrakt) as something to be held.
type Talk struct {
	Submission call.SubmissionID
	Code       string
	Title      string
	Language   i18n.Lang
	Path       string // as accepted
	State      call.State
	Presenters []Presenter
	Times      Times
	Session    programme.SessionID // in whose composition it stands; empty: it is free
}

// Stands says whether a talk may stand in the programme at all.
func (t Talk) Stands() bool { return t.State == call.Accepted || t.State == call.Confirmed }

// Cycle is a run of talks that one discussion closes.
type Cycle struct{ Talks []Talk }

// Plan is a session of talks, laid out.
type Plan struct {
	Shape  Shape
	Cycles []Cycle
	// Front and Back are segments that were typed into the session by hand; composing leaves them as they are.
	Front, Back []programme.Segment
}

// Count is how many talks stand in the plan.
func (p Plan) Count() (n int) {
	for _, c := range p.Cycles {
		n += len(c.Talks)
	}
	return n
}

// Part is one part of a plan with its hours.
type Part struct {
	Kind       programme.SegmentKind
	Cycle      int // from 1; 0: it belongs to none
	Number     int // of the talk in its cycle, from 1
	Talk       Talk
	Hand       programme.Segment // one of those typed by hand
	Minutes    int
	Begin, End time.Time
}

// Parts lays the plan out from start: each part begins when the one before it
// ends. A cycle without talks takes no time, and nobody discusses it.
func (p Plan) Parts(start time.Time) []Part {
	var all []Part
	add := func(part Part) {
		if part.Minutes == 0 {
			return
		}
		part.Begin = start
		start = start.Add(time.Duration(part.Minutes) * time.Minute)
		part.End = start
		all = append(all, part)
	}
	byHand := func(some []programme.Segment) {
		for _, g := range some {
			add(Part{Kind: g.Kind, Hand: g, Minutes: g.Minutes})
		}
	}
	byHand(p.Front)
	add(Part{Kind: programme.Opening, Minutes: p.Shape.Opening})
	open := false
	for n, c := range p.Cycles {
		if len(c.Talks) == 0 {
			continue
		}
		if open {
			add(Part{Kind: programme.Pause, Cycle: n + 1, Minutes: p.Shape.Pause})
		}
		open = true
		for i, t := range c.Talks {
			add(Part{Kind: programme.Talk, Cycle: n + 1, Number: i + 1, Talk: t, Minutes: p.Shape.Talk})
		}
		add(Part{Kind: programme.Discussion, Cycle: n + 1, Minutes: p.Shape.Discussion})
	}
	add(Part{Kind: programme.Conclusions, Minutes: p.Shape.Closing})
	byHand(p.Back)
	return all
}

// Minutes is how long the plan takes.
func (p Plan) Minutes() (total int) {
	for _, part := range p.Parts(time.Time{}) {
		total += part.Minutes
	}
	return total
}
