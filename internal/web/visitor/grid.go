package visitor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// The sheet of the timetable: columns across, and down it steps of five minutes. Its bounds are those of the style
// sheet grid.css, which has a class for every place on it.
const (
	step        = 5 * time.Minute
	stepsOfHour = int(time.Hour / step)
	mostSteps   = 252
	mostColumns = 40
	widest      = 9 // columns that one head can span
)

// grid is one day as a sheet.
type grid struct {
	Class string // cols-10 compact
	Label string // read aloud
	Heads string // what the columns are
	From  stamp
	Cols  []column
	Hours []hourOf
}

// column is the head of one place, stage or block.
type column struct {
	link
	Class string
	Small string
}

// hourOf is what begins within one hour of the day; without slots it is only a line.
type hourOf struct {
	At, ID, Label string
	Slots         []placed
}

// placed is a session on the sheet.
type placed struct {
	Class      string
	Start, End string
	Card       drawn
}

// lane is a session with its place on the sheet.
type lane struct {
	item
	at, to int // steps
	column int // counted from 1; 0: across all
}

// strand is what one column holds.
type strand struct {
	column
	lanes []lane
	width int
}

// layout says what stands across: by it every item is put into a column.
type layout struct {
	key, pl, en string
	of          func(v *view, it item) (order int, head column)
}

var layouts = []layout{
	{"visitor.layout.places", "miejsca", "places", (*view).placeColumn},
	{"visitor.layout.stages", "sceny", "stages", (*view).stageColumn},
	{"visitor.layout.blocks", "bloki", "blocks", (*view).blockColumn},
}

// sheet lays items out. It is nil where they do not fit: on a day with more strands than the sheet has columns.
func (v *view) sheet(items []item, by layout) *grid {
	if len(items) == 0 {
		return nil
	}
	begin, end := v.span(items)
	lanes := make([]lane, len(items))
	for i, it := range items {
		at := stepsFrom(begin, it.slot.Start)
		lanes[i] = lane{it, at, max(at+1, stepsFrom(begin, it.slot.End)), 0}
	}
	across, rest := apart(lanes)
	strands := v.strands(rest, by)
	columns := number(strands)
	if columns > mostColumns {
		return nil
	}
	g := &grid{Class: fmt.Sprintf("cols-%d", max(1, columns)), From: v.stamp(begin), Heads: v.T(by.key)}
	all := across
	for _, s := range strands {
		g.Cols = append(g.Cols, s.column)
		all = append(all, s.lanes...)
	}
	slices.SortStableFunc(all, func(a, b lane) int { return cmp.Or(a.at-b.at, a.column-b.column) })
	g.Hours = v.byHour(begin, end, all)
	return g
}

// span is from the full hour in which the day begins to when its last session ends.
func (v *view) span(items []item) (begin, end time.Time) {
	begin, end = items[0].slot.Start, items[0].slot.End
	for _, it := range items {
		if it.slot.Start.Before(begin) {
			begin = it.slot.Start
		}
		if it.slot.End.After(end) {
			end = it.slot.End
		}
	}
	local := begin.In(v.x.Zone)
	past := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	return local.Add(-past), end
}

func stepsFrom(begin, at time.Time) int { return min(int(at.Sub(begin)/step), mostSteps) }

// apart takes out the breaks that are everybody's: those during which nothing else happens.
func apart(lanes []lane) (across, rest []lane) {
	for _, l := range lanes {
		free := l.s.Format == programme.Break && !slices.ContainsFunc(lanes, func(other lane) bool {
			return other.s.Format != programme.Break && other.at < l.to && l.at < other.to
		})
		if free {
			across = append(across, l)
		} else {
			rest = append(rest, l)
		}
	}
	return merged(across), rest
}

// merged keeps one of several breaks at the same hours: lunch in two halls is one band.
func merged(across []lane) []lane {
	return slices.CompactFunc(across, func(a, b lane) bool { return a.at == b.at && a.to == b.to })
}

