package timetable

import (
	"cmp"
	"slices"
	"time"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Severity says whether a finding keeps a release from being published.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// FindingKind says what the clash check found.
type FindingKind string

// What can be found.
const (
	PlaceTwice      FindingKind = "place_twice"       // two sessions in one place
	PersonTwice     FindingKind = "person_twice"      // one person in two sessions
	StageTwice      FindingKind = "stage_twice"       // two sessions on one stage
	OverCapacity    FindingKind = "over_capacity"     // more people than the place holds
	SegmentsOver    FindingKind = "segments_over"     // the parts are longer than the slot
	SegmentsUnder   FindingKind = "segments_under"    // the parts leave time over
	OutsideDays     FindingKind = "outside_days"      // not on a day of the edition
	TooFar          FindingKind = "too_far"           // no time to walk from one to the other
	OutsideParent   FindingKind = "outside_parent"    // a part runs outside its whole
	OpenCycle       FindingKind = "open_cycle"        // a cycle of talks without its discussion
	NoHours         FindingKind = "no_hours"          // ready, but without a slot
	NoPlace         FindingKind = "no_place"          // on site, but nobody knows where
	DraftText       FindingKind = "draft_text"        // the binding text is still a draft
	BeforeItsSource FindingKind = "before_followed"   // debated before it is presented
	UsesEndedTerm   FindingKind = "ended_term"        // a term that no longer holds
	EmptyKaleido    FindingKind = "kaleidoscope_bare" // a kaleidoscope without talks
)

// Key names the sentence that explains the finding.
// key: timetable.finding.*
func (k FindingKind) Key() string { return "timetable.finding." + string(k) }

// Finding is one thing that the clash check has to say. Both items are named
// so that a page can lead to each.
type Finding struct {
	Kind     FindingKind
	Severity Severity
	Session  programme.SessionID
	Slot     SlotID
	Other    programme.SessionID // the second item, where there is one
	Person   people.PersonID
	Place    PlaceID
	Stage    programme.StageID
	Start    time.Time // the first instant of the overlap, or of the slot
	Minutes  int       // too many, too few, or of the walk
	Number   int       // of people, or of the cycle
	Subject  i18n.Text // the name of the place, the person or the stage
}

// Check is the clash check: it reads the whole programme once and explains
// everything that does not fit, errors first. Cancelled sessions and drafts
// clash with nothing.
func (p *Programme) Check() []Finding { return p.Index().Check() }

// Check is the clash check on a programme whose index is at hand; see
// Programme.Check.
func (x *Index) Check() []Finding {
	c := checker{Index: x}
	for _, slot := range x.Slots {
		if s := x.Session(slot.Session); s != nil && s.Status != programme.Cancelled {
			c.running = append(c.running, running{slot, s})
		}
	}
	slices.SortStableFunc(c.running, func(a, b running) int { return a.Start.Compare(b.Start) })
	for _, r := range c.running {
		c.checkAlone(r)
	}
	c.checkPairs()
	c.checkPeople()
	for i := range x.Sessions {
		c.checkSession(&x.Sessions[i])
	}
	slices.SortStableFunc(c.found, bySeverity)
	return c.found
}

func bySeverity(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Severity, b.Severity), a.Start.Compare(b.Start),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Session, b.Session), cmp.Compare(a.Other, b.Other))
}

type running struct {
	Slot
	*programme.Session
}

type checker struct {
	*Index
	running []running
	found   []Finding
}

func (c *checker) add(f Finding) { c.found = append(c.found, f) }

// checkAlone looks at one slot without the others.
func (c *checker) checkAlone(r running) {
	base := Finding{Session: r.Session.ID, Slot: r.Slot.ID, Start: r.Start, Place: r.Place}
	if day := DayOf(r.Start, c.Zone); day < c.Edition.StartsOn || day > c.Edition.EndsOn {
		c.add(base.as(OutsideDays, Error))
	}
	if place := c.Place(r.Place); place != nil {
		if place.Capacity > 0 && r.Capacity > place.Capacity {
			f := base.as(OverCapacity, Error)
			f.Number, f.Subject = r.Capacity-place.Capacity, place.Name
			c.add(f)
		}
	} else if r.Form != "online" {
		c.add(base.as(NoPlace, Warning))
	}
	c.checkLength(r, base)
	if whole := c.Session(r.Parent); whole != nil && !c.insideOf(r.Slot, whole.ID) {
		f := base.as(OutsideParent, Warning)
		f.Other = whole.ID
		c.add(f)
	}
}

func (f Finding) as(kind FindingKind, severity Severity) Finding {
	f.Kind, f.Severity = kind, severity
	return f
}

func (c *checker) checkLength(r running, base Finding) {
	planned, slot := r.Minutes(), int(r.Length()/time.Minute)
	switch {
	case planned > slot:
		f := base.as(SegmentsOver, Error)
		f.Minutes = planned - slot
		c.add(f)
	case planned > 0 && planned < slot:
		f := base.as(SegmentsUnder, Warning)
		f.Minutes = slot - planned
		c.add(f)
	}
}

