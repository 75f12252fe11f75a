package visitor

import (
	"slices"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// blocksOf are the session's block and all that it lies in: who chooses the conference gets its blocks too.
func blocksOf(x *timetable.Index, s *programme.Session, _ *timetable.Slot) (list []string) {
	for b := x.Block(s.Block); b != nil && !slices.Contains(list, b.Slug); b = x.Block(b.Parent) {
		list = append(list, b.Slug)
	}
	return list
}

func stagesOf(x *timetable.Index, s *programme.Session, _ *timetable.Slot) []string {
	if g := x.Stage(s.Stage); g != nil {
		return []string{g.Slug}
	}
	return nil
}

func termsOf(kind edition.TaxonomyKind) func(*timetable.Index, *programme.Session, *timetable.Slot) []string {
	return func(x *timetable.Index, s *programme.Session, _ *timetable.Slot) (list []string) {
		for _, id := range s.Terms {
			if term, of := x.Term(id); term != nil && of.Kind == kind {
				list = append(list, term.Slug)
			}
		}
		return list
	}
}

func formatOf(_ *timetable.Index, s *programme.Session, _ *timetable.Slot) []string {
	return []string{text.Slug(string(s.Format))}
}

func languagesOf(_ *timetable.Index, s *programme.Session, _ *timetable.Slot) []string {
	return s.Languages
}

func placesOf(x *timetable.Index, _ *programme.Session, slot *timetable.Slot) []string {
	if slot == nil {
		return nil
	}
	if p := x.Place(slot.Place); p != nil {
		return []string{p.Slug}
	}
	return nil
}

// formOf is how one takes part: on site, online, or both ways.
func formOf(_ *timetable.Index, s *programme.Session, _ *timetable.Slot) []string {
	return []string{text.Slug(string(s.Form))}
}

func (v *view) blockChoice(slug string) (choice, bool) {
	b := v.x.BlockAt(slug)
	if b == nil {
		return choice{}, false
	}
	return choice{link: link{said: v.short(b.Name)}, Mark: b.Mark}, true
}

// short is a name cut for a row of links.
func (v *view) short(t i18n.Text) said {
	s := v.quiet(t)
	s.Text = text.Excerpt(s.Text, longestChoice)
	return s
}

const longestChoice = 44 // characters

func (v *view) stageChoice(slug string) (choice, bool) {
	s := v.x.StageAt(slug)
	if s == nil {
		return choice{}, false
	}
	return choice{link: link{said: v.short(s.Name)}}, true
}

func (v *view) placeChoice(slug string) (choice, bool) {
	p := v.x.PlaceAt(slug)
	if p == nil {
		return choice{}, false
	}
	return choice{link: link{said: v.short(p.Name)}}, true
}

func (v *view) goalChoice(slug string) (choice, bool)  { return v.termChoice(edition.Goal, slug) }
func (v *view) themeChoice(slug string) (choice, bool) { return v.termChoice(edition.Theme, slug) }

func (v *view) termChoice(kind edition.TaxonomyKind, slug string) (choice, bool) {
	term, _ := v.termAt(kind, slug)
	if term == nil {
		return choice{}, false
	}
	return choice{link: link{said: v.short(term.Name)}}, true
}

func (v *view) formatChoice(slug string) (choice, bool) {
	for _, f := range programme.Formats {
		if text.Slug(string(f)) == slug {
			return choice{link: link{said: said{Text: v.T(f.Key())}}}, true
		}
	}
	return choice{}, false
}

func (v *view) formChoice(slug string) (choice, bool) {
	for _, f := range edition.Forms {
		if text.Slug(string(f)) == slug {
			return choice{link: link{said: said{Text: v.T(f.Key())}}}, true
		}
	}
	return choice{}, false
}

func (v *view) languageChoice(code string) (choice, bool) {
	return choice{link: link{said: said{Text: v.T(programme.LanguageKey(code))}}}, slices.Contains(programme.Languages, code)
}

// termAt finds a term by the kind of its taxonomy and its address.
func (v *view) termAt(kind edition.TaxonomyKind, slug string) (*edition.Term, *edition.Taxonomy) {
	for i := range v.x.Taxonomies {
		t := &v.x.Taxonomies[i]
		for j := range t.Terms {
			if t.Kind == kind && t.Terms[j].Slug == slug {
				return &t.Terms[j], t
			}
		}
	}
	return nil, nil
}
