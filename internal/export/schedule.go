package export

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// Generator names the program in the files it writes.
var Generator = schedule.Generator{Name: "Obrady", Version: "1"}

// dayStart is the hour before which the night belongs to the day before; it
// is the one by which timetable.DayOf counts.
const dayStart = 4 * time.Hour

// Schedule turns a programme into what conference apps read: one event for
// each slot, and one for each talk and discussion of a kaleidoscope, so that
// nobody has to search for a talk of six minutes in a block of two hours.
//
// Apps know no cancelled sessions, so those are left out here; calendars keep
// them. A room never holds two events at once: what runs beside another one
// gets a room of its own with a number, "Hall (2)".
func Schedule(x *timetable.Index, o Order) *schedule.Schedule {
	b := builder{Index: x, Order: o, rooms: roomNames(x, o), ids: map[int]bool{}, names: map[string]string{}}
	for i := range x.Persons {
		b.names[guidOfPerson(&x.Persons[i])] = x.Persons[i].Name
	}
	for _, n := range x.Numbers {
		b.ids[n] = true
	}
	e := x.Edition
	s := &schedule.Schedule{
		Version: cmp.Or(o.Release.Name.PL, "0"), URL: o.file(x, "schedule.xml"), Generator: Generator,
		FallbackTrack: o.in(e.Name),
		Conference: schedule.Conference{
			Acronym: Acronym(e.Slug), Title: o.in(e.Name), Start: string(e.StartsOn), End: string(e.EndsOn),
			TimeZone: e.TimeZone, Timeslot: 5 * time.Minute, Venue: o.in(e.Venue), City: o.in(e.City),
		},
	}
	if o.Addresses != nil {
		s.Conference.URL = o.Addresses.Edition(o.Words.Lang, e.Slug)
		s.Conference.BaseURL = o.Addresses.Home()
	}
	for _, block := range x.Blocks {
		s.Conference.Tracks = append(s.Conference.Tracks, schedule.Track{Name: o.in(block.Name), Slug: block.Slug})
	}
	byDay := b.placed()
	days := e.Days()
	for day := range byDay {
		days = append(days, day)
	}
	slices.Sort(days)
	for i, day := range slices.Compact(days) {
		s.Days = append(s.Days, b.day(i+1, day, byDay[day]))
	}
	s.Conference.DayCount = len(s.Days)
	return s
}

// builder makes events; ids are the numbers that are taken.
type builder struct {
	*timetable.Index
	Order
	rooms map[timetable.PlaceID]string
	ids   map[int]bool
	names map[string]string // of persons, by guid
}

// placed is an event with the place where it happens and the day under which
// it is listed.
type placed struct {
	event    schedule.Event
	place    timetable.PlaceID
	roomGUID string
}

// placed makes every event, by the day it belongs to.
func (b *builder) placed() map[civil.Date][]placed {
	days := map[civil.Date][]placed{}
	for _, slot := range b.Slots {
		s := b.Session(slot.Session)
		if !public(s) || s.Status == programme.Cancelled {
			continue
		}
		if talks := b.talks(slot, s); len(talks) > 0 {
			day := timetable.DayOf(slot.Start, b.Zone)
			days[day] = append(days[day], talks...)
			continue
		}
		one := placed{event: b.event(slot, s), place: slot.Place}
		day := timetable.DayOf(slot.Start, b.Zone)
		if was, came := originOf(s); came && one.event.GUID == s.GUID {
			b.restore(&one, s, was)
			if was.Day != "" && one.event.Start.Equal(was.Event.Start) {
				day = civil.Date(was.Day)
			}
		}
		days[day] = append(days[day], one)
	}
	return days
}

// event makes the event of one slot from what the house knows.
func (b *builder) event(slot timetable.Slot, s *programme.Session) schedule.Event {
	guid := guidOf(b.Index, slot, s)
	e := schedule.Event{
		ID: b.number(timetable.NumberOf(slot.ID, ""), guid), GUID: guid,
		Title: b.in(s.Title), Track: b.track(s), Type: b.Words.T(s.Format.Key()),
		Language: language(s), Abstract: b.in(s.Lead), Description: text.Plain(b.in(s.Body)),
		Start: slot.Start, Duration: slot.Length().Round(time.Minute), Room: b.room(slot, s),
		RecordingOptout: s.Recording == programme.NotRecorded,
		Persons:         b.persons(s.Everybody()), URL: b.session(b.Index, s),
	}
	b.addLinks(&e, s.Links)
	return e
}