func (c *checker) insideOf(slot Slot, whole programme.SessionID) bool {
	slots := c.SlotsOf(whole)
	for _, w := range slots {
		if !slot.Start.Before(w.Start) && !slot.End.After(w.End) {
			return true
		}
	}
	return len(slots) == 0
}

// checkPairs compares each slot with those that begin before it ends. The
// list is sorted by begin, so it stops at the first that begins later.
func (c *checker) checkPairs() {
	for i, a := range c.running {
		for _, b := range c.running[i+1:] {
			if !b.Start.Before(a.End) {
				break
			}
			if c.sameThing(a.Session, b.Session) {
				continue
			}
			c.checkPlace(a, b)
			c.checkStage(a, b)
		}
	}
}

// sameThing is true of a session with itself and of a part with its whole:
// those run together on purpose.
func (c *checker) sameThing(a, b *programme.Session) bool {
	return a.ID == b.ID && a.ID != "" || a.Parent == b.ID || b.Parent == a.ID
}

func (c *checker) checkPlace(a, b running) {
	place := c.Place(a.Place)
	if place == nil || a.Place != b.Place || place.Shared {
		return
	}
	c.add(Finding{
		Kind: PlaceTwice, Severity: Error, Session: a.Session.ID, Slot: a.Slot.ID, Other: b.Session.ID,
		Place: a.Place, Start: b.Start, Subject: place.Name,
	})
}

func (c *checker) checkStage(a, b running) {
	stage := c.Stage(a.Stage)
	if stage == nil || a.Stage != b.Stage {
		return
	}
	c.add(Finding{
		Kind: StageTwice, Severity: Warning, Session: a.Session.ID, Slot: a.Slot.ID, Other: b.Session.ID,
		Stage: a.Stage, Start: b.Start, Subject: stage.Name,
	})
}

// checkPeople compares what each person has to do, in the order of time.
func (c *checker) checkPeople() {
	busy := map[people.PersonID][]running{}
	for _, r := range c.running {
		for _, person := range r.Everybody() {
			busy[person] = append(busy[person], c.onStage(r, person))
		}
	}
	for person, tasks := range busy {
		slices.SortStableFunc(tasks, func(a, b running) int { return a.Start.Compare(b.Start) })
		for i, a := range tasks {
			for _, b := range tasks[i+1:] {
				c.checkPerson(person, a, b)
			}
		}
	}
}

// onStage narrows the slot to the segments of a person who has no part in the
// whole session: a talk of four minutes does not keep anybody for two hours.
func (c *checker) onStage(r running, person people.PersonID) running {
	for _, a := range r.People {
		if a.Person == person {
			return r
		}
	}
	narrow := r
	narrow.Start, narrow.End = r.End, r.Start
	for _, segment := range r.Timed(r.Start) {
		for _, a := range segment.People {
			if a.Person != person {
				continue
			}
			if segment.Start.Before(narrow.Start) {
				narrow.Start = segment.Start
			}
			if segment.End.After(narrow.End) {
				narrow.End = segment.End
			}
		}
	}
	return narrow
}

func (c *checker) checkPerson(person people.PersonID, a, b running) {
	if c.sameThing(a.Session, b.Session) {
		return
	}
	f := Finding{
		Kind: PersonTwice, Severity: Error, Session: a.Session.ID, Slot: a.Slot.ID, Other: b.Session.ID,
		Person: person, Start: b.Start,
	}
	if p := c.Person(person); p != nil {
		f.Subject = i18n.Both(p.Name)
	}
	if a.Overlaps(b.Slot) {
		c.add(f)
		return
	}
	walk := c.WalkMinutes(a.Place, b.Place)
	if free := int(b.Start.Sub(a.End) / time.Minute); free < walk {
		f.Kind, f.Severity, f.Minutes = TooFar, Warning, walk-free
		c.add(f)
	}
}

// checkSession looks at what a session says, whatever its hours.
func (c *checker) checkSession(s *programme.Session) {
	if s.Status != programme.Ready {
		return
	}
	base := Finding{Session: s.ID}
	if slots := c.SlotsOf(s.ID); len(slots) == 0 {
		c.add(base.as(NoHours, Warning))
	} else {
		base.Start = slots[0].Start
	}
	if s.Title.PLState == i18n.Draft || s.Lead.PLState == i18n.Draft || s.Body.PLState == i18n.Draft {
		c.add(base.as(DraftText, Warning))
	}
	for _, cycle := range s.OpenCycles() {
		f := base.as(OpenCycle, Warning)
		f.Number = cycle
		c.add(f)
	}
	if s.Format == programme.Kaleidoscope && len(s.Segments) == 0 {
		c.add(base.as(EmptyKaleido, Warning))
	}
	for _, earlier := range s.Follows {
		if slots := c.SlotsOf(earlier); len(slots) > 0 && !base.Start.IsZero() && slots[0].Start.After(base.Start) {
			f := base.as(BeforeItsSource, Warning)
			f.Other = earlier
			c.add(f)
		}
	}
	for _, id := range s.Terms {
		if term, taxonomy := c.Term(id); term != nil && !term.Holds(taxonomy.Version) {
			f := base.as(UsesEndedTerm, Warning)
			f.Subject = term.Name
			c.add(f)
		}
	}
}
