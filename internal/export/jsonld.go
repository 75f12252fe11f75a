package export

import (
	"encoding/json"
	"fmt"
	"time"

	"obrady/internal/edition"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// Event is an event in the words of schema.org, by which search engines show
// when and where a session is. Executed as data it can be the answer of an
// API; Script makes the block that stands in a page.
type Event struct {
	Context     string   `json:"@context,omitempty"`
	Type        string   `json:"@type"`
	ID          string   `json:"@id,omitempty"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	URL         string   `json:"url,omitempty"`
	Start       string   `json:"startDate,omitempty"`
	End         string   `json:"endDate,omitempty"`
	Status      string   `json:"eventStatus,omitempty"`
	Attendance  string   `json:"eventAttendanceMode,omitempty"`
	Capacity    int      `json:"maximumAttendeeCapacity,omitempty"`
	Languages   []string `json:"inLanguage,omitempty"`
	Locations   []Spot   `json:"location,omitempty"`
	Organizers  []Party  `json:"organizer,omitempty"`
	Performers  []Party  `json:"performer,omitempty"`
	Super       *Event   `json:"superEvent,omitempty"`
	Parts       []Event  `json:"subEvent,omitempty"`
}

// Spot is where an event happens: a Place or a VirtualLocation.
type Spot struct {
	Type     string `json:"@type"`
	Name     string `json:"name,omitempty"`
	Address  string `json:"address,omitempty"`
	Capacity int    `json:"maximumAttendeeCapacity,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Party is a Person or an Organization.
type Party struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

const schemaOrg = "https://schema.org"

// SessionEvent describes a session: one event, or one for each slot inside it
// when the session is given more than once.
func SessionEvent(x *timetable.Index, o Order, s *programme.Session) Event {
	e := Event{
		Context: schemaOrg, Type: "Event", ID: "urn:uuid:" + string(s.ID), Name: o.in(s.Title), URL: o.session(x, s),
		Description: o.in(s.Lead), Status: statusOf(s), Attendance: attendanceOf(s.Form), Capacity: s.Capacity,
		Languages: s.Languages, Organizers: o.organizers(x, s.Credits),
	}
	if e.Description == "" {
		e.Description = text.Excerpt(text.Plain(o.in(s.Body)), programme.MaxLead)
	}
	for _, name := range names(x, s.Everybody()) {
		e.Performers = append(e.Performers, Party{Type: "Person", Name: name})
	}
	above := o.short(x)
	e.Super = &above
	slots := x.SlotsOf(s.ID)
	if len(slots) == 1 {
		o.place(x, &e, s, slots[0])
		return e
	}
	for _, slot := range slots {
		part := Event{Type: "Event", Name: e.Name, Status: e.Status, Attendance: e.Attendance}
		o.place(x, &part, s, slot)
		e.Parts = append(e.Parts, part)
	}
	return e
}

// EditionEvent describes the congress as a whole.
func EditionEvent(x *timetable.Index, o Order) Event {
	e := o.short(x)
	e.Context, e.Attendance = schemaOrg, attendanceOf(x.Edition.Form)
	e.Status = schemaOrg + "/EventScheduled"
	e.Description = text.Excerpt(text.Plain(o.in(x.Edition.About)), programme.MaxLead)
	e.Organizers = o.organizers(x, x.Edition.Credits)
	if venue, city := o.in(x.Edition.Venue), o.in(x.Edition.City); venue != "" || city != "" {
		e.Locations = []Spot{{Type: "Place", Name: venue, Address: city}}
	}
	return e
}

// Script writes the event for a block of data in a page, between
// <script type="application/ld+json"> and </script>. Whatever a title holds,
// it cannot end the block: <, > and & come as escapes of JSON.
func (e Event) Script() (string, error) {
	written, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("describe %s: %w", e.Name, err)
	}
	return string(written), nil
}

func (o Order) short(x *timetable.Index) Event {
	e := Event{
		Type: "Event", ID: "urn:uuid:" + string(x.Edition.ID), Name: o.in(x.Edition.Name),
		Start: string(x.Edition.StartsOn), End: string(x.Edition.EndsOn),
	}
	if o.Addresses != nil {
		e.URL = o.Addresses.Edition(o.Words.Lang, x.Edition.Slug)
	}
	return e
}

func (o Order) place(x *timetable.Index, e *Event, s *programme.Session, slot timetable.Slot) {
	e.Start, e.End = slot.Start.In(x.Zone).Format(time.RFC3339), slot.End.In(x.Zone).Format(time.RFC3339)
	if p := x.Place(slot.Place); p != nil && p.Kind != timetable.OnlineHub {
		e.Locations = append(e.Locations, Spot{
			Type: "Place", Name: o.placeName(x, p.ID), Address: o.in(x.Edition.City), Capacity: p.Capacity,
		})
	}
	if s.Form != edition.OnSite {
		e.Locations = append(e.Locations, Spot{Type: "VirtualLocation", URL: o.session(x, s)})
	}
}

func statusOf(s *programme.Session) string {
	if s.Status == programme.Cancelled {
		return schemaOrg + "/EventCancelled"
	}
	return schemaOrg + "/EventScheduled"
}

func attendanceOf(f edition.Form) string {
	switch f {
	case edition.Online:
		return schemaOrg + "/OnlineEventAttendanceMode"
	case edition.Hybrid:
		return schemaOrg + "/MixedEventAttendanceMode"
	default:
		return schemaOrg + "/OfflineEventAttendanceMode"
	}
}

func (o Order) organizers(x *timetable.Index, credits []edition.Credit) []Party {
	var all []Party
	for _, c := range credits {
		if i := x.Institution(c.Institution); i != nil && (c.Role == edition.Organiser || c.Role == edition.CoOrganiser) {
			all = append(all, Party{"Organization", o.in(i.Name), i.URL})
		}
	}
	return all
}
