package review

import "obrady/internal/call"

// Outcome is what the council makes of a submission.
type Outcome string

// The outcomes.
const (
	Undecided   Outcome = ""
	Accept      Outcome = "accept"       // przyjęte
	AcceptWith  Outcome = "accept_with"  // przyjęte z uwagami
	OtherFormat Outcome = "other_format" // przyjęte w innej formie
	OnReserve   Outcome = "reserve"      // lista rezerwowa
	Reject      Outcome = "reject"       // nieprzyjęte
)

// Outcomes lists the outcomes in the order in which forms offer them.
var Outcomes = []Outcome{Accept, AcceptWith, OtherFormat, OnReserve, Reject}

// Key names the sentence that says the outcome.
// key: review.outcome.*
func (o Outcome) Key() string {
	if o == Undecided {
		return "review.outcome.none"
	}
	return "review.outcome." + string(o)
}

// State is where the announcement of the outcome brings a submission.
func (o Outcome) State() call.State {
	switch o {
	case OnReserve:
		return call.Reserve
	case Reject, Undecided:
		return call.Rejected
	default:
		return call.Accepted
	}
}

// Takes says whether the outcome takes one of the places there are.
func (o Outcome) Takes() bool { return o == Accept || o == AcceptWith || o == OtherFormat }
