package organiser

import (
	"context"
	"strconv"

	"obrady/internal/programme"
	"obrady/internal/web"
)

// key: organiser.block.*
var blockControls = []control{
	{Name: "name", As: asPair, Key: "organiser.block.name", Most: programme.MaxTitle, Must: true},
	{Name: "slug", As: asLine, Key: "organiser.form.slug", Help: "organiser.form.slug_help"},
	{Name: "kind", As: asSelect, Key: "organiser.block.kind"},
	{Name: "parent", As: asSelect, Key: "organiser.block.parent", Help: "organiser.block.parent_help"},
	{Name: "mark", As: asLine, Key: "organiser.form.mark", Help: "organiser.form.mark_help", Size: "size-s", Must: true},
	{Name: "colour", As: asSwatch, Key: "organiser.form.colour"},
	{Name: "lead", As: asProse, Key: "organiser.form.lead", Most: programme.MaxLead},
	{Name: "body", As: asProse, Key: "organiser.form.body", Help: "organiser.form.markdown", Most: programme.MaxBody},
	{Name: "notice", As: asProse, Key: "organiser.block.notice", Help: "organiser.block.notice_help", Most: programme.MaxBody},
	{Name: "url", As: asLine, Key: "organiser.form.url", Type: "url", Help: "organiser.form.url_help"},
	creditControl(),
	{Name: "position", As: asLine, Key: "organiser.form.position", Help: "organiser.form.position_help", Size: "size-s"},
}

var blockFields = fieldsOf("block", blockControls)

func (p *Pages) blockRoutes() []web.Route { return routes(p, p.blocks()) }

func (p *Pages) blocks() kind[programme.Block] {
	return kind[programme.Block]{
		name: "block", plural: "blocks", pl: "bloki", en: "blocks", new: [2]string{"nowy", "new"},
		action: editProgramme, missing: programme.ErrNoBlock, controls: blockControls, fields: blockFields,
		columns: []heading{
			{Name: "name", Key: "organiser.block.name"},
			{Name: "mark", Key: "organiser.form.mark"},
			{Name: "kind", Key: "organiser.block.kind"},
			{Name: "parent", Key: "organiser.block.parent"},
			{Name: "position", Key: "organiser.form.position", Number: true},
		},
		all: func(ctx context.Context, d Desk) ([]programme.Block, error) {
			content, err := p.Programme.Content(ctx, d.Edition.ID)
			return inTree(content.Blocks), err
		},
		facts: func(b programme.Block) facts { return facts{ID: string(b.ID), Revision: b.Revision, Name: b.Name} },
		blank: func(d Desk, fresh string, all []programme.Block) programme.Block {
			return programme.Block{
				ID: programme.BlockID(fresh), Edition: d.Edition.ID, Kind: programme.General,
				Colour: len(all)%colours + 1, Position: len(all) + 1,
			}
		},
		fill: fillBlock, read: readBlock, save: p.Programme.SaveBlock,
		cells: func(b programme.Block, all []programme.Block) []cell {
			name, parent := words(b.Name), cell{}
			for up := blockOf(all, b.Parent); up != nil && name.Depth < len(all); up = blockOf(all, up.Parent) {
				name.Depth++
				if up.ID == b.Parent {
					parent = signed(up.Mark, up.Colour)
				}
			}
			return []cell{name, signed(b.Mark, b.Colour), said(b.Kind), parent, number(b.Position)}
		},
		choices: p.blockChoices,
	}
}

// colours is how many inks the house has for blocks; each has a name.
//
// key: organiser.colour.*
const colours = 10

func colourChoices() (all []choice) {
	for n := 1; n <= colours; n++ {
		all = append(all, choice{Value: strconv.Itoa(n), Key: "organiser.colour." + strconv.Itoa(n)})
	}
	return all
}

// blockChoices leaves out the block itself and what is inside it, which it cannot be a part of.
func (p *Pages) blockChoices(ctx context.Context, d Desk, b programme.Block) (map[string][]choice, error) {
	content, err := p.Programme.Content(ctx, d.Edition.ID)
	if err != nil {
		return nil, err
	}
	offered, err := p.creditChoices(ctx)
	if err != nil {
		return nil, err
	}
	var parents []choice
	for _, other := range content.Blocks {
		if !inside(content.Blocks, other, b.ID) {
			parents = append(parents, choice{Value: string(other.ID), Words: other.Name})
		}
	}
	offered["kind"], offered["colour"] = choices(programme.BlockKinds), colourChoices()
	offered["parent"] = orNone("organiser.block.no_parent", parents)
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
	var follow func(parent programme.BlockID)
	follow = func(parent programme.BlockID) {
		for _, b := range all {
			if b.Parent == parent && len(sorted) < len(all) {
				sorted = append(sorted, b)
				follow(b.ID)
			}
		}
	}
	follow("")
	return sorted
}

func fillBlock(f *web.Form, b programme.Block) {
	setText(f, "name", b.Name)
	setText(f, "lead", b.Lead)
	setText(f, "body", b.Body)
	setText(f, "notice", b.Notice)
	f.Set("slug", b.Slug)
	f.Set("kind", string(b.Kind))
	f.Set("parent", string(b.Parent))
	f.Set("url", b.URL)
	fillSign(f, b.Mark, b.Colour)
	fillCredits(f, b.Credits)
	setNumber(f, "position", b.Position)
}

func fillSign(f *web.Form, mark string, colour int) {
	f.Set("mark", mark)
	setNumber(f, "colour", colour)
}

func readBlock(f *web.Form, b programme.Block, all []programme.Block) programme.Block {
	b.Revision = f.Revision
	b.Name, b.Lead = readText(f, "name", b.Name), readText(f, "lead", b.Lead)
	b.Body, b.Notice = readText(f, "body", b.Body), readText(f, "notice", b.Notice)
	b.Slug = slug(f, b.Name.PL, func(s string) bool {
		return taken(all, func(o programme.Block) bool { return o.Slug == s && o.ID != b.ID })
	})
	b.Kind, b.Parent = programme.BlockKind(f.Value("kind")), programme.BlockID(f.Value("parent"))
	if b.Parent != "" {
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
