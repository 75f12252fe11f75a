package proceedings

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"obrady/internal/proceedings"
	"obrady/internal/text"
	"obrady/internal/web"
)

// allPage lists the volumes of an edition.
type allPage struct {
	head
	Volumes []volumeCard
}

// volumeCard is a volume in the list.
type volumeCard struct {
	proceedings.Published
	URL   string
	Count int
}

var allTemplate = parsePublic[allPage]("all.html")

func (v *view) showAll(w http.ResponseWriter, r *http.Request) error {
	page := allPage{head: v.headed(v.T("proceedings.page.title"))}
	page.Description = v.T("proceedings.page.lead")
	for _, p := range v.Shelf.Of(v.e.ID) {
		page.Volumes = append(page.Volumes, volumeCard{p, v.to("proceedings.volume", p.Slug), len(p.Document.Standing())})
	}
	return allTemplate.Show(w, r, page)
}

// volumePage is a volume: its title page and its contents.
type volumePage struct {
	head
	proceedings.Published
	Parts []part
	Files []web.Link
	ISBN  string
	At    string
}

// part is what was on stage together, or on one path.
type part struct {
	ID, Heading string
	URL         string // of the session
	When        string
	Entries     []entryLine
}

// entryLine is a contribution in the contents.
type entryLine struct {
	proceedings.Entry
	URL   string
	Names string
}

// Foreign is the language of the title where it is not that of the page.
func (l entryLine) Foreign(v web.View) string {
	if l.Language == v.Lang || l.Language == "" {
		return ""
	}
	return string(l.Language)
}

var volumeTemplate = parsePublic[volumePage]("volume.html")

func (v *view) showVolume(w http.ResponseWriter, r *http.Request) error {
	p, err := v.volume(r)
	if err != nil {
		return err
	}
	page := volumePage{
		head: v.headed(p.Document.In(v.Lang), web.Link{Label: v.T("proceedings.page.title"), URL: v.to("proceedings")}), Published: p,
		Parts: v.parts(p), At: v.Date(p.At.In(v.e.Location())),
	}
	page.Description = text.Excerpt(p.Document.In(v.Lang)+", "+v.e.Name.In(v.Lang).Text, 155)
	page.Files = []web.Link{
		{Label: v.T("proceedings.page.book"), URL: v.to("proceedings.book", p.Slug)},
		{Label: "BibTeX", URL: v.to("proceedings.bib", p.Slug)},
		{Label: "CSL-JSON", URL: v.to("proceedings.csl", p.Slug)},
	}
	return volumeTemplate.Show(w, r, page)
}

// parts divides a volume by session, and by path what was on no stage.
func (v *view) parts(p proceedings.Published) (all []part) {
	for _, e := range p.Document.Entries {
		one := v.partOf(e)
		if len(all) == 0 || all[len(all)-1].Heading != one.Heading || all[len(all)-1].When != one.When {
			one.ID = "part-" + strconv.Itoa(len(all)+1)
			all = append(all, one)
		}
		last := &all[len(all)-1]
		last.Entries = append(last.Entries, entryLine{e, v.to("proceedings.entry", p.Slug, e.Code), names(e)})
	}
	return all
}

func (v *view) partOf(e proceedings.Entry) part {
	switch {
	case e.Withdrawn:
		return part{Heading: v.T("proceedings.page.withdrawn")}
	case e.Session.Slug != "":
		return part{Heading: e.Session.Title.In(v.Lang).Text, URL: v.to("session", e.Session.Slug), When: v.when(e.Session.At)}
	case !e.Path.IsZero():
		return part{Heading: e.Path.In(v.Lang).Text}
	default:
		return part{Heading: v.T("proceedings.page.contributions")}
	}
}

func (v *view) when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(v.e.Location())
	return v.Day(at) + ", " + v.Hour(at)
}

func names(e proceedings.Entry) string {
	var all []string
	for _, a := range e.Authors {
		all = append(all, a.Name)
	}
	return strings.Join(all, ", ")
}

// entryPage is one contribution.
type entryPage struct {
	head
	One        proceedings.Entry
	Volume     string
	VolumeURL  string
	About      proceedings.About
	Cite       string
	When       string
	SessionURL string
	Example    bool
}

// Foreign is the language of the contribution where it is not that of the page.
func (p entryPage) Foreign(v web.View) string { return entryLine{Entry: p.One}.Foreign(v) }

