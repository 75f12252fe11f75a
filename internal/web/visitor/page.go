package visitor

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/text"
	"obrady/internal/web"
)

// TextPage is one of the edition's own pages, in its latest wording or an earlier one.
type TextPage struct {
	head
	Name     said
	Kind     string
	Body     passage
	At, Day  string
	Old      bool // this is not the latest wording
	Latest   string
	Versions []link
}

var textPage = web.Parse[TextPage](templates, "templates/page.html", fragments...)

func (v *view) pageAt(slug string) (edition.Page, bool) {
	for _, p := range v.e.Pages {
		if p.Slug == slug {
			return p, true
		}
	}
	return edition.Page{}, false
}

func (v *view) showPage(w http.ResponseWriter, r *http.Request) error {
	latest, known := v.pageAt(r.PathValue("page"))
	if !known {
		return edition.ErrNoPage
	}
	wordings, err := v.Wordings.PageVersions(r.Context(), latest.ID)
	if err != nil {
		return fmt.Errorf("wordings of page %s: %w", latest.Slug, err)
	}
	shown := latest
	if asked := versionOf.value(r.URL.Query()); asked != "" {
		if shown, known = wording(wordings, asked); !known {
			return edition.ErrNoPage
		}
	}
	page := TextPage{
		head: v.headed(v.plain(shown.Title), v.describe(shown.Body)), Name: v.say(shown.Title), Body: v.tell(shown.Body),
		Kind: v.T(shown.Kind.Key()), Old: shown.Revision != latest.Revision, Latest: v.to("page", latest.Slug),
	}
	page.At, page.Day = v.stampOf(shown)
	for _, one := range wordings {
		if one.Revision != shown.Revision {
			_, day := v.stampOf(one)
			page.Versions = append(page.Versions, link{said: said{Text: day}, URL: versionOf.with(v.Lang, r.URL, itoa(one.Revision))})
		}
	}
	return textPage.Show(w, r, page)
}

func (v *view) stampOf(p edition.Page) (at, day string) {
	local := p.UpdatedAt.In(v.x.Zone)
	return v.stamp(local).At, text.Bind(v.Date(local))
}

func wording(all []edition.Page, asked string) (edition.Page, bool) {
	revision, err := strconv.Atoi(asked)
	for _, p := range all {
		if err == nil && p.Revision == revision {
			return p, true
		}
	}
	return edition.Page{}, false
}

// errNoLogo is told to whoever asks for a picture that is not there.
var errNoLogo = errs.New(errs.NotFound, "edition.no_logo")

// showLogo answers the picture of a mark.
func (p *Pages) showLogo(w http.ResponseWriter, r *http.Request) error {
	e, err := p.Desk.Edition(r.PathValue("edition"))
	if err != nil {
		return err
	}
	mediaType, image, found := e.Picture(r.PathValue("logo"))
	if !found {
		return errNoLogo
	}
	w.Header().Set("Content-Type", mediaType)
	_, _ = w.Write(image) //nolint:gosec // a picture that was checked when it was taken in, under its own type; who has hung up misses nothing
	return nil
}

// siteMap is the format of sitemaps.org.
type siteMap struct {
	XMLName xml.Name  `xml:"urlset"`
	Space   string    `xml:"xmlns,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	At      string `xml:"loc"`
	Changed string `xml:"lastmod,omitempty"`
}

// showSitemap lists all pages in both languages for search engines. A site that does not know its own address has
// nothing to list.
func (p *Pages) showSitemap(w http.ResponseWriter, _ *http.Request) error {
	if p.Site.Absolute("") == "" {
		return web.ErrNoPage
	}
	all := siteMap{Space: "http://www.sitemaps.org/schemas/sitemap/0.9"}
	for _, e := range p.Desk.Current().Editions {
		changed := ""
		if e.Release.Number > 0 {
			changed = e.Release.PublishedAt.UTC().Format("2006-01-02")
		}
		for _, lang := range i18n.Langs {
			for _, path := range p.view(e, lang).paths() {
				all.URLs = append(all.URLs, siteURL{p.Site.Absolute(path), changed})
			}
		}
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = w.Write([]byte(xml.Header))
	if err := xml.NewEncoder(w).Encode(all); err != nil {
		return fmt.Errorf("write the map of the site: %w", err)
	}
	return nil
}

// paths are the addresses of the edition's pages, but for views of the same things.
func (v *view) paths() []string {
	list := []string{v.to("edition"), v.to("sessions"), v.to("blocks"), v.to("persons"), v.to("institutions"), v.to("changes")}
	for _, day := range v.plan().Days() {
		list = append(list, v.to("day", day))
	}
	for i := range v.x.Sessions {
		list = append(list, v.to("session", v.x.Sessions[i].Slug))
	}
	for i := range v.x.Blocks {
		list = append(list, v.to("block", v.x.Blocks[i].Slug))
	}
	for i := range v.x.Stages {
		list = append(list, v.to("stage", v.x.Stages[i].Slug))
	}
	for i := range v.x.Persons {
		list = append(list, v.to("person", v.x.Persons[i].Slug))
	}
	for _, page := range v.e.Pages {
		list = append(list, v.to("page", page.Slug))
	}
	if v.Beside == nil {
		return list
	}
	return append(list, v.Beside.Paths(v.e.ID, v.Lang)...)
}
