package plan

import (
	"cmp"
	"slices"
	"time"
)

// A sheet is ruled in steps of five minutes.
const (
	Step         = 5 * time.Minute
	StepsAnHour  = int(time.Hour / Step)
	mostSteps    = 252 // 21 hours; what is later stands on the last line
	hoursOfSheet = mostSteps / StepsAnHour
)

// Sheet is one day laid out: hours down, strands across.
type Sheet struct {
	Begin   time.Time // the full hour in which the day begins
	Strands []Strand
	Columns int
	Hours   []Hour
}

// Strand is what stands in one place, on one stage, in one block. Where its items overlap it is several columns
// wide.
type Strand struct {
	Order int
	First int // its first column, counted from 1
	Width int
	lanes []Lane
}

// Lane is an item with its place on the sheet.
type Lane struct {
	Item
	At, To int // in steps from Begin
	Column int // counted from 1; 0: across all
}

// Hour is what begins within one hour of the day.
type Hour struct {
	At    time.Time
	Steps int // from Begin
	Lanes []Lane
}

// Lay lays the items of one day out; order says which strand an item belongs to. All of them have hours.
func (p *Plan) Lay(items []Item, order func(Item) int) Sheet {
	if len(items) == 0 {
		return Sheet{}
	}
	begin, end := p.span(items)
	lanes := make([]Lane, len(items))
	for i, it := range items {
		at := stepsFrom(begin, it.Slot.Start)
		lanes[i] = Lane{it, at, max(at+1, stepsFrom(begin, it.Slot.End)), 0}
	}
	across, rest := apart(lanes)
	s := Sheet{Begin: begin, Strands: strands(rest, order)}
	for i := range s.Strands {
		strand := &s.Strands[i]
		strand.First = s.Columns + 1
		for _, l := range strand.lanes {
			l.Column += strand.First
			across = append(across, l)
		}
		s.Columns += strand.Width
	}
	slices.SortStableFunc(across, func(a, b Lane) int { return cmp.Or(a.At-b.At, a.Column-b.Column) })
	s.Hours = byHour(begin, end, across)
	return s
}

// span is from the full hour in which the day begins to when its last item ends.
func (p *Plan) span(items []Item) (begin, end time.Time) {
	begin, end = items[0].Slot.Start, items[0].Slot.End
	for _, it := range items {
		if it.Slot.Start.Before(begin) {
			begin = it.Slot.Start
		}
		if it.Slot.End.After(end) {
			end = it.Slot.End
		}
	}
	local := begin.In(p.x.Zone)
	past := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
	return local.Add(-past), end
}

func stepsFrom(begin, at time.Time) int { return min(int(at.Sub(begin)/Step), mostSteps) }

// apart takes out the breaks that are everybody's: those during which nothing else happens. Of several at the
// same hours, lunch in two halls, one is kept.
func apart(lanes []Lane) (across, rest []Lane) {
	for _, l := range lanes {
		everybodys := l.IsBreak() && !slices.ContainsFunc(lanes, func(other Lane) bool {
			return !other.IsBreak() && other.At < l.To && l.At < other.To
		})
		if everybodys {
			across = append(across, l)
		} else {
			rest = append(rest, l)
		}
	}
	return slices.CompactFunc(across, func(a, b Lane) bool { return a.At == b.At && a.To == b.To }), rest
}

func strands(lanes []Lane, order func(Item) int) []Strand {
	byOrder := map[int]*Strand{}
	for _, l := range lanes {
		of := order(l.Item)
		if byOrder[of] == nil {
			byOrder[of] = &Strand{Order: of}
		}
		byOrder[of].lanes = append(byOrder[of].lanes, l)
	}
	all := make([]Strand, 0, len(byOrder))
	for _, strand := range byOrder {
		strand.spread()
		all = append(all, *strand)
	}
	slices.SortFunc(all, func(a, b Strand) int { return a.Order - b.Order })
	return all
}

// spread gives lanes that overlap columns of their own within the strand: each the first that is free.
func (s *Strand) spread() {
	var until []int // of each column
	for i := range s.lanes {
		l := &s.lanes[i]
		free := slices.IndexFunc(until, func(to int) bool { return to <= l.At })
		if free < 0 {
			free = len(until)
			until = append(until, 0)
		}
		until[free] = l.To
		l.Column = free
	}
	s.Width = len(until)
}

// byHour cuts the sheet into the hours of the clock, those in which nothing begins too.
func byHour(begin, end time.Time, lanes []Lane) (hours []Hour) {
	for i := range hoursOfSheet {
		h := Hour{At: begin.Add(time.Duration(i) * time.Hour), Steps: i * StepsAnHour}
		if !h.At.Before(end) {
			break
		}
		for len(lanes) > 0 && (lanes[0].At < h.Steps+StepsAnHour || i == hoursOfSheet-1) {
			h.Lanes, lanes = append(h.Lanes, lanes[0]), lanes[1:]
		}
		hours = append(hours, h)
	}
	return hours
}
