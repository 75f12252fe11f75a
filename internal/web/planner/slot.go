package planner

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/errs"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

const (
	// slotsKnown lists the hours that the form was opened with, as ID:REVISION, so that hours which a colleague
	// has added meanwhile are not taken for hours that were taken away.
	slotsKnown = "slots_known"

	nextDay    = "next" // the hours end on the day after
	firstTurn  = "first"
	secondTurn = "second" // of an hour that the clock shows twice
)

// fillSlot puts hours into the form, on the clock that hangs in the hall.
func (b *bench) fillSlot(form *web.Form, s timetable.Slot) {
	start, end := s.Start.In(b.x.Zone), s.End.In(b.x.Zone)
	ends := ""
	if civil.DateOf(end) != civil.DateOf(start) {
		ends = nextDay
	}
	desk.AddRow(form, slotList, string(s.ID), strconv.Itoa(s.Revision), string(civil.DateOf(start)), civil.ClockOf(start).String(),
		civil.ClockOf(end).String(), ends, string(s.Place), turnOf(start), turnOf(end))
	form.Set(slotsKnown, append(form.All(slotsKnown), string(s.ID)+":"+strconv.Itoa(s.Revision))...)
}

// turnOf says which of the two it is where the clock shows the hour of at twice.
func turnOf(at time.Time) string {
	both := civil.Resolve(civil.DateOf(at), civil.ClockOf(at), at.Location())
	switch {
	case len(both) < 2:
		return ""
	case both[0].Equal(at.Truncate(time.Minute)):
		return firstTurn
	}
	return secondTurn
}

// filledSlots lists the rows that somebody typed hours into.
func filledSlots(form *web.Form) (rows []int) {
	for i := range desk.CountRows(form, slotList) {
		if desk.CellAt(form, "slot_start", i)+desk.CellAt(form, "slot_end", i)+desk.CellAt(form, "slot_place", i)+desk.CellAt(form, "slot_id", i) != "" {
			rows = append(rows, i)
		}
	}
	return rows
}

// hoursEdit is what the form says about the hours of a session.
type hoursEdit struct {
	slots []timetable.Slot
	rows  []int // of the form, for each slot
	gone  []timetable.Slot
}

// readSlots reads the hours of the session; those that are as they were are left out.
func (b *bench) readSlots(form *web.Form, of programme.SessionID) (e hoursEdit) {
	saved := b.x.SlotsOf(of)
	if of == "" {
		saved = nil
	}
	kept := map[timetable.SlotID]bool{}
	for _, i := range filledSlots(form) {
		wanted := b.readSlot(form, i)
		wanted.Session = of
		sent := timetable.SlotID(desk.CellAt(form, "slot_id", i))
		at := slices.IndexFunc(saved, func(s timetable.Slot) bool { return s.ID == sent })
		if at >= 0 && !kept[sent] {
			kept[sent] = true
			wanted.ID, wanted.Examples = sent, saved[at].Examples
			wanted.Revision, _ = strconv.Atoi(desk.CellAt(form, "slot_revision", i)) // a forged one is nobody's last
			if unmoved(wanted, saved[at]) {
				continue
			}
		}
		e.slots, e.rows = append(e.slots, wanted), append(e.rows, i)
	}
	for _, known := range form.All(slotsKnown) {
		id, revision, _ := strings.Cut(known, ":")
		at := slices.IndexFunc(saved, func(s timetable.Slot) bool { return string(s.ID) == id })
		if at >= 0 && !kept[saved[at].ID] {
			gone := saved[at]
			gone.Revision, _ = strconv.Atoi(revision)
			e.gone = append(e.gone, gone)
		}
	}
	return e
}

func unmoved(a, b timetable.Slot) bool {
	return a.Place == b.Place && a.Start.Equal(b.Start) && a.End.Equal(b.End) && a.Revision == b.Revision
}

