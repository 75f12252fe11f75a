package organiser

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/web"
)

// key: organiser.edition.*
var editionControls = []control{
	{Name: "name", As: asPair, Key: "organiser.edition.name", Most: longName, Must: true},
	{Name: "number", As: asLine, Key: "organiser.edition.number", Help: "organiser.edition.number_help", Size: "size-s"},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.edition.slug_help"},
	{Name: "starts_on", As: asDate, Key: "organiser.edition.starts_on", Must: true},
	{Name: "ends_on", As: asDate, Key: "organiser.edition.ends_on", Must: true},
	{Name: "time_zone", As: asLine, Key: "organiser.edition.time_zone", Help: "organiser.edition.time_zone_help", Size: "size-m", Must: true},
	{Name: "form", As: asSelect, Key: "organiser.edition.form"},
	{Name: "city", As: asPair, Key: "organiser.edition.city", Most: longName},
	{Name: "venue", As: asPair, Key: "organiser.edition.venue", Most: longName},
	{Name: "motto", As: asPair, Key: "organiser.edition.motto", Most: longName},
	{Name: "about", As: asProse, Key: "organiser.edition.about", Help: "organiser.form.markdown", Most: 40000},
	{Name: "attendance", As: asPair, Key: "organiser.edition.attendance", Most: longName},
	{Name: "licence", As: asLine, Key: "organiser.edition.licence", Help: "organiser.edition.licence_help", Most: 60, Size: "size-m"},
	creditControl(),
	{Name: "public", As: asTick, Key: "organiser.edition.public", Help: "organiser.edition.public_help"},
}

var editionFields = fieldsOf("edition", editionControls)

func (p *Pages) editionRoutes() []web.Route {
	all, one := p.editions(p.desktop), p.editions(func(r *http.Request) (Desk, error) { return p.desk(r, "desk.edition") })
	row := func(name, method, pl, en string, handle web.Handler) web.Route {
		return web.Route{
			Name: name, Method: method, PL: pl, EN: en, Action: editEdition, Who: web.SignedIn,
			Query: []string{"draft", "sort"}, Handle: handle,
		}
	}
	const settingsPL, settingsEN = "/{edition}/biurko/ustawienia", "/{edition}/desk/settings"
	return []web.Route{
		row("desk.editions", http.MethodGet, "/biurko", "/desk", all.showList(p)),
		row("desk.editions.add", http.MethodPost, "/biurko", "/desk", all.take(p)),
		row("desk.edition.new", http.MethodGet, "/biurko/nowa-edycja", "/desk/new-edition", all.showOne(p)),
		row("desk.edition", http.MethodGet, settingsPL, settingsEN, one.showOne(p)),
		row("desk.edition.save", http.MethodPost, settingsPL, settingsEN, one.take(p)),
	}
}

// editions is the kind; the edition in the path is the one that a form is about.
func (p *Pages) editions(desk func(r *http.Request) (Desk, error)) kind[edition.Edition] {
	return kind[edition.Edition]{
		name: "edition", plural: "editions", action: editEdition, missing: edition.ErrUnknown,
		controls: editionControls, fields: editionFields, desk: desk,
		named: func(r *http.Request) string { return r.PathValue("edition") },
		columns: []heading{
			{Name: "name", Key: "organiser.edition.name"},
			{Name: "starts_on", Key: "organiser.edition.starts_on"},
			{Name: "ends_on", Key: "organiser.edition.ends_on"},
			{Name: "city", Key: "organiser.edition.city"},
			{Name: "form", Key: "organiser.edition.form"},
		},
		all: func(ctx context.Context, _ Desk) ([]edition.Edition, error) { return p.Editions.Editions(ctx) },
		facts: func(e edition.Edition) facts {
			return facts{ID: string(e.ID), Revision: e.Revision, Name: e.Name, Address: e.Slug}
		},
		blank: func(_ Desk, fresh string, _ []edition.Edition) edition.Edition {
			return edition.Edition{
				ID: edition.ID(fresh), TimeZone: "Europe/Warsaw", Form: edition.OnSite, Licence: "CC-BY-4.0",
			}
		},
		fill: fillEdition, read: readEdition, save: p.Editions.Save,
		cells: func(e edition.Edition, _ []edition.Edition) []cell {
			return []cell{words(e.Name), plain(string(e.StartsOn)), plain(string(e.EndsOn)), words(e.City), said(e.Form)}
		},
		choices: func(ctx context.Context, _ Desk, _ edition.Edition) (map[string][]choice, error) {
			offered, err := p.creditChoices(ctx)
			if err != nil {
				return nil, err
			}
			offered["form"] = choices(edition.Forms)
			return offered, nil
		},
	}
}

func fillEdition(f *web.Form, e edition.Edition) {
	setText(f, "name", e.Name)
	setText(f, "motto", e.Motto)
	setText(f, "about", e.About)
	setText(f, "city", e.City)
	setText(f, "venue", e.Venue)
	setText(f, "attendance", e.Attendance)
	setNumber(f, "number", e.Number)
	f.Set("slug", e.Slug)
	f.Set("starts_on", string(e.StartsOn))
	f.Set("ends_on", string(e.EndsOn))
	f.Set("time_zone", e.TimeZone)
	f.Set("form", string(e.Form))
	f.Set("licence", e.Licence)
	fillCredits(f, e.Credits)
	tick(f, "public", e.Public)
}

// takenWords are parts of addresses in which an edition's name stands for something of the house.
var takenWords = []string{
	"biurko", "desk", "wejscie", "enter", "wyjscie", "leave", "archiwum", "archive", "api", "assets", "pl", "en",
}

func readEdition(f *web.Form, e edition.Edition, all []edition.Edition) edition.Edition {
	e.Revision = f.Revision
	e.Name, e.Motto = readText(f, "name", e.Name), readText(f, "motto", e.Motto)
	e.About, e.City = readText(f, "about", e.About), readText(f, "city", e.City)
	e.Venue, e.Attendance = readText(f, "venue", e.Venue), readText(f, "attendance", e.Attendance)
	e.Number = f.Int("number")
	if !e.Public { // an address that the world knows stays for ever
		e.Slug = slug(f, e.Name.PL, func(s string) bool {
			return taken(all, func(o edition.Edition) bool { return o.Slug == s && o.ID != e.ID })
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
