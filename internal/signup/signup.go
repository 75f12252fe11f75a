// Package signup gives people their places: who presses the button when a
// workshop opens gets a seat, a number on the waiting list, or the reason why
// not, and what was answered stays true whatever happens to the machine.
//
// Every change of a seat is one decision in a transaction that first writes the
// ledger, one row for the whole installation. That row hands out the sequence
// numbers and makes transactions follow one another, on one machine or on
// several over one database; so the order of the numbers is the order of the
// commits. What decides is the Book, which reads what it needs inside that
// transaction; what it remembers of the last one it uses only while the ledger says
// that nothing has changed. Claims that arrive while another
// transaction is being written are decided together in the next one.
package signup

import (
	"embed"
	"fmt"

	"obrady/internal/errs"
)

// Locale holds the sentences that name this package's errors, states and reasons.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with sign-ups.
var (
	ErrNoSession = errs.New(errs.NotFound, "signup.no_session") // nobody signs up for it
	ErrNoSeat    = errs.New(errs.NotFound, "signup.no_seat")
	ErrBusy      = errs.New(errs.Conflict, "signup.busy")
	ErrKey       = errs.New(errs.Invalid, "signup.key")
	ErrNarrower  = errs.New(errs.Conflict, "signup.narrower")
	ErrReason    = errs.New(errs.Invalid, "signup.reason_missing")
	ErrClash     = errs.New(errs.Conflict, "signup.clash")
	ErrSignedOut = errs.New(errs.Forbidden, "signup.signed_out")
)

// Receipt is the number under which somebody finds what was answered: the
// sequence number of the decision with two digits that catch a slip of the pen
// (97 less the remainder by 97, as in a bank account number).
type Receipt int64

// String writes the number as people read it: "000123-71".
func (r Receipt) String() string {
	if r == 0 {
		return ""
	}
	return fmt.Sprintf("%06d-%02d", int64(r), 97-int64(r)%97)
}

// Limits of texts, in characters, and of numbers.
const (
	maxReason  = 500
	mostWishes = 40
)
