package organiser

import (
	"context"

	"obrady/internal/civil"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.person.*
var personControls = []desk.Control{
	{Name: "name", As: desk.AsLine, Key: "organiser.person.name", Help: "organiser.person.name_help", Must: true, Most: longName},
	{Name: "sort_name", As: desk.AsLine, Key: "organiser.person.sort_name", Help: "organiser.person.sort_name_help", Most: longName},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "bio", As: desk.AsProse, Key: "organiser.person.bio", Most: 6000},
	{Name: "affiliations", As: desk.AsRows, Key: "organiser.person.affiliations", Help: "organiser.person.affiliations_help", Rows: []desk.Control{
		{Name: "affiliation_institution", Key: "organiser.person.institution"},
		{Name: "affiliation_title_pl", Key: "organiser.person.title_pl"},
		{Name: "affiliation_title_en", Key: "organiser.person.title_en"},
		{Name: "affiliation_from", Key: "organiser.person.from", Type: "date"},
		{Name: "affiliation_until", Key: "organiser.person.until", Type: "date"},
	}},
}

var personFields = desk.FieldsOf("person", personControls)

func (p *Pages) personRoutes() []web.Route { return p.persons().Routes(p.Kit) }

func (p *Pages) persons() desk.Kind[people.Person] {
	return desk.Kind[people.Person]{
		Name: "person", Key: "organiser.person", Plural: "persons", PL: "osoby", EN: "people", New: [2]string{"nowa", "new"},
		Action: desk.EditPeople, Object: rights.PersonObject, Missing: people.ErrNoPerson, Controls: personControls, Fields: personFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.person.sort_name"},
			{Name: "title", Key: "organiser.person.title_pl"},
			{Name: "affiliations", Key: "organiser.person.affiliations", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]people.Person, error) {
			all, _, err := p.People.Register(ctx, d.Edition.ID)
			return all, err
		},
		Facts: func(one people.Person) desk.Facts {
			return desk.Facts{ID: string(one.ID), Revision: one.Revision, Name: i18n.Text{PL: one.Name, EN: one.Name}}
		},
		Blank: func(d desk.Desk, fresh string, _ []people.Person) people.Person {
			return people.Person{ID: people.PersonID(fresh), Home: d.Scope(rights.EditPeople).Home()}
		},
		Fill: fillPerson, Read: readPerson, Save: p.People.SavePerson,
		Cells: func(one people.Person, _ []people.Person) []desk.Entry {
			var title i18n.Text
			if len(one.Affiliations) > 0 {
				title = one.Affiliations[0].Title
			}
			return []desk.Entry{desk.Plain(one.SortName), desk.Words(title), desk.Number(len(one.Affiliations))}
		},
		Choices: func(ctx context.Context, d desk.Desk, _ people.Person) (map[string][]desk.Choice, error) {
			all, err := p.institutionChoices(ctx, d)
			return map[string][]desk.Choice{"affiliation_institution": desk.OrNone("desk.form.none", all)}, err
		},
	}
}

func fillPerson(f *web.Form, one people.Person) {
	f.Set("name", one.Name)
	f.Set("sort_name", one.SortName)
	f.Set("slug", one.Slug)
	desk.SetText(f, "bio", one.Bio)
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
	one.Bio = desk.ReadText(f, "bio", one.Bio)
	one.Slug = desk.Slug(f, one.Name, func(s string) bool {
		return desk.Taken(all, func(o people.Person) bool { return o.Slug == s && o.ID != one.ID })
	})
	one.Affiliations = readAffiliations(f, one.Affiliations)
	return one
}

// readAffiliations reads the rows in which an institution was chosen. The states of titles, which the rows do not ask
// for, stay as they were.
func readAffiliations(f *web.Form, before []people.Affiliation) (all []people.Affiliation) {
	for row := range desk.RowsOf(f, "affiliation_institution", "affiliation_title_pl", "affiliation_title_en") {
		a := people.Affiliation{
			Institution: people.InstitutionID(desk.CellAt(f, "affiliation_institution", row)),
			Title:       i18n.Text{PL: desk.CellAt(f, "affiliation_title_pl", row), EN: desk.CellAt(f, "affiliation_title_en", row)},
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
	typed := desk.CellAt(f, name, row)
	if typed == "" {
		return ""
	}
	day, err := civil.ParseDate(typed)
	if err != nil {
		f.Problems.Add("affiliations", "edition.date")
	}
	return day
}
