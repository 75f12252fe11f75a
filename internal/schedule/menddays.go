package schedule

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"
)

// draft is a day while its events are still looking for it.
type draft struct {
	Day
	node  *node
	index string // as the file has it
}

// day reads a day and its events.
func (m *mender) day(n *node) *Refusal {
	d := &draft{node: n, index: n.str("@index")}
	dateText, start, end := n.str("@date"), n.str("@start"), n.str("@end")
	d.Start, _ = m.moment(n, dateText, start)
	date, ok := parseDate(dateText)
	if !ok {
		if date, ok = m.guessDate(d, n); !ok {
			return &Refusal{Line: n.line, Reason: ReasonNoDate, Detail: dateText}
		}
		m.repair(n, dateText, DayDate, dateText, date.Format(dateForm))
	}
	d.Date = date.Format(dateForm)
	d.End, _ = m.moment(n, d.Date, end)
	if d.Start.IsZero() || !d.End.After(d.Start) {
		m.bound(d, date)
	}
	m.days = append(m.days, d)
	for _, room := range n.all("room") {
		name := room.str("@name", "name")
		m.room(d, room, name)
	}
	for _, event := range n.all("event") {
		m.event(d, event, nil)
	}
	d.Extra = n.rest()
	return nil
}

// bound gives a day the hours from one change of days to the next.
func (m *mender) bound(d *draft, date time.Time) {
	if d.Start.IsZero() {
		m.assumeZone(d.node)
		d.Start = onDay(date, m.change, m.place)
	}
	if !d.End.After(d.Start) {
		d.End = onDay(date.AddDate(0, 0, 1), m.change-time.Minute, m.place)
	}
	if !d.End.After(d.Start) {
		d.End = d.Start.Add(24*time.Hour - time.Minute)
	}
	m.repair(d.node, d.Date, DayBounds, d.Start.Format(time.RFC3339), d.End.Format(time.RFC3339))
}

// guessDate finds the date of a day that has none: its start, its first dated
// event, or its place in the conference.
func (m *mender) guessDate(d *draft, n *node) (time.Time, bool) {
	if !d.Start.IsZero() {
		return parseDate(d.Start.Format(dateForm))
	}
	for _, room := range append([]*node{n}, n.kids...) {
		for _, event := range room.kids {
			if event.name != "event" {
				continue
			}
			if date, ok := parseDate(event.peek("date").deep()); ok {
				return date, true
			}
		}
	}
	first, ok := parseDate(m.s.Conference.Start)
	return first.AddDate(0, 0, len(m.days)), ok
}

func (m *mender) room(d *draft, n *node, name string) {
	if name == "" {
		for _, event := range n.kids {
			if name == "" && event.name == "event" {
				name = event.peek("room").deep()
			}
		}
		if name == "" {
			name = m.opts.RoomName
		}
		m.repair(n, d.Date, RoomUnnamed, name)
	}
	room := d.reach(name)
	if guid := n.str("@guid"); isUUID(guid) && room.GUID == "" {
		room.GUID = guid
	}
	if kind := n.str("@type"); room.Type == "" {
		room.Type = kind
	}
	events := n.all("event")
	if extra := n.rest(); room.Extra == nil {
		room.Extra = extra
	}
	for _, event := range events {
		m.event(d, event, &name)
	}
}

// reach finds the room of that name on the day, or opens it.
func (d *draft) reach(name string) *Room {
	for i := range d.Rooms {
		if d.Rooms[i].Name == name {
			return &d.Rooms[i]
		}
	}
	d.Rooms = append(d.Rooms, Room{Name: name})
	return &d.Rooms[len(d.Rooms)-1]
}

// holds says whether the day is the one of a moment.
func (d *draft) holds(t time.Time) bool {
	return !t.Before(d.Start) && t.Before(d.End.Add(time.Minute))
}

// lateNight is how long after its announced end a night may still go on.
const lateNight = 8 * time.Hour

