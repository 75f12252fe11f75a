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

// Key returns the number that stands for an id in an index that thousands of rows
// go into at once: 48 bits of FNV-1a (Fowler, Noll and Vo), so six bytes where a
// UUID is written with 36. Two ids may have one key; whoever looks for a key
// compares the id as well.
func Key[T ~string](id T) int64 {
	sum := uint64(14695981039346656037)
	for i := range len(id) {
		sum = (sum ^ uint64(id[i])) * 1099511628211
	}
	return int64(sum >> 16) // 48 bits
}

// Keys lists the keys of ids.
func Keys[T ~string](ids []T) []int64 {
	keys := make([]int64, len(ids))
	for i, id := range ids {
		keys[i] = Key(id)
	}
	return keys
}

const ( // the length of a request's key
	keyAtLeast = 16
	keyAtMost  = 64
)

// ValidRequest says whether a key can stand for a request: 16 to 64 letters, digits, - and _,
// as browsers make them, so that the same request can be sent again and is answered
// once.
func ValidRequest(key string) bool {
	if len(key) < keyAtLeast || len(key) > keyAtMost {
		return false
	}
	for i := range len(key) {
		c := key[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}
