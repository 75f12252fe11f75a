package visitor

import (
	"net/url"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// item is one session at one time, or without one.
type item struct {
	s    *programme.Session
	slot *timetable.Slot // nil without hours
	tags tags
}

// tags are the values of an item in every dimension, by the dimension's number.
type tags [][]string

// dimension is one way of sifting the programme.
type dimension struct {
	parameter
	key    string // of its name
	values func(x *timetable.Index, s *programme.Session, slot *timetable.Slot) []string
	label  func(v *view, value string) (choice, bool) // false for a value that the programme does not know
}

// dimensions lists the ways of sifting in the order in which pages offer them.
var dimensions = []dimension{
	{byBlock, "visitor.filter.block", blocksOf, (*view).blockChoice},
	{byStage, "visitor.filter.stage", stagesOf, (*view).stageChoice},
	{byGoal, "visitor.filter.goal", termsOf(edition.Goal), (*view).goalChoice},
	{byTheme, "visitor.filter.theme", termsOf(edition.Theme), (*view).themeChoice},
	{byFormat, "visitor.filter.format", formatOf, (*view).formatChoice},
	{byLanguage, "visitor.filter.language", languagesOf, (*view).languageChoice},
	{byPlace, "visitor.filter.place", placesOf, (*view).placeChoice},
	{byForm, "visitor.filter.form", formOf, (*view).formChoice},
}

// items lists all that can be sifted, in the order of the programme: what has hours by time, then the rest.
// Breaks come along; they are nobody's choice and pass every sieve of the timetable.
func (v *view) items() []item {
	return v.e.Keep("items", func() any {
		var all []item
		for _, day := range v.x.Days() {
			for _, slot := range v.x.SlotsOn(day) {
				if s := v.x.Session(slot.Session); shown(s) {
					all = append(all, item{s, &slot, tagsOf(v.x, s, &slot)})
				}
			}
		}
		for _, s := range v.x.Unplaced() {
			if shown(s) {
				all = append(all, item{s, nil, tagsOf(v.x, s, nil)})
			}
		}
		return all
	}).([]item) //nolint:forcetypeassert // one key, one type
}

// shown says whether the public may know of s; a release holds no drafts, and should one slip in, it stays unseen.
func shown(s *programme.Session) bool { return s != nil && s.Status != programme.Draft }

func tagsOf(x *timetable.Index, s *programme.Session, slot *timetable.Slot) tags {
	t := make(tags, len(dimensions))
	for i, d := range dimensions {
		t[i] = d.values(x, s, slot)
	}
	return t
}

// itemsOn lists what happens on a day; of no day: what has no hours.
func (v *view) itemsOn(day string) []item {
	type byDay map[string][]item
	kept := v.e.Keep("items by day", func() any {
		days := byDay{}
		for _, it := range v.items() {
			of := ""
			if it.slot != nil {
				of = string(v.dayOf(*it.slot))
			}
			days[of] = append(days[of], it)
		}
		return days
	})
	return kept.(byDay)[day] //nolint:forcetypeassert // one key, one type
}

// sieve is what the reader has chosen: a value for some dimensions, by their numbers.
type sieve map[int]string

func sieveOf(query url.Values) sieve {
	s := sieve{}
	for i, d := range dimensions {
		if value := d.value(query); value != "" {
			s[i] = value
		}
	}
	return s
}

// lets says whether the item passes in every dimension but one; all count when but is -1.
func (s sieve) lets(it item, but int) bool {
	for i, value := range s {
		if i != but && !slices.Contains(it.tags[i], value) {
			return false
		}
	}
	return true
}

func (s sieve) sift(all []item) []item {
	if len(s) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(it item) bool { return !s.lets(it, -1) })
}

// filter is one row of choices.
type filter struct {
	Name    string
	Choices []choice
	Active  bool
}

// choice is one link of a filter.
type choice struct {
	link
	Mark  string
	Count int
}

