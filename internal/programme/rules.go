package programme

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Limits, in characters, people, parts and minutes.
const (
	MaxTitle    = 300
	MaxLead     = 600
	MaxBody     = 20000
	maxMark     = 3
	maxCapacity = 100000
	maxSegments = 200
	maxPeople   = 100
	maxLinks    = 50
	MaxMinutes  = 24 * 60
	colours     = 10
)

// Languages lists the codes (ISO 639-1) of the languages that a session can be spoken or interpreted in.
var Languages = []string{"pl", "en", "uk", "de", "fr", "cs", "sk", "es", "it", "lt", "pt", "nl", "be", "ru"}

// Validate says what keeps the block from being saved.
func (b Block) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", b.Name, MaxTitle)
	limitText(&wrong, "lead", b.Lead, MaxLead)
	limitText(&wrong, "body", b.Body, MaxBody)
	limitText(&wrong, "notice", b.Notice, MaxBody)
	checkSign(&wrong, b.Mark, b.Colour)
	if !edition.ValidSlug(b.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if !slices.Contains(BlockKinds, b.Kind) {
		wrong.Add("kind", "programme.choose")
	}
	if b.Parent != "" && b.Parent == b.ID {
		wrong.Add("parent", "programme.inside_itself")
	}
	if !people.ValidURL(b.URL) {
		wrong.Add("url", "people.url")
	}
	return wrong.Err()
}

// Validate says what keeps the stage from being saved.
func (s Stage) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "name", s.Name, MaxTitle)
	limitText(&wrong, "lead", s.Lead, MaxLead)
	checkSign(&wrong, s.Mark, s.Colour)
	if !edition.ValidSlug(s.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if !people.ValidURL(s.URL) {
		wrong.Add("url", "people.url")
	}
	return wrong.Err()
}

