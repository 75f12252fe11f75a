package catalogue

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/rights"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/web"
)

func (p *Pages) fileRoutes() []web.Route {
	row := func(name, path string, handle func(*view, http.ResponseWriter, *http.Request) error) web.Route {
		return web.Route{
			Name: name, Path: "/{edition}/" + path, Action: string(rights.ReadProgramme), Public: true, CORS: true, Query: []string{"lang"},
			Generation: p.generation, Handle: p.spoken(handle),
		}
	}
	return []web.Route{
		row("practices.json", "practices.json", (*view).practicesJSON),
		row("practices.csv", "practices.csv", (*view).practicesCSV),
		row("practices.atom", "practices.atom", (*view).practicesAtom),
		row("stories.json", "stories.json", (*view).storiesJSON),
		row("stories.atom", "stories.atom", (*view).storiesAtom),
		{
			Name: "practice.picture", Path: "/{edition}/practice-pictures/{picture}", Action: string(rights.ReadProgramme), Public: true,
			Generation: p.generation, Handle: p.inside((*view).showPicture),
		},
	}
}

// spoken is inside for files, whose language is a parameter; Polish without one.
func (p *Pages) spoken(file func(*view, http.ResponseWriter, *http.Request) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v, err := p.look(r)
		if err != nil {
			return err
		}
		lang := i18n.Polish
		if r.URL.Query().Get("lang") == string(i18n.English) {
			lang = i18n.English
		}
		v.Printer = p.Words.In(lang)
		return file(v, w, r)
	}
}

// The form of practices.json. Fields are only ever added.
type (
	fileOfPractices struct {
		Format    string         `json:"format"` // "obrady practices 1"
		Edition   string         `json:"edition"`
		Practices []practiceItem `json:"practices"`
	}
	practiceItem struct {
		URL         string    `json:"url"`
		Slug        string    `json:"slug"`
		Release     int       `json:"release"`
		PublishedAt time.Time `json:"published_at"`
		CheckAt     time.Time `json:"check_at"`
		practice.Content
		Goals     []string            `json:"goals"` // slugs
		Themes    []string            `json:"themes"`
		Threads   []string            `json:"threads"`
		Adoptions []practice.Takeover `json:"adoptions"`
		// What only this database understands is left out.
		Terms    *struct{} `json:"terms,omitempty"`
		Register *struct{} `json:"register,omitempty"`
	}
	fileOfStories struct {
		Format  string      `json:"format"` // "obrady stories 1"
		Edition string      `json:"edition"`
		Stories []storyItem `json:"stories"`
	}
	storyItem struct {
		URL         string    `json:"url"`
		Slug        string    `json:"slug"`
		PublishedAt time.Time `json:"published_at"`
		practice.Telling
		Terms *struct{} `json:"terms,omitempty"`
	}
)

func (v *view) practicesJSON(w http.ResponseWriter, _ *http.Request) error {
	file := fileOfPractices{Format: "obrady practices 1", Edition: v.e.Slug, Practices: []practiceItem{}}
	for i := range v.c.Practices {
		p := &v.c.Practices[i]
		item := practiceItem{
			URL: v.Site.Absolute(v.to("practice", p.Slug)), Slug: p.Slug, Release: p.Number, PublishedAt: p.PublishedAt, CheckAt: p.CheckAt,
			Content: p.Content, Goals: dimensions[0].values(v, p), Themes: dimensions[1].values(v, p), Threads: dimensions[2].values(v, p),
		}
		for _, a := range p.Adoptions {
			item.Adoptions = append(item.Adoptions, a.Takeover)
		}
		file.Practices = append(file.Practices, item)
	}
	return answerJSON(w, file)
}

func (v *view) storiesJSON(w http.ResponseWriter, _ *http.Request) error {
	file := fileOfStories{Format: "obrady stories 1", Edition: v.e.Slug, Stories: []storyItem{}}
	for _, s := range v.c.Stories {
		file.Stories = append(file.Stories, storyItem{URL: v.Site.Absolute(v.to("story", s.Slug)), Slug: s.Slug, PublishedAt: s.At, Telling: s.Telling})
	}
	return answerJSON(w, file)
}

