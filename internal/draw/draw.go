// Package draw puts people who want the same seats into an order that nobody could choose, gives out the seats in it,
// and writes down how, so that each of them can work it out again at home.
//
// A draw goes in three steps. Before a window opens, a secret Seed is made and its Commitment published: from then on
// the seed cannot be exchanged. Everybody who takes part gets a Code, and when the window closes the Fingerprint of
// all codes is published: from then on nobody can be added or left out. Then the Order is worked out from both, and
// the Record with the seed is published.
package draw

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Seed is the secret that a draw is worked out from. Until the draw is done it must not leave the database.
type Seed [sha256.Size]byte

// NewSeed returns a seed that nobody can guess.
func NewSeed() (s Seed) {
	_, _ = rand.Read(s[:]) // never fails: without randomness it ends the process
	return s
}

// ParseSeed reads what Hex wrote; anything else is a Refusal.
func ParseSeed(text string) (s Seed, err error) {
	if n, err := hex.Decode(s[:], []byte(text[:min(len(text), hex.EncodedLen(len(s)))])); err != nil || n != len(s) || s.Hex() != text {
		return Seed{}, refuse(BadSeed, "") // not quoted: it may be a secret
	}
	return s, nil
}

// Hex is the seed as it is kept and, after the draw, published: 64 small hexadecimal digits.
func (s Seed) Hex() string { return hex.EncodeToString(s[:]) }

// String hides the seed, so that no log ever tells it.
func (Seed) String() string { return "(seed)" }

// GoString hides the seed from %#v as well.
func (Seed) GoString() string { return "draw.Seed{}" }

// Commitment is published before the window opens: the SHA-256 of the 32 bytes of the seed, in hexadecimal digits.
func (s Seed) Commitment() string {
	sum := sha256.Sum256(s[:])
	return hex.EncodeToString(sum[:])
}

// Code stands for one person in one draw and says nothing about them: 26 of the letters A-Z and digits 2-7, which is
// 130 bits of chance. It is made when the person asks to take part, and never changes.
type Code string

// NewCode returns a code that nobody else has.
func NewCode() Code { return Code(rand.Text()) }

const (
	lengthOfCode = 26
	lettersOfOne = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" // RFC 4648, base 32
)

func (c Code) valid() bool {
	return len(c) == lengthOfCode && strings.Trim(string(c), lettersOfOne) == ""
}

// Fingerprint is published when the window closes: the SHA-256 of all codes in alphabetical order, each followed by a
// line feed, in hexadecimal digits. `sort codes.txt | sha256sum` gives the same.
func Fingerprint(codes []Code) string {
	listing := sha256.New()
	for _, code := range slices.Sorted(slices.Values(codes)) {
		_, _ = listing.Write([]byte(code + "\n")) // a hash takes everything
	}
	return hex.EncodeToString(listing.Sum(nil))
}

// Order returns the codes in the order of the draw: by the HMAC-SHA-256 of the code under the seed. In which order they
// are given does not matter.
func Order(seed Seed, codes []Code) []Code {
	lots, mac := make([]lot, len(codes)), hmac.New(sha256.New, seed[:])
	for i, code := range codes {
		mac.Reset()
		_, _ = mac.Write([]byte(code)) // a hash takes everything
		lots[i].code = code
		mac.Sum(lots[i].sum[:0])
	}
	slices.SortFunc(lots, lot.compare)
	order := make([]Code, len(lots))
	for i, l := range lots {
		order[i] = l.code
	}
	return order
}

// lot is what a code draws.
type lot struct {
	sum  [sha256.Size]byte
	code Code
}

func (l lot) compare(other lot) int {
	return cmp.Or(bytes.Compare(l.sum[:], other.sum[:]), cmp.Compare(l.code, other.code))
}
