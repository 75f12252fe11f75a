package timetable

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/people"
)

// Service keeps places, hours and releases.
type Service struct {
	db  *db.DB
	now func() time.Time

	mu     sync.Mutex
	thawed map[ReleaseID]thawed
}

// thawed is what a release says, with the hash of the document that said it.
type thawed struct {
	*Index
	hash string
}

// NewService returns a Service that reads the time from now.
func NewService(d *db.DB, now func() time.Time) *Service {
	return &Service{db: d, now: now, thawed: map[ReleaseID]thawed{}}
}

// Working returns the working programme of an edition, drafts included.
func (s *Service) Working(ctx context.Context, of edition.ID) (*Programme, error) {
	return Load(ctx, s.db, of)
}

// SavePlace writes a new place (Revision 0) or the next revision of one.
func (s *Service) SavePlace(ctx context.Context, by people.AccountID, p Place) (Place, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		p, err = SavePlace(ctx, tx, people.Change{By: by, At: s.now()}, p)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("save place %s: %w", p.Slug, err)
	}
	return p, nil
}

// SavePlace writes p inside a caller's transaction; see Service.SavePlace.
func SavePlace(ctx context.Context, tx *db.Tx, c people.Change, p Place) (Place, error) {
	if err := p.Validate(); err != nil {
		return p, err
	}
	if p.ID == "" {
		p.ID = id.Make[PlaceID]()
	}
	p.UpdatedAt, p.Revision = c.At, p.Revision+1
	write := updatePlace
	if p.Revision == 1 {
		write = insertPlace
	}
	if err := write(ctx, tx, p); err != nil {
		return p, slugTaken(err)
	}
	return p, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "timetable.place_saved", Edition: string(p.Edition), Object: string(p.ID),
	})
}

// SaveWalk says how long it takes between two places, either way; 0 minutes
// takes the entry out.
func (s *Service) SaveWalk(ctx context.Context, by people.AccountID, w Walk) error {
	return s.SaveWalks(ctx, by, []Walk{w})
}

// SaveWalks is SaveWalk for all of them, or for none if one of them is wrong.
func (s *Service) SaveWalks(ctx context.Context, by people.AccountID, all []Walk) error {
	change := people.Change{By: by, At: s.now()}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		for _, w := range all {
			if err := saveWalk(ctx, tx, change, w); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save %d walks: %w", len(all), err)
	}
	return nil
}

func saveWalk(ctx context.Context, tx *db.Tx, c people.Change, w Walk) error {
	if w.From == w.To || w.Minutes < 0 || w.Minutes > maxWalk {
		var wrong errs.Problems
		wrong.Add("minutes", "timetable.walk", maxWalk)
		return wrong.Err()
	}
	if err := upsertWalk(ctx, tx, w); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "timetable.walk_saved", Object: string(w.From) + " " + string(w.To),
	})
}

// SaveSlot writes a new slot (Revision 0) or the next revision of one.
func (s *Service) SaveSlot(ctx context.Context, by people.AccountID, slot Slot) (Slot, error) {
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		slot, err = SaveSlot(ctx, tx, people.Change{By: by, At: s.now()}, slot)
		return err
	})
	if err != nil {
		return slot, fmt.Errorf("save slot: %w", err)
	}
	return slot, nil
}

// SaveSlot writes slot inside a caller's transaction; see Service.SaveSlot.
func SaveSlot(ctx context.Context, tx *db.Tx, c people.Change, slot Slot) (Slot, error) {
	if err := slot.Validate(); err != nil {
		return slot, err
	}
	if slot.ID == "" {
		slot.ID = id.Make[SlotID]()
	}
	slot.UpdatedAt, slot.Revision = c.At, slot.Revision+1
	write := updateSlot
	if slot.Revision == 1 {
		write = insertSlot
	}
	if err := write(ctx, tx, slot); err != nil {
		return slot, slugTaken(err)
	}
	return slot, journal.Write(ctx, tx, journal.Entry{
		At: c.At, Actor: string(c.By), Action: "timetable.slot_saved", Object: string(slot.ID),
		Detail: map[string]any{"session": slot.Session, "place": slot.Place, "start": slot.Start, "end": slot.End},
	})
}

// RemoveSlot takes hours away from a session.
func (s *Service) RemoveSlot(ctx context.Context, by people.AccountID, slot Slot) error {
	now := s.now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := RemoveSlot(ctx, tx, slot); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{
			At: now, Actor: string(by), Action: "timetable.slot_removed", Object: string(slot.ID),
		})
	})
	if err != nil {
		return fmt.Errorf("remove slot %s: %w", slot.ID, err)
	}
	return nil
}

func slugTaken(err error) error {
	var wrong errs.Problems
	switch {
	case errors.Is(err, db.ErrExists):
		wrong.Add("slug", "people.slug_taken")
	case errors.Is(err, db.ErrMissing):
		wrong.Add("place", "programme.gone")
	default:
		return err
	}
	return wrong.Err()
}
