package visitor

import (
	"net/http"
	"net/url"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// ListPage is all sessions, sifted.
type ListPage struct {
	head
	Days    filter
	Filters filters
	Groups  []group
	At, Of  int // page
}

var listPage = web.Parse[ListPage](templates, "templates/list.html", fragments...)

const rowsOnPage = 150

func (v *view) showSessions(w http.ResponseWriter, r *http.Request) error {
	chosen := sieveOf(r.URL.Query())
	day := byDay.value(r.URL.Query())
	all := v.plan().All()
	if _, err := civil.ParseDate(day); err == nil {
		all = v.plan().On(civil.Date(day))
	}
	page := ListPage{
		head:    v.headed(v.T("visitor.all_sessions"), "", v.crumb("visitor.programme", "programme")),
		Days:    v.dayFilter(r.URL, day),
		Filters: v.filters(r.URL, chosen, all),
	}
	page.Filters.First = append([]filter{page.Days}, page.Filters.First...)
	items := plan.WithoutBreaks(chosen.Sift(all))
	page.Of = max(1, (len(items)+rowsOnPage-1)/rowsOnPage)
	page.At = min(web.PageOf(r.URL.Query().Get("page")), page.Of)
	from := (page.At - 1) * rowsOnPage
	page.Groups = v.byDays(items[from:min(len(items), from+rowsOnPage)])
	return listPage.Show(w, r, page)
}

// dayFilter offers the days of the edition.
func (v *view) dayFilter(at *url.URL, day string) filter {
	f := filter{Name: v.T("visitor.filter.day"), Active: day != ""}
	f.Choices = append(f.Choices, choice{link: link{said{Text: v.T("visitor.filter.all")}, byDay.with(v.Lang, at, ""), day == ""}, Count: len(plan.WithoutBreaks(v.plan().All()))})
	for _, d := range v.plan().Days() {
		f.Choices = append(f.Choices, choice{link: link{said{Text: v.ShortDay(d.In(v.x.Zone))}, byDay.with(v.Lang, at, string(d)), string(d) == day}, Count: v.countOn(d)})
	}
	return f
}

// ThingPage is a block, a stage, a place, an institution or a term: what it is, and its sessions.
type ThingPage struct {
	head
	sign
	Kicker   string
	Name     said
	Lead     said
	Body     passage
	Notice   passage
	Legal    passage    // what the partner's funders and the law want said
	Marks    []web.Mark // of the partner
	Badges   []badge
	Credits  []credit
	Facts    []fact
	Inner    []blockOf
	Branches []branch
	Groups   []group
	Calendar string
	Filtered link // the programme with nothing but this
	Example  string
	Sources  []link
}

var thingPage = web.Parse[ThingPage](templates, "templates/thing.html", append(fragments, "templates/contents.html")...)

// BlocksPage is the table of contents.
type BlocksPage struct {
	head
	Lead   string
	Blocks []blockOf
}

var blocksPage = web.Parse[BlocksPage](templates, "templates/blocks.html", append(fragments, "templates/contents.html")...)

func (v *view) showBlocks(w http.ResponseWriter, r *http.Request) error {
	page := BlocksPage{v.headed(v.T("visitor.blocks"), v.T("visitor.blocks_lead")), v.T("visitor.blocks_lead"), v.contents("")}
	return blocksPage.Show(w, r, page)
}

func (v *view) showBlock(w http.ResponseWriter, r *http.Request) error {
	b := v.x.BlockAt(r.PathValue("block"))
	if b == nil {
		return programme.ErrNoBlock
	}
	page := v.thing(b.Name, b.Lead, v.crumb("visitor.blocks", "blocks"))
	if parent := v.x.Block(b.Parent); parent != nil {
		page.between(v.crumbTo(parent.Name, v.to("block", parent.Slug)))
	}
	page.sign, page.Kicker = v.sign(b.ID), capital(v.T(b.Kind.Key()))
	page.Body, page.Notice = v.tell(b.Body), v.tell(b.Notice)
	page.examples(v, b.Examples)
	page.Sources = sources(b.Sources)
	page.Credits, page.Inner = v.credits(b.Credits), v.contents(b.ID)
	page.Calendar = v.file("blocks/" + b.Slug + ".ics")
	page.Facts = v.webFact(b.URL)
	page.brand(v, v.e.BrandOfBlock(b.ID))
	page.Filtered = v.filteredBy(byBlock, b.Slug)
	page.Groups = v.byDays(v.plan().Where(func(it plan.Item) bool { return v.x.Within(it.Session.Block, b.ID) }))
	return thingPage.Show(w, r, page)
}

func (v *view) showStage(w http.ResponseWriter, r *http.Request) error {
	g := v.x.StageAt(r.PathValue("stage"))
	if g == nil {
		return programme.ErrNoStage
	}
	page := v.thing(g.Name, g.Lead, v.crumb("visitor.stages", "stages"))
	page.sign = sign{g.Mark, g.Colour, v.plain(g.Name), v.T("visitor.stage")}
	page.Kicker = v.T("visitor.stage")
	page.examples(v, g.Examples)
	page.Credits = v.credits(g.Credits)
	page.Facts = v.webFact(g.URL)
	page.brand(v, v.e.BrandOfStage(g))
	page.Calendar = v.file("stages/" + g.Slug + ".ics")
	page.Filtered = v.filteredBy(byStage, g.Slug)
	page.Groups = v.byDays(v.plan().Where(func(it plan.Item) bool { return it.Session.Stage == g.ID }))
	return thingPage.Show(w, r, page)
}

func (v *view) showPlace(w http.ResponseWriter, r *http.Request) error {
	p := v.x.PlaceAt(r.PathValue("place"))
	if p == nil {
		return timetable.ErrNoPlace
	}
	page := v.thing(p.Name, p.Building, v.crumb("visitor.places", "places"))
	page.Kicker = capital(v.T(p.Kind.Key()))
	page.examples(v, p.Examples)
	if p.Capacity > 0 {
		page.Facts = append(page.Facts, fact{Name: v.T("visitor.fact_capacity"), Text: v.N("visitor.seats", p.Capacity)})
	}
	if access := v.access(p.Access); access != "" {
		page.Facts = append(page.Facts, fact{Name: v.T("visitor.fact_access"), Text: access})
	}
	page.Facts = append(page.Facts, v.sheetFact(p)...)
	page.Filtered = v.filteredBy(byPlace, p.Slug)
	page.Groups = v.byDays(v.plan().Where(func(it plan.Item) bool { return it.Slot != nil && it.Slot.Place == p.ID }))
	return thingPage.Show(w, r, page)
}

// sheetFact leads to what hangs on the door.
func (v *view) sheetFact(p *timetable.Place) []fact {
	f := fact{Name: v.T("visitor.fact_sheet")}
	for _, day := range v.plan().Days() {
		for _, slot := range v.x.SlotsOn(day) {
			if slot.Place == p.ID {
				f.Links = append(f.Links, link{said: said{Text: v.Date(day.In(v.x.Zone))}, URL: v.to("print", day, p.Slug)})
				break
			}
		}
	}
	if len(f.Links) == 0 {
		return nil
	}
	return []fact{f}
}

// thing begins the page of something that has sessions.
func (v *view) thing(name, lead i18n.Text, above web.Link) ThingPage {
	page := ThingPage{head: v.headed(v.plain(name), v.describe(lead), above), Name: v.say(name), Lead: v.say(lead)}
	page.Crumbs[len(page.Crumbs)-1].Lang = page.Name.Lang
	return page
}

// between adds a step before the last of the way.
func (p *ThingPage) between(step web.Link) {
	last := len(p.Crumbs) - 1
	p.Crumbs = append(p.Crumbs[:last:last], step, p.Crumbs[last])
}

func (p *ThingPage) examples(v *view, facts []string) {
	p.Badges = v.example(facts)
	if len(facts) > 0 {
		p.Example = v.exampleHint(facts)
	}
}

// brand shows the page as the partner wants it shown; none where nobody but the host runs it.
func (p *ThingPage) brand(v *view, b *partner.Brand) {
	if b == nil {
		return
	}
	p.Legal = v.tell(b.Legal)
	if len(p.Facts) == 0 {
		p.Facts = v.webFact(b.URL)
	}
	for _, m := range b.Marks {
		mark := web.Mark{Name: v.plain(m.Name), URL: m.URL}
		if m.MediaType != "" {
			mark.Image = v.to("logo", m.ID)
		}
		p.Marks = append(p.Marks, mark)
	}
}

// webFact leads to somebody's own site.
func (v *view) webFact(address string) []fact {
	if address == "" {
		return nil
	}
	return []fact{{Name: v.T("visitor.fact_web"), Links: sources([]string{address})}}
}

func (v *view) filteredBy(p parameter, slug string) link {
	at := &url.URL{Path: v.to("programme")}
	return link{said: said{Text: v.T("visitor.in_timetable")}, URL: p.with(v.Lang, at, slug)}
}

// ThingsPage is a list of stages, places or terms.
type ThingsPage struct {
	head
	Lead   string
	Groups []thingGroup
}

type thingGroup struct {
	Heading, ID string
	Things      []thingOf
}

type thingOf struct {
	link
	Small  string
	Lead   said
	Badges []badge
}

var thingsPage = web.Parse[ThingsPage](templates, "templates/things.html", fragments...)

func (v *view) showStages(w http.ResponseWriter, r *http.Request) error {
	page := ThingsPage{head: v.headed(v.T("visitor.stages"), v.T("visitor.stages_lead")), Lead: v.T("visitor.stages_lead")}
	var all thingGroup
	for i := range v.x.Stages {
		g := &v.x.Stages[i]
		n := v.count(func(s *programme.Session) bool { return s.Stage == g.ID })
		all.Things = append(all.Things, thingOf{v.link(g.Name, v.to("stage", g.Slug)), v.N("visitor.sessions_n", n), v.quiet(g.Lead), v.example(g.Examples)})
	}
	page.Groups = []thingGroup{all}
	return thingsPage.Show(w, r, page)
}

func (v *view) showPlaces(w http.ResponseWriter, r *http.Request) error {
	page := ThingsPage{head: v.headed(v.T("visitor.places"), v.T("visitor.places_lead")), Lead: v.T("visitor.places_lead")}
	var all thingGroup
	for i := range v.x.Places {
		p := &v.x.Places[i]
		small := capital(v.T(p.Kind.Key()))
		if p.Capacity > 0 {
			small += ", " + v.N("visitor.seats", p.Capacity)
		}
		all.Things = append(all.Things, thingOf{v.link(p.Name, v.to("place", p.Slug)), small, v.quiet(p.Building), v.example(p.Examples)})
	}
	page.Groups = []thingGroup{all}
	return thingsPage.Show(w, r, page)
}

func (v *view) showTopics(w http.ResponseWriter, r *http.Request) error {
	page := ThingsPage{head: v.headed(v.T("visitor.topics"), v.T("visitor.topics_lead")), Lead: v.T("visitor.topics_lead")}
	for i := range v.x.Taxonomies {
		t := &v.x.Taxonomies[i]
		g := thingGroup{Heading: v.plain(t.Name), ID: kindSlugs[t.Kind]}
		for _, term := range t.Current() {
			n := v.count(func(s *programme.Session) bool { return has(s, term.ID) })
			g.Things = append(g.Things, thingOf{link: v.link(term.Name, v.to("topic", kindSlugs[t.Kind], term.Slug)), Small: v.N("visitor.sessions_n", n), Lead: v.quiet(term.Description)})
		}
		page.Groups = append(page.Groups, g)
	}
	return thingsPage.Show(w, r, page)
}

// kindSlugs are the taxonomies in addresses.
var kindSlugs = map[edition.TaxonomyKind]string{
	edition.Goal: "cele", edition.Theme: "obszary", edition.KaleidoscopePath: "sciezki", edition.PracticePath: "watki",
}
