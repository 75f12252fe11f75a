package pdf

// Table writes rows under their columns. A row stays whole unless it is longer than a page; the titles of the columns
// are repeated on every page. Cells that a row lacks are empty.
func (d *Document) Table(columns []Column, rows [][]string) {
	widths := d.shares(columns)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	d.row(titles, widths, "B", nil)
	for _, row := range rows {
		d.row(row, widths, "", titles)
	}
	d.space(textSize * perPoint)
}

// shares are the columns' widths in millimetres.
func (d *Document) shares(columns []Column) []float64 {
	sum := 0.0
	for _, c := range columns {
		sum += c.Share
	}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.Share / sum * d.width()
	}
	return widths
}

// row writes a row, and the titles before it where it begins a page.
func (d *Document) row(cells []string, widths []float64, style string, titles []string) {
	d.style(style, textSize-0.5)
	wrapped, most := make([][]string, len(widths)), 1
	for i := range min(len(cells), len(widths)) {
		wrapped[i] = d.wrap(cells[i], widths[i])
		most = max(most, len(wrapped[i]))
	}
	if d.left() < min(float64(most)*d.height()+2*cellGap, 60) {
		d.f.AddPage()
		if titles != nil {
			d.row(titles, widths, "B", nil)
			d.style(style, textSize-0.5)
		}
	}
	for from := 0; from < most; {
		fits := max(1, int((d.left()-2*cellGap)/d.height()))
		to := min(most, from+fits)
		d.slice(wrapped, widths, from, to)
		if from = to; from < most {
			d.f.AddPage()
		}
	}
}

// slice writes some lines of a row and a rule below them.
func (d *Document) slice(wrapped [][]string, widths []float64, from, to int) {
	left, _, _, _ := d.f.GetMargins()
	top, height := d.f.GetY()+cellGap, d.height()
	x := left
	for i, lines := range wrapped {
		for n := from; n < min(to, len(lines)); n++ {
			d.f.SetXY(x, top+float64(n-from)*height)
			d.f.CellFormat(widths[i], height, lines[n], "", 0, "L", false, 0, "")
		}
		x += widths[i]
	}
	bottom := top + float64(to-from)*height + cellGap
	d.f.SetDrawColor(lineGrey, lineGrey, lineGrey)
	d.f.SetLineWidth(0.2)
	d.f.Line(left, bottom, left+d.width(), bottom)
	d.f.SetXY(left, bottom)
}
