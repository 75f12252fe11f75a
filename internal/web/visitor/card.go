package visitor

import (
	"html/template"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// cards are the pieces that are drawn once and placed on many pages.
var cards = template.Must(template.Must(template.New("cards").ParseFS(web.Templates(), "templates/parts.html")).
	ParseFS(templates, "templates/cards.html"))

// draw draws a piece. A fault in a template of ours leaves an empty place; the test that draws every card finds it.
func draw(name string, data any) drawn {
	piece, err := text.Draw(cards, name, data)
	if err != nil {
		return ""
	}
	return piece
}

// sign is the letter and the colour of a block.
type sign struct {
	Mark   string
	Colour int
	Block  string // its name, for whoever does not know the letter
	Word   string // "blok", read aloud
}

func (v *view) sign(block programme.BlockID) sign {
	b := v.x.Block(block)
	if b == nil {
		return sign{}
	}
	return sign{b.Mark, b.Colour, v.plain(b.Name), v.T("visitor.block")}
}

// entry is one session at one time, as lists and the timetable show it.
type entry struct {
	sign
	Slug, URL string
	Title     said
	Narrow    said // Title with places where a narrow column may divide a long word
	Placed    bool
	From, To  stamp
	Place     string
	Meta      string // format and the like, after the place
	Badges    []badge
	Cancelled bool
	Break     bool
	Star      string // label of the button; none on a break
	Parts     []part // in a slot of the timetable
	Found     []piece
	Excerpt   []piece
}

// part is a line of what happens within a session.
type part struct {
	At   stamp
	Text said
}

// piece is some words, marked or not.
type piece struct {
	Text   string
	Marked bool
}

// entry tells of a session; slot is its time and place, nil where it has none.
func (v *view) entry(s *programme.Session, slot *timetable.Slot) entry {
	e := entry{
		sign: v.sign(s.Block), Slug: s.Slug, URL: v.to("session", s.Slug), Title: v.say(s.Title),
		Cancelled: s.Status == programme.Cancelled, Break: s.Format == programme.Break,
	}
	e.Narrow = e.Title
	if e.Title.Lang == string(i18n.Polish) || e.Title.Lang == "" && v.Lang == i18n.Polish {
		e.Narrow.Text = text.Hyphenate(e.Title.Text)
	}
	if !e.Break {
		e.Star = v.T("visitor.star_for", e.Title.Text)
	}
	facts := s.Examples
	if slot != nil {
		e.Placed, e.From, e.To = true, v.stamp(slot.Start), v.stamp(slot.End)
		facts = append(append([]string(nil), facts...), slot.Examples...)
		if place := v.x.Place(slot.Place); place != nil {
			e.Place = v.plain(place.Name)
		}
	}
	e.Meta = v.meta(s)
	e.Badges = v.badges(s, facts)
	return e
}

// meta says in a few words what kind of session it is and for how many.
func (v *view) meta(s *programme.Session) string {
	var words []string
	if s.Format != programme.Break {
		words = append(words, capital(v.T(s.Format.Key())))
	}
	if s.Capacity > 0 {
		words = append(words, v.N("visitor.seats", s.Capacity))
	}
	if len(s.Languages) > 0 && (len(s.Languages) > 1 || s.Languages[0] != string(i18n.Polish)) {
		words = append(words, v.languages(s.Languages))
	}
	return text.Bind(strings.Join(words, " · "))
}

// languages names languages by their codes.
func (v *view) languages(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = v.T(programme.LanguageKey(code))
	}
	return strings.Join(names, ", ")
}

func (v *view) badges(s *programme.Session, facts []string) (all []badge) {
	if s.Status == programme.Cancelled {
		all = append(all, badge{"badge-cancelled", v.T(s.Status.Key()), v.plain(s.Reason)})
	}
	if s.Form != v.e.Form && s.Format != programme.Break {
		all = append(all, badge{"", v.T(s.Form.Key()), ""})
	}
	if len(s.Interpretation) > 0 {
		all = append(all, badge{"", v.T("visitor.interpreted"), v.languages(s.Interpretation)})
	}
	return append(all, v.example(facts)...)
}

// line is the row of a list for one session at one time, drawn once.
func (v *view) line(s *programme.Session, slot *timetable.Slot) drawn {
	return once(v, "row "+slotKey(s, slot), func() drawn { return draw("row", v.entry(s, slot)) })
}

// card is the inside of a slot in the timetable, drawn once.
func (v *view) card(s *programme.Session, slot *timetable.Slot) drawn {
	return once(v, "card "+slotKey(s, slot), func() drawn {
		e := v.entry(s, slot)
		e.Parts = v.outline(s, slot)
		return draw("slot", e)
	})
}

func slotKey(s *programme.Session, slot *timetable.Slot) string {
	if slot == nil {
		return string(s.ID)
	}
	return string(slot.ID)
}

const mostParts = 6 // of a session in the timetable

// outline is what happens within a session, in a few lines: its cycles, or its parts.
func (v *view) outline(s *programme.Session, slot *timetable.Slot) (lines []part) {
	cycle := 0
	for _, g := range s.Timed(slot.Start) {
		switch {
		case len(lines) == mostParts:
			return lines
		case g.Cycle > 0 && g.Cycle == cycle:
			continue
		case g.Cycle > 0:
			cycle = g.Cycle
			lines = append(lines, part{v.stamp(g.Start), said{Text: v.cycle(s, cycle)}})
		case len(s.OpenCycles()) > 0 || cycle > 0:
			continue // beside cycles the opening and the end are small
		default:
			lines = append(lines, part{v.stamp(g.Start), v.partName(g.Segment)})
		}
	}
	return lines
}

// cycle names a cycle by how many talks it has.
func (v *view) cycle(s *programme.Session, cycle int) string {
	talks := 0
	for _, g := range s.Segments {
		if g.Cycle == cycle && g.Kind == programme.Talk {
			talks++
		}
	}
	return text.Bind(v.N("visitor.cycle_talks", talks, cycle))
}

// partName is the title of a part, or what kind of part it is.
func (v *view) partName(g programme.Segment) said {
	if g.Title.IsZero() {
		return said{Text: capital(v.T(g.Kind.Key()))}
	}
	return v.say(g.Title)
}

// who is a person in a list.
type who struct {
	Name, URL string
	Role      string
	Office    []said
	Badges    []badge
}

// appearance tells of a person in a part of the programme. What was printed for that session goes before what
// the person says of himself.
func (v *view) appearance(a programme.Appearance) (who, bool) {
	p := v.x.Person(a.Person)
	if p == nil {
		return who{}, false
	}
	w := who{Name: text.Bind(p.Name), URL: v.to("person", p.Slug), Role: v.T(a.Role.Key()), Badges: v.example(whole[p.Example])}
	if !a.Affiliation.IsZero() {
		w.Office = []said{v.quiet(a.Affiliation)}
	} else {
		w.Office = v.offices(p)
	}
	return w, true
}

// offices says for whom a person worked when the edition began.
func (v *view) offices(p *people.Person) (all []said) {
	for _, a := range p.At(v.e.StartsOn) {
		if !a.Title.IsZero() {
			all = append(all, v.quiet(a.Title))
		}
		if i := v.x.Institution(a.Institution); i != nil {
			all = append(all, v.quiet(i.Name))
		}
	}
	return all
}

// whole are the facts that are made up of a person or an institution, by whether it was made up: all of them.
var whole = map[bool][]string{true: {"all"}}
