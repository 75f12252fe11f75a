package organiser

import (
	"context"

	"obrady/internal/programme"
	"obrady/internal/web"
)

// key: organiser.stage.*
var stageControls = []control{
	{Name: "name", As: asPair, Key: "organiser.stage.name", Most: programme.MaxTitle, Must: true},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "block", As: asSelect, Key: "organiser.stage.block"},
	{Name: "mark", As: asLine, Key: "organiser.form.mark", Help: "organiser.form.mark_help", Size: "size-s", Must: true},
	{Name: "colour", As: asSwatch, Key: "organiser.form.colour"},
	{Name: "lead", As: asProse, Key: "organiser.form.lead", Most: programme.MaxLead},
	{Name: "url", As: asLine, Key: "organiser.form.url", Type: "url", Help: "organiser.form.url_help"},
	creditControl(),
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
}

var stageFields = fieldsOf("stage", stageControls)

func (p *Pages) stageRoutes() []web.Route { return routes(p, p.stages()) }

func (p *Pages) stages() kind[programme.Stage] {
	return kind[programme.Stage]{
		name: "stage", plural: "stages", pl: "sceny", en: "stages", new: [2]string{"nowa", "new"},
		action: editProgramme, missing: programme.ErrNoStage, controls: stageControls, fields: stageFields,
		columns: []heading{
			{Name: "name", Key: "organiser.stage.name"}, {Name: "mark", Key: "organiser.form.mark"},
			{Name: "slug", Key: "organiser.form.slug"}, {Name: "position", Key: "organiser.form.position", Number: true},
		},
		all: func(ctx context.Context, d Desk) ([]programme.Stage, error) {
			content, err := p.Programme.Content(ctx, d.Edition.ID)
			return content.Stages, err
		},
		facts: func(s programme.Stage) facts { return facts{ID: string(s.ID), Revision: s.Revision, Name: s.Name} },
		blank: func(d Desk, fresh string, all []programme.Stage) programme.Stage {
			return programme.Stage{
				ID: programme.StageID(fresh), Edition: d.Edition.ID, Colour: len(all)%colours + 1, Position: len(all) + 1,
			}
		},
		fill: fillStage, read: readStage, save: p.Programme.SaveStage,
		cells: func(s programme.Stage, _ []programme.Stage) []cell {
			return []cell{words(s.Name), signed(s.Mark, s.Colour), plain(s.Slug), number(s.Position)}
		},
		choices: func(ctx context.Context, d Desk, _ programme.Stage) (map[string][]choice, error) {
			offered, err := p.blockChoices(ctx, d, programme.Block{ID: "-"})
			if err != nil {
				return nil, err
			}
			offered["block"] = offered["parent"]
			return offered, nil
		},
	}
}

func fillStage(f *web.Form, s programme.Stage) {
	setText(f, "name", s.Name)
	setText(f, "lead", s.Lead)
	f.Set("slug", s.Slug)
	f.Set("block", string(s.Block))
	f.Set("url", s.URL)
	fillSign(f, s.Mark, s.Colour)
	fillCredits(f, s.Credits)
	setNumber(f, "position", s.Position)
}

func readStage(f *web.Form, s programme.Stage, all []programme.Stage) programme.Stage {
	s.Revision = f.Revision
	s.Name, s.Lead = readText(f, "name", s.Name), readText(f, "lead", s.Lead)
	s.Slug = slug(f, s.Name.PL, func(one string) bool {
		return taken(all, func(o programme.Stage) bool { return o.Slug == one && o.ID != s.ID })
	})
	s.Block = programme.BlockID(f.Value("block"))
	s.Mark, s.Colour, s.URL = f.Value("mark"), f.Int("colour"), f.Value("url")
	s.Credits, s.Position = readCredits(f), position(f)
	return s
}
