package planner

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// filledSegments lists the rows that somebody typed a part of the session into.
func filledSegments(form *web.Form) (rows []int) {
	for i := range desk.CountRows(form, segmentList) {
		typed := ""
		for _, name := range []string{"segment_title_pl", "segment_title_en", "segment_minutes", "segment_people", "segment_body_pl", "segment_body_en"} {
			typed += desk.CellAt(form, name, i)
		}
		if typed != "" {
			rows = append(rows, i)
		}
	}
	return rows
}

// readSegments reads the parts in the order of their rows. A part that was there keeps what the form does not ask.
func (b *bench) readSegments(form *web.Form, before []programme.Segment) (all []programme.Segment) {
	used := map[programme.SegmentID]bool{}
	for _, i := range filledSegments(form) {
		g := programme.Segment{}
		sent := programme.SegmentID(desk.CellAt(form, "segment_id", i))
		if at := slices.IndexFunc(before, func(o programme.Segment) bool { return o.ID == sent }); at >= 0 && !used[sent] {
			g, used[sent] = before[at], true
		}
		g.Kind = programme.SegmentKind(desk.CellAt(form, "segment_kind", i))
		g.Cycle = wholeNumber(form, "segment_cycle", i)
		g.Minutes = wholeNumber(form, "segment_minutes", i)
		if g.Cycle < 0 || g.Cycle > mostCycles {
			desk.RowProblem(form, "segment_cycle", i, "planner.segment.cycle_range", mostCycles)
		}
		g.Title.PL, g.Title.EN = desk.CellAt(form, "segment_title_pl", i), desk.CellAt(form, "segment_title_en", i)
		g.Body.PL, g.Body.EN = desk.CellAt(form, "segment_body_pl", i), desk.CellAt(form, "segment_body_en", i)
		if len([]rune(g.Title.EN)) > programme.MaxTitle || len([]rune(g.Body.EN)) > programme.MaxBody {
			desk.RowProblem(form, "segment_title_en", i, "programme.segment_too_long", i+1)
		}
		g.People = b.readSpeakers(form, i, g)
		all = append(all, g)
	}
	return all
}

// mostCycles is more than any session has; whoever types a greater number has slipped.
const mostCycles = 99

// readSpeakers reads names between semicolons. Who was there before keeps role and affiliation; who is new speaks in
// a talk and moderates a discussion.
func (b *bench) readSpeakers(form *web.Form, row int, before programme.Segment) (all []programme.Appearance) {
	role := programme.Speaker
	if before.Kind == programme.Discussion {
		role = programme.Moderator
	}
	for _, name := range speakerNames(desk.CellAt(form, "segment_people", row)) {
		person := people.PersonID(b.pick(form, picked{"segment_people", row, name}, b.persons))
		same := func(a programme.Appearance) bool { return a.Person == person }
		if person == "" || slices.ContainsFunc(all, same) {
			continue
		}
		kept := false
		for _, a := range before.People {
			if same(a) {
				all, kept = append(all, a), true
			}
		}
		if !kept {
			all = append(all, programme.Appearance{Person: person, Role: role})
		}
	}
	return all
}

func speakerNames(typed string) (names []string) {
	for name := range strings.SplitSeq(typed, ";") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// wholeNumber reads a cell; an empty one is 0.
func wholeNumber(form *web.Form, name string, row int) int {
	typed := desk.CellAt(form, name, row)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		desk.RowProblem(form, name, row, "web.form.number")
	}
	return n
}

// Timeline says when each part of the session runs, as far as the form knows, and whether the parts fit.
type Timeline struct {
	hours   map[int][2]time.Time // by row
	Planned int                  // minutes of all parts
	Slot    int                  // minutes of the first hours; 0 when there are none yet
}

// timeline reckons with what was typed, right or wrong: a length that is no number counts nothing.
func timeline(form *web.Form, first timeSpan) Timeline {
	t := Timeline{hours: map[int][2]time.Time{}, Slot: first.minutes()}
	at := first.start
	for _, i := range filledSegments(form) {
		minutes, err := strconv.Atoi(desk.CellAt(form, "segment_minutes", i))
		if err != nil || minutes < 0 || minutes > programme.MaxMinutes {
			minutes = 0
		}
		t.Planned += minutes
		if !at.IsZero() {
			end := at.Add(time.Duration(minutes) * time.Minute)
			t.hours[i] = [2]time.Time{at, end}
			at = end
		}
	}
	return t
}

// Hours are those of a row: "10:00–10:10", or nothing where the session has no hours yet.
func (t Timeline) Hours(p i18n.Printer, row int, zone *time.Location) string {
	span, known := t.hours[row]
	if !known {
		return ""
	}
	return p.Hours(span[0].In(zone), span[1].In(zone))
}

// Sum says how the parts fill the session.
func (t Timeline) Sum(p i18n.Printer) string {
	switch {
	case t.Planned == 0:
		return ""
	case t.Slot == 0:
		return p.T("planner.segment.sum_only", p.Minutes(t.Planned))
	case t.Planned > t.Slot:
		return p.T("planner.segment.sum_over", p.Minutes(t.Planned), p.Minutes(t.Slot), p.Minutes(t.Planned-t.Slot))
	case t.Planned < t.Slot:
		return p.T("planner.segment.sum_under", p.Minutes(t.Planned), p.Minutes(t.Slot), p.Minutes(t.Slot-t.Planned))
	}
	return p.T("planner.segment.sum_exact", p.Minutes(t.Planned), p.Minutes(t.Slot))
}

// Over says whether the parts are longer than the session.
func (t Timeline) Over() bool { return t.Slot > 0 && t.Planned > t.Slot }
