package export

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/schedule"
	"obrady/internal/text"
)

// origin is an event exactly as the file of others had it. It is kept with
// the session so that the next export loses nothing, and so that the next
// version of the file can be compared with this one.
type origin struct {
	Event    schedule.Event
	Day      string            `json:",omitempty"` // under which the file listed it: 2024-12-27
	RoomGUID string            `json:",omitempty"`
	Block    string            `json:",omitempty"` // the name of the block that its track became
	Known    map[string]string `json:",omitempty"` // names of persons at the import, by guid
	Gone     bool              `json:",omitempty"` // a later version of the file had it no more
}

const originField = "event"

func (o origin) fields() (map[string]string, error) {
	written, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("keep event %s: %w", o.Event.GUID, err)
	}
	return map[string]string{originField: string(written)}, nil
}

// originOf returns what the file said of a session, and whether there was one.
func originOf(s *programme.Session) (origin, bool) {
	var o origin
	written := s.Origin.Fields[originField]
	if s.Origin.Source == "" || written == "" || json.Unmarshal([]byte(written), &o) != nil {
		return origin{}, false
	}
	return o, true
}

// personOrigin is the key of a person who came in a file. The number of a
// person in a file never counts: files give 0 to hundreds.
func personOrigin(source string, p schedule.Person) string {
	key := strings.ToLower(p.GUID)
	if key == "" {
		key = p.Code
	}
	if key == "" {
		key = text.Fold(p.Name)
	}
	return source + ":" + key
}

// guidOfPerson returns the name of a person in files.
func guidOfPerson(p *people.Person) string {
	if _, key, came := strings.Cut(p.Origin, ":"); came && len(key) == 36 {
		return key
	}
	return string(p.ID)
}

// reading is an event in the words of the house: what of a session comes
// from the file. Whoever compares it with the session as it is now sees what
// was edited here since.
type reading struct {
	title, lead, body i18n.Text
	format            programme.Format
	languages         []string
	recording         programme.Recording
	links             []programme.Link
	persons           []string // guids
	length            time.Duration
}

// Limits of the house that files know nothing of.
const (
	mostPersons = 100
	mostLinks   = 50
	maxName     = 200
)

func readingOf(e schedule.Event) reading {
	title := oneLine(e.Title, programme.MaxTitle)
	if e.Subtitle != "" && text.Length(title)+text.Length(e.Subtitle)+3 <= programme.MaxTitle {
		title += " – " + oneLine(e.Subtitle, programme.MaxTitle)
	}
	lead, body := readTexts(e)
	r := reading{
		title: i18n.Both(title), lead: i18n.Both(lead), body: i18n.Both(body), format: formatOf(e.Type),
		links: linksOf(e), length: min(e.Duration, programme.MaxMinutes*time.Minute),
	}
	if lang := strings.ToLower(e.Language); len(lang) >= 2 && slices.Contains(programme.Languages, lang[:2]) {
		r.languages = []string{lang[:2]}
	}
	if e.RecordingOptout {
		r.recording = programme.NotRecorded
	}
	for _, p := range e.Persons[:min(len(e.Persons), mostPersons)] {
		r.persons = append(r.persons, strings.ToLower(p.GUID))
	}
	return r
}

// readTexts makes a lead of a short abstract; a long one opens the body.
func readTexts(e schedule.Event) (lead, body string) {
	abstract, description := markdown(e.Abstract), markdown(e.Description)
	if plain := text.Plain(abstract); utf8.RuneCountInString(plain) <= programme.MaxLead && !strings.Contains(plain, "\n") {
		return plain, limited(description)
	}
	if strings.Contains(description, abstract) {
		return "", limited(description)
	}
	return "", limited(strings.TrimSpace(abstract + "\n\n" + description))
}

func limited(s string) string {
	if utf8.RuneCountInString(s) <= programme.MaxBody {
		return s
	}
	return text.Excerpt(s, programme.MaxBody-1)
}

func oneLine(s string, most int) string {
	s, _ = text.Clean(s)
	return text.Excerpt(strings.Join(strings.Fields(s), " "), most)
}

// formatWords tell formats by a word in the type of an event, the first that
// fits. Types are free text, in the language of the file.
var formatWords = []struct {
	word   string
	format programme.Format
}{
	{"workshop", programme.Workshop},
	{"warsztat", programme.Workshop},
	{"tutorial", programme.Workshop},
	{"keynote", programme.Speech},
	{"panel", programme.Panel},
	{"podium", programme.Panel},
	{"debat", programme.Debate},
	{"discussion", programme.Debate},
	{"break", programme.Break},
	{"przerwa", programme.Break},
	{"kaleidoscope", programme.Kaleidoscope},
	{"kalejdoskop", programme.Kaleidoscope},
	{"ceremony", programme.Ceremony},
	{"meeting", programme.NetworkingMeet},
	{"meetup", programme.NetworkingMeet},
	{"network", programme.NetworkingMeet},
	{"excursion", programme.StudyVisit},
	{"plenar", programme.Plenary},
	{"lecture", programme.Presentation},
	{"talk", programme.Presentation},
	{"devroom", programme.Presentation},
	{"maintrack", programme.Presentation},
	{"presentation", programme.Presentation},
	{"prezentacja", programme.Presentation},
}

func formatOf(kind string) programme.Format {
	kind = text.Fold(kind)
	for _, w := range formatWords {
		if strings.Contains(kind, w.word) {
			return w.format
		}
	}
	return programme.OtherFormat
}

func linksOf(e schedule.Event) []programme.Link {
	var all []programme.Link
	add := func(kind programme.LinkKind, l schedule.Link) {
		if l.URL == "" || !people.ValidURL(l.URL) || len(all) == mostLinks {
			return
		}
		all = append(all, programme.Link{Kind: kind, Title: i18n.Both(oneLine(l.Title, programme.MaxTitle)), URL: l.URL})
	}
	for _, l := range e.Links {
		add(programme.Related, l)
	}
	for _, l := range e.Attachments {
		add(programme.Material, l)
	}
	add(programme.Video, schedule.Link{URL: e.VideoURL})
	return all
}
