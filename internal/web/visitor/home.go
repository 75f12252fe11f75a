package visitor

import (
	"net/http"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/registration"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// HomePage is the front page of an edition: the title page of its programme.
type HomePage struct {
	head
	Numeral  string
	Name     said // without the numeral
	Prefix   string
	When     string
	City     said
	Venue    said
	Motto    said
	Form     string
	About    passage
	Days     []dayOf
	Blocks   []blockOf
	Release  string
	Note     said
	News     []newsItem
	Credits  []credit
	Key      []fact
	Pages    []link
	Files    []link
	Editions []editionOf
	Over     bool
	TakePart string // address at which one registers; none when registration is over or there is none
	Example  string
	Sources  []link
}

// dayOf is a day on the front page.
type dayOf struct {
	URL, Number, Rest, Small string
}

// blockOf is a block in the table of contents, with the blocks inside it.
type blockOf struct {
	sign
	Name   said
	URL    string
	Lead   said
	Count  string
	Badges []badge
	Inner  []blockOf
}

// newsItem is one release among the latest changes.
type newsItem struct {
	At, Day, URL string
	Name         said
	Text         string // what it has changed
}

// credit lists who stands behind something in one role.
type credit struct {
	Role  string
	Links []link
}

// editionOf is one edition in the list of all.
type editionOf struct {
	Numeral string
	Name    said
	URL     string
	When    string
	Current bool
}

var homePage = web.Parse[HomePage](templates, "templates/home.html", append(fragments, "templates/contents.html")...)

func (v *view) showHome(w http.ResponseWriter, r *http.Request) error {
	page := v.home()
	page.Days, page.Blocks = v.daysOf(), v.contents("")
	page.News = v.news(3)
	page.Credits = v.credits(v.e.Credits)
	for _, p := range v.e.Pages {
		if p.Kind == edition.Information {
			page.Pages = append(page.Pages, v.link(p.Title, v.to("page", p.Slug)))
		}
	}
	page.Editions = v.editions(v.e.Slug)
	page.Over = v.stateAt(v.Now()) == "after"
	page.Files = v.files()
	if phase := v.e.Registration.Phase(v.Now()); phase == registration.Before || phase == registration.Open {
		page.TakePart = v.to("registration")
	}
	return homePage.Show(w, r, page)
}

// home is what the front page says of the edition itself.
func (v *view) home() HomePage {
	page := HomePage{
		head: v.headed(v.where(), v.describe(v.e.Motto, v.e.About)), Numeral: v.e.Roman(),
		When: v.dates(), City: v.quiet(v.e.City), Venue: v.quiet(v.e.Venue), Motto: v.say(v.e.Motto),
		Form: v.T(v.e.Form.Key()), About: v.tell(v.e.About), Sources: sources(v.e.Sources),
	}
	page.Name, page.Prefix = bare(v.say(v.e.Name), page.Numeral)
	page.Event = export.EditionEvent(v.x, v.forFiles())
	if v.e.Release.Number > 0 {
		page.Release = text.Bind(v.T("visitor.release_of", v.plain(v.e.Release.Name), v.Date(v.e.Release.PublishedAt.In(v.x.Zone))))
		page.Note = v.say(v.e.Release.Note)
	}
	if len(v.e.Examples) > 0 {
		page.Example = v.exampleHint(v.e.Examples)
	}
	page.Key = v.keyFacts()
	return page
}

// bare takes the numeral off a name, because it stands beside it in large letters.
func bare(name said, numeral string) (rest said, prefix string) {
	for _, space := range []string{" ", "\u00a0"} {
		if cut, found := strings.CutPrefix(name.Text, numeral+space); found && numeral != "" {
			name.Text = cut
			return name, numeral + " "
		}
	}
	return name, ""
}

// where says when and where in one line, for the title of the window.
func (v *view) where() string {
	if city := v.plain(v.e.City); city != "" {
		return city + ", " + v.dates()
	}
	return v.dates()
}

// keyFacts counts what there is, and says how many came.
func (v *view) keyFacts() (facts []fact) {
	add := func(key string, n int, route string) {
		if n > 0 {
			facts = append(facts, fact{Links: []link{{said: said{Text: text.Bind(v.N(key, n))}, URL: v.to(route)}}})
		}
	}
	add("visitor.sessions_n", v.count(func(*programme.Session) bool { return true }), "sessions")
	add("visitor.people_n", len(v.x.Persons), "persons")
	add("visitor.institutions_n", len(v.x.Institutions), "institutions")
	add("visitor.places_n", len(v.x.Places), "places")
	add("visitor.stages_n", len(v.x.Stages), "stages")
	if attended := v.plain(v.e.Attendance); attended != "" {
		facts = append(facts, fact{Text: text.Bind(capital(attended))})
	}
	return facts
}

// count is how many sessions there are of a sort, breaks left out.
func (v *view) count(of func(*programme.Session) bool) (n int) {
	for i := range v.x.Sessions {
		if s := &v.x.Sessions[i]; plan.Public(s) && s.Format != programme.Break && of(s) {
			n++
		}
	}
	return n
}

func (v *view) daysOf() (days []dayOf) {
	for _, day := range v.plan().Days() {
		at := day.In(v.x.Zone)
		days = append(days, dayOf{v.to("day", day), itoa(at.Day()), v.dayWithoutNumber(at), v.spanOf(day)})
	}
	return days
}

// dayWithoutNumber is the name of a day beside its large number: "czerwca, poniedziałek".
func (v *view) dayWithoutNumber(at time.Time) string {
	weekday := v.T("visitor.weekday." + strings.ToLower(at.Weekday().String()))
	month := strings.TrimSpace(strings.NewReplacer(itoa(at.Year()), "", itoa(at.Day())+" ", "").Replace(v.Date(at)))
	return month + ", " + weekday
}

// spanOf says how much there is on a day, and from when till when.
func (v *view) spanOf(day civil.Date) string {
	items := v.plan().On(day)
	if len(items) == 0 {
		return v.T("visitor.day_empty")
	}
	var end time.Time
	for _, it := range items {
		if it.Slot.End.After(end) {
			end = it.Slot.End
		}
	}
	return text.Bind(v.N("visitor.day_span", v.countOn(day), hour(items[0].Slot.Start.In(v.x.Zone)), hour(end.In(v.x.Zone))))
}

// contents is the table of blocks inside parent; the outermost ones when it is empty.
func (v *view) contents(parent programme.BlockID) (list []blockOf) {
	for i := range v.x.Blocks {
		b := &v.x.Blocks[i]
		if b.Parent != parent {
			continue
		}
		n := v.count(func(s *programme.Session) bool { return v.x.Within(s.Block, b.ID) })
		list = append(list, blockOf{
			sign: v.sign(b.ID), Name: v.say(b.Name), URL: v.to("block", b.Slug), Lead: v.quiet(b.Lead),
			Count: v.N("visitor.sessions_n", n), Badges: v.example(b.Examples), Inner: v.contents(b.ID),
		})
	}
	return list
}

// news lists the latest releases, at most n.
func (v *view) news(n int) (list []newsItem) {
	for _, release := range v.e.Releases[:min(n, len(v.e.Releases))] {
		at := release.PublishedAt.In(v.x.Zone)
		list = append(list, newsItem{
			At: string(civil.DateOf(at)), Day: text.Bind(v.Day(at)), URL: v.to("release", release.Number),
			Name: v.say(release.Name), Text: text.Bind(v.summary(release)),
		})
	}
	return list
}

// summary says in one line what a release has changed.
//
// key: visitor.changes.*
func (v *view) summary(release timetable.Release) string {
	counts := map[timetable.ChangeKind]int{}
	for _, c := range release.Changes {
		counts[c.Kind]++
	}
	var words []string
	for _, kind := range changeOrder {
		if counts[kind] > 0 {
			words = append(words, v.N("visitor.changes."+string(kind), counts[kind]))
		}
	}
	switch {
	case release.Number == 1 && len(words) == 0:
		return v.T("visitor.first_release")
	case len(words) == 0:
		return v.T("visitor.no_changes")
	}
	return strings.Join(words, ", ")
}

// credits lists who stands behind the edition or a block, by role.
func (v *view) credits(all []edition.Credit) (list []credit) {
	for _, role := range edition.CreditRoles {
		if links := v.creditLinks(all, role); len(links) > 0 {
			list = append(list, credit{v.T("visitor.credit." + string(role)), links}) // key: visitor.credit.*
		}
	}
	return list
}

// files leads to the programme for programs.
func (v *view) files() (links []link) {
	for _, f := range []struct{ key, name string }{
		{"visitor.file.ics", "calendar.ics"},
		{"visitor.file.xml", "schedule.xml"},
		{"visitor.file.json", "schedule.json"},
		{"visitor.file.csv", "programme.csv"},
		{"visitor.file.xlsx", "programme.xlsx"},
		{"visitor.file.atom", "changes.atom"},
	} {
		links = append(links, link{said: said{Text: v.T(f.key)}, URL: v.file(f.name)})
	}
	return links
}

// editions lists all editions, the latest first.
func (v *view) editions(current string) (list []editionOf) { return v.Pages.editions(v.Lang, current) }

func (p *Pages) editions(lang i18n.Lang, current string) (list []editionOf) {
	for _, e := range p.Desk.Current().Editions {
		v := p.view(e, lang)
		list = append(list, editionOf{
			Numeral: e.Roman(), Name: v.say(e.Name), URL: v.to("edition"), When: v.where(), Current: e.Slug == current,
		})
	}
	return list
}

// FrontPage is where the whole site begins: the edition that comes next or came last, and all the others.
type FrontPage struct {
	head
	Next     HomePage
	URL      string
	To       string // the programme
	Editions []editionOf
	Archive  string
}

var (
	frontPage   = web.Parse[FrontPage](templates, "templates/front.html", fragments...)
	archivePage = web.Parse[FrontPage](templates, "templates/archive.html", fragments...)
)

func (p *Pages) showFront(w http.ResponseWriter, r *http.Request) error {
	page := p.front(web.Lang(r))
	page.Title = p.Catalogue.In(web.Lang(r)).T("visitor.front")
	return frontPage.Show(w, r, page)
}

func (p *Pages) showArchive(w http.ResponseWriter, r *http.Request) error {
	page := p.front(web.Lang(r))
	page.Title = p.Catalogue.In(web.Lang(r)).T("visitor.archive")
	return archivePage.Show(w, r, page)
}

func (p *Pages) front(lang i18n.Lang) FrontPage {
	page := FrontPage{Editions: p.editions(lang, ""), Archive: p.address(lang, "archive")}
	if e := p.nearest(); e != nil {
		v := p.view(e, lang)
		page.Next, page.URL, page.To = v.home(), v.to("edition"), v.to("programme")
	}
	return page
}

// nearest is the edition that comes next, or came last and has a programme worth opening.
func (p *Pages) nearest() (best *publication.Edition) {
	now := p.Now()
	for _, e := range p.Desk.Current().Editions { // the latest first
		coming := !now.After(e.EndsOn.Add(1).In(e.Programme.Zone))
		switch {
		case best == nil, coming:
			best = e
		case len(e.Programme.Slots) > len(best.Programme.Slots) && now.After(best.EndsOn.In(best.Programme.Zone)):
			best = e
		}
	}
	return best
}
