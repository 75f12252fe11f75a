package roles

import (
	"context"
	"strings"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/web"
	"obrady/internal/web/desk"
)

// place is a node of the congress with its name.
type place struct {
	Node  rights.Node
	Names []i18n.Text // from the top block down to the node itself; none for the installation
	Depth int
}

// Label names the place and, but for the congress itself, says what it is: "Warsztaty › Scena Metropolii (scena)".
func (p place) Label(v web.View) string {
	if p.Node.Kind == rights.Site {
		return v.T(rights.Site.Key())
	}
	names := make([]string, len(p.Names))
	for i, name := range p.Names {
		names[i] = v.Plain(name)
	}
	label := strings.Join(names, " › ")
	if p.Node.Kind == rights.Congress {
		return label
	}
	return label + " (" + v.T(p.Node.Kind.Key()) + ")"
}

// option is the place in a list to choose from, further in the deeper it lies.
func (p place) option(v i18n.Printer) desk.Choice {
	choice := desk.Choice{Value: value(p.Node)}
	if p.Node.Kind == rights.Site {
		choice.Key = rights.Site.Key()
		return choice
	}
	name := p.Names[len(p.Names)-1].In(v.Lang).Text
	choice.Plain = strings.Repeat("– ", p.Depth) + name
	return choice
}

// value is how a form names a node.
func value(n rights.Node) string { return string(n.Kind) + ":" + n.ID }

// chart is the tree of an edition with names, in the order in which pages show it.
type chart struct {
	tree   rights.Tree
	places []place
	known  map[rights.Node]place
	paths  map[rights.Node][]rights.Node // of sessions, which the tree does not know
}

// chartOf names the tree of an edition by what is in it.
func chartOf(e edition.Edition, t rights.Tree, c programme.Content) chart {
	all := chart{tree: t, known: map[rights.Node]place{}, paths: map[rights.Node][]rights.Node{}}
	all.add(place{Node: rights.Whole})
	top := place{Node: rights.OfCongress(e.ID), Names: []i18n.Text{e.Name}}
	all.add(top)
	top.Names = nil // what is below need not say where it all is
	b := branches{c, t, &all}
	b.spaces(top, func(s rights.Space) bool { return s.Block == "" && s.Stage == "" })
	b.stages(top, "")
	b.blocks(top, "")
	for _, s := range c.Sessions {
		node := rights.OfSession(s.ID)
		all.known[node] = place{Node: node, Names: []i18n.Text{s.Title}}
		all.paths[node] = t.Session(s.ID, s.Block, s.Stage)
	}
	return all
}

func (c *chart) add(p place) {
	c.places = append(c.places, p)
	c.known[p.Node] = p
}

// path is that of a node of the edition, or nil.
func (c *chart) path(n rights.Node) []rights.Node {
	if n.Kind == rights.Session {
		return c.paths[n]
	}
	return c.tree.Path(n)
}

// find reads what value has written. A node that the edition has not is none.
func (c *chart) find(written string) (place, bool) {
	for _, p := range c.places {
		if value(p.Node) == written {
			return p, true
		}
	}
	return place{}, false
}

// branches puts what lies below a place behind it.
type branches struct {
	content programme.Content
	tree    rights.Tree
	chart   *chart
}

func (b branches) below(up place, n rights.Node, name i18n.Text) place {
	return place{Node: n, Names: append(up.Names[:len(up.Names):len(up.Names)], name), Depth: up.Depth + 1}
}

func (b branches) blocks(up place, parent programme.BlockID) {
	if up.Depth > len(b.content.Blocks) {
		return // a circle ends as well
	}
	for _, one := range b.content.Blocks {
		if one.Parent != parent {
			continue
		}
		p := b.below(up, rights.OfBlock(one.ID), one.Name)
		b.chart.add(p)
		b.spaces(p, func(s rights.Space) bool { return s.Block == one.ID })
		b.stages(p, one.ID)
		b.blocks(p, one.ID)
	}
}

func (b branches) stages(up place, of programme.BlockID) {
	for _, one := range b.content.Stages {
		if one.Block != of {
			continue
		}
		p := b.below(up, rights.OfStage(one.ID), one.Name)
		b.chart.add(p)
		b.spaces(p, func(s rights.Space) bool { return s.Stage == one.ID })
	}
}

func (b branches) spaces(up place, here func(rights.Space) bool) {
	for _, one := range b.tree.Spaces {
		if here(one) {
			p := b.below(up, rights.OfWorkspace(one.ID), one.Name)
			p.Names = []i18n.Text{one.Name} // it is called after what it stands on, mostly
			b.chart.add(p)
		}
	}
}

// chart draws that of the edition of d.
func (p *Pages) chart(ctx context.Context, d desk.Desk) (chart, error) {
	content, err := p.Programme.Content(ctx, d.Edition.ID)
	if err != nil {
		return chart{}, err
	}
	return chartOf(d.Edition, d.Tree, content), nil
}
