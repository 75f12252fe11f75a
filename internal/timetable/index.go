package timetable

import (
	"slices"
	"time"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Index finds things in one Programme without a search. It is made once for a
// programme and then read by everybody.
type Index struct {
	*Programme
	Zone *time.Location

	sessions     map[programme.SessionID]*programme.Session
	bySlug       map[string]*programme.Session
	blocks       map[programme.BlockID]*programme.Block
	stages       map[programme.StageID]*programme.Stage
	places       map[PlaceID]*Place
	persons      map[people.PersonID]*people.Person
	institutions map[people.InstitutionID]*people.Institution
	terms        map[edition.TermID]*edition.Term
	taxonomyOf   map[edition.TermID]*edition.Taxonomy
	slots        map[programme.SessionID][]Slot
	days         map[civil.Date][]Slot
	follows      map[programme.SessionID][]programme.SessionID
	parts        map[programme.SessionID][]programme.SessionID
}

// Index makes the index of p.
func (p *Programme) Index() *Index {
	x := &Index{
		Programme:    p,
		Zone:         p.Edition.Location(),
		sessions:     byKey(p.Sessions, func(s *programme.Session) programme.SessionID { return s.ID }),
		bySlug:       byKey(p.Sessions, func(s *programme.Session) string { return s.Slug }),
		blocks:       byKey(p.Blocks, func(b *programme.Block) programme.BlockID { return b.ID }),
		stages:       byKey(p.Stages, func(s *programme.Stage) programme.StageID { return s.ID }),
		places:       byKey(p.Places, func(p *Place) PlaceID { return p.ID }),
		persons:      byKey(p.Persons, func(p *people.Person) people.PersonID { return p.ID }),
		institutions: byKey(p.Institutions, func(i *people.Institution) people.InstitutionID { return i.ID }),
		terms:        map[edition.TermID]*edition.Term{},
		taxonomyOf:   map[edition.TermID]*edition.Taxonomy{},
		slots:        map[programme.SessionID][]Slot{},
		days:         map[civil.Date][]Slot{},
		follows:      map[programme.SessionID][]programme.SessionID{},
		parts:        map[programme.SessionID][]programme.SessionID{},
	}
	x.addTerms()
	x.addSlots()
	for _, s := range p.Sessions {
		for _, earlier := range s.Follows {
			x.follows[earlier] = append(x.follows[earlier], s.ID)
		}
		if s.Parent != "" {
			x.parts[s.Parent] = append(x.parts[s.Parent], s.ID)
		}
	}
	return x
}

func byKey[K comparable, T any](list []T, key func(*T) K) map[K]*T {
	found := make(map[K]*T, len(list))
	for i := range list {
		found[key(&list[i])] = &list[i]
	}
	return found
}

func (x *Index) addTerms() {
	for i := range x.Taxonomies {
		taxonomy := &x.Taxonomies[i]
		for j := range taxonomy.Terms {
			x.terms[taxonomy.Terms[j].ID] = &taxonomy.Terms[j]
			x.taxonomyOf[taxonomy.Terms[j].ID] = taxonomy
		}
	}
}

func (x *Index) addSlots() {
	for _, s := range x.Slots {
		x.slots[s.Session] = append(x.slots[s.Session], s)
		day := DayOf(s.Start, x.Zone)
		x.days[day] = append(x.days[day], s)
	}
	for day := range x.days {
		slices.SortStableFunc(x.days[day], x.earlier)
	}
	for session := range x.slots {
		slices.SortStableFunc(x.slots[session], x.earlier)
	}
}

// earlier orders slots by begin, then longer first, then by place and address.
func (x *Index) earlier(a, b Slot) int {
	if c := a.Start.Compare(b.Start); c != 0 {
		return c
	}
	if c := b.End.Compare(a.End); c != 0 {
		return c
	}
	if c := x.placePosition(a.Place) - x.placePosition(b.Place); c != 0 {
		return c
	}
	sa, sb := x.sessions[a.Session], x.sessions[b.Session]
	switch {
	case sa == nil || sb == nil || sa.Slug == sb.Slug:
		return 0
	case sa.Slug < sb.Slug:
		return -1
	}
	return 1
}

func (x *Index) placePosition(place PlaceID) int {
	if p := x.places[place]; p != nil {
		return p.Position
	}
	return 1 << 20
}

// Session returns a session by its id, or nil.
func (x *Index) Session(session programme.SessionID) *programme.Session { return x.sessions[session] }

// SessionAt returns the session with this address, or nil.
func (x *Index) SessionAt(slug string) *programme.Session { return x.bySlug[slug] }

// Block returns a block by its id, or nil.
func (x *Index) Block(block programme.BlockID) *programme.Block { return x.blocks[block] }

// BlockAt returns the block with this address, or nil.
func (x *Index) BlockAt(slug string) *programme.Block {
	return at(x.Blocks, slug, func(b *programme.Block) string { return b.Slug })
}

// Stage returns a stage by its id, or nil.
func (x *Index) Stage(stage programme.StageID) *programme.Stage { return x.stages[stage] }

// StageAt returns the stage with this address, or nil.
func (x *Index) StageAt(slug string) *programme.Stage {
	return at(x.Stages, slug, func(s *programme.Stage) string { return s.Slug })
}

// Place returns a place by its id, or nil.
func (x *Index) Place(place PlaceID) *Place { return x.places[place] }

// PlaceAt returns the place with this address, or nil.
func (x *Index) PlaceAt(slug string) *Place {
	return at(x.Places, slug, func(p *Place) string { return p.Slug })
}

// Person returns a person by id, or nil.
func (x *Index) Person(person people.PersonID) *people.Person { return x.persons[person] }

// PersonAt returns the person with this address, or nil.
func (x *Index) PersonAt(slug string) *people.Person {
	return at(x.Persons, slug, func(p *people.Person) string { return p.Slug })
}

// Institution returns an institution by id, or nil.
func (x *Index) Institution(i people.InstitutionID) *people.Institution { return x.institutions[i] }

// InstitutionAt returns the institution with this address, or nil.
func (x *Index) InstitutionAt(slug string) *people.Institution {
	return at(x.Institutions, slug, func(i *people.Institution) string { return i.Slug })
}

// Term returns a term by id with its taxonomy, or nil twice.
func (x *Index) Term(term edition.TermID) (*edition.Term, *edition.Taxonomy) {
	return x.terms[term], x.taxonomyOf[term]
}

func at[T any](list []T, slug string, of func(*T) string) *T {
	for i := range list {
		if of(&list[i]) == slug {
			return &list[i]
		}
	}
	return nil
}

// SlotsOf lists the hours of a session, the earliest first.
func (x *Index) SlotsOf(session programme.SessionID) []Slot { return x.slots[session] }

// SlotsOn lists what happens on a day of the congress, the earliest first.
func (x *Index) SlotsOn(day civil.Date) []Slot { return x.days[day] }

// Days lists the days of the edition, and any other day on which something
// happens, in order.
func (x *Index) Days() []civil.Date {
	days := x.Edition.Days()
	for day := range x.days {
		days = append(days, day)
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// FollowedBy lists the sessions that take up this one.
func (x *Index) FollowedBy(session programme.SessionID) []programme.SessionID {
	return x.follows[session]
}

// PartsOf lists the sessions that are parts of this one.
func (x *Index) PartsOf(session programme.SessionID) []programme.SessionID { return x.parts[session] }

// Within reports whether block is the other block or lies inside it.
func (x *Index) Within(block, other programme.BlockID) bool {
	for steps := 0; block != "" && steps <= len(x.blocks); steps++ {
		if block == other {
			return true
		}
		above := x.blocks[block]
		if above == nil {
			return false
		}
		block = above.Parent
	}
	return false
}

// Unplaced lists the sessions that have no hours yet.
func (x *Index) Unplaced() []*programme.Session {
	var without []*programme.Session
	for i := range x.Sessions {
		if len(x.slots[x.Sessions[i].ID]) == 0 {
			without = append(without, &x.Sessions[i])
		}
	}
	return without
}

// WalkMinutes is how long it takes from one place to another; 0 where nobody
// has said.
func (x *Index) WalkMinutes(from, to PlaceID) int {
	for _, w := range x.Walks {
		if (w.From == from && w.To == to) || (w.From == to && w.To == from) {
			return w.Minutes
		}
	}
	return 0
}
