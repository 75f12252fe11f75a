// Package civil keeps the days and hours of a congress the way people say them:
// "7 June, 12:00", on the clock that hangs in the hall.
//
// A zone's clock jumps twice a year. In spring an hour is missing, in autumn
// one comes twice, so a day and an hour name no instant, one, or two.
package civil

import (
	"errors"
	"fmt"
	"time"
)

// Date is a calendar day in the form 2021-06-07; the zero value is no day.
// Dates compare as strings do.
type Date string

// ErrDate is returned for a text that is no day of the calendar.
var ErrDate = errors.New("civil: not a date")

// ErrClock is returned for a text that is no time of day.
var ErrClock = errors.New("civil: not a time of day")

const (
	dateLayout = "2006-01-02"
	// The first and the last year that a congress can happen in; whatever
	// lies outside is a slip of the pen.
	firstYear, lastYear = 1900, 2200
)

// ParseDate reads a day in the form 2021-06-07.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return "", fmt.Errorf("%w: %q", ErrDate, s)
	}
	return Date(s), nil
}

// DateOf returns the day of t on the clock of t's own zone.
func DateOf(t time.Time) Date { return Date(t.Format(dateLayout)) }

// In returns the first instant of the day in zone. A date that is not valid
// gives the zero time.
func (d Date) In(zone *time.Location) time.Time {
	t, err := time.ParseInLocation(dateLayout, string(d), zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add returns the day that comes n days later, or earlier where n is negative.
func (d Date) Add(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// Until lists the days from d to last, both included; at most 366 of them.
func (d Date) Until(last Date) []Date {
	var days []Date
	for day := d; day <= last && len(days) < 366; day = day.Add(1) {
		days = append(days, day)
	}
	return days
}

// Clock is a time of day in minutes after midnight, 0 to 1439.
type Clock int

// ParseClock reads a time of day in the form 9:05 or 09:05.
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrClock, s)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// ClockOf returns the time of day of t on the clock of t's own zone.
func ClockOf(t time.Time) Clock { return Clock(t.Hour()*60 + t.Minute()) }

// String writes the time of day as 09:05.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Resolve returns every instant at which the clock of zone shows c on day d:
// none in the hour that spring skips, two in the hour that autumn repeats
// (the earlier one first), otherwise one.
func Resolve(d Date, c Clock, zone *time.Location) []time.Time {
	wall := d.In(time.UTC).Add(time.Duration(c) * time.Minute)
	var found []time.Time
	// Every offset that the zone uses around that day gives one candidate;
	// a candidate counts when the clock shows what was asked.
	for _, probe := range []time.Time{wall.Add(-26 * time.Hour), wall.Add(26 * time.Hour)} {
		_, offset := probe.In(zone).Zone()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if DateOf(at) != d || ClockOf(at) != c {
			continue
		}
		if len(found) == 1 && found[0].Equal(at) {
			continue
		}
		found = append(found, at)
	}
	if len(found) == 2 && found[1].Before(found[0]) {
		found[0], found[1] = found[1], found[0]
	}
	return found
}
