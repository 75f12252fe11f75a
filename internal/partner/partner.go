// Package partner lets somebody else run a part of the congress: the host gives
// a metropolis or a research project places, hours, seats and entries, and
// inside of that the partner decides alone, publishes alone and carries its
// funders' marks. Beyond it the partner asks, and the host answers.
package partner

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/errs"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// Locale holds the sentences that name this package's errors, modes and states.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong between a partner and the host.
var (
	ErrNoWorkspace = errs.New(errs.NotFound, "partner.no_workspace")
	ErrNoRequest   = errs.New(errs.NotFound, "partner.no_request")
	ErrNoMark      = errs.New(errs.NotFound, "partner.no_mark")
	ErrChanged     = errs.New(errs.Conflict, "partner.changed")
	ErrDecided     = errs.New(errs.Conflict, "partner.decided")
	ErrNotPlaced   = errs.New(errs.Conflict, "partner.not_placed")
	ErrAsked       = errs.New(errs.Conflict, "partner.asked_already")
	ErrNotAsked    = errs.New(errs.Conflict, "partner.not_asked")
	ErrNoAnchor    = errs.New(errs.Conflict, "partner.no_anchor")
)

// Mode is a way to sign up that the host allows a partner (tryb zapisów).
type Mode string

// The ways to sign up.
const (
	Open       Mode = "open"       // bez zapisów
	FirstCome  Mode = "first_come" // kolejność zgłoszeń
	Prequeue   Mode = "prequeue"   // kolejka przed otwarciem
	Lottery    Mode = "lottery"    // losowanie
	Selection  Mode = "selection"  // wybór na podstawie formularza
	Invitation Mode = "invitation" // zaproszenia
)

// Modes lists the ways in the order in which forms offer them.
var Modes = []Mode{Open, FirstCome, Prequeue, Lottery, Selection, Invitation}

// Key names the sentence that says the way.
// key: partner.mode.*
func (m Mode) Key() string { return "partner.mode." + string(m) }

// Window is one place for some hours.
type Window struct {
	Place      timetable.PlaceID
	Start, End time.Time
}

// Allotment is what the host gave a workspace to fill (przydział). A limit of 0
// is none; without a window there is no hour to fill.
type Allotment struct {
	Workspace rights.WorkspaceID
	Windows   []Window
	SeatsEach int // the most in one session
	SeatsAll  int // the most in all sessions together
	Entries   int // sessions that may stand in the main programme
	Modes     []Mode
	Revision  int // 0: the host has given nothing yet
	UpdatedAt time.Time
}

// Limits of what a form can ask for.
const (
	maxWindows = 200
	maxFigure  = 100000
)

// Validate says what keeps the allotment from being saved.
func (a Allotment) Validate() error {
	var wrong errs.Problems
	for name, n := range map[string]int{"seats_each": a.SeatsEach, "seats_all": a.SeatsAll, "entries": a.Entries} {
		if n < 0 || n > maxFigure {
			wrong.Add(name, "programme.capacity", maxFigure)
		}
	}
	for _, mode := range a.Modes {
		if !slices.Contains(Modes, mode) {
			wrong.Add("modes", "programme.choose")
		}
	}
	if len(a.Windows) > maxWindows {
		wrong.Add("windows", "programme.too_many", maxWindows)
	}
	for _, w := range a.Windows {
		if w.Place == "" || !w.End.After(w.Start) {
			wrong.Add("windows", "partner.window")
			break
		}
	}
	return wrong.Err()
}

// Holds says whether the hours lie inside the allotment: in an allotted place
// all the time, or, for a session without a place, at hours at which the
// partner has some place.
func (a Allotment) Holds(s timetable.Slot) bool {
	reached := s.Start
	for _, w := range a.inOrder() {
		if s.Place != "" && w.Place != s.Place || w.Start.After(reached) || !w.End.After(reached) {
			continue
		}
		if reached = w.End; !reached.Before(s.End) {
			return true
		}
	}
	return false
}

func (a Allotment) inOrder() []Window {
	sorted := slices.Clone(a.Windows)
	slices.SortStableFunc(sorted, func(x, y Window) int { return x.Start.Compare(y.Start) })
	return sorted
}

// Allows says whether sessions may let people in this way. What is not known
// yet and an allotment that names no ways are allowed.
func (a Allotment) Allows(e programme.Entry) bool {
	return e == programme.EntryUnknown || len(a.Modes) == 0 || slices.Contains(a.Modes, Mode(e))
}

// Places lists the places of the allotment, each once.
func (a Allotment) Places() (all []timetable.PlaceID) {
	for _, w := range a.Windows {
		if !slices.Contains(all, w.Place) {
			all = append(all, w.Place)
		}
	}
	return all
}

// Use is how much of an allotment sessions take.
type Use struct {
	Entries int // sessions that stand or will stand in the main programme
	Seats   int
	Drafts  int
	Outside []timetable.Slot // hours that lie outside of it
}

// Measure says how much of a the sessions that mine names take.
func (a Allotment) Measure(x *timetable.Index, mine func(programme.Session) bool) (u Use) {
	for _, s := range x.Sessions {
		if !mine(s) || s.Status == programme.Cancelled {
			continue
		}
		u.add(s)
		for _, slot := range x.SlotsOf(s.ID) {
			if !a.Holds(slot) {
				u.Outside = append(u.Outside, slot)
			}
		}
	}
	return u
}

// add counts a session. A part of another one is no entry of its own.
func (u *Use) add(s programme.Session) {
	u.Seats += s.Capacity
	switch {
	case s.Status == programme.Draft:
		u.Drafts++
	case s.Status == programme.Ready && s.Parent == "":
		u.Entries++
	}
}

// Share is a workspace with what it was given.
type Share struct {
	rights.Space
	Allotment Allotment
}

// Validate says what keeps the share from being saved.
func (s Share) Validate() error {
	var wrong errs.Problems
	for _, err := range []error{s.Space.Validate(), s.Allotment.Validate()} {
		if problems, is := err.(errs.Problems); is { //nolint:errorlint // Validate wraps nothing
			wrong = append(wrong, problems...)
		}
	}
	return wrong.Err()
}

// Scope is the part of the programme that a release of the workspace renews. A
// workspace without a block or stage has none.
func Scope(s rights.Space) (timetable.Scope, error) {
	switch {
	case s.Block != "":
		return timetable.Scope{Kind: timetable.OneBlock, ID: string(s.Block)}, nil
	case s.Stage != "":
		return timetable.Scope{Kind: timetable.OneStage, ID: string(s.Stage)}, nil
	}
	return timetable.Scope{}, ErrNoAnchor
}

// Covers says whether a session belongs to the workspace.
func Covers(t rights.Tree, w rights.WorkspaceID, s programme.Session) bool {
	return slices.Contains(t.Session(s.ID, s.Block, s.Stage), rights.OfWorkspace(w))
}