// Paragraphs are those of the abstract.
func (p entryPage) Paragraphs() []string {
	var all []string
	for one := range strings.SplitSeq(strings.ReplaceAll(p.One.Abstract, "\r\n", "\n"), "\n") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

var entryTemplate = parsePublic[entryPage]("entry.html")

func (v *view) showEntry(w http.ResponseWriter, r *http.Request) error {
	p, err := v.volume(r)
	if err != nil {
		return err
	}
	e, err := p.Document.Find(r.PathValue("code"))
	if err != nil {
		return err
	}
	title, to := p.Document.In(v.Lang), v.to("proceedings.volume", p.Slug)
	page := entryPage{
		head: v.headed(e.Title, web.Link{Label: v.T("proceedings.page.title"), URL: v.to("proceedings")}, web.Link{Label: title, URL: to}),
		One:  e, Volume: title, VolumeURL: to, About: p.Document.About, Example: p.Document.Example,
	}
	foreign := e.Language != v.Lang
	if foreign { // what stands above the page cannot say in which language it is
		page.Crumbs[len(page.Crumbs)-1].Lang = string(e.Language)
		page.Title = text.Bind(e.Code + ", " + title)
	}
	if e.Withdrawn {
		return entryTemplate.Show(w, r, page)
	}
	if e.Session.Slug != "" {
		page.SessionURL, page.When = v.to("session", e.Session.Slug), v.when(e.Session.At)
	}
	book := v.book(p)
	page.Cite = book.Cite(e)
	if !foreign {
		page.Description = text.Excerpt(e.Abstract, 155)
	}
	page.Meta, page.Data = v.metaOf(p, e), article(book, e)
	return entryTemplate.Show(w, r, page)
}

// metaOf says what machines that collect citations ask for (Google Scholar, inclusion guidelines; the tags of Highwire Press).
func (v *view) metaOf(p proceedings.Published, e proceedings.Entry) (all []meta) {
	add := func(name, content string) {
		if content != "" {
			all = append(all, meta{"citation_" + name, content})
		}
	}
	about := p.Document.About
	add("title", e.Title)
	for _, a := range e.Authors {
		add("author", a.Name)
		add("author_institution", a.Affiliation)
		if a.ORCID != "" {
			add("author_orcid", "https://orcid.org/"+a.ORCID)
		}
	}
	add("publication_date", strconv.Itoa(about.Year))
	add("conference_title", v.e.Name.In(v.Lang).Text)
	add("inbook_title", p.Document.In(v.Lang))
	add("publisher", about.Publisher)
	add("isbn", about.ISBN)
	add("doi", e.DOI)
	first, last, _ := strings.Cut(strings.ReplaceAll(e.Pages, "–", "-"), "-")
	add("firstpage", first)
	add("lastpage", last)
	add("language", string(e.Language))
	add("keywords", strings.Join(e.Keywords, "; "))
	add("abstract_html_url", v.Site.Absolute(v.to("proceedings.entry", p.Slug, e.Code)))
	return all
}

// article is a contribution in the words of schema.org.
func article(b proceedings.Book, e proceedings.Entry) map[string]any {
	var authors []map[string]any
	for _, a := range e.Authors {
		one := map[string]any{"@type": "Person", "name": a.Name}
		if a.Affiliation != "" {
			one["affiliation"] = map[string]any{"@type": "Organization", "name": a.Affiliation}
		}
		if a.ORCID != "" {
			one["sameAs"] = "https://orcid.org/" + a.ORCID
		}
		authors = append(authors, one)
	}
	said := map[string]any{
		"@context": "https://schema.org", "@type": "ScholarlyArticle", "headline": e.Title, "author": authors, "abstract": e.Abstract,
		"datePublished": strconv.Itoa(b.About.Year), "inLanguage": string(e.Language), "url": b.Address(e),
		"isPartOf": map[string]any{"@type": "Book", "name": b.In(e.Language)},
	}
	for name, value := range map[string]string{"publisher": b.About.Publisher, "license": b.About.Licence, "keywords": strings.Join(e.Keywords, ", ")} {
		if value != "" {
			said[name] = value
		}
	}
	if e.DOI != "" {
		said["identifier"], said["sameAs"] = "doi:"+e.DOI, "https://doi.org/"+e.DOI
	}
	return said
}

// PartKey names the sentence that says what of a contribution was corrected.
func (p volumePage) PartKey(part string) string { return proceedings.PartKey(part) }
