package form

import (
	"strings"
	"unicode"

	"obrady/internal/text"

	"github.com/rivo/uniseg"
)

// CountWords counts the words of a text as people do who were asked for "at most
// 200 words": what stands between blanks and has a letter or a digit in it. A
// dash between blanks is none; biało-czerwony and 4.5 are one each. The counter
// in the browser counts the same way.
func CountWords(s string) (n int) {
	for word := range strings.FieldsSeq(s) {
		if HasLetters(word) {
			n++
		}
	}
	return n
}

// tail returns what of s stands after the first n units.
func (u Unit) tail(s string, n int) string {
	if u == Words {
		return afterWords(s, n)
	}
	state := -1
	for ; n > 0 && s != ""; n-- {
		_, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
	}
	return s
}

func afterWords(s string, n int) string {
	rest := strings.TrimLeftFunc(s, unicode.IsSpace)
	for n > 0 && rest != "" {
		end := strings.IndexFunc(rest, unicode.IsSpace)
		if end < 0 {
			end = len(rest)
		}
		if HasLetters(rest[:end]) {
			n--
		}
		rest = strings.TrimLeftFunc(rest[end:], unicode.IsSpace)
	}
	return rest
}

// lengthOfFrom is how much of a text is quoted to show where it begins.
const lengthOfFrom = 40

// From quotes the beginning of a text, to show where an answer grows too long.
func From(s string) string { return text.Excerpt(s, lengthOfFrom) }

// mostMarks is how many marks a letter may bear: Vietnamese has two, and phonetic script a few more.
const mostMarks = 4

// Pressed says whether letters bear so many marks that the lines above and below
// cannot be read.
func Pressed(s string) bool {
	marks := 0
	for _, r := range s {
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			marks = 0
			continue
		}
		if marks++; marks > mostMarks {
			return true
		}
	}
	return false
}
