package organiser

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.page.*
var pageControls = []desk.Control{
	{Name: "title", As: desk.AsPair, Key: "organiser.page.title", Most: longName, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "kind", As: desk.AsSelect, Key: "organiser.page.kind", Help: "organiser.page.kind_help"},
	{Name: "body", As: desk.AsProse, Key: "organiser.page.body", Help: "desk.form.markdown", Most: 40000},
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var pageFields = desk.FieldsOf("page", pageControls)

func (p *Pages) pageRoutes() []web.Route {
	return append(p.ownPages().Routes(p.Kit), web.Route{
		Name: "desk.page.versions", PL: "/{edition}/biurko/strony/{thing}/wersje", EN: "/{edition}/desk/pages/{thing}/versions",
		Action: desk.EditEdition, Object: desk.WholeEdition, Who: web.SignedIn, Handle: p.showVersions,
	})
}

func (p *Pages) ownPages() desk.Kind[edition.Page] {
	return desk.Kind[edition.Page]{
		Name: "page", Key: "organiser.page", Plural: "pages", PL: "strony", EN: "pages", New: [2]string{"nowa", "new"},
		Action: desk.EditEdition, Missing: edition.ErrNoPage, Controls: pageControls, Fields: pageFields,
		Columns: []desk.Heading{
			{Name: "title", Key: "organiser.page.title"},
			{Name: "kind", Key: "organiser.page.kind"},
			{Name: "slug", Key: "desk.form.slug"},
			{Name: "revision", Key: "organiser.page.version", Number: true},
			{Name: "position", Key: "desk.form.position", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]edition.Page, error) {
			return p.Editions.Pages(ctx, d.Edition.ID)
		},
		Facts: func(one edition.Page) desk.Facts {
			return desk.Facts{ID: one.ID, Revision: one.Revision, Name: one.Title}
		},
		Blank: func(d desk.Desk, fresh string, all []edition.Page) edition.Page {
			return edition.Page{ID: fresh, Edition: d.Edition.ID, Kind: edition.Information, Position: len(all) + 1}
		},
		Fill: fillPage, Read: readPage, Save: p.Editions.SavePage,
		Cells: func(one edition.Page, _ []edition.Page) []desk.Entry {
			return []desk.Entry{desk.Words(one.Title), desk.Said(one.Kind), desk.Plain(one.Slug), desk.Number(one.Revision), desk.Number(one.Position)}
		},
		Choices: func(context.Context, desk.Desk, edition.Page) (map[string][]desk.Choice, error) {
			return map[string][]desk.Choice{"kind": desk.Choices(edition.PageKinds)}, nil
		},
		Extras: func(_ context.Context, _ desk.Desk, one edition.Page) ([]desk.Extra, error) {
			if one.Revision == 0 {
				return nil, nil
			}
			return []desk.Extra{{Key: "organiser.page.versions", Route: "desk.page.versions", Arg: one.ID}}, nil
		},
	}
}

func fillPage(f *web.Form, one edition.Page) {
	desk.SetText(f, "title", one.Title)
	desk.SetText(f, "body", one.Body)
	f.Set("slug", one.Slug)
	f.Set("kind", string(one.Kind))
	desk.SetNumber(f, "position", one.Position)
}

func readPage(f *web.Form, one edition.Page, all []edition.Page) edition.Page {
	one.Revision = f.Revision
	one.Title, one.Body = desk.ReadText(f, "title", one.Title), desk.ReadText(f, "body", one.Body)
	one.Slug = desk.Slug(f, one.Title.PL, func(s string) bool {
		return desk.Taken(all, func(o edition.Page) bool { return o.Slug == s && o.ID != one.ID })
	})
	one.Kind, one.Position = edition.PageKind(f.Value("kind")), position(f)
	return one
}

// versionsData is every wording that a page has had.
type versionsData struct {
	desk.Desk
	Page     edition.Page
	Versions []edition.Page
}

var versionsPage = parse[versionsData]("versions.html")

func (p *Pages) showVersions(w http.ResponseWriter, r *http.Request) error {
	around, err := p.Desk(r, "desk.pages")
	if err != nil {
		return err
	}
	pages, err := p.Editions.Pages(r.Context(), around.Edition.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(pages, func(one edition.Page) bool { return one.ID == r.PathValue("thing") })
	if i < 0 {
		return edition.ErrNoPage
	}
	versions, err := p.Editions.PageVersions(r.Context(), pages[i].ID)
	if err != nil {
		return err
	}
	return versionsPage.Show(w, r, versionsData{around, pages[i], versions})
}
