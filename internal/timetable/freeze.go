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
	next.mergeNames(last, working)
	return next
}

// mergeNames brings in what the renewed sessions refer to and the last
// release does not know: names of places, people, institutions, terms.
func (p *Programme) mergeNames(last, working *Programme) {
	p.Blocks = merge(last.Blocks, working.Blocks, func(b programme.Block) string { return string(b.ID) })
	p.Stages = merge(last.Stages, working.Stages, func(s programme.Stage) string { return string(s.ID) })
	p.Places = merge(last.Places, working.Places, func(p Place) string { return string(p.ID) })
	p.Persons = merge(last.Persons, working.Persons, func(p people.Person) string { return string(p.ID) })
	p.Institutions = merge(last.Institutions, working.Institutions, func(i people.Institution) string { return string(i.ID) })
	p.Taxonomies = merge(last.Taxonomies, working.Taxonomies, func(t edition.Taxonomy) string { return t.ID })
	p.Walks = working.Walks
}

// merge takes every entry of now, in its order, and after it what only last has.
func merge[T any](last, now []T, key func(T) string) []T {
	merged := slices.Clone(now)
	known := map[string]bool{}
	for _, one := range now {
		known[key(one)] = true
	}
	for _, one := range last {
		if !known[key(one)] {
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
