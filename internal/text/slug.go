package text

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Lengths of a slug, in letters.
const (
	minSlug = 3
	maxSlug = 60
)

// namelessSlug stands for a title without a single letter that an address can carry.
const namelessSlug = "bez-nazwy"

// undivided spells letters whose mark Unicode does not separate from them.
var undivided = strings.NewReplacer("ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d",
	"ð", "d", "þ", "th", "ħ", "h", "ŧ", "t", "ı", "i", "ŋ", "n")

// Fold makes spellings of one word equal: lower case, without accents and other marks, ł as l. It
// is for comparing and finding, never for showing.
func Fold(s string) string {
	decomposed := norm.NFKD.String(strings.ToLower(s))
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, decomposed)
	return undivided.Replace(bare)
}

// Slug makes the part of an address out of a title: 3 to 60 letters a–z, digits and single
// hyphens between them. A longer title is cut at a word.
func Slug(title string) string {
	slug := hyphenate(Fold(title))
	if len(slug) > maxSlug {
		cut := maxSlug
		if hyphen := strings.LastIndexByte(slug[:maxSlug+1], '-'); hyphen >= maxSlug/2 {
			cut = hyphen
		}
		slug = strings.TrimRight(slug[:cut], "-")
	}
	switch {
	case slug == "":
		return namelessSlug
	case len(slug) < minSlug:
		return slug + "-1"
	}
	return slug
}

// UniqueSlug returns base, or base with the first number from 2 on that is not taken.
func UniqueSlug(base string, taken func(string) bool) string {
	slug := base
	for n := 2; taken(slug); n++ {
		ending := "-" + strconv.Itoa(n)
		slug = strings.TrimRight(base[:min(len(base), maxSlug-len(ending))], "-") + ending
	}
	return slug
}

// hyphenate puts one hyphen wherever folded has anything but ASCII letters and digits.
func hyphenate(folded string) string {
	words := strings.FieldsFunc(folded, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, "-")
}