// filters is what the reader may choose from, and what was chosen.
type filters struct {
	First   []filter // always open
	More    []filter
	Open    bool   // more is open, for something in it was chosen
	Clear   string // address without any filter; empty when there is none
	Unknown bool   // a value was asked for that this programme does not know
	Of, All int    // how many pass, of how many
}

// filters offers every way of sifting all that tells two items apart.
func (v *view) filters(at *url.URL, chosen sieve, all []item) filters {
	countable := slices.DeleteFunc(slices.Clone(all), func(it item) bool { return it.s.Format == programme.Break })
	f := filters{All: len(countable), Of: len(chosen.sift(countable))}
	for i := range dimensions {
		row, known := v.filter(at, chosen, countable, i)
		f.Unknown = f.Unknown || !known
		switch {
		case len(row.Choices) < 3 && !row.Active:
			continue // all, and one that is the same
		case i == 0:
			f.First = append(f.First, row)
		default:
			f.More = append(f.More, row)
			f.Open = f.Open || row.Active
		}
	}
	if len(chosen) > 0 {
		f.Clear = cleared(v.Lang, at)
	}
	return f
}

func cleared(lang i18n.Lang, at *url.URL) string {
	bare := *at
	for _, d := range dimensions {
		address, err := url.Parse(d.with(lang, &bare, ""))
		if err != nil {
			return at.EscapedPath()
		}
		bare = *address
	}
	return bare.RequestURI()
}

// filter is the row of one dimension; known is false when something was chosen in it that does not exist.
func (v *view) filter(at *url.URL, chosen sieve, all []item, number int) (row filter, known bool) {
	d := dimensions[number]
	counts, total := map[string]int{}, 0
	for _, it := range all {
		if !chosen.lets(it, number) {
			continue
		}
		total++
		for _, value := range it.tags[number] {
			counts[value]++
		}
	}
	row = filter{Name: v.T(d.key), Active: chosen[number] != ""}
	row.Choices = append(row.Choices, choice{
		link: link{said{Text: v.T("visitor.filter.all")}, d.with(v.Lang, at, ""), !row.Active}, Count: total,
	})
	known = !row.Active
	for _, value := range v.values(number) {
		c, ok := d.label(v, value)
		c.Current, c.Count = chosen[number] == value, counts[value]
		known = known || c.Current && ok
		if ok && (c.Count > 0 || c.Current) {
			c.URL = d.with(v.Lang, at, value)
			row.Choices = append(row.Choices, c)
		}
	}
	return row, known
}

// values lists what occurs in a dimension, in the order of the programme's own lists.
func (v *view) values(number int) []string {
	return once(v, "values "+itoa(number), func() []string {
		seen := map[string]bool{}
		for _, it := range v.items() {
			for _, value := range it.tags[number] {
				seen[value] = true
			}
		}
		var ordered []string
		for _, value := range v.order(number) {
			if seen[value] {
				ordered = append(ordered, value)
			}
		}
		return ordered
	})
}

// order is the order of the values of a dimension.
func (v *view) order(number int) (list []string) {
	switch dimensions[number].parameter {
	case byBlock:
		return slugs(v.x.Blocks, func(b programme.Block) string { return b.Slug })
	case byStage:
		return slugs(v.x.Stages, func(s programme.Stage) string { return s.Slug })
	case byPlace:
		return slugs(v.x.Places, func(p timetable.Place) string { return p.Slug })
	case byFormat:
		return slugs(programme.Formats, func(f programme.Format) string { return text.Slug(string(f)) })
	case byForm:
		return slugs(edition.Forms, func(f edition.Form) string { return text.Slug(string(f)) })
	case byLanguage:
		return programme.Languages
	}
	for _, t := range v.x.Taxonomies {
		for _, term := range t.Terms {
			list = append(list, term.Slug)
		}
	}
	return list
}

func slugs[T any](all []T, of func(T) string) []string {
	list := make([]string, len(all))
	for i, one := range all {
		list[i] = of(one)
	}
	return list
}
