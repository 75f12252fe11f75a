package door

import (
	"net/http"
	"time"

	"obrady/internal/admission"
	"obrady/internal/attendance"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/signup"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// roomPage is the list of a door.
type roomPage struct {
	desk.Desk
	room
	attendance.List
	Setting bool // may also set the link and read how many came
}

var roomTemplate = parse[roomPage]("room.html")

// Hours are those of the session on the clocks of the edition.
func (p roomPage) Hours(v web.View) string {
	zone := p.Edition.Location()
	return v.ShortDay(p.Start.In(zone)) + ", " + v.Hours(p.Start.In(zone), p.End.In(zone))
}

// From is the hour from which on places can be freed.
func (p roomPage) From(v web.View) string { return v.Hour(p.Opens().In(p.Edition.Location())) }

// Ahead says whether the session lies far ahead, so that the list is no more than a look.
func (p roomPage) Ahead() bool {
	return !p.StartAt.IsZero() && p.Now.Before(p.StartAt.Add(-attendance.MarkBefore))
}

// line is a guest with what stands around them.
type line struct {
	attendance.Guest
	web.View
	Open bool // marks can be made
}

// Lines are the guests of a part of the list.
func (p roomPage) Lines(v web.View, all []attendance.Guest) (lines []line) {
	for _, g := range all {
		lines = append(lines, line{g, v, p.Markable()})
	}
	return lines
}

// Is says whether the guest has been marked so.
func (l line) Is(presence string) bool { return string(l.Presence) == presence }

// Kept says whether a seat is offered, and not yet accepted.
func (l line) Kept() bool { return l.State == signup.Offered }

// Wants names what somebody needs besides a seat.
func (l line) Wants() (all []string) {
	for _, n := range l.Needs {
		all = append(all, l.T(admission.Need.Key(n)))
	}
	return all
}

func (p *Pages) showRoom(w http.ResponseWriter, r *http.Request) error {
	d, one, err := p.find(r, rights.MarkAttendance)
	if err != nil {
		return err
	}
	page := roomPage{Desk: d, room: one, Setting: d.Scope(rights.SetSignups).Session(one.Session)}
	if page.List, err = p.Doors.List(r.Context(), one.Session.ID); err != nil {
		return err
	}
	return roomTemplate.Show(w, r, page)
}

var markFields = web.Fields{"who": "door.who", "presence": "door.presence", "expected": "door.expected"}

// counts are the numbers above a list, for scripts that keep them true.
type counts struct {
	Here    int  `json:"here"`
	Missing int  `json:"missing"`
	AtDoor  int  `json:"at_door"`
	Left    int  `json:"left"`
	Free    bool `json:"free"`
}

// mark takes one mark. A script gets the counts back, a form the list again at the same person.
func (p *Pages) mark(w http.ResponseWriter, r *http.Request) error {
	_, one, err := p.find(r, rights.MarkAttendance)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, markFields)
	if err != nil {
		return err
	}
	who := people.AccountID(form.Value("who"))
	err = p.Doors.Mark(r.Context(), attendance.Mark{
		By: desk.By(r), Session: one.Session.ID, Account: who, Presence: attendance.Presence(form.Value("presence")),
	})
	if err != nil {
		return err
	}
	if web.WantsJSON(r) {
		l, err := p.Doors.List(r.Context(), one.Session.ID)
		if err != nil {
			return err
		}
		return web.WriteJSON(w, http.StatusOK, counts{l.Here(), l.Missing(), l.AtDoor(), l.Left, l.Free()})
	}
	return p.back(w, r)
}

func (p *Pages) back(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, "desk.room")
}

// free frees the places of those who have not come.
func (p *Pages) free(w http.ResponseWriter, r *http.Request) error {
	_, one, err := p.find(r, rights.MarkAttendance)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, markFields)
	if err != nil {
		return err
	}
	done, err := p.Doors.Free(r.Context(), desk.By(r), one.Session.ID, form.Int("expected"))
	return p.turned(w, r, done, err)
}

// letIn gives free places to those who wait at the door.
func (p *Pages) letIn(w http.ResponseWriter, r *http.Request) error {
	_, one, err := p.find(r, rights.MarkAttendance)
	if err != nil {
		return err
	}
	done, err := p.Doors.LetIn(r.Context(), desk.By(r), one.Session.ID)
	return p.turned(w, r, done, err)
}

