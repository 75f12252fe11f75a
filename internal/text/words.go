package text

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"github.com/yuin/goldmark/util"
)

const noBreakSpace = '\u00A0'

var (
	// clings lists what stays with the word or number after it.
	clings = set("a i o u w z A I O U W Z")
	// beforeNumber lists abbreviations that mean nothing without the number after them.
	beforeNumber = set("nr Nr nr. art. Art. ust. pkt poz. str. s. § rozdz. tel. lp. No. no.")
	// afterNumber lists units and the like that mean nothing without the number before them.
	afterNumber = set("r. w. zł gr PLN EUR € % proc. tys. mln mld m km cm mm ha m² m³ km² kg t " +
		"godz. min min. s h GB MB kW kWh MW MWh °C os. osób stycznia lutego marca kwietnia maja " +
		"czerwca lipca sierpnia września października listopada grudnia")
)

// Bind puts no-break spaces where Polish typography wants them: after one-letter words, between a
// number and its unit, and after abbreviations such as "nr". Bind of what it returned changes nothing.
func Bind(s string) string {
	runes := []rune(s)
	start := 0 // of the word that ends at i
	for i, r := range runes {
		if !unicode.IsSpace(r) {
			continue
		}
		if r == ' ' && belong(string(runes[start:i]), nextWord(runes[i+1:])) {
			runes[i] = noBreakSpace
		}
		start = i + 1
	}
	return string(runes)
}

// belong says whether no line should end between two words.
func belong(before, after string) bool {
	before = strings.TrimLeft(before, "(„\"«[‚'")
	switch {
	case before == "" || after == "":
		return false
	case clings[before]:
		return true
	case beforeNumber[before]:
		return isDigit(after[0])
	}
	after = strings.TrimRight(after, ")”\"»],;:!?")
	return isDigit(before[0]) && isDigit(before[len(before)-1]) &&
		(afterNumber[after] || afterNumber[strings.TrimSuffix(after, ".")])
}

func nextWord(runes []rune) string {
	for i, r := range runes {
		if unicode.IsSpace(r) {
			return string(runes[:i])
		}
	}
	return string(runes)
}

// Excerpt returns the beginning of s on one line, at most n characters as Length counts them,
// ending with a whole word and "…" where something is left out.
func Excerpt(s string, n int) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) && r != noBreakSpace })
	s = strings.Join(words, " ")
	if n <= 0 {
		return ""
	}
	if Length(s) <= n {
		return s
	}
	kept := s[:offset(s, n-1)]
	if rest := s[len(kept):]; rest[0] != ' ' {
		if space := strings.LastIndexByte(kept, ' '); space > 0 {
			kept = kept[:space]
		}
	}
	return strings.TrimRightFunc(kept, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;:–-.…", r) }) + "…"
}

// Length is how many characters a reader sees in s: an accent typed separately or a flag made of
// two code points counts as one (Unicode Annex 29).
func Length(s string) int { return uniseg.GraphemeClusterCount(s) }

// offset is where in s, in bytes, the character number n begins.
func offset(s string, n int) int {
	rest, state := s, -1
	for ; n > 0 && rest != ""; n-- {
		_, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
	}
	return len(s) - len(rest)
}

// unescape resolves what Markdown escapes: "\*" and "&amp;".
func unescape(segment []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(segment))))
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
