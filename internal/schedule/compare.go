package schedule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Difference is one thing that is not the same in two versions of a schedule.
type Difference struct {
	Kind          Kind
	GUID          string // of the event; empty for the conference itself
	Title         string // of the event, as it was last
	Field         string // of Changed: "start", "persons", …
	Before, After string // of Changed; moments in RFC 3339, lists by line
}

// Kind says what happened to an event.
type Kind string

// The kinds.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Compare lists what changed from one version to the next: first the
// conference, then the events in the order of now, then those that are gone.
// Events are matched by guid, whatever its case.
func Compare(before, now *Schedule) []Difference {
	found := changes(Difference{}, conferenceFields(before), conferenceFields(now))
	old := map[string][]field{}
	for _, d := range before.Days {
		for _, e := range d.all() {
			old[strings.ToLower(e.GUID)] = eventFields(d, e)
		}
	}
	for _, d := range now.Days {
		for _, e := range d.all() {
			guid := strings.ToLower(e.GUID)
			about := Difference{GUID: e.GUID, Title: e.Title}
			if fields, known := old[guid]; known {
				found = append(found, changes(about, fields, eventFields(d, e))...)
				delete(old, guid)
				continue
			}
			about.Kind = Added
			found = append(found, about)
		}
	}
	for _, e := range before.Events() {
		if _, gone := old[strings.ToLower(e.GUID)]; gone {
			found = append(found, Difference{Kind: Removed, GUID: e.GUID, Title: e.Title})
		}
	}
	return found
}

func (d Day) all() []Event {
	var all []Event
	for _, r := range d.Rooms {
		all = append(all, r.Events...)
	}
	return all
}

type field struct{ name, text string }

// changes compares two lists of the same fields.
func changes(about Difference, before, now []field) []Difference {
	var found []Difference
	for i := range now {
		if before[i].text != now[i].text {
			about.Kind, about.Field = Changed, now[i].name
			about.Before, about.After = before[i].text, now[i].text
			found = append(found, about)
		}
	}
	return found
}

func conferenceFields(s *Schedule) []field {
	c := s.Conference
	tracks := make([]string, 0, len(c.Tracks))
	for _, t := range c.Tracks {
		tracks = append(tracks, strings.Join([]string{t.Name, t.Slug, t.Color, showExtra(t.Extra)}, " | "))
	}
	days := make([]string, 0, len(s.Days))
	for _, d := range s.Days {
		days = append(days, fmt.Sprintf("%d %s %s %s %s", d.Index, d.Date, show(d.Start), show(d.End), showExtra(d.Extra)))
		for _, r := range d.Rooms {
			days = append(days, fmt.Sprintf("  %s %s %s %s", r.Name, r.GUID, r.Type, showExtra(r.Extra)))
		}
	}
	return []field{
		{"version", s.Version},
		{"url", s.URL},
		{"generator", fmt.Sprint(s.Generator)},
		{"acronym", c.Acronym},
		{"title", c.Title},
		{"subtitle", c.Subtitle},
		{"start", c.Start},
		{"end", c.End},
		{"day_count", fmt.Sprint(c.DayCount)},
		{"day_change", c.DayChange},
		{"timeslot", c.Timeslot.String()},
		{"base_url", c.BaseURL},
		{"conference_url", c.URL},
		{"logo", c.Logo},
		{"time_zone", c.TimeZone},
		{"venue", c.Venue},
		{"city", c.City},
		{"colors", fmt.Sprint(c.Colors)},
		{"tracks", strings.Join(tracks, "\n")},
		{"days", strings.Join(days, "\n")},
		{"extra", showExtra(c.Extra) + showExtra(s.Extra)},
	}
}

func eventFields(d Day, e Event) []field {
	persons := make([]string, 0, len(e.Persons))
	for _, p := range e.Persons {
		persons = append(persons, fmt.Sprintf("%s (%s %d %s)%s", p.Name, p.GUID, p.ID, p.Code, showExtra(p.Extra)))
	}
	return []field{
		{"id", fmt.Sprint(e.ID)},
		{"code", e.Code},
		{"slug", e.Slug},
		{"logo", e.Logo},
		{"title", e.Title},
		{"subtitle", e.Subtitle},
		{"track", e.Track},
		{"type", e.Type},
		{"language", e.Language},
		{"abstract", e.Abstract},
		{"description", e.Description},
		{"day", d.Date},
		{"start", show(e.Start)},
		{"duration", formatDuration(e.Duration)},
		{"room", e.Room},
		{"recording_license", e.RecordingLicense},
		{"recording_optout", fmt.Sprint(e.RecordingOptout)},
		{"persons", strings.Join(persons, "\n")},
		{"links", showLinks(e.Links)},
		{"attachments", showLinks(e.Attachments)},
		{"url", e.URL},
		{"feedback_url", e.FeedbackURL},
		{"origin_url", e.OriginURL},
		{"video_url", e.VideoURL},
		{"extra", showExtra(e.Extra)},
	}
}

func show(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func showLinks(links []Link) string {
	lines := make([]string, 0, len(links))
	for _, l := range links {
		lines = append(lines, strings.Join([]string{l.Title, l.URL, l.Type, l.Service, showExtra(l.Extra)}, " | "))
	}
	return strings.Join(lines, "\n")
}

func showExtra(extra Extra) string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(extra)) {
		fmt.Fprintf(&b, "%s: %s\n", path, extra[path])
	}
	return b.String()
}

// Overlap is two events at one time in one room. It is valid, but some apps cut
// the second one off.
type Overlap struct {
	Room          string
	First, Second Event
}

// Overlaps lists every pair of neighbours that overlap in a room.
func Overlaps(s *Schedule) []Overlap {
	rooms := map[string][]Event{}
	for _, d := range s.Days {
		for _, r := range d.Rooms {
			rooms[r.Name] = append(rooms[r.Name], r.Events...)
		}
	}
	var found []Overlap
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		events := rooms[room]
		slices.SortStableFunc(events, func(a, b Event) int {
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
		})
		last := 0 // the event that goes on longest so far
		for i := 1; i < len(events); i++ {
			if events[i].Start.Before(events[last].End()) {
				found = append(found, Overlap{room, events[last], events[i]})
			}
			if events[i].End().After(events[last].End()) {
				last = i
			}
		}
	}
	return found
}
