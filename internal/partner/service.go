package partner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// Service keeps what the host gave partners, what they ask for, and how they
// show themselves.
type Service struct {
	db        *db.DB
	now       func() time.Time
	timetable *timetable.Service
}

// NewService returns a Service that publishes through t and reads the time from now.
func NewService(d *db.DB, now func() time.Time, t *timetable.Service) *Service {
	return &Service{db: d, now: now, timetable: t}
}

// Standing is where a workspace is: what it was given and whether it stands in
// the main programme.
type Standing struct {
	Share
	Placement Placement
	Waiting   int // requests without an answer
}

// Anchored says whether the workspace stands on a block or a stage, so that it has something to publish.
func (s Standing) Anchored() bool { return s.Block != "" || s.Stage != "" }

// Workspaces lists the workspaces of an edition by address.
func (s *Service) Workspaces(ctx context.Context, of edition.ID) (all []Standing, err error) {
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		tree, err := rights.LoadTree(ctx, q, of)
		if err != nil {
			return err
		}
		requests, err := requestsOf(ctx, q, of)
		if err != nil {
			return err
		}
		placements, err := placementsOf(ctx, q, of)
		if err != nil {
			return err
		}
		for _, space := range tree.Spaces {
			one := Standing{Share: Share{Space: space}}
			if one.Allotment, err = FindAllotment(ctx, q, space.ID); err != nil {
				return err
			}
			if i := slices.IndexFunc(placements, func(p Placement) bool { return p.Workspace == space.ID }); i >= 0 {
				one.Placement = placements[i]
			}
			for _, r := range requests {
				if r.Workspace == space.ID && r.State == Waiting {
					one.Waiting++
				}
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list workspaces: %w", err)
	}
	return all, nil
}

// Requests lists the requests of all workspaces of an edition, the latest first.
func (s *Service) Requests(ctx context.Context, of edition.ID) ([]Request, error) {
	return requestsOf(ctx, s.db, of)
}

// SaveShare writes a new workspace (Revision 0) or the next revision of one,
// together with its allotment.
func (s *Service) SaveShare(ctx context.Context, by people.AccountID, share Share) (Share, error) {
	change := people.Change{By: by, At: s.now()}
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		share, err = SaveShare(ctx, tx, change, share)
		return err
	})
	if err != nil {
		return share, fmt.Errorf("save workspace %s: %w", share.Slug, err)
	}
	return share, nil
}

// SaveShare writes share inside a caller's transaction; see Service.SaveShare.
func SaveShare(ctx context.Context, tx *db.Tx, c people.Change, share Share) (Share, error) {
	if err := share.Validate(); err != nil {
		return share, err
	}
	var err error
	if share.Space, err = rights.SaveSpace(ctx, tx, c, share.Space); err != nil {
		return share, err
	}
	if err := edition.Renew(ctx, tx, share.Edition, c.At); err != nil { // its brand may stand on another page now
		return share, err
	}
	share.Allotment.Workspace = share.ID
	share.Allotment, err = saveAllotment(ctx, tx, c, share.Allotment)
	return share, err
}

// saveAllotment writes the next revision of an allotment. Saving sessions waits
// for it, and it for them; see Keeper.
func saveAllotment(ctx context.Context, tx *db.Tx, c people.Change, a Allotment) (Allotment, error) {
	if err := a.Validate(); err != nil {
		return a, err
	}
	_, space, err := findSpace(ctx, tx, a.Workspace)
	if err != nil {
		return a, err
	}
	if err := journal.Hold(ctx, tx); err != nil {
		return a, err
	}
	a.Revision, a.UpdatedAt = a.Revision+1, c.At
	if err := writeAllotment(ctx, tx, a); err != nil {
		return a, err
	}
	return a, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "partner.allotment_saved", Edition: string(space.Edition), Object: string(a.Workspace),
		Detail: map[string]any{"windows": len(a.Windows), "seats": a.SeatsEach, "all": a.SeatsAll, "entries": a.Entries},
	})
}

