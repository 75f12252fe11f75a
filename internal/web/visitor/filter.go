package visitor

import (
	"net/url"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// offer is how a page offers one dimension: by which parameter, under what name, its values called how.
type offer struct {
	parameter
	key   string
	label func(v *view, value string) (choice, bool) // false for a value that the programme does not know
}

var offers = map[plan.Dimension]offer{
	plan.Block:    {byBlock, "visitor.filter.block", (*view).blockChoice},
	plan.Stage:    {byStage, "visitor.filter.stage", (*view).stageChoice},
	plan.Goal:     {byGoal, "visitor.filter.goal", (*view).goalChoice},
	plan.Theme:    {byTheme, "visitor.filter.theme", (*view).themeChoice},
	plan.Format:   {byFormat, "visitor.filter.format", (*view).formatChoice},
	plan.Language: {byLanguage, "visitor.filter.language", (*view).languageChoice},
	plan.Place:    {byPlace, "visitor.filter.place", (*view).placeChoice},
	plan.Form:     {byForm, "visitor.filter.form", (*view).formChoice},
}

func sieveOf(query url.Values) plan.Sieve {
	s := plan.Sieve{}
	for d, o := range offers {
		if value := o.value(query); value != "" {
			s[d] = value
		}
	}
	return s
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
func (v *view) filters(at *url.URL, chosen plan.Sieve, all []plan.Item) filters {
	all = plan.WithoutBreaks(all)
	f := filters{All: len(all), Of: len(chosen.Sift(all))}
	for _, d := range plan.Dimensions {
		row, known := v.filter(at, chosen, all, d)
		f.Unknown = f.Unknown || !known
		switch {
		case len(row.Choices) < 3 && !row.Active:
			continue // all, and one that is the same
		case d == plan.Block:
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

// cleared is the address at without any filter.
func cleared(lang i18n.Lang, at *url.URL) string {
	bare := *at
	for _, o := range offers {
		address, err := url.Parse(o.with(lang, &bare, ""))
		if err != nil {
			return at.EscapedPath()
		}
		bare = *address
	}
	return bare.RequestURI()
}

// filter is the row of one dimension; known is false when something was chosen in it that does not exist.
func (v *view) filter(at *url.URL, chosen plan.Sieve, all []plan.Item, d plan.Dimension) (row filter, known bool) {
	o := offers[d]
	counts, total := chosen.Count(all, d)
	row = filter{Name: v.T(o.key), Active: chosen[d] != ""}
	row.Choices = append(row.Choices, choice{
		link: link{said{Text: v.T("visitor.filter.all")}, o.with(v.Lang, at, ""), !row.Active}, Count: total,
	})
	known = !row.Active
	for _, value := range v.plan().Values(d) {
		c, ok := o.label(v, value)
		c.Current, c.Count = chosen[d] == value, counts[value]
		known = known || c.Current && ok
		if ok && (c.Count > 0 || c.Current) {
			c.URL = o.with(v.Lang, at, value)
			row.Choices = append(row.Choices, c)
		}
	}
	return row, known
}

// called is a choice named by a text of the congress, cut for a row of links.
func (v *view) called(name i18n.Text) choice {
	s := v.quiet(name)
	s.Text = text.Excerpt(s.Text, longestChoice)
	return choice{link: link{said: s}}
}

const longestChoice = 44 // characters

func (v *view) blockChoice(slug string) (choice, bool) {
	if b := v.x.BlockAt(slug); b != nil {
		c := v.called(b.Name)
		c.Mark = b.Mark
		return c, true
	}
	return choice{}, false
}

func (v *view) stageChoice(slug string) (choice, bool) {
	if g := v.x.StageAt(slug); g != nil {
		return v.called(g.Name), true
	}
	return choice{}, false
}

func (v *view) placeChoice(slug string) (choice, bool) {
	if p := v.x.PlaceAt(slug); p != nil {
		return v.called(p.Name), true
	}
	return choice{}, false
}

func (v *view) goalChoice(slug string) (choice, bool)  { return v.termChoice(edition.Goal, slug) }
func (v *view) themeChoice(slug string) (choice, bool) { return v.termChoice(edition.Theme, slug) }

func (v *view) termChoice(kind edition.TaxonomyKind, slug string) (choice, bool) {
	if term, _ := v.termAt(kind, slug); term != nil {
		return v.called(term.Name), true
	}
	return choice{}, false
}

func (v *view) formatChoice(word string) (choice, bool) {
	for _, f := range programme.Formats {
		if plan.Word(f) == word {
			return choice{link: link{said: said{Text: v.T(f.Key())}}}, true
		}
	}
	return choice{}, false
}

func (v *view) formChoice(word string) (choice, bool) {
	for _, f := range edition.Forms {
		if plan.Word(f) == word {
			return choice{link: link{said: said{Text: v.T(f.Key())}}}, true
		}
	}
	return choice{}, false
}

func (v *view) languageChoice(code string) (choice, bool) {
	return choice{link: link{said: said{Text: v.T(programme.LanguageKey(code))}}}, true
}
