package practice

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// What can go wrong with stories.
var (
	ErrNoStory     = errs.New(errs.NotFound, "practice.no_story")
	ErrRoomOnly    = errs.New(errs.Conflict, "practice.room_only")
	ErrUnchecked   = errs.New(errs.Conflict, "practice.unchecked")
	ErrUnapproved  = errs.New(errs.Conflict, "practice.unapproved")
	ErrSameEyes    = errs.New(errs.Conflict, "practice.same_eyes")
	ErrTraces      = errs.New(errs.Conflict, "practice.traces")
	ErrWithdrawn   = errs.New(errs.Conflict, "practice.story_withdrawn")
	ErrLooserLevel = errs.New(errs.Conflict, "practice.looser_level")
)

// StoryID names a failure story (opowieść o porażce).
type StoryID string

// Level says how much of a story may leave the room (zakres ujawnienia). The teller
// sets it; the house never loosens it.
type Level string

// The levels, from open to closed.
const (
	Named     Level = "named"     // the teller and the institution are named
	Hidden    Level = "hidden"    // the teller is, the institution is not
	Anonymous Level = "anonymous" // neither is
	RoomOnly  Level = "room"      // nothing leaves the room: no recording, no photographs, no live feed, no page
)

// Levels lists the levels, from open to closed.
var Levels = []Level{Named, Hidden, Anonymous, RoomOnly}

// Key names the sentence that says the level.
// key: practice.level.*
func (l Level) Key() string { return "practice.level." + string(l) }

// Looser says whether l lets more out than other.
func (l Level) Looser(other Level) bool { return slices.Index(Levels, l) < slices.Index(Levels, other) }

// StoryState says how far a story has come.
type StoryState string

// The states of a story.
const (
	Writing  StoryState = "writing"   // it is being written, checked, and read by its teller
	Told     StoryState = "published" // the public reads it
	Kept     StoryState = "kept"      // it was told, and stays with those who heard it
	Recanted StoryState = "withdrawn" // its teller has taken it back
)

// Key names the sentence that says the state.
// key: practice.story.*
func (s StoryState) Key() string { return "practice.story." + string(s) }

// Limits of stories, in words and, for the advice, characters.
const (
	StoryWords = 200 // of each of its parts
	MostAdvice = 200
)

// Tale is what is told.
type Tale struct {
	Title      i18n.Text        `json:"title"`
	Owner      i18n.Text        `json:"owner"` // the institution
	City       i18n.Text        `json:"city"`
	Wanted     i18n.Text        `json:"wanted"`
	Did        i18n.Text        `json:"did"`
	Happened   i18n.Text        `json:"happened"`
	Noticed    i18n.Text        `json:"noticed"`    // when, and why not earlier
	Conditions i18n.Text        `json:"conditions"` // what contributed to it; no persons
	Cost       i18n.Text        `json:"cost"`
	Changed    i18n.Text        `json:"changed"`
	Rule       i18n.Text        `json:"rule"` // which rule or habit would have helped
	Advice     i18n.Text        `json:"advice"`
	Terms      []edition.TermID `json:"terms,omitempty"`
	Example    bool             `json:"example,omitempty"`
}

// part is one of the texts of a story.
type part struct {
	field string
	text  i18n.Text
}

// parts are the running texts in their order.
func (t Tale) parts() []part {
	return []part{
		{"wanted", t.Wanted},
		{"did", t.Did},
		{"happened", t.Happened},
		{"noticed", t.Noticed},
		{"conditions", t.Conditions},
		{"cost", t.Cost},
		{"changed", t.Changed},
		{"rule", t.Rule},
	}
}

// Teller is who tells the story.
type Teller struct {
	Account people.AccountID
	Email   string
	Name    string
}

// Story is a story of a failure (opowieść o porażce). It is never scored.
type Story struct {
	ID      StoryID
	Edition edition.ID
	Slug    string
	State   StoryState
	Level   Level
	Origin  Origin
	Tale
	Teller Teller

	EditedBy         people.AccountID // who changed it last
	CheckedBy        people.AccountID // the second person who looked whether it points at anybody
	CheckedAt        time.Time
	CheckedRevision  int
	CheckNote        string
	ApprovedAt       time.Time // by the teller
	ApprovedRevision int
	Wish             string // what the teller wants changed
	ReleasedAt       time.Time
	WithdrawnAt      time.Time
	Revision         int
	UpdatedAt        time.Time
}

