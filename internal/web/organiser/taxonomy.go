package organiser

import (
	"context"
	"slices"
	"strconv"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/text"
	"obrady/internal/web"
)

// key: organiser.taxonomy.*
var taxonomyControls = []control{
	{Name: "name", As: asPair, Key: "organiser.taxonomy.name", Most: longName, Must: true},
	{Name: "kind", As: asSelect, Key: "organiser.taxonomy.kind", Help: "organiser.taxonomy.kind_help"},
	{Name: "terms", As: asRows, Key: "organiser.taxonomy.terms", Help: "organiser.taxonomy.terms_help", Rows: []control{
		{Name: "term_id", Key: "organiser.form.id", Type: "hidden"},
		{Name: "term_since", Key: "organiser.taxonomy.since", Type: "hidden"},
		{Name: "term_name_pl", Key: "organiser.taxonomy.term_pl"},
		{Name: "term_name_en", Key: "organiser.taxonomy.term_en"},
		{Name: "term_slug", Key: "organiser.form.slug"},
		{Name: "term_description_pl", Key: "organiser.taxonomy.description_pl"},
		{Name: "term_description_en", Key: "organiser.taxonomy.description_en"},
		{Name: "term_until", Key: "organiser.taxonomy.until", Type: "number"},
		{Name: "term_continues", Key: "organiser.taxonomy.continues"},
	}},
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
}

var taxonomyFields = func() web.Fields {
	fields := fieldsOf("taxonomy", taxonomyControls)
	fields[doField] = "organiser.taxonomy.new_version"
	return fields
}()

// newVersion is what the button sends, in the field of buttons, that begins a new version of the list.
const newVersion = "new-version"

func (p *Pages) taxonomyRoutes() []web.Route { return routes(p, p.taxonomies()) }

func (p *Pages) taxonomies() kind[edition.Taxonomy] {
	return kind[edition.Taxonomy]{
		name: "taxonomy", plural: "taxonomies", pl: "listy-hasel", en: "word-lists", new: [2]string{"nowa", "new"},
		action: editEdition, missing: edition.ErrNoTaxonomy, controls: taxonomyControls, fields: taxonomyFields,
		columns: []heading{
			{Name: "name", Key: "organiser.taxonomy.name"}, {Name: "kind", Key: "organiser.taxonomy.kind"},
			{Name: "terms", Key: "organiser.taxonomy.terms", Number: true}, {Name: "version", Key: "organiser.taxonomy.version", Number: true},
		},
		all: func(ctx context.Context, d Desk) ([]edition.Taxonomy, error) {
			return p.Editions.Taxonomies(ctx, d.Edition.ID)
		},
		facts: func(t edition.Taxonomy) facts { return facts{ID: t.ID, Revision: t.Revision, Name: t.Name} },
		blank: func(d Desk, fresh string, all []edition.Taxonomy) edition.Taxonomy {
			return edition.Taxonomy{ID: fresh, Edition: d.Edition.ID, Version: 1, Position: len(all) + 1, Kind: missingKind(all)}
		},
		fill: fillTaxonomy, read: readTaxonomy, save: p.Editions.SaveTaxonomy,
		cells: func(t edition.Taxonomy, _ []edition.Taxonomy) []cell {
			return []cell{words(t.Name), said(t.Kind), number(len(t.Current())), number(t.Version)}
		},
		choices: p.taxonomyChoices,
		extras: func(_ context.Context, _ Desk, t edition.Taxonomy) ([]extra, error) {
			if t.Revision == 0 {
				return nil, nil
			}
			return []extra{{Key: "organiser.taxonomy.new_version", Post: newVersion}}, nil
		},
	}
}

// missingKind is the first kind that the edition has no list of yet.
func missingKind(all []edition.Taxonomy) edition.TaxonomyKind {
	for _, k := range edition.TaxonomyKinds {
		if !taken(all, func(t edition.Taxonomy) bool { return t.Kind == k }) {
			return k
		}
	}
	return edition.TaxonomyKinds[0]
}

