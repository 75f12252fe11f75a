package plan

import (
	"slices"

	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// Dimension is one way of sifting the programme. Its values are as addresses have them.
type Dimension int

// The dimensions, in the order in which pages offer them.
const (
	Block Dimension = iota
	Stage
	Goal
	Theme
	Format
	Language
	Place
	Form
	dimensions
)

// Dimensions lists them all.
var Dimensions = []Dimension{Block, Stage, Goal, Theme, Format, Language, Place, Form}

// Word is a format or a form of taking part as addresses write it: goal-session.
func Word[T ~string](one T) string { return text.Slug(string(one)) }

func valuesOf(x *timetable.Index, s *programme.Session, slot *timetable.Slot) *[dimensions][]string {
	var all [dimensions][]string
	all[Block] = blocksOf(x, s)
	if g := x.Stage(s.Stage); g != nil {
		all[Stage] = []string{g.Slug}
	}
	all[Goal], all[Theme] = termsOf(x, s, edition.Goal), termsOf(x, s, edition.Theme)
	all[Format], all[Form] = []string{Word(s.Format)}, []string{Word(s.Form)}
	all[Language] = s.Languages
	if slot != nil {
		if place := x.Place(slot.Place); place != nil {
			all[Place] = []string{place.Slug}
		}
	}
	return &all
}

// blocksOf are the session's block and all that it lies in: who chooses the conference gets its blocks too.
func blocksOf(x *timetable.Index, s *programme.Session) (list []string) {
	for b := x.Block(s.Block); b != nil && !slices.Contains(list, b.Slug); b = x.Block(b.Parent) {
		list = append(list, b.Slug)
	}
	return list
}

func termsOf(x *timetable.Index, s *programme.Session, kind edition.TaxonomyKind) (list []string) {
	for _, id := range s.Terms {
		if term, of := x.Term(id); term != nil && of.Kind == kind {
			list = append(list, term.Slug)
		}
	}
	return list
}

// Values lists what occurs in a dimension, in the order of the programme's own lists.
func (p *Plan) Values(d Dimension) []string { return p.values[d] }

func (p *Plan) collect() {
	for _, d := range Dimensions {
		seen := map[string]bool{}
		for _, it := range p.items {
			for _, value := range it.values[d] {
				seen[value] = true
			}
		}
		for _, value := range p.order(d) {
			if seen[value] {
				p.values[d] = append(p.values[d], value)
				delete(seen, value) // twice in a list is once here
			}
		}
	}
}

func (p *Plan) order(d Dimension) (list []string) {
	switch d {
	case Block:
		return each(p.x.Blocks, func(b programme.Block) string { return b.Slug })
	case Stage:
		return each(p.x.Stages, func(s programme.Stage) string { return s.Slug })
	case Place:
		return each(p.x.Places, func(p timetable.Place) string { return p.Slug })
	case Format:
		return each(programme.Formats, Word)
	case Form:
		return each(edition.Forms, Word)
	case Language:
		return programme.Languages
	case Goal, Theme, dimensions:
	}
	for _, t := range p.x.Taxonomies {
		list = append(list, each(t.Terms, func(term edition.Term) string { return term.Slug })...)
	}
	return list
}

func each[T any](all []T, of func(T) string) []string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = of(one)
	}
	return list
}

// Sieve is what somebody has chosen: one value in some dimensions.
type Sieve map[Dimension]string

// none is no dimension.
const none = -1

func (s Sieve) lets(it Item, but Dimension) bool {
	for d, value := range s {
		if d != but && !slices.Contains(it.values[d], value) {
			return false
		}
	}
	return true
}

// Sift lists the items that pass in every dimension.
func (s Sieve) Sift(items []Item) []Item {
	if len(s) == 0 {
		return items
	}
	return slices.DeleteFunc(slices.Clone(items), func(it Item) bool { return !s.lets(it, none) })
}

// Count says how many items each value of a dimension would leave, given what is chosen in all others, and how
// many there would be without a choice in it.
func (s Sieve) Count(items []Item, d Dimension) (counts map[string]int, total int) {
	counts = map[string]int{}
	for _, it := range items {
		if !s.lets(it, d) {
			continue
		}
		total++
		for _, value := range it.values[d] {
			counts[value]++
		}
	}
	return counts, total
}
