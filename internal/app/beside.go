package app

import (
	"cmp"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/publication"
)

// beside is what search and the map of the site tell of an edition beside its programme: what the public reads of
// practices, stories and volumes, and nothing else.
type beside struct{ app *App }

// mostBeside is how many things of each kind a search shows.
const mostBeside = 40

// Find implements publication.Beside.
func (b beside) Find(of edition.ID, lang i18n.Lang, query string) (all []publication.Beneath) {
	e := b.edition(of)
	if e == nil {
		return nil
	}
	for _, found := range []publication.Beneath{
		{Kind: "contribution", Things: b.contributions(e, lang, query)},
		{Kind: practice.FoundPractice, Things: b.practices(e, lang, query)},
		{Kind: practice.FoundStory, Things: b.stories(e, lang, query)},
	} {
		if len(found.Things) > 0 {
			all = append(all, found)
		}
	}
	return all
}

func (b beside) contributions(e *publication.Edition, lang i18n.Lang, query string) (all []publication.Further) {
	for _, v := range b.app.volumes.Of(e.ID) {
		index := v.Search()
		for _, hit := range index.Find(query, mostBeside) {
			if one, err := v.Document.Find(hit.ID); err == nil {
				all = append(all, publication.Further{
					Title: in(one.Language, one.Title), Marks: index.Mark(query, one.Title),
					URL: b.to(lang, "proceedings.entry", e.Slug, v.Slug, one.Code), Small: v.Document.In(lang),
				})
			}
		}
	}
	return all
}

func (b beside) practices(e *publication.Edition, lang i18n.Lang, query string) (all []publication.Further) {
	c := b.app.shelf.Of(e.ID)
	index := c.Search(lang, practice.FoundPractice)
	for _, hit := range index.Find(query, mostBeside) {
		if p, err := c.Practice(hit.ID); err == nil {
			all = append(all, publication.Further{
				Title: p.Title, Marks: index.Mark(query, p.Title.In(lang).Text), URL: b.to(lang, "practice", e.Slug, p.Slug), Small: p.City.In(lang).Text,
			})
		}
	}
	return all
}

func (b beside) stories(e *publication.Edition, lang i18n.Lang, query string) (all []publication.Further) {
	c := b.app.shelf.Of(e.ID)
	index := c.Search(lang, practice.FoundStory)
	for _, hit := range index.Find(query, mostBeside) {
		if s, err := c.Story(hit.ID); err == nil {
			all = append(all, publication.Further{
				Title: s.Title, Marks: index.Mark(query, s.Title.In(lang).Text), URL: b.to(lang, "story", e.Slug, s.Slug),
			})
		}
	}
	return all
}

// Paths implements publication.Beside.
func (b beside) Paths(of edition.ID, lang i18n.Lang) (all []string) {
	e := b.edition(of)
	if e == nil {
		return nil
	}
	add := func(route string, args ...any) {
		all = append(all, b.to(lang, route, append([]any{e.Slug}, args...)...))
	}
	c := b.app.shelf.Of(of)
	if len(c.Practices) > 0 {
		add("practices")
	}
	for _, p := range c.Practices {
		add("practice", p.Slug)
	}
	if len(c.Stories) > 0 {
		add("stories")
	}
	for _, s := range c.Stories {
		add("story", s.Slug)
	}
	volumes := b.app.volumes.Of(of)
	if len(volumes) > 0 {
		add("proceedings")
	}
	for _, v := range volumes {
		add("proceedings.volume", v.Slug)
		for _, one := range v.Document.Standing() {
			add("proceedings.entry", v.Slug, one.Code)
		}
	}
	return all
}

func (b beside) edition(of edition.ID) *publication.Edition {
	for _, e := range b.app.Publication.Current().Editions {
		if e.ID == of {
			return e
		}
	}
	return nil
}

func (b beside) to(lang i18n.Lang, route string, args ...any) string {
	address, err := b.app.Site.URL(lang, route, args...)
	if err != nil {
		return ""
	}
	return address
}

// in is a text that was written in one language.
func in(lang i18n.Lang, words string) i18n.Text {
	if cmp.Or(lang, i18n.Polish) == i18n.English {
		return i18n.Text{EN: words}
	}
	return i18n.Text{PL: words}
}