// talks makes an event of each talk and discussion of a kaleidoscope, none
// for other sessions.
func (b *builder) talks(slot timetable.Slot, s *programme.Session) []placed {
	hasTalk := slices.ContainsFunc(s.Segments, func(g programme.Segment) bool { return g.Kind == programme.Talk })
	if s.Format != programme.Kaleidoscope || !hasTalk {
		return nil
	}
	var all []placed
	for _, g := range s.Timed(slot.Start) {
		if g.Kind == programme.Pause {
			continue
		}
		e := b.event(slot, s)
		e.GUID = talkGUID(slot, g.Segment)
		e.ID = b.number(timetable.NumberOf(slot.ID, g.ID), e.GUID)
		e.Start, e.Duration = g.Start, g.End.Sub(g.Start)
		e.Title, e.Subtitle = cmp.Or(b.in(g.Title), b.Words.T(g.Kind.Key())), b.in(s.Title)
		e.Abstract, e.Description = text.Plain(b.in(g.Body)), ""
		e.Persons, e.Links, e.Attachments, e.VideoURL = b.persons(everybody(g.People)), nil, nil, ""
		all = append(all, placed{event: e, place: slot.Place})
	}
	return all
}

// talkGUID is the name of a part of a slot in files.
func talkGUID(slot timetable.Slot, g programme.Segment) string {
	return id.Derived(string(slot.ID), "segment:"+string(g.ID))
}

func everybody(all []programme.Appearance) []people.PersonID {
	return programme.Session{People: all}.Everybody()
}

// number returns the integer of an object. What has no number of its own, as
// the discussions of a kaleidoscope or a programme that is not yet released,
// gets one from its guid, above all that the house counts up to.
func (b *builder) number(object, guid string) int {
	if n := b.Numbers[object]; n > 0 {
		return n
	}
	const first, span = 1_000_000_000, 1_147_000_000
	for n := first + hashed(guid)%span; ; n++ {
		if !b.ids[n] {
			b.ids[n] = true
			return n
		}
	}
}

func hashed(s string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(s))) // a hash never fails
	return int(h.Sum32())
}

func (b *builder) track(s *programme.Session) string {
	if block := b.Block(s.Block); block != nil {
		return b.in(block.Name)
	}
	return ""
}

func language(s *programme.Session) string {
	if len(s.Languages) > 0 {
		return s.Languages[0]
	}
	return ""
}

// room names the place of a slot; a session that has none is where its stage
// is, or at the congress.
func (b *builder) room(slot timetable.Slot, s *programme.Session) string {
	if name := b.rooms[slot.Place]; name != "" {
		return name
	}
	if stage := b.Stage(s.Stage); stage != nil {
		return b.in(stage.Name)
	}
	return b.Words.T("export.no_place")
}

// roomNames gives each place a name that no other has.
func roomNames(x *timetable.Index, o Order) map[timetable.PlaceID]string {
	found, taken := map[timetable.PlaceID]string{}, map[string]bool{}
	for _, p := range x.Places {
		name := o.in(p.Name)
		if taken[name] {
			name = o.placeName(x, p.ID)
		}
		if taken[name] {
			name += " [" + p.Slug + "]"
		}
		found[p.ID], taken[name] = name, true
	}
	return found
}

func (b *builder) persons(all []people.PersonID) []schedule.Person {
	var found []schedule.Person
	for _, one := range all {
		if p := b.Person(one); p != nil {
			guid := guidOfPerson(p)
			// Some apps want a number; it follows from the guid and so stays.
			found = append(found, schedule.Person{ID: 1 + hashed(guid)&0x3fffffff, GUID: guid, Name: p.Name})
		}
	}
	return found
}

func (b *builder) addLinks(e *schedule.Event, links []programme.Link) {
	for _, l := range links {
		link := schedule.Link{Title: cmp.Or(b.in(l.Title), l.URL), URL: l.URL}
		switch l.Kind {
		case programme.Material:
			e.Attachments = append(e.Attachments, link)
		case programme.Video:
			e.VideoURL = l.URL
		default:
			e.Links = append(e.Links, link)
		}
	}
}

