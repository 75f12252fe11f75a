package search

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis/lang/pl/stempel"
	"golang.org/x/text/unicode/norm"
)

// word is a run of letters and digits in a text, at text[from:to].
type word struct {
	lower, folded string
	from, to      int
}

// maxWord is where a word ends even if its letters go on, in bytes.
const maxWord = 64

// stopWords say too little to be looked for, folded.
var stopWords = setOf(`a i o u w z na do dla od po za ze we oraz sie jest sa jak co to ten ta te tym
	tego lub albo czy nie ale przez przy pod nad bez ich jego jej
	the of and in on for by at is are an with from as or`)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// words splits text at everything but letters, their marks, and digits.
func words(text string) (found []word) {
	start := -1
	for i, r := range text {
		inside := r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && start >= 0)
		if start >= 0 && (!inside || i-start >= maxWord) {
			found = appendWord(found, text, Range{start, i})
			start = -1
		}
		if inside && start < 0 {
			start = i
		}
	}
	if start >= 0 {
		found = appendWord(found, text, Range{start, len(text)})
	}
	return found
}

func appendWord(found []word, text string, at Range) []word {
	lower := norm.NFC.String(strings.ToLower(text[at.From:at.To]))
	folded := fold(lower)
	if folded == "" {
		return found
	}
	return append(found, word{lower, folded, at.From, at.To})
}

var undivided = strings.NewReplacer("ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ı", "i")

// fold takes the marks off a lower-case word.
func fold(lower string) string {
	if isASCII(lower) {
		return lower
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(lower))
	return undivided.Replace(bare)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// stems returns the keys that word shares with other forms of the same word. A stem by one method
// never meets a stem by another: the first letter of a key names the method.
func (w word) stems(lang string) []string {
	if len(w.folded) < 3 || strings.ContainsFunc(w.folded, unicode.IsDigit) {
		return nil
	}
	var stems []string
	for _, stem := range englishStems(w.folded) {
		stems = append(stems, "e"+stem)
	}
	if lang == "en" {
		return stems
	}
	for _, stem := range polishStems(w.folded) {
		stems = append(stems, "p"+stem)
	}
	for _, spelling := range slices.Compact([]string{w.lower, w.folded}) {
		if stem := fold(tableStem(spelling)); plausible(stem, w.folded) {
			stems = append(stems, "t"+stem)
		}
	}
	return stems
}

// plausible turns away guesses of the table that have lost the word.
func plausible(stem, folded string) bool {
	return len(stem) >= 3 && stem[:2] == folded[:2] && 2*len(stem) >= len(folded)
}

var loadTable = sync.OnceValues(stempel.LoadTrie)

// tableStem returns what the Stempel table makes of a lower-case word, or "" when it knows nothing.
func tableStem(lower string) (stem string) {
	table, err := loadTable()
	if err != nil {
		return "" // the table is part of the program; without it endings still work
	}
	// The walk trusts the table and indexes commands without a look at their length. No word that
	// somebody types may stop a search.
	defer func() {
		if recover() != nil {
			stem = ""
		}
	}()
	letters := []rune(lower)
	return string(stempel.Diff(letters, table.GetLastOnPath(letters)))
}
