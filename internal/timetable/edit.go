package timetable

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Edit is what an organiser changes at one stroke: sessions and their hours
// together. A slot whose Session is empty belongs to the first session of the
// edit, which may be new.
type Edit struct {
	Sessions []programme.Session
	Slots    []Slot
	Gone     []Slot // hours that are taken away
}

// Stuck says which item of an Edit could not be written. Of the two only the
// one that it is about is set.
type Stuck struct {
	Session programme.SessionID
	Slot    SlotID
	Err     error
}

func (s *Stuck) Error() string {
	return fmt.Sprintf("session %s, slot %s: %v", s.Session, s.Slot, s.Err)
}

// Unwrap gives the reason.
func (s *Stuck) Unwrap() error { return s.Err }

// Save writes everything in e, or nothing: then the error is, or wraps, a
// *Stuck that names the item. It returns e as it was saved.
func (s *Service) Save(ctx context.Context, by people.AccountID, e Edit) (Edit, error) {
	var saved Edit
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		saved, err = Save(ctx, tx, people.Change{By: by, At: s.now()}, e)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("save %d sessions and %d slots: %w", len(e.Sessions), len(e.Slots), err)
	}
	return saved, nil
}

// Save writes e inside a caller's transaction; see Service.Save.
func Save(ctx context.Context, tx *db.Tx, c people.Change, e Edit) (Edit, error) {
	saved := Edit{Sessions: make([]programme.Session, len(e.Sessions)), Slots: make([]Slot, len(e.Slots))}
	for i, n := range e.Sessions {
		var err error
		if saved.Sessions[i], err = programme.SaveSession(ctx, tx, c, n); err != nil {
			return e, &Stuck{Session: n.ID, Err: err}
		}
	}
	return saved, saved.saveHours(ctx, tx, c, e)
}

func (e *Edit) saveHours(ctx context.Context, tx *db.Tx, c people.Change, wanted Edit) error {
	for _, slot := range wanted.Gone {
		if err := RemoveSlot(ctx, tx, slot); err != nil {
			return &Stuck{Slot: slot.ID, Err: err}
		}
		if err := journal.Write(ctx, tx, journal.Entry{
			At: c.At, Actor: string(c.By), Action: "timetable.slot_removed", Object: string(slot.ID),
		}); err != nil {
			return err
		}
	}
	for i, slot := range wanted.Slots {
		if slot.Session == "" && len(e.Sessions) > 0 {
			slot.Session = e.Sessions[0].ID
		}
		var err error
		if e.Slots[i], err = SaveSlot(ctx, tx, c, slot); err != nil {
			return &Stuck{Slot: slot.ID, Err: err}
		}
	}
	return nil
}
