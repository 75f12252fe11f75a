package kaleidoscope

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"obrady/internal/search"
)

// Words are what a talk says of its theme.
type Words struct {
	Title string
	Text  string // the answers, as far as reviewers read them
	Lang  string
}

// Themes say how near to each other talks are.
type Themes struct {
	near   [][]int
	shared [][][]string
}

// What a word counts by where it stands, the shortest that is looked at, in
// letters, and how many words of one talk are.
const (
	inTitle   = 3.0
	inText    = 1.0
	shortWord = 4
	mostWords = 120
	whole     = 100 // of two talks with the same words
)

// Compare finds out how near talks are: by the words that they share in any
// inflection, each counting the more the fewer talks have it (its inverse document
// frequency, as in every search engine), and those of titles three times. What two
// talks share is set against what each says in all, so a long abstract is not near
// to everything. The stems are those of the site's search.
func Compare(all []Words) Themes {
	n := len(all)
	t := Themes{near: make([][]int, n), shared: make([][][]string, n)}
	docs := make([]search.Document, n)
	for i, w := range all {
		t.near[i], t.shared[i] = make([]int, n), make([][]string, n)
		docs[i] = search.Document{ID: strconv.Itoa(i), Lang: w.Lang, Title: w.Title, Fields: []search.Field{{Text: w.Text}}}
	}
	index := search.Build(docs)
	with, total := make([][]float64, n), make([]float64, n)
	for i, w := range all {
		with[i] = make([]float64, n)
		for _, word := range telling(w) {
			total[i] += t.learn(index, with[i], i, word)
		}
	}
	for i := range n {
		for j := range n {
			if i != j && total[i] > 0 && total[j] > 0 {
				t.near[i][j] = int(math.Round(whole * (with[i][j]/total[i] + with[j][i]/total[j]) / 2))
			}
		}
	}
	return t
}

// spoken is a word of a talk, and what it counts.
type spoken struct {
	word   string
	weight float64
}

// learn adds what one word says of the nearness of talk i to the others.
func (t Themes) learn(index *search.Index, with []float64, i int, s spoken) float64 {
	// The last word of a query also finds what begins like it; a word that stands twice is held to its stems.
	hits := index.Find(s.word+" "+s.word, len(with))
	if len(hits) == 0 {
		return 0 // too common to be looked for
	}
	weight := s.weight * math.Log(float64(len(with))/float64(len(hits)))
	if weight == 0 {
		return 0 // what all of them say brings nobody together
	}
	for _, h := range hits {
		j, err := strconv.Atoi(h.ID)
		if err != nil || j == i {
			continue
		}
		with[j] += weight
		if s.weight == inTitle && len(h.Marks) > 0 {
			t.shared[i][j] = append(t.shared[i][j], s.word)
		}
	}
	return weight
}

// telling lists the words of a talk, each once, those of the title first.
func telling(w Words) (all []spoken) {
	seen := map[string]bool{}
	for _, source := range []struct {
		text   string
		weight float64
	}{{w.Title, inTitle}, {w.Text, inText}} {
		for _, word := range strings.FieldsFunc(strings.ToLower(source.text), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if utf8.RuneCountInString(word) < shortWord || seen[word] || len(all) == mostWords {
				continue
			}
			seen[word] = true
			all = append(all, spoken{word, source.weight})
		}
	}
	return all
}

// Near is how near two talks are: 0 have nothing in common, 100 say the same.
func (t Themes) Near(i, j int) int { return t.near[i][j] }

// Shared lists words of the title of talk i that talks of some others have in theirs.
func (t Themes) Shared(i int, others []int) (words []string) {
	for _, j := range others {
		for _, word := range t.shared[i][j] {
			if !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}
