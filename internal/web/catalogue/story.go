package catalogue

import (
	"net/http"

	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/text"
	"obrady/internal/web"
)

// storiesPage lists the stories that may be read.
type storiesPage struct {
	head
	Query   string
	Stories []storyCard
	All     int
}

// storyCard is a story in a list.
type storyCard struct {
	*practice.Heard
	URL string
	Who string
}

var storiesTemplate = parsePublic[storiesPage]("stories.html")

func (v *view) showStories(w http.ResponseWriter, r *http.Request) error {
	page := storiesPage{head: v.headed(v.T("catalogue.stories")), Query: r.URL.Query().Get("q"), All: len(v.c.Stories)}
	page.Description, page.Feed = v.T("catalogue.stories_lead"), v.file("stories.atom")
	for _, s := range v.storiesFor(page.Query) {
		page.Stories = append(page.Stories, storyCard{s, v.to("story", s.Slug), v.whoTells(s)})
	}
	return storiesTemplate.Show(w, r, page)
}

func (v *view) storiesFor(query string) (found []*practice.Heard) {
	if query == "" {
		for i := range v.c.Stories {
			found = append(found, &v.c.Stories[i])
		}
		return found
	}
	for _, hit := range v.c.Search(v.Lang, practice.FoundStory).Find(query, mostHits) {
		if s, err := v.c.Story(hit.ID); err == nil {
			found = append(found, s)
		}
	}
	return found
}

// whoTells says as much of the teller as the story lets out.
func (v *view) whoTells(s *practice.Heard) string {
	who := s.Teller
	for _, t := range []i18n.Text{s.Owner, s.City} {
		if said := t.In(v.Lang).Text; said != "" {
			if who != "" {
				who += ", "
			}
			who += said
		}
	}
	if who == "" {
		return v.T("catalogue.story.anonymous")
	}
	return who
}

// storyPage is a story.
type storyPage struct {
	head
	*practice.Heard
	Who   string
	Only  string
	Parts []passage
	Terms []web.Link
}

var storyTemplate = parsePublic[storyPage]("story.html")

func (v *view) showStory(w http.ResponseWriter, r *http.Request) error {
	s, err := v.c.Story(r.PathValue("story"))
	if err != nil {
		return err
	}
	page := storyPage{
		head:  v.headed(s.Title.In(v.Lang).Text, web.Link{Label: v.T("catalogue.stories"), URL: v.to("stories")}),
		Heard: s, Who: v.whoTells(s), Only: v.only(s.Title, s.Wanted, s.Happened), Parts: v.parts(s.Tale),
	}
	page.Description, page.Feed = text.Excerpt(s.Advice.In(v.Lang).Text, 155), v.file("stories.atom")
	return storyTemplate.Show(w, r, page)
}

// parts are the texts of a story that say something, in their order.
func (v *view) parts(t practice.Tale) []passage {
	return v.passages(
		passage{"wanted", "", t.Wanted}, passage{"did", "", t.Did}, passage{"happened", "", t.Happened}, passage{"noticed", "", t.Noticed},
		passage{"conditions", "", t.Conditions}, passage{"cost", "", t.Cost}, passage{"changed", "", t.Changed}, passage{"rule", "", t.Rule},
	)
}
