package windows

import (
	"net/http"

	"obrady/internal/admission"
	"obrady/internal/fairness"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// WindowPage is one window with its sessions.
type WindowPage struct {
	windowBoard
	Lot    fairness.Lot
	Rows   []offerRow
	Report string // the route of its public report, if there is one
	// Questions is the route at which applicants' questions are set; empty where nobody applies.
	Questions string
}

// offerRow is a session of a window, with whether whoever asks looks after its seats.
type offerRow struct {
	admission.Offer
	Room  int // how many fit in, as far as is known
	Seats bool
}

// Filled is how many of a hundred places are taken.
func (o offerRow) Filled() int {
	if all := o.Offer.Seats(); all > 0 {
		return o.Taken() * 100 / all
	}
	return 0
}

// All is how many places there are.
func (o offerRow) All() int { return o.Offer.Seats() }

// Over says whether there are more places than fit into the room.
func (o offerRow) Over() bool { return o.Room > 0 && o.Offer.Seats() > o.Room }

// Manners are the sentences that say how a place is handed on as the session comes nearer.
func (t windowBoard) Manners(v web.View) (all []string) {
	w := t.Window
	if !w.Waiting {
		return []string{v.T("windows.manner.none")}
	}
	all = append(all, v.T("windows.manner.sure", w.SureHours))
	if w.SureHours > w.DoorHours {
		all = append(all, v.T("windows.manner.offer", v.Minutes(w.OfferMinutes)))
	}
	return append(all, v.T("windows.manner.door", w.DoorHours))
}

var windowPage = parse[WindowPage]("window.html")

func (p *Pages) showWindow(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	page := WindowPage{windowBoard: t, Report: p.report(t.board)}
	if t.Window.Mode == admission.Selection {
		page.Questions = p.Questions
	}
	if t.Draws() {
		if page.Lot, err = p.lot(r, t.Window.ID); err != nil {
			return err
		}
	}
	managed := t.Scope(rights.ManageSeats)
	for _, o := range t.Offers() {
		s := t.X.Session(o.Session)
		if s == nil {
			s = &programme.Session{ID: o.Session, Slug: o.Slug, Title: o.Title}
		}
		page.Rows = append(page.Rows, offerRow{o, t.Room(*s), managed.Session(*s)})
	}
	return windowPage.Show(w, r, page)
}

// report is the route of the public report of a window; none while the public does not see the edition.
func (p *Pages) report(t board) string {
	if !t.Edition.Public {
		return ""
	}
	return p.Report
}

// RemovalPage asks whether a window is to go.
type RemovalPage struct {
	windowBoard
	Form web.Form
}

var (
	removalPage   = parse[RemovalPage]("removal.html")
	removalFields = web.Fields{}
)

func (p *Pages) askRemoval(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	return removalPage.Show(w, r, RemovalPage{t, web.NewForm(removalFields)})
}

func (p *Pages) removeWindow(w http.ResponseWriter, r *http.Request) error {
	t, err := p.window(r)
	if err != nil {
		return err
	}
	form := web.NewForm(removalFields)
	err = p.Signups.RemoveWindow(r.Context(), signup.Change{By: desk.By(r)}, t.Edition.ID, t.Window.ID)
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		return removalPage.ShowForm(w, r, form, RemovalPage{t, form})
	}
	web.Flash(r, "windows.removal.done")
	return web.Redirect(w, r, "desk.signups")
}