// strands puts lanes into columns, in the order of the programme's lists.
func (v *view) strands(lanes []lane, by layout) []*strand {
	byOrder := map[int]*strand{}
	for _, l := range lanes {
		order, head := by.of(v, l.item)
		if byOrder[order] == nil {
			byOrder[order] = &strand{column: head}
		}
		byOrder[order].lanes = append(byOrder[order].lanes, l)
	}
	var orders []int
	for order := range byOrder {
		orders = append(orders, order)
	}
	slices.Sort(orders)
	strands := make([]*strand, len(orders))
	for i, order := range orders {
		strands[i] = byOrder[order]
		strands[i].spread()
	}
	return strands
}

// spread gives lanes that overlap columns of their own within the strand, the first that is free.
func (s *strand) spread() {
	var until []int // of each column
	for i := range s.lanes {
		l := &s.lanes[i]
		free := slices.IndexFunc(until, func(to int) bool { return to <= l.at })
		if free < 0 {
			free = len(until)
			until = append(until, 0)
		}
		until[free] = l.to
		l.column = free
	}
	s.width = len(until)
}

// number turns columns within strands into columns of the sheet, and says how many there are.
func number(strands []*strand) (columns int) {
	for _, s := range strands {
		s.Class = fmt.Sprintf("c-%d", columns+1)
		if s.width > 1 {
			s.Class += fmt.Sprintf(" w-%d", min(s.width, widest))
		}
		for i := range s.lanes {
			s.lanes[i].column += columns + 1
		}
		columns += s.width
	}
	return columns
}

// byHour cuts the sheet into the hours of the clock.
func (v *view) byHour(begin, end time.Time, all []lane) (hours []hourOf) {
	for i := 0; i*stepsOfHour < mostSteps; i++ {
		at := begin.Add(time.Duration(i) * time.Hour)
		if !at.Before(end) {
			break
		}
		h := hourOf{At: fmt.Sprintf("at-%d", i*stepsOfHour), ID: fmt.Sprintf("h%d", i), Label: hour(at.In(v.x.Zone))}
		for len(all) > 0 && all[0].at < (i+1)*stepsOfHour {
			h.Slots = append(h.Slots, v.placed(all[0]))
			all = all[1:]
		}
		hours = append(hours, h)
	}
	return hours
}

func (v *view) placed(l lane) placed {
	class := fmt.Sprintf("slot at-%d to-%d", l.at, l.to)
	switch {
	case l.column == 0:
		class += " slot-break"
	case l.s.Format == programme.Break:
		class += fmt.Sprintf(" slot-break c-%d w-1", l.column)
	default:
		class += fmt.Sprintf(" c-%d block-%d", l.column, v.colour(l.s.Block))
	}
	if l.s.Status == programme.Cancelled {
		class += " is-cancelled"
	}
	return placed{class, v.stamp(l.slot.Start).At, v.stamp(l.slot.End).At, v.card(l.s, l.slot)}
}

func (v *view) colour(block programme.BlockID) int {
	if b := v.x.Block(block); b != nil {
		return b.Colour
	}
	return 0
}

// beyond is the order of a column for what belongs to none.
const beyond = 1 << 20

func (v *view) placeColumn(it item) (int, column) {
	for i := range v.x.Places {
		p := &v.x.Places[i]
		if p.ID != it.slot.Place {
			continue
		}
		head := column{link: v.link(p.Name, v.to("place", p.Slug))}
		if p.Capacity > 0 {
			head.Small = v.N("visitor.seats", p.Capacity)
		} else if p.Kind == timetable.OnlineHub {
			head.Small = v.T(p.Kind.Key())
		}
		return i, head
	}
	return beyond, column{link: link{said: said{Text: v.T("visitor.no_place")}}}
}

func (v *view) stageColumn(it item) (int, column) {
	for i := range v.x.Stages {
		if g := &v.x.Stages[i]; g.ID == it.s.Stage {
			return i, column{link: v.link(g.Name, v.to("stage", g.Slug))}
		}
	}
	return beyond, column{link: link{said: said{Text: v.T("visitor.no_stage")}}}
}

func (v *view) blockColumn(it item) (int, column) {
	for i := range v.x.Blocks {
		if b := &v.x.Blocks[i]; b.ID == it.s.Block {
			return i, column{link: v.link(b.Name, v.to("block", b.Slug)), Small: v.T("visitor.block_mark", b.Mark)}
		}
	}
	return beyond, column{link: link{said: said{Text: v.T("visitor.no_block")}}}
}
