package organiser

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.edition.*
var editionControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.edition.name", Most: longName, Must: true},
	{Name: "number", As: desk.AsLine, Key: "organiser.edition.number", Help: "organiser.edition.number_help", Size: "size-s"},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "organiser.edition.slug_help"},
	{Name: "starts_on", As: desk.AsDate, Key: "organiser.edition.starts_on", Must: true},
	{Name: "ends_on", As: desk.AsDate, Key: "organiser.edition.ends_on", Must: true},
	{Name: "time_zone", As: desk.AsLine, Key: "organiser.edition.time_zone", Help: "organiser.edition.time_zone_help", Size: "size-m", Must: true},
	{Name: "form", As: desk.AsSelect, Key: "organiser.edition.form"},
	{Name: "city", As: desk.AsPair, Key: "organiser.edition.city", Most: longName},
	{Name: "venue", As: desk.AsPair, Key: "organiser.edition.venue", Most: longName},
	{Name: "motto", As: desk.AsPair, Key: "organiser.edition.motto", Most: longName},
	{Name: "about", As: desk.AsProse, Key: "organiser.edition.about", Help: "desk.form.markdown", Most: 40000},
	{Name: "attendance", As: desk.AsPair, Key: "organiser.edition.attendance", Most: longName},
	{Name: "licence", As: desk.AsLine, Key: "organiser.edition.licence", Help: "organiser.edition.licence_help", Most: 60, Size: "size-m"},
	creditControl(),
	{Name: "public", As: desk.AsTick, Key: "organiser.edition.public", Help: "organiser.edition.public_help"},
}

var editionFields = desk.FieldsOf("edition", editionControls)

func (p *Pages) editionRoutes() []web.Route {
	all, one := p.editions(p.Desktop), p.editions(func(r *http.Request) (desk.Desk, error) { return p.Desk(r, "desk.edition") })
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: pl, EN: en, Action: desk.EditEdition, Object: desk.WholeEdition, Who: web.SignedIn,
			Query: []string{"draft", "sort"}, Handle: handle,
		}
	}
	create := func(name, method, pl, en string, handle web.Handler) web.Route {
		route := row(name, method, pl, en, handle)
		route.Action, route.Object = desk.CreateEdition, desk.WholeSite
		return route
	}
	list := row("desk.editions", http.MethodGet, "/biurko", "/desk", all.ShowList(p.Kit))
	list.Action, list.Object = desk.OwnAccount, "" // everybody sees those that they work on
	const settingsPL, settingsEN = "/{edition}/biurko/ustawienia", "/{edition}/desk/settings"
	add := create("desk.editions.add", http.MethodPost, "/biurko", "/desk", all.Take(p.Kit))
	add.SignedOut = p.Hold("desk.edition.new")
	return []web.Route{
		list,
		add,
		create("desk.edition.new", http.MethodGet, "/biurko/nowa-edycja", "/desk/new-edition", all.ShowOne(p.Kit)),
		row("desk.edition", http.MethodGet, settingsPL, settingsEN, one.ShowOne(p.Kit)),
		row("desk.edition.save", http.MethodPost, settingsPL, settingsEN, one.Take(p.Kit)),
	}
}

