package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// congress writes one edition, release by release.
func (f *filler) congress(ctx context.Context, slug string) error {
	b := builder{
		filler: f, slug: slug, blocks: map[string]programme.BlockID{}, stages: map[string]programme.StageID{},
		places: map[string]timetable.PlaceID{}, sessions: map[string]programme.SessionID{}, saved: map[string]*saved{},
	}
	if err := b.read(); err != nil {
		return err
	}
	for n, release := range b.releases {
		if err := b.release(ctx, n+1, release); err != nil {
			return fmt.Errorf("release %s: %w", release.Name, err)
		}
	}
	if slug == Main {
		if err := b.partners(ctx, f.now); err != nil {
			return err
		}
	}
	if err := b.participation(ctx); err != nil {
		return err
	}
	if err := b.signups(ctx); err != nil {
		return err
	}
	if err := b.practices(ctx); err != nil {
		return err
	}
	if err := b.calls(ctx); err != nil {
		return err
	}
	return b.kaleidoscopes(ctx)
}

// builder writes one edition and remembers what it has written.
type builder struct {
	*filler
	slug     string
	file     editionFile
	rooms    placesFile
	strands  blocksFile
	entries  []sessionEntry
	releases []releaseEntry

	edition  edition.Edition
	blocks   map[string]programme.BlockID
	stages   map[string]programme.StageID
	places   map[string]timetable.PlaceID
	sessions map[string]programme.SessionID
	saved    map[string]*saved
	accounts []people.AccountID // of the participants, in their order
}

// saved is a session as it stands in the database, with its hours.
type saved struct {
	session programme.Session
	slots   []timetable.Slot
}

func (b *builder) read() (err error) {
	if b.file, err = read[editionFile](b.slug + "/edition.json"); err != nil {
		return err
	}
	if b.rooms, err = readPlaces(b.slug); err != nil {
		return err
	}
	if b.strands, err = read[blocksFile](b.slug + "/blocks.json"); err != nil {
		return err
	}
	if b.entries, err = readSessions(b.slug); err != nil {
		return err
	}
	b.releases, err = readReleases(b.slug)
	return err
}

