// Package i18n speaks to each person in the language they chose: its sentences,
// its plural forms, its dates, its alphabet.
//
// A sentence has a key that begins with the name of the package that says it,
// "signup.full", and stands in that package's locale/pl.json and
// locale/en.json. A sentence that counts has an object of plural forms instead
// of a string; the names of the forms are those of CLDR.
package i18n

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Catalogue holds every sentence in every language. It does not change after Load.
type Catalogue struct {
	sentences map[Lang]map[string]sentence
	plural    plurals
}

// sentence is one entry. Only one that counts has forms; plain is its "other" form then.
type sentence struct {
	plain wording
	forms map[string]wording
}

// Load reads locale/LANG.json from each of dirs, one a package. It refuses a
// catalogue from which a visitor could get a bare key, a broken placeholder or
// a wrong plural, and names everything that is wrong at once.
func Load(dirs ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{map[Lang]map[string]sentence{}, newPlurals()}
	var wrong []error
	for _, lang := range Langs {
		c.sentences[lang] = map[string]sentence{}
		for _, dir := range dirs {
			wrong = append(wrong, c.add(lang, dir))
		}
	}
	if err := errors.Join(append(wrong, c.compare())...); err != nil {
		return nil, fmt.Errorf("load sentences: %w", err)
	}
	return c, nil
}

func (c *Catalogue) add(lang Lang, dir fs.FS) error {
	name := "locale/" + string(lang) + ".json"
	text, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	entries, err := readEntries(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var wrong []error
	for _, entry := range entries {
		s, err := readSentence(lang, entry.value)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %s: %w", name, entry.key, err))
		}
		if _, twice := c.sentences[lang][entry.key]; twice {
			wrong = append(wrong, fmt.Errorf("%s: %s is given twice", name, entry.key))
		}
		c.sentences[lang][entry.key] = s
	}
	return errors.Join(wrong...)
}

type entry struct {
	key   string
	value json.RawMessage
}

// readEntries reads a JSON object and keeps a key that is written twice, which
// json.Unmarshal would lose without a word.
func readEntries(text []byte) (all []entry, err error) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("not a JSON object: %v, %w", open, err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		e := entry{key: fmt.Sprint(key)}
		if err := d.Decode(&e.value); err != nil {
			return nil, fmt.Errorf("%s: %w", e.key, err)
		}
		all = append(all, e)
	}
	_, err = d.Token()
	return all, err
}

func readSentence(lang Lang, value json.RawMessage) (s sentence, err error) {
	var plain string
	if json.Unmarshal(value, &plain) == nil {
		s.plain, err = readWording(plain)
		return s, err
	}
	var forms map[string]string
	if err := json.Unmarshal(value, &forms); err != nil {
		return s, errors.New("neither a sentence nor an object of plural forms")
	}
	if err := checkForms(lang, forms); err != nil {
		return s, err
	}
	s.forms = map[string]wording{}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if s.forms[name], err = readWording(forms[name]); err != nil {
			return s, fmt.Errorf("%s: %w", name, err)
		}
		s.plain = s.forms[name] // "other" is the last by name where it is given
	}
	return s, nil
}

// compare finds what one language has and another lacks.
func (c *Catalogue) compare() error {
	var wrong []error
	first := c.sentences[Langs[0]]
	for _, lang := range Langs[1:] {
		other := c.sentences[lang]
		for _, key := range union(first, other) {
			a, inFirst := first[key]
			b, inOther := other[key]
			switch {
			case !inFirst || !inOther:
				wrong = append(wrong, fmt.Errorf("%s is missing in a language", key))
			case (a.forms == nil) != (b.forms == nil):
				wrong = append(wrong, fmt.Errorf("%s counts in one language only", key))
			case !maps.Equal(a.verbs(), b.verbs()):
				wrong = append(wrong, fmt.Errorf("%s has different placeholders: %v and %v", key, a.verbs(), b.verbs()))
			}
		}
	}
	return errors.Join(wrong...)
}

func union(a, b map[string]sentence) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

// verbs returns the placeholders by the number of their argument. A single form
// may leave one out: "a seat" beside "%d seats".
func (s sentence) verbs() map[int]string {
	all := map[int]string{}
	maps.Copy(all, s.plain.verbs)
	for _, w := range s.forms {
		maps.Copy(all, w.verbs)
	}
	return all
}

// Has reports whether the catalogue knows key.
func (c *Catalogue) Has(key string) bool {
	_, known := c.sentences[Langs[0]][key]
	return known
}

// In returns the Printer for lang.
func (c *Catalogue) In(lang Lang) Printer {
	return Printer{Lang: lang, sentences: c.sentences[lang], plural: c.plural[lang]}
}