// dayOf finds the day on which an event happens, preferring the one under
// which the file has it, and opens a day if there is none.
func (m *mender) dayOf(e *entry) *draft {
	at := e.event.Start
	if e.day.holds(at) {
		return e.day
	}
	date := at.Format(dateForm)
	for _, fits := range []func(d *draft) bool{
		func(d *draft) bool { return d.holds(at) },
		func(d *draft) bool { return d == e.day && d.Date == date },
		func(d *draft) bool { return d.Date == date },
		func(d *draft) bool { return d == e.day && at.After(d.Start) && at.Before(d.End.Add(lateNight)) },
	} {
		if i := slices.IndexFunc(m.days, fits); i >= 0 {
			m.widen(m.days[i], e)
			return m.days[i]
		}
	}
	opened := &draft{node: e.node, Day: Day{Date: date, Start: at}}
	day, _ := parseDate(date)
	opened.End = onDay(day.AddDate(0, 0, 1), m.change-time.Minute, at.Location())
	if change := onDay(day, m.change, at.Location()); change.Before(at) {
		opened.Start = change
	}
	m.days = append(m.days, opened)
	return opened
}

func (m *mender) widen(d *draft, e *entry) {
	if d.holds(e.event.Start) {
		return
	}
	if e.event.Start.Before(d.Start) {
		d.Start = e.event.Start
	} else {
		d.End = e.event.Start
	}
	m.repair(e.node, e.where, DayBounds, d.Start.Format(time.RFC3339), d.End.Format(time.RFC3339))
}

// assemble puts every event on its day and the days in order.
func (m *mender) assemble() {
	m.identifyAll()
	for _, e := range m.found {
		day := m.dayOf(e)
		if day != e.day {
			m.repair(e.node, e.where, EventMoved, day.Date)
		}
		room := day.reach(e.event.Room)
		room.Events = append(room.Events, e.event)
	}
	if byDate := func(a, b *draft) int { return cmp.Compare(a.Date, b.Date) }; !slices.IsSortedFunc(m.days, byDate) {
		m.repair(m.days[0].node, m.days[0].Date, DayOrder)
		slices.SortStableFunc(m.days, byDate)
	}
	m.number()
	for _, d := range m.days {
		for i := range d.Rooms {
			m.furnish(&d.Rooms[i])
		}
		m.s.Days = append(m.s.Days, d.Day)
	}
	m.dateConference()
}

// number keeps the indexes of the file if they rise, or counts anew.
func (m *mender) number() {
	last, rising := 0, true
	for _, d := range m.days {
		n, err := strconv.Atoi(d.index)
		rising = rising && err == nil && n > last
		last, d.Index = n, n
	}
	if rising {
		return
	}
	for i, d := range m.days {
		d.Index = i + 1
		if d.index != strconv.Itoa(d.Index) {
			m.repair(d.node, d.Date, DayIndex, d.index, d.Index)
		}
	}
}

func (m *mender) dateConference() {
	c := &m.s.Conference
	if _, ok := parseDate(c.Start); !ok {
		c.Start = m.s.Days[0].Date
	}
	if _, ok := parseDate(c.End); !ok {
		c.End = m.s.Days[len(m.s.Days)-1].Date
	}
	if c.DayCount <= 0 {
		c.DayCount = len(m.s.Days)
	}
}

// learnRooms reads the list of rooms that schedule.json has beside the days.
func learnRooms(list *node) map[string]*node {
	rooms := map[string]*node{}
	for _, room := range list.all("room") {
		if name := room.peek("@name").deep(); rooms[name] == nil {
			rooms[name] = room
		}
	}
	return rooms
}

// furnish gives a room what the list of rooms says of it, and a guid.
func (m *mender) furnish(r *Room) {
	if listed := m.rooms[r.Name]; listed != nil {
		listed.taken = true
		for _, kid := range listed.kids {
			kid.taken = false
		}
		listed.take("@name")
		if guid := listed.str("@guid"); isUUID(guid) && r.GUID == "" {
			r.GUID = guid
		}
		if kind := listed.str("@type"); r.Type == "" {
			r.Type = kind
		}
		if r.Extra == nil {
			r.Extra = listed.rest()
		}
	}
	if r.GUID == "" {
		r.GUID = m.ids.derive("room", r.Name)
	}
}

// keepIdleRooms keeps the rooms of the list in which nothing happens.
func (m *mender) keepIdleRooms() {
	idle := &node{name: "idle_rooms", line: m.head.line}
	for _, name := range slices.Sorted(maps.Keys(m.rooms)) {
		if room := m.rooms[name]; !room.taken || name == "" {
			room.taken = false
			idle.add(room)
		}
	}
	m.head.add(idle)
}
