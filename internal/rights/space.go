package rights

import (
	"context"
	"errors"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Spaces lists the workspaces of an edition by name.
func (s *Service) Spaces(ctx context.Context, of edition.ID) ([]Space, error) {
	return spacesOf(ctx, s.db, of)
}

// SaveSpace writes a new workspace (Revision 0) or the next revision of one.
func (s *Service) SaveSpace(ctx context.Context, by people.AccountID, w Space) (Space, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		w, err = SaveSpace(ctx, tx, people.Change{By: by, At: s.now()}, w)
		return err
	})
	if err != nil {
		return w, fmt.Errorf("save workspace %s: %w", w.Slug, err)
	}
	return w, nil
}

// SaveSpace writes w inside a caller's transaction; see Service.SaveSpace.
func SaveSpace(ctx context.Context, tx *db.Tx, c people.Change, w Space) (Space, error) {
	if err := w.Validate(); err != nil {
		return w, err
	}
	if err := standsIn(ctx, tx, w); err != nil {
		return w, err
	}
	if w.ID == "" {
		w.ID = id.Make[WorkspaceID]()
	}
	w.UpdatedAt, w.Revision = c.At, w.Revision+1
	write := updateSpace
	if w.Revision == 1 {
		write = insertSpace
	}
	if err := write(ctx, tx, w); err != nil {
		return w, explain(err)
	}
	return w, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "rights.workspace_saved", Edition: string(w.Edition), Object: string(w.ID),
	})
}

// standsIn refuses a workspace on a part of another edition, which would keep that edition from giving the part away.
func standsIn(ctx context.Context, q db.Querier, w Space) error {
	tree, err := LoadTree(ctx, q, w.Edition)
	if err != nil {
		return fmt.Errorf("look where %s stands: %w", w.Slug, err)
	}
	if w.Block != "" && tree.Path(OfBlock(w.Block)) == nil || w.Stage != "" && tree.Path(OfStage(w.Stage)) == nil {
		var wrong errs.Problems
		wrong.Add("anchor", "programme.gone")
		return wrong.Err()
	}
	return nil
}

func explain(err error) error {
	var wrong errs.Problems
	switch {
	case errors.Is(err, db.ErrExists):
		wrong.Add("slug", "rights.space_taken")
	case errors.Is(err, db.ErrMissing):
		wrong.Add("anchor", "programme.gone")
	default:
		return err
	}
	return wrong.Err()
}

// Object says what kind of thing an address is about.
type Object string

// The kinds of things that addresses name.
const (
	NoObject          Object = ""            // the public, or what is one's own
	WholeSite         Object = "site"        // the installation
	WholeEdition      Object = "edition"     // the edition in the address
	WithinEdition     Object = "within"      // whatever part of the edition one has a right to
	SessionObject     Object = "session"     // by its slug
	BlockObject       Object = "block"       // by its id
	StageObject       Object = "stage"       // by its id
	PersonObject      Object = "person"      // by its slug or id
	InstitutionObject Object = "institution" // by its slug or id
	WorkspaceObject   Object = "workspace"   // by its slug
)

// Objects lists the kinds.
var Objects = []Object{
	NoObject, WholeSite, WholeEdition, WithinEdition, SessionObject, BlockObject, StageObject, PersonObject,
	InstitutionObject, WorkspaceObject,
}

// Target is what a request is about, as its address says.
type Target struct {
	Action  Action
	Object  Object
	Edition string // slug
	Name    string // slug or id of the thing, for objects that have one
}

// Admit decides whether this person may do what the target says. It returns the
// edition of the target. What is not there and what must not be known give the
// same ErrHidden.
func (s *Service) Admit(ctx context.Context, who Standing, t Target) (edition.ID, error) {
	rule, known := s.policy.Rule(t.Action)
	if !known {
		return "", ErrHidden
	}
	if rule.Reach != ByRole || who.Account == "" {
		return "", who.Decide(t.Action, nil)
	}
	if t.Object == WholeSite {
		return "", who.Decide(t.Action, []Node{Whole})
	}
	e, err := editionOf(ctx, s.db, t.Edition)
	if err != nil {
		return "", err
	}
	switch t.Object {
	case WholeEdition:
		return e, who.At(t.Action, e)
	case WithinEdition:
		return e, who.Within(t.Action, e)
	default: // a thing inside the edition, which the tree knows
	}
	tree, err := LoadTree(ctx, s.db, e)
	if err != nil {
		return "", err
	}
	path, err := s.path(ctx, tree, t)
	if err != nil {
		return "", err
	}
	return e, who.Decide(t.Action, path)
}

// path finds the thing. One that is not there is ErrHidden.
func (s *Service) path(ctx context.Context, tree Tree, t Target) ([]Node, error) {
	var path []Node
	switch t.Object {
	case SessionObject:
		n, err := sessionBySlug(ctx, s.db, tree.Edition, t.Name)
		if err != nil {
			return nil, err
		}
		path = tree.Session(n.ID, n.Block, n.Stage)
	case BlockObject:
		path = tree.Path(OfBlock(programme.BlockID(t.Name)))
	case StageObject:
		path = tree.Path(OfStage(programme.StageID(t.Name)))
	case WorkspaceObject:
		for _, space := range tree.Spaces {
			if space.Slug == t.Name {
				path = tree.Path(OfWorkspace(space.ID))
			}
		}
	case PersonObject, InstitutionObject:
		home, err := homeOf(ctx, s.db, t, tree.Edition)
		if err != nil {
			return nil, err
		}
		path = tree.Home(home)
	default: // no thing inside an edition
	}
	if path == nil {
		return nil, ErrHidden
	}
	return path, nil
}
