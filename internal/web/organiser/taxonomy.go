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
	"obrady/internal/web/desk"
)

// key: organiser.taxonomy.*
var taxonomyControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.taxonomy.name", Most: longName, Must: true},
	{Name: "kind", As: desk.AsSelect, Key: "organiser.taxonomy.kind", Help: "organiser.taxonomy.kind_help"},
	{Name: "terms", As: desk.AsRows, Key: "organiser.taxonomy.terms", Help: "organiser.taxonomy.terms_help", Rows: []desk.Control{
		{Name: "term_id", Key: "desk.form.id", Type: "hidden"},
		{Name: "term_since", Key: "organiser.taxonomy.since", Type: "hidden"},
		{Name: "term_name_pl", Key: "organiser.taxonomy.term_pl"},
		{Name: "term_name_en", Key: "organiser.taxonomy.term_en"},
		{Name: "term_slug", Key: "desk.form.slug"},
		{Name: "term_description_pl", Key: "organiser.taxonomy.description_pl"},
		{Name: "term_description_en", Key: "organiser.taxonomy.description_en"},
		{Name: "term_until", Key: "organiser.taxonomy.until", Type: "number"},
		{Name: "term_continues", Key: "organiser.taxonomy.continues"},
	}},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var taxonomyFields = func() web.Fields {
	fields := desk.FieldsOf("taxonomy", taxonomyControls)
	fields[desk.DoField] = "organiser.taxonomy.new_version"
	return fields
}()

// newVersion is what the button sends, in the field of buttons, that begins a new version of the list.
const newVersion = "new-version"

func (p *Pages) taxonomyRoutes() []web.Route { return p.taxonomies().Routes(p.Kit) }

func (p *Pages) taxonomies() desk.Kind[edition.Taxonomy] {
	return desk.Kind[edition.Taxonomy]{
		Name: "taxonomy", Key: "organiser.taxonomy", Plural: "taxonomies", PL: "listy-hasel", EN: "word-lists", New: [2]string{"nowa", "new"},
		Action: desk.EditEdition, Missing: edition.ErrNoTaxonomy, Controls: taxonomyControls, Fields: taxonomyFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.taxonomy.name"},
			{Name: "kind", Key: "organiser.taxonomy.kind"},
			{Name: "terms", Key: "organiser.taxonomy.terms", Number: true},
			{Name: "version", Key: "organiser.taxonomy.version", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]edition.Taxonomy, error) {
			return p.Editions.Taxonomies(ctx, d.Edition.ID)
		},
		Facts: func(t edition.Taxonomy) desk.Facts { return desk.Facts{ID: t.ID, Revision: t.Revision, Name: t.Name} },
		Blank: func(d desk.Desk, fresh string, all []edition.Taxonomy) edition.Taxonomy {
			return edition.Taxonomy{ID: fresh, Edition: d.Edition.ID, Version: 1, Position: len(all) + 1, Kind: missingKind(all)}
		},
		Fill: fillTaxonomy, Read: readTaxonomy, Save: p.Editions.SaveTaxonomy,
		Cells: func(t edition.Taxonomy, _ []edition.Taxonomy) []desk.Entry {
			return []desk.Entry{desk.Words(t.Name), desk.Said(t.Kind), desk.Number(len(t.Current())), desk.Number(t.Version)}
		},
		Choices: p.taxonomyChoices,
		Extras: func(_ context.Context, _ desk.Desk, t edition.Taxonomy) ([]desk.Extra, error) {
			if t.Revision == 0 {
				return nil, nil
			}
			return []desk.Extra{{Key: "organiser.taxonomy.new_version", Post: newVersion}}, nil
		},
	}
}

// missingKind is the first kind that the edition has no list of yet.
func missingKind(all []edition.Taxonomy) edition.TaxonomyKind {
	for _, k := range edition.TaxonomyKinds {
		if !desk.Taken(all, func(t edition.Taxonomy) bool { return t.Kind == k }) {
			return k
		}
	}
	return edition.TaxonomyKinds[0]
}

// taxonomyChoices offers, as what a term may continue, the terms of this kind in all editions that are not later.
func (p *Pages) taxonomyChoices(ctx context.Context, d desk.Desk, t edition.Taxonomy) (map[string][]desk.Choice, error) {
	var earlier []desk.Choice
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
				earlier = append(earlier, desk.Choice{Value: string(term.ID), Plain: e.Slug + ": " + term.Name.PL})
			}
		}
	}
	return map[string][]desk.Choice{
		"kind": desk.Choices(edition.TaxonomyKinds), "term_continues": desk.OrNone("organiser.taxonomy.continues_none", earlier),
	}, nil
}

func fillTaxonomy(f *web.Form, t edition.Taxonomy) {
	desk.SetText(f, "name", t.Name)
	f.Set("kind", string(t.Kind))
	desk.SetNumber(f, "position", t.Position)
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
	t.Name, t.Position = desk.ReadText(f, "name", t.Name), position(f)
	if t.Revision == 0 {
		t.Kind = edition.TaxonomyKind(f.Value("kind"))
		if desk.Taken(all, func(o edition.Taxonomy) bool { return o.Kind == t.Kind && o.ID != t.ID }) {
			f.Problems.Add("kind", "organiser.taxonomy.kind_taken")
		}
	}
	if f.Value(desk.DoField) == newVersion {
		t.Version++
	}
	t.Terms = readTerms(f, t)
	return t
}

func readTerms(f *web.Form, t edition.Taxonomy) (terms []edition.Term) {
	for row := range desk.RowsOf(f, "term_name_pl", "term_name_en", "term_slug") {
		at := func(name string) string { return desk.CellAt(f, "term_"+name, row) }
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
				return slices.Contains(f.All("term_slug"), s) || desk.Taken(terms, func(o edition.Term) bool { return o.Slug == s })
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
	typed := desk.CellAt(f, "term_until", row)
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
