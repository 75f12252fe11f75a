package organiser

import (
	"context"

	"obrady/internal/timetable"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

const (
	longName = 200 // characters of a name or one line
	longText = 600 // characters of a lead or a note
)

// key: organiser.place.*
var placeControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.place.name", Most: longName, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "kind", As: desk.AsSelect, Key: "organiser.place.kind"},
	{Name: "building", As: desk.AsPair, Key: "organiser.place.building", Most: longName},
	{Name: "capacity", As: desk.AsLine, Key: "organiser.place.capacity", Help: "organiser.place.capacity_help", Size: "size-s"},
	{Name: "shared", As: desk.AsTick, Key: "organiser.place.shared", Help: "organiser.place.shared_help"},
	{Name: "step_free", As: desk.AsSelect, Key: "organiser.place.step_free"},
	{Name: "hearing_loop", As: desk.AsSelect, Key: "organiser.place.hearing_loop"},
	{Name: "toilet", As: desk.AsSelect, Key: "organiser.place.toilet"},
	{Name: "note", As: desk.AsPair, Key: "organiser.place.note", Most: longText},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var placeFields = desk.FieldsOf("place", placeControls)

func (p *Pages) placeRoutes() []web.Route { return p.places().Routes(p.Kit) }

func (p *Pages) places() desk.Kind[timetable.Place] {
	return desk.Kind[timetable.Place]{
		Name: "place", Key: "organiser.place", Plural: "places", PL: "miejsca", EN: "places", New: [2]string{"nowe", "new"},
		Action: desk.Arrange, Missing: timetable.ErrNoPlace, Controls: placeControls, Fields: placeFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.place.name"},
			{Name: "kind", Key: "organiser.place.kind"},
			{Name: "building", Key: "organiser.place.building"},
			{Name: "capacity", Key: "organiser.place.capacity", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]timetable.Place, error) {
			working, err := p.Timetable.Working(ctx, d.Edition.ID)
			if err != nil {
				return nil, err
			}
			return working.Places, nil
		},
		Facts: func(t timetable.Place) desk.Facts {
			return desk.Facts{ID: string(t.ID), Revision: t.Revision, Name: t.Name}
		},
		Blank: func(d desk.Desk, fresh string, all []timetable.Place) timetable.Place {
			return timetable.Place{ID: timetable.PlaceID(fresh), Edition: d.Edition.ID, Kind: timetable.Room, Position: len(all) + 1}
		},
		Fill: fillPlace, Read: readPlace, Save: p.Timetable.SavePlace,
		Cells: func(t timetable.Place, _ []timetable.Place) []desk.Entry {
			return []desk.Entry{desk.Words(t.Name), desk.Said(t.Kind), desk.Words(t.Building), desk.Number(t.Capacity)}
		},
		Choices: func(context.Context, desk.Desk, timetable.Place) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{
				"kind": desk.Choices(timetable.PlaceKinds), "step_free": factChoices, "hearing_loop": factChoices, "toilet": factChoices,
			}, nil
		},
		ListExtras: []desk.Extra{{Key: "organiser.walk.list", Route: "desk.walks"}},
	}
}

var factChoices = []desk.Choice{
	{Value: string(timetable.Unknown), Key: "organiser.fact.unknown"},
	{Value: string(timetable.Yes), Key: "organiser.fact.yes"},
	{Value: string(timetable.No), Key: "organiser.fact.no"},
}

func fillPlace(f *web.Form, t timetable.Place) {
	desk.SetText(f, "name", t.Name)
	desk.SetText(f, "building", t.Building)
	desk.SetText(f, "note", t.Access.Note)
	f.Set("slug", t.Slug)
	f.Set("kind", string(t.Kind))
	f.Set("step_free", string(t.Access.StepFree))
	f.Set("hearing_loop", string(t.Access.HearingLoop))
	f.Set("toilet", string(t.Access.Toilet))
	desk.SetNumber(f, "capacity", t.Capacity)
	desk.SetNumber(f, "position", t.Position)
	desk.Tick(f, "shared", t.Shared)
}

func readPlace(f *web.Form, t timetable.Place, all []timetable.Place) timetable.Place {
	t.Revision = f.Revision
	t.Name = desk.ReadText(f, "name", t.Name)
	t.Building = desk.ReadText(f, "building", t.Building)
	t.Access.Note = desk.ReadText(f, "note", t.Access.Note)
	t.Slug = desk.Slug(f, t.Name.PL, func(s string) bool {
		return desk.Taken(all, func(o timetable.Place) bool { return o.Slug == s && o.ID != t.ID })
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
		f.Problems.Add("position", "desk.form.position_range")
		return 0
	}
	return n
}