func answerJSON(w http.ResponseWriter, file any) error {
	written, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return fmt.Errorf("write a file of the catalogue: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(written) // who has hung up misses nothing
	return nil
}

// practicesCSV is the catalogue as a table, one row for each practice, in the language asked for.
// key: catalogue.column.*
func (v *view) practicesCSV(w http.ResponseWriter, _ *http.Request) error {
	columns := []string{
		"title", "city", "region", "size", "owner", "period", "stage", "goals", "themes", "threads", "summary", "before", "done", "blocks", "resources",
		"partners", "results", "failed", "transfer", "adoptions", "licence", "published", "check", "url",
	}
	sheet := table.Sheet{Name: v.T("catalogue.practices")}
	for _, c := range columns {
		sheet.Header = append(sheet.Header, v.T("catalogue.column."+c))
	}
	for i := range v.c.Practices {
		sheet.Add(v.cells(&v.c.Practices[i])...)
	}
	var out bytes.Buffer
	if err := table.WriteCSV(&out, sheet); err != nil {
		return fmt.Errorf("write the table of practices: %w", err)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+v.e.Slug+`-practices.csv"`)
	_, _ = out.WriteTo(w)
	return nil
}

func (v *view) cells(p *practice.Shown) []string {
	plain := func(t i18n.Text) string { return text.Plain(t.In(v.Lang).Text) }
	names := func(d dimension) string {
		var all []string
		for _, value := range d.values(v, p) {
			all = append(all, d.name(v, value))
		}
		return strings.Join(all, "; ")
	}
	var blocks, partners, results, taken []string
	for _, b := range p.Blocks {
		blocks = append(blocks, plain(b.Name))
	}
	for _, one := range p.Partners {
		partners = append(partners, plain(one.Name)+": "+plain(one.Gave))
	}
	for _, one := range p.Results {
		results = append(results, fmt.Sprintf("%s: %s → %s (%s)", plain(one.Indicator), plain(one.Before), plain(one.After), plain(one.Source)))
	}
	for _, a := range p.Adoptions {
		taken = append(taken, a.City+": "+v.T(a.Outcome.Key()))
	}
	join := func(all []string) string { return strings.Join(all, "; ") }
	return []string{
		plain(p.Title), plain(p.City), v.T(p.Region.Key()), v.T(p.Size.Key()), plain(p.Owner), v.period(p.From, p.Until), v.T(p.Stage.Key()),
		names(dimensions[0]), names(dimensions[1]), names(dimensions[2]), plain(p.Summary), plain(p.Before), plain(p.Done), join(blocks),
		plain(p.Resources), join(partners), join(results), plain(p.Failed), plain(p.Transfer), join(taken), p.Licence,
		p.PublishedAt.In(v.e.Location()).Format(time.DateOnly), p.CheckAt.In(v.e.Location()).Format(time.DateOnly),
		v.Site.Absolute(v.to("practice", p.Slug)),
	}
}

// The elements of Atom (RFC 4287) that these feeds have.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Link    atomLink `xml:"link"`
		Summary string   `xml:"summary"`
	}
)

func (v *view) practicesAtom(w http.ResponseWriter, _ *http.Request) error {
	var entries []atomEntry
	for _, p := range v.c.Practices {
		address := v.Site.Absolute(v.to("practice", p.Slug))
		entries = append(entries, atomEntry{
			"urn:uuid:" + string(p.ID), p.Title.In(v.Lang).Text, p.PublishedAt.UTC().Format(time.RFC3339),
			atomLink{"alternate", address},
			text.Plain(p.Summary.In(v.Lang).Text),
		})
	}
	return v.atom(w, "practices", entries)
}

func (v *view) storiesAtom(w http.ResponseWriter, _ *http.Request) error {
	var entries []atomEntry
	for _, s := range v.c.Stories {
		address := v.Site.Absolute(v.to("story", s.Slug))
		entries = append(entries, atomEntry{
			address, s.Title.In(v.Lang).Text, s.At.UTC().Format(time.RFC3339), atomLink{"alternate", address}, text.Plain(s.Advice.In(v.Lang).Text),
		})
	}
	return v.atom(w, "stories", entries)
}

// atom writes the feed of what the route called what lists, the latest first.
// key: catalogue.practices
// key: catalogue.stories
func (v *view) atom(w http.ResponseWriter, what string, entries []atomEntry) error {
	slices.SortStableFunc(entries, func(a, b atomEntry) int { return strings.Compare(b.Updated, a.Updated) })
	self := v.Site.Absolute(v.file(what + ".atom"))
	feed := atomFeed{
		Lang: string(v.Lang), ID: self, Title: v.T("catalogue."+what) + " – " + v.e.Name.In(v.Lang).Text, Updated: v.e.UpdatedAt.UTC().Format(time.RFC3339),
		Author: v.e.Name.In(v.Lang).Text, Links: []atomLink{{"self", self}, {"alternate", v.Site.Absolute(v.to(what))}}, Entries: entries,
	}
	if len(entries) > 0 {
		feed.Updated = entries[0].Updated
	}
	written, err := xml.Marshal(feed)
	if err != nil {
		return fmt.Errorf("write the feed of %s: %w", what, err)
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(append([]byte(xml.Header), written...))
	return nil
}

// showPicture answers with a picture of a published practice.
func (v *view) showPicture(w http.ResponseWriter, r *http.Request) error {
	if _, err := v.c.Picture(r.PathValue("picture")); err != nil {
		return err
	}
	one, err := v.Keeper.Image(r.Context(), r.PathValue("picture"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", one.Type)
	_, _ = w.Write(one.Bytes)
	return nil
}
