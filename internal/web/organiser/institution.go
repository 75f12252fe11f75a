package organiser

import (
	"context"

	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.institution.*
var institutionControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.institution.name", Most: longName, Must: true},
	{Name: "short", As: desk.AsLine, Key: "organiser.institution.short", Help: "organiser.institution.short_help", Most: 40, Size: "size-m"},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "sector", As: desk.AsSelect, Key: "organiser.institution.sector"},
	{Name: "part_of", As: desk.AsSelect, Key: "organiser.institution.part_of"},
	{Name: "url", As: desk.AsLine, Key: "desk.form.url", Type: "url", Help: "desk.form.url_help"},
}

var institutionFields = desk.FieldsOf("institution", institutionControls)

func (p *Pages) institutionRoutes() []web.Route { return p.institutions().Routes(p.Kit) }

func (p *Pages) institutions() desk.Kind[people.Institution] {
	return desk.Kind[people.Institution]{
		Name: "institution", Key: "organiser.institution", Plural: "institutions", PL: "instytucje", EN: "institutions", New: [2]string{"nowa", "new"},
		Action: desk.EditPeople, Object: rights.InstitutionObject, Missing: people.ErrNoInstitution, Controls: institutionControls, Fields: institutionFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.institution.name"},
			{Name: "short", Key: "organiser.institution.short"},
			{Name: "sector", Key: "organiser.institution.sector"},
			{Name: "part_of", Key: "organiser.institution.part_of"},
		},
		All: func(ctx context.Context, d desk.Desk) ([]people.Institution, error) {
			_, all, err := p.People.Register(ctx, d.Edition.ID)
			return all, err
		},
		Facts: func(i people.Institution) desk.Facts {
			return desk.Facts{ID: string(i.ID), Revision: i.Revision, Name: i.Name}
		},
		Blank: func(d desk.Desk, fresh string, _ []people.Institution) people.Institution {
			return people.Institution{
				ID: people.InstitutionID(fresh), Sector: people.LocalGovernment, Home: d.Scope(rights.EditPeople).Home(),
			}
		},
		Fill: fillInstitution, Read: readInstitution, Save: p.People.SaveInstitution,
		Cells: func(i people.Institution, all []people.Institution) []desk.Entry {
			whole := desk.Entry{}
			for _, one := range all {
				if one.ID == i.PartOf {
					whole = desk.Words(one.Name)
				}
			}
			return []desk.Entry{desk.Words(i.Name), desk.Plain(i.Short), desk.Said(i.Sector), whole}
		},
		Choices: func(ctx context.Context, d desk.Desk, _ people.Institution) (map[string][]desk.Choice, error) {
			all, err := p.institutionChoices(ctx, d)
			return map[string][]desk.Choice{
				"sector": desk.Choices(people.Sectors), "part_of": desk.OrNone("desk.form.none", all),
			}, err
		},
	}
}

func fillInstitution(f *web.Form, i people.Institution) {
	desk.SetText(f, "name", i.Name)
	f.Set("short", i.Short)
	f.Set("slug", i.Slug)
	f.Set("sector", string(i.Sector))
	f.Set("part_of", string(i.PartOf))
	f.Set("url", i.URL)
}

func readInstitution(f *web.Form, i people.Institution, all []people.Institution) people.Institution {
	i.Revision = f.Revision
	i.Name = desk.ReadText(f, "name", i.Name)
	i.Slug = desk.Slug(f, i.Name.PL, func(s string) bool {
		return desk.Taken(all, func(o people.Institution) bool { return o.Slug == s && o.ID != i.ID })
	})
	i.Short, i.URL = f.Value("short"), f.Value("url")
	i.Sector = people.Sector(f.Value("sector"))
	was := i.PartOf
	i.PartOf = people.InstitutionID(f.Value("part_of"))
	if i.PartOf != "" && i.PartOf != was && !belongs(all, i) {
		f.Problems.Add("part_of", "people.part_of_itself")
	}
	return i
}

// belongs says whether i can be a part of what it names: that exists, and is not in turn a part of i.
func belongs(all []people.Institution, i people.Institution) bool {
	parent, known := map[people.InstitutionID]people.InstitutionID{}, map[people.InstitutionID]bool{}
	for _, one := range all {
		parent[one.ID], known[one.ID] = one.PartOf, true
	}
	for up, steps := i.PartOf, 0; up != ""; up, steps = parent[up], steps+1 {
		if up == i.ID || !known[up] || steps > len(all) {
			return false
		}
	}
	return true
}
