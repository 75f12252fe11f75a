// Package bench measures how fast visitors get the pages of the congress, beside the limit of the machine that it
// runs on, and makes up the large congress that it measures with.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// Size is how large a congress to make up.
type Size struct {
	Slug              string // the address of its edition
	Sessions, Persons int
	Entry             programme.Entry // how one gets into the sessions; without signing up when unknown
}

const (
	places       = 12
	institutions = 60
	stages       = 8
	days         = 3
	zone         = "Europe/Warsaw"
	actor        = people.AccountID("generator")
)

// FirstDay is that of every congress that Generate makes.
const FirstDay = civil.Date("2031-06-09")

// Generate fills an edition of the given size with made-up texts, the same each time, and publishes it. Everything
// in it is marked as an example.
func Generate(ctx context.Context, d *db.DB, now func() time.Time, size Size) error {
	g := &generator{size: size, words: words{state: 2654435761}}
	err := d.Tx(ctx, func(tx *db.Tx) error {
		g.tx, g.change = tx, people.Change{By: actor, At: now()}
		for _, step := range []func(context.Context) error{
			g.edition, g.taxonomies, g.institutions, g.persons, g.blocks, g.stages, g.places, g.sessions,
		} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make up %s: %w", size.Slug, err)
	}
	_, err = timetable.NewService(d, now).Publish(ctx, timetable.Order{
		Edition: g.id, Name: i18n.Both("Wersja wzorcowa"), Scope: timetable.Scope{Kind: timetable.Whole}, By: actor,
	})
	if err != nil {
		return fmt.Errorf("publish %s: %w", size.Slug, err)
	}
	return nil
}

// generator remembers what it has made, so that later things can refer to it.
type generator struct {
	size   Size
	words  words
	tx     *db.Tx
	change people.Change

	id        edition.ID
	terms     []edition.TermID
	bodies    []people.InstitutionID
	everybody []people.PersonID
	blockIDs  []programme.BlockID
	stageIDs  []programme.StageID
	placeIDs  []timetable.PlaceID
}

var allExample = []string{"all"}

func (g *generator) edition(ctx context.Context) error {
	e, err := edition.Save(ctx, g.tx, g.change, edition.Edition{
		Slug: g.size.Slug, Name: i18n.Text{PL: "Kongres wzorcowy", EN: "Sample congress"},
		About: g.prose(3), City: i18n.Both("Przykładów"), Venue: i18n.Text{PL: "Hala Wzorcowa", EN: "Sample Hall"},
		StartsOn: FirstDay, EndsOn: FirstDay.Add(days - 1), TimeZone: zone, Form: edition.Hybrid,
		Licence: "CC-BY-4.0", Examples: allExample, Public: true,
	})
	g.id = e.ID
	return err
}

func (g *generator) taxonomies(ctx context.Context) error {
	for i, kind := range []edition.TaxonomyKind{edition.Goal, edition.Theme} {
		t := edition.Taxonomy{Edition: g.id, Kind: kind, Name: g.title(), Version: 1, Position: i}
		for n := range 6 {
			t.Terms = append(t.Terms, edition.Term{Slug: fmt.Sprintf("haslo-%d", n+1), Name: g.title(), Since: 1})
		}
		saved, err := edition.SaveTaxonomy(ctx, g.tx, g.change, t)
		if err != nil {
			return err
		}
		for _, term := range saved.Terms {
			g.terms = append(g.terms, term.ID)
		}
	}
	return nil
}

func (g *generator) institutions(ctx context.Context) error {
	for n := range institutions {
		saved, err := people.SaveInstitution(ctx, g.tx, g.change, people.Institution{
			Slug: fmt.Sprintf("%s-instytucja-%d", g.size.Slug, n+1), Name: i18n.Both(fmt.Sprintf("Miasto Przykładowe nr %d", n+1)),
			Sector: people.Sectors[n%len(people.Sectors)], Example: true,
		})
		if err != nil {
			return err
		}
		g.bodies = append(g.bodies, saved.ID)
	}
	return nil
}

func (g *generator) persons(ctx context.Context) error {
	for n := range g.size.Persons {
		saved, err := people.SavePerson(ctx, g.tx, g.change, people.Person{
			Slug: fmt.Sprintf("%s-osoba-%d", g.size.Slug, n+1), Name: g.words.name(n), Bio: g.prose(1), Example: true,
			Affiliations: []people.Affiliation{{Institution: g.bodies[n%institutions], Title: g.title()}},
		})
		if err != nil {
			return err
		}
		g.everybody = append(g.everybody, saved.ID)
	}
	return nil
}

func (g *generator) blocks(ctx context.Context) error {
	for n, kind := range programme.BlockKinds {
		saved, err := programme.SaveBlock(ctx, g.tx, g.change, programme.Block{
			Edition: g.id, Slug: fmt.Sprintf("blok-%d", n+1), Kind: kind, Mark: string(rune('A' + n)), Colour: n%10 + 1,
			Name: g.title(), Lead: g.sentence(), Body: g.prose(2), Position: n, Examples: allExample,
		})
		if err != nil {
			return err
		}
		g.blockIDs = append(g.blockIDs, saved.ID)
	}
	return nil
}

func (g *generator) stages(ctx context.Context) error {
	for n := range stages {
		saved, err := programme.SaveStage(ctx, g.tx, g.change, programme.Stage{
			Edition: g.id, Slug: fmt.Sprintf("scena-%d", n+1), Mark: fmt.Sprintf("S%d", n+1), Colour: n%10 + 1,
			Name: g.title(), Lead: g.sentence(), Position: n, Examples: allExample,
		})
		if err != nil {
			return err
		}
		g.stageIDs = append(g.stageIDs, saved.ID)
	}
	return nil
}

func (g *generator) places(ctx context.Context) error {
	for n := range places {
		saved, err := timetable.SavePlace(ctx, g.tx, g.change, timetable.Place{
			Edition: g.id, Slug: fmt.Sprintf("sala-%d", n+1), Kind: timetable.Room, Capacity: 400,
			Name: i18n.Text{PL: fmt.Sprintf("Sala %d", n+1), EN: fmt.Sprintf("Room %d", n+1)}, Position: n, Examples: allExample,
		})
		if err != nil {
			return err
		}
		g.placeIDs = append(g.placeIDs, saved.ID)
	}
	return nil
}

func (g *generator) sessions(ctx context.Context) error {
	for n := range g.size.Sessions {
		session, err := programme.SaveSession(ctx, g.tx, g.change, g.session(n))
		if err != nil {
			return err
		}
		start, end := g.hours(n)
		_, err = timetable.SaveSlot(ctx, g.tx, g.change, timetable.Slot{
			Session: session.ID, Place: g.placeIDs[n%places], Start: start, End: end, Examples: allExample,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	opening = 8 // o'clock
	step    = 25 * time.Minute
	length  = 20 * time.Minute
)

// hours spreads the sessions evenly over the days, and within a day over all places.
func (g *generator) hours(n int) (start, end time.Time) {
	location, err := time.LoadLocation(zone)
	if err != nil {
		location = time.UTC
	}
	perDay := (g.size.Sessions + days - 1) / days
	perDay = (perDay + places - 1) / places * places
	day := FirstDay.Add(n / perDay).In(location)
	start = day.Add(opening * time.Hour).Add(time.Duration(n%perDay/places) * step)
	return start, start.Add(length)
}

// session makes up the n-th one. Everybody appears once, so that nobody is in two rooms.
func (g *generator) session(n int) programme.Session {
	s := programme.Session{
		Edition: g.id, Slug: fmt.Sprintf("sesja-%d", n+1), Block: g.blockIDs[n%len(g.blockIDs)],
		Title: g.title(), Lead: g.sentence(), Body: g.prose(3),
		Format: programme.Formats[n%len(programme.Formats)], Form: edition.Forms[n%len(edition.Forms)],
		Languages: []string{"pl"}, Recording: programme.Recorded, Entry: cmp.Or(g.size.Entry, programme.EntryOpen), Capacity: 200,
		Terms:  []edition.TermID{g.terms[n%6], g.terms[6+n%6]},
		Status: programme.Ready, Examples: allExample,
	}
	if n%3 == 0 {
		s.Stage = g.stageIDs[n/3%stages]
	}
	if n%5 == 0 {
		s.Languages, s.Interpretation = []string{"pl", "en"}, []string{"en"}
	}
	for p := n; p < len(g.everybody); p += g.size.Sessions {
		s.People = append(s.People, programme.Appearance{
			Person: g.everybody[p], Role: programme.Roles[p/g.size.Sessions%len(programme.Roles)],
		})
	}
	return s
}
