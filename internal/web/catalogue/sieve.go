package catalogue

import (
	"net/url"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/text"
	"obrady/internal/web"
)

// parameter is one question that an address can carry. Each is understood by both of its names, so that the switch to
// the other language keeps it.
type parameter struct{ pl, en string }

var (
	byGoal   = parameter{"cel", "goal"}
	byTheme  = parameter{"temat", "theme"}
	byThread = parameter{"watek", "thread"}
	bySize   = parameter{"wielkosc", "size"}
	byRegion = parameter{"wojewodztwo", "region"}
	byStage  = parameter{"etap", "stage"}
	byPlace  = parameter{"miejscowosc", "place"}
)

var (
	searchQuery = []string{"q", "page"}
	listQuery   = func() []string {
		all := slices.Clone(searchQuery)
		for _, d := range dimensions {
			all = append(all, d.pl)
			if d.en != d.pl {
				all = append(all, d.en)
			}
		}
		return all
	}()
)

func (p parameter) in(lang i18n.Lang) string {
	if lang == i18n.English {
		return p.en
	}
	return p.pl
}

func (p parameter) value(query url.Values) string {
	if given := query.Get(p.pl); given != "" {
		return given
	}
	return query.Get(p.en)
}

// dimension is one way of sifting the catalogue. Values are what the address carries.
type dimension struct {
	parameter
	key    string // of the sentence that names it
	hidden bool   // it is offered by the map alone
	values func(v *view, p *practice.Shown) []string
	name   func(v *view, value string) string // "" for a value that nothing has
}

var dimensions = []dimension{
	{byGoal, "catalogue.filter.goal", false, ofKind(edition.Goal), nameOf(edition.Goal)},
	{byTheme, "catalogue.filter.theme", false, ofKind(edition.Theme), nameOf(edition.Theme)},
	{byThread, "catalogue.filter.thread", false, ofKind(edition.PracticePath), nameOf(edition.PracticePath)},
	{
		bySize, "catalogue.filter.size", false,
		func(_ *view, p *practice.Shown) []string { return []string{string(p.Size)} },
		func(v *view, s string) string { return known(v, practice.Sizes, s) },
	},
	{
		byRegion, "catalogue.filter.region", false,
		func(_ *view, p *practice.Shown) []string { return []string{string(p.Region)} },
		func(v *view, s string) string { return known(v, practice.Regions, s) },
	},
	{
		byStage, "catalogue.filter.stage", false,
		func(_ *view, p *practice.Shown) []string { return []string{string(p.Stage)} },
		func(v *view, s string) string { return known(v, practice.Stages, s) },
	},
	{
		byPlace, "catalogue.filter.place", true,
		func(_ *view, p *practice.Shown) []string { return []string{text.Slug(p.City.In(i18n.Polish).Text)} },
		(*view).placeName,
	},
}

// known names a value of a closed list.
func known[T interface {
	~string
	Key() string
}](v *view, all []T, value string,
) string {
	if i := slices.Index(all, T(value)); i >= 0 {
		return v.T(all[i].Key())
	}
	return ""
}

func ofKind(kind edition.TaxonomyKind) func(*view, *practice.Shown) []string {
	return func(v *view, p *practice.Shown) (slugs []string) {
		for _, t := range v.terms(kind) {
			if slices.Contains(p.Terms, t.ID) {
				slugs = append(slugs, t.Slug)
			}
		}
		return slugs
	}
}

func nameOf(kind edition.TaxonomyKind) func(*view, string) string {
	return func(v *view, slug string) string {
		for _, t := range v.terms(kind) {
			if t.Slug == slug {
				return text.Bind(t.Name.In(v.Lang).Text)
			}
		}
		return ""
	}
}

// terms lists the terms of one kind that the edition has, those of earlier versions included.
func (v *view) terms(kind edition.TaxonomyKind) []edition.Term {
	for _, t := range v.e.Programme.Taxonomies {
		if t.Kind == kind {
			return t.Terms
		}
	}
	return nil
}

func (v *view) placeName(slug string) string {
	for i := range v.c.Practices {
		if city := v.c.Practices[i].City; text.Slug(city.In(i18n.Polish).Text) == slug {
			return city.In(v.Lang).Text
		}
	}
	return ""
}

// filter is one row of links with counts.
type filter struct {
	Name    string
	Choices []choice
}

type choice struct {
	web.Link
	Count int
}

