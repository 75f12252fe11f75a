package schedule

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Unwritable is why a schedule cannot be written: what it says would be invalid
// and nobody but the caller can put it right.
type Unwritable struct {
	Event string // the guid, or the title where that is the fault; empty for the schedule itself
	Field string // "id", "guid", "start", …
	Value string
}

func (u *Unwritable) Error() string {
	if u.Event == "" {
		return fmt.Sprintf("write schedule: %s is %q", u.Field, u.Value)
	}
	return fmt.Sprintf("write schedule: event %s: %s is %q", u.Event, u.Field, u.Value)
}

// format is what differs between the two files when values are made to fit.
type format struct {
	acronym, code, track *regexp.Regexp
	zone                 *regexp.Regexp
	address              func(text string, base *url.URL) string
	fitEvent             func(w *sheet, e Event, fit *Event)
	// listRoom is what the file will say of the room.
	listRoom func(w *sheet, r Room) Room
}

// sheet makes the values of a schedule fit a format, one after the other, and
// carries beside it what had to change.
type sheet struct {
	format
	s            *Schedule
	carried      carried
	slugs, codes map[string]bool
	rooms        []jsonRoom
	base         *url.URL
	place        *time.Location
}

// newSheet refuses what cannot be written.
func newSheet(s *Schedule, f format) (*sheet, error) {
	if err := check(s); err != nil {
		return nil, err
	}
	w := &sheet{format: f, s: s, carried: carried{}, slugs: map[string]bool{}, codes: map[string]bool{}}
	for _, text := range []string{s.Conference.BaseURL, s.Conference.URL} {
		if base, err := url.Parse(fitWeb(text, nil)); err == nil && base.IsAbs() && w.base == nil {
			w.base = base
		}
	}
	if zone := s.Conference.TimeZone; zone != "" && zone != "Local" {
		if place, err := time.LoadLocation(zone); err == nil {
			w.place = place
		}
	}
	for path, text := range s.Extra {
		w.carried.put("schedule", "", path, text)
	}
	return w, nil
}

// in is a moment in the time zone of the conference.
func (w *sheet) in(t time.Time) time.Time {
	if w.place == nil {
		return t
	}
	return t.In(w.place)
}

// thing names what a value belongs to, for what is carried.
type thing struct{ kind, which string }

// keep returns fit, and carries the value if that is something else.
func (w *sheet) keep(of thing, path, value, fit string) string {
	if tidy(value) != fit {
		w.carried.put(of.kind, of.which, path, tidy(value))
	}
	return fit
}

// match keeps a value that has the form, or leaves it out.
func (w *sheet) match(of thing, path, value string, form *regexp.Regexp) string {
	if form != nil && !form.MatchString(value) {
		return w.keep(of, path, value, "")
	}
	return w.keep(of, path, value, tidy(value))
}

func (w *sheet) web(of thing, path, value string) string {
	return w.keep(of, path, value, w.address(tidy(value), w.base))
}

func (w *sheet) extra(of thing, prefix string, extra Extra) {
	for path, text := range extra {
		w.carried.put(of.kind, of.which, prefix+path, tidy(text))
	}
}

// conference returns the head of the schedule as it fits.
func (w *sheet) conference() Conference {
	c, of := w.s.Conference, thing{"conference", ""}
	fit := Conference{Title: tidy(c.Title), DayCount: len(w.s.Days), Timeslot: c.Timeslot}
	if fit.Acronym = c.Acronym; !w.acronym.MatchString(c.Acronym) {
		fit.Acronym = w.keep(of, "acronym", c.Acronym, fitAcronym(c.Acronym))
	}
	if c.DayCount != 0 && c.DayCount != fit.DayCount {
		w.carried.put(of.kind, of.which, "days", fmt.Sprint(c.DayCount))
	}
	if fit.Timeslot < time.Minute || fit.Timeslot >= 100*time.Hour || fit.Timeslot%time.Minute != 0 {
		fit.Timeslot = shortest
	}
	fit.Start, fit.End = c.Start, c.End
	if !dayForm.MatchString(c.Start) {
		fit.Start = w.keep(of, "start", c.Start, w.s.Days[0].Date)
	}
	if !dayForm.MatchString(c.End) {
		fit.End = w.keep(of, "end", c.End, w.s.Days[len(w.s.Days)-1].Date)
	}
	fit.BaseURL, fit.URL = w.web(of, "base_url", c.BaseURL), w.web(of, "url", c.URL)
	fit.Logo = w.web(of, "logo", c.Logo)
	fit.TimeZone = w.match(of, "time_zone_name", c.TimeZone, w.zone)
	fit.Colors = Colors{
		w.match(of, "color/@primary", c.Colors.Primary, hexColor),
		w.match(of, "color/@background", c.Colors.Background, hexColor),
	}
	if fit.Colors.Primary == "" { // which the XSD requires
		fit.Colors.Background = w.keep(of, "color/@background", c.Colors.Background, "")
	}
	for i, t := range c.Tracks {
		path := step("track", i+1)
		fit.Tracks = append(fit.Tracks, Track{
			Name:  tidy(t.Name),
			Slug:  w.match(of, path+"/@slug", t.Slug, w.track),
			Color: w.match(of, path+"/@color", t.Color, hexColor),
		})
		w.extra(of, path+"/", t.Extra)
	}
	for path, text := range map[string]string{
		"subtitle": c.Subtitle, "venue": c.Venue, "city": c.City, "day_change": c.DayChange,
	} {
		w.keep(of, path, text, "") // neither format has a place for them
	}
	w.extra(of, "", c.Extra)
	return fit
}

