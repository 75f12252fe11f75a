package partner

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// RequestID names a request.
type RequestID string

// RequestKind says what a partner asks for.
type RequestKind string

// What can be asked for. Another thing is asked for in words, and accepting it
// changes nothing by itself.
const (
	ForHours   RequestKind = "hours" // a place at some hours
	ForSeats   RequestKind = "seats" // more people in one session
	ForEntries RequestKind = "entries"
	ForMode    RequestKind = "mode" // another way to sign up
	ForOther   RequestKind = "other"
)

// RequestKinds lists the kinds in the order in which forms offer them.
var RequestKinds = []RequestKind{ForHours, ForSeats, ForEntries, ForMode, ForOther}

// Key names the sentence that says the kind.
// key: partner.request.*
func (k RequestKind) Key() string { return "partner.request." + string(k) }

// State says how far a request or a placement has come.
type State string

// The states. A request that was decided stays as it is.
const (
	Waiting   State = "waiting"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Withdrawn State = "withdrawn" // by the partner
)

// Key names the sentence that says the state.
// key: partner.state.*
func (s State) Key() string { return "partner.state." + string(s) }

// Request is what a partner asks of the host beyond its allotment (prośba).
type Request struct {
	ID        RequestID
	Workspace rights.WorkspaceID
	Kind      RequestKind
	Words     string // why, in the partner's words
	Window    Window // of a request for hours
	Amount    int    // seats in one session, or entries in all
	Mode      Mode
	State     State
	Reason    string // the host's answer
	FiledBy   people.AccountID
	FiledAt   time.Time
	DecidedBy people.AccountID
	DecidedAt time.Time
}

const maxWords = 2000

// Validate says what keeps the request from being filed.
func (r Request) Validate() error {
	var wrong errs.Problems
	if strings.TrimSpace(r.Words) == "" {
		wrong.Add("words", "partner.words_missing")
	}
	if utf8.RuneCountInString(r.Words) > maxWords {
		wrong.Add("words", "people.too_long", maxWords)
	}
	switch r.Kind {
	case ForHours:
		if r.Window.Place == "" {
			wrong.Add("place", "programme.choose")
		}
		if !r.Window.End.After(r.Window.Start) {
			wrong.Add("end", "partner.window")
		}
	case ForSeats, ForEntries:
		if r.Amount < 1 || r.Amount > maxFigure {
			wrong.Add("amount", "partner.amount", maxFigure)
		}
	case ForMode:
		if !slices.Contains(Modes, r.Mode) {
			wrong.Add("mode", "programme.choose")
		}
	case ForOther:
	default:
		wrong.Add("kind", "programme.choose")
	}
	return wrong.Err()
}

// Extend is the allotment after the request has been accepted.
func (a Allotment) Extend(r Request) Allotment {
	a.Windows, a.Modes = slices.Clone(a.Windows), slices.Clone(a.Modes)
	switch r.Kind {
	case ForHours:
		a.Windows = append(a.Windows, r.Window)
	case ForSeats:
		if a.SeatsAll > 0 && a.SeatsEach > 0 && r.Amount > a.SeatsEach {
			a.SeatsAll += r.Amount - a.SeatsEach
		}
		a.SeatsEach = r.Amount
	case ForEntries:
		a.Entries = r.Amount
	case ForMode:
		if len(a.Modes) > 0 && !slices.Contains(a.Modes, r.Mode) {
			a.Modes = append(a.Modes, r.Mode)
		}
	case ForOther: // words alone
	}
	return a
}

// Verdict is the host's answer to a request or to a placement.
type Verdict struct {
	State  State // Accepted or Declined
	Reason string
}

func (v Verdict) validate() error {
	var wrong errs.Problems
	switch {
	case v.State != Accepted && v.State != Declined:
		wrong.Add("verdict", "programme.choose")
	case v.State == Declined && strings.TrimSpace(v.Reason) == "":
		wrong.Add("reason", "partner.reason_missing")
	}
	if utf8.RuneCountInString(v.Reason) > maxWords {
		wrong.Add("reason", "people.too_long", maxWords)
	}
	return wrong.Err()
}

// Placement says whether the part of a workspace stands in the main programme:
// the partner asks once, and once the host has accepted the partner publishes
// by itself. The zero State is that nobody has asked.
type Placement struct {
	Workspace rights.WorkspaceID
	State     State
	Reason    string
	AskedBy   people.AccountID
	AskedAt   time.Time
	DecidedBy people.AccountID
	DecidedAt time.Time
}

// Placed says whether the partner may publish.
func (p Placement) Placed() bool { return p.State == Accepted }

// What the house tells others of. Each names things by id only.
type (
	// Requested tells that a partner asks for something.
	Requested struct {
		Edition   edition.ID         `json:"edition"`
		Workspace rights.WorkspaceID `json:"workspace"`
		Request   RequestID          `json:"request"`
	}
	// Decided tells that the host has answered a request.
	Decided struct {
		Edition   edition.ID         `json:"edition"`
		Workspace rights.WorkspaceID `json:"workspace"`
		Request   RequestID          `json:"request"`
	}
	// PlacementAsked tells that a partner wants to stand in the main programme.
	PlacementAsked struct {
		Edition   edition.ID         `json:"edition"`
		Workspace rights.WorkspaceID `json:"workspace"`
	}
	// Placed tells that the host has answered that.
	Placed struct {
		Edition   edition.ID         `json:"edition"`
		Workspace rights.WorkspaceID `json:"workspace"`
		Accepted  bool               `json:"accepted"`
	}
	// Published tells that a partner has published its part.
	Published struct {
		Edition   edition.ID          `json:"edition"`
		Workspace rights.WorkspaceID  `json:"workspace"`
		Release   timetable.ReleaseID `json:"release"`
	}
)

// Kind names the event.
func (Requested) Kind() string { return "partner.requested" }

// Kind names the event.
func (Decided) Kind() string { return "partner.decided" }

// Kind names the event.
func (PlacementAsked) Kind() string { return "partner.placement_asked" }

// Kind names the event.
func (Placed) Kind() string { return "partner.placed" }

// Kind names the event.
func (Published) Kind() string { return "partner.published" }