// sifted is what is left of the catalogue, and what else can be chosen.
type sifted struct {
	Query   string
	First   []filter
	More    []filter
	Open    bool   // something among More was chosen
	Clear   string // address without any filter; empty when there is none
	Unknown bool   // a value was asked for that nothing has
	All     int
	Left    []*practice.Shown
}

// sift reads the address and finds what it asks for: words first, by relevance, then every filter.
func (v *view) sift(at *url.URL) sifted {
	query := at.Query()
	s := sifted{Query: query.Get("q"), All: len(v.c.Practices)}
	found := v.search(s.Query)
	chosen := make([]string, len(dimensions))
	for i, d := range dimensions {
		chosen[i] = d.value(query)
		if chosen[i] != "" {
			s.Clear = at.EscapedPath()
			s.Unknown = s.Unknown || d.name(v, chosen[i]) == ""
			s.Open = s.Open || i > openDimensions
		}
	}
	if s.Query != "" {
		s.Clear = at.EscapedPath()
	}
	for i, d := range dimensions {
		row := v.row(at, d, v.passing(found, chosen, i), chosen[i])
		switch {
		case d.hidden || len(row.Choices) < 3 && chosen[i] == "": // all, and one that is the same
		case i <= openDimensions:
			s.First = append(s.First, row)
		default:
			s.More = append(s.More, row)
		}
	}
	s.Left = v.passing(found, chosen, -1)
	return s
}

// openDimensions is the number of the last dimension that is always in sight.
const openDimensions = 2

// search finds practices by words; all of them where no word is asked for.
func (v *view) search(query string) (found []*practice.Shown) {
	if query == "" {
		for i := range v.c.Practices {
			found = append(found, &v.c.Practices[i])
		}
		return found
	}
	hits := v.c.Search(v.Lang, practice.FoundPractice).Find(query, mostHits)
	if len(hits) == 0 {
		hits = v.c.Search(v.Lang.Other(), practice.FoundPractice).Find(query, mostHits)
	}
	for _, hit := range hits {
		if p, err := v.c.Practice(hit.ID); err == nil {
			found = append(found, p)
		}
	}
	return found
}

const mostHits = 500

// passing lists what passes all filters but the one numbered but.
func (v *view) passing(all []*practice.Shown, chosen []string, but int) (left []*practice.Shown) {
	for _, p := range all {
		passes := true
		for i, d := range dimensions {
			if i != but && chosen[i] != "" && !slices.Contains(d.values(v, p), chosen[i]) {
				passes = false
			}
		}
		if passes {
			left = append(left, p)
		}
	}
	return left
}

// row offers the values of a dimension that something has, in the order in which its list names them.
func (v *view) row(at *url.URL, d dimension, among []*practice.Shown, chosen string) filter {
	counts := map[string]int{}
	for _, p := range among {
		for _, value := range d.values(v, p) {
			counts[value]++
		}
	}
	f := filter{Name: v.T(d.key)}
	f.Choices = append(f.Choices, choice{web.Link{Label: v.T("catalogue.filter.all"), URL: v.with(at, d, ""), Current: chosen == ""}, len(among)})
	for _, value := range v.inOrder(d) {
		if counts[value] > 0 || value == chosen {
			f.Choices = append(f.Choices, choice{web.Link{Label: d.name(v, value), URL: v.with(at, d, value), Current: value == chosen}, counts[value]})
		}
	}
	return f
}

// inOrder lists every value that can be chosen in a dimension.
func (v *view) inOrder(d dimension) (values []string) {
	add := func(kind edition.TaxonomyKind) {
		for _, t := range v.terms(kind) {
			values = append(values, t.Slug)
		}
	}
	switch d.parameter {
	case byGoal:
		add(edition.Goal)
	case byTheme:
		add(edition.Theme)
	case byThread:
		add(edition.PracticePath)
	case bySize:
		values = plainly(practice.Sizes)
	case byRegion:
		values = plainly(practice.Regions)
	case byStage:
		values = plainly(practice.Stages)
	}
	return values
}

func plainly[T ~string](all []T) (plain []string) {
	for _, one := range all {
		plain = append(plain, string(one))
	}
	return plain
}

// with is the address at with another value of a dimension, on the first page.
func (v *view) with(at *url.URL, d dimension, value string) string {
	query := at.Query()
	for _, name := range []string{d.pl, d.en, "page"} {
		query.Del(name)
	}
	if value != "" {
		query.Set(d.in(v.Lang), value)
	}
	if len(query) == 0 {
		return at.EscapedPath()
	}
	return at.EscapedPath() + "?" + query.Encode()
}
