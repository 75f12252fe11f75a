package timetable

import (
	"errors"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/programme"
)

func TestSaveIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := host(t, d)
		second := h.addSession(t, "druga")
		renamed, moved := h.session, h.slot
		renamed.Capacity = 12
		moved.Start, moved.End = hour(14, 0), hour(15, 0)
		saved, err := h.Save(t.Context(), "desk", Edit{
			Sessions: []programme.Session{renamed}, Slots: []Slot{moved, {Start: hour(16, 0), End: hour(17, 0)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := saved.Slots[1].Session; got != renamed.ID {
			t.Errorf("the new hours belong to %q, want the first session %q", got, renamed.ID)
		}

		stale := h.session // its revision is the one before
		second.Capacity = 99
		_, err = h.Save(t.Context(), "desk", Edit{Sessions: []programme.Session{second, stale}, Gone: saved.Slots[:1]})
		var stuck *Stuck
		if !errors.As(err, &stuck) || stuck.Session != stale.ID {
			t.Errorf("Save = %v, want it stuck at %s", err, stale.ID)
		}
		p, err := h.Working(t.Context(), h.edition.ID)
		if err != nil {
			t.Fatal(err)
		}
		x := p.Index()
		if got := x.Session(second.ID).Capacity; got != 0 {
			t.Errorf("the other session has capacity %d, want nothing changed", got)
		}
		if got := len(x.SlotsOf(renamed.ID)); got != 2 {
			t.Errorf("the session has %d slots, want both", got)
		}
		if _, err = h.Save(t.Context(), "desk", Edit{Gone: saved.Slots}); err != nil {
			t.Errorf("taking both away: %v", err)
		}
		_, err = h.Save(t.Context(), "desk", Edit{Gone: saved.Slots[:1]})
		if !errors.As(err, &stuck) || stuck.Slot != saved.Slots[0].ID || !errors.Is(err, ErrChanged) {
			t.Errorf("taking it away twice: %v, want ErrChanged of slot %s", err, saved.Slots[0].ID)
		}
	})
}