// taxonomyChoices offers, as what a term may continue, the terms of this kind in all editions that are not later.
func (p *Pages) taxonomyChoices(ctx context.Context, d Desk, t edition.Taxonomy) (map[string][]choice, error) {
	var earlier []choice
	for _, e := range d.Editions {
		if e.StartsOn > d.Edition.StartsOn {
			continue
		}
		lists, err := p.Editions.Taxonomies(ctx, e.ID)
		if err != nil {
			return nil, err
		}
		for _, list := range lists {
			if list.Kind != t.Kind && t.Revision > 0 {
				continue
			}
			for _, term := range list.Terms {
				earlier = append(earlier, choice{Value: string(term.ID), Plain: e.Slug + ": " + term.Name.PL})
			}
		}
	}
	return map[string][]choice{
		"kind": choices(edition.TaxonomyKinds), "term_continues": orNone("organiser.taxonomy.continues_none", earlier),
	}, nil
}

func fillTaxonomy(f *web.Form, t edition.Taxonomy) {
	setText(f, "name", t.Name)
	f.Set("kind", string(t.Kind))
	setNumber(f, "position", t.Position)
	for _, term := range t.Terms {
		f.Typed.Add("term_id", string(term.ID))
		f.Typed.Add("term_since", strconv.Itoa(term.Since))
		f.Typed.Add("term_name_pl", term.Name.PL)
		f.Typed.Add("term_name_en", term.Name.EN)
		f.Typed.Add("term_slug", term.Slug)
		f.Typed.Add("term_description_pl", term.Description.PL)
		f.Typed.Add("term_description_en", term.Description.EN)
		until := ""
		if term.Until > 0 {
			until = strconv.Itoa(term.Until)
		}
		f.Typed.Add("term_until", until)
		f.Typed.Add("term_continues", string(term.Continues))
	}
}

// readTaxonomy reads the list. Its kind is chosen once. A new version is one higher; terms that end with the present
// version are not in it, terms that are new begin with it.
func readTaxonomy(f *web.Form, t edition.Taxonomy, all []edition.Taxonomy) edition.Taxonomy {
	t.Revision = f.Revision
	t.Name, t.Position = readText(f, "name", t.Name), position(f)
	if t.Revision == 0 {
		t.Kind = edition.TaxonomyKind(f.Value("kind"))
		if taken(all, func(o edition.Taxonomy) bool { return o.Kind == t.Kind && o.ID != t.ID }) {
			f.Problems.Add("kind", "organiser.taxonomy.kind_taken")
		}
	}
	if f.Value(doField) == newVersion {
		t.Version++
	}
	t.Terms = readTerms(f, t)
	return t
}

func readTerms(f *web.Form, t edition.Taxonomy) (terms []edition.Term) {
	for row := range rowsOf(f, "term_name_pl", "term_name_en", "term_slug") {
		at := func(name string) string { return column(f, "term_"+name, row) }
		term := edition.Term{ID: edition.TermID(at("id")), Since: t.Version}
		for _, before := range t.Terms {
			if before.ID == term.ID {
				term = before
			}
		}
		if at("name_pl") == "" && at("name_en") == "" && at("slug") == "" {
			continue
		}
		if term.Slug == "" {
			term.ID = id.Make[edition.TermID]() // what is not in the list is new, whatever was sent as its name
		}
		term.Name = retold(term.Name, at("name_pl"), at("name_en"))
		term.Description = retold(term.Description, at("description_pl"), at("description_en"))
		term.Slug, term.Continues = at("slug"), edition.TermID(at("continues"))
		if term.Slug == "" {
			term.Slug = text.UniqueSlug(text.Slug(term.Name.PL), func(s string) bool {
				return slices.Contains(f.All("term_slug"), s) || taken(terms, func(o edition.Term) bool { return o.Slug == s })
			})
		}
		term.Until = readUntil(f, row)
		if len([]rune(term.Name.PL)) > longName || len([]rune(term.Description.PL)) > 2*longText {
			f.Problems.Add("terms", "people.too_long", longName)
		}
		terms = append(terms, term)
	}
	return terms
}

func readUntil(f *web.Form, row int) int {
	typed := column(f, "term_until", row)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		f.Problems.Add("terms", "web.form.number")
	}
	return n
}

// retold is t with other words. Words that are new are approved by whoever types them.
func retold(t i18n.Text, pl, en string) i18n.Text {
	if t.EN != en {
		t.ENState = i18n.Approved
	}
	t.PL, t.EN = pl, en
	return t
}
