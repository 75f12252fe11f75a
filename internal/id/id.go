// Package id gives every thing of the congress a name that no other thing has,
// without asking anybody for a number.
package id

import (
	"strings"

	"github.com/google/uuid"
)

// New returns a fresh UUID of version 7 as text (RFC 9562). Later ids sort
// after earlier ones, to the millisecond.
func New() string { return uuid.Must(uuid.NewV7()).String() } // fails only without randomness; then nothing may go on

// Make returns New as the id type of a package: id.Make[SessionID]().
func Make[T ~string]() T { return T(New()) }

// Valid reports whether s is a UUID of any version in the one spelling we
// write: 36 characters, lower case.
func Valid(s string) bool {
	parsed, err := uuid.Parse(s)
	return err == nil && parsed.String() == s
}

// Derived returns the UUID of version 5 that belongs to name in namespace, the
// same one each time. A namespace that is itself a UUID is used as it is, any
// other word through a UUID of its own.
func Derived(namespace, name string) string {
	space, err := uuid.Parse(strings.ToLower(namespace))
	if err != nil {
		space = uuid.NewSHA1(house, []byte(namespace))
	}
	return uuid.NewSHA1(space, []byte(name)).String()
}

// house keeps words that others also use apart from theirs. Never change it:
// addresses that people hold are derived from it.
var house = uuid.MustParse("5f0c1d52-6a1b-5c6e-9f0b-0b5ad1a7c021")
