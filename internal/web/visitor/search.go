package visitor

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/search"
	"obrady/internal/text"
	"obrady/internal/web"
)

// SearchPage is what was found.
type SearchPage struct {
	head
	Query  string
	State  string // empty, short, none or found
	Told   string // how much was found
	Other  string // said when only the texts in the other language have the words
	Rows   []drawn
	Things []foundGroup
}

// foundGroup is what was found of one kind other than sessions.
type foundGroup struct {
	Heading, ID string
	Found       []found
}

type found struct {
	URL    string
	Lang   string
	Pieces []piece
	Small  string
}

var searchPage = web.Parse[SearchPage](templates, "templates/search.html", fragments...)

const (
	mostHits      = 120
	shortestQuery = 2 // letters
)

func (v *view) showSearch(w http.ResponseWriter, r *http.Request) error {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	page := SearchPage{head: v.headed(v.T("visitor.search"), ""), Query: query}
	switch {
	case query == "":
		page.State = "empty"
	case utf8.RuneCountInString(query) < shortestQuery:
		page.State = "short"
	default:
		page.Title = v.T("visitor.search_for", query)
		v.find(&page, query)
	}
	return searchPage.Show(w, r, page)
}

// foundOrder is the order in which kinds of things are shown, after the sessions.
var foundOrder = []string{
	publication.FoundPerson, publication.FoundInstitution, publication.FoundBlock, publication.FoundStage,
	publication.FoundPlace, publication.FoundPage,
}

func (v *view) find(page *SearchPage, query string) {
	index := v.e.Search(v.Lang)
	hits := index.Find(query, mostHits)
	if len(hits) == 0 {
		index = v.e.Search(v.Lang.Other())
		if hits = index.Find(query, mostHits); len(hits) > 0 {
			page.Other = v.T("visitor.search_other_language")
		}
	}
	byKind, sessions, others := map[string][]found{}, 0, 0
	for _, hit := range hits {
		slug := strings.TrimPrefix(hit.ID, hit.Kind+"/")
		if hit.Kind == publication.FoundSession {
			if s := v.x.SessionAt(slug); plan.Public(s) {
				page.Rows = append(page.Rows, v.foundSession(index, query, s))
				sessions++
			}
			continue
		}
		if f, ok := v.foundThing(index, query, hit.Kind, slug); ok {
			byKind[hit.Kind] = append(byKind[hit.Kind], f)
		}
	}
	for _, kind := range foundOrder {
		if len(byKind[kind]) > 0 {
			others += len(byKind[kind])
			page.Things = append(page.Things, foundGroup{v.T("visitor.found." + kind), kind, byKind[kind]}) // key: visitor.found.*
		}
	}
	if v.Beside != nil {
		for _, kind := range v.Beside.Find(v.e.ID, v.Lang, query) {
			group := foundGroup{v.T("visitor.found." + kind.Kind), kind.Kind, nil} // key: visitor.found.*
			for _, f := range kind.Things {
				s := v.quiet(f.Title)
				group.Found = append(group.Found, found{f.URL, s.Lang, pieces(s.Text, f.Marks), f.Small})
			}
			page.Things, others = append(page.Things, group), others+len(group.Found)
		}
	}
	if page.State = "found"; sessions+others == 0 {
		page.State = "none"
		return
	}
	if page.Told = v.N("visitor.found_n", sessions); others > 0 {
		page.Told += " " + v.N("visitor.found_others", others)
	}
}

// foundSession is a row that shows where the words stand.
func (v *view) foundSession(index *search.Index, query string, s *programme.Session) drawn {
	var e entry
	if slots := v.x.SlotsOf(s.ID); len(slots) > 0 {
		e = v.entry(s, &slots[0])
		e.Place = strings.TrimSuffix(v.ShortDay(slots[0].Start.In(v.x.Zone))+" · "+e.Place, " · ")
	} else {
		e = v.entry(s, nil)
	}
	e.Found = pieces(e.Title.Text, index.Mark(query, e.Title.Text))
	for _, t := range append([]i18n.Text{s.Lead, s.Body, s.Audience}, segmentTexts(s)...) {
		if e.Excerpt = excerpt(text.Plain(v.plain(t)), index, query); e.Excerpt != nil {
			break
		}
	}
	return draw("row", e)
}

func segmentTexts(s *programme.Session) (all []i18n.Text) {
	for _, g := range s.Segments {
		all = append(all, g.Title, g.Body)
	}
	return all
}

// pieces cuts s where marks begin and end.
func pieces(s string, marks []search.Range) (all []piece) {
	at := 0
	for _, m := range marks {
		if m.From > at {
			all = append(all, piece{Text: s[at:m.From]})
		}
		all = append(all, piece{s[m.From:m.To], true})
		at = m.To
	}
	if at < len(s) {
		all = append(all, piece{Text: s[at:]})
	}
	return all
}

// Bytes of an excerpt before its first find, and in all.
const (
	excerptBefore = 70
	excerptLength = 220
)

// excerpt is the part of s around the first find; nil where there is none.
func excerpt(s string, index *search.Index, query string) []piece {
	marks := index.Mark(query, s)
	if len(marks) == 0 {
		return nil
	}
	from := marks[0].From - excerptBefore
	if from <= 0 {
		from = 0
	} else if space := strings.IndexByte(s[from:], ' '); space >= 0 && from+space < marks[0].From {
		from += space + 1
	} else {
		from = marks[0].From
	}
	to := min(len(s), from+excerptLength)
	for to < len(s) && s[to] != ' ' {
		to++
	}
	var inside []search.Range
	for _, m := range marks {
		if m.From >= from && m.To <= to {
			inside = append(inside, search.Range{From: m.From - from, To: m.To - from})
		}
	}
	all := pieces(s[from:to], inside)
	if from > 0 {
		all = append([]piece{{Text: "… "}}, all...)
	}
	if to < len(s) {
		all = append(all, piece{Text: " …"})
	}
	return all
}

func (v *view) foundThing(index *search.Index, query, kind, slug string) (found, bool) {
	name, small, route, known := v.named(kind, slug)
	if !known {
		return found{}, false
	}
	s := v.quiet(name)
	return found{v.to(route, slug), s.Lang, pieces(s.Text, index.Mark(query, s.Text)), small}, true
}

// named finds a thing by its kind and address: its name, what stands beside it, and the route of its page.
func (v *view) named(kind, slug string) (name i18n.Text, small, route string, known bool) {
	switch kind {
	case publication.FoundPerson:
		if p := v.x.PersonAt(slug); p != nil {
			return i18n.Both(p.Name), joined(v.offices(p)), "person", true
		}
	case publication.FoundInstitution:
		if i := v.x.InstitutionAt(slug); i != nil {
			return i.Name, i.Short, "institution", true
		}
	case publication.FoundBlock:
		if b := v.x.BlockAt(slug); b != nil {
			return b.Name, "", "block", true
		}
	case publication.FoundStage:
		if g := v.x.StageAt(slug); g != nil {
			return g.Name, "", "stage", true
		}
	case publication.FoundPlace:
		if p := v.x.PlaceAt(slug); p != nil {
			return p.Name, v.plain(p.Building), "place", true
		}
	case publication.FoundPage:
		if p, ok := v.pageAt(slug); ok {
			return p.Title, "", "page", true
		}
	}
	return i18n.Text{}, "", "", false
}

func joined(all []said) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = s.Text
	}
	return strings.Join(words, ", ")
}