// release writes what is new in the n-th release and publishes it on its day.
func (b *builder) release(ctx context.Context, n int, r releaseEntry) error {
	day, clock, _ := strings.Cut(r.At, " ")
	at, err := instant(civil.Date(day), clock, b.file.Edition.Location())
	if err != nil {
		return err
	}
	change := people.Change{By: author, At: at}
	err = b.db.Tx(ctx, func(tx *db.Tx) error {
		if n == 1 {
			if err := b.frame(ctx, tx, change); err != nil {
				return err
			}
		}
		if err := b.newSessions(ctx, tx, change, n); err != nil {
			return err
		}
		for _, one := range r.Changes {
			if err := b.change(ctx, tx, change, one); err != nil {
				return fmt.Errorf("change %s: %w", one.Session, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	clockOnTheWall := func() time.Time { return at }
	if n == 1 {
		if err := b.surroundings(ctx, clockOnTheWall); err != nil {
			return err
		}
	}
	_, err = timetable.NewService(b.db, clockOnTheWall).Publish(ctx, timetable.Order{
		Edition: b.edition.ID, Name: r.Name, Note: r.Note, Scope: timetable.Scope{Kind: timetable.Whole},
		By: author,
	})
	return err
}

// frame writes everything of the edition but its sessions.
func (b *builder) frame(ctx context.Context, tx *db.Tx, c people.Change) error {
	for _, write := range []func(context.Context, *db.Tx, people.Change) error{
		b.writeEdition, b.writeTaxonomies, b.writePages, b.writeStatement, b.writeBlocks, b.writeStages, b.writePlaces,
	} {
		if err := write(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) writeEdition(ctx context.Context, tx *db.Tx, c people.Change) (err error) {
	if err := b.credits(b.file.Edition.Credits); err != nil {
		return err
	}
	b.edition, err = edition.Save(ctx, tx, c, b.file.Edition)
	return err
}

func (b *builder) writeTaxonomies(ctx context.Context, tx *db.Tx, c people.Change) (err error) {
	for i, t := range b.file.Taxonomies {
		t.Edition, t.Position = b.edition.ID, i
		for n := range t.Terms {
			if t.Terms[n].Continues, err = lookUp(b.terms, t.Terms[n].Continues); err != nil {
				return err
			}
		}
		if t, err = edition.SaveTaxonomy(ctx, tx, c, t); err != nil {
			return fmt.Errorf("taxonomy %s: %w", t.Kind, err)
		}
		for _, term := range t.Terms {
			b.terms[b.slug+"/"+string(t.Kind)+"/"+term.Slug] = term.ID
		}
	}
	return nil
}

func (b *builder) writePages(ctx context.Context, tx *db.Tx, c people.Change) error {
	for i, p := range b.file.Pages {
		body, err := readPage(b.slug, p.Slug)
		if err != nil {
			return err
		}
		if _, err := edition.SavePage(ctx, tx, c, edition.Page{
			Edition: b.edition.ID, Slug: p.Slug, Kind: p.Kind, Title: p.Title, Body: body, Position: i,
		}); err != nil {
			return fmt.Errorf("page %s: %w", p.Slug, err)
		}
	}
	return nil
}

func (b *builder) writeBlocks(ctx context.Context, tx *db.Tx, c people.Change) (err error) {
	for i, entry := range b.strands.Blocks {
		block := entry.Block
		block.Edition, block.Position = b.edition.ID, i
		if block.Parent, err = lookUp(b.blocks, block.Parent); err != nil {
			return err
		}
		if err := b.credits(block.Credits); err != nil {
			return err
		}
		if block, err = programme.SaveBlock(ctx, tx, c, block); err != nil {
			return fmt.Errorf("block %s: %w", block.Slug, err)
		}
		b.blocks[block.Slug] = block.ID
	}
	return nil
}

func (b *builder) writeStages(ctx context.Context, tx *db.Tx, c people.Change) (err error) {
	for i, stage := range b.strands.Stages {
		stage.Edition, stage.Position = b.edition.ID, i
		if stage.Block, err = lookUp(b.blocks, stage.Block); err != nil {
			return err
		}
		if err := b.credits(stage.Credits); err != nil {
			return err
		}
		if stage, err = programme.SaveStage(ctx, tx, c, stage); err != nil {
			return fmt.Errorf("stage %s: %w", stage.Slug, err)
		}
		b.stages[stage.Slug] = stage.ID
	}
	return nil
}

func (b *builder) writePlaces(ctx context.Context, tx *db.Tx, c people.Change) (err error) {
	for i, place := range b.rooms.Places {
		place.Edition, place.Position = b.edition.ID, i
		if place, err = timetable.SavePlace(ctx, tx, c, place); err != nil {
			return fmt.Errorf("place %s: %w", place.Slug, err)
		}
		b.places[place.Slug] = place.ID
	}
	return nil
}

// surroundings writes the walks and the marks, which are saved one by one.
func (b *builder) surroundings(ctx context.Context, now func() time.Time) (err error) {
	for _, w := range b.rooms.Walks {
		if w.From, err = lookUp(b.places, w.From); err != nil {
			return err
		}
		if w.To, err = lookUp(b.places, w.To); err != nil {
			return err
		}
		if err := timetable.NewService(b.db, now).SaveWalk(ctx, author, w); err != nil {
			return err
		}
	}
	for i, l := range b.file.Logos {
		if _, err := edition.NewService(b.db, now).SaveLogo(ctx, author, edition.Logo{
			Edition: b.edition.ID, Role: l.Role, Name: l.Name, URL: l.URL, Position: i,
		}); err != nil {
			return err
		}
	}
	return nil
}
