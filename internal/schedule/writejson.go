package schedule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

var jsonFormat = format{
	acronym: jsonAcronym, code: jsonCode, track: jsonTrack, zone: jsonZone,
	address: fitURI, fitEvent: fitJSON, listRoom: listJSON,
}

// WriteJSON writes a schedule.json that is valid against version 1 of the JSON
// Schema of c3voc.de/schedule. The same schedule gives the same bytes. What
// would be invalid is refused with an *Unwritable, and then nothing is written.
func WriteJSON(w io.Writer, s *Schedule) error {
	sheet, err := newSheet(s, jsonFormat)
	if err != nil {
		return err
	}
	of, g := thing{"schedule", ""}, s.Generator
	file := jsonFile{Schema: "https://c3voc.de/schedule/schema.json"}
	if g != (Generator{}) {
		url := sheet.web(of, "generator/@url", g.URL)
		file.Generator = &jsonGenerator{tidy(g.Name), tidy(g.System), tidy(g.Version), url}
	}
	c := sheet.conference()
	file.Schedule = jsonSchedule{
		Version: tidy(s.Version), URL: sheet.web(of, "url", s.URL), BaseURL: c.BaseURL,
		Conference: sheet.jsonConference(c), Extra: sheet.carried,
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		return fmt.Errorf("write schedule %s: %w", s.Conference.Acronym, err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write schedule %s: %w", s.Conference.Acronym, err)
	}
	return nil
}

type jsonFile struct {
	Schema    string         `json:"$schema"`
	Generator *jsonGenerator `json:"generator,omitempty"`
	Schedule  jsonSchedule   `json:"schedule"`
}

type jsonGenerator struct {
	Name    string `json:"name,omitempty"`
	System  string `json:"system,omitempty"`
	Version string `json:"version,omitempty"`
	URL     string `json:"url,omitempty"`
}

type jsonSchedule struct {
	Version    string         `json:"version"`
	URL        string         `json:"url,omitempty"`
	BaseURL    string         `json:"base_url,omitempty"`
	Conference jsonConference `json:"conference"`
	Extra      carried        `json:"extra,omitempty"`
}

type jsonConference struct {
	Acronym  string            `json:"acronym"`
	Title    string            `json:"title"`
	Start    string            `json:"start"`
	End      string            `json:"end"`
	Count    int               `json:"daysCount"`
	Timeslot string            `json:"timeslot_duration"`
	Zone     string            `json:"time_zone_name,omitempty"`
	URL      string            `json:"url,omitempty"`
	Logo     string            `json:"logo,omitempty"`
	Colors   map[string]string `json:"colors,omitempty"`
	Tracks   []jsonTrackItem   `json:"tracks,omitempty"`
	Rooms    []jsonRoom        `json:"rooms,omitempty"`
	Days     []jsonDay         `json:"days"`
}

type jsonTrackItem struct {
	Name  string `json:"name"`
	Slug  string `json:"slug,omitempty"`
	Color string `json:"color,omitempty"`
}

type jsonRoom struct {
	Name string `json:"name"`
	GUID string `json:"guid"`
	Type string `json:"type,omitempty"`
}

type jsonDay struct {
	Index int       `json:"index"`
	Date  string    `json:"date"`
	Start string    `json:"day_start"`
	End   string    `json:"day_end"`
	Rooms jsonRooms `json:"rooms"`
}

// jsonRooms is an object whose members keep the order of the rooms.
type jsonRooms []jsonRoomEvents

type jsonRoomEvents struct {
	name   string
	events []jsonEvent
}

// MarshalJSON writes the rooms in their order; a map would sort them.
func (rooms jsonRooms) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, r := range rooms {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(r.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encoder.Encode(r.events); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

type jsonEvent struct {
	ID          int          `json:"id"`
	GUID        string       `json:"guid"`
	Code        string       `json:"code,omitempty"`
	Logo        string       `json:"logo,omitempty"`
	Date        string       `json:"date"`
	Start       string       `json:"start"`
	End         string       `json:"end"`
	Duration    string       `json:"duration"`
	Room        string       `json:"room"`
	Slug        string       `json:"slug"`
	URL         string       `json:"url"`
	Title       string       `json:"title"`
	Subtitle    string       `json:"subtitle"`
	Track       string       `json:"track"`
	Type        string       `json:"type"`
	Language    *string      `json:"language"` // null when unknown, but always there
	Abstract    string       `json:"abstract"`
	Description string       `json:"description"`
	License     string       `json:"recording_license"`
	Optout      bool         `json:"do_not_record"`
	Persons     []jsonPerson `json:"persons"`
	Links       []jsonLink   `json:"links"`
	FeedbackURL string       `json:"feedback_url,omitempty"`
	OriginURL   string       `json:"origin_url,omitempty"`
	Attachments []jsonLink   `json:"attachments"`
}

// jsonPerson has no id: together with a name, the schema's two kinds of person
// would be told apart wrongly.
type jsonPerson struct {
	GUID string `json:"guid,omitempty"`
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
}

type jsonLink struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
	Type  string `json:"type,omitempty"`
}

func (w *sheet) jsonConference(c Conference) jsonConference {
	out := jsonConference{
		Acronym: c.Acronym, Title: c.Title, Start: c.Start, End: c.End, Count: c.DayCount,
		Timeslot: formatDuration(c.Timeslot), Zone: c.TimeZone, URL: c.URL, Logo: c.Logo,
	}
	if c.Colors.Primary != "" {
		out.Colors = map[string]string{"primary": c.Colors.Primary}
		if c.Colors.Background != "" {
			out.Colors["background"] = c.Colors.Background
		}
	}
	for _, t := range c.Tracks {
		out.Tracks = append(out.Tracks, jsonTrackItem{t.Name, t.Slug, t.Color})
	}
	for _, d := range w.s.Days {
		w.day(d)
		out.Days = append(out.Days, w.jsonDay(d))
	}
	out.Rooms = w.rooms
	return out
}

// listJSON puts a room into the list of rooms, once for all days.
func listJSON(w *sheet, r Room) Room {
	name := tidy(r.Name)
	for _, listed := range w.rooms {
		if listed.Name == name {
			return Room{GUID: listed.GUID, Type: listed.Type}
		}
	}
	if r.GUID == "" {
		return Room{} // the schema wants a guid of every listed room
	}
	listed := jsonRoom{name, r.GUID, allowed(r.Type, jsonRoomTypes)}
	w.rooms = append(w.rooms, listed)
	return Room{GUID: listed.GUID, Type: listed.Type}
}

// allowed is value if it is one of them, else nothing.
func allowed(value string, values []string) string {
	if slices.Contains(values, value) {
		return value
	}
	return ""
}

func (w *sheet) jsonDay(d Day) jsonDay {
	out := jsonDay{
		Index: d.Index, Date: d.Date, Rooms: jsonRooms{},
		Start: w.in(d.Start).Format(time.RFC3339), End: w.in(d.End).Format(time.RFC3339),
	}
	for _, r := range d.Rooms {
		events := []jsonEvent{}
		for _, e := range r.Events {
			events = append(events, jsonEventOf(w.event(e)))
		}
		out.Rooms = append(out.Rooms, jsonRoomEvents{tidy(r.Name), events})
	}
	return out
}

func jsonEventOf(e Event) jsonEvent {
	out := jsonEvent{
		ID: e.ID, GUID: e.GUID, Code: e.Code, Logo: e.Logo,
		Date: e.Start.Format(time.RFC3339), Start: e.Start.Format("15:04"),
		End: e.End().Format(time.RFC3339), Duration: formatDuration(e.Duration), Room: e.Room,
		Slug: e.Slug, URL: e.URL, Title: e.Title, Subtitle: e.Subtitle, Track: e.Track, Type: e.Type,
		Abstract: e.Abstract, Description: e.Description,
		License: e.RecordingLicense, Optout: e.RecordingOptout,
		FeedbackURL: e.FeedbackURL, OriginURL: e.OriginURL,
		Persons: []jsonPerson{}, Links: jsonLinks(e.Links), Attachments: jsonLinks(e.Attachments),
	}
	if e.Language != "" {
		out.Language = &e.Language
	}
	for _, p := range e.Persons {
		out.Persons = append(out.Persons, jsonPerson{p.GUID, p.Code, p.Name})
	}
	return out
}

func jsonLinks(links []Link) []jsonLink {
	out := []jsonLink{}
	for _, l := range links {
		out = append(out, jsonLink{l.URL, l.Title, l.Type})
	}
	return out
}

// fitJSON does what only the JSON Schema wants.
func fitJSON(w *sheet, e Event, fit *Event) {
	of := thing{"event", e.GUID}
	w.keep(of, "video_download_url", e.VideoURL, "")
	if fit.URL == "" {
		fit.URL = "urn:uuid:" + e.GUID // the schema wants an address, and this one is true
	}
	for i, p := range e.Persons {
		path := "persons/" + step("person", i+1) + "/"
		fit.Persons = append(fit.Persons, Person{
			GUID: p.GUID, Name: tidy(p.Name), Code: w.match(of, path+"@code", p.Code, jsonCode),
		})
		if p.ID > 0 {
			w.carried.put(of.kind, of.which, path+"@id", fmt.Sprint(p.ID))
		}
		w.extra(of, path, p.Extra)
	}
	fit.Links = w.jsonLinks(of, "links/", "link", e.Links)
	fit.Attachments = w.jsonLinks(of, "attachments/", "attachment", e.Attachments)
}

// jsonLinks keeps the links whose address fits. If anything about them must
// change, all of them are carried whole, so that places in the list stay true.
func (w *sheet) jsonLinks(of thing, list, name string, links []Link) []Link {
	var fit []Link
	changed := false
	for _, l := range links {
		f := Link{Title: tidy(l.Title), URL: fitURI(tidy(l.URL), w.base), Type: allowed(l.Type, jsonLinkTypes)}
		changed = changed || f.URL != l.URL || f.Type != l.Type || l.Service != ""
		if f.URL != "" {
			fit = append(fit, f)
		}
	}
	for i, l := range links {
		at := list + step(name, i+1)
		w.extra(of, at+"/", l.Extra)
		if !changed {
			continue
		}
		for path, text := range map[string]string{"": l.Title, "/@href": l.URL, "/@type": l.Type, "/@service": l.Service} {
			w.carried.put(of.kind, of.which, at+path, tidy(text))
		}
	}
	return fit
}
