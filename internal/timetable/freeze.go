package timetable

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// maxDocument bounds what a frozen document may unpack to, in bytes.
const maxDocument = 256 << 20

// Freeze makes what the public will see: the working programme without
// drafts, and within a narrower scope the last release with only that part
// renewed. Nothing that no public session uses is in it.
func Freeze(last, working *Programme, scope Scope) *Programme {
	next := *working
	next.Sessions = slices.DeleteFunc(slices.Clone(working.Sessions), func(s programme.Session) bool {
		return s.Status == programme.Draft
	})
	if scope.Kind != Whole && last != nil {
		next = renew(last, &next, scope)
	}
	return next.tidy()
}

// renew takes from working what the scope covers and everything else from
// the last release.
func renew(last, working *Programme, scope Scope) Programme {
	before, now := last.Index(), working.Index()
	covered := func(x *Index, s programme.Session) bool {
		if scope.Kind == OneStage {
			return string(s.Stage) == scope.ID
		}
		return x.Within(s.Block, programme.BlockID(scope.ID))
	}
	next := *last
	next.Edition = working.Edition
	next.Sessions = nil
	renewed := map[programme.SessionID]bool{}
	for _, s := range working.Sessions {
		if covered(now, s) {
			next.Sessions, renewed[s.ID] = append(next.Sessions, s), true
		}
	}
	kept := map[programme.SessionID]bool{}
	for _, s := range last.Sessions {
		if !covered(before, s) && !renewed[s.ID] {
			next.Sessions, kept[s.ID] = append(next.Sessions, s), true
		}
	}
	slices.SortFunc(next.Sessions, func(a, b programme.Session) int {
		if a.Slug < b.Slug {
			return -1
		}
		return 1
	})
	next.Slots = nil
	for _, slot := range last.Slots {
		if kept[slot.Session] {
			next.Slots = append(next.Slots, slot)
		}
	}
	for _, slot := range working.Slots {
		if renewed[slot.Session] {
			next.Slots = append(next.Slots, slot)
		}
	}
	next.mergeNames(last, working, renewal{now, scope, renewed})
	return next
}

// renewal is what a release of one block or stage renews.
type renewal struct {
	now      *Index
	scope    Scope
	sessions map[programme.SessionID]bool
}

func (r renewal) block(b programme.Block) bool {
	return r.scope.Kind == OneBlock && r.now.Within(b.ID, programme.BlockID(r.scope.ID))
}

func (r renewal) stage(g programme.Stage) bool {
	if r.scope.Kind == OneStage {
		return string(g.ID) == r.scope.ID
	}
	return r.now.Within(g.Block, programme.BlockID(r.scope.ID))
}

// mergeNames renews the names of what the scope covers and of whom the renewed
// sessions name, and brings in what those sessions need and the last release
// does not know. Everything else stays as the last release has it: who
// publishes one stage publishes nobody else's texts.
func (p *Programme) mergeNames(last, working *Programme, r renewal) {
	need := r.needs()
	asks := func(id string) bool { return need[id] }
	p.Blocks = merge(last.Blocks, working.Blocks, names[programme.Block]{
		func(b programme.Block) string { return string(b.ID) }, r.block, asks,
	})
	p.Stages = merge(last.Stages, working.Stages, names[programme.Stage]{
		func(g programme.Stage) string { return string(g.ID) }, r.stage, asks,
	})
	p.Places = merge(last.Places, working.Places, names[Place]{
		func(p Place) string { return string(p.ID) }, func(Place) bool { return false }, asks,
	})
	p.Persons = merge(last.Persons, working.Persons, names[people.Person]{
		func(p people.Person) string { return string(p.ID) }, func(p people.Person) bool { return need[string(p.ID)] }, asks,
	})
	p.Institutions = merge(last.Institutions, working.Institutions, names[people.Institution]{
		func(i people.Institution) string { return string(i.ID) }, func(i people.Institution) bool { return need[string(i.ID)] }, asks,
	})
	p.Taxonomies = merge(last.Taxonomies, working.Taxonomies, names[edition.Taxonomy]{
		func(t edition.Taxonomy) string { return t.ID }, r.usesNewTerm(last), func(string) bool { return true },
	})
	p.Walks = working.Walks
}

// needs lists by id what the renewed sessions, and the renewed blocks and stages, name.
func (r renewal) needs() map[string]bool {
	need := map[string]bool{}
	credit := func(all []edition.Credit) {
		for _, c := range all {
			r.needInstitution(need, c.Institution)
		}
	}
	for id := range r.sessions {
		s := r.now.Session(id)
		need[string(s.Stage)] = true
		for b := r.now.Block(s.Block); b != nil && !need[string(b.ID)]; b = r.now.Block(b.Parent) {
			need[string(b.ID)] = true
		}
		for _, slot := range r.now.SlotsOf(id) {
			need[string(slot.Place)] = true
		}
		for _, person := range s.Everybody() {
			need[string(person)] = true
			if p := r.now.Person(person); p != nil {
				for _, a := range p.Affiliations {
					r.needInstitution(need, a.Institution)
				}
			}
		}
		credit(s.Credits)
	}
	for _, b := range r.now.Blocks {
		if r.block(b) {
			credit(b.Credits)
		}
	}
	for _, g := range r.now.Stages {
		if r.stage(g) {
			credit(g.Credits)
		}
	}
	return need
}

