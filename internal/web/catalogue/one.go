package catalogue

import (
	"net/http"
	"slices"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/practice"
	"obrady/internal/text"
	"obrady/internal/web"
)

// passage is one section with its heading.
type passage struct {
	ID, Heading string
	Text        i18n.Text
}

// fact is a line of what is told in short.
type fact struct {
	Name  string
	Text  string
	Links []web.Link
}

// adoption is one that both sides have confirmed.
type adoption struct {
	practice.Adoption
	Blocks []i18n.Text
	Since  string
}

// onePage is a practice.
type onePage struct {
	head
	*practice.Shown
	Due    bool
	Only   string // in which language it is told alone
	First  []passage
	Then   []passage
	Facts  []fact
	Taken  []adoption
	Shots  []shot
	Ask    string // address of the contact; empty when there is none
	Adopt  string // address of the form by which a city says that it has taken it over
	Period string
}

// shot is a picture.
type shot struct {
	practice.Picture
	URL string
}

var oneTemplate = parsePublic[onePage]("one.html")

func (v *view) showOne(w http.ResponseWriter, r *http.Request) error {
	p, err := v.c.Practice(r.PathValue("practice"))
	if err != nil {
		return err
	}
	return oneTemplate.Show(w, r, v.one(p))
}

func (v *view) one(p *practice.Shown) onePage {
	page := onePage{
		head:  v.headed(p.Title.In(v.Lang).Text, web.Link{Label: v.T("catalogue.practices"), URL: v.to("practices")}),
		Shown: p, Due: p.Due(v.Now()), Only: v.only(p.Title, p.Summary, p.Before, p.Done), Period: v.period(p.From, p.Until),
		Adopt: v.to("adoption.new", p.Slug),
	}
	page.Description = text.Excerpt(text.Plain(p.Summary.In(v.Lang).Text), 155)
	page.First = v.passages(passage{"before", "", p.Before}, passage{"done", "", p.Done})
	page.Then = v.passages(passage{"failed", "", p.Failed}, passage{"transfer", "", p.Transfer})
	page.Facts = v.facts(p)
	for _, a := range p.Adoptions {
		one := adoption{Adoption: a}
		if a.Since != "" {
			one.Since = v.T("catalogue.since", v.month(a.Since))
		}
		for _, b := range p.Blocks {
			if slices.Contains(a.Blocks, b.ID) {
				one.Blocks = append(one.Blocks, b.Name)
			}
		}
		page.Taken = append(page.Taken, one)
	}
	for _, one := range p.Pictures {
		page.Shots = append(page.Shots, shot{one, "/" + v.e.Slug + "/practice-pictures/" + one.ID})
	}
	if p.HasContact {
		page.Ask = v.to("practice.contact", p.Slug)
	}
	return page
}

// passages keeps those that say something, and names them.
// key: catalogue.section.*
func (v *view) passages(all ...passage) (told []passage) {
	for _, one := range all {
		if !one.Text.IsZero() {
			one.Heading = v.T("catalogue.section." + one.ID)
			told = append(told, one)
		}
	}
	return told
}

// only says in which language a text is told alone, where that is not the page's: a sentence, or nothing.
// key: catalogue.only.*
func (v *view) only(all ...i18n.Text) string {
	for _, t := range all {
		if said := t.In(v.Lang); said.Text != "" && said.Lang != v.Lang {
			return v.T("catalogue.only." + string(said.Lang))
		}
	}
	return ""
}

// period writes from when till when.
func (v *view) period(from, until string) string {
	if until == "" {
		return v.T("catalogue.since", v.month(from))
	}
	return v.month(from) + "–" + v.month(until)
}

// month writes 2019-05 as 05.2019, and a year as it is.
func (v *view) month(s string) string {
	year, month, has := strings.Cut(s, "-")
	if !has {
		return year
	}
	return month + "." + year
}

func (v *view) facts(p *practice.Shown) []fact {
	owner := web.Link{Label: text.Bind(p.Owner.In(v.Lang).Text)}
	if i := v.e.Programme.Institution(p.Register); p.Register != people.InstitutionID("") && i != nil {
		owner.URL = v.to("institution", i.Slug)
	}
	facts := []fact{
		{Name: v.T("catalogue.fact.city"), Text: p.City.In(v.Lang).Text},
		{Name: v.T("catalogue.fact.region"), Text: v.T(p.Region.Key())},
		{Name: v.T("catalogue.fact.size"), Text: v.T(p.Size.Key())},
		{Name: v.T("catalogue.fact.owner"), Links: []web.Link{owner}},
		{Name: v.T("catalogue.fact.period"), Text: v.period(p.From, p.Until)},
		{Name: v.T("catalogue.fact.stage"), Text: v.T(p.Stage.Key())},
		v.termsFact(p, edition.Goal, byGoal, v.T("catalogue.filter.goal")), v.termsFact(p, edition.Theme, byTheme, v.T("catalogue.filter.theme")),
		v.termsFact(p, edition.PracticePath, byThread, v.T("catalogue.filter.thread")),
		{Name: v.T("catalogue.fact.published"), Text: v.Date(p.PublishedAt.In(v.e.Location()))},
		{Name: v.T("catalogue.fact.check"), Text: v.Date(p.CheckAt.In(v.e.Location()))},
		{Name: v.T("catalogue.fact.licence"), Text: p.Licence},
	}
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Text == "" && len(f.Links) == 0 })
}

func (v *view) termsFact(p *practice.Shown, kind edition.TaxonomyKind, by parameter, name string) fact {
	f := fact{Name: name}
	for _, t := range v.terms(kind) {
		if slices.Contains(p.Terms, t.ID) {
			f.Links = append(f.Links, web.Link{Label: text.Bind(t.Name.In(v.Lang).Text), URL: v.to("practices") + "?" + by.in(v.Lang) + "=" + t.Slug})
		}
	}
	return f
}
