package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"obrady/internal/call"
	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/kaleidoscope"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// kaleidoscopesFile is a call for abstracts that is over, and the sessions that are composed of what was accepted. All
// of it is made up, and says so.
type kaleidoscopesFile struct {
	Call     callEntry           `json:"call"`
	Sessions []kaleidoscopeEntry `json:"sessions"`
}

type kaleidoscopeEntry struct {
	Slug    string             `json:"slug"`
	Path    string             `json:"path"`
	Title   i18n.Text          `json:"title"`
	Day     civil.Date         `json:"day"`
	Start   string             `json:"start"`
	Minutes int                `json:"minutes"`
	Place   string             `json:"place"`
	Shape   kaleidoscope.Shape `json:"shape"`
	Say     map[string]string  `json:"say"` // how names are said, by the addresses of the presenters
}

// kaleidoscopeBlock is the block of the demonstration in which short talks are held.
const kaleidoscopeBlock = "kalejdoskopy"

// kaleidoscopes writes the call and composes the sessions, which no release has shown yet.
func (b *builder) kaleidoscopes(ctx context.Context) error {
	file, err := read[kaleidoscopesFile](b.slug + "/kaleidoscopes.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	o := &office{builder: b}
	o.calls = call.NewService(b.db, o.clock)
	o.calls.Clock = func(context.Context, db.Querier) (time.Time, error) { return o.at, nil }
	if err := o.open(ctx, file.Call); err != nil {
		return fmt.Errorf("call %s: %w", file.Call.Slug, err)
	}
	of, err := o.calls.Call(ctx, b.edition.ID, file.Call.Slug)
	if err != nil {
		return err
	}
	for _, one := range file.Sessions {
		if err := b.compose(ctx, of, one); err != nil {
			return fmt.Errorf("kaleidoscope %s: %w", one.Slug, err)
		}
	}
	return b.proceedings(ctx, of)
}

// compose makes a session, takes over what is proposed for it, and brings it into the programme.
func (b *builder) compose(ctx context.Context, of call.Call, e kaleidoscopeEntry) error {
	session, err := b.empty(ctx, e)
	if err != nil {
		return err
	}
	keep := kaleidoscope.NewService(b.db, b.now)
	at := kaleidoscope.At{Edition: b.edition.ID, Session: session.ID, By: author}
	if err := keep.Set(ctx, at, kaleidoscope.Settings{Call: of.ID, Path: e.Path, Shape: e.Shape}); err != nil {
		return err
	}
	at.Revision++
	proposed, err := keep.Propose(ctx, at, 1)
	if err != nil {
		return err
	}
	if err := keep.Arrange(ctx, at, proposed.Cycles); err != nil {
		return err
	}
	at.Revision++
	if err := b.tell(ctx, keep, at, e.Say); err != nil {
		return err
	}
	return keep.Compose(ctx, at)
}

// empty is a session of the block of short talks with hours and a place, and nobody in it yet.
func (b *builder) empty(ctx context.Context, e kaleidoscopeEntry) (programme.Session, error) {
	place, err := lookUp(b.places, timetable.PlaceID(e.Place))
	if err != nil {
		return programme.Session{}, err
	}
	start, err := civil.ParseClock(e.Start)
	if err != nil {
		return programme.Session{}, err
	}
	session, err := programme.NewService(b.db, b.now).SaveSession(ctx, author, programme.Session{
		Edition: b.edition.ID, Slug: e.Slug, Block: b.blocks[kaleidoscopeBlock], Title: e.Title, Format: programme.Kaleidoscope, Form: edition.OnSite,
		Status: programme.Draft, Languages: []string{"pl"}, Examples: []string{"all"},
	})
	if err != nil {
		return session, err
	}
	begin := e.Day.In(b.edition.Location()).Add(time.Duration(start) * time.Minute)
	_, err = timetable.NewService(b.db, b.now).SaveSlot(ctx, author, timetable.Slot{
		Session: session.ID, Place: place, Start: begin, End: begin.Add(time.Duration(e.Minutes) * time.Minute), Examples: []string{"all"},
	})
	return session, err
}

// tell notes how some names are said.
func (b *builder) tell(ctx context.Context, keep *kaleidoscope.Service, at kaleidoscope.At, say map[string]string) error {
	v, err := keep.Open(ctx, at)
	if err != nil {
		return err
	}
	for _, c := range v.Plan.Cycles {
		for _, t := range c.Talks {
			for address, words := range say {
				if !spokenBy(t, address) {
					continue
				}
				if err := keep.Tell(ctx, at, kaleidoscope.About{Submission: t.Submission, Times: kaleidoscope.Times{}, Say: words}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// spokenBy says whether somebody with this address holds a talk.
func spokenBy(t kaleidoscope.Talk, address string) bool {
	for _, p := range t.Presenters {
		if strings.Contains(strings.Join(p.Keys, " "), address) {
			return true
		}
	}
	return false
}
