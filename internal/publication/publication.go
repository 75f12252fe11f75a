// Package publication knows what the public of the congress sees right now:
// of every edition its latest release, its pages, its marks, and where each
// word of the programme stands. It answers from memory, so that a page costs
// the database nothing.
package publication

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/partner"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/registration"
	"obrady/internal/search"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// ErrUnknown is returned for an edition that the public does not see.
var ErrUnknown = errs.New(errs.NotFound, "edition.unknown")

// Edition is what the public sees of one edition. Nobody changes it once it
// is made; a new release makes a new one.
type Edition struct {
	edition.Edition
	// Programme is the latest release; before the first it is empty, and
	// Release has number 0.
	Programme *timetable.Index
	Release   timetable.Release
	Releases  []timetable.Release // the latest first
	Pages     []edition.Page
	Logos     []edition.Logo
	Brands    []partner.BrandOf // of the blocks and stages that partners run
	// Registration says whether people can take part, and until when.
	Registration registration.Settings
	Accessible   bool // there is an accessibility statement
	// Photos are the portraits of persons of the release, by the name of each in addresses. Nobody else's is shown.
	Photos map[people.PersonID]string
	// Generation changes whenever anything of the edition does.
	Generation string

	search [2]func() *search.Index
	cards  sync.Map
}

// Keep returns what make makes for key, and makes it once per generation:
// parts of pages that are dear to draw and are drawn on many pages.
func (e *Edition) Keep(key string, make func() any) any {
	if kept, ok := e.cards.Load(key); ok {
		return kept
	}
	kept, _ := e.cards.LoadOrStore(key, make())
	return kept
}

// Search finds words of the programme in one language. The index is made at
// the first question.
func (e *Edition) Search(lang i18n.Lang) *search.Index {
	if lang == i18n.English {
		return e.search[1]()
	}
	return e.search[0]()
}

// State is what the public sees of the whole congress at one moment.
type State struct {
	Editions []*Edition // the latest first
	bySlug   map[string]*Edition
	// Generation changes whenever anything of any edition does.
	Generation string
}

// Edition returns the edition with this address, or ErrUnknown.
func (s *State) Edition(slug string) (*Edition, error) {
	if e := s.bySlug[slug]; e != nil {
		return e, nil
	}
	return nil, ErrUnknown
}

// Desk holds the present state and renews it.
type Desk struct {
	db       *db.DB
	releases *timetable.Service
	log      *slog.Logger
	state    atomic.Pointer[State]
	renewing sync.Mutex
}

// New returns a Desk that shows nothing until the first Refresh.
func New(d *db.DB, releases *timetable.Service, log *slog.Logger) *Desk {
	desk := &Desk{db: d, releases: releases, log: log}
	desk.state.Store(&State{})
	return desk
}

// Current is the present state.
func (d *Desk) Current() *State { return d.state.Load() }

// Edition returns what the public sees of an edition, or ErrUnknown.
func (d *Desk) Edition(slug string) (*Edition, error) { return d.Current().Edition(slug) }

// Run renews the state every so often until ctx ends, so that an instance
// sees what another one has published.
func (d *Desk) Run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := d.Refresh(ctx); err != nil && ctx.Err() == nil {
				d.log.ErrorContext(ctx, "publication not renewed", "err", err)
			}
		}
	}
}

// Refresh looks at what has changed and takes it over. An edition that has
// not changed stays the same value, with everything that was made for it.
func (d *Desk) Refresh(ctx context.Context) error {
	d.renewing.Lock()
	defer d.renewing.Unlock()
	marks, err := marksOf(ctx, d.db)
	if err != nil {
		return fmt.Errorf("renew publication: %w", err)
	}
	before, next := d.Current(), &State{bySlug: map[string]*Edition{}}
	var generations strings.Builder
	for _, mark := range marks {
		e := before.bySlug[mark.slug]
		if e == nil || e.Generation != mark.generation() {
			if e, err = d.load(ctx, mark); err != nil {
				return fmt.Errorf("renew publication of %s: %w", mark.slug, err)
			}
		}
		next.Editions, next.bySlug[mark.slug] = append(next.Editions, e), e
		generations.WriteString(mark.slug + "=" + e.Generation + ";")
	}
	next.Generation = generations.String()
	d.state.Store(next)
	return nil
}

// mark is the little that tells whether an edition has changed.
type mark struct {
	id       edition.ID
	slug     string
	revision int
	release  int
	rules    int        // revision of the rules of registration
	photos   int        // how many there are
	latest   *time.Time // when the newest came
}

func (m mark) generation() string {
	words := []string{strconv.Itoa(m.release), strconv.Itoa(m.revision), strconv.Itoa(m.rules), strconv.Itoa(m.photos)}
	if m.latest != nil {
		words = append(words, strconv.FormatInt(m.latest.UnixMicro(), 36))
	}
	return strings.Join(words, ".")
}

func marksOf(ctx context.Context, q db.Querier) ([]mark, error) {
	return db.Collect(func(row db.Scanner) (m mark, err error) {
		return m, row.Scan(&m.id, &m.slug, &m.revision, &m.release, &m.rules, &m.photos, &m.latest)
	})(q.Query(ctx, `
		SELECT edition.id, edition.slug, edition.revision,
			(SELECT COALESCE(MAX(release.number), 0) FROM release WHERE release.edition_id = edition.id),
			(SELECT COALESCE(MAX(registration_settings.revision), 0) FROM registration_settings
				WHERE registration_settings.edition_id = edition.id),
			(SELECT COUNT(*) FROM photo), (SELECT MAX(saved_at) FROM photo)
		FROM edition WHERE edition.public ORDER BY edition.starts_on DESC, edition.id`))
}

