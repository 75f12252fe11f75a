// Package search finds what a visitor typed, in any inflection and without Polish letters:
// "mieszkancow" finds "mieszkańcy", "miescie" finds "miasto".
//
// An Index is built in memory from what a release publishes, and never changed after that. No
// database takes part, so a search gives the same answer whichever engine the congress runs on.
//
// A word is found by its folded form (lower case, no marks), by the stems of that form and, as the
// last word of a query, by its beginning. Stems come from the Stempel table, which knows
// irregular words but guesses wrong without Polish letters, and from endings cut off the folded
// form (see polish.go), which do not care how the word was typed.
package search

import (
	"math"
	"slices"
	"strings"
)

// Document is something to be found: a session, a person, a good practice.
type Document struct {
	ID     string // returned as it came; unique within an index
	Kind   string // returned as it came
	Lang   string // "en" for English; anything else is read as Polish
	Title  string
	Fields []Field
}

// Field is a further text of a document: its description, its speakers.
type Field struct {
	Text   string
	Weight float64 // what one word counts, beside 5 in the title; 0 means 1
}

// Hit is a found document. A higher Score is a better answer to the same query.
type Hit struct {
	ID    string
	Kind  string
	Score float64
	Marks []Range // the words of the title that answer the query
}

// Range is a piece of a text, in bytes: text[From:To].
type Range struct{ From, To int }

const titleWeight = 5

// Index finds documents. It is safe for concurrent use.
type Index struct {
	docs   []entry
	forms  []form           // sorted by text, so that a beginning is a run of them
	byStem map[string][]int // forms that share a stem
	length float64          // mean length of a document
}

type entry struct {
	id, kind, title string
	length          float64 // words, each by its weight
}

// form is a folded word as it stands in some text.
type form struct {
	text string
	in   []posting
}

type posting struct {
	doc    int32
	weight float32
}

// Build makes an index of docs.
func Build(docs []Document) *Index {
	b := builder{forms: map[string][]posting{}, stems: map[string]map[string]bool{}, seen: map[string]bool{}}
	index := &Index{docs: make([]entry, len(docs))}
	var total float64
	for i, doc := range docs {
		length := b.add(int32(i), doc) // no congress publishes two thousand million sessions
		index.docs[i] = entry{strings.Clone(doc.ID), strings.Clone(doc.Kind), strings.Clone(doc.Title), length}
		total += length
	}
	index.length = math.Max(1, total/math.Max(1, float64(len(docs))))
	b.finish(index)
	return index
}

// builder collects words: by form where they stand, by stem what forms share it.
type builder struct {
	forms map[string][]posting
	stems map[string]map[string]bool
	seen  map[string]bool // lower-case words whose stems are known, by language
}

func (b builder) add(doc int32, d Document) (length float64) {
	length = b.read(doc, d.Lang, Field{d.Title, titleWeight})
	for _, field := range d.Fields {
		if field.Weight == 0 {
			field.Weight = 1
		}
		length += b.read(doc, d.Lang, field)
	}
	return length
}

func (b builder) read(doc int32, lang string, field Field) (length float64) {
	for _, word := range words(field.Text) {
		if stopWords[word.folded] {
			continue
		}
		length += field.Weight
		b.place(word.folded, posting{doc, float32(field.Weight)})
		b.learn(word, lang)
	}
	return length
}

// place notes that form stands in a document; documents come one after the other.
func (b builder) place(form string, p posting) {
	in := b.forms[form]
	if last := len(in) - 1; last >= 0 && in[last].doc == p.doc {
		in[last].weight += p.weight
		return
	}
	b.forms[form] = append(in, p)
}

func (b builder) learn(word word, lang string) {
	known := lang + " " + word.lower
	if b.seen[known] {
		return
	}
	b.seen[known] = true
	for _, stem := range word.stems(lang) {
		if b.stems[stem] == nil {
			b.stems[stem] = map[string]bool{}
		}
		b.stems[stem][word.folded] = true
	}
}

func (b builder) finish(index *Index) {
	number := make(map[string]int, len(b.forms))
	for text, in := range b.forms {
		index.forms = append(index.forms, form{strings.Clone(text), slices.Clip(in)})
	}
	slices.SortFunc(index.forms, func(a, b form) int { return strings.Compare(a.text, b.text) })
	for i, form := range index.forms {
		number[form.text] = i
	}
	index.byStem = make(map[string][]int, len(b.stems))
	for stem, forms := range b.stems {
		numbers := make([]int, 0, len(forms))
		for form := range forms {
			numbers = append(numbers, number[form])
		}
		slices.Sort(numbers)
		index.byStem[stem] = numbers
	}
}
