package windows

import (
	"net/http"

	"obrady/internal/admission"
	"obrady/internal/i18n"
	"obrady/internal/programme"
)

// OverviewPage shows how the sign-ups of an edition stand.
type OverviewPage struct {
	board
	Rows []windowRow
	Gaps []gap
}

var overviewPage = parse[OverviewPage]("overview.html")

// windowRow is one window with its numbers.
type windowRow struct {
	admission.Window
	Sessions, Seats, Taken, Waiting int
}

// gap is one sort of thing that is missing, with what it is missing from.
type gap struct {
	Key   string // of the sentence that says it
	Lines []gapLine
}

// gapLine is one thing that something is missing from.
type gapLine struct {
	Name  i18n.Text
	Route string // where it is put right
	Arg   string
}

func (p *Pages) overview(w http.ResponseWriter, r *http.Request) error {
	t, err := p.board(r)
	if err != nil {
		return err
	}
	page := OverviewPage{board: t, Gaps: t.gaps()}
	for _, one := range t.windows() {
		row := windowRow{Window: one}
		for _, o := range t.Plan.OffersIn(one.ID) {
			row.Sessions++
			row.Seats += o.Seats()
			row.Taken += o.Taken()
			row.Waiting += o.Waiting
		}
		page.Rows = append(page.Rows, row)
	}
	return overviewPage.Show(w, r, page)
}

// gaps finds what would be missed at the hour.
// key: windows.gap.*
func (t board) gaps() (all []gap) {
	var outside, empty, seatless, hourless gap
	outside.Key, empty.Key, seatless.Key, hourless.Key = "windows.gap.outside", "windows.gap.empty", "windows.gap.seatless", "windows.gap.hourless"
	for _, s := range t.sessions("") {
		o, w := t.Plan.Offer(s.ID)
		switch {
		case o == nil && (s.Format == programme.Workshop || s.Format == programme.NetworkingMeet):
			outside.Lines = append(outside.Lines, gapLine{s.Title, "desk.offer", s.Slug})
		case o == nil:
		case w != nil && w.Mode != admission.Open && !o.Counted():
			seatless.Lines = append(seatless.Lines, gapLine{s.Title, "desk.offer", s.Slug})
		}
		if o != nil && len(t.X.SlotsOf(s.ID)) == 0 {
			hourless.Lines = append(hourless.Lines, gapLine{s.Title, "desk.session", s.Slug})
		}
	}
	for _, w := range t.windows() {
		if len(t.Plan.OffersIn(w.ID)) == 0 {
			empty.Lines = append(empty.Lines, gapLine{w.Name, "desk.window.sessions", w.Ref()})
		}
	}
	for _, one := range []gap{outside, empty, seatless, hourless} {
		if len(one.Lines) > 0 {
			all = append(all, one)
		}
	}
	return all
}
