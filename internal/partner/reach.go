package partner

import (
	"context"
	"slices"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// reach is how far somebody reaches in an edition: what they may read, change
// and choose, in the whole working programme x.
type reach struct {
	who    rights.Standing
	tree   rights.Tree
	x      *timetable.Index
	public *timetable.Index // nil before the first release

	free     bool // all of the edition is theirs, and nothing is refused to them
	read     rights.Scope
	edit     rights.Scope
	register rights.Scope
	strand   rights.Scope
	arrange  rights.Scope

	allotments   map[rights.WorkspaceID]Allotment
	placed       map[rights.WorkspaceID]bool
	persons      map[people.PersonID]bool      // that they may know besides those at home with them
	institutions map[people.InstitutionID]bool // likewise
}

func newReach(ctx context.Context, q db.Querier, who rights.Standing, of edition.ID) (*reach, error) {
	r := &reach{who: who, allotments: map[rights.WorkspaceID]Allotment{}, placed: map[rights.WorkspaceID]bool{}}
	var err error
	if r.tree, err = rights.LoadTree(ctx, q, of); err != nil {
		return nil, err
	}
	working, err := timetable.Load(ctx, q, of)
	if err != nil {
		return nil, err
	}
	r.x = working.Index()
	r.read, r.edit = who.Scope(rights.ReadDraft, r.tree), who.Scope(rights.EditProgramme, r.tree)
	r.register, r.strand = who.Scope(rights.EditPeople, r.tree), who.Scope(rights.EditStrand, r.tree)
	r.arrange = who.Scope(rights.Arrange, r.tree)
	r.free = r.edit.All() && !slices.ContainsFunc(who.Refusals, func(f rights.Refusal) bool {
		return f.Kind == rights.ConflictOfInterest && f.Account == who.Account
	})
	r.persons, r.institutions = map[people.PersonID]bool{}, map[people.InstitutionID]bool{}
	r.meet()
	if r.free {
		return r, nil
	}
	for _, space := range r.tree.Spaces {
		if !r.edit.Workspace(space.ID) && !r.read.Workspace(space.ID) {
			continue
		}
		if r.allotments[space.ID], err = FindAllotment(ctx, q, space.ID); err != nil {
			return nil, err
		}
		placement, err := FindPlacement(ctx, q, space.ID)
		if err != nil {
			return nil, err
		}
		r.placed[space.ID] = placement.Placed()
	}
	return r, r.brought(ctx, q)
}

// mine says whether a session, as it stands in the working programme, is theirs to change.
func (r *reach) mine(s programme.Session) bool { return r.free || r.edit.Session(s) }

// meet notes whom and what their own sessions, blocks and stages name.
func (r *reach) meet() {
	credit := func(all []edition.Credit) {
		for _, c := range all {
			r.institutions[c.Institution] = true
		}
	}
	credit(r.x.Edition.Credits)
	for _, b := range r.x.Blocks {
		if r.strand.Block(b.ID) {
			credit(b.Credits)
		}
	}
	for _, g := range r.x.Stages {
		if r.strand.Stage(g.ID) {
			credit(g.Credits)
		}
	}
	for _, s := range r.x.Sessions {
		if !r.read.Session(s) {
			continue
		}
		credit(s.Credits)
		for _, person := range s.Everybody() {
			r.persons[person] = true
		}
	}
}

// brought notes whom and what they have entered into the register themselves.
func (r *reach) brought(ctx context.Context, q db.Querier) error {
	const most = 2000
	for action, meet := range map[string]func(id string){
		"people.person_saved":      func(id string) { r.persons[people.PersonID(id)] = true },
		"people.institution_saved": func(id string) { r.institutions[people.InstitutionID(id)] = true },
	} {
		entries, err := journal.Entries(ctx, q, journal.Filter{Actor: string(r.who.Account), Action: action, Limit: most})
		if err != nil {
			return err
		}
		for _, e := range entries {
			meet(e.Object)
		}
	}
	return nil
}

// atHome says whether what has this home belongs to the part in which they look after the register.
func (r *reach) atHome(home string) bool {
	path := r.tree.Home(home)
	return path != nil && r.who.May(rights.EditPeople, path)
}

func (r *reach) knowsPerson(id people.PersonID) bool {
	p := r.x.Person(id)
	return p != nil && (r.atHome(p.Home) || r.persons[id] || r.public != nil && r.public.Person(id) != nil)
}

func (r *reach) knowsInstitution(id people.InstitutionID) bool {
	i := r.x.Institution(id)
	if i == nil {
		return false
	}
	return r.atHome(i.Home) || r.institutions[id] || r.public != nil && r.public.Institution(id) != nil
}

// knowsSession says whether they may know that the session exists.
func (r *reach) knowsSession(id programme.SessionID) bool {
	s := r.x.Session(id)
	return s != nil && (r.free || r.read.Session(*s) || r.public != nil && r.public.Session(id) != nil)
}

// givers lists the workspaces by whose allotments they act in a session. The
// organisers, and the coordinators of more than a partner's part, act by none:
// limited is false.
func (r *reach) givers(s programme.Session) (all []rights.WorkspaceID, limited bool) {
	path := r.tree.Session(s.ID, s.Block, s.Stage)
	if r.free || r.who.Has(rights.Organiser, path) || r.coordinates(path) {
		return nil, false
	}
	for _, n := range path {
		if n.Kind == rights.Workspace && (r.who.Has(rights.Partner, r.tree.Path(n)) || r.who.Has(rights.Coordinator, path)) {
			all = append(all, rights.WorkspaceID(n.ID))
		}
	}
	return all, true
}

// coordinates says whether they coordinate something at path that no partner
// runs. A partner can make somebody coordinator of its own part, and with that
// gives no more than it has: its allotment.
func (r *reach) coordinates(path []rights.Node) bool {
	return slices.ContainsFunc(r.who.Grants, func(g rights.Grant) bool {
		return g.Role == rights.Coordinator && slices.Contains(path, g.Node) && !r.partnered(g.Node)
	})
}

// partnered says whether a node lies in a part that a partner runs.
func (r *reach) partnered(n rights.Node) bool {
	path := r.tree.Path(n)
	if s := r.x.Session(programme.SessionID(n.ID)); s != nil && n.Kind == rights.Session {
		path = r.tree.Session(s.ID, s.Block, s.Stage)
	}
	return slices.ContainsFunc(path, func(n rights.Node) bool { return n.Kind == rights.Workspace })
}
