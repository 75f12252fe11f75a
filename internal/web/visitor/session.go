package visitor

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/export"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/web"
)

// SessionPage is everything about one session.
type SessionPage struct {
	head
	sign
	Slug      string
	Name      said
	BlockLink link
	Format    string
	Badges    []badge
	Times     []sessionTime
	Zone      string // where the reader's own clock may differ: of the congress
	Lead      said
	Body      passage
	Cancelled bool
	Reason    said
	Entry     string // how one gets in, as one sentence
	Signup    string // address of its sign-ups; empty where nobody signs up for it
	HasList   bool   // a waiting list
	Calendar  string
	Star      string
	Order     []phase
	People    []who
	Parts     []drawn
	ParentOf  link
	Materials []material
	Links     []material
	Facts     []fact
	Next      link // what comes after in the same place
	Before    link
	Example   string // what is made up, as a sentence
	Sources   []link
}

// sessionTime is when and where the session is given.
type sessionTime struct {
	Day      string
	From, To stamp
	Place    link
	Building said
	Online   bool
}

// phase is one part of the running order: a segment, or a cycle of them.
type phase struct {
	From, To stamp
	Title    said
	Kind     string
	People   []who
	Body     passage
	Minor    bool
	Cycle    []phase
}

// material is something to read or to watch.
type material struct {
	said
	URL, Kind string
}

// fact is a line of the summary beside the text.
type fact struct {
	Name  string
	Text  string
	Links []link
}

var sessionPage = web.Parse[SessionPage](templates, "templates/session.html", fragments...)

func (v *view) showSession(w http.ResponseWriter, r *http.Request) error {
	s := v.x.SessionAt(r.PathValue("session"))
	if !plan.Public(s) {
		return programme.ErrNoSession
	}
	page := SessionPage{sign: v.sign(s.Block), Slug: s.Slug, Name: v.say(s.Title)}
	page.head = v.headed(v.plain(s.Title), v.describe(s.Lead, s.Body), v.crumb("visitor.programme", "programme"))
	page.Event = export.SessionEvent(v.x, v.forFiles(), s)
	v.addBlock(&page, s)
	v.addTimes(&page, s)
	v.addTexts(&page, s)
	v.addSignup(&page, s)
	page.Order, page.People = v.runningOrder(s), v.peopleOf(s)
	v.addRelated(&page, s)
	page.Facts = v.facts(s)
	v.addNeighbours(&page, s)
	return sessionPage.Show(w, r, page)
}

func (v *view) addBlock(page *SessionPage, s *programme.Session) {
	page.Format = capital(v.T(s.Format.Key()))
	facts := s.Examples
	for _, slot := range v.x.SlotsOf(s.ID) {
		facts = append(slices.Clone(facts), slot.Examples...)
	}
	page.Badges = v.badges(s, facts)
	if len(facts) > 0 {
		page.Example = v.exampleHint(slices.Compact(slices.Sorted(slices.Values(facts))))
	}
	page.Sources = sources(s.Sources)
	b := v.x.Block(s.Block)
	if b == nil {
		return
	}
	page.BlockLink = v.link(b.Name, v.to("block", b.Slug))
	last := len(page.Crumbs) - 1
	page.Crumbs = slices.Insert(page.Crumbs, last, v.crumbTo(b.Name, page.BlockLink.URL))
	page.Crumbs[last+1].Lang = page.Name.Lang
}

func (v *view) addTimes(page *SessionPage, s *programme.Session) {
	for _, slot := range v.x.SlotsOf(s.ID) {
		t := sessionTime{Day: v.dayName(v.dayOf(slot)), From: v.stamp(slot.Start), To: v.stamp(slot.End), Online: s.Form != edition.OnSite}
		if place := v.x.Place(slot.Place); place != nil {
			t.Place, t.Building = v.link(place.Name, v.to("place", place.Slug)), v.quiet(place.Building)
		}
		page.Times = append(page.Times, t)
	}
	if s.Form != edition.OnSite {
		page.Zone = v.x.Zone.String()
	}
	page.Calendar = v.file("sessions/" + s.Slug + ".ics")
}

func (v *view) addTexts(page *SessionPage, s *programme.Session) {
	page.Lead, page.Body = v.say(s.Lead), v.tell(s.Body)
	page.Cancelled = s.Status == programme.Cancelled
	page.Reason = v.say(s.Reason)
	page.Entry = v.entrySentence(s)
	page.Star = v.T("visitor.star_for", page.Name.Text)
}

