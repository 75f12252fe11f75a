package windows

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"obrady/internal/attendance"
	"obrady/internal/rights"
	"obrady/internal/table"
	"obrady/internal/text"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var exportFields = web.Fields{"columns": "windows.export.columns", "file": "windows.export.file", "reason": "windows.reason"}

const (
	exportNo   = "no"
	mostReason = 500
)

// columns of the file, with the sentences that head them. What people need is none of them.
// key: windows.export.column.*
var columns = []string{exportNo, "badge", "affiliation", "state", "receipt", "since", "email"}

// ExportPage asks what is to be taken away of the people of a session, and why.
type ExportPage struct {
	SeatsPage
	Form web.Form
}

// Columns are the boxes to tick; none is ticked beforehand.
func (ExportPage) Columns(v web.View) (options []web.Option) {
	for _, c := range columns {
		options = append(options, web.Option{Value: c, Label: v.T("windows.export.column." + c)})
	}
	return options
}

// Files are the formats.
func (ExportPage) Files(v web.View) []web.Option {
	return []web.Option{{Value: "xlsx", Label: v.T("windows.export.xlsx")}, {Value: "csv", Label: v.T("windows.export.csv")}}
}

var exportPage = parse[ExportPage]("export.html")

func (p *Pages) askExport(w http.ResponseWriter, r *http.Request) error {
	s, err := p.seats(r)
	if err != nil {
		return err
	}
	form := web.NewForm(exportFields)
	form.Set("file", "xlsx")
	return exportPage.Show(w, r, ExportPage{s, form})
}

// export sends the list, and notes who took it away and why before it leaves.
func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	s, err := p.seats(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, exportFields)
	if err != nil {
		return err
	}
	var chosen []string
	for _, c := range columns { // in their order, and none that there is not
		if slices.Contains(form.All("columns"), c) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		form.Problems.Add("columns", "windows.export.no_columns")
	}
	switch reason := form.Value("reason"); {
	case reason == "":
		form.Problems.Add("reason", "windows.reason_missing")
	case text.Length(reason) > mostReason:
		form.Problems.Add("reason", "people.too_long", mostReason)
	}
	if !form.Good() {
		return exportPage.ShowForm(w, r, form, ExportPage{s, form})
	}
	if err := p.Looks.Look(r.Context(), rights.Look{
		By: desk.By(r), Action: rights.ManageSeats, Edition: s.Edition.ID, Object: string(s.Session.ID), Reason: form.Value("reason"),
	}); err != nil {
		return err
	}
	return p.sendSheet(w, form.Value("file"), s, p.sheet(r, s, chosen))
}

// sheet lays the list out, headed in the language of the page: seats first, then the line.
func (p *Pages) sheet(r *http.Request, s SeatsPage, chosen []string) table.Sheet {
	words := p.Words.In(web.Lang(r))
	sheet := table.Sheet{Name: words.T("windows.seats.title")}
	for _, c := range chosen {
		sheet.Header = append(sheet.Header, words.T("windows.export.column."+c))
	}
	zone := s.Edition.Location()
	for _, group := range [][]attendance.Taker{s.Has, s.Wait} {
		for i, g := range group {
			said := map[string]string{
				exportNo: strconv.Itoa(i + 1), "badge": g.Badge, "affiliation": g.Affiliation, "email": g.Email, "receipt": g.Seq.String(),
				"state": words.T("windows.export.state." + string(g.State)), "since": g.Since.In(zone).Format("2006-01-02 15:04"),
			}
			var cells []string
			for _, c := range chosen {
				cells = append(cells, said[c])
			}
			sheet.Add(cells...)
		}
	}
	return sheet
}

// sendSheet answers with the file. Its name tells the session and nobody's.
func (p *Pages) sendSheet(w http.ResponseWriter, format string, s SeatsPage, sheet table.Sheet) error {
	var out bytes.Buffer
	kind, ending := "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
	var err error
	if format == "csv" {
		kind, ending = "text/csv; charset=utf-8", "csv"
		err = table.WriteCSV(&out, sheet)
	} else {
		err = table.WriteXLSX(&out, []table.Sheet{sheet})
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+s.Session.Slug+`.`+ending+`"`)
	_, _ = out.WriteTo(w) // who has hung up misses nothing
	return nil
}
