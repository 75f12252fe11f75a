package organiser

import (
	"context"

	"obrady/internal/people"
	"obrady/internal/web"
)

// key: organiser.institution.*
var institutionControls = []control{
	{Name: "name", As: asPair, Key: "organiser.institution.name", Most: longName, Must: true},
	{Name: "short", As: asLine, Key: "organiser.institution.short", Help: "organiser.institution.short_help", Most: 40, Size: "size-m"},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "sector", As: asSelect, Key: "organiser.institution.sector"},
	{Name: "part_of", As: asSelect, Key: "organiser.institution.part_of"},
	{Name: "url", As: asLine, Key: "organiser.form.url", Type: "url", Help: "organiser.form.url_help"},
}

var institutionFields = fieldsOf("institution", institutionControls)

func (p *Pages) institutionRoutes() []web.Route { return routes(p, p.institutions()) }

func (p *Pages) institutions() kind[people.Institution] {
	return kind[people.Institution]{
		name: "institution", plural: "institutions", pl: "instytucje", en: "institutions", new: [2]string{"nowa", "new"},
		action: editPeople, missing: people.ErrNoInstitution, controls: institutionControls, fields: institutionFields,
		columns: []heading{
			{Name: "name", Key: "organiser.institution.name"},
			{Name: "short", Key: "organiser.institution.short"},
			{Name: "sector", Key: "organiser.institution.sector"},
			{Name: "part_of", Key: "organiser.institution.part_of"},
		},
		all:   func(ctx context.Context, _ Desk) ([]people.Institution, error) { return p.People.Institutions(ctx) },
		facts: func(i people.Institution) facts { return facts{ID: string(i.ID), Revision: i.Revision, Name: i.Name} },
		blank: func(_ Desk, fresh string, _ []people.Institution) people.Institution {
			return people.Institution{ID: people.InstitutionID(fresh), Sector: people.LocalGovernment}
		},
		fill: fillInstitution, read: readInstitution, save: p.People.SaveInstitution,
		cells: func(i people.Institution, all []people.Institution) []cell {
			whole := cell{}
			for _, one := range all {
				if one.ID == i.PartOf {
					whole = words(one.Name)
				}
			}
			return []cell{words(i.Name), plain(i.Short), said(i.Sector), whole}
		},
		choices: func(ctx context.Context, _ Desk, _ people.Institution) (map[string][]choice, error) {
			all, err := p.institutionChoices(ctx)
			return map[string][]choice{
				"sector": choices(people.Sectors), "part_of": orNone("organiser.form.none", all),
			}, err
		},
	}
}

func fillInstitution(f *web.Form, i people.Institution) {
	setText(f, "name", i.Name)
	f.Set("short", i.Short)
	f.Set("slug", i.Slug)
	f.Set("sector", string(i.Sector))
	f.Set("part_of", string(i.PartOf))
	f.Set("url", i.URL)
}

func readInstitution(f *web.Form, i people.Institution, all []people.Institution) people.Institution {
	i.Revision = f.Revision
	i.Name = readText(f, "name", i.Name)
	i.Slug = slug(f, i.Name.PL, func(s string) bool {
		return taken(all, func(o people.Institution) bool { return o.Slug == s && o.ID != i.ID })
	})
	i.Short, i.URL = f.Value("short"), f.Value("url")
	i.Sector = people.Sector(f.Value("sector"))
	i.PartOf = people.InstitutionID(f.Value("part_of"))
	if i.PartOf != "" && !belongs(all, i) {
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
