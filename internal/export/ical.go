package export

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// Calendar is a choice of sessions for somebody's calendar program.
type Calendar struct {
	Name     string // as the program lists it; empty: the name of the edition
	Sessions []*programme.Session
}

// WholeCalendar has every session of the programme.
func WholeCalendar(x *timetable.Index) Calendar {
	return choose(x, "", func(*programme.Session) bool { return true })
}

// BlockCalendar has the sessions of a block and of the blocks inside it.
func BlockCalendar(x *timetable.Index, b *programme.Block, lang i18n.Lang) Calendar {
	return choose(x, b.Name.In(lang).Text, func(s *programme.Session) bool { return x.Within(s.Block, b.ID) })
}

// StageCalendar has the sessions of a stage.
func StageCalendar(x *timetable.Index, g *programme.Stage, lang i18n.Lang) Calendar {
	return choose(x, g.Name.In(lang).Text, func(s *programme.Session) bool { return s.Stage == g.ID })
}

// SessionCalendar has one session.
func SessionCalendar(s *programme.Session, lang i18n.Lang) Calendar {
	return Calendar{Name: s.Title.In(lang).Text, Sessions: []*programme.Session{s}}
}

// AgendaCalendar has the sessions with these addresses; what is unknown is
// left out, because a saved link may name a session that was withdrawn.
func AgendaCalendar(x *timetable.Index, words i18n.Printer, slugs []string) Calendar {
	c := Calendar{Name: words.T("export.my_agenda")}
	for _, slug := range slugs {
		if s := x.SessionAt(slug); public(s) && !slices.Contains(c.Sessions, s) {
			c.Sessions = append(c.Sessions, s)
		}
	}
	return c
}

func choose(x *timetable.Index, name string, fits func(*programme.Session) bool) Calendar {
	c := Calendar{Name: name}
	for i := range x.Sessions {
		if s := &x.Sessions[i]; public(s) && fits(s) {
			c.Sessions = append(c.Sessions, s)
		}
	}
	return c
}

// ICalendar writes a calendar (RFC 5545 and 7986). An entry keeps its UID for
// ever and says with SEQUENCE and LAST-MODIFIED when it really changed; a
// cancelled session stays as cancelled, so that it does not vanish without a
// word from the calendar of a person who has planned a journey for it.
func ICalendar(w io.Writer, x *timetable.Index, o Order, c Calendar) error {
	cal := ics.NewCalendar()
	cal.SetVersion("2.0")
	cal.SetProductId("-//Obrady//Obrady 1//PL")
	cal.SetMethod(ics.MethodPublish)
	edition := o.in(x.Edition.Name)
	name := edition
	if c.Name != "" && c.Name != edition {
		name = c.Name + " – " + edition
	}
	cal.SetName(name) // X-WR-CALNAME as well
	cal.SetXWRTimezone(x.Edition.TimeZone)
	cal.SetRefreshInterval("PT1H")
	cal.SetXPublishedTTL("PT1H")
	var slots []timetable.Slot
	for _, s := range c.Sessions {
		slots = append(slots, x.SlotsOf(s.ID)...)
	}
	slices.SortStableFunc(slots, func(a, b timetable.Slot) int { return a.Start.Compare(b.Start) })
	if len(slots) > 0 {
		addZone(cal, x, slots)
	}
	for _, slot := range slots {
		o.addEvent(cal, x, slot)
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write calendar %s: %w", x.Edition.Slug, err)
	}
	return nil
}

const (
	localForm = "20060102T150405"
	utcForm   = localForm + "Z"
)

