package partner

import (
	"context"
	"slices"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// allow decides on an edit: every session as it stands and as it will be must be
// theirs, what it names must be known to them, and what a partner takes must lie
// within its allotment.
func (r *reach) allow(ctx context.Context, q db.Querier, e timetable.Edit) error {
	for _, after := range e.Sessions {
		if err := r.ours(ctx, q, after); err != nil {
			return &timetable.Stuck{Session: after.ID, Err: err}
		}
		if r.free {
			continue
		}
		if err := r.allowSession(after); err != nil {
			return &timetable.Stuck{Session: after.ID, Err: err}
		}
	}
	after := e.Sessions[0].ID
	for _, slot := range slices.Concat(e.Slots, e.Gone) {
		if slot.Session == "" {
			slot.Session = after
		}
		if err := r.allowSlot(e, slot); err != nil {
			return &timetable.Stuck{Session: slot.Session, Slot: slot.ID, Err: err}
		}
	}
	if r.free {
		return nil
	}
	return r.allowUse(e)
}

// ours refuses a session of another edition under the name of this one.
func (r *reach) ours(ctx context.Context, q db.Querier, s programme.Session) error {
	if s.Edition != r.tree.Edition {
		return rights.ErrHidden
	}
	if r.x.Session(s.ID) != nil || s.ID == "" {
		return nil
	}
	var elsewhere int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM session WHERE id = $1`, s.ID).Scan(&elsewhere)
	if err == nil && (elsewhere > 0 || s.Revision > 0) {
		return rights.ErrHidden
	}
	return err
}

func (r *reach) allowSession(after programme.Session) error {
	var before programme.Session
	if saved := r.x.Session(after.ID); saved != nil {
		if before = *saved; !r.mine(before) {
			return rights.ErrHidden
		}
	}
	var wrong errs.Problems
	r.checkWhere(&wrong, before, after)
	r.checkNames(&wrong, before, after)
	if len(wrong) == 0 {
		r.checkGiven(&wrong, before, after)
	}
	return wrong.Err()
}

// checkWhere looks at the block, the stage and the session of which this one is a part.
func (r *reach) checkWhere(wrong *errs.Problems, before, after programme.Session) {
	stage := r.x.Stage(after.Stage)
	ownStage := stage != nil && r.edit.Stage(stage.ID)
	if after.Stage != "" && after.Stage != before.Stage && !ownStage {
		wrong.Add("stage", "partner.outside_stage")
	}
	ownBlock := r.edit.Block(after.Block) || ownStage && stage.Block == after.Block
	kept := after.Block == before.Block
	if !ownBlock && !kept || !r.edit.Session(after) {
		wrong.Add("block", "partner.outside_block")
	}
	if after.Parent != "" && after.Parent != before.Parent && !r.knowsSession(after.Parent) {
		wrong.Add("parent", "partner.outside_session")
	}
	for _, earlier := range after.Follows {
		if !slices.Contains(before.Follows, earlier) && !r.knowsSession(earlier) {
			wrong.Add("follows", "partner.outside_session")
			return
		}
	}
}

// checkNames looks at the people and institutions that the session names.
func (r *reach) checkNames(wrong *errs.Problems, before, after programme.Session) {
	named := before.Everybody()
	for _, person := range after.Everybody() {
		if !slices.Contains(named, person) && !r.knowsPerson(person) {
			wrong.Add("people", "partner.outside_person")
			break
		}
	}
	r.checkCredits(wrong, before.Credits, after.Credits)
}

func (r *reach) checkCredits(wrong *errs.Problems, before, after []edition.Credit) {
	for _, c := range after {
		was := slices.ContainsFunc(before, func(o edition.Credit) bool { return o.Institution == c.Institution })
		if !was && !r.knowsInstitution(c.Institution) {
			wrong.Add("credits", "partner.outside_institution")
			return
		}
	}
}

// checkGiven holds one session of a partner to its allotment. What it had before is not taken away.
func (r *reach) checkGiven(wrong *errs.Problems, before, after programme.Session) {
	givers, limited := r.givers(after)
	if !limited {
		return
	}
	some := func(ok func(rights.WorkspaceID) bool) bool { return slices.ContainsFunc(givers, ok) }
	if after.Status == programme.Ready && before.Status != programme.Ready &&
		!some(func(w rights.WorkspaceID) bool { return r.placed[w] }) {
		wrong.Add("status", "partner.not_placed_ready")
	}
	if after.Entry != before.Entry && !some(func(w rights.WorkspaceID) bool { return r.allotments[w].Allows(after.Entry) }) {
		wrong.Add("entry", "partner.outside_mode")
	}
	most := 0
	for _, w := range givers {
		each := r.allotments[w].SeatsEach
		if each == 0 || after.Capacity <= each {
			return
		}
		most = max(most, each)
	}
	if after.Capacity > before.Capacity && most > 0 {
		wrong.Add("capacity", "partner.beyond_seats", most)
	}
}

// allowSlot looks at hours that are written or taken away: they belong to one
// of their sessions, now and afterwards, and a partner's lie in its allotment.
func (r *reach) allowSlot(e timetable.Edit, slot timetable.Slot) error {
	i := slices.IndexFunc(e.Sessions, func(s programme.Session) bool { return s.ID == slot.Session })
	var session programme.Session
	switch saved := r.x.Session(slot.Session); {
	case i >= 0:
		session = e.Sessions[i]
	case saved != nil && r.mine(*saved):
		session = *saved
	default:
		return rights.ErrHidden
	}
	if slot.ID != "" {
		saved := slices.ContainsFunc(r.x.SlotsOf(slot.Session), func(o timetable.Slot) bool { return o.ID == slot.ID })
		if !saved && slot.Revision > 0 {
			return rights.ErrHidden
		}
	}
	if slices.ContainsFunc(e.Gone, func(o timetable.Slot) bool { return o.ID == slot.ID && slot.ID != "" }) {
		return nil
	}
	if slot.Place != "" && r.x.Place(slot.Place) == nil {
		return outside("programme.gone")
	}
	givers, limited := r.givers(session)
	if !limited || slices.ContainsFunc(givers, func(w rights.WorkspaceID) bool { return r.allotments[w].Holds(slot) }) {
		return nil
	}
	return outside("partner.outside_window")
}

// outside is a problem of the hours and the place.
func outside(key string) error {
	var wrong errs.Problems
	wrong.Add("place", key)
	return wrong.Err()
}

// allowUse counts what all sessions of each allotment would take after the edit.
// An edit that takes no more than before is never refused.
func (r *reach) allowUse(e timetable.Edit) error {
	next := *r.x.Programme
	next.Sessions = slices.DeleteFunc(slices.Clone(next.Sessions), func(s programme.Session) bool {
		return slices.ContainsFunc(e.Sessions, func(o programme.Session) bool { return o.ID == s.ID })
	})
	next.Sessions = append(next.Sessions, e.Sessions...)
	for _, s := range e.Sessions {
		givers, limited := r.givers(s)
		if !limited {
			continue
		}
		for _, w := range givers {
			if err := r.allotments[w].grow(r.use(r.x.Programme, w), r.use(&next, w)); err != nil {
				return &timetable.Stuck{Session: s.ID, Err: err}
			}
		}
	}
	return nil
}

func (r *reach) use(p *timetable.Programme, w rights.WorkspaceID) (u Use) {
	for _, s := range p.Sessions {
		if s.Status != programme.Cancelled && Covers(r.tree, w, s) {
			u.add(s)
		}
	}
	return u
}

// grow refuses to go from one use to another that is beyond the allotment.
func (a Allotment) grow(before, after Use) error {
	var wrong errs.Problems
	if a.Entries > 0 && after.Entries > a.Entries && after.Entries > before.Entries {
		wrong.Add("status", "partner.beyond_entries", a.Entries)
	}
	if a.SeatsAll > 0 && after.Seats > a.SeatsAll && after.Seats > before.Seats {
		wrong.Add("capacity", "partner.beyond_seats_all", a.SeatsAll)
	}
	return wrong.Err()
}

// named gives new sessions addresses that nothing they do not know of has already.
func (r *reach) named(all []programme.Session) []programme.Session {
	all = slices.Clone(all)
	for i := range all {
		if all[i].Revision == 0 {
			all[i].Slug = text.UniqueSlug(all[i].Slug, func(slug string) bool {
				other := r.x.SessionAt(slug)
				return other != nil && !r.knowsSession(other.ID)
			})
		}
	}
	return all
}

// allowBlock decides on a block. The one on which a partner stands keeps what
// gives it its place in the congress; inside of it the partner builds freely.
func (r *reach) allowBlock(b *programme.Block) error {
	if b.Edition != r.tree.Edition {
		return rights.ErrHidden
	}
	before := r.x.Block(b.ID)
	switch {
	case r.free:
		return nil
	case before == nil && b.Revision > 0, before != nil && !r.strand.Block(b.ID):
		return rights.ErrHidden
	}
	var wrong errs.Problems
	var credits []edition.Credit
	if before == nil {
		b.Slug = text.UniqueSlug(b.Slug, func(slug string) bool {
			other := r.x.BlockAt(slug)
			return other != nil && !r.strand.Block(other.ID)
		})
	} else {
		credits = before.Credits
	}
	if before == nil || before.Parent != "" && r.strand.Block(before.Parent) || r.arrange.Block(b.ID) {
		if (b.Parent == "" || !r.strand.Block(b.Parent)) && !r.arrange.All() {
			wrong.Add("parent", "partner.outside_block")
		}
	} else {
		r.keep(&wrong, "parent", string(before.Parent) == string(b.Parent))
		r.keep(&wrong, "slug", before.Slug == b.Slug)
		r.keep(&wrong, "mark", before.Mark == b.Mark)
		r.keep(&wrong, "position", before.Position == b.Position)
	}
	r.checkCredits(&wrong, credits, b.Credits)
	return wrong.Err()
}

// keep notes a field that only an organiser changes.
func (r *reach) keep(wrong *errs.Problems, field string, same bool) { //nolint:revive // flag-parameter: the outcome of a comparison
	if !same {
		wrong.Add(field, "partner.fixed")
	}
}

// allowStage decides on a stage; see allowBlock.
func (r *reach) allowStage(g *programme.Stage) error {
	if g.Edition != r.tree.Edition {
		return rights.ErrHidden
	}
	before := r.x.Stage(g.ID)
	switch {
	case r.free:
		return nil
	case before == nil && g.Revision > 0, before != nil && !r.strand.Stage(g.ID):
		return rights.ErrHidden
	}
	var wrong errs.Problems
	if before == nil {
		g.Slug = text.UniqueSlug(g.Slug, func(slug string) bool {
			other := r.x.StageAt(slug)
			return other != nil && !r.strand.Stage(other.ID)
		})
		before = &programme.Stage{Block: g.Block}
	}
	if before.ID == "" || before.Block != "" && r.strand.Block(before.Block) {
		if g.Block == "" || !r.strand.Block(g.Block) {
			wrong.Add("block", "partner.outside_block")
		}
	} else {
		r.keep(&wrong, "block", before.Block == g.Block)
		r.keep(&wrong, "slug", before.Slug == g.Slug)
		r.keep(&wrong, "mark", before.Mark == g.Mark)
		r.keep(&wrong, "position", before.Position == g.Position)
	}
	r.checkCredits(&wrong, before.Credits, g.Credits)
	return wrong.Err()
}

// allowPerson decides on a person and gives a new one an address that nobody
// hidden from them has.
func (r *reach) allowPerson(p people.Person) (people.Person, error) {
	var before people.Person
	switch saved := r.x.Person(p.ID); {
	case saved == nil && (p.Revision > 0 || !r.mayEnter(p.Home)):
		return p, rights.ErrHidden
	case saved == nil:
		p.Slug = text.UniqueSlug(p.Slug, func(slug string) bool {
			other := r.x.PersonAt(slug)
			return other != nil && !r.knowsPerson(other.ID)
		})
	case !r.atHome(saved.Home) && (!r.register.All() || !r.persons[p.ID]):
		return p, rights.ErrHidden
	default:
		before = *saved
	}
	var wrong errs.Problems
	for _, a := range p.Affiliations {
		was := slices.ContainsFunc(before.Affiliations, func(o people.Affiliation) bool { return o.Institution == a.Institution })
		if !was && !r.knowsInstitution(a.Institution) {
			wrong.Add("affiliations", "partner.outside_institution")
			break
		}
	}
	return p, wrong.Err()
}

// allowInstitution decides on an institution; see allowPerson.
func (r *reach) allowInstitution(i people.Institution) (people.Institution, error) {
	var before people.Institution
	switch saved := r.x.Institution(i.ID); {
	case saved == nil && (i.Revision > 0 || !r.mayEnter(i.Home)):
		return i, rights.ErrHidden
	case saved == nil:
		i.Slug = text.UniqueSlug(i.Slug, func(slug string) bool {
			other := r.x.InstitutionAt(slug)
			return other != nil && !r.knowsInstitution(other.ID)
		})
	case !r.atHome(saved.Home):
		return i, rights.ErrHidden
	default:
		before = *saved
	}
	var wrong errs.Problems
	if i.PartOf != "" && i.PartOf != before.PartOf && !r.knowsInstitution(i.PartOf) {
		wrong.Add("part_of", "partner.outside_institution")
	}
	return i, wrong.Err()
}

// mayEnter says whether they may bring somebody into the register who belongs to home.
func (r *reach) mayEnter(home string) bool {
	switch {
	case home == "":
		return r.who.May(rights.EditPeople, []rights.Node{rights.Whole})
	case home == r.register.Home():
		return r.who.Within(rights.EditPeople, r.tree.Edition) == nil
	}
	return r.atHome(home)
}
