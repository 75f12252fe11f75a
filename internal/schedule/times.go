package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const dateForm = "2006-01-02"

// parseDate reads a date, also from the beginning of a dateTime.
func parseDate(text string) (time.Time, bool) {
	if len(text) < len(dateForm) {
		return time.Time{}, false
	}
	t, err := time.Parse(dateForm, text[:len(dateForm)])
	return t, err == nil && plausible(t)
}

// plausible keeps out years that no calendar app can show.
func plausible(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2200 }

// withOffset and withoutOffset are the ways in which real files write a moment.
var (
	withOffset = []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02T15:04:05Z07",
	}
	withoutOffset = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"}
)

// moment is a time as a file has it.
type moment struct {
	at     time.Time
	offset bool // the file says where
}

// parseMoment reads a dateTime; without an offset it is meant in place.
func parseMoment(text string, place *time.Location) (moment, bool) {
	for _, form := range withOffset {
		if t, err := time.Parse(form, text); err == nil {
			return moment{t.Truncate(time.Second), true}, plausible(t)
		}
	}
	for _, form := range withoutOffset {
		if t, err := time.ParseInLocation(form, text, place); err == nil {
			return moment{t.Truncate(time.Second), false}, plausible(t)
		}
	}
	return moment{}, false
}

// parseClock reads an hour of the day, "9:30" or "09:30:00"; hours past 24 are
// those of the night after.
func parseClock(text string) (time.Duration, bool) {
	d, ok := parseParts(text)
	return d, ok && strings.Contains(text, ":") && d < 48*time.Hour
}

// parseParts reads HH:MM or HH:MM:SS.
func parseParts(text string) (time.Duration, bool) {
	parts := strings.Split(text, ":")
	if len(parts) > 3 {
		return 0, false
	}
	var total time.Duration
	unit := time.Hour
	for i, part := range parts {
		n, err := strconv.ParseUint(strings.TrimSpace(part), 10, 16)
		if err != nil || i > 0 && n > 59 {
			return 0, false
		}
		total += time.Duration(n) * unit
		unit /= 60
	}
	return total, true
}

// parseDuration reads how long something takes: "00:45", "1:30:00", "90"
// (minutes), "PT1H30M". A part of a minute counts as one. Usual says that it
// was written as the formats want it.
func parseDuration(text string) (d time.Duration, usual, ok bool) {
	switch minutes, err := strconv.ParseUint(text, 10, 16); {
	case err == nil:
		d, ok = time.Duration(minutes)*time.Minute, true
	case strings.HasPrefix(text, "PT"):
		d, err = time.ParseDuration(strings.ToLower(text[2:]))
		ok = err == nil
	default:
		d, ok = parseParts(text)
	}
	if rest := d % time.Minute; rest > 0 {
		d += time.Minute - rest
	}
	if !ok || d <= 0 || d >= 100*time.Hour {
		return 0, false, false
	}
	return d, text == formatDuration(d), true
}

// formatDuration writes HH:MM.
func formatDuration(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// onDay is the moment that a clock shows on a date, in place: with the clocks
// there, also on the night on which they change.
func onDay(date time.Time, clock time.Duration, place *time.Location) time.Time {
	minutes := int(clock / time.Minute)
	return time.Date(date.Year(), date.Month(), date.Day(), 0, minutes, int(clock%time.Minute/time.Second), 0, place)
}

// clockOf is the time of day of t, where t is.
func clockOf(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}
