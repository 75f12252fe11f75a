package organiser

import (
	"context"
	"strconv"

	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// key: organiser.block.*
var blockControls = []desk.Control{
	{Name: "name", As: desk.AsPair, Key: "organiser.block.name", Most: programme.MaxTitle, Must: true},
	{Name: "slug", As: desk.AsLine, Key: "desk.form.slug", Help: "desk.form.slug_help"},
	{Name: "kind", As: desk.AsSelect, Key: "organiser.block.kind"},
	{Name: "parent", As: desk.AsSelect, Key: "organiser.block.parent", Help: "organiser.block.parent_help"},
	{Name: "mark", As: desk.AsLine, Key: "desk.form.mark", Help: "desk.form.mark_help", Size: "size-s", Must: true},
	{Name: "colour", As: desk.AsSwatch, Key: "desk.form.colour"},
	{Name: "lead", As: desk.AsProse, Key: "desk.form.lead", Most: programme.MaxLead},
	{Name: "body", As: desk.AsProse, Key: "desk.form.body", Help: "desk.form.markdown", Most: programme.MaxBody},
	{Name: "notice", As: desk.AsProse, Key: "organiser.block.notice", Help: "organiser.block.notice_help", Most: programme.MaxBody},
	{Name: "url", As: desk.AsLine, Key: "desk.form.url", Type: "url", Help: "desk.form.url_help"},
	creditControl(),
	{Name: "position", As: desk.AsLine, Key: "desk.form.position", Help: "desk.form.position_help", Size: "size-s"},
}

var blockFields = desk.FieldsOf("block", blockControls)

func (p *Pages) blockRoutes() []web.Route { return p.blocks().Routes(p.Kit) }

func (p *Pages) blocks() desk.Kind[programme.Block] {
	return desk.Kind[programme.Block]{
		Name: "block", Key: "organiser.block", Plural: "blocks", PL: "bloki", EN: "blocks", New: [2]string{"nowy", "new"},
		Action: desk.EditStrand, Object: rights.BlockObject, Missing: programme.ErrNoBlock, Controls: blockControls, Fields: blockFields,
		Columns: []desk.Heading{
			{Name: "name", Key: "organiser.block.name"},
			{Name: "mark", Key: "desk.form.mark"},
			{Name: "kind", Key: "organiser.block.kind"},
			{Name: "parent", Key: "organiser.block.parent"},
			{Name: "position", Key: "desk.form.position", Number: true},
		},
		All: func(ctx context.Context, d desk.Desk) ([]programme.Block, error) {
			content, err := p.Programme.Content(ctx, d.Edition.ID)
			return inTree(content.Blocks), err
		},
		Facts: func(b programme.Block) desk.Facts {
			return desk.Facts{ID: string(b.ID), Revision: b.Revision, Name: b.Name}
		},
		Blank: func(d desk.Desk, fresh string, all []programme.Block) programme.Block {
			return programme.Block{
				ID: programme.BlockID(fresh), Edition: d.Edition.ID, Kind: programme.General,
				Colour: len(all)%colours + 1, Position: len(all) + 1,
			}
		},
		Fill: fillBlock, Read: readBlock, Save: p.Programme.SaveBlock,
		Cells: func(b programme.Block, all []programme.Block) []desk.Entry {
			name, parent := desk.Words(b.Name), desk.Entry{}
			for up := blockOf(all, b.Parent); up != nil && name.Depth < len(all); up = blockOf(all, up.Parent) {
				name.Depth++
				if up.ID == b.Parent {
					parent = desk.Signed(up.Mark, up.Colour)
				}
			}
			return []desk.Entry{name, desk.Signed(b.Mark, b.Colour), desk.Said(b.Kind), parent, desk.Number(b.Position)}
		},
		Choices: p.blockChoices,
	}
}

// colours is how many inks the house has for blocks; each has a name.
//
// key: organiser.colour.*
const colours = 10

func colourChoices() (all []desk.Choice) {
	for n := 1; n <= colours; n++ {
		all = append(all, desk.Choice{Value: strconv.Itoa(n), Key: "organiser.colour." + strconv.Itoa(n)})
	}
	return all
}

// blockChoices leaves out the block itself and what is inside it, which it cannot be a part of.
func (p *Pages) blockChoices(ctx context.Context, d desk.Desk, b programme.Block) (map[string][]desk.Choice, error) {
	content, err := p.Programme.Content(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	offered, err := p.creditChoices(ctx, d)
	if err != nil {
		return nil, err
	}
	offered["kind"], offered["colour"] = desk.Choices(programme.BlockKinds), colourChoices()
	arrange, strand := d.Scope(rights.Arrange), d.Scope(rights.EditStrand)
	if b.Revision > 0 && !arrange.Block(b.ID) && (b.Parent == "" || !strand.Block(b.Parent)) {
		offered["parent"] = []desk.Choice{{Value: string(b.Parent), Key: "organiser.block.as_it_is"}}
		return offered, nil
	}
	var parents []desk.Choice
	for _, other := range content.Blocks {
		if !inside(content.Blocks, other, b.ID) {
			parents = append(parents, desk.Choice{Value: string(other.ID), Words: other.Name})
		}
	}
	if offered["parent"] = parents; arrange.All() {
		offered["parent"] = desk.OrNone("organiser.block.no_parent", parents)
	}
	return offered, nil
}

func blockOf(all []programme.Block, id programme.BlockID) *programme.Block {
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// inside says whether b is the block called id, or a part of it.
func inside(all []programme.Block, b programme.Block, id programme.BlockID) bool {
	for steps, up := 0, &b; up != nil && steps <= len(all); steps, up = steps+1, blockOf(all, up.Parent) {
		if up.ID == id {
			return true
		}
	}
	return false
}

// inTree puts each block behind the one it is a part of.
func inTree(all []programme.Block) (sorted []programme.Block) {
	var follow func(b programme.Block)
	follow = func(b programme.Block) {
		if len(sorted) == len(all) {
			return
		}
		sorted = append(sorted, b)
		for _, inner := range all {
			if inner.Parent == b.ID {
				follow(inner)
			}
		}
	}
	for _, b := range all {
		if b.Parent == "" || blockOf(all, b.Parent) == nil { // the part of others that it stands in is not in the list
			follow(b)
		}
	}
	return sorted
}

func fillBlock(f *web.Form, b programme.Block) {
	desk.SetText(f, "name", b.Name)
	desk.SetText(f, "lead", b.Lead)
	desk.SetText(f, "body", b.Body)
	desk.SetText(f, "notice", b.Notice)
	f.Set("slug", b.Slug)
	f.Set("kind", string(b.Kind))
	f.Set("parent", string(b.Parent))
	f.Set("url", b.URL)
	fillSign(f, b.Mark, b.Colour)
	fillCredits(f, b.Credits)
	desk.SetNumber(f, "position", b.Position)
}

func fillSign(f *web.Form, mark string, colour int) {
	f.Set("mark", mark)
	desk.SetNumber(f, "colour", colour)
}

func readBlock(f *web.Form, b programme.Block, all []programme.Block) programme.Block {
	b.Revision = f.Revision
	b.Name, b.Lead = desk.ReadText(f, "name", b.Name), desk.ReadText(f, "lead", b.Lead)
	b.Body, b.Notice = desk.ReadText(f, "body", b.Body), desk.ReadText(f, "notice", b.Notice)
	b.Slug = desk.Slug(f, b.Name.PL, func(s string) bool {
		return desk.Taken(all, func(o programme.Block) bool { return o.Slug == s && o.ID != b.ID })
	})
	was := b.Parent
	b.Kind, b.Parent = programme.BlockKind(f.Value("kind")), programme.BlockID(f.Value("parent"))
	if b.Parent != "" && b.Parent != was {
		switch up := blockOf(all, b.Parent); {
		case up == nil:
			f.Problems.Add("parent", "programme.gone")
		case inside(all, *up, b.ID):
			f.Problems.Add("parent", "programme.inside_itself")
		}
	}
	b.Mark, b.Colour, b.URL = f.Value("mark"), f.Int("colour"), f.Value("url")
	b.Credits, b.Position = readCredits(f), position(f)
	return b
}
