package agenda

import (
	"fmt"
	"io"
	"time"

	ics "github.com/arran4/golang-ical"
)

// State is how sure somebody's part in a session is, in the words of RFC 5545, 3.8.1.11.
type State string

// The states.
const (
	Confirmed State = "CONFIRMED" // they have a place
	Tentative State = "TENTATIVE" // they wait for one, or one is kept for them
	Cancelled State = "CANCELLED" // they have it no longer, or the session is off
)

// Entry is one time of one session in somebody's calendar.
type Entry struct {
	UID      string // stays the same for ever
	Sequence int    // grows with every change that matters to a calendar
	Changed  time.Time
	Start    time.Time
	End      time.Time
	State    State
	Title    string
	Place    string
	Text     string
	URL      string
}

// Calendar is what a calendar program reads at an address.
type Calendar struct {
	Name    string
	Entries []Entry
}

const utc = "20060102T150405Z"

// Write writes the calendar (RFC 5545). Hours are in UTC, which every program
// shows by its own clock; an entry that is lost stays as cancelled, so that it
// does not vanish without a word.
func Write(w io.Writer, c Calendar) error {
	cal := ics.NewCalendar()
	cal.SetVersion("2.0")
	cal.SetProductId("-//Obrady//Obrady 1//PL")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(c.Name)
	cal.SetRefreshInterval("PT15M")
	cal.SetXPublishedTTL("PT15M")
	for _, entry := range c.Entries {
		entry.add(cal)
	}
	if err := cal.SerializeTo(w, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write a personal calendar: %w", err)
	}
	return nil
}

func (e Entry) add(cal *ics.Calendar) {
	event := cal.AddEvent(e.UID)
	for _, p := range []struct {
		name  ics.ComponentProperty
		value string
	}{
		{ics.ComponentPropertyDtstamp, e.Changed.UTC().Format(utc)},
		{ics.ComponentPropertyLastModified, e.Changed.UTC().Format(utc)},
		{ics.ComponentPropertySequence, fmt.Sprint(max(e.Sequence, 0))},
		{ics.ComponentPropertyDtStart, e.Start.UTC().Format(utc)},
		{ics.ComponentPropertyDtEnd, e.End.UTC().Format(utc)},
		{ics.ComponentPropertyStatus, string(e.State)},
		{ics.ComponentPropertyTransp, e.transparency()},
		{ics.ComponentPropertySummary, e.Title},
		{ics.ComponentPropertyLocation, e.Place},
		{ics.ComponentPropertyDescription, e.Text},
		{ics.ComponentPropertyUrl, e.URL},
	} {
		if p.value != "" {
			event.SetProperty(p.name, p.value)
		}
	}
}

// transparency says whether the hours are taken: only by a place that somebody has.
func (e Entry) transparency() string {
	if e.State == Confirmed {
		return "OPAQUE"
	}
	return "TRANSPARENT"
}