// entrySentence says how one gets in, in one or two sentences; nothing where nobody has said how.
func (v *view) entrySentence(s *programme.Session) string {
	if s.Entry == programme.EntryUnknown || s.Format == programme.Break {
		return ""
	}
	sentence := v.T("visitor.entry." + string(s.Entry)) // key: visitor.entry.*
	if s.Capacity > 0 {
		sentence += " " + v.N("visitor.capacity", s.Capacity)
	}
	return text.Bind(sentence)
}

// runningOrder is the session's parts with their hours. The talks of one cycle stand together.
func (v *view) runningOrder(s *programme.Session) (order []phase) {
	slots := v.x.SlotsOf(s.ID)
	var timed []programme.Timed
	if len(slots) > 0 {
		timed = s.Timed(slots[0].Start)
	} else {
		for _, g := range s.Segments {
			timed = append(timed, programme.Timed{Segment: g})
		}
	}
	cycle := 0
	for _, g := range timed {
		one := v.step(g)
		if g.Cycle == 0 {
			order, cycle = append(order, one), 0
			continue
		}
		if g.Cycle != cycle {
			cycle = g.Cycle
			order = append(order, phase{From: one.From, Title: said{Text: v.T("visitor.cycle", cycle)}, Kind: v.T("visitor.cycle_kind")})
		}
		last := &order[len(order)-1]
		last.Cycle, last.To = append(last.Cycle, one), one.To
	}
	return order
}

func (v *view) step(g programme.Timed) phase {
	one := phase{Title: v.partName(g.Segment), Body: v.tell(g.Body), Minor: g.Kind != programme.Talk}
	if !g.Start.IsZero() {
		one.From, one.To = v.stamp(g.Start), v.stamp(g.End)
	}
	if g.Kind != programme.Talk && !g.Title.IsZero() {
		one.Kind = v.T(g.Kind.Key())
	}
	if one.Minor {
		one.Kind = strings.TrimPrefix(one.Kind+", "+v.Minutes(g.Minutes), ", ")
	}
	for _, a := range g.People {
		if w, ok := v.appearance(a); ok {
			one.People = append(one.People, w)
		}
	}
	return one
}

// peopleOf lists who appears in the session as a whole, in the order of the roles. Who gives a talk stands at the
// talk.
func (v *view) peopleOf(s *programme.Session) (all []who) {
	for _, role := range programme.Roles {
		for _, a := range s.People {
			if a.Role != role {
				continue
			}
			if w, ok := v.appearance(a); ok {
				all = append(all, w)
			}
		}
	}
	return all
}

func (v *view) addRelated(page *SessionPage, s *programme.Session) {
	for _, id := range v.x.PartsOf(s.ID) {
		page.Parts = append(page.Parts, v.lines(id)...)
	}
	if parent := v.x.Session(s.Parent); plan.Public(parent) {
		page.ParentOf = v.link(parent.Title, v.to("session", parent.Slug))
	}
	for _, l := range s.Links {
		m := material{v.quiet(l.Title), l.URL, v.T(l.Kind.Key())}
		if m.Text == "" {
			m.Text = l.URL
		}
		if l.Kind == programme.Related {
			page.Links = append(page.Links, m)
		} else {
			page.Materials = append(page.Materials, m)
		}
	}
}

// lines is a session as rows of a list: one for each time it is given.
func (v *view) lines(id programme.SessionID) (rows []drawn) {
	s := v.x.Session(id)
	if !plan.Public(s) {
		return nil
	}
	slots := v.x.SlotsOf(id)
	if len(slots) == 0 {
		return []drawn{v.line(s, nil)}
	}
	for i := range slots {
		rows = append(rows, v.line(s, &slots[i]))
	}
	return rows
}

// forFiles is for whom files about the programme are made.
func (v *view) forFiles() export.Order {
	return export.Order{Words: v.Printer, Release: v.e.Release, Addresses: web.Addresses{Site: v.Site}}
}

// addNeighbours finds what comes before and after in the same place on the same day.
func (v *view) addNeighbours(page *SessionPage, s *programme.Session) {
	slots := v.x.SlotsOf(s.ID)
	if len(slots) == 0 {
		return
	}
	before, after := v.plan().Beside(slots[0])
	if before != nil {
		page.Before = v.link(before.Title, v.to("session", before.Slug))
	}
	if after != nil {
		page.Next = v.link(after.Title, v.to("session", after.Slug))
	}
}

// sources are the addresses from which the facts were taken, each called by its site.
func sources(addresses []string) (links []link) {
	for _, address := range addresses {
		name := address
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			name = strings.TrimPrefix(u.Host, "www.")
		}
		links = append(links, link{said: said{Text: name}, URL: address})
	}
	return links
}
