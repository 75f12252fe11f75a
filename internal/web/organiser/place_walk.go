package organiser

import (
	"net/http"
	"strconv"

	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// walkRoutes lead to the page on which the desk says how long it takes from one place to another.
func (p *Pages) walkRoutes() []web.Route {
	const pl, en = "/{edition}/biurko/miejsca/przejscia", "/{edition}/desk/places/walks"
	return []web.Route{
		{Name: "desk.walks", PL: pl, EN: en, Action: desk.Arrange, Object: desk.WholeEdition, Who: web.SignedIn, Handle: p.showWalks},
		{Name: "desk.walks.save", Method: http.MethodPost, PL: pl, EN: en, Action: desk.Arrange, Object: desk.WholeEdition, Who: web.SignedIn, Handle: p.saveWalks},
	}
}

// walksData is every way between two places, once.
type walksData struct {
	desk.Desk
	Form   web.Form
	Places []timetable.Place
	Ways   []way
}

// way is one way with the field that asks for its minutes.
type way struct {
	From, To timetable.Place
	Field    string
	Minutes  int
}

// Summary lists what is wrong, each line with the way that it is about.
func (d walksData) Summary(v web.View) web.Summary {
	s := v.Summary(d.Form)
	for i, problem := range d.Form.Problems {
		for _, one := range d.Ways {
			if one.Field == problem.Name {
				s.Lines[i].ID, s.Lines[i].Label = "f-"+one.Field, v.Plain(one.From.Name)+" – "+v.Plain(one.To.Name)
			}
		}
	}
	return s
}

// Input asks for the minutes of one way.
func (d walksData) Input(v web.View, one way) web.Input {
	return v.Input(d.Form, one.Field).Called(v.Plain(one.From.Name) + " – " + v.Plain(one.To.Name)).Sized("size-s")
}

var walksPage = parse[walksData]("walks.html")

// walks reads the ways of the edition in the path, with a form that asks for all of them.
func (p *Pages) walks(r *http.Request) (walksData, error) {
	around, err := p.Desk(r, "desk.places")
	if err != nil {
		return walksData{}, err
	}
	working, err := p.Timetable.Working(r.Context(), around.Edition.ID)
	if err != nil {
		return walksData{}, err
	}
	x, fields := working.Index(), web.Fields{}
	data := walksData{Desk: around, Places: working.Places}
	for i, from := range working.Places {
		for j, to := range working.Places[i+1:] {
			one := way{From: from, To: to, Field: "walk_" + strconv.Itoa(i) + "_" + strconv.Itoa(i+1+j), Minutes: x.WalkMinutes(from.ID, to.ID)}
			fields[one.Field] = "organiser.walk.minutes"
			data.Ways = append(data.Ways, one)
		}
	}
	data.Form = web.NewForm(fields)
	for _, one := range data.Ways {
		desk.SetNumber(&data.Form, one.Field, one.Minutes)
	}
	return data, nil
}

func (p *Pages) showWalks(w http.ResponseWriter, r *http.Request) error {
	data, err := p.walks(r)
	if err != nil {
		return err
	}
	if err := p.Recover(r, &data.Form); err != nil {
		return err
	}
	return walksPage.Show(w, r, data)
}

// saveWalks saves the ways that have changed, and none if one of them is wrong.
func (p *Pages) saveWalks(w http.ResponseWriter, r *http.Request) error {
	data, err := p.walks(r)
	if err != nil {
		return err
	}
	if data.Form, err = web.ReadForm(r, data.Form.Fields); err != nil {
		return err
	}
	wanted := make([]timetable.Walk, 0, len(data.Ways))
	for _, one := range data.Ways {
		n := data.Form.Int(one.Field)
		if n < 0 || n > mostMinutes {
			data.Form.Problems.Add(one.Field, "timetable.walk", mostMinutes)
		}
		if n != one.Minutes {
			wanted = append(wanted, timetable.Walk{From: one.From.ID, To: one.To.ID, Minutes: n})
		}
	}
	if !data.Form.Good() {
		return walksPage.ShowForm(w, r, data.Form, data)
	}
	if err := p.Timetable.SaveWalks(r.Context(), desk.By(r), wanted); err != nil {
		return err
	}
	web.Flash(r, "organiser.walk.saved")
	return web.Redirect(w, r, "desk.places")
}

// mostMinutes is the longest way that a walk can be; package timetable says the same.
const mostMinutes = 240
