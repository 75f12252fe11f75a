package schedule

import (
	"math"
	"strconv"
	"time"
)

// entry is an event on its way to its day.
type entry struct {
	event      Event
	node       *node
	day        *draft // under which the file has it
	where      string
	guid, id   string // as the file has them
	usableID   bool
	usableGUID bool
}

// event reads an event that stands in the named room, or in none.
func (m *mender) event(d *draft, n *node, room *string) {
	e := &entry{node: n, day: d, guid: n.str("@guid"), id: n.str("@id")}
	v := &e.event
	v.Code, v.Slug, v.Logo = n.str("@code"), n.str("slug"), n.str("logo")
	v.Title, v.Subtitle, v.Track, v.Type = n.str("title"), n.str("subtitle"), n.str("track"), n.str("type")
	v.Language, v.Abstract, v.Description = n.str("language"), n.str("abstract"), n.str("description")
	v.URL, v.FeedbackURL, v.OriginURL = n.str("url"), n.str("feedback_url"), n.str("origin_url")
	v.VideoURL = n.str("video_download_url")
	if e.where = v.Title; e.where == "" {
		e.where = e.id
		v.Title = firstOf(v.Subtitle, v.Slug, v.Type, e.id, m.s.Conference.Title)
		m.repair(n, e.where, TitleMissing, v.Title)
	}
	m.enter(e, n.str("room"), room)
	recording := n.take("recording")
	v.RecordingLicense = recording.str("license")
	optout := recording.str("optout")
	v.RecordingOptout = optout == "true" || optout == "1"
	if recording.rest() != nil {
		recording.taken = false
	}
	m.when(e)
	m.persons(e)
	v.Links, v.Attachments = m.links(n, "links", "link"), m.links(n, "attachments", "attachment")
	if v.URL == "urn:uuid:"+e.guid {
		v.URL = "" // what WriteJSON puts where the event has no page
	}
	v.Extra = n.rest()
	m.found = append(m.found, e)
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// enter finds the room of an event: the one it stands in, else the one it names.
func (m *mender) enter(e *entry, named string, room *string) {
	if room != nil {
		e.event.Room = *room
		if named != *room && named != "" {
			m.repair(e.node, e.where, RoomClash, named, *room)
		}
		return
	}
	if e.event.Room = named; named == "" {
		e.event.Room = m.opts.RoomName
	}
	m.repair(e.node, e.where, RoomMissing, e.event.Room)
}

// when settles start and duration. A readable date is believed; else the hour
// on the day, and before the day's change the hour of the night that follows.
func (m *mender) when(e *entry) {
	n, date, start := e.node, e.node.str("date"), e.node.str("start")
	at, ok := m.moment(n, e.where, date)
	clock, hasClock := parseClock(start)
	if ok {
		if e.event.Start = at; hasClock && clockOf(at) != clock.Truncate(time.Minute)%(24*time.Hour) {
			m.repair(n, e.where, StartClash, start, at.Format(time.RFC3339))
		}
	} else {
		e.event.Start = m.onDraft(e.day, clock)
		switch shown := e.event.Start.Format(time.RFC3339); {
		case !hasClock:
			e.event.Start = e.day.Start
			m.repair(n, e.where, StartMissing, e.day.Start.Format(time.RFC3339))
		case date == "":
			m.repair(n, e.where, DateMissing, shown)
		default:
			m.repair(n, e.where, DateMalformed, date, shown)
		}
	}
	m.howLong(e, e.node.str("duration"))
}

// onDraft is the moment that a clock shows during a day or its night.
func (m *mender) onDraft(d *draft, clock time.Duration) time.Time {
	place := m.place
	if m.s.Conference.TimeZone == "" {
		place = d.Start.Location()
	}
	date, _ := parseDate(d.Date)
	at := onDay(date, clock, place)
	if change := min(m.change, clockOf(d.Start)); clock < change || at.Before(d.Start) && d.holds(onDay(date.AddDate(0, 0, 1), clock, place)) {
		at = onDay(date.AddDate(0, 0, 1), clock, place)
	}
	return at
}

// shortest is the step of the grid when a file does not say, and so how long an
// event is shown to take when nothing tells.
const shortest = 5 * time.Minute

func (m *mender) howLong(e *entry, text string) {
	d, usual, ok := parseDuration(text)
	end, ends := parseMoment(e.node.str("end"), m.place)
	switch {
	case ok && !usual:
		m.repair(e.node, e.where, DurationForm, text, int(d.Minutes()))
	case !ok:
		d = m.s.Conference.Timeslot
		if long := end.at.Sub(e.event.Start); ends && long >= time.Minute && long < 100*time.Hour {
			d = long.Truncate(time.Minute)
		}
		m.repair(e.node, e.where, DurationMissing, text, int(d.Minutes()))
	}
	e.event.Duration = d
}

func (m *mender) persons(e *entry) {
	list := e.node.take("persons")
	for _, n := range list.all("person") {
		id, guid := n.str("@id"), n.str("@guid")
		p := Person{Code: n.str("@code"), Name: n.own(), GUID: guid}
		if p.Name == "" {
			if p.Name = n.str("name", "public_name"); p.Name == "" {
				p.Name = n.deep()
			}
		}
		if p.Name == "" {
			m.repair(n, e.where, PersonUnnamed)
			continue
		}
		if number, err := strconv.Atoi(id); err == nil && number > 0 && number <= largestID {
			p.ID = number
		} else if id != "" {
			m.repair(n, p.Name, PersonIDUnusable, id)
		}
		if !isUUID(guid) {
			p.GUID = m.ids.personGUID(p)
			if guid != "" {
				m.repair(n, p.Name, PersonGUIDMalformed, guid, p.GUID)
			}
		}
		p.Extra = n.rest()
		e.event.Persons = append(e.event.Persons, p)
	}
	if list.rest() != nil {
		list.taken = false
	}
}

func (m *mender) links(n *node, list, name string) []Link {
	var found []Link
	from := n.take(list)
	for _, kid := range from.all(name) {
		l := Link{
			URL: kid.str("@href", "@url"), Type: kid.str("@type"), Service: kid.str("@service"),
			Title: kid.own(), Extra: kid.rest(),
		}
		if l.URL != "" || l.Title != "" {
			found = append(found, l)
		}
	}
	if from.rest() != nil {
		from.taken = false
	}
	return found
}

// largestID is the largest number that JSON carries exactly everywhere.
const largestID = 1<<53 - 1

// identifyAll gives every event an id and a guid of its own. What the file
// says is kept where it can be; the first of two namesakes keeps it.
func (m *mender) identifyAll() {
	for _, e := range m.found {
		e.usableGUID = isUUID(e.guid) && m.ids.claimGUID(e.guid)
		if id, err := strconv.Atoi(e.id); err == nil && id > 0 && id <= min(largestID, math.MaxInt) {
			e.event.ID, e.usableID = id, m.ids.claimID(id)
		}
	}
	for _, e := range m.found {
		m.identify(e)
	}
}

func (m *mender) identify(e *entry) {
	v := &e.event
	if v.GUID = e.guid; !e.usableGUID {
		v.GUID = m.ids.eventGUID(e)
		switch {
		case e.guid == "":
			m.repair(e.node, e.where, GUIDMissing, v.GUID)
		case isUUID(e.guid):
			m.repair(e.node, e.where, GUIDRepeated, e.guid, v.GUID)
		default:
			m.repair(e.node, e.where, GUIDMalformed, e.guid, v.GUID)
		}
	}
	if e.usableID {
		return
	}
	repeated := v.ID > 0
	v.ID = m.ids.idFor(v.GUID)
	switch {
	case e.id == "" || e.id == "0":
		m.repair(e.node, e.where, IDMissing, v.ID)
	case repeated:
		m.repair(e.node, e.where, IDRepeated, e.id, v.ID)
	default:
		m.repair(e.node, e.where, IDMalformed, e.id, v.ID)
	}
}
