package i18n

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Lang is a language that the congress speaks, as it stands in addresses and in HTML.
type Lang string

// The languages.
const (
	Polish  Lang = "pl"
	English Lang = "en"
)

// Langs lists the languages, the one of the congress first.
var Langs = []Lang{Polish, English}

// ParseLang reads a language from an address; ok is false for any other word.
func ParseLang(s string) (lang Lang, ok bool) {
	for _, lang := range Langs {
		if s == string(lang) {
			return lang, true
		}
	}
	return "", false
}

// Other returns the language that the page is offered in beside this one.
func (l Lang) Other() Lang {
	if l == English {
		return Polish
	}
	return English
}

// Compare returns a comparison for slices.SortFunc in the alphabetical order of
// lang, where Ł stands after L. Take a new one for each sort: it may not be
// used by two goroutines at once.
func Compare(lang Lang) func(a, b string) int {
	return collate.New(language.Make(string(lang))).CompareString
}