// needInstitution takes an institution in with those that it is a part of.
func (r renewal) needInstitution(need map[string]bool, id people.InstitutionID) {
	for i := r.now.Institution(id); i != nil && !need[string(i.ID)]; i = r.now.Institution(i.PartOf) {
		need[string(i.ID)] = true
	}
}

// usesNewTerm says of which taxonomies a renewed session uses a term that the last release does not know.
func (r renewal) usesNewTerm(last *Programme) func(edition.Taxonomy) bool {
	before, fresh := last.Index(), map[string]bool{}
	for id := range r.sessions {
		for _, term := range r.now.Session(id).Terms {
			if known, _ := before.Term(term); known == nil {
				if _, taxonomy := r.now.Term(term); taxonomy != nil {
					fresh[taxonomy.ID] = true
				}
			}
		}
	}
	return func(t edition.Taxonomy) bool { return fresh[t.ID] }
}

// names says how things of one sort are told apart, which of them are taken as
// they are now, and which that the last release does not know are needed.
type names[T any] struct {
	key     func(T) string
	renewed func(T) bool
	needed  func(id string) bool
}

// merge takes what is renewed or needed from now, in its order, everything else
// from last.
func merge[T any](last, now []T, n names[T]) (merged []T) {
	before, seen := map[string]T{}, map[string]bool{}
	for _, one := range last {
		before[n.key(one)] = one
	}
	for _, one := range now {
		id := n.key(one)
		was, known := before[id]
		seen[id] = true
		switch {
		case n.renewed(one), !known && n.needed(id):
			merged = append(merged, one)
		case known:
			merged = append(merged, was)
		}
	}
	for _, one := range last {
		if !seen[n.key(one)] {
			merged = append(merged, one)
		}
	}
	return merged
}

// tidy leaves out hours of sessions that are not there, and persons and
// institutions whom nothing in the programme names.
func (p Programme) tidy() *Programme {
	x := p.Index()
	persons, institutions := map[people.PersonID]bool{}, map[people.InstitutionID]bool{}
	credit := func(all []edition.Credit) {
		for _, c := range all {
			institutions[c.Institution] = true
		}
	}
	credit(p.Edition.Credits)
	for _, b := range p.Blocks {
		credit(b.Credits)
	}
	for _, s := range p.Stages {
		credit(s.Credits)
	}
	for _, s := range p.Sessions {
		credit(s.Credits)
		for _, person := range s.Everybody() {
			persons[person] = true
		}
	}
	p.Persons = slices.DeleteFunc(slices.Clone(p.Persons), func(o people.Person) bool { return !persons[o.ID] })
	for _, person := range p.Persons {
		for _, a := range person.Affiliations {
			institutions[a.Institution] = true
		}
	}
	for i := range institutions {
		for above := x.Institution(i); above != nil && above.PartOf != "" && !institutions[above.PartOf]; above = x.Institution(above.PartOf) {
			institutions[above.PartOf] = true
		}
	}
	p.Institutions = slices.DeleteFunc(slices.Clone(p.Institutions), func(o people.Institution) bool { return !institutions[o.ID] })
	p.Slots = slices.DeleteFunc(slices.Clone(p.Slots), func(s Slot) bool { return x.Session(s.Session) == nil })
	return &p
}

// encode writes the document as gzipped JSON and returns the SHA-256 of what
// is written.
func (p *Programme) encode() (document []byte, hash string, err error) {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if err := json.NewEncoder(zip).Encode(p); err != nil {
		return nil, "", fmt.Errorf("freeze programme: %w", err)
	}
	if err := zip.Close(); err != nil {
		return nil, "", fmt.Errorf("freeze programme: %w", err)
	}
	return packed.Bytes(), hashOf(packed.Bytes()), nil
}

func hashOf(document []byte) string {
	sum := sha256.Sum256(document)
	return hex.EncodeToString(sum[:])
}

func decode(document []byte) (*Programme, error) {
	zip, err := gzip.NewReader(bytes.NewReader(document))
	if err != nil {
		return nil, fmt.Errorf("thaw programme: %w", err)
	}
	p := new(Programme)
	if err := json.NewDecoder(io.LimitReader(zip, maxDocument)).Decode(p); err != nil {
		return nil, fmt.Errorf("thaw programme: %w", err)
	}
	return p, nil
}