// Validate says what keeps the session from being saved.
func (s Session) Validate() error {
	var wrong errs.Problems
	requireText(&wrong, "title", s.Title, MaxTitle)
	limitText(&wrong, "lead", s.Lead, MaxLead)
	limitText(&wrong, "body", s.Body, MaxBody)
	limitText(&wrong, "audience", s.Audience, MaxLead)
	limitText(&wrong, "reason", s.Reason, MaxLead)
	if !edition.ValidSlug(s.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if s.Block == "" {
		wrong.Add("block", "programme.choose")
	}
	s.checkChoices(&wrong)
	s.checkLists(&wrong)
	for i, segment := range s.Segments {
		segment.check(&wrong, i+1)
	}
	return wrong.Err()
}

func (s Session) checkChoices(wrong *errs.Problems) {
	for field, known := range map[string]bool{
		"format":    slices.Contains(Formats, s.Format),
		"form":      slices.Contains(edition.Forms, s.Form),
		"status":    slices.Contains(Statuses, s.Status),
		"recording": slices.Contains(Recordings, s.Recording),
		"entry":     slices.Contains(Entries, s.Entry),
	} {
		if !known {
			wrong.Add(field, "programme.choose")
		}
	}
	if s.Capacity < 0 || s.Capacity > maxCapacity {
		wrong.Add("capacity", "programme.capacity", maxCapacity)
	}
	if s.Parent != "" && s.Parent == s.ID {
		wrong.Add("parent", "programme.inside_itself")
	}
	if slices.Contains(s.Follows, s.ID) && s.ID != "" {
		wrong.Add("follows", "programme.follows_itself")
	}
}

func (s Session) checkLists(wrong *errs.Problems) {
	if len(s.People) > maxPeople {
		wrong.Add("people", "programme.too_many", maxPeople)
	}
	if len(s.Segments) > maxSegments {
		wrong.Add("segments", "programme.too_many", maxSegments)
	}
	if len(s.Links) > maxLinks {
		wrong.Add("links", "programme.too_many", maxLinks)
	}
	for _, a := range s.People {
		if !slices.Contains(Roles, a.Role) {
			wrong.Add("people", "programme.choose")
		}
	}
	for _, l := range s.Links {
		if l.URL == "" || !people.ValidURL(l.URL) {
			wrong.Add("links", "people.url")
		}
		if !slices.Contains(LinkKinds, l.Kind) {
			wrong.Add("links", "programme.choose")
		}
	}
}

func (g Segment) check(wrong *errs.Problems, n int) {
	if g.Minutes < 1 || g.Minutes > MaxMinutes {
		wrong.Add("segments", "programme.segment_minutes", n, MaxMinutes)
	}
	if !slices.Contains(SegmentKinds, g.Kind) {
		wrong.Add("segments", "programme.segment_kind", n)
	}
	if g.Kind == Talk && strings.TrimSpace(g.Title.PL) == "" && strings.TrimSpace(g.Title.EN) == "" {
		wrong.Add("segments", "programme.segment_title", n)
	}
	if utf8.RuneCountInString(g.Title.PL) > MaxTitle || utf8.RuneCountInString(g.Body.PL) > MaxBody {
		wrong.Add("segments", "programme.segment_too_long", n)
	}
}

// Minutes is the planned length of all segments together; 0 where the session
// has none.
func (s Session) Minutes() int {
	total := 0
	for _, g := range s.Segments {
		total += g.Minutes
	}
	return total
}

// Timed is a segment with its hours.
type Timed struct {
	Segment
	Start, End time.Time
}

// Timed gives every segment its hours when the session begins at start: each
// begins when the one before it ends.
func (s Session) Timed(start time.Time) []Timed {
	timed := make([]Timed, len(s.Segments))
	for i, g := range s.Segments {
		end := start.Add(time.Duration(g.Minutes) * time.Minute)
		timed[i] = Timed{g, start, end}
		start = end
	}
	return timed
}

// Move takes the segment at from out and puts it before the one that then
// stands at to. An index outside the list changes nothing.
func (s Session) Move(from, to int) []Segment {
	segments := slices.Clone(s.Segments)
	if from < 0 || from >= len(segments) || to < 0 || to >= len(segments) {
		return segments
	}
	moved := segments[from]
	segments = slices.Delete(segments, from, from+1)
	return slices.Insert(segments, to, moved)
}

// OpenCycles lists the cycles of talks that no discussion closes.
func (s Session) OpenCycles() []int {
	var open []int
	last := map[int]SegmentKind{}
	for _, g := range s.Segments {
		if g.Cycle > 0 {
			last[g.Cycle] = g.Kind
		}
	}
	for cycle, kind := range last {
		if kind != Discussion {
			open = append(open, cycle)
		}
	}
	slices.Sort(open)
	return open
}

// Everybody lists the persons of the session and of its segments, each once.
func (s Session) Everybody() []people.PersonID {
	var all []people.PersonID
	for _, a := range s.People {
		all = append(all, a.Person)
	}
	for _, g := range s.Segments {
		for _, a := range g.People {
			all = append(all, a.Person)
		}
	}
	seen := map[people.PersonID]bool{}
	return slices.DeleteFunc(all, func(p people.PersonID) bool {
		twice := seen[p]
		seen[p] = true
		return twice
	})
}

func checkSign(wrong *errs.Problems, mark string, colour int) {
	if n := utf8.RuneCountInString(mark); n < 1 || n > maxMark {
		wrong.Add("mark", "programme.mark", maxMark)
	}
	if colour < 1 || colour > colours {
		wrong.Add("colour", "programme.choose")
	}
}

func requireText(wrong *errs.Problems, field string, t i18n.Text, limit int) {
	if strings.TrimSpace(t.PL) == "" {
		wrong.Add(field+"_pl", "edition.text_missing")
	}
	limitText(wrong, field, t, limit)
}

func limitText(wrong *errs.Problems, field string, t i18n.Text, limit int) {
	if utf8.RuneCountInString(t.PL) > limit {
		wrong.Add(field+"_pl", "people.too_long", limit)
	}
	if utf8.RuneCountInString(t.EN) > limit {
		wrong.Add(field+"_en", "people.too_long", limit)
	}
}
