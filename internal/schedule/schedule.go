// Package schedule carries the programme of a congress to and from the apps
// that people hold in their hands: it reads and writes schedule.xml and
// schedule.json (version 1), the files that conference apps exchange.
//
// It reads leniently and says what it repaired; it writes strictly, so that
// what leaves here is valid against the public XSD and JSON Schema
// (c3voc.de/schedule). What a file carries and the formats have no place for
// is kept beside the programme and survives the next export.
package schedule

import "time"

// Schedule is a programme as the apps see it, whichever file it came from.
type Schedule struct {
	Version    string // names the release: "1.2", "latest"
	URL        string // where the file itself is published
	Generator  Generator
	Conference Conference
	Days       []Day // by date

	// FallbackTrack is written for an event without a track, because some apps
	// break on an empty one. Empty means the title of the conference. It is
	// never read from a file.
	FallbackTrack string

	Extra Extra
}

// Extra keeps what a file says and no field holds: the text by its path inside
// the element, "venue/floor", "@colour" for an attribute, "tag[2]" for the
// second of several. In the path ~1 stands for a slash, ~2 for an opening
// bracket and ~0 for the tilde itself.
type Extra map[string]string

// Generator names the software that made a file.
type Generator struct{ Name, System, Version, URL string }

// Conference is the head of a schedule.
type Conference struct {
	Acronym    string
	Title      string
	Subtitle   string
	Start, End string // a date, "2026-06-08", or a dateTime with its offset
	DayCount   int
	DayChange  string // the hour at which a programme day begins, "09:00:00"
	Timeslot   time.Duration
	BaseURL    string
	URL        string
	Logo       string
	TimeZone   string // "Europe/Warsaw"; empty when the file gives none
	Venue      string
	City       string
	Colors     Colors
	Tracks     []Track
	Extra      Extra
}

// Colors are those of the conference, as "#rrggbb".
type Colors struct{ Primary, Background string }

// Track is a thread of the programme.
type Track struct {
	Name, Slug, Color string
	Extra             Extra
}

// Day is a day of the programme. It ends when its night does: a session at half
// past midnight belongs to the day before.
type Day struct {
	Index      int       // from 1, unique
	Date       string    // "2026-06-08"
	Start, End time.Time // End is the last minute, often 03:59 next morning
	Rooms      []Room
	Extra      Extra
}

// Room is a place with what happens there on one day.
type Room struct {
	Name   string
	GUID   string
	Type   string // one of the kinds that schedule.json knows, or empty
	Events []Event
	Extra  Extra
}

// Event is one entry of the programme: one talk at one time in one room.
type Event struct {
	ID   int    // positive and unique; what most apps know an event by
	GUID string // unique everywhere and for ever
	Code string // short name in the system of origin
	Slug string
	Logo string

	Title       string
	Subtitle    string
	Track       string
	Type        string
	Language    string
	Abstract    string // text or HTML, as the file has it: not to be trusted
	Description string // likewise

	Start    time.Time
	Duration time.Duration
	Room     string

	RecordingLicense string
	RecordingOptout  bool

	Persons     []Person
	Links       []Link
	Attachments []Link

	URL         string
	FeedbackURL string
	OriginURL   string
	VideoURL    string

	Extra Extra
}

// End is when the event is over.
func (e Event) End() time.Time { return e.Start.Add(e.Duration) }

// Person speaks in or leads an event. Files give the id 0 to hundreds of
// people, so a person is known by GUID only.
type Person struct {
	ID    int // 0 when unknown
	GUID  string
	Code  string
	Name  string
	Extra Extra // biography, avatar and the like
}

// Link leads from an event to a page or, as an attachment, to a file.
type Link struct {
	Title, URL, Type, Service string
	Extra                     Extra
}

// Events returns every event in the order of days, rooms and entries.
func (s *Schedule) Events() []Event {
	var all []Event
	for _, day := range s.Days {
		for _, room := range day.Rooms {
			all = append(all, room.Events...)
		}
	}
	return all
}
