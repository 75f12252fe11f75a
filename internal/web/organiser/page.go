package organiser

import (
	"context"
	"net/http"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/web"
)

// key: organiser.page.*
var pageControls = []control{
	{Name: "title", As: asPair, Key: "organiser.page.title", Most: longName, Must: true},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "kind", As: asSelect, Key: "organiser.page.kind", Help: "organiser.page.kind_help"},
	{Name: "body", As: asProse, Key: "organiser.page.body", Help: "organiser.form.markdown", Most: 40000},
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
}

var pageFields = fieldsOf("page", pageControls)

func (p *Pages) pageRoutes() []web.Route {
	return append(routes(p, p.ownPages()), web.Route{
		Name: "desk.page.versions", PL: "/{edition}/biurko/strony/{thing}/wersje", EN: "/{edition}/desk/pages/{thing}/versions",
		Action: editEdition, Who: web.SignedIn, Handle: p.showVersions,
	})
}

func (p *Pages) ownPages() kind[edition.Page] {
	return kind[edition.Page]{
		name: "page", plural: "pages", pl: "strony", en: "pages", new: [2]string{"nowa", "new"},
		action: editEdition, missing: edition.ErrNoPage, controls: pageControls, fields: pageFields,
		columns: []heading{
			{Name: "title", Key: "organiser.page.title"}, {Name: "kind", Key: "organiser.page.kind"},
			{Name: "slug", Key: "organiser.form.slug"}, {Name: "revision", Key: "organiser.page.version", Number: true},
			{Name: "position", Key: "organiser.form.position", Number: true},
		},
		all:   func(ctx context.Context, d Desk) ([]edition.Page, error) { return p.Editions.Pages(ctx, d.Edition.ID) },
		facts: func(one edition.Page) facts { return facts{ID: one.ID, Revision: one.Revision, Name: one.Title} },
		blank: func(d Desk, fresh string, all []edition.Page) edition.Page {
			return edition.Page{ID: fresh, Edition: d.Edition.ID, Kind: edition.Information, Position: len(all) + 1}
		},
		fill: fillPage, read: readPage, save: p.Editions.SavePage,
		cells: func(one edition.Page, _ []edition.Page) []cell {
			return []cell{words(one.Title), said(one.Kind), plain(one.Slug), number(one.Revision), number(one.Position)}
		},
		choices: func(context.Context, Desk, edition.Page) (map[string][]choice, error) {
			return map[string][]choice{"kind": choices(edition.PageKinds)}, nil
		},
		extras: func(_ context.Context, _ Desk, one edition.Page) ([]extra, error) {
			if one.Revision == 0 {
				return nil, nil
			}
			return []extra{{Key: "organiser.page.versions", Route: "desk.page.versions", Arg: one.ID}}, nil
		},
	}
}

func fillPage(f *web.Form, one edition.Page) {
	setText(f, "title", one.Title)
	setText(f, "body", one.Body)
	f.Set("slug", one.Slug)
	f.Set("kind", string(one.Kind))
	setNumber(f, "position", one.Position)
}

func readPage(f *web.Form, one edition.Page, all []edition.Page) edition.Page {
	one.Revision = f.Revision
	one.Title, one.Body = readText(f, "title", one.Title), readText(f, "body", one.Body)
	one.Slug = slug(f, one.Title.PL, func(s string) bool {
		return taken(all, func(o edition.Page) bool { return o.Slug == s && o.ID != one.ID })
	})
	one.Kind, one.Position = edition.PageKind(f.Value("kind")), position(f)
	return one
}

// versionsData is every wording that a page has had.
type versionsData struct {
	Desk
	Page     edition.Page
	Versions []edition.Page
}

var versionsPage = parse[versionsData]("versions.html")

func (p *Pages) showVersions(w http.ResponseWriter, r *http.Request) error {
	desk, err := p.desk(r, "desk.pages")
	if err != nil {
		return err
	}
	pages, err := p.Editions.Pages(r.Context(), desk.Edition.ID)
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
	return versionsPage.Show(w, r, versionsData{desk, pages[i], versions})
}
