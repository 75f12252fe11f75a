package partner

import (
	"context"
	"fmt"
	"slices"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/timetable"
)

// see reads how far whoever asks reaches in an edition, all at one moment.
func (k *Keeper) see(ctx context.Context, of edition.ID) (*reach, error) {
	public, err := k.public(ctx, of)
	if err != nil {
		return nil, err
	}
	var r *reach
	err = k.db.Snapshot(ctx, func(q db.Querier) (err error) {
		r, err = newReach(ctx, q, rights.Of(ctx), of)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the working programme: %w", err)
	}
	r.public = public
	return r, nil
}

// Working returns the working programme as far as whoever asks may know it. Of
// sessions that are not theirs there is only what clashes are found by, hours,
// places and people of their own, and the title where it is public; such a
// session is in no block.
func (k *Keeper) Working(ctx context.Context, of edition.ID) (*timetable.Programme, error) {
	r, err := k.see(ctx, of)
	if err != nil {
		return nil, err
	}
	return r.narrowed(), nil
}

// Places lists the places that the public knows, and those of the part of
// whoever asks: what a partner can ask for.
func (k *Keeper) Places(ctx context.Context, of edition.ID) (all []timetable.Place, err error) {
	r, err := k.see(ctx, of)
	if err != nil {
		return nil, err
	}
	for _, place := range r.x.Places {
		if r.free || r.offered(place.ID) {
			all = append(all, place)
			continue
		}
		if r.public != nil && r.public.Place(place.ID) != nil {
			all = append(all, *r.public.Place(place.ID))
		}
	}
	return all, nil
}

// Content returns the blocks and stages that whoever asks may change.
func (k *Keeper) Content(ctx context.Context, of edition.ID) (c programme.Content, err error) {
	r, err := k.see(ctx, of)
	if err != nil {
		return c, err
	}
	for _, b := range r.x.Blocks {
		if r.free || r.strand.Block(b.ID) {
			c.Blocks = append(c.Blocks, b)
		}
	}
	for _, g := range r.x.Stages {
		if r.free || r.strand.Stage(g.ID) {
			c.Stages = append(c.Stages, g)
		}
	}
	return c, nil
}

// Register lists the persons and institutions that whoever asks may change:
// those at home in their part, for organisers also everybody in the programme.
func (k *Keeper) Register(ctx context.Context, of edition.ID) (p []people.Person, i []people.Institution, err error) {
	r, err := k.see(ctx, of)
	if err != nil {
		return nil, nil, err
	}
	for _, one := range r.x.Persons {
		if r.atHome(one.Home) || r.register.All() && r.persons[one.ID] {
			p = append(p, one)
		}
	}
	for _, one := range r.x.Institutions {
		if r.atHome(one.Home) {
			i = append(i, one)
		}
	}
	return p, i, nil
}

// Institutions lists what an organiser of any edition can name.
func (k *Keeper) Institutions(ctx context.Context) ([]people.Institution, error) {
	all, err := people.Institutions(ctx, k.db)
	if err != nil {
		return nil, fmt.Errorf("list institutions: %w", err)
	}
	return slices.DeleteFunc(all, func(i people.Institution) bool { return i.Home != "" }), nil
}

// Releases lists the releases of an edition, the latest first, with the changes
// of what whoever asks may know.
func (k *Keeper) Releases(ctx context.Context, of edition.ID) ([]timetable.Release, error) {
	all, err := k.timetable.Releases(ctx, of)
	if err != nil {
		return nil, err
	}
	r, err := k.see(ctx, of)
	if err != nil || r.free {
		return all, err
	}
	for n := range all {
		all[n].Changes = slices.DeleteFunc(slices.Clone(all[n].Changes), func(c timetable.Change) bool {
			return !r.knowsSession(c.Session)
		})
	}
	return all, nil
}

// Published is timetable.Service.Published.
func (k *Keeper) Published(ctx context.Context, release timetable.ReleaseID) (*timetable.Index, error) {
	return k.timetable.Published(ctx, release)
}

// Propose is timetable.Service.Propose; only organisers have a page for it.
func (k *Keeper) Propose(ctx context.Context, of edition.ID, scope timetable.Scope) (timetable.Proposal, error) {
	if err := rights.Of(ctx).At(rights.Release, of); err != nil {
		return timetable.Proposal{}, err
	}
	return k.timetable.Propose(ctx, of, scope)
}

// Publish is timetable.Service.Publish; a partner publishes with Service.Publish.
func (k *Keeper) Publish(ctx context.Context, o timetable.Order) (timetable.Release, error) {
	if err := rights.Of(ctx).At(rights.Release, o.Edition); err != nil {
		return timetable.Release{}, err
	}
	return k.timetable.Publish(ctx, o)
}

// narrowed is the working programme as far as they may know it.
func (r *reach) narrowed() *timetable.Programme {
	p := *r.x.Programme
	p.Persons = keep(p.Persons, func(o people.Person) bool { return r.knowsPerson(o.ID) })
	p.Institutions = keep(p.Institutions, func(o people.Institution) bool { return r.nameable(p.Persons, o) })
	if r.free {
		return &p
	}
	r.maskRegister(&p)
	p.Sessions = slices.Clone(p.Sessions)
	blocks, stages, places := map[programme.BlockID]bool{}, map[programme.StageID]bool{}, map[timetable.PlaceID]bool{}
	for i, s := range p.Sessions {
		if !r.read.Session(s) {
			p.Sessions[i] = r.masked(s)
			continue
		}
		blocks[s.Block], stages[s.Stage] = true, true
		for _, slot := range r.x.SlotsOf(s.ID) {
			places[slot.Place] = true
		}
	}
	p.Stages = keep(p.Stages, func(g programme.Stage) bool { return r.read.Stage(g.ID) || stages[g.ID] })
	for _, g := range p.Stages {
		if r.read.Stage(g.ID) {
			blocks[g.Block] = true
		}
	}
	p.Blocks = keep(p.Blocks, func(b programme.Block) bool { return r.read.Block(b.ID) || blocks[b.ID] })
	r.maskStrands(&p)
	p.Places = keep(p.Places, func(o timetable.Place) bool { return places[o.ID] || r.offered(o.ID) })
	p.Numbers = nil
	return &p
}

func keep[T any](all []T, such func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !such(one) })
}

