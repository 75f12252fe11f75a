package export

import (
	"slices"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/timetable"
)

// slot reads day, hours and place. The rows of a session speak of its slots
// in the order of time.
func (r *reader) slot(p *rowPlan) {
	if !r.has("day") && !r.has("start") && !r.has("place") {
		return
	}
	day, start, end := r.cell("day"), r.cell("start"), r.cell("end")
	if day == "" && start == "" && end == "" {
		return
	}
	slot := timetable.Slot{ID: id.Make[timetable.SlotID](), Session: p.session.ID}
	if had := r.plan.x.SlotsOf(p.session.ID); p.used < len(had) {
		slot = had[p.used]
	}
	p.used++
	was := slot
	var known bool
	if slot.Start, slot.End, known = r.hours(day, start, end); !known {
		return
	}
	if r.has("place") {
		slot.Place = one(r, "place", "export.place_unknown", r.plan.x.Places, func(p timetable.Place) (timetable.PlaceID, string, i18n.Text) {
			return p.ID, p.Slug, p.Name
		})
	}
	if err := slot.Validate(); err != nil {
		r.blame(err, "end")
		return
	}
	if slot.Revision == 0 || slot.Place != was.Place || !slot.Start.Equal(was.Start) || !slot.End.Equal(was.End) {
		p.slots, p.changed = append(p.slots, slot), true
	}
}

// hours reads a span of time. An end in the small hours is that of the night
// that follows; any other end before the start is a mistake.
func (r *reader) hours(day, start, end string) (from, to time.Time, ok bool) {
	date, err := parseDay(day)
	if err != nil {
		r.refuse("day", "export.day", day)
		return from, to, false
	}
	from, okFrom := r.moment("start", date, start)
	endDay := date
	if a, errA := parseClock(start); errA == nil {
		if b, errB := parseClock(end); errB == nil && b.clock <= a.clock && b.clock <= smallHours {
			endDay = date.Add(1)
		}
	}
	to, okTo := r.moment("end", endDay, end)
	if !okFrom || !okTo {
		return from, to, false
	}
	days := r.plan.x.Edition.Days()
	if !slices.Contains(days, timetable.DayOf(from, r.plan.x.Zone)) {
		r.refuse("day", "export.outside_edition", day)
		return from, to, false
	}
	return from, to, true
}

const smallHours = civil.Clock(6 * 60)

// moment finds the instant at which the clock in the hall shows the hour. An
// hour that the clock skips or shows twice is refused; in a table of ours the
// offset tells which of the two it is.
func (r *reader) moment(column string, day civil.Date, hour string) (time.Time, bool) {
	told, err := parseClock(hour)
	if err != nil {
		r.refuse(column, "export.hour", hour)
		return time.Time{}, false
	}
	all := civil.Resolve(day, told.clock, r.plan.x.Zone)
	if told.offset != "" {
		all = slices.DeleteFunc(all, func(at time.Time) bool { return at.In(r.plan.x.Zone).Format("-07:00") != told.offset })
	}
	switch len(all) {
	case 0:
		r.refuse(column, "export.hour_skipped", hour)
		return time.Time{}, false
	case 1:
		return all[0], true
	}
	r.refuse(column, "export.hour_twice", hour)
	return time.Time{}, false
}

// parseDay reads 2021-06-07, 2021-06-07T00:00:00 and 7.06.2021.
func parseDay(s string) (civil.Date, error) {
	s, _, _ = strings.Cut(s, "T")
	if at, err := time.Parse("2.1.2006", s); err == nil {
		return civil.DateOf(at), nil
	}
	return civil.ParseDate(s)
}

// toldHour is a time of day as a cell says it; offset only where the clock
// shows the hour twice.
type toldHour struct {
	clock  civil.Clock
	offset string
}

// parseClock reads 9:30, 09:30:00, 9.30 and 02:30+01:00.
func parseClock(s string) (toldHour, error) {
	var told toldHour
	if at := strings.LastIndexAny(s, "+-"); at > 0 {
		s, told.offset = s[:at], s[at:]
	}
	if strings.Count(s, ":") == 2 {
		s = strings.TrimSuffix(s, ":00")
	}
	if !strings.Contains(s, ":") {
		s = strings.Replace(s, ".", ":", 1)
	}
	var err error
	told.clock, err = civil.ParseClock(s)
	return told, err
}

// clockText writes the hour that the clock in the hall shows, with the offset
// where it shows it twice.
func clockText(x *timetable.Index, at time.Time) string {
	local := at.In(x.Zone)
	if len(civil.Resolve(civil.DateOf(local), civil.ClockOf(local), x.Zone)) > 1 {
		return local.Format("15:04-07:00")
	}
	return local.Format("15:04")
}
