package planner

import (
	"net/http"

	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// Clash is a finding with both items at hand, so that a page can name and link them.
type Clash struct {
	timetable.Finding
	One, Two *programme.Session // Two is nil where the finding is about one session
	Theirs   bool               // Two belongs to others: no page of the desk opens it, and its title may not be known
}

// Grave says whether the finding keeps a release from being published.
func (c Clash) Grave() bool { return c.Severity == timetable.Error }

// Advice names the sentence that says what to do.
// key: planner.clash.do.*
func (c Clash) Advice() string { return "planner.clash.do." + string(c.Kind) }

// By says how much it is about: minutes, people, or the cycle. It is empty where nothing is counted.
func (c Clash) By(p i18n.Printer) string {
	switch {
	case c.Minutes > 0:
		return p.T("planner.clash.minutes", p.Minutes(c.Minutes))
	case c.Kind == timetable.OpenCycle:
		return p.T("planner.clash.cycle", c.Number)
	case c.Number > 0:
		return p.N("planner.clash.people", c.Number)
	}
	return ""
}

// clashes finds the items of all findings in x, which is the working programme or what a release would make of it. Of
// two items the first is one's own; a finding about nothing of one's own is left out.
func (b *bench) clashes(x *timetable.Index, findings []timetable.Finding) (all []Clash) {
	for _, f := range findings {
		c := Clash{Finding: f, One: x.Session(f.Session)}
		if !f.Start.IsZero() {
			c.Start = f.Start.In(x.Zone)
		}
		if f.Other != "" {
			c.Two = x.Session(f.Other)
		}
		if !b.mine(c.One) && b.mine(c.Two) {
			c.One, c.Two = c.Two, c.One
		}
		if b.mine(c.One) {
			c.Theirs = c.Two != nil && !b.mine(c.Two)
			all = append(all, c)
		}
	}
	return all
}

// clashesOf finds what in x does not fit and names the session.
func (b *bench) clashesOf(x *timetable.Index, session programme.SessionID) (all []Clash) {
	for _, c := range b.clashes(x, x.Check()) {
		if c.One.ID == session || c.Two != nil && c.Two.ID == session {
			all = append(all, c)
		}
	}
	return all
}

// ClashPage lists everything in the working programme that does not fit.
type ClashPage struct {
	desk.Desk
	Errors, Warnings []Clash
}

var clashPage = parse[ClashPage]("clash.html", "clash_list.html")

func (p *Pages) showClashes(w http.ResponseWriter, r *http.Request) error {
	b, err := p.bench(r, "desk.clashes")
	if err != nil {
		return err
	}
	page := ClashPage{Desk: b.Desk}
	page.Errors, page.Warnings = bySeverity(b.clashes(b.x, b.x.Check()))
	return clashPage.Show(w, r, page)
}

func bySeverity(all []Clash) (grave, light []Clash) {
	for _, c := range all {
		if c.Grave() {
			grave = append(grave, c)
		} else {
			light = append(light, c)
		}
	}
	return grave, light
}

// clashView is what the component "clash-list" takes.
type clashView struct {
	web.View
	Edition string
	All     []Clash
}

func listed(v web.View, d desk.Desk, all []Clash) clashView { return clashView{v, d.Edition.Slug, all} }

// List makes what the component "clash-list" takes.
func (p ClashPage) List(v web.View, all []Clash) clashView { return listed(v, p.Desk, all) }
