package windows

import (
	"cmp"
	"net/http"
	"slices"

	"obrady/internal/admission"
	"obrady/internal/fairness"
)

// ForecastPage shows how much each session is wanted beside what there is, the most wanted in front.
type ForecastPage struct {
	board
	Rows []forecastRow
}

// forecastRow is one session.
type forecastRow struct {
	admission.Offer
	fairness.Interest
	Window string // the address of its window
	Room   int
}

// Short is how many more want it than there are places; 0 where there are enough, or where nobody counts.
func (f forecastRow) Short() int {
	if !f.Counted() {
		return 0
	}
	return max(0, f.Wishes-f.All())
}

// Spare is how many more would fit into the room.
func (f forecastRow) Spare() int {
	if f.Room == 0 {
		return 0
	}
	return max(0, f.Room-f.All())
}

// All is how many places there are.
func (f forecastRow) All() int { return f.Seats() }

// pressure is how many want a place, for a thousand places.
func (f forecastRow) pressure() int {
	const thousand = 1000
	if !f.Counted() {
		return 0
	}
	return f.Wishes * thousand / max(1, f.All())
}

var forecastPage = parse[ForecastPage]("forecast.html")

func (p *Pages) showForecast(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	wanted, err := p.Reports.Interest(r.Context(), t.Edition.ID)
	if err != nil {
		return err
	}
	page := ForecastPage{board: t}
	for _, o := range t.Plan.Offers() {
		in := t.Plan.Window(o.Window)
		if !t.mine(in) || o.Cancelled {
			continue
		}
		line := forecastRow{Offer: o, Interest: wanted[o.Session], Window: in.Ref()}
		if s := t.X.Session(o.Session); s != nil {
			line.Room = t.Room(*s)
		}
		page.Rows = append(page.Rows, line)
	}
	slices.SortStableFunc(page.Rows, func(a, b forecastRow) int { return cmp.Compare(b.pressure(), a.pressure()) })
	return forecastPage.Show(w, r, page)
}