// nameable says whether they may name the institution; those of the persons whom they know are.
func (r *reach) nameable(known []people.Person, i people.Institution) bool {
	return r.knowsInstitution(i.ID) || slices.ContainsFunc(known, func(p people.Person) bool {
		return slices.ContainsFunc(p.Affiliations, func(a people.Affiliation) bool { return a.Institution == i.ID })
	})
}

// maskRegister shows of persons and institutions that are not theirs what the public reads.
func (r *reach) maskRegister(p *timetable.Programme) {
	if r.public == nil {
		return
	}
	for i, one := range p.Persons {
		if public := r.public.Person(one.ID); public != nil && !r.atHome(one.Home) && !r.persons[one.ID] {
			p.Persons[i] = *public
		}
	}
	for i, one := range p.Institutions {
		if public := r.public.Institution(one.ID); public != nil && !r.atHome(one.Home) && !r.institutions[one.ID] {
			p.Institutions[i] = *public
		}
	}
}

// maskStrands leaves of blocks and stages that are not theirs but are needed for theirs only the name.
func (r *reach) maskStrands(p *timetable.Programme) {
	for i, b := range p.Blocks {
		if !r.read.Block(b.ID) {
			p.Blocks[i] = programme.Block{
				ID: b.ID, Edition: b.Edition, Slug: b.Slug, Kind: b.Kind, Mark: b.Mark, Colour: b.Colour, Name: b.Name, Position: b.Position,
			}
		}
	}
	for i, g := range p.Stages {
		if !r.read.Stage(g.ID) {
			p.Stages[i] = programme.Stage{
				ID: g.ID, Edition: g.Edition, Slug: g.Slug, Mark: g.Mark, Colour: g.Colour, Name: g.Name, Position: g.Position,
			}
		}
	}
}

// offered says whether they can choose the place: whoever works in a partner's part has those of its allotment, all
// others all.
func (r *reach) offered(place timetable.PlaceID) bool {
	for _, g := range r.who.Grants {
		here := g.Node == rights.Whole || g.Edition == r.tree.Edition
		if here && (g.Role == rights.Organiser || g.Role == rights.Coordinator && !r.partnered(g.Node)) {
			return true
		}
	}
	for _, a := range r.allotments {
		if slices.Contains(a.Places(), place) {
			return true
		}
	}
	return false
}

// masked is a session of others: without a word of it unless it is public, with
// the people of one's own, so that clashes are found.
func (r *reach) masked(s programme.Session) programme.Session {
	shown := programme.Session{
		ID: s.ID, Edition: s.Edition, Parent: s.Parent, Status: s.Status, Format: programme.OtherFormat, Form: s.Form,
		People: r.ownPeople(s.People),
	}
	for _, g := range s.Segments {
		shown.Segments = append(shown.Segments, programme.Segment{
			ID: g.ID, Kind: programme.Discussion, Minutes: g.Minutes, People: r.ownPeople(g.People),
		})
	}
	if r.public != nil {
		if public := r.public.Session(s.ID); public != nil {
			shown.Title, shown.Slug = public.Title, public.Slug
		}
	}
	return shown
}

func (r *reach) ownPeople(all []programme.Appearance) (own []programme.Appearance) {
	for _, a := range all {
		if r.persons[a.Person] {
			own = append(own, programme.Appearance{Person: a.Person, Role: a.Role})
		}
	}
	return own
}
