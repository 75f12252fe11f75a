// Package plan puts what the congress has published in order for somebody who
// has to choose: by day, by person, by place; sifted by what he cares about;
// and a whole day laid out on one sheet.
package plan

import (
	"slices"

	"obrady/internal/civil"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Item is one session at one time, or one that has no hours yet. A session
// that is given twice is two items.
type Item struct {
	Session *programme.Session
	Slot    *timetable.Slot // nil without hours

	values *[dimensions][]string // shared by all copies of the item
}

// IsBreak says that nobody chooses this item: it is there for all.
func (it Item) IsBreak() bool { return it.Session.Format == programme.Break }

// Plan is the programme in order. Nobody changes it once it is made.
type Plan struct {
	x        *timetable.Index
	items    []Item
	byDay    map[civil.Date][]Item
	byPerson map[people.PersonID][]Item
	queues   map[timetable.PlaceID][]timetable.Slot
	values   [dimensions][]string
}

// Of makes the plan of a release. Drafts, should one have slipped in, stay out.
func Of(x *timetable.Index) *Plan {
	p := &Plan{
		x: x, byDay: map[civil.Date][]Item{}, byPerson: map[people.PersonID][]Item{},
		queues: map[timetable.PlaceID][]timetable.Slot{},
	}
	for _, day := range x.Days() {
		for _, slot := range x.SlotsOn(day) {
			p.add(day, x.Session(slot.Session), &slot)
		}
	}
	for _, s := range x.Unplaced() {
		p.add("", s, nil)
	}
	p.collect()
	return p
}

func (p *Plan) add(day civil.Date, s *programme.Session, slot *timetable.Slot) {
	if !Public(s) {
		return
	}
	it := Item{Session: s, Slot: slot, values: valuesOf(p.x, s, slot)}
	p.items = append(p.items, it)
	p.byDay[day] = append(p.byDay[day], it)
	for _, person := range s.Everybody() {
		p.byPerson[person] = append(p.byPerson[person], it)
	}
	if slot != nil && slot.Place != "" && !it.IsBreak() {
		p.queues[slot.Place] = append(p.queues[slot.Place], *slot)
	}
}

// Public says whether the public may know of s; there is no such session when it is nil.
func Public(s *programme.Session) bool { return s != nil && s.Status != programme.Draft }

// All lists everything by time; what has no hours comes last.
func (p *Plan) All() []Item { return p.items }

// On lists what happens on a day of the congress; of no day "", what has no hours.
func (p *Plan) On(day civil.Date) []Item { return p.byDay[day] }

// With lists the items in which a person appears.
func (p *Plan) With(person people.PersonID) []Item { return p.byPerson[person] }

// Where lists the items that fit, breaks left out.
func (p *Plan) Where(fit func(Item) bool) (list []Item) {
	for _, it := range p.items {
		if !it.IsBreak() && fit(it) {
			list = append(list, it)
		}
	}
	return list
}

// Days lists the days on which something happens; the edition's own days where nothing has hours yet.
func (p *Plan) Days() []civil.Date {
	days := slices.DeleteFunc(p.x.Days(), func(d civil.Date) bool { return len(p.byDay[d]) == 0 })
	if len(days) == 0 {
		return p.x.Edition.Days()
	}
	return days
}

// Beside are the sessions before and after a slot in the same place on the same day; nil where there is none.
func (p *Plan) Beside(slot timetable.Slot) (before, after *programme.Session) {
	queue := p.queues[slot.Place]
	at := slices.IndexFunc(queue, func(one timetable.Slot) bool { return one.ID == slot.ID })
	if at < 0 {
		return nil, nil
	}
	day := timetable.DayOf(slot.Start, p.x.Zone)
	of := func(i int) *programme.Session {
		if i < 0 || i >= len(queue) || timetable.DayOf(queue[i].Start, p.x.Zone) != day {
			return nil
		}
		return p.x.Session(queue[i].Session)
	}
	return of(at - 1), of(at + 1)
}

// WithoutBreaks lists the items that somebody can choose.
func WithoutBreaks(items []Item) (rest []Item) {
	for _, it := range items {
		if !it.IsBreak() {
			rest = append(rest, it)
		}
	}
	return rest
}
