package organiser

import (
	"context"

	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.stage.*
var stageControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.stage.name", Most: programme.MaxTitle, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "block", As: desk.AsSelect, Key: "organiser.stage.block"},
	{Name: "mark", As: desk.AsLine, Key: "desk.form.mark", Help: "desk.form.mark_help", Size: "size-s", Must: true},
	{Name: "colour", As: desk.AsSwatch, Key: "desk.form.colour"},
	{Name: "lead", As: desk.AsProse, Key: "desk.form.lead", Most: programme.MaxLead},
	{Name: "url", As: desk.AsLine, Key: "desk.form.url", Type: "url", Help: "desk.form.url_help"},
	creditControl(),
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var stageFields = desk.FieldsOf("stage", stageControls)

func (p *Pages) stageRoutes() []web.Route { return p.stages().Routes(p.Kit) }

func (p *Pages) stages() desk.Kind[programme.Stage] {
	return desk.Kind[programme.Stage]{
		Name: "stage", Key: "organiser.stage", Plural: "stages", PL: "sceny", EN: "stages", New: [2]string{"nowa", "new"},
		Action: desk.EditStrand, Object: rights.StageObject, Missing: programme.ErrNoStage, Controls: stageControls, Fields: stageFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.stage.name"},
			{Name: "mark", Key: "desk.form.mark"},
			{Name: "slug", Key: "desk.form.slug"},
			{Name: "position", Key: "desk.form.position", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]programme.Stage, error) {
			content, err := p.Programme.Content(ctx, d.Edition.ID)
			return content.Stages, err
		},
		Facts: func(s programme.Stage) desk.Facts {
			return desk.Facts{ID: string(s.ID), Revision: s.Revision, Name: s.Name}
		},
		Blank: func(d desk.Desk, fresh string, all []programme.Stage) programme.Stage {
			return programme.Stage{
				ID: programme.StageID(fresh), Edition: d.Edition.ID, Colour: len(all)%colours + 1, Position: len(all) + 1,
			}
		},
		Fill: fillStage, Read: readStage, Save: p.Programme.SaveStage,
		Cells: func(s programme.Stage, _ []programme.Stage) []desk.Entry {
			return []desk.Entry{desk.Words(s.Name), desk.Signed(s.Mark, s.Colour), desk.Plain(s.Slug), desk.Number(s.Position)}
		},
		Choices: func(ctx context.Context, d desk.Desk, s programme.Stage) (map[string][]desk.Choice, error) {
			offered, err := p.blockChoices(ctx, d, programme.Block{ID: "-"})
			if err != nil {
				return nil, err
			}
			offered["block"] = offered["parent"]
			if s.Revision > 0 && !d.Scope(rights.Arrange).Stage(s.ID) && (s.Block == "" || !d.Scope(rights.EditStrand).Block(s.Block)) {
				offered["block"] = []desk.Choice{{Value: string(s.Block), Key: "organiser.block.as_it_is"}}
			}
			return offered, nil
		},
	}
}

func fillStage(f *web.Form, s programme.Stage) {
	desk.SetText(f, "name", s.Name)
	desk.SetText(f, "lead", s.Lead)
	f.Set("slug", s.Slug)
	f.Set("block", string(s.Block))
	f.Set("url", s.URL)
	fillSign(f, s.Mark, s.Colour)
	fillCredits(f, s.Credits)
	desk.SetNumber(f, "position", s.Position)
}

func readStage(f *web.Form, s programme.Stage, all []programme.Stage) programme.Stage {
	s.Revision = f.Revision
	s.Name, s.Lead = desk.ReadText(f, "name", s.Name), desk.ReadText(f, "lead", s.Lead)
	s.Slug = desk.Slug(f, s.Name.PL, func(one string) bool {
		return desk.Taken(all, func(o programme.Stage) bool { return o.Slug == one && o.ID != s.ID })
	})
	s.Block = programme.BlockID(f.Value("block"))
	s.Mark, s.Colour, s.URL = f.Value("mark"), f.Int("colour"), f.Value("url")
	s.Credits, s.Position = readCredits(f), position(f)
	return s
}
