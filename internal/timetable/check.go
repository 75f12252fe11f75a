package timetable

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/programme"
)

// CheckStored looks for places, hours, numbers and releases that no rule of
// this package would have let in, and for releases that are not what they
// were when they were published.
func CheckStored(ctx context.Context, q db.Querier) ([]db.Fault, error) {
	var faults []db.Fault
	found := func(what, row string) {
		faults = append(faults, db.Fault{Package: "timetable", What: what, Row: row})
	}
	editions, err := edition.Editions(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		working, err := Load(ctx, q, e.ID)
		if err != nil {
			return nil, err
		}
		working.checkStored(found)
		if err := checkReleases(ctx, q, e.ID, found); err != nil {
			return nil, err
		}
	}
	return faults, nil
}

func (p *Programme) checkStored(found func(what, row string)) {
	x := p.Index()
	for _, place := range p.Places {
		if err := place.Validate(); err != nil {
			found(err.Error(), "place "+place.Slug)
		}
	}
	for _, slot := range p.Slots {
		if err := slot.Validate(); err != nil {
			found(err.Error(), "slot "+string(slot.ID))
		}
		if slot.Place != "" && x.Place(slot.Place) == nil {
			found("in a place of another edition", "slot "+string(slot.ID))
		}
	}
	for _, s := range p.Sessions {
		for _, term := range s.Terms {
			if known, _ := x.Term(term); known == nil {
				found("a term of another edition", "session "+s.Slug)
			}
		}
		for _, other := range append([]programme.SessionID{s.Parent}, s.Follows...) {
			if other != "" && x.Session(other) == nil {
				found("refers to a session of another edition", "session "+s.Slug)
			}
		}
	}
}

// checkReleases recomputes of every release what can be recomputed: that the
// numbers run without a gap, the hash of the document and the change list.
func checkReleases(ctx context.Context, q db.Querier, of edition.ID, found func(what, row string)) error {
	all, err := releases(ctx, q, of)
	if err != nil {
		return err
	}
	var before *Index
	for i := len(all) - 1; i >= 0; i-- {
		r := all[i]
		row := fmt.Sprintf("release %d of edition %s", r.Number, of)
		if r.Number != len(all)-i {
			found("the number is out of order", row)
		}
		var document []byte
		if err := q.QueryRow(ctx, `SELECT document FROM release WHERE id = $1`, r.ID).Scan(&document); err != nil {
			return err
		}
		if hashOf(document) != r.Hash {
			found("the document is not the one that was published", row)
		}
		p, err := decode(document)
		if err != nil {
			found("the document cannot be read", row)
			before = nil
			continue
		}
		x := p.Index()
		if before != nil && len(Compare(before, x)) != len(r.Changes) {
			found("the change list does not fit the documents", row)
		}
		before = x
	}
	return nil
}
