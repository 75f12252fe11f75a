package rights

import (
	"slices"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Tree is the tree of one edition: congress, blocks, stages, workspaces. What is
// at a node is also at every node above it, and at the workspace that stands on
// one of those.
type Tree struct {
	Edition edition.ID
	Blocks  map[programme.BlockID]programme.BlockID // its parent, or ""
	Stages  map[programme.StageID]programme.BlockID // its block, or ""
	Spaces  []Space
}

// Path returns the nodes at which a grant holds for n: n itself first, then
// what is above it, up to the site. A node that the edition has not is nil.
func (t Tree) Path(n Node) []Node {
	var path []Node
	switch n.Kind {
	case Site:
		return []Node{Whole}
	case Congress:
		if n.ID != string(t.Edition) {
			return nil
		}
	case Block:
		if path = t.block(programme.BlockID(n.ID)); path == nil {
			return nil
		}
	case Stage:
		if path = t.stage(programme.StageID(n.ID)); path == nil {
			return nil
		}
	case Workspace:
		if path = t.workspace(WorkspaceID(n.ID)); path == nil {
			return nil
		}
	default:
		return nil
	}
	return append(path, OfCongress(t.Edition), Whole)
}

// Session returns the path of a session that is in this block and on this stage.
func (t Tree) Session(s programme.SessionID, block programme.BlockID, stage programme.StageID) []Node {
	path := append([]Node{OfSession(s)}, t.block(block)...)
	if stage != "" {
		path = append(path, t.stage(stage)...)
	}
	return append(path, OfCongress(t.Edition), Whole)
}

// Home returns the path of a person or an institution by the id of what brought
// it into the register. What belongs to the installation is at hand for the
// organisers of every edition. A home elsewhere is nil.
func (t Tree) Home(home string) []Node {
	if home == "" || home == string(t.Edition) {
		return []Node{OfCongress(t.Edition), Whole}
	}
	return t.Path(OfWorkspace(WorkspaceID(home)))
}

func (t Tree) block(b programme.BlockID) []Node {
	var path []Node
	for range len(t.Blocks) + 1 { // a circle ends as well
		parent, known := t.Blocks[b]
		if !known {
			return path
		}
		path = append(path, OfBlock(b))
		for _, s := range t.Spaces {
			if s.Block == b {
				path = append(path, OfWorkspace(s.ID))
			}
		}
		b = parent
	}
	return path
}

func (t Tree) stage(g programme.StageID) []Node {
	block, known := t.Stages[g]
	if !known {
		return nil
	}
	path := []Node{OfStage(g)}
	for _, s := range t.Spaces {
		if s.Stage == g {
			path = append(path, OfWorkspace(s.ID))
		}
	}
	return append(path, t.block(block)...)
}

func (t Tree) workspace(w WorkspaceID) []Node {
	s, ok := t.Space(w)
	if !ok {
		return nil
	}
	path := []Node{OfWorkspace(w)}
	switch {
	case s.Block != "":
		path = append(path, t.block(s.Block)...)
	case s.Stage != "":
		path = append(path, t.stage(s.Stage)...)
	}
	return path
}

// Space returns a workspace of the edition, and whether there is one.
func (t Tree) Space(w WorkspaceID) (Space, bool) {
	i := slices.IndexFunc(t.Spaces, func(s Space) bool { return s.ID == w })
	if i < 0 {
		return Space{}, false
	}
	return t.Spaces[i], true
}

// Scope is the part of an edition in which somebody may do something.
type Scope struct {
	standing Standing
	action   Action
	tree     Tree
}

// Scope returns where in the edition of t this person may do a.
func (s Standing) Scope(a Action, t Tree) Scope { return Scope{s, a, t} }

// All says whether it is the whole edition.
func (c Scope) All() bool { return c.standing.May(c.action, c.tree.Path(OfCongress(c.tree.Edition))) }

// Block says whether the block is in it.
func (c Scope) Block(b programme.BlockID) bool { return c.has(c.tree.Path(OfBlock(b))) }

// Stage says whether the stage is in it.
func (c Scope) Stage(g programme.StageID) bool { return c.has(c.tree.Path(OfStage(g))) }

// Session says whether a session in this block and on this stage is in it.
func (c Scope) Session(s programme.Session) bool {
	return c.has(c.tree.Session(s.ID, s.Block, s.Stage))
}

// Workspace says whether the workspace is in it.
func (c Scope) Workspace(w WorkspaceID) bool { return c.has(c.tree.Path(OfWorkspace(w))) }

// Person says whether the person's home is in it; see people.Person.Home.
func (c Scope) Person(p people.Person) bool { return c.has(c.tree.Home(p.Home)) }

// Institution says whether the institution's home is in it.
func (c Scope) Institution(i people.Institution) bool { return c.has(c.tree.Home(i.Home)) }

// Home returns the home of what this person brings into the register: the
// edition, or the first workspace in which they may.
func (c Scope) Home() string {
	if c.All() {
		return string(c.tree.Edition)
	}
	for _, s := range c.tree.Spaces {
		if c.Workspace(s.ID) {
			return string(s.ID)
		}
	}
	return string(c.tree.Edition)
}

func (c Scope) has(path []Node) bool { return path != nil && c.standing.May(c.action, path) }
