// Package privacy lets people see and take back what the congress keeps about
// them: it gathers their data from every part of the house, erases it there on
// request, says what stays and why, and forgets by itself what has been kept
// long enough.
//
// The parts that keep personal data are given to it as a list; it knows none of
// them by name.
package privacy

import (
	"context"
	"embed"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
)

// Locale holds the sentences that name this package's errors, reasons and rules.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong.
var (
	ErrNoCase = errs.New(errs.NotFound, "privacy.no_case")
	ErrNobody = errs.New(errs.NotFound, "privacy.nobody")
	// ErrStale asks for a fresh sign-in before data are erased for ever.
	ErrStale  = errs.New(errs.Forbidden, "privacy.stale")
	ErrHeld   = errs.New(errs.Conflict, "privacy.held")
	ErrClosed = errs.New(errs.Conflict, "privacy.closed")
)

// Keeper is a part of the house that keeps personal data.
type Keeper struct {
	Name string // for messages: "registration"
	// Collect gives everything that is kept about the subject and nothing about others.
	Collect func(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error)
	// Erase takes out what may go and says what stays. It can be called again
	// for a subject of whom nothing is left.
	Erase func(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error)
}

// CaseID names a request to be erased.
type CaseID string

// State says how far a case has come.
type State string

// The states of a case.
const (
	Open    State = "open"
	Done    State = "done"
	Refused State = "refused"
)

// Key names the sentence that says the state.
// key: privacy.state.*
func (s State) Key() string { return "privacy.state." + string(s) }

// Ground says why a request is refused (art. 17 paragraph 3 and art. 12
// paragraphs 5 and 6 of the GDPR).
type Ground string

// The grounds.
const (
	NotProved   Ground = "not_proved" // nobody can tell that it comes from the person
	Duty        Ground = "duty"       // a law wants the data kept
	Claims      Ground = "claims"     // they are needed for legal claims
	Unfounded   Ground = "unfounded"  // manifestly unfounded or excessive
	TakenBack   Ground = "taken_back" // the person does not want it any more
	NothingKept Ground = "nothing"    // there are no data
	OnHold      Ground = "hold"       // a legal hold stands
	NoGround    Ground = ""           // it is not refused
)

// Grounds lists those that a person can choose, in the order of forms.
var Grounds = []Ground{NotProved, Duty, Claims, Unfounded, TakenBack, NothingKept}

// Key names the sentence that says the ground.
// key: privacy.ground.*
func (g Ground) Key() string { return "privacy.ground." + string(g) }

// Case is one request to be erased (sprawa). It names people by id only.
type Case struct {
	ID       CaseID
	Number   int // counts from 1 for the whole installation
	Account  people.AccountID
	Person   people.PersonID
	Edition  edition.ID // whose staff opened it; empty when the person did
	State    State
	OpenedBy people.AccountID
	OpenedAt time.Time
	DueAt    time.Time
	ClosedBy people.AccountID
	ClosedAt time.Time // zero while it is open
	Why      Ground
	Outcomes []people.Outcome
}

// Sign is the number as letters quote it: "7/2026".
func (c Case) Sign() string { return fmt.Sprintf("%d/%d", c.Number, c.OpenedAt.Year()) }

// Overdue reports whether the month that the law gives has passed.
func (c Case) Overdue(now time.Time) bool { return c.State == Open && now.After(c.DueAt) }

// Gone counts what an erasure took out.
func (c Case) Gone() int { return gone(c.Outcomes) }

func gone(all []people.Outcome) (n int) {
	for _, one := range all {
		n += one.Gone
	}
	return n
}

// due is when a request must have been answered: one month, art. 12 paragraph 3
// of the GDPR.
func due(opened time.Time) time.Time { return opened.AddDate(0, 1, 0) }

// FreshFor is how long a proof of who somebody is lasts for erasing their data.
const FreshFor = 10 * time.Minute

// known is the subject without the mark of an earlier erasure in place of an address.
func known(s people.Subject) people.Subject {
	if strings.HasPrefix(s.Email, "erased:") {
		s.Email = ""
	}
	return s
}

// Opened is announced when a case has been opened and nothing is erased yet, so
// that the person and the officer learn of it.
type Opened struct {
	Case CaseID `json:"case"`
}

// Kind names the event in the outbox.
func (Opened) Kind() string { return "privacy.case_opened" }

// Erased is announced when somebody's data have been erased, for those who keep
// something in memory.
type Erased struct {
	Case CaseID `json:"case"`
}

// Kind names the event in the outbox.
func (Erased) Kind() string { return "privacy.erased" }
