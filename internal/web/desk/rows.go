package desk

import (
	"maps"
	"slices"
	"strconv"

	"obrady/internal/web"
)

// AddRow puts a row at the end of a list; cells that are not given are empty.
func AddRow(form *web.Form, list Control, cells ...string) {
	at := CountRows(form, list)
	for i, column := range list.Rows {
		value := ""
		if i < len(cells) {
			value = cells[i]
		}
		SetCell(form, column.Name, at, value)
	}
}

// CountRows counts the rows of a list, empty ones included.
func CountRows(form *web.Form, list Control) (n int) {
	for _, column := range list.Rows {
		n = max(n, len(form.All(column.Name)))
	}
	return n
}

// SetCell writes one cell; the cells above it are empty if nothing was in them.
func SetCell(form *web.Form, name string, row int, value string) {
	values := make([]string, max(row+1, len(form.All(name))))
	copy(values, form.All(name))
	values[row] = value
	form.Set(name, values...)
}

// RowProblem notes what is wrong with one cell.
func RowProblem(form *web.Form, name string, row int, key string, args ...any) {
	cell := CellName(name, row)
	form.Problems.Add(cell, key, args...)
	form.Fields = maps.Clone(form.Fields) // the table of fields is shared by all requests
	form.Fields[cell] = form.Fields[name]
}

// CellName is the name under which a problem of one cell is noted.
func CellName(name string, row int) string { return name + "-" + strconv.Itoa(row) }

// SwapRows exchanges two rows.
func SwapRows(form *web.Form, list Control, a, b int) {
	for _, c := range list.Rows {
		one, other := CellAt(form, c.Name, a), CellAt(form, c.Name, b)
		SetCell(form, c.Name, a, other)
		SetCell(form, c.Name, b, one)
	}
}

// RemoveRow takes a row out of a list.
func RemoveRow(form *web.Form, list Control, row int) {
	for _, c := range list.Rows {
		if values := slices.Clone(form.All(c.Name)); row < len(values) {
			form.Set(c.Name, slices.Delete(values, row, row+1)...)
		}
	}
}