// turned says above the list what has been done, or why nothing has.
func (p *Pages) turned(w http.ResponseWriter, r *http.Request, done attendance.Turn, err error) error {
	switch e, may := told(err); {
	case may && e.Kind == errs.Conflict:
		web.Flash(r, e.Key, e.Args...)
	case err != nil:
		return err
	case done.Still > 0:
		web.Flash(r, "door.turned_still", done.Freed, done.Given, done.Still)
	default:
		web.Flash(r, "door.turned", done.Freed, done.Given)
	}
	return p.back(w, r)
}

// settingsPage is the form of what organisers set for a door.
type settingsPage struct {
	desk.Desk
	room
	Form web.Form
}

var settingsTemplate = parse[settingsPage]("settings.html")

var settingsFields = web.Fields{"link": "door.settings.link", "minutes": "door.settings.minutes", "automatic": "door.settings.automatic"}

func (p *Pages) settings(r *http.Request) (page settingsPage, set attendance.Settings, err error) {
	if page.Desk, page.room, err = p.find(r, rights.SetSignups); err != nil {
		return page, set, err
	}
	set, err = p.Doors.Settings(r.Context(), page.Session.ID)
	return page, set, err
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request) error {
	page, set, err := p.settings(r)
	if err != nil {
		return err
	}
	page.Form = web.NewForm(settingsFields)
	page.Form.Revision = set.Revision
	page.Form.Set("link", set.Link)
	page.Form.Set("minutes", number(set.Minutes))
	desk.Tick(&page.Form, "automatic", set.Automatic)
	if err := p.Recover(r, &page.Form); err != nil {
		return err
	}
	return settingsTemplate.Show(w, r, page)
}

func (p *Pages) takeSettings(w http.ResponseWriter, r *http.Request) error {
	page, set, err := p.settings(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(r, settingsFields)
	if err != nil {
		return err
	}
	last := set.Revision
	set.Link, set.Minutes, set.Automatic, set.Revision = form.Value("link"), form.Int("minutes"), form.Value("automatic") != "", form.Revision
	if form.Good() {
		_, err = p.Doors.SaveSettings(r.Context(), desk.By(r), set)
	}
	if err := desk.Blame(&form, err); err != nil {
		return err
	}
	if !form.Good() {
		form.Revision = last // who has read the message decides
		page.Form = form
		return settingsTemplate.ShowForm(w, r, form, page)
	}
	web.Flash(r, "door.settings.saved")
	return web.Redirect(w, r, "desk.room")
}

// figuresPage says how many came, without names.
type figuresPage struct {
	desk.Desk
	Lines []figuresLine
}

// figuresLine is one session.
type figuresLine struct {
	room
	attendance.Figures
	Capacity int
}

// Day is the day of the session.
func (l figuresLine) Day(v web.View, zone *time.Location) string {
	if l.Start.IsZero() {
		return ""
	}
	return v.ShortDay(l.Start.In(zone)) + ", " + v.Hour(l.Start.In(zone))
}

// Known says whether anybody has kept the door.
func (l figuresLine) Known() bool { return l.NoShow() >= 0 }

// Suggested is how many places fill the room the next time, if as many stay away: for thought, not for a rule.
func (l figuresLine) Suggested() int {
	if !l.Known() || l.NoShow() >= 60 || l.NoShow() <= 0 {
		return 0
	}
	return l.Capacity * 100 / (100 - l.NoShow())
}

var figuresTemplate = parse[figuresPage]("figures.html")

// Zone is that of the edition.
func (p figuresPage) Zone() *time.Location { return p.Edition.Location() }

func (p *Pages) showFigures(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Desk(r, "desk.attendance")
	if err != nil {
		return err
	}
	all, err := p.rooms(r, d, rights.SetSignups)
	if err != nil {
		return err
	}
	figures, err := p.Doors.Figures(r.Context(), d.Edition.ID)
	if err != nil {
		return err
	}
	page := figuresPage{Desk: d}
	for _, one := range all {
		for _, f := range figures {
			if f.Session == one.Session.ID {
				page.Lines = append(page.Lines, figuresLine{one, f, one.Offer.Seats()})
			}
		}
	}
	return figuresTemplate.Show(w, r, page)
}