// restore writes back what the file said of the event wherever nobody has
// changed it here since.
func (b *builder) restore(p *placed, s *programme.Session, was origin) {
	e, raw, read := &p.event, was.Event, readingOf(was.Event)
	now := readingOfSession(b.Index, s)
	back := raw
	back.ID, back.GUID, back.Start, back.Duration, back.Room = e.ID, e.GUID, e.Start, e.Duration, e.Room
	if now.title != read.title {
		back.Title, back.Subtitle = e.Title, ""
	}
	if now.lead != read.lead || now.body != read.body {
		back.Abstract, back.Description = e.Abstract, e.Description
	}
	if now.format != read.format {
		back.Type = e.Type
	}
	if !slices.Equal(now.languages, read.languages) {
		back.Language = e.Language
	}
	if now.recording != read.recording {
		back.RecordingOptout = e.RecordingOptout
	}
	if !slices.Equal(now.links, read.links) {
		back.Links, back.Attachments, back.VideoURL = e.Links, e.Attachments, e.VideoURL
	}
	if e.Track != was.Block {
		back.Track = e.Track
	}
	if e.Duration == read.length {
		back.Duration = raw.Duration
	}
	if e.Room == oneLine(raw.Room, maxName) {
		back.Room, p.roomGUID = raw.Room, was.RoomGUID
	}
	back.Persons = b.restorePersons(e.Persons, was)
	if slices.Equal(now.persons, read.persons) { // nobody came or went
		back.Persons = b.renamed(slices.Clone(raw.Persons), was)
	}
	*e = back
}

// restorePersons gives those who stand in the file what it said of them.
func (b *builder) restorePersons(now []schedule.Person, was origin) []schedule.Person {
	list := slices.Clone(now)
	for i, p := range list {
		for _, raw := range was.Event.Persons {
			if strings.EqualFold(raw.GUID, p.GUID) {
				list[i] = raw
			}
		}
	}
	return b.renamed(list, was)
}

// renamed writes the name that a person has been given here since the import.
func (b *builder) renamed(list []schedule.Person, was origin) []schedule.Person {
	for i, p := range list {
		guid := strings.ToLower(p.GUID)
		if name := b.names[guid]; name != "" && name != was.Known[guid] {
			list[i].Name = name
		}
	}
	return list
}

// readingOfSession says what a session is now in the terms of a file.
func readingOfSession(x *timetable.Index, s *programme.Session) reading {
	r := reading{
		title: s.Title, lead: s.Lead, body: s.Body, format: s.Format, languages: s.Languages,
		recording: s.Recording, links: s.Links,
	}
	for _, a := range s.People {
		if p := x.Person(a.Person); p != nil {
			r.persons = append(r.persons, guidOfPerson(p))
		}
	}
	return r
}

// day puts the events of one day into rooms. A day ends in the night; where
// a file of others listed something later still, the day is stretched.
func (b *builder) day(index int, date civil.Date, events []placed) schedule.Day {
	midnight := date.In(b.Zone)
	d := schedule.Day{
		Index: index, Date: string(date), Start: midnight.Add(dayStart),
		End: date.Add(1).In(b.Zone).Add(dayStart - time.Minute),
	}
	for _, p := range events {
		if p.event.Start.Before(d.Start) {
			d.Start = p.event.Start.In(b.Zone)
		}
		d.End = later(d.End, p.event.Start.In(b.Zone))
	}
	d.Rooms = b.lanes(events)
	return d
}

// lanes sorts the events of a day into rooms in which nothing overlaps.
func (b *builder) lanes(events []placed) []schedule.Room {
	slices.SortStableFunc(events, func(p, q placed) int {
		return cmp.Or(b.position(p.place)-b.position(q.place), strings.Compare(p.event.Room, q.event.Room),
			p.event.Start.Compare(q.event.Start), cmp.Compare(p.event.ID, q.event.ID))
	})
	var rooms []schedule.Room
	at := map[string]int{}
	for _, p := range events {
		name := p.event.Room
		for n := 2; busy(rooms, at, name, p.event); n++ {
			name = fmt.Sprintf("%s (%d)", p.event.Room, n)
		}
		i, known := at[name]
		if !known {
			i = len(rooms)
			at[name] = i
			rooms = append(rooms, schedule.Room{Name: name, GUID: b.roomGUID(p, name)})
		}
		p.event.Room = name
		rooms[i].Events = append(rooms[i].Events, p.event)
	}
	return rooms
}

func (b *builder) position(place timetable.PlaceID) int {
	if p := b.Place(place); p != nil {
		return p.Position
	}
	return 1 << 20
}

func busy(rooms []schedule.Room, at map[string]int, name string, e schedule.Event) bool {
	i, known := at[name]
	if !known || len(rooms[i].Events) == 0 {
		return false
	}
	return slices.ContainsFunc(rooms[i].Events, func(o schedule.Event) bool {
		return o.Start.Before(e.End()) && e.Start.Before(o.End())
	})
}

func (b *builder) roomGUID(p placed, name string) string {
	switch {
	case name == p.event.Room && p.roomGUID != "":
		return p.roomGUID
	case p.place == "":
		return id.Derived(string(b.Edition.ID), "room:"+name)
	}
	return id.Derived(string(p.place), "room:"+strings.TrimPrefix(name, p.event.Room))
}