// day carries what the formats do not know of a day and its rooms.
func (w *sheet) day(d Day) {
	w.extra(thing{"day", fmt.Sprint(d.Index)}, "", d.Extra)
	for _, r := range d.Rooms {
		of := thing{"room", fmt.Sprintf("%d/%s", d.Index, tidy(r.Name))}
		w.extra(of, "", r.Extra)
		listed := w.listRoom(w, r)
		w.keep(of, "@type", r.Type, listed.Type)
		w.keep(of, "@guid", r.GUID, listed.GUID)
	}
}

// event returns an event as it fits.
func (w *sheet) event(e Event) Event {
	of := thing{"event", e.GUID}
	fit := Event{
		ID: e.ID, GUID: e.GUID, Start: w.in(e.Start), Duration: e.Duration, Room: tidy(e.Room),
		Title: tidy(e.Title), Subtitle: tidy(e.Subtitle), Type: tidy(e.Type), Language: tidy(e.Language),
		Abstract: tidy(e.Abstract), Description: tidy(e.Description),
		RecordingLicense: tidy(e.RecordingLicense), RecordingOptout: e.RecordingOptout,
	}
	if fit.Code = w.match(of, "@code", e.Code, w.code); w.codes[fit.Code] {
		fit.Code = w.keep(of, "@code", e.Code, "")
	}
	fit.Slug = e.Slug
	if !slugForm.MatchString(e.Slug) || w.slugs[e.Slug] {
		fit.Slug = w.freeSlug(e)
		w.keep(of, "slug", e.Slug, fit.Slug)
	}
	w.codes[fit.Code], w.slugs[fit.Slug] = fit.Code != "", true
	if fit.Track = tidy(e.Track); fit.Track == "" {
		fit.Track = w.keep(of, "track", "", firstOf(tidy(w.s.FallbackTrack), tidy(w.s.Conference.Title)))
	}
	fit.Logo = w.web(of, "logo", e.Logo)
	fit.URL = w.web(of, "url", e.URL)
	fit.FeedbackURL = w.web(of, "feedback_url", e.FeedbackURL)
	fit.OriginURL = w.web(of, "origin_url", e.OriginURL)
	w.fitEvent(w, e, &fit)
	w.extra(of, "", e.Extra)
	return fit
}

// freeSlug makes a slug that no event before had.
func (w *sheet) freeSlug(e Event) string {
	slug := slugOf(w.s.Conference.Acronym, e)
	for n := 2; w.slugs[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", slugOf(w.s.Conference.Acronym, e), n)
	}
	return slug
}

// check finds what cannot be made to fit.
func check(s *Schedule) error {
	switch {
	case s.Version == "":
		return &Unwritable{Field: "version"}
	case strings.TrimSpace(s.Conference.Title) == "":
		return &Unwritable{Field: "conference title"}
	case len(s.Days) == 0:
		return &Unwritable{Field: "number of days", Value: "0"}
	}
	seen := seen{map[string]bool{}, map[int]bool{}, map[int]bool{}}
	for _, d := range s.Days {
		if err := seen.day(d); err != nil {
			return err
		}
	}
	return nil
}

// seen remembers what must not come twice.
type seen struct {
	guids        map[string]bool
	ids, indexes map[int]bool
}

func (s seen) day(d Day) error {
	date, err := time.Parse(dateForm, d.Date)
	switch {
	case d.Index < 1 || s.indexes[d.Index]:
		return &Unwritable{Field: "day index", Value: fmt.Sprint(d.Index)}
	case err != nil || !plausible(date):
		return &Unwritable{Field: "day date", Value: d.Date}
	case !plausible(d.Start) || !plausible(d.End) || !d.End.After(d.Start):
		return &Unwritable{Field: "hours of " + d.Date, Value: fmt.Sprint(d.Start, " – ", d.End)}
	}
	s.indexes[d.Index] = true
	names := []string{}
	for _, r := range d.Rooms {
		switch name := strings.TrimSpace(tidy(r.Name)); {
		case name == "" || slices.Contains(names, name):
			return &Unwritable{Field: "room of " + d.Date, Value: r.Name}
		case r.GUID != "" && !isUUID(r.GUID):
			return &Unwritable{Field: "guid of room " + r.Name, Value: r.GUID}
		default:
			names = append(names, name)
		}
		for _, e := range r.Events {
			if err := s.event(d, r, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s seen) event(d Day, r Room, e Event) error {
	guid, name := strings.ToLower(e.GUID), e.GUID
	within := !e.Start.Before(d.Start) && e.Start.Before(d.End.Add(time.Minute))
	switch {
	case !isUUID(e.GUID) || s.guids[guid]:
		return &Unwritable{Event: e.Title, Field: "guid", Value: e.GUID}
	case e.ID < 1 || e.ID > largestID || s.ids[e.ID]:
		return &Unwritable{name, "id", fmt.Sprint(e.ID)}
	case strings.TrimSpace(tidy(e.Title)) == "":
		return &Unwritable{name, "title", e.Title}
	case e.Room != r.Name:
		return &Unwritable{name, "room", e.Room}
	case !plausible(e.Start) || !within:
		return &Unwritable{name, "start", e.Start.Format(time.RFC3339)}
	case e.Duration <= 0 || e.Duration >= 100*time.Hour || e.Duration%time.Minute != 0:
		return &Unwritable{name, "duration", e.Duration.String()}
	}
	for _, p := range e.Persons {
		if strings.TrimSpace(tidy(p.Name)) == "" || p.GUID != "" && !isUUID(p.GUID) {
			return &Unwritable{name, "person", p.Name}
		}
	}
	s.guids[guid], s.ids[e.ID] = true, true
	return nil
}
