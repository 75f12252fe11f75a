package schedule

import (
	"path"
	"strconv"
	"strings"
	"time"
)

// mender makes a Schedule of what a file says, and keeps account of what it
// had to repair.
type mender struct {
	opts    Options
	name    string // of the file
	repairs []Repair

	s      *Schedule
	place  *time.Location
	change time.Duration // the hour at which a day begins
	days   []*draft
	found  []*entry
	ids    identities
	rooms  map[string]*node // of schedule.json's list beside the days
	head   *node            // the conference
}

func newMender(opts Options, name string) *mender {
	if opts.Location == nil || opts.Location == time.Local {
		opts.Location = time.UTC
	}
	if opts.RoomName == "" {
		opts.RoomName = "Room"
	}
	return &mender{opts: opts, name: name, s: &Schedule{}}
}

func (m *mender) repair(n *node, where string, code Code, args ...any) {
	line := 1
	if n != nil {
		line = n.line
	}
	m.repairs = append(m.repairs, Repair{line, where, code, args})
}

func (m *mender) schedule(root *node) (*Schedule, *Refusal) {
	s := m.s
	s.Version, s.URL = root.str("version"), root.str("url")
	generator := root.take("generator")
	s.Generator = Generator{
		Name: generator.str("@name"), System: generator.str("@system"),
		Version: generator.str("@version"), URL: generator.str("@url"),
	}
	if s.Generator == (Generator{}) {
		m.repair(root, "", GeneratorMissing)
	}
	if s.Version == "" {
		s.Version = "0"
		m.repair(root, "", VersionMissing, s.Version)
	}
	m.conference(root, root.take("conference"))
	days := root.all("day")
	if len(days) == 0 {
		return nil, &Refusal{Line: root.line, Reason: ReasonNoDays}
	}
	for _, day := range days {
		if refused := m.day(day); refused != nil {
			return nil, refused
		}
	}
	m.assemble()
	m.keepIdleRooms()
	s.Conference.Extra, s.Extra = m.head.rest(), root.rest()
	return s, nil
}

func (m *mender) conference(root, n *node) {
	if n == nil {
		n = &node{name: "conference", line: root.line}
	}
	c := &m.s.Conference
	c.Acronym, c.Title, c.Subtitle = n.str("acronym"), n.str("title"), n.str("subtitle")
	c.Start, c.End = n.str("start"), n.str("end")
	c.DayCount, _ = strconv.Atoi(n.str("days"))
	c.DayChange = n.str("day_change")
	slot, _, ok := parseDuration(n.str("timeslot_duration"))
	if c.Timeslot = slot; !ok {
		c.Timeslot = shortest
	}
	c.BaseURL, c.URL, c.Logo = n.str("base_url"), n.str("url"), n.str("logo")
	c.TimeZone, c.Venue, c.City = n.str("time_zone_name"), n.str("venue"), n.str("city")
	color := n.take("color")
	c.Colors = Colors{color.str("@primary"), color.str("@background")}
	c.Tracks = append(tracks(n), tracks(root.take("tracks"))...)
	if color.rest() != nil {
		color.taken = false
	}
	m.nameConference(n)
	m.findPlace(n)
	m.findChange()
	m.ids = newIdentities(c.Acronym)
	m.rooms = learnRooms(n.take("rooms"))
	m.head = n
}

func (m *mender) nameConference(n *node) {
	c := &m.s.Conference
	if c.Title == "" {
		c.Title = c.Acronym
		if c.Title == "" {
			c.Title = strings.TrimSuffix(path.Base(tidy(m.name)), path.Ext(m.name))
		}
		m.repair(n, "", TitleMissing, c.Title)
	}
	if c.Acronym == "" {
		c.Acronym = fitAcronym(c.Title)
		m.repair(n, c.Title, AcronymMissing, c.Acronym)
	}
}

func tracks(n *node) []Track {
	var found []Track
	for _, kid := range n.all("track") {
		t := Track{Name: kid.str("@name"), Slug: kid.str("@slug"), Color: kid.str("@color")}
		if t.Name == "" {
			t.Name = kid.own()
		} else if text := kid.own(); text != "" && text != t.Name {
			t.Extra = Extra{"text": text}
		}
		for path, text := range kid.rest() {
			if t.Extra == nil {
				t.Extra = Extra{}
			}
			t.Extra[path] = text
		}
		if t.Name != "" {
			found = append(found, t)
		}
	}
	return found
}

// findPlace settles where times without an offset are.
func (m *mender) findPlace(n *node) {
	c := &m.s.Conference
	m.place = m.opts.Location
	if c.TimeZone == "" {
		return // ZoneAssumed is told when it first matters
	}
	place, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "Local" {
		m.repair(n, c.Title, ZoneUnknown, c.TimeZone, m.place.String())
		c.TimeZone = m.place.String()
		return
	}
	m.place = place
}

// usualChange is the hour at which nights end, if a file does not say.
const usualChange = 4 * time.Hour

func (m *mender) findChange() {
	m.change = usualChange
	if change, ok := parseClock(m.s.Conference.DayChange); ok && change < 24*time.Hour {
		m.change = change
	}
}

// assumeZone tells once that the place was a guess.
func (m *mender) assumeZone(n *node) {
	c := &m.s.Conference
	if c.TimeZone == "" {
		c.TimeZone = m.place.String()
		m.repair(n, c.Title, ZoneAssumed, c.TimeZone)
	}
}

// moment reads a dateTime, and tells if it has no offset.
func (m *mender) moment(n *node, where, text string) (time.Time, bool) {
	found, ok := parseMoment(text, m.place)
	if !ok {
		return time.Time{}, false
	}
	if !found.offset {
		m.assumeZone(n)
		m.repair(n, where, OffsetMissing, text, found.at.Format(time.RFC3339))
	}
	if m.s.Conference.TimeZone != "" {
		return found.at.In(m.place), true
	}
	return found.at, true
}
