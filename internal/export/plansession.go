package export

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/id"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// planSessions decides about every event of the file, and about the sessions
// that it has no more.
func (p *plan) planSessions() error {
	byGUID := map[string]*programme.Session{}
	for i := range p.x.Sessions {
		s := &p.x.Sessions[i]
		byGUID[strings.ToLower(s.GUID)], p.slugs[s.Slug] = s, true
	}
	seen, ours := map[string]bool{}, p.ours()
	for _, d := range p.in.Schedule.Days {
		for _, r := range d.Rooms {
			for _, e := range r.Events {
				guid := strings.ToLower(e.GUID)
				seen[guid] = true
				if ours[guid] {
					p.report.Events++
					p.report.Unchanged++
					continue
				}
				o := origin{Event: e, Day: d.Date, RoomGUID: r.GUID, Block: p.blockName(e), Known: p.knownNames(e)}
				if err := p.planSession(byGUID[guid], o); err != nil {
					return err
				}
			}
		}
	}
	return p.planGone(seen)
}

// ours are the guids of what was made here and has come back in a file of
// our own. Such a file says less than we know, so it changes nothing.
func (p *plan) ours() map[string]bool {
	found := map[string]bool{}
	for _, slot := range p.x.Slots {
		s := p.x.Session(slot.Session)
		if guid := guidOf(p.x, slot, s); guid != s.GUID {
			found[guid] = true
		}
		for _, g := range s.Segments {
			found[talkGUID(slot, g)] = true
		}
	}
	return found
}

// knownNames says under which names the persons of an event stand here.
func (p *plan) knownNames(e schedule.Event) map[string]string {
	known := map[string]string{}
	for _, one := range e.Persons {
		guid := strings.ToLower(one.GUID)
		known[guid] = p.nameOf[p.personOf[guid]]
	}
	return known
}

// planSession decides about one event: new, changed since the last version of
// the file, or as it was.
func (p *plan) planSession(old *programme.Session, o origin) error {
	fields, err := o.fields()
	if err != nil {
		return err
	}
	p.report.Events++
	if old == nil {
		p.report.Added++
		p.sessions = append(p.sessions, p.newSession(o, fields))
		return nil
	}
	was, came := originOf(old)
	if came && maps.Equal(old.Origin.Fields, fields) {
		p.report.Unchanged++
		return nil
	}
	s := *old
	if was.Gone {
		p.report.Restored++
		s.Status = programme.Ready
	} else {
		p.report.Changed++
	}
	p.merge(&s, was, o)
	s.Origin = programme.Origin{Source: p.source, Fields: fields}
	one := planned{session: s, write: true, number: o.Event.ID}
	one.slot, one.move = p.newSlot(s, was, o)
	p.sessions = append(p.sessions, one)
	return nil
}

func (p *plan) newSession(o origin, fields map[string]string) planned {
	slug := text.UniqueSlug(text.Slug(o.Event.Title), func(s string) bool { return p.slugs[s] })
	p.slugs[slug] = true
	s := programme.Session{
		ID: id.Make[programme.SessionID](), Slug: slug, GUID: o.Event.GUID, Form: edition.OnSite,
		Status: programme.Ready, Origin: programme.Origin{Source: p.source, Fields: fields},
	}
	// The zero origin is no file at all, so that everything counts as changed.
	p.merge(&s, origin{}, o)
	one := planned{session: s, write: true, number: o.Event.ID}
	one.slot, one.move = p.newSlot(s, origin{}, o)
	return one
}

// merge brings into s what the file says otherwise than its last version
// did; what it says as before stays as it was edited here.
func (p *plan) merge(s *programme.Session, was, is origin) {
	before, now := readingOf(was.Event), readingOf(is.Event)
	first := was.Event.GUID == ""
	if first || before.title != now.title {
		s.Title = now.title
	}
	if first || before.lead != now.lead || before.body != now.body {
		s.Lead, s.Body = now.lead, now.body
	}
	if first || before.format != now.format {
		s.Format = now.format
	}
	if first || !slices.Equal(before.languages, now.languages) {
		s.Languages = now.languages
	}
	if first || before.recording != now.recording {
		s.Recording = now.recording
	}
	if first || !slices.Equal(before.links, now.links) {
		s.Links = now.links
	}
	if first || was.Block != is.Block {
		s.Block = p.blockOf[text.Fold(is.Block)]
	}
	if first || !slices.Equal(before.persons, now.persons) {
		s.People = p.appearances(s.People, now.persons)
	}
}