// File files a request.
func (s *Service) File(ctx context.Context, by people.AccountID, r Request) (Request, error) {
	if err := r.Validate(); err != nil {
		return r, err
	}
	r.State, r.FiledBy, r.FiledAt = Waiting, by, s.now()
	if r.ID == "" {
		r.ID = id.Make[RequestID]()
	}
	if r.Kind != ForHours {
		r.Window = Window{}
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, space, err := findSpace(ctx, tx, r.Workspace)
		if err != nil {
			return err
		}
		if err := insertRequest(ctx, tx, r); err != nil {
			return err
		}
		if err := note(ctx, tx, r, space.Edition, "partner.requested"); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, r.FiledAt, Requested{space.Edition, space.ID, r.ID})
	})
	if err != nil {
		return r, fmt.Errorf("file a request: %w", err)
	}
	return r, nil
}

func note(ctx context.Context, tx *db.Tx, r Request, of edition.ID, action string) error {
	e := journal.Entry{
		At: r.FiledAt, Actor: string(r.FiledBy), Action: action, Edition: string(of), Object: string(r.ID),
		Detail: map[string]any{"workspace": r.Workspace, "kind": r.Kind, "state": r.State},
	}
	if !r.DecidedAt.IsZero() {
		e.At, e.Actor, e.Reason = r.DecidedAt, string(r.DecidedBy), r.Reason
	}
	return journal.Write(ctx, tx, e)
}

// Decide answers a request of a workspace. Accepting it extends the allotment
// in the same transaction. What was answered before is ErrDecided.
func (s *Service) Decide(ctx context.Context, by people.AccountID, request RequestID, v Verdict) error {
	if err := v.validate(); err != nil {
		return err
	}
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := findRequest(ctx, tx, request)
		if err != nil {
			return err
		}
		_, space, err := findSpace(ctx, tx, r.Workspace)
		if err != nil {
			return err
		}
		r.State, r.Reason, r.DecidedBy, r.DecidedAt = v.State, v.Reason, by, now
		if err := settleRequest(ctx, tx, r); err != nil {
			return err
		}
		if r.State == Accepted && r.Kind != ForOther {
			before, err := FindAllotment(ctx, tx, r.Workspace)
			if err != nil {
				return err
			}
			// A form of the allotment that somebody has open must notice: the workspace gets a revision as well.
			share := Share{Space: space, Allotment: before.Extend(r)}
			if _, err := SaveShare(ctx, tx, people.Change{By: by, At: now}, share); err != nil {
				return err
			}
		}
		if err := note(ctx, tx, r, space.Edition, "partner.decided"); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, Decided{space.Edition, space.ID, r.ID})
	})
	if err != nil {
		return fmt.Errorf("decide a request: %w", err)
	}
	return nil
}

// Withdraw takes back a request that nobody has answered.
func (s *Service) Withdraw(ctx context.Context, by people.AccountID, request RequestID) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := findRequest(ctx, tx, request)
		if err != nil {
			return err
		}
		_, space, err := findSpace(ctx, tx, r.Workspace)
		if err != nil {
			return err
		}
		r.State, r.DecidedBy, r.DecidedAt = Withdrawn, by, now
		if err := settleRequest(ctx, tx, r); err != nil {
			return err
		}
		return note(ctx, tx, r, space.Edition, "partner.withdrawn")
	})
	if err != nil {
		return fmt.Errorf("withdraw a request: %w", err)
	}
	return nil
}

// AskPlacement asks the host to let the workspace stand in the main programme.
// What was asked or accepted before is ErrAsked.
func (s *Service) AskPlacement(ctx context.Context, by people.AccountID, w rights.WorkspaceID) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, space, err := findSpace(ctx, tx, w)
		if err != nil {
			return err
		}
		if _, err := Scope(space); err != nil {
			return err
		}
		if err := askPlacement(ctx, tx, Placement{Workspace: w, AskedBy: by, AskedAt: now}); err != nil {
			return err
		}
		if err := journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "partner.placement_asked", Edition: string(space.Edition), Object: string(w),
		}); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, PlacementAsked{space.Edition, w})
	})
	if err != nil {
		return fmt.Errorf("ask for a placement: %w", err)
	}
	return nil
}

