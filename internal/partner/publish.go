package partner

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// ErrClashes is returned when a partner's own part has clashes that are errors.
var ErrClashes = errs.New(errs.Conflict, "partner.clashes")

// Order is what a partner asks for when publishing its part.
type Order struct {
	By            rights.Standing
	Workspace     rights.WorkspaceID
	Name, Note    i18n.Text
	DespiteErrors bool // publishes although sessions of the part clash
}

// Preview shows what publishing a workspace would change, and what does not fit
// in it. Clashes between other people's sessions are not the partner's.
func (s *Service) Preview(ctx context.Context, space rights.Space) (timetable.Proposal, error) {
	scope, err := Scope(space)
	if err != nil {
		return timetable.Proposal{}, err
	}
	proposal, err := s.timetable.Propose(ctx, space.Edition, scope)
	if err != nil {
		return proposal, err
	}
	tree, err := rights.LoadTree(ctx, s.db, space.Edition)
	if err != nil {
		return proposal, fmt.Errorf("read the tree of %s: %w", space.Edition, err)
	}
	proposal.Findings = own(tree, space.ID, proposal)
	return proposal, nil
}

// own lists the findings that are about a session of the workspace.
func own(tree rights.Tree, w rights.WorkspaceID, p timetable.Proposal) []timetable.Finding {
	x := p.Programme.Index()
	covered := func(id programme.SessionID) bool {
		found := x.Session(id)
		return found != nil && Covers(tree, w, *found)
	}
	return slices.DeleteFunc(slices.Clone(p.Findings), func(f timetable.Finding) bool {
		return !covered(f.Session) && !covered(f.Other)
	})
}

// Publish makes the part of a workspace public. It refuses with ErrNotPlaced
// before the host has accepted the part, and with ErrClashes when its sessions
// clash, unless told otherwise. Nothing outside the part changes.
func (s *Service) Publish(ctx context.Context, o Order) (timetable.Release, error) {
	var release timetable.Release
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := journal.Hold(ctx, tx); err != nil {
			return err
		}
		tree, space, err := findSpace(ctx, tx, o.Workspace)
		if err != nil {
			return err
		}
		if err := s.mayPublish(ctx, tx, o, tree); err != nil {
			return err
		}
		scope, err := Scope(space)
		if err != nil {
			return err
		}
		if err := s.checkOwn(ctx, tx, o, tree, scope); err != nil {
			return err
		}
		release, err = s.timetable.PublishIn(ctx, tx, timetable.Order{
			Edition: space.Edition, Name: o.Name, Note: o.Note, Scope: scope, By: o.By.Account,
			DespiteErrors: true, // those that are left are others', or known
		})
		if err != nil {
			return err
		}
		return outbox.Add(ctx, tx, s.now(), Published{space.Edition, space.ID, release.ID})
	})
	if err != nil {
		return release, fmt.Errorf("publish workspace %s: %w", o.Workspace, err)
	}
	return release, nil
}

func (s *Service) mayPublish(ctx context.Context, tx *db.Tx, o Order, tree rights.Tree) error {
	who, err := rights.Load(ctx, tx, o.By.Account, s.now())
	if err != nil {
		return err
	}
	if err := who.Decide(rights.PublishOwn, tree.Path(rights.OfWorkspace(o.Workspace))); err != nil {
		return err
	}
	placement, err := FindPlacement(ctx, tx, o.Workspace)
	if err == nil && !placement.Placed() {
		err = ErrNotPlaced
	}
	return err
}

func (s *Service) checkOwn(ctx context.Context, tx *db.Tx, o Order, tree rights.Tree, scope timetable.Scope) error {
	proposal, err := s.timetable.ProposeIn(ctx, tx, tree.Edition, scope)
	if err != nil || o.DespiteErrors {
		return err
	}
	proposal.Findings = own(tree, o.Workspace, proposal)
	if n := proposal.Errors(); n > 0 {
		return ErrClashes.With(n)
	}
	return nil
}

// Publication is a release with what it changed in one workspace.
type Publication struct {
	timetable.Release
	Changes []timetable.Change
	ByHost  bool // the whole programme, or more than this part, was published
}

// Publications lists the releases that changed something in a workspace, the
// latest first: what the host looks through.
func (s *Service) Publications(ctx context.Context, space rights.Space) (all []Publication, err error) {
	releases, err := s.timetable.Releases(ctx, space.Edition)
	if err != nil {
		return nil, err
	}
	belongs, err := s.sessionsOf(ctx, space)
	if err != nil {
		return nil, err
	}
	scope, _ := Scope(space) // none: every release is the host's
	for _, r := range releases {
		p := Publication{Release: r, ByHost: r.Scope != scope}
		for _, c := range r.Changes {
			if belongs[c.Session] {
				p.Changes = append(p.Changes, c)
			}
		}
		if len(p.Changes) > 0 || !p.ByHost {
			all = append(all, p)
		}
	}
	return all, nil
}

// sessionsOf finds the sessions of a workspace, in the working state and as last released.
func (s *Service) sessionsOf(ctx context.Context, space rights.Space) (map[programme.SessionID]bool, error) {
	belongs := map[programme.SessionID]bool{}
	working, err := s.timetable.Working(ctx, space.Edition)
	if err != nil {
		return nil, err
	}
	tree, err := rights.LoadTree(ctx, s.db, space.Edition)
	if err != nil {
		return nil, fmt.Errorf("read the tree of %s: %w", space.Edition, err)
	}
	for _, session := range working.Sessions {
		if Covers(tree, space.ID, session) {
			belongs[session.ID] = true
		}
	}
	return belongs, nil
}

// BrandOf is the brand of a block or a stage of the public programme.
type BrandOf struct {
	Brand
	Block programme.BlockID
	Stage programme.StageID
}

// PublicBrands reads the brands that stand on pages of an edition.
func PublicBrands(ctx context.Context, q db.Querier, of edition.ID) (all []BrandOf, err error) {
	tree, err := rights.LoadTree(ctx, q, of)
	if err != nil {
		return nil, fmt.Errorf("read the tree of %s: %w", of, err)
	}
	brands, err := Brands(ctx, q, of)
	if err != nil {
		return nil, fmt.Errorf("read the brands of %s: %w", of, err)
	}
	for _, b := range brands {
		if space, there := tree.Space(b.Workspace); there && (space.Block != "" || space.Stage != "") {
			all = append(all, BrandOf{b, space.Block, space.Stage})
		}
	}
	return all, nil
}
