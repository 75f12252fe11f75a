package reception

import (
	"bytes"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/registration"
	"obrady/internal/rights"
	"obrady/internal/table"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

func (p *Pages) exportRows() []row {
	return []row{
		{"desk.participants.export", http.MethodGet, takersPL + "/eksport", takersEN + "/export", rights.ExportTakers, p.askExport},
		{"desk.participants.exported", http.MethodPost, takersPL + "/eksport", takersEN + "/export", rights.ExportTakers, p.export},
	}
}

var exportFields = web.Fields{
	"columns": "reception.columns", "form": "reception.facet.form", "file": "reception.file", "reason": "reception.reason",
}

// columns of the file, with the sentences that head them. What people need is none of them.
// key: reception.column.*
var columns = []string{"badge", "affiliation", "city", "sector", "form", "state", "registered_at", "email"}

// exportPage asks what is to be taken away, and why.
type exportPage struct {
	desk.Desk
	Form web.Form
}

var exportTemplate = parse[exportPage]("export.html")

// Columns are the boxes to tick; none is ticked beforehand.
func (exportPage) Columns(v web.View) (options []web.Option) {
	for _, c := range columns {
		options = append(options, web.Option{Value: c, Label: v.T("reception.column." + c)})
	}
	return options
}

// Forms are those whose list is taken.
func (exportPage) Forms(v web.View) []web.Option {
	return []web.Option{
		{Value: "", Label: v.T("reception.all")},
		{Value: string(edition.OnSite), Label: v.T("reception.on_site")},
		{Value: string(edition.Online), Label: v.T("reception.online")},
	}
}

// Files are the formats.
func (exportPage) Files(v web.View) []web.Option {
	return []web.Option{{Value: "xlsx", Label: v.T("reception.xlsx")}, {Value: "csv", Label: v.T("reception.csv")}}
}

func (p *Pages) askExport(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.participants")
	if err != nil {
		return err
	}
	form := web.NewForm(exportFields)
	form.Set("file", "xlsx")
	return exportTemplate.Show(w, r, exportPage{around, form})
}

func (p *Pages) export(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.participants")
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, exportFields)
	if err != nil {
		return err
	}
	order := registration.Order{
		Filter: registration.Filter{Form: edition.Form(form.Value("form")), State: registration.Registered}, Reason: form.Value("reason"),
	}
	for _, c := range columns { // in their order, and none that there is not
		if slices.Contains(form.All("columns"), c) {
			order.Columns = append(order.Columns, c)
		}
	}
	var found []registration.Participant
	if form.Good() {
		found, err = p.Registration.Export(r.Context(), desk.By(r), around.Edition.ID, order)
		if err := form.Blame(err); err != nil {
			return err
		}
	}
	if !form.Good() {
		return exportTemplate.ShowForm(w, r, form, exportPage{around, form})
	}
	return p.send(w, r, form.Value("file"), p.sheet(r, around, order.Columns, found))
}

// sheet lays the list out, headed in the language of the page.
func (p *Pages) sheet(r *http.Request, around desk.Desk, chosen []string, found []registration.Participant) table.Sheet {
	words := p.Words.In(web.Lang(r))
	sheet := table.Sheet{Name: words.T("reception.title")}
	for _, c := range chosen {
		sheet.Header = append(sheet.Header, words.T("reception.column."+c))
	}
	zone := around.Edition.Location()
	for _, one := range found {
		said := map[string]string{
			"badge": one.Badge, "affiliation": one.Affiliation, "city": one.City, "email": one.Email,
			"registered_at": one.RegisteredAt.In(zone).Format("2006-01-02 15:04"), "state": words.T(one.State.Key()),
			"form": words.T("reception." + string(one.Form)),
		}
		if one.Sector != "" {
			said["sector"] = words.T(one.Sector.Key())
		}
		var cells []string
		for _, c := range chosen {
			cells = append(cells, said[c])
		}
		sheet.Add(cells...)
	}
	return sheet
}

// send answers with the file. Its name tells the edition and nobody's.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, format string, sheet table.Sheet) error {
	var out bytes.Buffer
	kind, ending, write := "text/csv; charset=utf-8", "csv", table.WriteCSV(&out, sheet)
	if format != "csv" {
		out.Reset()
		kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
		write = table.WriteXLSX(&out, []table.Sheet{sheet})
	}
	if write != nil {
		return write
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("edition")+`-participants.`+ending+`"`)
	_, _ = out.WriteTo(w) // who has hung up misses nothing
	return nil
}