// Place answers the question of a placement.
func (s *Service) Place(ctx context.Context, by people.AccountID, w rights.WorkspaceID, v Verdict) error {
	if err := v.validate(); err != nil {
		return err
	}
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, space, err := findSpace(ctx, tx, w)
		if err != nil {
			return err
		}
		if err := settlePlacement(ctx, tx, Placement{
			Workspace: w, State: v.State, Reason: v.Reason, DecidedBy: by, DecidedAt: now,
		}); err != nil {
			return err
		}
		if err := journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "partner.placed", Edition: string(space.Edition), Object: string(w), Reason: v.Reason,
			Detail: map[string]any{"state": v.State},
		}); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, now, Placed{space.Edition, w, v.State == Accepted})
	})
	if err != nil {
		return fmt.Errorf("answer a placement: %w", err)
	}
	return nil
}

// Brand returns how a workspace shows itself, and its legal texts of all times,
// the latest first.
func (s *Service) Brand(ctx context.Context, w rights.WorkspaceID) (Brand, []LegalVersion, error) {
	b, err := findBrand(ctx, s.db, w)
	if err != nil {
		return b, nil, fmt.Errorf("read the brand of %s: %w", w, err)
	}
	versions, err := versionsOf(ctx, s.db, w)
	return b, versions, err
}

// SaveBrand writes the address and the legal text. Marks are added and removed
// one by one.
func (s *Service) SaveBrand(ctx context.Context, by people.AccountID, b Brand) error {
	if err := b.Validate(); err != nil {
		return err
	}
	return s.changeBrand(ctx, by, b.Workspace, func(tx *db.Tx, before *Brand) error {
		if before.Revision != b.Revision {
			return ErrChanged
		}
		before.URL, before.Legal = b.URL, b.Legal
		return nil
	})
}

// AddMark adds a mark to those of a workspace.
func (s *Service) AddMark(ctx context.Context, by people.AccountID, w rights.WorkspaceID, m Mark) error {
	if err := m.Validate(); err != nil {
		return err
	}
	m.ID = id.New()
	if m.Image == nil {
		m.Image = []byte{}
	}
	return s.changeBrand(ctx, by, w, func(_ *db.Tx, before *Brand) error {
		if len(before.Marks) >= maxMarks {
			return errTooManyMarks()
		}
		before.Marks = append(before.Marks, m)
		return nil
	})
}

// RemoveMark takes a mark away, or returns ErrNoMark.
func (s *Service) RemoveMark(ctx context.Context, by people.AccountID, w rights.WorkspaceID, mark string) error {
	return s.changeBrand(ctx, by, w, func(tx *db.Tx, _ *Brand) error { return deleteMark(ctx, tx, w, mark) })
}

// changeBrand writes the brand as change leaves it.
func (s *Service) changeBrand(ctx context.Context, by people.AccountID, w rights.WorkspaceID, change func(*db.Tx, *Brand) error) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, space, err := findSpace(ctx, tx, w)
		if err != nil {
			return err
		}
		if err := journal.Hold(ctx, tx); err != nil {
			return err
		}
		b, err := findBrand(ctx, tx, w)
		if err != nil {
			return err
		}
		marks := len(b.Marks)
		if err := change(tx, &b); err != nil {
			return err
		}
		b.Revision, b.UpdatedAt = b.Revision+1, now
		if err := writeBrand(ctx, tx, b); err != nil {
			return err
		}
		for _, added := range b.Marks[marks:] {
			if err := insertMark(ctx, tx, w, added); err != nil {
				return err
			}
		}
		if err := keepVersion(ctx, tx, b, by); err != nil {
			return err
		}
		if err := edition.Renew(ctx, tx, space.Edition, now); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "partner.brand_saved", Edition: string(space.Edition), Object: string(w),
		})
	})
	if err != nil {
		return fmt.Errorf("save the brand of %s: %w", w, err)
	}
	return nil
}
