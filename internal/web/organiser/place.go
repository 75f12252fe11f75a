package organiser

import (
	"context"

	"obrady/internal/timetable"
	"obrady/internal/web"
)

const (
	longName = 200 // characters of a name or one line
	longText = 600 // characters of a lead or a note
)

// key: organiser.place.*
var placeControls = []control{
	{Name: "name", As: asPair, Key: "organiser.place.name", Most: longName, Must: true},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "kind", As: asSelect, Key: "organiser.place.kind"},
	{Name: "building", As: asPair, Key: "organiser.place.building", Most: longName},
	{Name: "capacity", As: asLine, Key: "organiser.place.capacity", Help: "organiser.place.capacity_help", Size: "size-s"},
	{Name: "shared", As: asTick, Key: "organiser.place.shared", Help: "organiser.place.shared_help"},
	{Name: "step_free", As: asSelect, Key: "organiser.place.step_free"},
	{Name: "hearing_loop", As: asSelect, Key: "organiser.place.hearing_loop"},
	{Name: "toilet", As: asSelect, Key: "organiser.place.toilet"},
	{Name: "note", As: asPair, Key: "organiser.place.note", Most: longText},
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
}

var placeFields = fieldsOf("place", placeControls)

func (p *Pages) placeRoutes() []web.Route { return routes(p, p.places()) }

func (p *Pages) places() kind[timetable.Place] {
	return kind[timetable.Place]{
		name: "place", plural: "places", pl: "miejsca", en: "places", new: [2]string{"nowe", "new"}, //nolint:misspell // Polish
		action: editProgramme, missing: timetable.ErrNoPlace, controls: placeControls, fields: placeFields,
		columns: []heading{
			{Name: "name", Key: "organiser.place.name"},
			{Name: "kind", Key: "organiser.place.kind"},
			{Name: "building", Key: "organiser.place.building"},
			{Name: "capacity", Key: "organiser.place.capacity", Number: true},
		},
		all: func(ctx context.Context, d Desk) ([]timetable.Place, error) {
			working, err := p.Timetable.Working(ctx, d.Edition.ID)
			if err != nil {
				return nil, err
			}
			return working.Places, nil
		},
		facts: func(t timetable.Place) facts { return facts{ID: string(t.ID), Revision: t.Revision, Name: t.Name} },
		blank: func(d Desk, fresh string, all []timetable.Place) timetable.Place {
			return timetable.Place{ID: timetable.PlaceID(fresh), Edition: d.Edition.ID, Kind: timetable.Room, Position: len(all) + 1}
		},
		fill: fillPlace, read: readPlace, save: p.Timetable.SavePlace,
		cells: func(t timetable.Place, _ []timetable.Place) []cell {
			return []cell{words(t.Name), said(t.Kind), words(t.Building), number(t.Capacity)}
		},
		choices: func(context.Context, Desk, timetable.Place) (map[string][]choice, error) {
			return map[string][]choice{
				"kind": choices(timetable.PlaceKinds), "step_free": factChoices, "hearing_loop": factChoices, "toilet": factChoices,
			}, nil
		},
		listExtras: []extra{{Key: "organiser.walk.list", Route: "desk.walks"}},
	}
}

var factChoices = []choice{
	{Value: string(timetable.Unknown), Key: "organiser.fact.unknown"},
	{Value: string(timetable.Yes), Key: "organiser.fact.yes"},
	{Value: string(timetable.No), Key: "organiser.fact.no"},
}

func fillPlace(f *web.Form, t timetable.Place) {
	setText(f, "name", t.Name)
	setText(f, "building", t.Building)
	setText(f, "note", t.Access.Note)
	f.Set("slug", t.Slug)
	f.Set("kind", string(t.Kind))
	f.Set("step_free", string(t.Access.StepFree))
	f.Set("hearing_loop", string(t.Access.HearingLoop))
	f.Set("toilet", string(t.Access.Toilet))
	setNumber(f, "capacity", t.Capacity)
	setNumber(f, "position", t.Position)
	tick(f, "shared", t.Shared)
}

func readPlace(f *web.Form, t timetable.Place, all []timetable.Place) timetable.Place {
	t.Revision = f.Revision
	t.Name = readText(f, "name", t.Name)
	t.Building = readText(f, "building", t.Building)
	t.Access.Note = readText(f, "note", t.Access.Note)
	t.Slug = slug(f, t.Name.PL, func(s string) bool {
		return taken(all, func(o timetable.Place) bool { return o.Slug == s && o.ID != t.ID })
	})
	t.Kind = timetable.PlaceKind(f.Value("kind"))
	t.Access.StepFree = fact(f, "step_free")
	t.Access.HearingLoop = fact(f, "hearing_loop")
	t.Access.Toilet = fact(f, "toilet")
	t.Capacity, t.Position = f.Int("capacity"), position(f)
	t.Shared = f.Value("shared") != ""
	return t
}

// fact reads the answer to a question that may stay open; what is no answer leaves it open.
func fact(f *web.Form, name string) timetable.Fact {
	switch answer := timetable.Fact(f.Value(name)); answer {
	case timetable.Yes, timetable.No:
		return answer
	default:
		return timetable.Unknown
	}
}

// position is the place of a thing among others; a number that the database can hold.
func position(f *web.Form) int {
	n := f.Int("position")
	if n < 0 || n > 9999 {
		f.Problems.Add("position", "organiser.form.position_range")
		return 0
	}
	return n
}