func (d *Desk) load(ctx context.Context, m mark) (*Edition, error) {
	e := &Edition{Generation: m.generation()}
	var err error
	if e.Edition, err = edition.ByID(ctx, d.db, m.id); err != nil {
		return nil, err
	}
	if e.Pages, err = edition.Pages(ctx, d.db, m.id); err != nil {
		return nil, err
	}
	if e.Logos, err = edition.Logos(ctx, d.db, m.id); err != nil {
		return nil, err
	}
	if e.Releases, err = d.releases.Releases(ctx, m.id); err != nil {
		return nil, err
	}
	if err := d.loadProgramme(ctx, e); err != nil {
		return nil, err
	}
	if e.Brands, err = partner.PublicBrands(ctx, d.db, m.id); err != nil {
		return nil, err
	}
	if err := d.loadPhotos(ctx, e); err != nil {
		return nil, err
	}
	if _, err = edition.StatementOf(ctx, d.db, m.id); err != nil && !errors.Is(err, edition.ErrNoStatement) {
		return nil, err
	}
	e.Accessible = err == nil
	if e.Registration, err = registration.FindSettings(ctx, d.db, m.id); err != nil {
		return nil, err
	}
	e.search[0] = sync.OnceValue(func() *search.Index { return search.Build(e.documents(i18n.Polish)) })
	e.search[1] = sync.OnceValue(func() *search.Index { return search.Build(e.documents(i18n.English)) })
	return e, nil
}

// loadPhotos takes the portraits of those who are in the release.
func (d *Desk) loadPhotos(ctx context.Context, e *Edition) error {
	all, err := people.PhotoHashes(ctx, d.db)
	if err != nil {
		return err
	}
	e.Photos = map[people.PersonID]string{}
	for _, p := range e.Programme.Persons {
		if hash := all[p.ID]; hash != "" {
			e.Photos[p.ID] = hash
		}
	}
	return nil
}

// loadProgramme takes the latest release; without one the programme is empty
// but for the edition itself, so that pages need not ask.
func (d *Desk) loadProgramme(ctx context.Context, e *Edition) error {
	if len(e.Releases) == 0 {
		e.Programme = (&timetable.Programme{Edition: e.Edition}).Index()
		return nil
	}
	var err error
	e.Release = e.Releases[0]
	e.Programme, err = d.releases.Published(ctx, e.Release.ID)
	if errors.Is(err, timetable.ErrNoRelease) {
		return fmt.Errorf("release %d has gone: %w", e.Release.Number, err)
	}
	return err
}

// Kinds of things that a search can find.
const (
	FoundSession     = "session"
	FoundPerson      = "person"
	FoundInstitution = "institution"
	FoundBlock       = "block"
	FoundStage       = "stage"
	FoundPlace       = "place"
	FoundPage        = "page"
)

// How much a word weighs by where it stands.
const (
	weightTitle = 4
	weightLead  = 2
	weightName  = 2
	weightBody  = 1
)

// documents writes down, in one language, everything that a search can find.
// A document's ID is the address of the thing.
func (e *Edition) documents(lang i18n.Lang) []search.Document {
	var all []search.Document
	add := func(kind, slug string, title i18n.Text, fields ...search.Field) {
		read := title.In(lang)
		all = append(all, search.Document{ID: kind + "/" + slug, Kind: kind, Lang: string(read.Lang), Title: read.Text, Fields: fields})
	}
	for i := range e.Programme.Sessions {
		s := &e.Programme.Sessions[i]
		add(FoundSession, s.Slug, s.Title, e.sessionFields(s, lang)...)
	}
	for _, p := range e.Programme.Persons {
		add(FoundPerson, p.Slug, i18n.Both(p.Name), search.Field{Text: text.Plain(p.Bio.In(lang).Text), Weight: weightBody})
	}
	for _, i := range e.Programme.Institutions {
		add(FoundInstitution, i.Slug, i.Name, search.Field{Text: i.Short, Weight: weightTitle})
	}
	for _, b := range e.Programme.Blocks {
		add(FoundBlock, b.Slug, b.Name, words(b.Lead, lang, weightLead), words(b.Body, lang, weightBody))
	}
	for _, s := range e.Programme.Stages {
		add(FoundStage, s.Slug, s.Name, words(s.Lead, lang, weightLead))
	}
	for _, p := range e.Programme.Places {
		add(FoundPlace, p.Slug, p.Name, words(p.Building, lang, weightBody))
	}
	for _, p := range e.Pages {
		add(FoundPage, p.Slug, p.Title, words(p.Body, lang, weightBody))
	}
	return all
}

func (e *Edition) sessionFields(s *programme.Session, lang i18n.Lang) []search.Field {
	fields := []search.Field{words(s.Lead, lang, weightLead), words(s.Body, lang, weightBody), words(s.Audience, lang, weightBody)}
	for _, segment := range s.Segments {
		fields = append(fields, words(segment.Title, lang, weightLead), words(segment.Body, lang, weightBody))
	}
	for _, id := range s.Everybody() {
		if p := e.Programme.Person(id); p != nil {
			fields = append(fields, search.Field{Text: p.Name, Weight: weightName})
		}
	}
	for _, c := range s.Credits {
		if i := e.Programme.Institution(c.Institution); i != nil {
			fields = append(fields, words(i.Name, lang, weightName), search.Field{Text: i.Short, Weight: weightName})
		}
	}
	for _, id := range s.Terms {
		if term, _ := e.Programme.Term(id); term != nil {
			fields = append(fields, words(term.Name, lang, weightName))
		}
	}
	return fields
}

func words(t i18n.Text, lang i18n.Lang, weight float64) search.Field {
	return search.Field{Text: text.Plain(t.In(lang).Text), Weight: weight}
}
