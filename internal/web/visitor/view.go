package visitor

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/publication"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// drawn is a piece of a page that package text has made safe.
type drawn = template.HTML //nolint:forbidigo // made by package text and by nobody else

// view is one edition as it is told in one language.
type view struct {
	*Pages
	i18n.Printer
	e *publication.Edition
	x *timetable.Index // of e's latest release
}

func (p *Pages) view(e *publication.Edition, lang i18n.Lang) *view {
	return &view{p, p.Catalogue.In(lang), e, e.Programme}
}

// of is the same reader in front of another edition.
func (v *view) of(e *publication.Edition) *view { return v.view(e, v.Lang) }

// to is the address of a page of this edition. A route that is not there, which the test of all links would
// find, leads nowhere.
func (v *view) to(route string, args ...any) string {
	return v.at(route, append([]any{v.e.Slug}, args...)...)
}

func (p *Pages) address(lang i18n.Lang, route string, args ...any) string {
	address, err := p.Site.URL(lang, route, args...)
	if err != nil {
		return ""
	}
	return address
}

// at is the address of any page.
func (v *view) at(route string, args ...any) string { return v.address(v.Lang, route, args...) }

// file is the address of one of the edition's files for machines.
func (v *view) file(name string) string { return "/" + v.e.Slug + "/" + name }

// once makes a thing for this edition and language once, and keeps it until either changes.
func once[T any](v *view, key string, make func() T) T {
	return v.e.Keep(string(v.Lang)+" "+key, func() any { return make() }).(T) //nolint:forcetypeassert // one key, one type
}

// said is a text as the reader gets it.
type said struct {
	Text string
	Lang string // of the text, where it is not the page's
	Note string // said beside it: that it is in the other language, or made by a machine
}

// say reads t to the reader.
func (v *view) say(t i18n.Text) said {
	reading := t.In(v.Lang)
	s := said{Text: text.Bind(reading.Text)}
	switch {
	case reading.Text == "":
	case reading.Lang != v.Lang:
		s.Lang, s.Note = string(reading.Lang), v.T("visitor.only."+string(reading.Lang)) // key: visitor.only.*
	case reading.State == i18n.Machine:
		s.Note = v.T("web.machine")
	}
	return s
}

// quiet is say without the note, for names that many lists repeat.
func (v *view) quiet(t i18n.Text) said {
	s := v.say(t)
	s.Note = ""
	return s
}

// plain is t without anything, for titles of pages and attributes.
func (v *view) plain(t i18n.Text) string { return text.Bind(t.In(v.Lang).Text) }

// passage is running text.
type passage struct {
	HTML drawn
	Lang string
	Note string
}

// tell formats t, which is Markdown.
func (v *view) tell(t i18n.Text) passage {
	s := v.say(t)
	if s.Text == "" {
		return passage{}
	}
	return passage{text.HTML(s.Text), s.Lang, s.Note}
}

// describe is the beginning of t on one line, for search engines and lists of links.
func (v *view) describe(all ...i18n.Text) string {
	for _, t := range all {
		if s := text.Excerpt(text.Plain(v.plain(t)), descriptionLength); s != "" {
			return s
		}
	}
	return ""
}

const descriptionLength = 155 // characters that search engines show

// link is a place to go, named in a language of its own.
type link struct {
	said
	URL     string
	Current bool
}

func (v *view) link(t i18n.Text, address string) link { return link{said: v.quiet(t), URL: address} }

// stamp is one moment, for the time element.
type stamp struct{ At, Hour string }

func (v *view) stamp(t time.Time) stamp {
	local := t.In(v.x.Zone)
	return stamp{local.Format(time.RFC3339), hour(local)}
}

// hour writes a time of day as programmes do, without a zero in front: 9:05.
func hour(t time.Time) string { return strings.TrimPrefix(t.Format("15:04"), "0") }

// hours writes from when till when.
func (v *view) hours(from, to time.Time) string {
	return hour(from.In(v.x.Zone)) + "–" + hour(to.In(v.x.Zone))
}

// dayName writes a day in full.
func (v *view) dayName(day civil.Date) string { return text.Bind(v.Day(day.In(v.x.Zone))) }

// dayOf is the day of the congress to which a slot belongs.
func (v *view) dayOf(slot timetable.Slot) civil.Date { return timetable.DayOf(slot.Start, v.x.Zone) }

// plan is the edition's programme in order.
func (v *view) plan() *plan.Plan {
	return v.e.Keep("plan", func() any { return plan.Of(v.x) }).(*plan.Plan) //nolint:forcetypeassert // one key, one type
}

// dates writes when the edition takes place.
func (v *view) dates() string {
	return text.Bind(v.Dates(v.e.StartsOn.In(v.x.Zone), v.e.EndsOn.In(v.x.Zone)))
}

// head is what every page has; a page embeds it.
type head struct {
	Title       string // of the window
	Description string
	Crumbs      []web.Link
	Event       any    // for search engines; see package export
	Feed        string // address of the feed of changes
	Class       string // of the body
	Wide        bool
}

// headed begins a page. The crumbs lead from the edition to the page itself.
func (v *view) headed(title, description string, crumbs ...web.Link) head {
	h := head{Title: text.Bind(title), Description: description, Feed: v.file("changes.atom")}
	if len(crumbs) > 0 {
		h.Crumbs = append(crumbs, web.Link{Label: h.Title})
	}
	return h
}

// crumb is one step of the way to a page.
func (v *view) crumb(key, route string) web.Link {
	return web.Link{Label: v.T(key), URL: v.to(route)}
}

// crumbTo is a step whose name is a text of the congress.
func (v *view) crumbTo(t i18n.Text, address string) web.Link {
	s := v.say(t)
	return web.Link{Label: s.Text, URL: address, Lang: s.Lang}
}

// badge is a word in a frame. Hint says it at length.
type badge struct{ Class, Text, Hint string }

// example is the badge of a thing of which some facts are made up for the demonstration.
func (v *view) example(facts []string) []badge {
	if len(facts) == 0 {
		return nil
	}
	return []badge{{"badge-example", v.T("visitor.example"), v.exampleHint(facts)}}
}

// exampleHint says which facts are made up.
func (v *view) exampleHint(facts []string) string {
	if slices.Contains(facts, "all") {
		return v.T("visitor.example_all")
	}
	var names []string
	for _, fact := range facts {
		if key := programme.FactKey(fact); v.Catalogue.Has(key) {
			names = append(names, v.T(key))
		}
	}
	if len(names) == 0 {
		return v.T("visitor.example_some")
	}
	return v.T("visitor.example_facts", strings.Join(names, ", "))
}

func itoa(n int) string { return fmt.Sprint(n) }
