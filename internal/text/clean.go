package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Flaw names what is wrong with a character.
type Flaw string

// What no text of a person may hold. The values are keys of sentences, which take the position.
const (
	BadBytes     Flaw = "text.bad_bytes"     // not UTF-8
	Control      Flaw = "text.control"       // NUL and other invisible commands, but for tab and line end
	BidiOverride Flaw = "text.bidi_override" // turns the direction of reading, to disguise a word
)

// Problem is a flaw and where it stands: the first character of the text is number 1.
type Problem struct {
	Flaw Flaw
	At   int
}

// Clean returns s as it should be kept: composed (Unicode NFC), with plain line ends, without
// space at either end and without the characters it reports. Positions count code points of s as
// it came, a pair of CR and LF as one. No problems means that only harmless things changed.
func Clean(s string) (string, []Problem) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var kept strings.Builder
	var problems []Problem
	at := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		at++
		if flaw := flawOf(r, size); flaw != "" {
			problems = append(problems, Problem{Flaw: flaw, At: at})
		} else if r == '\r' {
			kept.WriteByte('\n')
		} else {
			kept.WriteString(s[i : i+size])
		}
		i += size
	}
	return norm.NFC.String(strings.TrimFunc(kept.String(), blank)), problems
}

// blank says whether r is space, or a byte-order mark that a file left behind.
func blank(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' }

func flawOf(r rune, size int) Flaw {
	switch {
	case r == utf8.RuneError && size == 1:
		return BadBytes
	case r == '\t' || r == '\n' || r == '\r':
		return ""
	case unicode.IsControl(r):
		return Control
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
		return BidiOverride
	}
	return ""
}