// editions is the kind; the edition in the path is the one that a form is about.
func (p *Pages) editions(around func(r *http.Request) (desk.Desk, error)) desk.Kind[edition.Edition] {
	return desk.Kind[edition.Edition]{
		Name: "edition", Key: "organiser.edition", Plural: "editions", Action: desk.EditEdition, Missing: edition.ErrUnknown,
		Controls: editionControls, Fields: editionFields, Desk: around,
		Named: func(r *http.Request) string { return r.PathValue("edition") },
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.edition.name"},
			{Name: "starts_on", Key: "organiser.edition.starts_on"},
			{Name: "ends_on", Key: "organiser.edition.ends_on"},
			{Name: "city", Key: "organiser.edition.city"},
			{Name: "form", Key: "organiser.edition.form"},
		},
		All: func(ctx context.Context, d desk.Desk) ([]edition.Edition, error) {
			all, err := p.Editions.Editions(ctx)
			// Whoever has nothing to do in an edition learns nothing of one that is not public yet.
			return slices.DeleteFunc(slices.Clone(all), func(e edition.Edition) bool { return !d.Who.Works(e.ID) }), err
		},
		Facts: func(e edition.Edition) desk.Facts {
			return desk.Facts{ID: string(e.ID), Revision: e.Revision, Name: e.Name, Address: e.Slug}
		},
		Blank: func(_ desk.Desk, fresh string, _ []edition.Edition) edition.Edition {
			return edition.Edition{
				ID: edition.ID(fresh), TimeZone: "Europe/Warsaw", Form: edition.OnSite, Licence: "CC-BY-4.0",
			}
		},
		Fill: fillEdition, Read: readEdition, Save: p.Editions.Save,
		Cells: func(e edition.Edition, _ []edition.Edition) []desk.Entry {
			return []desk.Entry{desk.Words(e.Name), desk.Plain(string(e.StartsOn)), desk.Plain(string(e.EndsOn)), desk.Words(e.City), desk.Said(e.Form)}
		},
		Choices: func(ctx context.Context, d desk.Desk, _ edition.Edition) (map[string][]desk.Choice, error) {
			offered, err := p.creditChoices(ctx, d)
			if err != nil {
				return nil, err
			}
			offered["form"] = desk.Choices(edition.Forms)
			return offered, nil
		},
	}
}

func fillEdition(f *web.Form, e edition.Edition) {
	desk.SetText(f, "name", e.Name)
	desk.SetText(f, "motto", e.Motto)
	desk.SetText(f, "about", e.About)
	desk.SetText(f, "city", e.City)
	desk.SetText(f, "venue", e.Venue)
	desk.SetText(f, "attendance", e.Attendance)
	desk.SetNumber(f, "number", e.Number)
	f.Set("slug", e.Slug)
	f.Set("starts_on", string(e.StartsOn))
	f.Set("ends_on", string(e.EndsOn))
	f.Set("time_zone", e.TimeZone)
	f.Set("form", string(e.Form))
	f.Set("licence", e.Licence)
	fillCredits(f, e.Credits)
	desk.Tick(f, "public", e.Public)
}

// takenWords are parts of addresses in which an edition's name stands for something of the house.
var takenWords = []string{
	"biurko", "desk", "wejscie", "enter", "wyjscie", "leave", "archiwum", "archive", "api", "assets", "pl", "en",
}

func readEdition(f *web.Form, e edition.Edition, all []edition.Edition) edition.Edition {
	e.Revision = f.Revision
	e.Name, e.Motto = desk.ReadText(f, "name", e.Name), desk.ReadText(f, "motto", e.Motto)
	e.About, e.City = desk.ReadText(f, "about", e.About), desk.ReadText(f, "city", e.City)
	e.Venue, e.Attendance = desk.ReadText(f, "venue", e.Venue), desk.ReadText(f, "attendance", e.Attendance)
	e.Number = f.Int("number")
	if !e.Public { // an address that the world knows stays for ever
		e.Slug = desk.Slug(f, e.Name.PL, func(s string) bool {
			return desk.Taken(all, func(o edition.Edition) bool { return o.Slug == s && o.ID != e.ID })
		})
	} else if typed := f.Value("slug"); typed != "" && typed != e.Slug {
		f.Problems.Add("slug", "organiser.edition.slug_fixed", e.Slug)
	}
	if slices.Contains(takenWords, e.Slug) {
		f.Problems.Add("slug", "people.slug_taken")
	}
	e.StartsOn, e.EndsOn = civil.Date(f.Value("starts_on")), civil.Date(f.Value("ends_on"))
	e.TimeZone, e.Form, e.Licence = f.Value("time_zone"), edition.Form(f.Value("form")), f.Value("licence")
	e.Credits, e.Public = readCredits(f), f.Value("public") != ""
	return e
}
