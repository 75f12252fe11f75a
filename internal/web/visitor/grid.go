package visitor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Bounds of the sheet; the style sheet grid.css has a class for every place on it.
const (
	mostColumns = 40
	widest      = 12 // columns that one head can span
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
	Slots         []drawn
}

// placed is where a session lies on the sheet.
type placed struct {
	Class      string
	Start, End string
}

// layout says what stands across: by it every item is put into a column.
type layout struct {
	key, pl, en string
	order       func(v *view, it plan.Item) int // of the item's column among all; beyond for none
	head        func(v *view, order int) column
}

var layouts = []layout{
	{"visitor.layout.places", "miejsca", "places", (*view).placeOrder, (*view).placeHead},
	{"visitor.layout.stages", "sceny", "stages", (*view).stageOrder, (*view).stageHead},
	{"visitor.layout.blocks", "bloki", "blocks", (*view).blockOrder, (*view).blockHead},
}

// sheet lays items out. It is nil where they do not fit: on a day with more strands than the sheet has columns.
//
// key: visitor.across.*
func (v *view) sheet(items []plan.Item, by layout) *grid {
	laid := v.plan().Lay(items, func(it plan.Item) int { return by.order(v, it) })
	if len(laid.Hours) == 0 || laid.Columns > mostColumns {
		return nil
	}
	g := &grid{Class: fmt.Sprintf("cols-%d", max(1, laid.Columns)), From: v.stamp(laid.Begin), Heads: v.T("visitor.across." + by.en)}
	for _, strand := range laid.Strands {
		head := by.head(v, strand.Order)
		head.Class = fmt.Sprintf("c-%d", strand.First)
		if strand.Width > 1 {
			head.Class += fmt.Sprintf(" w-%d", min(strand.Width, widest))
		}
		g.Cols = append(g.Cols, head)
	}
	for i, h := range laid.Hours {
		one := hourOf{At: fmt.Sprintf("at-%d", h.Steps), ID: fmt.Sprintf("h%d", i), Label: hour(h.At.In(v.x.Zone))}
		for _, l := range h.Lanes {
			one.Slots = append(one.Slots, v.placed(l))
		}
		g.Hours = append(g.Hours, one)
	}
	return g
}

// placed is a session on the sheet: its card in an element that says where it lies. The elements are drawn once
// for each place on the sheet, the card once for all.
func (v *view) placed(l plan.Lane) drawn {
	key := "at " + string(l.Slot.ID) + " " + strconv.Itoa(l.At) + " " + strconv.Itoa(l.To) + " " + strconv.Itoa(l.Column)
	around := once(v, key, func() drawn {
		return draw("placed", placed{v.classOf(l), v.stamp(l.Slot.Start).At, v.stamp(l.Slot.End).At})
	})
	end := strings.LastIndex(string(around), "</li>")
	if end < 0 {
		return ""
	}
	return around[:end] + v.card(l.Session, l.Slot) + around[end:]
}

func (v *view) classOf(l plan.Lane) string {
	class := fmt.Sprintf("slot at-%d to-%d", l.At, l.To)
	switch {
	case l.Column == 0:
		class += " slot-break"
	case l.Session.Format == programme.Break:
		class += fmt.Sprintf(" slot-break c-%d w-1", l.Column)
	default:
		class += fmt.Sprintf(" c-%d block-%d", l.Column, v.colour(l.Session.Block))
	}
	if l.Session.Status == programme.Cancelled {
		class += " is-cancelled"
	}
	return class
}

func (v *view) colour(block programme.BlockID) int {
	if b := v.x.Block(block); b != nil {
		return b.Colour
	}
	return 0
}

// beyond is the order of a column for what belongs to none.
const beyond = 1 << 20

func orBeyond(order int) int {
	if order < 0 {
		return beyond
	}
	return order
}

func (v *view) placeOrder(it plan.Item) int {
	return orBeyond(slices.IndexFunc(v.x.Places, func(p timetable.Place) bool { return p.ID == it.Slot.Place }))
}

func (v *view) placeHead(order int) column {
	if order == beyond {
		return column{link: link{said: said{Text: v.T("visitor.no_place")}}}
	}
	p := &v.x.Places[order]
	head := column{link: v.link(p.Name, v.to("place", p.Slug))}
	switch {
	case p.Capacity > 0:
		head.Small = v.N("visitor.seats", p.Capacity)
	case p.Kind == timetable.OnlineHub:
		head.Small = v.T(p.Kind.Key())
	}
	return head
}

func (v *view) stageOrder(it plan.Item) int {
	return orBeyond(slices.IndexFunc(v.x.Stages, func(g programme.Stage) bool { return g.ID == it.Session.Stage }))
}

func (v *view) stageHead(order int) column {
	if order == beyond {
		return column{link: link{said: said{Text: v.T("visitor.no_stage")}}}
	}
	g := &v.x.Stages[order]
	return column{link: v.link(g.Name, v.to("stage", g.Slug))}
}

func (v *view) blockOrder(it plan.Item) int {
	return orBeyond(slices.IndexFunc(v.x.Blocks, func(b programme.Block) bool { return b.ID == it.Session.Block }))
}

func (v *view) blockHead(order int) column {
	if order == beyond {
		return column{link: link{said: said{Text: v.T("visitor.no_block")}}}
	}
	b := &v.x.Blocks[order]
	return column{link: v.link(b.Name, v.to("block", b.Slug)), Small: v.T("visitor.block_mark", b.Mark)}
}
