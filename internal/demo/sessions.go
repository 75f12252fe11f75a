package demo

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// newSessions writes the sessions that release n brings. One that belongs to
// or follows another is written after it.
func (b *builder) newSessions(ctx context.Context, tx *db.Tx, c people.Change, n int) error {
	fresh := map[string]*sessionEntry{}
	for i := range b.entries {
		if entry := &b.entries[i]; max(entry.Since, 1) == n {
			fresh[entry.Slug] = entry
		}
	}
	for i := range b.entries {
		if err := b.writeSession(ctx, sessionWrite{tx, c, fresh}, b.entries[i].Slug); err != nil {
			return err
		}
	}
	return nil
}

// sessionWrite is what every call of writeSession shares. A session leaves
// fresh when its turn comes, so that none is written twice.
type sessionWrite struct {
	tx     *db.Tx
	change people.Change
	fresh  map[string]*sessionEntry
}

func (b *builder) writeSession(ctx context.Context, w sessionWrite, slug string) error {
	entry := w.fresh[slug]
	if entry == nil {
		return nil
	}
	delete(w.fresh, slug)
	for _, earlier := range append([]programme.SessionID{entry.Parent}, entry.Follows...) {
		if err := b.writeSession(ctx, w, string(earlier)); err != nil {
			return err
		}
	}
	session, err := b.resolve(*entry)
	if err != nil {
		return fmt.Errorf("session %s: %w", slug, err)
	}
	// Named after its address, so that a calendar that follows the demo knows
	// a session again when the demo has been filled anew.
	session.GUID = b.lasting("session", slug)
	if session, err = programme.SaveSession(ctx, w.tx, w.change, session); err != nil {
		return fmt.Errorf("session %s: %w", slug, err)
	}
	b.sessions[slug], b.saved[slug] = session.ID, &saved{session: session}
	if err := b.place(ctx, w.tx, w.change, placing{slug, entry.Hours}); err != nil {
		return fmt.Errorf("hours of %s: %w", slug, err)
	}
	return nil
}

// resolve puts ids where the data have names. A session whose form nobody
// knows takes that of its edition.
func (b *builder) resolve(entry sessionEntry) (s programme.Session, err error) {
	s = entry.Session
	s.Edition = b.edition.ID
	if s.Form == "" {
		s.Form = b.edition.Form
	}
	if s.Block, err = lookUp(b.blocks, s.Block); err != nil {
		return s, err
	}
	if s.Stage, err = lookUp(b.stages, s.Stage); err != nil {
		return s, err
	}
	if s.Parent, err = lookUp(b.sessions, s.Parent); err != nil {
		return s, err
	}
	for i := range s.Follows {
		if s.Follows[i], err = lookUp(b.sessions, s.Follows[i]); err != nil {
			return s, err
		}
	}
	for i := range s.Terms {
		if s.Terms[i], err = lookUp(b.terms, edition.TermID(b.slug)+"/"+s.Terms[i]); err != nil {
			return s, err
		}
	}
	return s, b.resolvePeople(&s)
}

func (b *builder) resolvePeople(s *programme.Session) error {
	if err := b.credits(s.Credits); err != nil {
		return err
	}
	if err := b.appearances(s.People); err != nil {
		return err
	}
	for i := range s.Segments {
		if err := b.appearances(s.Segments[i].People); err != nil {
			return err
		}
	}
	return nil
}

// lasting is a name that comes out the same each time the demo is filled.
func (b *builder) lasting(kind, slug string) string {
	return id.Derived("obrady demo "+b.edition.Slug, kind+" "+slug)
}

// placing says when and where the session with this address takes place.
type placing struct {
	session string
	hours   []hours
}

// place writes the hours of a session; the first of them moves its first
// slot, where it has one already.
func (b *builder) place(ctx context.Context, tx *db.Tx, c people.Change, p placing) error {
	of, zone := b.saved[p.session], b.edition.Location()
	for i, h := range p.hours {
		slot := timetable.Slot{
			ID:      timetable.SlotID(b.lasting("slot", fmt.Sprintf("%s/%d", p.session, i))),
			Session: of.session.ID, Examples: slotExamples(of.session.Examples),
		}
		if i < len(of.slots) {
			slot = of.slots[i]
		}
		var err error
		if slot.Start, err = instant(h.Day, h.Start, zone); err != nil {
			return err
		}
		if slot.End, err = instant(h.Day, h.End, zone); err != nil {
			return err
		}
		if slot.Place, err = lookUp(b.places, h.Place); err != nil {
			return err
		}
		if slot, err = timetable.SaveSlot(ctx, tx, c, slot); err != nil {
			return err
		}
		if i < len(of.slots) {
			of.slots[i] = slot
			continue
		}
		of.slots = append(of.slots, slot)
	}
	return nil
}

// change writes what a release says anew of a session.
func (b *builder) change(ctx context.Context, tx *db.Tx, c people.Change, one changeEntry) error {
	of := b.saved[string(one.Session)]
	if of == nil {
		return fmt.Errorf("%w: %q", errUnknownName, string(one.Session))
	}
	session := of.session
	one.apply(&session)
	session, err := programme.SaveSession(ctx, tx, c, session)
	if err != nil {
		return err
	}
	of.session = session
	return b.place(ctx, tx, c, placing{string(one.Session), one.Hours})
}
