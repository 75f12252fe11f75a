package council

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

var sittingFields = web.Fields{
	"day": "council.page.sitting.day", "hour": "council.page.sitting.hour", "place": "council.page.sitting.place", "notes": "council.page.sitting.notes",
	"member": "council.page.sitting.members", "chair": "council.page.sitting.chair", "secretary": "council.page.sitting.secretary",
}

// sittingsPage lists the sittings about a call.
type sittingsPage struct {
	room
	All  []council.Sitting
	Form web.Form
}

var sittingsTemplate = parse[sittingsPage]("sittings.html")

func (p *Pages) showSittings(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	return p.drawSittings(w, r, sittingsPage{room: c, Form: web.NewForm(sittingFields)})
}

func (p *Pages) drawSittings(w http.ResponseWriter, r *http.Request, page sittingsPage) (err error) {
	if page.All, err = p.Council.Sittings(r.Context(), me(r), page.Call.ID); err != nil {
		return err
	}
	return sittingsTemplate.ShowStatus(w, r, page.Form.Status(), page)
}

func (p *Pages) addSitting(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, sittingFields)
	if err != nil {
		return err
	}
	one := c.sitting(&typed)
	one.Present = []council.Present{{Account: me(r), Part: council.Member}}
	if typed.Good() {
		if one, err = p.Council.SaveSitting(r.Context(), me(r), one); err == nil {
			return web.Redirect(w, r, "desk.sitting", c.Edition.Slug, c.Call.Slug, one.ID)
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	nameMoment(&typed)
	return p.drawSittings(w, r, sittingsPage{room: c, Form: typed})
}

// nameMoment blames the field of the day for the moment that is missing.
func nameMoment(typed *web.Form) {
	for i, problem := range typed.Problems {
		if problem.Name == "begins_on" {
			typed.Problems[i].Name = "day"
		}
	}
}

func (c room) sitting(typed *web.Form) council.Sitting {
	return council.Sitting{
		Call: c.Call.ID, Place: typed.Value("place"), Notes: typed.Value("notes"), BeginsAt: typed.Moment("day", "hour", c.Edition.Location()), Revision: typed.Revision,
	}
}

// sittingPage is the console of a sitting.
type sittingPage struct {
	room
	Sitting council.Sitting
	Items   []council.Item
	Slots   []council.Slot
	Form    web.Form
	People  []people.AccountID // who may be there
	Exits   int
	AtLeast int
	Pulse   string // see council.Pulse
	minutes council.Minutes
}

var sittingTemplate = parse[sittingPage]("sitting.html")

// Now is the item under discussion, if whoever looks may see it.
func (s sittingPage) Now() *council.Item {
	i := slices.IndexFunc(s.Items, func(i council.Item) bool { return i.State == council.UnderIt })
	if i < 0 {
		return nil
	}
	return &s.Items[i]
}

// Outcomes are what was decided at the sitting, by submission.
func (s sittingPage) Outcomes() map[call.SubmissionID]council.Decision { return s.minutes.Decided }

// Open says whether the sitting is under way.
func (s sittingPage) Open() bool { return s.Sitting.State == council.OpenNow }

// Next lists where the sitting can be brought, with the sentence on each button.
func (s sittingPage) Next() []council.SittingState {
	switch s.Sitting.State {
	case council.Planned:
		return []council.SittingState{council.OpenNow}
	case council.OpenNow:
		return []council.SittingState{council.ClosedUp}
	case council.ClosedUp:
		return []council.SittingState{council.Approved, council.OpenNow}
	default:
		return nil
	}
}

// TurnKey names the sentence on the button that brings a sitting there.
// key: council.page.turn.*
func (s sittingPage) TurnKey(to council.SittingState) string {
	return "council.page.turn." + string(to)
}

// Names are people as one line.
func (c room) Names(who []people.AccountID) string {
	var names []string
	for _, one := range who {
		names = append(names, c.Person(one))
	}
	return strings.Join(names, ", ")
}

func (p *Pages) sittingRoom(r *http.Request) (page sittingPage, err error) {
	if page.room, err = p.room(r); err != nil {
		return page, err
	}
	minutes, err := p.Council.Minutes(r.Context(), me(r), council.SittingID(r.PathValue("sitting")))
	page.Sitting, page.Items, page.minutes = minutes.Sitting, minutes.Items, minutes
	if err == nil && page.Sitting.Call != page.Call.ID {
		err = council.ErrNoSitting
	}
	return page, err
}

func (p *Pages) showSitting(w http.ResponseWriter, r *http.Request) error {
	page, err := p.sittingRoom(r)
	if err != nil {
		return err
	}
	page.Form = page.form()
	return p.drawSitting(w, r, page)
}

func (s sittingPage) form() web.Form {
	form, zone := web.NewForm(sittingFields), s.Edition.Location()
	form.Revision = s.Sitting.Revision
	form.Set("day", s.Sitting.BeginsAt.In(zone).Format(time.DateOnly))
	form.Set("hour", s.Sitting.BeginsAt.In(zone).Format("15:04"))
	form.Set("place", s.Sitting.Place)
	form.Set("notes", s.Sitting.Notes)
	for _, present := range s.Sitting.Present {
		form.Typed.Add("member", string(present.Account))
		if present.Part != council.Member {
			form.Set(string(present.Part), string(present.Account))
		}
	}
	return form
}

func (p *Pages) drawSitting(w http.ResponseWriter, r *http.Request, page sittingPage) error {
	ctx := r.Context()
	pulse, err := p.Council.Pulse(ctx, me(r), page.Sitting.ID)
	if err != nil {
		return err
	}
	page.Pulse = pulse.Word
	readers, err := p.Reviews.Readers(ctx, page.Call.ID)
	if err != nil {
		return err
	}
	for _, one := range readers {
		page.People = append(page.People, one.Account)
	}
	for _, present := range page.Sitting.Present {
		if !slices.Contains(page.People, present.Account) {
			page.People = append(page.People, present.Account)
		}
	}
	if err := p.know(r, &page.room, page.People...); err != nil {
		return err
	}
	if page.Ready {
		if page.Slots, err = p.Council.Slots(ctx, me(r), page.Call.ID); err != nil {
			return err
		}
	}
	page.Exits, page.AtLeast = council.Exits(page.Items)
	return sittingTemplate.ShowStatus(w, r, page.Form.Status(), page)
}

// Members asks who is there.
func (s sittingPage) Members(v web.View) web.Input {
	var offered []web.Option
	for _, who := range s.People {
		offered = append(offered, web.Option{Value: string(who), Label: s.Person(who)})
	}
	return v.Input(s.Form, "member").Choices(offered)
}

// OneOf asks who of those there has a part.
func (s sittingPage) OneOf(v web.View, name string) web.Input {
	offered := []web.Option{{Value: "", Label: v.T("council.page.nobody")}}
	for _, who := range s.People {
		offered = append(offered, web.Option{Value: string(who), Label: s.Person(who)})
	}
	return v.Input(s.Form, name).Optional().Choices(offered)
}

func (p *Pages) saveSitting(w http.ResponseWriter, r *http.Request) error {
	page, err := p.sittingRoom(r)
	if err != nil {
		return err
	}
	typed, err := web.ReadForm(r, sittingFields)
	if err != nil {
		return err
	}
	one := page.sitting(&typed)
	one.ID, one.Number, one.State = page.Sitting.ID, page.Sitting.Number, page.Sitting.State
	for _, who := range typed.All("member") {
		part := council.Member
		switch who {
		case typed.Value("chair"):
			part = council.Chair
		case typed.Value("secretary"):
			part = council.Secretary
		}
		one.Present = append(one.Present, council.Present{Account: people.AccountID(who), Part: part})
	}
	if typed.Good() {
		if _, err = p.Council.SaveSitting(r.Context(), me(r), one); err == nil {
			web.Flash(r, "council.page.sitting.saved")
			return web.Redirect(w, r, "desk.sitting")
		}
		if err := desk.Blame(&typed, err); err != nil {
			return err
		}
	}
	nameMoment(&typed)
	page.Form = typed
	return p.drawSitting(w, r, page)
}

var turnFields = web.Fields{"to": "council.page.sitting.state", "code": "council.page.code", desk.DoField: "council.page.sitting.agenda", "position": "council.page.sitting.position"}

func (p *Pages) turn(w http.ResponseWriter, r *http.Request) error {
	page, typed, err := p.pressed(r)
	if err != nil {
		return err
	}
	err = p.Council.Turn(r.Context(), me(r), page.Sitting.ID, council.SittingState(typed.Value("to")))
	return back(w, r, err, place{route: "desk.sitting"})
}

func (p *Pages) pressed(r *http.Request) (page sittingPage, typed web.Form, err error) {
	if page, err = p.sittingRoom(r); err != nil {
		return page, typed, err
	}
	if !page.Sits() {
		return page, typed, rights.ErrHidden
	}
	typed, err = web.ReadForm(r, turnFields)
	return page, typed, err
}

// arrange fills the agenda, takes an item or moves it one place.
func (p *Pages) arrange(w http.ResponseWriter, r *http.Request) error {
	page, typed, err := p.pressed(r)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(page.Items, func(i council.Item) bool { return i.Code == typed.Value("code") })
	switch do := typed.Value(desk.DoField); {
	case do == "fill":
		err = p.Council.Fill(r.Context(), me(r), page.Sitting.ID)
	case at < 0:
		// it has left the agenda, or is not for whoever asks to see
	case do == "take":
		err = p.Council.Take(r.Context(), me(r), page.Sitting.ID, page.Items[at].ID)
	case do == "up" && at > 0:
		err = p.Council.Arrange(r.Context(), me(r), page.Sitting.ID, swapped(page.Items, at, at-1))
	case do == "down" && at < len(page.Items)-1:
		err = p.Council.Arrange(r.Context(), me(r), page.Sitting.ID, swapped(page.Items, at, at+1))
	}
	return back(w, r, err, place{route: "desk.sitting"})
}

func swapped(items []council.Item, a, b int) (ids []call.SubmissionID) {
	for _, i := range items {
		ids = append(ids, i.ID)
	}
	ids[a], ids[b] = ids[b], ids[a]
	return ids
}

// showPulse says in one word how the sitting stands before whoever asks, for pages that are open: when the word is
// another, they ask for the page again. There is nothing else in the answer.
func (p *Pages) showPulse(w http.ResponseWriter, r *http.Request) error {
	c, err := p.room(r)
	if err != nil {
		return err
	}
	pulse, err := p.Council.Pulse(r.Context(), me(r), council.SittingID(r.PathValue("sitting")))
	if err == nil && pulse.Call != c.Call.ID {
		err = council.ErrNoSitting
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, map[string]string{"state": pulse.Word})
}