// appearances lists the persons of the file, each in the part that was given
// to them here; somebody new is a speaker.
func (p *plan) appearances(old []programme.Appearance, guids []string) []programme.Appearance {
	var all []programme.Appearance
	for _, guid := range guids {
		a := programme.Appearance{Person: p.personOf[guid], Role: programme.Speaker}
		for _, had := range old {
			if had.Person == a.Person {
				a = had
			}
		}
		all = append(all, a)
	}
	return all
}

// newSlot returns the slot of a session as the file wants it, and whether
// that is a change.
func (p *plan) newSlot(s programme.Session, was, is origin) (timetable.Slot, bool) {
	slot := timetable.Slot{ID: id.Make[timetable.SlotID](), Session: s.ID}
	had := p.x.SlotsOf(s.ID)
	if len(had) > 0 {
		slot = slices.MinFunc(had, func(a, b timetable.Slot) int { return cmp.Compare(a.ID, b.ID) })
	}
	first := len(had) == 0
	before, now := readingOf(was.Event), readingOf(is.Event)
	moved := first || !was.Event.Start.Equal(is.Event.Start) || before.length != now.length
	if moved {
		slot.Start = is.Event.Start
		slot.End = slot.Start.Add(now.length)
	}
	elsewhere := first || was.Event.Room != is.Event.Room
	if elsewhere {
		slot.Place = p.placeOf[text.Fold(oneLine(is.Event.Room, maxName))]
	}
	return slot, moved || elsewhere
}

// planGone finds the sessions that came with an earlier version of this file
// and are not in it any more.
func (p *plan) planGone(seen map[string]bool) error {
	for _, s := range p.x.Sessions {
		was, came := originOf(&s)
		if !came || was.Gone || s.Origin.Source != p.source || seen[strings.ToLower(s.GUID)] {
			continue
		}
		was.Gone = true
		fields, err := was.fields()
		if err != nil {
			return err
		}
		s.Origin.Fields, s.Status = fields, programme.Cancelled
		p.gone = append(p.gone, s)
	}
	p.report.Removed = len(p.gone)
	return nil
}

// write does what the plan says. Whatever a new thing refers to is written
// before it.
func (p *plan) write(ctx context.Context, tx *db.Tx, by people.Change) error {
	var err error
	if p.report.NewEdition {
		if p.report.Edition, err = edition.Save(ctx, tx, by, p.report.Edition); err != nil {
			return err
		}
	}
	of := p.report.Edition.ID
	for _, one := range p.persons {
		if _, err := people.SavePerson(ctx, tx, by, one); err != nil {
			return named(one.Name, err)
		}
	}
	for _, one := range p.places {
		one.Edition = of
		if _, err := timetable.SavePlace(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	for _, one := range p.blocks {
		one.Edition = of
		if _, err := programme.SaveBlock(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	numbers := map[string]int{}
	for i, one := range p.sessions {
		one.session.Edition = of
		numbers[timetable.NumberOf(one.slot.ID, "")] = one.number
		if err := p.writeSession(ctx, tx, by, one); err != nil {
			return named(one.session.Slug, err)
		}
		if p.in.Progress != nil {
			p.in.Progress(i+1, len(p.sessions))
		}
	}
	if err := timetable.ReserveNumbers(ctx, tx, of, numbers); err != nil {
		return err
	}
	for _, one := range p.gone {
		if _, err := programme.SaveSession(ctx, tx, by, one); err != nil {
			return named(one.Slug, err)
		}
	}
	return nil
}

func (p *plan) writeSession(ctx context.Context, tx *db.Tx, by people.Change, one planned) error {
	if one.write {
		if _, err := programme.SaveSession(ctx, tx, by, one.session); err != nil {
			return err
		}
	}
	if one.move {
		if _, err := timetable.SaveSlot(ctx, tx, by, one.slot); err != nil {
			return err
		}
	}
	return nil
}

// named says which thing of the file could not be written, for the log; the
// sentence for the person is that of err.
func named(what string, err error) error {
	return errors.Join(errors.New("write "+what), err)
}
