package timetable

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/journal"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Collect lists the releases that name the subject.
// key: timetable.data.*
func Collect(ctx context.Context, q db.Querier, s people.Subject) (people.Extract, error) {
	out := people.Extract{Part: "timetable.data.part"}
	if s.Person == "" {
		return out, nil
	}
	err := eachRelease(ctx, q, func(r Release, p *Programme) error {
		i := slices.IndexFunc(p.Persons, func(one people.Person) bool { return one.ID == s.Person })
		if i < 0 {
			return nil
		}
		one := p.Persons[i]
		out.Rows = append(out.Rows, map[string]any{
			"edition": p.Edition.Slug, "release": r.Number, "published_at": r.PublishedAt,
			"name": one.Name, "address": one.Slug, "bio": one.Bio, "affiliations": one.Affiliations,
		})
		return nil
	})
	return out, err
}

// eachRelease visits every release of every edition, the earliest first.
func eachRelease(ctx context.Context, q db.Querier, visit func(Release, *Programme) error) error {
	editions, err := edition.Editions(ctx, q)
	if err != nil {
		return err
	}
	for _, e := range editions {
		all, err := releases(ctx, q, e.ID)
		if err != nil {
			return err
		}
		for _, r := range slices.Backward(all) {
			p, err := loadDocument(ctx, q, r.ID)
			if err != nil {
				return fmt.Errorf("read release %d of %s: %w", r.Number, e.Slug, err)
			}
			if err := visit(r, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// Erase puts the neutral mark in the place of the subject in every release.
// A frozen document is otherwise never changed, so the journal keeps the hash
// that it had, the one that it has, and why. Change lists are made anew from
// the documents: they name people too. Run it before the entry of the person
// is erased, which tells by what name to look.
func Erase(ctx context.Context, tx *db.Tx, s people.Subject, now time.Time) ([]people.Outcome, error) {
	done := people.Outcome{Part: "timetable.data.part"}
	if s.Person == "" {
		return nil, nil
	}
	editions, err := edition.Editions(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("erase from releases: %w", err)
	}
	trace, err := traceOf(ctx, tx, s.Person)
	if err != nil {
		return nil, fmt.Errorf("erase from releases: %w", err)
	}
	for _, e := range editions {
		n, err := redactEdition(ctx, tx, e.ID, trace, now)
		if err != nil {
			return nil, fmt.Errorf("erase from releases of %s: %w", e.Slug, err)
		}
		done.Gone += n
	}
	return []people.Outcome{done}, nil
}

// traceOf gathers under which names the person has ever been published.
func traceOf(ctx context.Context, q db.Querier, person people.PersonID) (programme.Trace, error) {
	working, err := people.FindPerson(ctx, q, person)
	if err != nil && !errors.Is(err, people.ErrNoPerson) {
		return programme.Trace{}, err
	}
	working.ID = person
	trace := programme.Trace{Person: person}
	if err == nil {
		trace.Add(working)
	}
	err = eachRelease(ctx, q, func(_ Release, p *Programme) error {
		for _, one := range p.Persons {
			if one.ID == person && !slices.Contains(trace.Names, one.Name) {
				trace.Add(one)
			}
		}
		return nil
	})
	return trace, err
}

// redactEdition rewrites the releases of one edition that tell of the person,
// and returns how many did.
func redactEdition(ctx context.Context, tx *db.Tx, of edition.ID, t programme.Trace, now time.Time) (n int, err error) {
	all, err := releases(ctx, tx, of)
	if err != nil {
		return 0, err
	}
	var before *Index
	toldBefore := false
	for _, r := range slices.Backward(all) {
		p, err := loadDocument(ctx, tx, r.ID)
		if err != nil {
			return n, err
		}
		bare, told := p.WithoutPerson(t)
		after := bare.Index()
		changes := Compare(before, after)
		stays := !told && (!toldBefore || sameChanges(changes, r.Changes))
		if before, toldBefore = after, told; stays {
			continue
		}
		n++
		r.Changes = changes
		if err := rewrite(ctx, tx, r, bare, now); err != nil {
			return n, fmt.Errorf("rewrite release %d: %w", r.Number, err)
		}
	}
	if n == 0 {
		return 0, nil
	}
	return n, edition.Renew(ctx, tx, of, now)
}

// sameChanges reports whether both lists tell the same of the same sessions.
func sameChanges(a, b []Change) bool {
	return slices.EqualFunc(a, b, func(x, y Change) bool {
		return x.Session == y.Session && x.Kind == y.Kind && slices.EqualFunc(x.Fields, y.Fields, func(f, g FieldChange) bool {
			return f.Field == g.Field && f.Before.text() == g.Before.text() && f.After.text() == g.After.text()
		})
	})
}

// WithoutPerson is the programme with the neutral mark in the place of a
// person; told says whether it named the person at all.
func (p *Programme) WithoutPerson(t programme.Trace) (bare *Programme, told bool) {
	next := *p
	next.Persons = slices.Clone(p.Persons)
	for i, one := range next.Persons {
		if one.ID == t.Person && (!one.Erased() || len(one.Affiliations) > 0) {
			next.Persons[i], told = one.Neutral(), true
		}
	}
	next.Sessions = slices.Clone(p.Sessions)
	for i, s := range next.Sessions {
		if next.Sessions[i] = s.WithoutPerson(t); !s.SaysNothingOf(t) {
			told = true
		}
	}
	return &next, told
}

// rewrite freezes the release anew.
func rewrite(ctx context.Context, tx *db.Tx, r Release, p *Programme, now time.Time) error {
	document, hash, err := p.encode()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		UPDATE release SET document = $2, hash = $3, changes = $4 WHERE id = $1`,
		r.ID, document, hash, db.JSON(r.Changes)); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{
		At: now, Actor: journal.System, Action: "timetable.release_redacted", Edition: string(r.Edition), Object: string(r.ID),
		Detail: map[string]any{"number": r.Number, "was": r.Hash, "is": hash, "why": "erasure of personal data"},
	})
}
