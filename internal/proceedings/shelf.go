package proceedings

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/search"
)

// Shelf is what the public reads of volumes, from memory: the latest version of each, and what each version changed.
type Shelf struct {
	// Changed is called when the public reads something else; nobody is told when nil.
	Changed func()

	db    *db.DB
	log   *slog.Logger
	turn  sync.Mutex
	state atomic.Pointer[shelved]
}

type shelved struct {
	mark string
	of   map[edition.ID][]Published
}

// NewShelf returns a Shelf that is empty until the first Refresh.
func NewShelf(d *db.DB, log *slog.Logger) *Shelf {
	s := &Shelf{db: d, log: log}
	s.state.Store(&shelved{})
	return s
}

// Published is a volume as the public reads it. Nobody changes it once it is made.
type Published struct {
	Volume
	Document Document
	At       time.Time // of this version
	FirstAt  time.Time
	History  []Version // without documents, the latest first

	index func() *search.Index
}

// Search finds words in the contributions of the volume; what it finds is named by code. The index is made at the first
// question.
func (p Published) Search() *search.Index { return p.index() }

// weightNames is how much more an author or a keyword tells of a contribution than a word of its abstract.
const weightNames = 2

func (d Document) searched() *search.Index {
	var docs []search.Document
	for _, e := range d.Standing() {
		fields := []search.Field{{Text: e.Abstract, Weight: 1}, {Text: strings.Join(e.Keywords, " "), Weight: weightNames}}
		for _, a := range e.Authors {
			fields = append(fields, search.Field{Text: a.Name + " " + a.Affiliation, Weight: weightNames})
		}
		docs = append(docs, search.Document{ID: e.Code, Kind: "contribution", Lang: string(e.Language), Title: e.Title, Fields: fields})
	}
	return search.Build(docs)
}

// Of lists the volumes of an edition that the public reads.
func (s *Shelf) Of(of edition.ID) []Published { return s.state.Load().of[of] }

// Volume finds a volume by its address, or ErrNone.
func (s *Shelf) Volume(of edition.ID, slug string) (Published, error) {
	for _, p := range s.Of(of) {
		if p.Slug == slug {
			return p, nil
		}
	}
	return Published{}, ErrNone
}

// Generation changes whenever anything on the shelf does.
func (s *Shelf) Generation() string { return s.state.Load().mark }

// Refresh looks at what has changed and takes it over.
func (s *Shelf) Refresh(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	mark, err := markOf(ctx, s.db)
	if err != nil {
		return fmt.Errorf("look at the volumes: %w", err)
	}
	if mark == s.state.Load().mark {
		return nil
	}
	next := &shelved{mark: mark, of: map[edition.ID][]Published{}}
	if err := s.db.Snapshot(ctx, func(q db.Querier) error { return next.load(ctx, q) }); err != nil {
		return fmt.Errorf("read the volumes: %w", err)
	}
	s.state.Store(next)
	if s.Changed != nil {
		s.Changed()
	}
	return nil
}

func (s *shelved) load(ctx context.Context, q db.Querier) error {
	volumes, err := volumesBy(ctx, q, `version > 0`)
	if err != nil {
		return err
	}
	for _, v := range volumes {
		versions, err := versionsBy(ctx, q, `volume_id = $1`, v.ID)
		if err != nil {
			return err
		}
		p := Published{Volume: v}
		for _, one := range versions {
			if one.Number == 1 {
				p.FirstAt = one.At
			}
			if one.Number == v.Version {
				p.Document, p.At = one.Document, one.At
			}
			one.Document = Document{}
			p.History = append([]Version{one}, p.History...)
		}
		p.index = sync.OnceValue(p.Document.searched)
		s.of[v.Edition] = append(s.of[v.Edition], p)
	}
	return nil
}

// Run refreshes the shelf every so often until ctx ends, so that an instance sees what another one has published.
func (s *Shelf) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "volumes not renewed", "err", err)
		}
	}
}
