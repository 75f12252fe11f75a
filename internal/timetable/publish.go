package timetable

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/id"
	"obrady/internal/journal"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// Releases lists the releases of an edition, the latest first, with their
// change lists.
func (s *Service) Releases(ctx context.Context, of edition.ID) ([]Release, error) {
	return releases(ctx, s.db, of)
}

// Latest returns the release that the public sees, or ErrNoRelease.
func (s *Service) Latest(ctx context.Context, of edition.ID) (Release, error) {
	return latestRelease(ctx, s.db, of)
}

// Published returns what a release says. Only an erasure ever changes that,
// here or on another instance, and the hash with it.
func (s *Service) Published(ctx context.Context, release ReleaseID) (*Index, error) {
	hash, err := hashOfRelease(ctx, s.db, release)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if kept := s.thawed[release]; kept.hash == hash {
		return kept.Index, nil
	}
	p, err := loadDocument(ctx, s.db, release)
	if err != nil {
		return nil, err
	}
	const kept = 16
	if len(s.thawed) >= kept {
		clear(s.thawed)
	}
	x := p.Index()
	s.thawed[release] = thawed{x, hash}
	return x, nil
}

// Proposal is what a release would do: what the public would see, what
// changes, and what the clash check says about it.
type Proposal struct {
	Programme *Programme
	Changes   []Change
	Findings  []Finding
}

// Errors counts the findings that keep the proposal from being published.
func (p Proposal) Errors() int {
	n := 0
	for _, f := range p.Findings {
		if f.Severity == Error {
			n++
		}
	}
	return n
}

// Propose shows what a release of this scope would do, without doing it.
func (s *Service) Propose(ctx context.Context, of edition.ID, scope Scope) (Proposal, error) {
	last, err := s.lastPublished(ctx, s.db, of)
	if err != nil {
		return Proposal{}, err
	}
	return s.propose(ctx, s.db, last, of, scope)
}

// ProposeIn is Propose inside a caller's transaction.
func (s *Service) ProposeIn(ctx context.Context, tx *db.Tx, of edition.ID, scope Scope) (Proposal, error) {
	last, err := s.lastPublished(ctx, tx, of)
	if err != nil {
		return Proposal{}, err
	}
	return s.propose(ctx, tx, last, of, scope)
}

func (s *Service) lastPublished(ctx context.Context, q db.Querier, of edition.ID) (*Index, error) {
	latest, err := latestRelease(ctx, q, of)
	if errors.Is(err, ErrNoRelease) {
		return nil, nil //nolint:nilnil // before the first release there is nothing to compare with
	}
	if err != nil {
		return nil, err
	}
	p, err := loadDocument(ctx, q, latest.ID)
	if err != nil {
		return nil, err
	}
	return p.Index(), nil
}

func (s *Service) propose(ctx context.Context, q db.Querier, last *Index, of edition.ID, scope Scope) (Proposal, error) {
	working, err := Load(ctx, q, of)
	if err != nil {
		return Proposal{}, err
	}
	if err := scope.validate(working); err != nil {
		return Proposal{}, err
	}
	var before *Programme
	if last != nil {
		before = last.Programme
	}
	next := Freeze(before, working, scope)
	x := next.Index()
	return Proposal{Programme: next, Changes: Compare(last, x), Findings: x.Check()}, nil
}

func (s Scope) validate(p *Programme) error {
	x := p.Index()
	var wrong errs.Problems
	switch s.Kind {
	case Whole:
	case OneBlock:
		if x.Block(programme.BlockID(s.ID)) == nil {
			wrong.Add("scope", "programme.no_block")
		}
	case OneStage:
		if x.Stage(programme.StageID(s.ID)) == nil {
			wrong.Add("scope", "programme.no_stage")
		}
	default:
		wrong.Add("scope", "programme.choose")
	}
	return wrong.Err()
}

// Order is what an organiser asks for when publishing.
type Order struct {
	Edition edition.ID
	Name    i18n.Text
	Note    i18n.Text
	Scope   Scope
	By      people.AccountID
	// DespiteErrors publishes although the clash check finds errors; the
	// journal keeps that it was so.
	DespiteErrors bool
}

const maxReleaseName = 60

func (o Order) validate() error {
	var wrong errs.Problems
	switch n := len([]rune(o.Name.PL)); {
	case n == 0:
		wrong.Add("name", "timetable.name_missing")
	case n > maxReleaseName:
		wrong.Add("name", "people.too_long", maxReleaseName)
	}
	if len([]rune(o.Name.EN)) > maxReleaseName {
		wrong.Add("name_en", "people.too_long", maxReleaseName)
	}
	return wrong.Err()
}