// Checked says whether a second person has read the words as they stand.
func (s Story) Checked() bool { return s.Revision > 0 && s.CheckedRevision == s.Revision }

// Approved says whether the teller has agreed to the words as they stand.
func (s Story) Approved() bool { return s.Revision > 0 && s.ApprovedRevision == s.Revision }

// Validate says what keeps the story from being saved.
func (s Story) Validate() error {
	var wrong errs.Problems
	if s.Title.IsZero() {
		wrong.Add("title_pl", "practice.title_missing")
	}
	if !edition.ValidSlug(s.Slug) {
		wrong.Add("slug", "practice.slug")
	}
	if !slices.Contains(Levels, s.Level) {
		wrong.Add("level", "practice.choose")
	}
	line(&wrong, "title", s.Title, MostTitle)
	line(&wrong, "owner", s.Owner, MostName)
	line(&wrong, "city", s.City, MostName)
	for _, p := range s.parts() {
		limit(&wrong, p.field, p.text, StoryWords)
	}
	line(&wrong, "advice", s.Advice, MostAdvice)
	if s.Teller.Email != "" {
		if _, ok := people.Email(s.Teller.Email); !ok {
			wrong.Add("teller_email", "practice.email")
		}
	}
	if text.Length(s.Teller.Name) > MostName {
		wrong.Add("teller_name", "people.too_long", MostName)
	}
	return wrong.Err()
}

// Publishable says what still keeps the story from the public.
func (s Story) Publishable() error {
	switch {
	case s.Level == RoomOnly:
		return ErrRoomOnly
	case s.State == Recanted:
		return ErrWithdrawn
	case !s.Checked():
		return ErrUnchecked
	case !s.Approved():
		return ErrUnapproved
	}
	return nil
}

// Telling is what the public reads of a story: no more than its level allows.
type Telling struct {
	Tale
	Teller string `json:"teller,omitempty"`
	Level  Level  `json:"level"`
}

// Telling cuts the story down to what its level lets out, or returns ErrRoomOnly.
func (s Story) Telling() (Telling, error) {
	t := Telling{Tale: s.Tale, Level: s.Level, Teller: s.Teller.Name}
	switch s.Level {
	case Named:
	case Hidden:
		t.Owner, t.City = i18n.Text{}, i18n.Text{}
	case Anonymous:
		t.Owner, t.City, t.Teller = i18n.Text{}, i18n.Text{}, ""
	default:
		return Telling{}, ErrRoomOnly
	}
	return t, nil
}

// Trace is a word in the text of a story that its level hides.
type Trace struct {
	Field string // "happened_pl"
	Word  string
}

// shortestTrace is how many letters a word must have to be looked for; shorter ones stand everywhere.
const shortestTrace = 4

// Traces finds in the text what the level hides: words of the institution's name and
// the city, and of the teller's name. Endings of Polish words may differ. It helps the
// second person who reads, and replaces nobody.
func (s Story) Traces() (found []Trace) {
	if s.Level == Named {
		return nil
	}
	stems := stemsOf(s.Owner.PL, s.Owner.EN, s.City.PL, s.City.EN)
	if s.Level != Hidden {
		stems = append(stems, stemsOf(s.Teller.Name)...)
	}
	for _, p := range append(s.parts(), part{"title", s.Title}, part{"advice", s.Advice}) {
		for _, v := range versions(p.field, p.text) {
			for _, word := range wordsOf(text.Plain(v.words)) {
				if slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(text.Fold(word), stem) }) {
					found = append(found, Trace{v.field, word})
				}
			}
		}
	}
	return found
}

// common are words of names of institutions that point at none of them.
var common = map[string]bool{
	"urzad": true, "miasta": true, "miasto": true, "miejski": true, "miejska": true, "gmina": true, "gminy": true, "zarzad": true, "wydzial": true,
	"biuro": true, "centrum": true, "instytut": true, "office": true, "city": true, "town": true, "department": true, "municipal": true,
	"rozwoju": true, "spraw": true, "drog": true, "zieleni": true, "uslug": true, "marszalkowski": true, "fundacja": true, "stowarzyszenie": true,
}

// stemsOf are the beginnings of the words of names, short enough for every case of a noun.
func stemsOf(names ...string) (stems []string) {
	for _, name := range names {
		for _, word := range wordsOf(name) {
			folded := text.Fold(word)
			if len(folded) < shortestTrace || common[folded] {
				continue
			}
			stems = append(stems, folded[:max(shortestTrace, len(folded)-2)])
		}
	}
	return stems
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
