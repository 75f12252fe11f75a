package text

import (
	"strings"
	"unicode"
)

const (
	softHyphen = '\u00AD'
	// Only words that a narrow column cannot hold are divided, and never so
	// that fewer letters than these stand alone.
	longWord, leastPart = 10, 3
)

// Hyphenate puts soft hyphens between the syllables of long Polish words, for
// columns that are narrower than a word. It follows the main rules of dividing
// words (a consonant between vowels goes to the second syllable, of several
// the last one does, and ch, cz, dz, rz, sz, ść and a consonant with r, l or ł
// stay together) and knows no exceptions, so it may miss a better place.
// Without a narrow column the result looks like s.
func Hyphenate(s string) string {
	var out strings.Builder
	word := []rune{}
	flush := func() {
		out.WriteString(divided(word))
		word = word[:0]
	}
	for _, r := range s {
		if unicode.IsLetter(r) {
			word = append(word, r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

func divided(word []rune) string {
	if len(word) < longWord {
		return string(word)
	}
	lower := []rune(strings.ToLower(string(word)))
	var out strings.Builder
	for i, r := range word {
		if i >= leastPart && len(word)-i >= leastPart && begins(lower, i) {
			out.WriteRune(softHyphen)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// begins reports whether a syllable begins at i: a vowel follows the
// consonants there, a vowel has gone before, and those consonants are the last
// that can stand together.
func begins(word []rune, i int) bool {
	if isVowel(word, i) || !hasVowel(word[:i]) {
		return false
	}
	from, to := i, i
	for from > 0 && !isVowel(word, from-1) {
		from--
	}
	for to < len(word) && !isVowel(word, to) {
		to++
	}
	return to < len(word) && i == onset(word, from, to)
}

// onset is where, among the consonants from up to the vowel at to, the second
// syllable begins.
func onset(word []rune, from, to int) int {
	start := to - 1
	if start > from && together[string(word[start-1:to])] {
		start--
	}
	if start > from && strings.ContainsRune("rlłw", word[start]) && strings.ContainsRune("bcdfghkptz", word[start-1]) {
		start--
		if start > from && together[string(word[start-1:start+1])] {
			start--
		}
	}
	// A softening i belongs to the consonant before it.
	if word[start] == 'i' && start > from {
		start--
	}
	return start
}

// together are letters that write one sound, or that no line divides.
var together = set("ch cz dz dź dż rz sz ść śc si zi ci ni bi pi mi wi ki gi")

const vowels = "aąeęioóuy"

// isVowel reports whether the letter at i is the vowel of a syllable; an i
// before another vowel only softens.
func isVowel(word []rune, i int) bool {
	if !strings.ContainsRune(vowels, word[i]) {
		return false
	}
	return word[i] != 'i' || i+1 == len(word) || !strings.ContainsRune(vowels, word[i+1])
}

func hasVowel(word []rune) bool { return strings.ContainsAny(string(word), vowels) }
