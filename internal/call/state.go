package call

import (
	"slices"
	"time"

	"obrady/internal/people"
)

// State is where a submission stands.
type State string

// The states.
const (
	Drafted     State = "draft"        // wersja robocza: nobody but its authors reads it
	Submitted   State = "submitted"    // złożone
	Returned    State = "returned"     // do uzupełnienia
	Eligible    State = "eligible"     // spełnia wymogi formalne
	Ineligible  State = "ineligible"   // nie spełnia wymogów formalnych
	UnderReview State = "under_review" // w ocenie
	Decided     State = "decided"      // rozstrzygnięte, nieogłoszone: authors read "under review"
	Accepted    State = "accepted"     // przyjęte
	Reserve     State = "reserve"      // na liście rezerwowej
	Rejected    State = "rejected"     // nieprzyjęte
	Confirmed   State = "confirmed"    // potwierdzone przez prelegenta
	Declined    State = "declined"     // rezygnacja po przyjęciu
	Withdrawn   State = "withdrawn"    // wycofane
	Merged      State = "merged"       // połączone z innym
)

// States lists the states in the order in which lists show them.
var States = []State{
	Drafted, Submitted, Returned, Eligible, Ineligible, UnderReview, Decided, Accepted, Reserve, Rejected, Confirmed, Declined, Withdrawn, Merged,
}

// Key names the sentence that says the state.
// key: call.state.*
func (s State) Key() string { return "call.state." + string(s) }

// Told is the state that an author is told: a decision is under review until it
// is announced.
func (s State) Told() State {
	if s == Decided {
		return UnderReview
	}
	return s
}

// moves says what follows on what. Whoever has the right to a move is the
// business of whoever makes it.
var moves = map[State][]State{
	Drafted:     {Submitted},
	Submitted:   {Returned, Eligible, Ineligible, Withdrawn, Merged},
	Returned:    {Submitted, Ineligible, Withdrawn, Merged},
	Eligible:    {UnderReview, Returned, Ineligible, Withdrawn, Merged},
	Ineligible:  {Eligible, Returned, Withdrawn},
	UnderReview: {Decided, Eligible, Withdrawn, Merged},
	Decided:     {UnderReview, Accepted, Reserve, Rejected},
	Accepted:    {Confirmed, Declined, Decided},
	Reserve:     {Accepted, Declined, Decided},
	Rejected:    {Decided},
	Confirmed:   {Declined},
}

// May says whether a submission can go from one state to the other.
func (s State) May(next State) bool { return slices.Contains(moves[s], next) }

// Next lists the states that can follow.
func (s State) Next() []State { return moves[s] }

// Writable says whether its authors may still change what it says, as long as
// the call takes it.
func (s State) Writable() bool { return s == Drafted || s == Submitted || s == Returned }

// Counts says whether it takes up one of the submissions that somebody may send.
func (s State) Counts() bool {
	return s != Drafted && s != Withdrawn && s != Merged && s != Ineligible
}

// Step is one change of state: who, when, from what to what, and why.
type Step struct {
	Submission SubmissionID
	By         people.AccountID // journal.System: nobody
	At         time.Time
	From, To   State
	Why        string
	Unmet      []string // of a formal check: what of the checklist was not met, in Polish
}
