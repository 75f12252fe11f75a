package signup

import (
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// State says where somebody stands with a session.
type State string

// The states.
const (
	Holding  State = "held"     // has a seat
	Offered  State = "offered"  // a seat is kept for them until they say so, or time runs out
	Waiting  State = "waiting"  // is on the waiting list
	Released State = "released" // no longer
	Refused  State = "refused"  // got nothing
)

// States lists what a seat can be.
var States = []State{Holding, Offered, Waiting, Released, Refused}

// Key names the sentence that says the state.
// key: signup.state.*
func (s State) Key() string { return "signup.state." + string(s) }

// Present says whether somebody in the state has, or waits for, anything.
func (s State) Present() bool { return s == Holding || s == Offered || s == Waiting }

// Takes says whether the state takes places of pools.
func (s State) Takes() bool { return s == Holding || s == Offered }

// Seat is where somebody stands with a session.
type Seat struct {
	Session     programme.SessionID
	Account     people.AccountID
	Edition     edition.ID
	State       State
	Seq         Receipt // of the decision that gave it
	InLine      int64   // the order of the waiting list
	Pools       []int   // of which it takes a place
	Needs       []admission.Need
	Instead     programme.SessionID // is given back when this one is got from the waiting list
	Via         string              // the invitation that let them in
	Institution people.InstitutionID
	Until       time.Time // of an offer
	Request     string    // the key of the claim that was answered last
	Answered    Receipt   // by this decision
	MovedAt     time.Time // the session has other hours since then, and they have not said yet what they want
	Since       time.Time

	part  bool // only the first fields have been read
	fresh bool // not in the database yet
}

// What says what was decided.
type What string

// What can be decided.
const (
	WasGranted  What = "granted"  // a seat, by a claim
	WasListed   What = "listed"   // a number on the waiting list; Number is the position then
	WasRefused  What = "refused"  // nothing; Why says why
	WasPromoted What = "promoted" // a seat, from the waiting list
	WasOffered  What = "offered"  // a seat kept for a while
	WasAccepted What = "accepted" // that seat taken
	WasDeclined What = "declined" // that seat not wanted
	WasExpired  What = "expired"  // that seat not answered in time
	WasLeft     What = "left"     // a seat, or the waiting list, given up
	WasSwapped  What = "swapped"  // a seat given up for that in Other
	WasDropped  What = "dropped"  // from the waiting list, because of what Other gave
	WasRemoved  What = "removed"  // by the organisers, for the reason in Why
	WasShifted  What = "shifted"  // on the waiting list, by the organisers; Number is the position then
	WasAdmitted What = "admitted" // a seat given by a choice or by the organisers
	WasDrawn    What = "drawn"    // a seat, by lot
	WasMissed   What = "missed"   // a seat given up because its owner did not come
	WasResized  What = "resized"  // a pool; Number is its new capacity
	WasMoved    What = "moved"    // the session; Other is one that cannot be held together with it any more
	WasKept     What = "kept"     // a seat, although the session has moved
)

// Key names the sentence that says it.
// key: signup.what.*
func (w What) Key() string { return "signup.what." + string(w) }

// Why says why somebody got nothing.
type Why string

// The reasons.
const (
	NoOffer     Why = "no_offer"     // nobody signs up for this session
	Cancelled   Why = "cancelled"    // the session does not take place
	OnHold      Why = "on_hold"      // the organisers have stopped all sign-ups for now
	TooEarly    Why = "too_early"    // the window has not opened
	TooLate     Why = "too_late"     // it has closed
	ByLot       Why = "by_lot"       // a lot decides: save a wish list
	ByChoice    Why = "by_choice"    // the leader chooses: send an application
	NotDecided  Why = "not_decided"  // the draw or the choice is under way
	Uninvited   Why = "uninvited"    // an invitation is needed
	NotListed   Why = "not_listed"   // does not take part in the edition
	Full        Why = "full"         // the pool in Number is empty, and there is no waiting list
	NotForYou   Why = "not_for_you"  // all its seats are kept for others
	Overlapping Why = "overlapping"  // with the session in Other
	TooMany     Why = "too_many"     // by the rule in Other, which allows Number
	Colleagues  Why = "colleagues"   // by the rule in Other: Number people of the institution are there already
	NotHolding  Why = "not_holding"  // what was to be given back is not held
	NotChosen   Why = "not_chosen"   // the leader of the session chose others
	LineChanged Why = "line_changed" // what was waited for is not possible any more
)

// Key names the sentence that says the reason.
// key: signup.why.*
func (w Why) Key() string { return "signup.why." + string(w) }

// Event is one decision, as it was taken.
type Event struct {
	Seq     Receipt
	At      time.Time
	Edition edition.ID
	Session programme.SessionID
	Account people.AccountID // empty: nobody's, or of somebody who was erased
	Request string           // the key of the request that was answered
	What    What
	Why     string
	Other   string
	Number  int64
	Actor   people.AccountID // who decided, where it was not the account itself
}

// plain says whether the decision gives a seat, or refuses one, in the ordinary way.
func (e Event) plain() bool {
	return e.What == WasGranted || e.What == WasListed || e.What == WasRefused
}

// entry is a decision as it is written.
type entry struct {
	Event
	seat *Seat // of which it says everything
}

// Outcome is what became of one session of a claim.
type Outcome struct {
	Session  programme.SessionID
	State    State
	Seq      Receipt
	Position int // on the waiting list, as it was then
	Why      Why
	Other    string // the session, or the rule, that stands in the way
	Number   int    // the pool that is empty, or the limit
}

// Answer is what a claim got.
type Answer struct {
	Receipt  Receipt // of the first decision; 0 where nothing was decided anew and nothing is held
	At       time.Time
	Outcomes []Outcome
}

// Got says whether anything was got, be it a number on a waiting list.
func (a Answer) Got() bool {
	for _, o := range a.Outcomes {
		if o.State != Refused {
			return true
		}
	}
	return false
}

// outcome is how an event answers.
func (e Event) outcome() Outcome {
	o := Outcome{Session: e.Session, Seq: e.Seq}
	switch e.What {
	case WasGranted, WasPromoted, WasAccepted, WasAdmitted, WasDrawn, WasKept:
		o.State = Holding
	case WasOffered:
		o.State = Offered
	case WasListed:
		o.State, o.Position = Waiting, int(e.Number)
	case WasRefused:
		o.State, o.Why, o.Other, o.Number = Refused, Why(e.Why), e.Other, int(e.Number)
	default:
		o.State = Released
	}
	return o
}

// Decided is the promise that follows from decisions: letters, and what others
// do about them. It names a range of events, so that a thousand decisions that
// were written together are one promise.
type Decided struct {
	From Receipt `json:"from"`
	To   Receipt `json:"to"`
}

// Kind implements outbox.Event.
func (Decided) Kind() string { return "signup.decided" }

// Due is the promise to look after something at its time: an offer that ends, a
// window that opens or decides.
type Due struct {
	Window  admission.WindowID  `json:"window,omitempty"`
	Session programme.SessionID `json:"session,omitempty"`
	Account people.AccountID    `json:"account,omitempty"`
}

// Kind implements outbox.Event.
func (Due) Kind() string { return "signup.due" }
