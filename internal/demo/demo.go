// Package demo fills an empty database with four editions of the congress, so
// that somebody who meets the program for the first time sees a real programme
// and not an empty page.
//
// The facts come from public pages, which every item names. What could not be
// found is filled only as far as a useful demonstration needs it, and says in
// its list of examples that it was.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// ErrNotEmpty is returned by Fill for a database that holds an edition.
var ErrNotEmpty = errors.New("demo: the database holds an edition")

// Main is the address of the edition that the demonstration is about; the
// others are its archive.
const Main = "kpm-2021"

// author stands in the journal for whoever typed the demonstration in.
const author people.AccountID = "demo"

// congresses lists the folders of data in the order of time: a term may
// continue one of an earlier edition.
var congresses = []string{"kpm-2017", "kpm-2019", Main, "kpm-2024"}

// Filled reports whether Fill has run to its end on this database. What was
// changed afterwards does not matter, as long as the last release is there.
func Filled(ctx context.Context, d *db.DB) (bool, error) {
	for _, slug := range congresses {
		complete, err := complete(ctx, d, slug)
		if err != nil || !complete {
			return false, err
		}
	}
	return true, nil
}

func complete(ctx context.Context, d *db.DB, slug string) (bool, error) {
	found, err := edition.NewService(d, nil).Edition(ctx, slug)
	if errors.Is(err, edition.ErrUnknown) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for demo edition %s: %w", slug, err)
	}
	planned, err := readReleases(slug)
	if err != nil {
		return false, err
	}
	published, err := timetable.NewService(d, nil).Releases(ctx, found.ID)
	if err != nil {
		return false, fmt.Errorf("look for releases of %s: %w", slug, err)
	}
	return len(published) >= len(planned), nil
}

// Fill writes the demo congress into an empty, migrated database, or returns
// ErrNotEmpty. Persons and institutions carry the present moment; everything
// else carries the day on which the congress released it.
//
// Each release is one transaction and its publication another, so a database
// in which Fill was interrupted has to be emptied before it can be filled.
func Fill(ctx context.Context, d *db.DB, now func() time.Time) error {
	editions, err := edition.Editions(ctx, d)
	if err != nil {
		return fmt.Errorf("fill the demo congress: %w", err)
	}
	if len(editions) > 0 {
		return fmt.Errorf("fill the demo congress: %w", ErrNotEmpty)
	}
	f := filler{
		db: d, now: now, institutions: map[string]people.InstitutionID{}, persons: map[string]people.PersonID{},
		terms: map[string]edition.TermID{},
	}
	if err := f.register(ctx, now()); err != nil {
		return fmt.Errorf("fill the demo congress: %w", err)
	}
	for _, slug := range congresses {
		if err := f.congress(ctx, slug); err != nil {
			return fmt.Errorf("fill demo edition %s: %w", slug, err)
		}
	}
	return nil
}

// filler knows by which names the data files call what is already written.
type filler struct {
	db           *db.DB
	now          func() time.Time
	institutions map[string]people.InstitutionID // by slug
	persons      map[string]people.PersonID      // by slug
	terms        map[string]edition.TermID       // by edition/kind/slug
}

// register writes the persons and institutions of all editions.
func (f *filler) register(ctx context.Context, at time.Time) error {
	data, err := read[registerFile]("register.json")
	if err != nil {
		return err
	}
	return f.db.Tx(ctx, func(tx *db.Tx) error {
		for _, i := range data.Institutions {
			if i.PartOf, err = lookUp(f.institutions, i.PartOf); err != nil {
				return err
			}
			saved, err := people.SaveInstitution(ctx, tx, people.Change{By: author, At: at}, i)
			if err != nil {
				return fmt.Errorf("institution %s: %w", i.Slug, err)
			}
			f.institutions[i.Slug] = saved.ID
		}
		for _, p := range data.Persons {
			for n := range p.Affiliations {
				a := &p.Affiliations[n]
				if a.Institution, err = lookUp(f.institutions, a.Institution); err != nil {
					return fmt.Errorf("person %s: %w", p.Slug, err)
				}
			}
			saved, err := people.SavePerson(ctx, tx, people.Change{By: author, At: at}, p)
			if err != nil {
				return fmt.Errorf("person %s: %w", p.Slug, err)
			}
			f.persons[p.Slug] = saved.ID
		}
		return nil
	})
}

// lookUp translates a name of the data files into the id that was given. An
// empty name stays empty: the fact is not known.
func lookUp[ID ~string](known map[string]ID, name ID) (ID, error) {
	if name == "" {
		return "", nil
	}
	id, ok := known[string(name)]
	if !ok {
		return "", fmt.Errorf("%w: %q", errUnknownName, string(name))
	}
	return id, nil
}

var errUnknownName = errors.New("demo: a name that the data do not explain")

func (f *filler) credits(all []edition.Credit) (err error) {
	for i := range all {
		if all[i].Institution, err = lookUp(f.institutions, all[i].Institution); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) appearances(all []programme.Appearance) (err error) {
	for i := range all {
		if all[i].Person, err = lookUp(f.persons, all[i].Person); err != nil {
			return err
		}
	}
	return nil
}
