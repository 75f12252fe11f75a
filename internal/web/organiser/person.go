package organiser

import (
	"context"

	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/web"
)

// key: organiser.person.*
var personControls = []control{
	{Name: "name", As: asLine, Key: "organiser.person.name", Help: "organiser.person.name_help", Must: true, Most: longName},
	{Name: "sort_name", As: asLine, Key: "organiser.person.sort_name", Help: "organiser.person.sort_name_help", Most: longName},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "bio", As: asProse, Key: "organiser.person.bio", Most: 6000},
	{Name: "affiliations", As: asRows, Key: "organiser.person.affiliations", Help: "organiser.person.affiliations_help", Rows: []control{
		{Name: "affiliation_institution", Key: "organiser.person.institution"},
		{Name: "affiliation_title_pl", Key: "organiser.person.title_pl"},
		{Name: "affiliation_title_en", Key: "organiser.person.title_en"},
		{Name: "affiliation_from", Key: "organiser.person.from", Type: "date"},
		{Name: "affiliation_until", Key: "organiser.person.until", Type: "date"},
	}},
}

var personFields = fieldsOf("person", personControls)

func (p *Pages) personRoutes() []web.Route { return routes(p, p.persons()) }

func (p *Pages) persons() kind[people.Person] {
	return kind[people.Person]{
		name: "person", plural: "persons", pl: "osoby", en: "people", new: [2]string{"nowa", "new"},
		action: editPeople, missing: people.ErrNoPerson, controls: personControls, fields: personFields,
		columns: []heading{
			{Name: "name", Key: "organiser.person.sort_name"}, {Name: "title", Key: "organiser.person.title_pl"},
			{Name: "affiliations", Key: "organiser.person.affiliations", Number: true},
		},
		all: func(ctx context.Context, _ Desk) ([]people.Person, error) { return p.People.Persons(ctx) },
		facts: func(one people.Person) facts {
			return facts{ID: string(one.ID), Revision: one.Revision, Name: i18n.Text{PL: one.Name, EN: one.Name}}
		},
		blank: func(_ Desk, fresh string, _ []people.Person) people.Person {
			return people.Person{ID: people.PersonID(fresh)}
		},
		fill: fillPerson, read: readPerson, save: p.People.SavePerson,
		cells: func(one people.Person, _ []people.Person) []cell {
			var title i18n.Text
			if len(one.Affiliations) > 0 {
				title = one.Affiliations[0].Title
			}
			return []cell{plain(one.SortName), words(title), number(len(one.Affiliations))}
		},
		choices: func(ctx context.Context, _ Desk, _ people.Person) (map[string][]choice, error) {
			all, err := p.institutionChoices(ctx)
			return map[string][]choice{"affiliation_institution": orNone("organiser.form.none", all)}, err
		},
	}
}

func fillPerson(f *web.Form, one people.Person) {
	f.Set("name", one.Name)
	f.Set("sort_name", one.SortName)
	f.Set("slug", one.Slug)
	setText(f, "bio", one.Bio)
	for _, a := range one.Affiliations {
		f.Typed.Add("affiliation_institution", string(a.Institution))
		f.Typed.Add("affiliation_title_pl", a.Title.PL)
		f.Typed.Add("affiliation_title_en", a.Title.EN)
		f.Typed.Add("affiliation_from", string(a.From))
		f.Typed.Add("affiliation_until", string(a.Until))
	}
}

func readPerson(f *web.Form, one people.Person, all []people.Person) people.Person {
	one.Revision = f.Revision
	one.Name, one.SortName = f.Value("name"), f.Value("sort_name")
	one.Bio = readText(f, "bio", one.Bio)
	one.Slug = slug(f, one.Name, func(s string) bool {
		return taken(all, func(o people.Person) bool { return o.Slug == s && o.ID != one.ID })
	})
	one.Affiliations = readAffiliations(f, one.Affiliations)
	return one
}

// readAffiliations reads the rows in which an institution was chosen. The states of titles, which the rows do not ask
// for, stay as they were.
func readAffiliations(f *web.Form, before []people.Affiliation) (all []people.Affiliation) {
	for row := range rowsOf(f, "affiliation_institution", "affiliation_title_pl", "affiliation_title_en") {
		a := people.Affiliation{
			Institution: people.InstitutionID(column(f, "affiliation_institution", row)),
			Title:       i18n.Text{PL: column(f, "affiliation_title_pl", row), EN: column(f, "affiliation_title_en", row)},
			From:        affiliationDay(f, "affiliation_from", row),
			Until:       affiliationDay(f, "affiliation_until", row),
		}
		switch {
		case a.Institution == "" && a.Title.IsZero():
			continue
		case a.Institution == "":
			f.Problems.Add("affiliations", "organiser.person.institution_missing", row+1)
		case len([]rune(a.Title.PL)) > longName || len([]rune(a.Title.EN)) > longName:
			f.Problems.Add("affiliations", "people.too_long", longName)
		}
		for _, b := range before {
			if b.Institution == a.Institution && b.Title.PL == a.Title.PL && b.Title.EN == a.Title.EN {
				a.Title = b.Title
			}
		}
		all = append(all, a)
	}
	return all
}

func affiliationDay(f *web.Form, name string, row int) civil.Date {
	typed := column(f, name, row)
	if typed == "" {
		return ""
	}
	day, err := civil.ParseDate(typed)
	if err != nil {
		f.Problems.Add("affiliations", "edition.date")
	}
	return day
}