// readSlot reads one row and notes what is wrong in it.
func (b *bench) readSlot(form *web.Form, row int) (s timetable.Slot) {
	s.Place = timetable.PlaceID(desk.CellAt(form, "slot_place", row))
	if s.Place != "" && b.x.Place(s.Place) == nil {
		desk.RowProblem(form, "slot_place", row, "programme.gone")
	}
	before := len(form.Problems)
	clock := wallClock{form, row, b.x.Zone}
	day, ok := clock.day()
	if !ok {
		return s
	}
	s.Start = clock.read("slot_start", day)
	if desk.CellAt(form, "slot_ends", row) == nextDay {
		day = day.Add(1)
	}
	s.End = clock.read("slot_end", day)
	if len(form.Problems) == before {
		blameSlot(form, row, s.Validate())
	}
	return s
}

// blameSlot puts what is wrong with the hours beside them.
func blameSlot(form *web.Form, row int, err error) {
	problems, _ := err.(errs.Problems) //nolint:errorlint // Validate wraps nothing
	for _, problem := range problems {
		key := problem.Key
		if key == "timetable.end_before_start" {
			key = "planner.slot.end_before_start"
		}
		desk.RowProblem(form, "slot_"+problem.Name, row, key, problem.Args...)
	}
}

// wallClock reads days and hours as people write them, on the clock of the congress.
type wallClock struct {
	form *web.Form
	row  int
	zone *time.Location
}

func (c wallClock) day() (civil.Date, bool) {
	typed := desk.CellAt(c.form, "slot_day", c.row)
	day, err := civil.ParseDate(typed)
	if err != nil {
		desk.RowProblem(c.form, "slot_day", c.row, "planner.slot.no_day")
		return "", false
	}
	return day, true
}

// read gives the instant at which the clock shows what is in the cell, or the zero time. An hour that is skipped is a
// problem that names the nearest ones; an hour that comes twice asks which of the two is meant.
func (c wallClock) read(name string, day civil.Date) time.Time {
	typed := desk.CellAt(c.form, name, c.row)
	if typed == "" {
		return time.Time{}
	}
	clock, err := civil.ParseClock(typed)
	if err != nil {
		desk.RowProblem(c.form, name, c.row, "planner.slot.no_clock")
		return time.Time{}
	}
	found := civil.Resolve(day, clock, c.zone)
	switch turn := desk.CellAt(c.form, name+"_turn", c.row); {
	case len(found) == 1:
		return found[0]
	case len(found) == 0:
		before, after := nearest(day, clock, c.zone)
		desk.RowProblem(c.form, name, c.row, "planner.slot.skipped", clock, before, after)
	case turn == firstTurn:
		return found[0]
	case turn == secondTurn:
		return found[1]
	default:
		desk.RowProblem(c.form, name+"_turn", c.row, "planner.slot.twice", clock)
	}
	return time.Time{}
}

// nearest gives the hours on either side of one that the clock skips.
func nearest(day civil.Date, clock civil.Clock, zone *time.Location) (before, after civil.Clock) {
	const lastMinute = 24*60 - 1
	for before = clock; before > 0 && len(civil.Resolve(day, before, zone)) == 0; before-- {
	}
	for after = clock; after < lastMinute && len(civil.Resolve(day, after, zone)) == 0; after++ {
	}
	return before, after
}

// timeSpan is when something runs.
type timeSpan struct{ start, end time.Time }

func (s timeSpan) minutes() int {
	if s.start.IsZero() || s.end.IsZero() || !s.end.After(s.start) {
		return 0
	}
	return int(s.end.Sub(s.start) / time.Minute)
}

// firstHours are the hours in the first row of the form, as far as they can be read, without noting any problem.
func (b *bench) firstHours(form web.Form) timeSpan {
	quiet := web.Form{Fields: form.Fields, Typed: form.Typed}
	for _, row := range filledSlots(&quiet) {
		s := b.readSlot(&quiet, row)
		return timeSpan{s.Start, s.End}
	}
	return timeSpan{}
}

// TwoTurns says whether the row has to ask which of two equal hours is meant by the column.
func (r listRow) TwoTurns(name string) bool {
	return r.Value(name+"_turn") != "" || r.sheet.Form.Problem(desk.CellName(name+"_turn", r.I)) != nil
}
