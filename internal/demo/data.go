package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"obrady/internal/civil"
	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/timetable"
)

// data holds one folder for each edition beside the register of persons and
// institutions. The files are kept by hand, in the words of the domain types;
// where those have an id the files have a slug.
//
//go:embed data
var data embed.FS

type registerFile struct {
	Institutions []people.Institution `json:"institutions"`
	Persons      []people.Person      `json:"persons"`
}

type editionFile struct {
	Edition    edition.Edition    `json:"edition"`
	Taxonomies []edition.Taxonomy `json:"taxonomies"`
	Pages      []pageEntry        `json:"pages"` // with texts in pages/SLUG.LANG.md
	Logos      []logoEntry        `json:"logos"`
}

type pageEntry struct {
	Slug  string           `json:"slug"`
	Kind  edition.PageKind `json:"kind"`
	Title i18n.Text        `json:"title"`
}

type logoEntry struct {
	Role edition.CreditRole `json:"role"`
	Name i18n.Text          `json:"name"`
	URL  string             `json:"url"`
}

type placesFile struct {
	Places []timetable.Place `json:"places"`
	Walks  []timetable.Walk  `json:"walks"`
}

type blocksFile struct {
	Blocks []blockEntry      `json:"blocks"`
	Stages []programme.Stage `json:"stages"`
}

// blockEntry is a block; Item names the item of the public list of real
// programme items that it stands for.
type blockEntry struct {
	programme.Block
	Item string `json:"item"`
}

type sessionsFile struct {
	Sessions []sessionEntry `json:"sessions"`
}

// sessionEntry is a session as the first release that has it says it. Since
// counts releases from 1; 0 is the first. Terms are KIND/SLUG.
type sessionEntry struct {
	programme.Session
	Item  string  `json:"item"`
	Since int     `json:"since"`
	Hours []hours `json:"hours"`
}

// hours are a slot on the clock of the hall.
type hours struct {
	Day   civil.Date        `json:"day"`
	Start string            `json:"start"`
	End   string            `json:"end"`
	Place timetable.PlaceID `json:"place"`
}

type releasesFile struct {
	Releases []releaseEntry `json:"releases"`
}

type releaseEntry struct {
	Name    i18n.Text     `json:"name"`
	At      string        `json:"at"` // 2021-05-20 12:00 on the clock of the hall
	Note    i18n.Text     `json:"note"`
	Changes []changeEntry `json:"changes"`
}

// changeEntry says what is new about a session that an earlier release had;
// what is empty stays as it was.
type changeEntry struct {
	Session  programme.SessionID `json:"session"`
	Title    i18n.Text           `json:"title"`
	Lead     i18n.Text           `json:"lead"`
	Form     edition.Form        `json:"form"`
	Status   programme.Status    `json:"status"`
	Reason   i18n.Text           `json:"reason"`
	Capacity int                 `json:"capacity"`
	Hours    []hours             `json:"hours"`
}

// apply makes the change in s.
func (c changeEntry) apply(s *programme.Session) {
	for _, one := range []struct {
		to   *i18n.Text
		text i18n.Text
	}{{&s.Title, c.Title}, {&s.Lead, c.Lead}, {&s.Reason, c.Reason}} {
		if !one.text.IsZero() {
			*one.to = one.text
		}
	}
	if c.Form != "" {
		s.Form = c.Form
	}
	if c.Status != "" {
		s.Status = c.Status
	}
	if c.Capacity != 0 {
		s.Capacity = c.Capacity
	}
}

// read decodes one file of data; a field that nobody knows is an error,
// because a slip of the pen would otherwise vanish.
func read[T any](name string) (value T, err error) {
	raw, err := data.ReadFile(path.Join("data", name))
	if err != nil {
		return value, fmt.Errorf("read demo data: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil {
		return value, fmt.Errorf("read demo data %s: %w", name, err)
	}
	return value, nil
}

func readReleases(slug string) ([]releaseEntry, error) {
	file, err := read[releasesFile](slug + "/releases.json")
	return file.Releases, err
}

// readPlaces reads the places of an edition; one whose rooms nobody knows has
// no such file.
func readPlaces(slug string) (placesFile, error) {
	file, err := read[placesFile](slug + "/places.json")
	if errors.Is(err, fs.ErrNotExist) {
		return placesFile{}, nil
	}
	return file, err
}

// readSessions reads every file sessions*.json of an edition.
func readSessions(slug string) ([]sessionEntry, error) {
	names, err := fs.Glob(data, path.Join("data", slug, "sessions*.json"))
	if err != nil {
		return nil, fmt.Errorf("find sessions of %s: %w", slug, err)
	}
	var all []sessionEntry
	for _, name := range names {
		file, err := read[sessionsFile](path.Join(slug, path.Base(name)))
		if err != nil {
			return nil, err
		}
		all = append(all, file.Sessions...)
	}
	return all, nil
}

// readPage reads the text of a page in both languages.
func readPage(congress, slug string) (i18n.Text, error) {
	name := path.Join("data", congress, "pages", slug)
	polish, err := data.ReadFile(name + ".pl.md")
	if err != nil {
		return i18n.Text{}, fmt.Errorf("read demo page: %w", err)
	}
	english, err := data.ReadFile(name + ".en.md")
	if err != nil {
		return i18n.Text{}, fmt.Errorf("read demo page: %w", err)
	}
	return i18n.Text{PL: string(polish), EN: string(english)}, nil
}

// instant returns when the clock of zone shows clock on day.
func instant(day civil.Date, clock string, zone *time.Location) (time.Time, error) {
	c, err := civil.ParseClock(clock)
	if err != nil {
		return time.Time{}, err
	}
	found := civil.Resolve(day, c, zone)
	if len(found) == 0 {
		return time.Time{}, fmt.Errorf("%w: %s %s", civil.ErrClock, day, clock)
	}
	return found[0], nil
}

// slotExamples says which facts of a slot are examples, from what the session
// says of itself.
func slotExamples(session []string) []string {
	var examples []string
	for _, fact := range []string{"hours", "place"} {
		if slices.Contains(session, fact) || slices.Contains(session, "all") {
			examples = append(examples, fact)
		}
	}
	return examples
}