func (o Order) addEvent(cal *ics.Calendar, x *timetable.Index, slot timetable.Slot) {
	s := x.Session(slot.Session)
	changed := later(slot.UpdatedAt, s.UpdatedAt).UTC()
	e := cal.AddEvent(string(slot.ID) + "@" + o.host())
	set := func(property ics.ComponentProperty, value string, params ...ics.PropertyParameter) {
		if value != "" {
			e.SetProperty(property, value, params...)
		}
	}
	set(ics.ComponentPropertyDtstamp, changed.Format(utcForm))
	set(ics.ComponentPropertyLastModified, changed.Format(utcForm))
	set(ics.ComponentPropertySequence, fmt.Sprint(max(slot.Revision+s.Revision-2, 0)))
	set(ics.ComponentPropertyDtStart, slot.Start.In(x.Zone).Format(localForm), zoneOf(x))
	set(ics.ComponentPropertyDtEnd, slot.End.In(x.Zone).Format(localForm), zoneOf(x))
	status, title := ics.ObjectStatusConfirmed, o.in(s.Title)
	if s.Status == programme.Cancelled {
		// Some programs show no status, so the title says it as well.
		status, title = ics.ObjectStatusCancelled, o.Words.T("export.cancelled_title", title)
	}
	set(ics.ComponentPropertyStatus, string(status))
	set(ics.ComponentPropertySummary, title)
	set(ics.ComponentPropertyLocation, o.placeName(x, slot.Place))
	set(ics.ComponentPropertyDescription, o.describe(x, s))
	set(ics.ComponentPropertyUrl, o.session(x, s))
	if b := x.Block(s.Block); b != nil {
		set(ics.ComponentPropertyCategories, o.in(b.Name))
	}
}

func zoneOf(x *timetable.Index) ics.PropertyParameter { return ics.WithTZID(x.Zone.String()) }

// describe is what stands under an entry: the lead and who appears.
func (o Order) describe(x *timetable.Index, s *programme.Session) string {
	said := o.in(s.Lead)
	if said == "" {
		said = text.Excerpt(text.Plain(o.in(s.Body)), programme.MaxLead)
	}
	if s.Status == programme.Cancelled && !s.Reason.IsZero() {
		said = o.in(s.Reason) + "\n\n" + said
	}
	for _, name := range names(x, s.Everybody()) {
		said += "\n" + name
	}
	return strings.TrimSpace(said)
}

// host is the right side of a UID: the name of the site, without which two
// congresses could use one name for two things.
func (o Order) host() string {
	if o.Addresses != nil {
		if u, err := url.Parse(o.Addresses.Home()); err == nil && u.Hostname() != "" {
			return u.Hostname()
		}
	}
	return "obrady.invalid"
}

// addZone describes the clock of the congress around the given slots: each
// change of the clock by itself, as the database of zones has it, from the one
// before the first slot to those of the year after the last.
func addZone(cal *ics.Calendar, x *timetable.Index, slots []timetable.Slot) {
	zone := cal.AddTimezone(x.Zone.String())
	until := slots[len(slots)-1].End.AddDate(1, 0, 0)
	at := slots[0].Start.In(x.Zone)
	for range 100 { // a zone changes twice a year; slots span a few days
		begin, end := at.ZoneBounds()
		addObservance(zone, at, begin)
		if end.IsZero() || end.After(until) {
			return
		}
		at = end.In(x.Zone)
	}
}

// addObservance writes how the clock goes from begin on; a zero begin is a
// clock that has always gone so.
func addObservance(zone *ics.VTimezone, at, begin time.Time) {
	name, offset := at.Zone()
	before := offset
	local := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if !begin.IsZero() {
		_, before = begin.Add(-time.Second).Zone()
		// The moment of the change is told by the clock as it went until then.
		local = begin.UTC().Add(time.Duration(before) * time.Second)
	}
	part := ics.ComponentBase{}
	part.SetProperty(ics.ComponentPropertyDtStart, local.Format(localForm))
	part.SetProperty("TZOFFSETFROM", offsetText(before))
	part.SetProperty("TZOFFSETTO", offsetText(offset))
	part.SetProperty("TZNAME", name)
	if at.IsDST() {
		zone.Components = append(zone.Components, &ics.Daylight{ComponentBase: part})
		return
	}
	zone.Components = append(zone.Components, &ics.Standard{ComponentBase: part})
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
