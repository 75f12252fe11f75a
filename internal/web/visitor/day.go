package visitor

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"obrady/internal/civil"
	"obrady/internal/plan"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/web"
)

// DayPage is one day of the programme.
type DayPage struct {
	head
	Days     []tab
	Filters  filters
	Layouts  []link
	Density  []link
	Print    string
	Grid     *grid
	Lists    []group // where the day does not fit a sheet
	Unplaced []drawn
	Empty    bool
}

// tab leads to a day.
type tab struct {
	link
	Small string
}

var dayPage = web.Parse[DayPage](templates, "templates/day.html", fragments...)

// fragments are the templates beside the pages that they use.
var fragments = []string{"templates/cards.html", "templates/parts.html"}

// NoDayPage says that there is no such day, and which days there are.
type NoDayPage struct {
	head
	Days []tab
}

var noDayPage = web.Parse[NoDayPage](templates, "templates/noday.html", fragments...)

// showProgramme opens the programme on the present day, or on the first.
func (v *view) showProgramme(w http.ResponseWriter, r *http.Request) error {
	days := v.plan().Days()
	day := civil.DateOf(v.Now().In(v.x.Zone))
	if !slices.Contains(days, day) && len(days) > 0 {
		day = days[0]
	}
	return v.showDayOf(w, r, day)
}

func (v *view) showDay(w http.ResponseWriter, r *http.Request) error {
	return v.showDayOf(w, r, civil.Date(r.PathValue("day")))
}

func (v *view) showDayOf(w http.ResponseWriter, r *http.Request, day civil.Date) error {
	days := v.plan().Days()
	if !slices.Contains(days, day) {
		page := NoDayPage{head: v.headed(v.T("visitor.no_day"), ""), Days: v.tabs(r.URL, "")}
		return noDayPage.ShowStatus(w, r, http.StatusNotFound, page)
	}
	chosen, all := sieveOf(r.URL.Query()), v.plan().On(day)
	page := DayPage{
		head:    v.headed(v.T("visitor.programme_of", v.dayName(day)), v.T("visitor.programme_lead", v.plain(v.e.Name))),
		Days:    v.tabs(r.URL, day),
		Filters: v.filters(r.URL, chosen, all),
		Print:   v.to("prints", day),
	}
	page.Class, page.Wide = "timetable-page", true
	v.lay(&page, r.URL, chosen.Sift(all))
	if page.Grid != nil {
		page.Grid.Label = v.T("visitor.grid_label", v.dayName(day), page.Grid.Heads)
	}
	for _, it := range chosen.Sift(v.plan().On("")) {
		page.Unplaced = append(page.Unplaced, v.line(it.Session, nil))
	}
	page.Empty = page.Grid == nil && page.Lists == nil
	return dayPage.Show(w, r, page)
}

// lay puts the day's sessions on a sheet, or into lists where they do not fit.
func (v *view) lay(page *DayPage, at *url.URL, items []plan.Item) {
	by := layouts[0]
	for _, l := range layouts {
		if asked := layoutOf.value(at.Query()); asked == l.pl || asked == l.en {
			by = l
		}
	}
	for i, l := range layouts {
		if i == 1 && len(v.x.Stages) == 0 {
			continue
		}
		value := ""
		if i > 0 {
			value = either(v, l.pl, l.en)
		}
		page.Layouts = append(page.Layouts, link{said{Text: v.T(l.key)}, layoutOf.with(v.Lang, at, value), l.key == by.key})
	}
	dense := densityOf.value(at.Query()) != ""
	page.Density = []link{
		{said{Text: v.T("visitor.comfortable")}, densityOf.with(v.Lang, at, ""), !dense},
		{said{Text: v.T("visitor.compact")}, densityOf.with(v.Lang, at, either(v, "gesto", "compact")), dense},
	}
	switch page.Grid = v.sheet(items, by); {
	case page.Grid == nil && len(items) > 0:
		page.Lists = v.groups(items, func(it plan.Item) (string, string) { return "", hour(it.Slot.Start.In(v.x.Zone)) })
	case page.Grid != nil && dense:
		page.Grid.Class += " compact"
	}
}

func either(v *view, pl, en string) string {
	return parameter{pl, en}.in(v.Lang)
}

// tabs leads to the days; what the reader has chosen stays chosen.
func (v *view) tabs(at *url.URL, current civil.Date) (all []tab) {
	for _, day := range v.plan().Days() {
		address := v.to("day", day)
		if query := at.Query().Encode(); query != "" && current != "" {
			address += "?" + query
		}
		on := day.In(v.x.Zone)
		weekday := v.T("visitor.weekday." + strings.ToLower(on.Weekday().String())) // key: visitor.weekday.*
		all = append(all, tab{
			link{said{Text: text.Bind(v.Date(on))}, address, day == current},
			weekday + ", " + v.N("visitor.sessions_n", v.countOn(day)),
		})
	}
	return all
}

// countOn is how many sessions a day has, breaks left out.
func (v *view) countOn(day civil.Date) (n int) {
	for _, it := range v.plan().On(day) {
		if it.Session.Format != programme.Break {
			n++
		}
	}
	return n
}

// group is a part of a list under a heading.
type group struct {
	Heading string
	ID      string
	Rows    []drawn
}

// groups cuts items into parts wherever what of gives as heading changes.
func (v *view) groups(items []plan.Item, of func(plan.Item) (id, heading string)) (all []group) {
	for _, it := range items {
		id, heading := of(it)
		if len(all) == 0 || all[len(all)-1].Heading != heading {
			if id == "" {
				id = "g" + itoa(len(all))
			}
			all = append(all, group{Heading: heading, ID: id})
		}
		last := &all[len(all)-1]
		last.Rows = append(last.Rows, v.line(it.Session, it.Slot))
	}
	return all
}

// byDays cuts items into days; what has no hours comes last.
func (v *view) byDays(items []plan.Item) []group {
	return v.groups(items, func(it plan.Item) (string, string) {
		if it.Slot == nil {
			return "", v.T("visitor.without_hours")
		}
		return "", v.dayName(v.dayOf(*it.Slot))
	})
}
