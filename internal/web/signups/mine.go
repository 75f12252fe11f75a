package signups

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/draw"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/web"
)

func (p *Pages) mineRoutes() []web.Route {
	return []web.Route{
		{Name: "signup.mine", PL: "/{edition}/zapisy", EN: "/{edition}/sign-ups", Action: signUp, Who: web.SignedIn, Handle: p.showMine},
		{
			Name: "signup.open", PL: "/{edition}/zapisy/sesje", EN: "/{edition}/sign-ups/sessions", Action: readProgramme,
			Query: []string{dayField, stateField, insteadField}, Handle: p.showOpen,
		},
	}
}

// minePage is all that somebody has of the sign-ups of an edition: the truth, which letters only repeat.
type minePage struct {
	around
	Calendar string // address of the personal calendar; "" where there is none
	Items    []item
	Codes    []lotLine
	Wishes   int
}

// lotLine is somebody's code in a draw.
type lotLine struct {
	Window *admission.Window
	Name   string
	Code   draw.Code
}

var mineTemplate = parse[minePage]("mine.html")

func (m minePage) in(states ...signup.State) (all []item) {
	for _, i := range m.Items {
		if slices.Contains(states, i.Mine.State) {
			all = append(all, i)
		}
	}
	return all
}

// Offered are the seats that wait for an answer.
func (m minePage) Offered() []item { return m.in(signup.Offered) }

// Held are the seats, in the order of their hours.
func (m minePage) Held() []item { return m.in(signup.Holding) }

// Waiting are the waiting lists on which somebody stands.
func (m minePage) Waiting() []item { return m.in(signup.Waiting) }

// Released are the seats that were given back.
func (m minePage) Released() []item { return m.in(signup.Released) }

// Chosen says whether places are given by choice anywhere, so that there are applications to look after.
func (m minePage) Chosen() bool {
	return slices.ContainsFunc(m.plan.Windows(), func(w admission.Window) bool { return w.Mode == admission.Selection })
}

// Nothing says whether there is nothing at all to show.
func (m minePage) Nothing() bool {
	return len(m.Offered())+len(m.Held())+len(m.Waiting()) == 0
}

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	page := minePage{around: a}
	for _, i := range a.items() {
		if i.Mine != nil {
			page.Items = append(page.Items, i)
		}
	}
	if err := p.addRooms(r, &page); err != nil {
		return err
	}
	wishes, err := p.Desk.Wishes(r.Context(), a.Edition.ID, me(r))
	if err != nil {
		return err
	}
	page.Wishes = len(wishes)
	codes, err := p.Reports.Codes(r.Context(), a.Edition.ID, me(r))
	if err != nil {
		return err
	}
	for _, window := range a.plan.Windows() {
		if code := codes[window.ID]; code != "" {
			page.Codes = append(page.Codes, lotLine{a.plan.Window(window.ID), window.Name.In(a.Lang).Text, code})
		}
	}
	if page.Calendar, err = p.calendarAt(r, a.Edition); err != nil {
		return err
	}
	return mineTemplate.Show(w, r, page)
}

// addRooms says of each seat how one comes to it, and whether one does.
func (p *Pages) addRooms(r *http.Request, page *minePage) error {
	var sessions []programme.SessionID
	for _, i := range page.Items {
		if i.Mine.State == signup.Holding {
			sessions = append(sessions, i.Offer.Session)
		}
	}
	links, err := p.Rooms.Links(r.Context(), me(r), sessions)
	if err != nil {
		return err
	}
	answers, err := p.Rooms.Answers(r.Context(), page.Edition.ID, me(r))
	if err != nil {
		return err
	}
	for n := range page.Items {
		i := &page.Items[n]
		i.Link = links[i.Offer.Session]
		if start := i.Offer.StartsAt; i.Mine.State == signup.Holding && !i.Cancelled && page.Now.Before(start) {
			coming, asked := answers[i.Offer.Session]
			i.Asked, i.Coming = asked && !coming, coming
		}
	}
	return nil
}

const (
	dayField   = "day"
	stateField = "state"
	freeOnly   = "free"
)

// openPage lists everything that one can sign up for.
type openPage struct {
	around
	Days    []dayLine // of which filters are made
	Groups  []dayGroup
	All     int
	Free    int // sessions with places left
	Instead string
	Leaving string // the title of what would be given back
}

// dayLine is a day with the number of its sessions.
type dayLine struct {
	Value, Name string
	Count       int
}

// dayGroup are the sessions of a day in the order of their hours.
type dayGroup struct {
	Name  string
	Items []dayItem
}

// dayItem is a session at one of its times.
type dayItem struct {
	item
	At timing
}

var openTemplate = parse[openPage]("open.html")

// Vacant says whether a place for anyone is left.
func (i item) Vacant() bool { return !i.Cancelled && !i.Over && i.Left != 0 }

func (p *Pages) showOpen(w http.ResponseWriter, r *http.Request) error {
	a, err := p.around(r)
	if err != nil {
		return err
	}
	page := openPage{around: a}
	query := r.URL.Query()
	if leaving, err := a.itemAt(query.Get(insteadField)); err == nil && leaving.Mine != nil && leaving.Mine.State.Takes() {
		page.Instead, page.Leaving = leaving.Slug, a.title(leaving.Offer.Session)
	}
	all := a.items()
	page.All = len(all)
	for _, i := range all {
		if i.Vacant() {
			page.Free++
		}
	}
	if query.Get(stateField) == freeOnly {
		all = slices.DeleteFunc(all, func(i item) bool { return !i.Vacant() })
	}
	page.divide(all, query.Get(dayField))
	return openTemplate.Show(w, r, page)
}

// divide puts the sessions under their days; wanted is a day as a date, or "".
func (o *openPage) divide(all []item, wanted string) {
	for _, day := range o.days(all) {
		var items []dayItem
		for _, i := range all {
			for _, t := range i.Times {
				if o.day(t.Start).Equal(day) {
					items = append(items, dayItem{i, t})
				}
			}
		}
		slices.SortStableFunc(items, func(x, y dayItem) int {
			return cmp.Or(x.At.Start.Compare(y.At.Start), cmp.Compare(x.Slug, y.Slug))
		})
		value := day.Format(time.DateOnly)
		o.Days = append(o.Days, dayLine{value, o.ShortDay(day), len(items)})
		if wanted == "" || wanted == value {
			o.Groups = append(o.Groups, dayGroup{o.Day(day), items})
		}
	}
	var unplaced []dayItem
	for _, i := range all {
		if len(i.Times) == 0 {
			unplaced = append(unplaced, dayItem{item: i})
		}
	}
	if len(unplaced) > 0 && wanted == "" {
		o.Groups = append(o.Groups, dayGroup{o.T("signups.no_hours"), unplaced})
	}
}
