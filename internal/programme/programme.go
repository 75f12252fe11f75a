// Package programme holds what a visitor of the congress can choose from:
// blocks and stages, the sessions in them, the parts a session is made of and
// the people who appear.
package programme

import (
	"embed"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

// Locale holds the sentences that name this package's errors, formats and roles.
//
//go:embed locale/*.json
var Locale embed.FS

// BlockID names a block (blok).
type BlockID string

// StageID names a stage (scena).
type StageID string

// SessionID names a session (sesja).
type SessionID string

// SegmentID names a segment (część) of a session.
type SegmentID string

// What can go wrong with the programme.
var (
	ErrNoBlock   = errs.New(errs.NotFound, "programme.no_block")
	ErrNoStage   = errs.New(errs.NotFound, "programme.no_stage")
	ErrNoSession = errs.New(errs.NotFound, "programme.no_session")
	ErrChanged   = errs.New(errs.Conflict, "programme.changed")
	ErrInUse     = errs.New(errs.Conflict, "programme.in_use")
)

// BlockKind says what way of working a block stands for.
type BlockKind string

// The kinds of block.
const (
	PolicyUpdate  BlockKind = "update"       // aktualizacja Krajowej Polityki Miejskiej
	Practices     BlockKind = "practices"    // inspirujące miasta
	PartnerStage  BlockKind = "partner"      // kwestia metropolitalna, w kierunku WUF11
	Kaleidoscopes BlockKind = "kaleidoscope" // kalejdoskopy
	FailNight     BlockKind = "fail_night"   // noc wtop
	Networking    BlockKind = "networking"   // sesje networkingowe
	Workshops     BlockKind = "workshops"    // warsztaty
	Accompanying  BlockKind = "accompanying" // wydarzenie towarzyszące: URBACT
	Conference    BlockKind = "conference"   // konferencja w kongresie: NewUrbPact
	General       BlockKind = "general"      // wszystko inne
)

// BlockKinds lists the kinds in the order in which forms offer them.
var BlockKinds = []BlockKind{
	PolicyUpdate, Practices, PartnerStage, Kaleidoscopes, FailNight, Networking, Workshops, Accompanying, Conference, General,
}

// Block is a part of the programme that is prepared in one way. A block can
// belong to another: a conference inside the congress has blocks of its own.
type Block struct {
	ID        BlockID          `json:"id"`
	Edition   edition.ID       `json:"edition"`
	Slug      string           `json:"slug"`
	Parent    BlockID          `json:"parent,omitempty"`
	Kind      BlockKind        `json:"kind"`
	Mark      string           `json:"mark"`   // one to three letters, the sign beside the colour
	Colour    int              `json:"colour"` // 1 to 10, of the house's palette
	Name      i18n.Text        `json:"name"`
	Lead      i18n.Text        `json:"lead"`
	Body      i18n.Text        `json:"body"`   // Markdown
	Notice    i18n.Text        `json:"notice"` // what funders and the law want said: Markdown
	URL       string           `json:"url,omitempty"`
	Credits   []edition.Credit `json:"credits,omitempty"`
	Position  int              `json:"position"`
	Examples  []string         `json:"examples,omitempty"`
	Sources   []string         `json:"sources,omitempty"`
	Revision  int              `json:"revision"`
	UpdatedAt time.Time        `json:"updated_at"`
}

// Stage is a strand that a partner programmes under its own brand. It is not
// a room: two items of one stage may run at the same time.
type Stage struct {
	ID        StageID          `json:"id"`
	Edition   edition.ID       `json:"edition"`
	Slug      string           `json:"slug"`
	Block     BlockID          `json:"block,omitempty"`
	Mark      string           `json:"mark"`
	Colour    int              `json:"colour"`
	Name      i18n.Text        `json:"name"`
	Lead      i18n.Text        `json:"lead"`
	URL       string           `json:"url,omitempty"`
	Credits   []edition.Credit `json:"credits,omitempty"`
	Position  int              `json:"position"`
	Examples  []string         `json:"examples,omitempty"`
	Revision  int              `json:"revision"`
	UpdatedAt time.Time        `json:"updated_at"`
}

// Format says what happens in a session.
type Format string

// The formats.
const (
	Panel          Format = "panel"
	GoalSession    Format = "goal_session" // sesja celu polityki
	Presentation   Format = "presentation"
	Kaleidoscope   Format = "kaleidoscope"
	Workshop       Format = "workshop"
	NetworkingMeet Format = "networking"
	FailPanel      Format = "fail_night"
	PartnerEvent   Format = "partner_event"
	GoodPractice   Format = "good_practice"
	Debate         Format = "debate"
	Consultation   Format = "consultation"
	Plenary        Format = "plenary"
	Speech         Format = "speech"
	StudyVisit     Format = "study_visit"
	Ceremony       Format = "ceremony"
	Break          Format = "break"
	OtherFormat    Format = "other"
)

// Formats lists the formats in the order in which forms offer them.
var Formats = []Format{
	GoalSession, Panel, Debate, Plenary, Speech, Presentation, GoodPractice, Kaleidoscope, Workshop, NetworkingMeet,
	FailPanel, Consultation, PartnerEvent, StudyVisit, Ceremony, Break, OtherFormat,
}

// Status says how far a session has come.
type Status string

// The statuses. A session that was once public is cancelled, never deleted.
const (
	Draft     Status = "draft"     // only the desk sees it
	Ready     Status = "ready"     // goes into the next release
	Cancelled Status = "cancelled" // stays visible as cancelled
)

// Statuses lists the statuses in the order in which forms offer them.
var Statuses = []Status{Draft, Ready, Cancelled}

// Recording says whether a session may be recorded.
type Recording string

// The rules on recording.
const (
	RecordingUnknown Recording = ""
	Recorded         Recording = "recorded"
	NotRecorded      Recording = "not_recorded"
)

// Recordings lists the rules in the order in which forms offer them.
var Recordings = []Recording{RecordingUnknown, Recorded, NotRecorded}

// Entry says how one gets in (tryb zapisów).
type Entry string

// The ways in.
const (
	EntryUnknown Entry = ""
	EntryOpen    Entry = "open"       // bez zapisów
	FirstCome    Entry = "first_come" // kolejność zgłoszeń
	Selection    Entry = "selection"  // wybór na podstawie formularza
	Invitation   Entry = "invitation" // zaproszenia
)

// Entries lists the ways in, in the order in which forms offer them.
var Entries = []Entry{EntryUnknown, EntryOpen, FirstCome, Selection, Invitation}

// Session is one item that a person can attend.
type Session struct {
	ID             SessionID        `json:"id"`
	Edition        edition.ID       `json:"edition"`
	Slug           string           `json:"slug"`
	GUID           string           `json:"guid"` // the session's name in files, a UUID for ever
	Block          BlockID          `json:"block"`
	Stage          StageID          `json:"stage,omitempty"`
	Parent         SessionID        `json:"parent,omitempty"` // the session of which this one is a part
	Title          i18n.Text        `json:"title"`
	Lead           i18n.Text        `json:"lead"`
	Body           i18n.Text        `json:"body"` // Markdown
	Format         Format           `json:"format"`
	Form           edition.Form     `json:"form"`
	Languages      []string         `json:"languages,omitempty"`      // spoken: pl, en, uk ...
	Interpretation []string         `json:"interpretation,omitempty"` // interpreted into
	Captions       bool             `json:"captions,omitempty"`
	SignLanguage   bool             `json:"sign_language,omitempty"`
	Recording      Recording        `json:"recording,omitempty"`
	Capacity       int              `json:"capacity,omitempty"` // people; 0: not known or not limited
	Entry          Entry            `json:"entry,omitempty"`
	Audience       i18n.Text        `json:"audience"`
	Terms          []edition.TermID `json:"terms,omitempty"`
	Credits        []edition.Credit `json:"credits,omitempty"`
	People         []Appearance     `json:"people,omitempty"`
	Segments       []Segment        `json:"segments,omitempty"`
	Links          []Link           `json:"links,omitempty"`
	Follows        []SessionID      `json:"follows,omitempty"` // presented there, debated here
	Status         Status           `json:"status"`
	Reason         i18n.Text        `json:"reason"`             // why it was cancelled or changed
	Examples       []string         `json:"examples,omitempty"` // facts filled for the demonstration
	Sources        []string         `json:"sources,omitempty"`
	Origin         Origin           `json:"origin"`
	Revision       int              `json:"revision"`
	UpdatedAt      time.Time        `json:"updated_at"`
}

// Role says in what part a person appears.
type Role string

// The roles.
const (
	Moderator  Role = "moderator"
	Speaker    Role = "speaker"
	Panellist  Role = "panellist"
	Rapporteur Role = "rapporteur" // sprawozdawca, sprawozdawczyni
	Host       Role = "host"
)

// Roles lists the roles in the order in which pages show them.
var Roles = []Role{Host, Moderator, Speaker, Panellist, Rapporteur}

// Appearance is a person in a session or in a segment of it.
type Appearance struct {
	Person      people.PersonID `json:"person"`
	Role        Role            `json:"role"`
	Affiliation i18n.Text       `json:"affiliation"` // as printed for this session; empty: the person's own
}

// SegmentKind says what happens in a part of a session.
type SegmentKind string

// The kinds of segment.
const (
	Opening     SegmentKind = "opening"
	Talk        SegmentKind = "talk" // wystąpienie
	Discussion  SegmentKind = "discussion"
	Poll        SegmentKind = "poll"
	Pause       SegmentKind = "break"
	Conclusions SegmentKind = "conclusions"
)

// SegmentKinds lists the kinds in the order in which forms offer them.
var SegmentKinds = []SegmentKind{Opening, Talk, Discussion, Poll, Pause, Conclusions}

// Segment is a part of a session (część). Segments follow each other without
// gaps, so its hours come from the lengths of those before it.
type Segment struct {
	ID       SegmentID    `json:"id"`
	Kind     SegmentKind  `json:"kind"`
	Cycle    int          `json:"cycle,omitempty"` // the cycle of talks it belongs to, from 1; 0: none
	Title    i18n.Text    `json:"title"`
	Body     i18n.Text    `json:"body"`
	Minutes  int          `json:"minutes"`
	People   []Appearance `json:"people,omitempty"`
	Examples []string     `json:"examples,omitempty"`
}

// LinkKind tells materials from other links.
type LinkKind string

// The kinds of link.
const (
	Related  LinkKind = "related"
	Material LinkKind = "material" // slides, a report
	Stream   LinkKind = "stream"   // a public broadcast
	Video    LinkKind = "video"    // a recording
)

// LinkKinds lists the kinds in the order in which forms offer them.
var LinkKinds = []LinkKind{Related, Material, Stream, Video}

// Link leads from a session to something elsewhere.
type Link struct {
	Kind  LinkKind  `json:"kind"`
	Title i18n.Text `json:"title"`
	URL   string    `json:"url"`
}

// Origin keeps what a schedule file of others said of a session and we have
// no field for, so that it can be written out again unchanged.
type Origin struct {
	Source string            `json:"source,omitempty"` // the acronym of the schedule
	Fields map[string]string `json:"fields,omitempty"`
}

// Content is the whole working programme of an edition, without hours.
type Content struct {
	Blocks   []Block
	Stages   []Stage
	Sessions []Session
}

// Key names the sentence that says the kind.
// key: programme.block.*
func (k BlockKind) Key() string { return "programme.block." + string(k) }

// Key names the sentence that says the format.
// key: programme.format.*
func (f Format) Key() string { return "programme.format." + string(f) }

// Key names the sentence that says the status.
// key: programme.status.*
func (s Status) Key() string { return "programme.status." + string(s) }

// Key names the sentence that says the rule.
// key: programme.recording.*
func (r Recording) Key() string { return "programme.recording." + orUnknown(string(r)) }

// Key names the sentence that says how one gets in.
// key: programme.entry.*
func (e Entry) Key() string { return "programme.entry." + orUnknown(string(e)) }

// Key names the sentence that says the role.
// key: programme.role.*
func (r Role) Key() string { return "programme.role." + string(r) }

// Key names the sentence that says the kind.
// key: programme.segment.*
func (k SegmentKind) Key() string { return "programme.segment." + string(k) }

// Key names the sentence that says the kind.
// key: programme.link.*
func (k LinkKind) Key() string { return "programme.link." + string(k) }

// LanguageKey names the sentence that says the language with this code.
// key: programme.language.*
func LanguageKey(code string) string { return "programme.language." + code }

// FactKey names the sentence that says a fact that Examples can list, such as
// hours, place or all.
// key: programme.fact.*
func FactKey(fact string) string { return "programme.fact." + fact }

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
