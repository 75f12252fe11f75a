package visitor

import (
	"net/http"

	"obrady/internal/civil"
	"obrady/internal/plan"
	"obrady/internal/text"
	"obrady/internal/timetable"
	"obrady/internal/web"
)

// SheetsPage is what is printed and hung on doors: a sheet for each place on one day.
type SheetsPage struct {
	head
	Congress string
	Day      string
	Sheets   []sheetOf
	Release  string
	Back     string
	Days     []tab
}

// sheetOf is the day of one place.
type sheetOf struct {
	ID   string
	Name said
	Rows []entry
}

var sheetsPage = web.Parse[SheetsPage](templates, "templates/sheets.html", fragments...)

func (v *view) showSheets(w http.ResponseWriter, r *http.Request) error {
	return v.showSheetsOf(w, r, func(*timetable.Place) bool { return true })
}

func (v *view) showSheet(w http.ResponseWriter, r *http.Request) error {
	place := v.x.PlaceAt(r.PathValue("place"))
	if place == nil {
		return timetable.ErrNoPlace
	}
	return v.showSheetsOf(w, r, func(p *timetable.Place) bool { return p.ID == place.ID })
}

func (v *view) showSheetsOf(w http.ResponseWriter, r *http.Request, wanted func(*timetable.Place) bool) error {
	day := civil.Date(r.PathValue("day"))
	items := v.plan().On(day)
	if len(items) == 0 || day == "" {
		page := NoDayPage{head: v.headed(v.T("visitor.no_day"), ""), Days: v.tabs(r.URL, "")}
		return noDayPage.ShowStatus(w, r, http.StatusNotFound, page)
	}
	page := SheetsPage{
		head: v.headed(v.T("visitor.print_of", v.dayName(day)), ""), Congress: v.plain(v.e.Name), Day: v.dayName(day),
		Back: v.to("day", day),
	}
	if v.e.Release.Number > 0 {
		page.Release = text.Bind(v.T("visitor.release_of", v.plain(v.e.Release.Name), v.Date(v.e.Release.PublishedAt.In(v.x.Zone))))
	}
	for i := range v.x.Places {
		if p := &v.x.Places[i]; wanted(p) {
			page.add(v, p, items)
		}
	}
	return sheetsPage.Show(w, r, page)
}

func (page *SheetsPage) add(v *view, p *timetable.Place, items []plan.Item) {
	s := sheetOf{ID: "s" + itoa(len(page.Sheets)), Name: v.quiet(p.Name)}
	for _, it := range items {
		if it.Slot.Place == p.ID {
			s.Rows = append(s.Rows, v.entry(it.Session, it.Slot))
		}
	}
	if len(s.Rows) > 0 {
		page.Sheets = append(page.Sheets, s)
	}
}
