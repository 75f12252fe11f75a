package mail

import (
	"strings"
	"unicode"
)

// Limits of what a letter shows of words that people typed, in characters.
const (
	mostOfValue   = 80
	mostOfSubject = 200
	mostOfQuote   = 4000
)

// Value makes a word that somebody typed fit to stand inside a sentence of a
// letter: on one line, at most 80 characters, and nothing that a mail program
// would turn into a link.
func Value(s string) string { return cut(oneLine(s), mostOfValue) }

// oneLine is tame without line ends.
func oneLine(s string) string { return strings.Join(strings.Fields(tame(s)), " ") }

// tame drops what cannot be seen and breaks up what a mail program would turn
// into a link by itself. Links of ours are buttons.
func tame(s string) string {
	s = clean(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D': // joiners belong to scripts and emoji
			return -1
		}
		return r
	}, s)
	runes := []rune(s)
	var out strings.Builder
	for i, r := range runes {
		out.WriteRune(r)
		if i > 0 && i+1 < len(runes) && joins(runes[i-1], r, runes[i+1]) || r == '/' && i+1 < len(runes) && runes[i+1] == '/' {
			out.WriteRune(gap)
		}
	}
	return out.String()
}

// gap is a space of no width: the eye does not see it, and no program reads an
// address across it.
const gap = '\u200B'

// joins reports whether r may hold an address together here: the dot of a
// domain, the colon after a scheme, the at sign.
func joins(before, r, after rune) bool {
	switch r {
	case '.', '\u3002', '\uFF0E', '\uFF61', '\u2024':
		return !unicode.IsSpace(before) && unicode.IsLetter(after) || unicode.IsLetter(before) && unicode.IsDigit(after) // hours and dates stay whole
	case ':', '\uFF1A':
		return unicode.IsLetter(before) && !unicode.IsSpace(after)
	case '@', '\uFF20', '\uFE6B':
		return !unicode.IsSpace(after)
	}
	return false
}

// cut shortens s to at most n characters.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return strings.TrimRightFunc(string(runes[:n-1]), unicode.IsSpace) + "…"
}
