package practice

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/search"
	"obrady/internal/text"
)

// Shelf is what the public reads of practices and stories, from memory. Nothing that
// is not published ever comes into it.
type Shelf struct {
	// Changed is called when the public reads something else; nobody is told when nil.
	Changed func()

	db    *db.DB
	log   *slog.Logger
	state atomic.Pointer[map[edition.ID]*Catalogue]
	turn  sync.Mutex
}

// NewShelf returns a Shelf that is empty until the first Refresh.
func NewShelf(d *db.DB, log *slog.Logger) *Shelf {
	s := &Shelf{db: d, log: log}
	s.state.Store(&map[edition.ID]*Catalogue{})
	return s
}

// Catalogue is what the public reads of one edition. Nobody changes it once it is made.
type Catalogue struct {
	Edition   edition.ID
	Practices []Shown // the latest first
	Stories   []Heard // the latest first
	// Generation changes whenever anything of the catalogue does.
	Generation string

	indexes sync.Map // search.Index by language and kind
}

// Shown is a published practice as the public reads it.
type Shown struct {
	ID   ID
	Slug string
	Content
	Number      int // of the release
	FirstAt     time.Time
	PublishedAt time.Time
	CheckAt     time.Time
	HasContact  bool
	Adoptions   []Adoption // confirmed by both sides
}

// Due says whether the check of the practice is overdue at the moment now.
func (s Shown) Due(now time.Time) bool { return !s.CheckAt.IsZero() && !now.Before(s.CheckAt) }

// Heard is a published story as the public reads it.
type Heard struct {
	Slug string
	Telling
	At time.Time
}

// empty is what the public reads of an edition without any practices.
var empty = &Catalogue{Generation: "0"}

// Of is the catalogue of an edition; an empty one where there is none.
func (s *Shelf) Of(of edition.ID) *Catalogue {
	if c := (*s.state.Load())[of]; c != nil {
		return c
	}
	return empty
}

// Refresh looks at what has changed and takes it over.
func (s *Shelf) Refresh(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	marks, err := marksOf(ctx, s.db)
	if err != nil {
		return fmt.Errorf("look at the catalogue: %w", err)
	}
	before, after, same := *s.state.Load(), map[edition.ID]*Catalogue{}, true
	for of, revision := range marks {
		generation := strconv.FormatInt(revision, 10)
		if old := before[of]; old != nil && old.Generation == generation {
			after[of] = old
			continue
		}
		same = false
		c := &Catalogue{Edition: of, Generation: generation}
		if err := s.db.Snapshot(ctx, func(q db.Querier) error { return c.load(ctx, q) }); err != nil {
			return fmt.Errorf("read the catalogue of %s: %w", of, err)
		}
		after[of] = c
	}
	if !same || len(before) != len(after) {
		s.state.Store(&after)
		if s.Changed != nil {
			s.Changed()
		}
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
			s.log.ErrorContext(ctx, "catalogue not renewed", "err", err)
		}
	}
}

// Practice finds a practice by its address, or ErrNone.
func (c *Catalogue) Practice(slug string) (*Shown, error) {
	for i := range c.Practices {
		if c.Practices[i].Slug == slug {
			return &c.Practices[i], nil
		}
	}
	return nil, ErrNone
}

// Story finds a story by its address, or ErrNoStory.
func (c *Catalogue) Story(slug string) (*Heard, error) {
	for i := range c.Stories {
		if c.Stories[i].Slug == slug {
			return &c.Stories[i], nil
		}
	}
	return nil, ErrNoStory
}

// Picture finds what is said about a picture of a published practice, or ErrNoPicture.
func (c *Catalogue) Picture(id string) (Picture, error) {
	for _, p := range c.Practices {
		for _, one := range p.Pictures {
			if one.ID == id {
				return one, nil
			}
		}
	}
	return Picture{}, ErrNoPicture
}

// What a search finds.
const (
	FoundPractice = "practice"
	FoundStory    = "story"
)

// Search finds words of one kind in one language. The index is made at the first question.
func (c *Catalogue) Search(lang i18n.Lang, kind string) *search.Index {
	type index struct {
		once sync.Once
		made *search.Index
	}
	kept, _ := c.indexes.LoadOrStore(string(lang)+kind, &index{})
	one, _ := kept.(*index)
	one.once.Do(func() { one.made = search.Build(c.documents(lang, kind)) })
	return one.made
}

func (c *Catalogue) documents(lang i18n.Lang, kind string) (docs []search.Document) {
	add := func(slug string, title i18n.Text, fields ...search.Field) {
		docs = append(docs, search.Document{ID: slug, Kind: kind, Lang: string(lang), Title: title.In(lang).Text, Fields: fields})
	}
	words := func(t i18n.Text, weight float64) search.Field {
		return search.Field{Text: text.Plain(t.In(lang).Text), Weight: weight}
	}
	if kind == FoundStory {
		for _, s := range c.Stories {
			fields := []search.Field{words(s.Advice, 2), words(s.Owner, 2), words(s.City, 2), {Text: s.Teller}}
			for _, p := range s.parts() {
				fields = append(fields, words(p.text, 1))
			}
			add(s.Slug, s.Title, fields...)
		}
		return docs
	}
	for _, p := range c.Practices {
		fields := []search.Field{words(p.City, 4), words(p.Owner, 3), words(p.Summary, 2)}
		for _, s := range p.sections() {
			fields = append(fields, words(s.text, 1))
		}
		for _, b := range p.Blocks {
			fields = append(fields, words(b.Name, 2), words(b.What, 1), words(b.Needs, 1), words(b.Watch, 1))
		}
		for _, one := range p.Partners {
			fields = append(fields, words(one.Name, 2))
		}
		for _, one := range p.Results {
			fields = append(fields, words(one.Indicator, 1))
		}
		add(p.Slug, p.Title, fields...)
	}
	return docs
}

// Contact returns whom to ask about a published practice, for those who are signed in, or ErrNone.
func (s *Service) Contact(ctx context.Context, practice ID) (Contact, error) {
	p, err := s.Practice(ctx, practice)
	if err != nil {
		return Contact{}, err
	}
	if p.State != Published || p.Contact.Account == "" || p.Contact.Name == "" {
		return Contact{}, ErrNone
	}
	return p.Contact, nil
}
