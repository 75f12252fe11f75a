package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a query; what is beyond them is not looked at.
const (
	maxQuery    = 300 // bytes
	maxWords    = 12
	maxPrefixed = 200 // forms that begin with the last word
)

// What a form counts by the way it was reached.
const (
	exact    = 1.0
	stemmed  = 0.6
	prefixed = 0.4
)

// Saturation and weight of length, after Robertson and Zaragoza, "The Probabilistic Relevance
// Framework: BM25 and Beyond" (2009). Length counts less than usual: a person's entry is short.
const (
	saturation = 1.2
	byLength   = 0.4
)

// Find returns up to limit documents, best first. Documents that hold all words of the query come
// alone; when there are none, those that hold any of them come, most words first. Whatever is
// typed, Find answers; a query without a word finds nothing.
func (x *Index) Find(query string, limit int) []Hit {
	asked := x.ask(query)
	found := x.score(asked)
	complete := slices.DeleteFunc(slices.Clone(found), func(s scored) bool { return s.words < len(asked) })
	if len(complete) > 0 {
		found = complete
	}
	slices.SortFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(b.score, a.score),
			cmp.Compare(x.docs[a.doc].id, x.docs[b.doc].id))
	})
	found = found[:max(0, min(limit, len(found)))]
	hits := make([]Hit, len(found))
	for i, s := range found {
		doc := x.docs[s.doc]
		hits[i] = Hit{ID: doc.id, Kind: doc.kind, Score: s.score, Marks: x.mark(asked, doc.title)}
	}
	return hits
}

// Mark returns the words of text that answer query, for showing where a document was found.
func (x *Index) Mark(query, text string) []Range { return x.mark(x.ask(query), text) }

func (x *Index) mark(asked []reach, text string) (marks []Range) {
	for _, word := range words(text) {
		number, known := x.number(word.folded)
		if !known {
			continue
		}
		if slices.ContainsFunc(asked, func(r reach) bool { return r[number] > 0 }) {
			marks = append(marks, Range{word.from, word.to})
		}
	}
	return marks
}

// reach holds the forms that answer one word of a query, and how well.
type reach map[int]float64

// ask resolves the words of a query.
func (x *Index) ask(query string) []reach {
	typed := words(bounded(query))
	telling := slices.DeleteFunc(slices.Clone(typed), func(w word) bool { return stopWords[w.folded] })
	if len(telling) == 0 {
		telling = typed
	}
	telling = telling[:min(maxWords, len(telling))]
	asked := make([]reach, 0, len(telling))
	for i, word := range telling {
		reached := reach{}
		if i == len(telling)-1 {
			x.begin(word.folded, reached)
		}
		x.reach(word, reached)
		asked = append(asked, reached)
	}
	return asked
}

// bounded cuts a query at maxQuery bytes, between two characters.
func bounded(query string) string {
	if len(query) <= maxQuery {
		return query
	}
	cut := maxQuery
	for cut > 0 && !utf8.RuneStart(query[cut]) {
		cut--
	}
	return query[:cut]
}

// reach adds the forms that share a stem with word, and its own.
func (x *Index) reach(word word, reached reach) {
	for _, lang := range []string{"pl", "en"} {
		for _, stem := range word.stems(lang) {
			for _, number := range x.byStem[stem] {
				reached[number] = math.Max(reached[number], stemmed)
			}
		}
	}
	if number, known := x.number(word.folded); known {
		reached[number] = exact
	}
}

// begin adds the forms that begin like what is still being typed.
func (x *Index) begin(typed string, reached reach) {
	if utf8.RuneCountInString(typed) < 2 {
		return
	}
	from, _ := x.number(typed)
	for i := from; i < min(len(x.forms), from+maxPrefixed); i++ {
		if !strings.HasPrefix(x.forms[i].text, typed) {
			return
		}
		reached[i] = prefixed
	}
}

func (x *Index) number(folded string) (int, bool) {
	return slices.BinarySearchFunc(x.forms, folded, func(f form, text string) int {
		return strings.Compare(f.text, text)
	})
}

type scored struct {
	doc   int32
	words int // of the query
	score float64
}

func (x *Index) score(asked []reach) []scored {
	sums := map[int32]scored{}
	for _, reached := range asked {
		weights := x.weigh(reached)
		n := float64(len(weights))
		rarity := math.Log(1 + (float64(len(x.docs))-n+0.5)/(n+0.5))
		for doc, weight := range weights {
			long := 1 - byLength + byLength*x.docs[doc].length/x.length
			sum := sums[doc]
			sum.doc = doc
			sum.words++
			sum.score += rarity * weight / (weight + saturation*long)
			sums[doc] = sum
		}
	}
	found := make([]scored, 0, len(sums))
	for _, sum := range sums {
		found = append(found, sum)
	}
	return found
}

// weigh sums up, for every document, the words in it that were reached. The forms are taken in
// order, for sums of fractions depend on it and the ranking must not.
func (x *Index) weigh(reached reach) map[int32]float64 {
	numbers := make([]int, 0, len(reached))
	for number := range reached {
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	weights := map[int32]float64{}
	for _, number := range numbers {
		for _, p := range x.forms[number].in {
			weights[p.doc] += reached[number] * float64(p.weight)
		}
	}
	return weights
}
