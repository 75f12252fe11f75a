// Package errs lets a person learn what went wrong in their own language, and
// lets the code that caught it decide what to do next.
//
// An error that carries no Kind is our own fault: the person reads one general
// sentence, the operator finds the whole chain in the log.
package errs

import (
	"errors"
	"fmt"
)

// Kind tells what the one who asked can do about a failure.
type Kind uint8

// The kinds.
const (
	Internal    Kind = iota // nothing: the fault is ours
	Invalid                 // correct what was sent and send it again
	Forbidden               // sign in as somebody who may
	NotFound                // look somewhere else
	Conflict                // somebody was faster: look again, then decide
	Unsupported             // send it as another kind of file
	TooLarge                // send less of it
)

// Correctable says whether whoever sent something can put it right and send it again.
func (k Kind) Correctable() bool { return k == Invalid || k == Unsupported || k == TooLarge }

// Error is a failure that may be shown. Key names a sentence of the catalogue,
// Args fill its placeholders; Go code holds no sentence for visitors.
type Error struct {
	Kind Kind
	Key  string
	Args []any
}

// New returns an Error. Packages keep theirs in variables, to be found again with errors.Is.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Error is for the log; visitors read the sentence of Key.
func (e *Error) Error() string {
	if len(e.Args) == 0 {
		return e.Key
	}
	return fmt.Sprintf("%s %v", e.Key, e.Args)
}

// With returns a copy that fills the sentence with args. For errors.Is the copy
// is still the error it was made from.
func (e *Error) With(args ...any) *Error {
	return &Error{Kind: e.Kind, Key: e.Key, Args: args}
}

// Is holds for errors that say the same sentence, whatever they put into it.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other != nil && other.Key == e.Key
}

// KindOf returns the kind of the first failure in the chain of err that has one, else Internal.
// Problems of a form are always Invalid.
func KindOf(err error) Kind {
	var problems Problems
	if errors.As(err, &problems) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
