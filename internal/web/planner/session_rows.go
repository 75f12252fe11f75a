package planner

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// rearrange does what a button of a list asks for: "add segments", "up segments 3", "down segments 3", "remove
// segments 3". It says whether the button was one of those.
func rearrange(form *web.Form, button string) bool {
	what, list, row := pressed(button)
	if list.Name == "" {
		return false
	}
	n := desk.CountRows(form, list)
	inside := row >= 0 && row < n
	switch {
	case what == "add":
		desk.AddRow(form, list)
	case what == "up" && inside && row > 0:
		desk.SwapRows(form, list, row, row-1)
	case what == "down" && inside && row < n-1:
		desk.SwapRows(form, list, row, row+1)
	case what == "remove" && inside:
		desk.RemoveRow(form, list, row)
	}
	return slices.Contains([]string{"add", "up", "down", "remove"}, what)
}

// pressed takes apart what a button of a list sends: what to do, the list (without a name if there is none) and
// the row (-1 if it is about none).
func pressed(button string) (what string, list desk.Control, row int) {
	words := strings.Fields(button)
	if len(words) < 2 {
		return "", desk.Control{}, -1
	}
	row = -1
	if len(words) > 2 {
		if n, err := strconv.Atoi(words[2]); err == nil {
			row = n
		}
	}
	for _, one := range sessionLists {
		if one.Name == words[1] {
			return words[0], one, row
		}
	}
	return "", desk.Control{}, -1
}

// listRow is one row of a list as the page shows it.
type listRow struct {
	List  desk.Control
	I, N  int // which row, of how many
	sheet desk.Sheet
}

// Rows are the rows of the list called name.
func (s SessionPage) Rows(name string) []listRow {
	for _, list := range sessionLists {
		if list.Name == name {
			all := make([]listRow, desk.CountRows(&s.Sheet.Form, list))
			for i := range all {
				all[i] = listRow{list, i, len(all), s.Sheet}
			}
			return all
		}
	}
	return nil
}

// Number counts from 1, as people do.
func (r listRow) Number() int { return r.I + 1 }

// First says whether nothing stands above the row.
func (r listRow) First() bool { return r.I == 0 }

// Last says whether nothing stands below it.
func (r listRow) Last() bool { return r.I == r.N-1 }

// Do is what a button of the row sends.
func (r listRow) Do(what string) string { return fmt.Sprintf("%s %s %d", what, r.List.Name, r.I) }

// Value is what stands in a column.
func (r listRow) Value(name string) string { return desk.CellAt(&r.sheet.Form, name, r.I) }

// rowCell is a field of one row.
type rowCell struct {
	web.Input
	Element string // its id
	List    string // id of the list of proposals
	Create  string // what the button sends that adds a name nobody knows yet; empty where there is none
}

// Cell is the field of a column: a select where there are answers to choose from.
func (r listRow) Cell(v web.View, name string) rowCell {
	in := v.Input(r.sheet.Form, desk.CellName(name, r.I))
	in.Name, in.Label, in.Value = name, v.T(r.sheet.Form.Fields[name]), r.Value(name)
	in.Options = r.sheet.Options(v, name)
	for i := range in.Options {
		in.Options[i].Chosen = in.Options[i].Value == in.Value
	}
	if strings.HasSuffix(name, "_en") {
		in.In = "en"
	}
	c := rowCell{Input: in, Element: "f-" + desk.CellName(name, r.I)}
	if problem := r.sheet.Form.Problem(desk.CellName(name, r.I)); problem != nil && creatable[problem.Key] {
		c.Create = r.Do("create")
	}
	return c
}

// From proposes what is in the datalist with this id.
func (c rowCell) From(list string) rowCell { c.List = list; return c }

// Of sets the type of the input.
func (c rowCell) Of(kind string) rowCell { c.Type = kind; return c }

// Help lists the elements that describe the cell.
func (c rowCell) Help() string {
	if c.Problem == "" {
		return ""
	}
	return c.Element + "-error"
}

// Narrow sets the type of the input and makes it short.
func (c rowCell) Narrow(kind string) rowCell { c.Type, c.Size = kind, "size-s"; return c }

// rowTools is what the component "row-tools" takes.
type rowTools struct {
	web.View
	Row listRow
}

// Tools are the buttons that move the row and take it away.
func (r listRow) Tools(v web.View) rowTools { return rowTools{v, r} }

// Moves says whether the order of the rows means anything.
func (r listRow) Moves() bool { return r.List.Name == "segments" || r.List.Name == "people" }

// Told says whether something stands, or is wrong, in the cells that are folded away.
func (r listRow) Told() bool {
	return r.Value("segment_title_en")+r.Value("segment_body_pl")+r.Value("segment_body_en") != "" ||
		r.sheet.Form.Problem(desk.CellName("segment_title_en", r.I)) != nil
}

// rowAdder is what the component "row-add" takes.
type rowAdder struct {
	web.View
	List string
}

// Adder is the button that adds an empty row to a list.
func (SessionPage) Adder(v web.View, list string) rowAdder { return rowAdder{v, list} }

// Parent asks which session this one is a part of, proposing their titles.
func (s SessionPage) Parent(v web.View) rowCell {
	return rowCell{Input: s.Sheet.Input(v, s.Ask("parent")), Element: "f-parent", List: "sessions"}
}