// Publish freezes the working programme as a new release. It refuses when
// nothing has changed (ErrUnchanged) and, unless told otherwise, when there
// are clashes that are errors (ErrClashes).
func (s *Service) Publish(ctx context.Context, o Order) (Release, error) {
	var published Release
	err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		published, err = s.PublishIn(ctx, tx, o)
		return err
	})
	if err != nil {
		return Release{}, fmt.Errorf("publish %s: %w", o.Name.PL, err)
	}
	return published, nil
}

// PublishIn is Publish inside a caller's transaction.
func (s *Service) PublishIn(ctx context.Context, tx *db.Tx, o Order) (Release, error) {
	if err := o.validate(); err != nil {
		return Release{}, err
	}
	// The programme is read by several statements; nobody may finish a change between them.
	if err := journal.Hold(ctx, tx); err != nil {
		return Release{}, err
	}
	last, err := s.lastPublished(ctx, tx, o.Edition)
	if err != nil {
		return Release{}, err
	}
	proposal, err := s.propose(ctx, tx, last, o.Edition, o.Scope)
	if err != nil {
		return Release{}, err
	}
	if proposal.Errors() > 0 && !o.DespiteErrors {
		return Release{}, ErrClashes.With(proposal.Errors())
	}
	if last != nil && len(proposal.Changes) == 0 && sameDocument(last.Programme, proposal.Programme) {
		return Release{}, ErrUnchanged
	}
	return s.write(ctx, tx, o, s.now(), proposal)
}

// sameDocument reports whether both programmes read the same to the public.
func sameDocument(a, b *Programme) bool {
	withoutNumbers := *b
	withoutNumbers.Numbers = a.Numbers
	_, ha, errA := a.encode()
	_, hb, errB := withoutNumbers.encode()
	return errA == nil && errB == nil && ha == hb
}

func (s *Service) write(ctx context.Context, tx *db.Tx, o Order, now time.Time, p Proposal) (Release, error) {
	if err := giveNumbers(ctx, tx, p.Programme); err != nil {
		return Release{}, err
	}
	document, hash, err := p.Programme.encode()
	if err != nil {
		return Release{}, err
	}
	r := Release{
		ID: id.Make[ReleaseID](), Edition: o.Edition, Name: o.Name, Note: o.Note, Scope: o.Scope,
		PublishedAt: now, PublishedBy: o.By, Changes: p.Changes, Hash: hash,
	}
	if r.Number, err = insertRelease(ctx, tx, r, document); err != nil {
		return r, releaseTaken(err)
	}
	if err := journal.Write(ctx, tx, journal.Entry{
		At: now, Actor: string(o.By), Action: "timetable.released", Edition: string(o.Edition), Object: string(r.ID),
		Detail: map[string]any{"number": r.Number, "errors": p.Errors(), "changes": len(p.Changes)},
	}); err != nil {
		return r, err
	}
	return r, outbox.Add(ctx, tx, now, Released{o.Edition, r.ID, r.Number})
}

func releaseTaken(err error) error {
	if !errors.Is(err, db.ErrExists) {
		return err
	}
	var wrong errs.Problems
	wrong.Add("name", "timetable.name_taken")
	return wrong.Err()
}

// giveNumbers gives every slot and every part of the programme that is no break an integer for
// ever; one that has a number keeps it.
func giveNumbers(ctx context.Context, tx *db.Tx, p *Programme) error {
	known, err := numbers(ctx, tx, p.Edition.ID)
	if err != nil {
		return err
	}
	next := 0
	for _, n := range known {
		next = max(next, n)
	}
	p.Numbers = map[string]int{}
	for _, object := range p.numbered() {
		if known[object] == 0 {
			next++
			known[object] = next
			if err := insertNumber(ctx, tx, p.Edition.ID, object, next); err != nil {
				return err
			}
		}
		p.Numbers[object] = known[object]
	}
	return nil
}

// numbered lists everything in the programme that files give a number.
func (p *Programme) numbered() []string {
	x := p.Index()
	var objects []string
	for _, slot := range p.Slots {
		objects = append(objects, NumberOf(slot.ID, ""))
		for _, g := range x.Session(slot.Session).Segments {
			if g.Kind != programme.Pause {
				objects = append(objects, NumberOf(slot.ID, g.ID))
			}
		}
	}
	return objects
}

// ReserveNumbers gives objects the numbers that they have in a file of
// others, each if nothing else of the edition has it; one that goes away
// empty-handed gets a number of ours with the next release.
func ReserveNumbers(ctx context.Context, tx *db.Tx, of edition.ID, wanted map[string]int) error {
	known, err := numbers(ctx, tx, of)
	if err != nil {
		return err
	}
	taken := map[int]bool{}
	for _, n := range known {
		taken[n] = true
	}
	for _, object := range slices.Sorted(maps.Keys(wanted)) {
		n := wanted[object]
		if n <= 0 || known[object] != 0 || taken[n] {
			continue
		}
		if err := insertNumber(ctx, tx, of, object, n); err != nil {
			return err
		}
		taken[n] = true
	}
	return nil
}
