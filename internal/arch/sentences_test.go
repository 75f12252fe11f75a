package arch

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sameInBoth are sentences of several words that are rightly the same in Polish and in English: names.
var sameInBoth = []string{
	"Obrady", "NewUrbPact", "URBACT", "Atom", "iCalendar", "schedule.xml", "schedule.json", "CSV", "XLSX", "JSON", "API", "OpenAPI",
	"Kraków", "Katowice", "Łódź",
}

var (
	placeholder = regexp.MustCompile(`%(\[\d+\])?[a-z]`)
	word        = regexp.MustCompile(`\p{L}{2,}`)
	dashed      = regexp.MustCompile(`\s-\s|\s--\s`)
	ranged      = regexp.MustCompile(`(^|[^\d-])\d{1,3}-\d{1,3}($|[^\d-])`) // not 2021-06-07
	polish      = regexp.MustCompile(`[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]`)
	englishWord = regexp.MustCompile(`(?i)(^|\s)(the|and|with|your|this|is|are|from|please|not)(\s|$)`)
	polishWord  = regexp.MustCompile(`(?i)(^|\s)(się|jest|oraz|nie|dla|lub|przez|tylko)(\s|$)`)
)

// texts returns every wording of a catalogue's entry: the sentence, or its plural forms.
func texts(raw string) []string {
	var one string
	if json.Unmarshal([]byte(raw), &one) == nil {
		return []string{one}
	}
	var forms map[string]string
	_ = json.Unmarshal([]byte(raw), &forms) // neither: i18n.Load refuses it at start
	var all []string
	for _, form := range forms {
		all = append(all, form)
	}
	return all
}

// typographyFaults finds what a typesetter would mend: straight quotation marks, hyphens for dashes,
// three dots for an ellipsis.
func typographyFaults(said map[string]map[string]string) (faults []string) {
	for lang, sentences := range said {
		for key, raw := range sentences {
			for _, text := range texts(raw) {
				fault := ""
				switch {
				case strings.ContainsAny(text, `"'`):
					fault = "straight quotation marks or apostrophe"
				case dashed.MatchString(text):
					fault = "a hyphen that should be a dash"
				case ranged.MatchString(text):
					fault = "a range with a hyphen; use –"
				case strings.Contains(text, "..."):
					fault = "three dots; use …"
				case text != strings.TrimSpace(text) || strings.Contains(text, "  "):
					fault = "stray spaces"
				}
				if fault != "" {
					faults = append(faults, fmt.Sprintf("%s (%s): %s: %s", key, lang, fault, text))
				}
			}
		}
	}
	return faults
}

// languageFaults finds sentences that look untranslated.
func languageFaults(said map[string]map[string]string) (faults []string) {
	for key, raw := range said["pl"] {
		if raw == said["en"][key] && !mayBeSame(raw) {
			faults = append(faults, fmt.Sprintf("%s is the same in both languages: %s", key, raw))
		}
		if slices.ContainsFunc(texts(raw), englishWord.MatchString) {
			faults = append(faults, fmt.Sprintf("%s (pl) reads like English: %s", key, raw))
		}
	}
	for key, raw := range said["en"] {
		if slices.ContainsFunc(texts(raw), polishWord.MatchString) {
			faults = append(faults, fmt.Sprintf("%s (en) reads like Polish: %s", key, raw))
		}
	}
	return faults
}

// mayBeSame reports whether at most one word is left when names and placeholders are taken away.
func mayBeSame(raw string) bool {
	for _, text := range texts(raw) {
		text = placeholder.ReplaceAllString(text, "")
		for _, name := range sameInBoth {
			text = strings.ReplaceAll(text, name, "")
		}
		if len(word.FindAllString(text, -1)) > 1 {
			return false
		}
	}
	return true
}

// plainLetters finds Polish catalogues written without Polish letters. A few short sentences may do
// without; of a longer catalogue about half of the sentences have one.
func plainLetters(files []source) (faults []string) {
	for _, file := range files {
		if !strings.HasSuffix(file.Path, "locale/pl.json") {
			continue
		}
		var sentences map[string]json.RawMessage
		_ = json.Unmarshal([]byte(file.Text), &sentences) // reported by the guard of keys
		with, all := 0, 0
		for _, raw := range sentences {
			all++
			if polish.Match(raw) {
				with++
			}
		}
		if all >= 10 && with*5 < all {
			faults = append(faults, fmt.Sprintf("%s: %d of %d sentences have a Polish letter", path.Clean(file.Path), with, all))
		}
	}
	return faults
}

func TestSentencesAreWrittenByHandInEachLanguage(t *testing.T) {
	bad := map[string]map[string]string{
		"pl": {
			"a.same": `"Save the changes"`, "a.name": `"Schemat schedule.xml"`, "a.quote": `"Sesja \"otwarta\""`, "a.dash": `"Sesja - otwarta"`,
			"a.range": `{"other": "20-30 miejsc"}`, "a.date": `"RRRR-MM-DD, np. 2021-06-07"`,
		},
		"en": {
			"a.same": `"Save the changes"`, "a.name": `"Schemat schedule.xml"`, "a.quote": `"An “open” session"`, "a.dash": `"To jest sesja"`,
			"a.range": `{"other": "Wait..."}`, "a.date": `"YYYY-MM-DD"`,
		},
	}
	expect(t, typographyFaults(bad), 4)
	expect(t, languageFaults(bad), 3)
	expect(t, plainLetters([]source{{"internal/a/locale/pl.json", `{"1":"a","2":"a","3":"a","4":"a","5":"a","6":"a","7":"a","8":"a","9":"ż","10":"a"}`}}), 1)

	files := sources(t, "internal", ".json")
	said, _ := catalogues(files)
	report(t, typographyFaults(said))
	report(t, languageFaults(said))
	report(t, plainLetters(files))
}
