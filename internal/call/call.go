// Package call asks the public for half of the congress: it opens a call with its
// own questions and deadline, takes what persons and institutions send in, loses
// nothing they typed, and keeps the way of each submission from the first draft to
// the confirmation of whoever will speak.
//
// What a submission says and who is behind it are kept apart, in tables that no
// statement of this package reads together: what a reviewer may be given is a
// Paper, and nobody's name is in it.
package call

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, kinds and states.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with calls and submissions.
var (
	ErrNoCall       = errs.New(errs.NotFound, "call.no_call")
	ErrNoSubmission = errs.New(errs.NotFound, "call.no_submission")
	ErrNoLink       = errs.New(errs.NotFound, "call.no_link") // an invitation that is spent, or never was
	ErrChanged      = errs.New(errs.Conflict, "call.changed")
	ErrMoved        = errs.New(errs.Conflict, "call.moved") // the submission is no longer where it was seen
	ErrNotOpen      = errs.New(errs.Conflict, "call.not_open")
	ErrClosed       = errs.New(errs.Conflict, "call.closed")
	ErrCancelled    = errs.New(errs.Conflict, "call.cancelled")
	ErrFixed        = errs.New(errs.Conflict, "call.fixed") // it is under judgement and stays as it is
	ErrPersonFull   = errs.New(errs.Conflict, "call.person_full")
	ErrBodyFull     = errs.New(errs.Conflict, "call.institution_full")
	ErrNotClerk     = errs.New(errs.Forbidden, "call.not_clerk")
	ErrBadCode      = errs.New(errs.Conflict, "call.bad_code")
	ErrNoForm       = errs.New(errs.Conflict, "call.no_form")
	ErrPublished    = errs.New(errs.Conflict, "call.is_published") // what authors rely on stays
	ErrNotOver      = errs.New(errs.Conflict, "call.not_over")
	ErrNobodyLeft   = errs.New(errs.Conflict, "call.nobody_left") // a submission has somebody behind it
)

// ID names a call (nabór).
type ID string

// Kind says what a call asks for.
type Kind string

// The kinds.
const (
	Abstract   Kind = "abstract"   // abstrakt wystąpienia w kalejdoskopie
	Practice   Kind = "practice"   // dobra praktyka
	Workshop   Kind = "workshop"   // warsztat
	Networking Kind = "networking" // sesja networkingowa
	Failure    Kind = "failure"    // opowieść o porażce
	Poster     Kind = "poster"
	SideEvent  Kind = "side_event" // wydarzenie towarzyszące
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{Abstract, Practice, Workshop, Networking, Failure, Poster, SideEvent}

// Key names the sentence that says the kind.
// key: call.kind.*
func (k Kind) Key() string { return "call.kind." + string(k) }

// Anonymity says who learns of whom while submissions are reviewed.
type Anonymity string

// The degrees.
const (
	Open        Anonymity = "open"         // jawna: reviewers read who sends, authors may learn who reviewed
	SingleBlind Anonymity = "single_blind" // jednostronnie anonimowa: authors do not learn who reviewed
	DoubleBlind Anonymity = "double_blind" // obustronnie anonimowa: neither learns of the other
)

// Anonymities lists the degrees in the order in which forms offer them.
var Anonymities = []Anonymity{Open, SingleBlind, DoubleBlind}

// Key names the sentence that says the degree.
// key: call.anonymity.*
func (a Anonymity) Key() string { return "call.anonymity." + string(a) }

// Senders says on whose behalf submissions come.
type Senders string

// Who may send.
const (
	Persons      Senders = "persons"
	Institutions Senders = "institutions" // through their members
	Anybody      Senders = "anybody"
)

// AllSenders lists them in the order in which forms offer them.
var AllSenders = []Senders{Anybody, Persons, Institutions}

// Key names the sentence that says who.
// key: call.senders.*
func (s Senders) Key() string { return "call.senders." + string(s) }

// Option is one of the paths (ścieżki tematyczne), formats or languages that a
// submission chooses from.
type Option struct {
	Slug    string    `json:"slug"`
	Name    i18n.Text `json:"name"`
	Minutes int       `json:"minutes,omitempty"` // of a format: how long one takes; 0: not said
}

// Call is one invitation to send something in.
type Call struct {
	ID             ID
	Edition        edition.ID
	Block          programme.BlockID // rights over it hold from here upwards; empty: at the edition
	Slug           string
	Mark           string // begins the code of each submission: DP-017
	Kind           Kind
	Title          i18n.Text
	Lead           i18n.Text // Markdown, as are Body and Terms
	Body           i18n.Text
	Terms          i18n.Text // what whoever sends agrees to: licence, rules
	Anonymity      Anonymity
	Senders        Senders
	Languages      []i18n.Lang
	Paths          []Option    // empty: there are none to choose from
	Formats        []Option    // likewise
	Checklist      []i18n.Text // what the formal check looks at
	PerPerson      int         // submissions that are sent; 0: no limit
	PerInstitution int
	OpensAt        time.Time
	ClosesAt       time.Time
	FormVersion    int       // the newest; 0: nothing is asked yet
	PublishedAt    time.Time // zero: the public does not see it
	CancelledAt    time.Time
	ArchivedAt     time.Time
	Revision       int
	UpdatedAt      time.Time
}

// Phase is where a call stands at a moment.
type Phase string

// The phases, in their order.
const (
	Draft     Phase = "draft"     // not published
	Scheduled Phase = "scheduled" // published, opens later
	Running   Phase = "open"
	Closed    Phase = "closed"
	Cancelled Phase = "cancelled"
	Archived  Phase = "archived"
)

// Key names the sentence that says the phase.
// key: call.phase.*
func (p Phase) Key() string { return "call.phase." + string(p) }

// Phase says where the call stands at the moment now.
func (c Call) Phase(now time.Time) Phase {
	switch {
	case c.PublishedAt.IsZero():
		return Draft
	case !c.CancelledAt.IsZero():
		return Cancelled
	case !c.ArchivedAt.IsZero():
		return Archived
	case now.Before(c.OpensAt):
		return Scheduled
	case now.Before(c.ClosesAt):
		return Running
	}
	return Closed
}

// Grace is how long after the deadline a form is still taken whose writing began before it.
const Grace = 15 * time.Minute

// Takes says whether a submission that was begun at a moment may be sent, or
// changed, at the moment now: nil, or what is in the way. The deadline itself is
// too late for who begins; who has begun before has the Grace.
func (c Call) Takes(began, now time.Time) error {
	switch c.Phase(now) {
	case Draft:
		return ErrNoCall
	case Scheduled:
		return ErrNotOpen
	case Running:
		return nil
	case Cancelled:
		return ErrCancelled
	case Closed:
		if began.Before(c.ClosesAt) && now.Before(c.ClosesAt.Add(Grace)) {
			return nil
		}
	case Archived:
	}
	return ErrClosed
}

// Option returns the option of that slug among options, and whether there is one.
func (c Call) Option(options []Option, slug string) (Option, bool) {
	i := slices.IndexFunc(options, func(o Option) bool { return o.Slug == slug })
	if i < 0 {
		return Option{}, false
	}
	return options[i], true
}

// Limits of calls, in characters unless they count something else.
const (
	maxTitle     = 200
	maxLead      = 1000
	maxBody      = 20_000
	maxMark      = 8
	maxOptions   = 40
	maxOption    = 150
	maxChecklist = 20
	maxCheck     = 300
	mostMinutes  = 480
	mostEach     = 100
)

// Validate says what keeps the call from being saved.
func (c Call) Validate() error {
	var wrong errs.Problems
	if c.Title.PL == "" {
		wrong.Add("title_pl", "edition.text_missing")
	}
	tooLong(&wrong, "title", c.Title, maxTitle)
	tooLong(&wrong, "lead", c.Lead, maxLead)
	tooLong(&wrong, "body", c.Body, maxBody)
	tooLong(&wrong, "terms", c.Terms, maxBody)
	if !edition.ValidSlug(c.Slug) {
		wrong.Add("slug", "edition.slug")
	}
	if !validMark(c.Mark) {
		wrong.Add("mark", "call.mark", maxMark)
	}
	choose(&wrong, "kind", Kinds, c.Kind)
	choose(&wrong, "anonymity", Anonymities, c.Anonymity)
	choose(&wrong, "senders", AllSenders, c.Senders)
	if len(c.Languages) == 0 || slices.ContainsFunc(c.Languages, func(l i18n.Lang) bool { return !slices.Contains(i18n.Langs, l) }) {
		wrong.Add("languages", "programme.choose")
	}
	validOptions(&wrong, "paths", c.Paths)
	validOptions(&wrong, "formats", c.Formats)
	if len(c.Checklist) > maxChecklist || slices.ContainsFunc(c.Checklist, func(t i18n.Text) bool { return text.Length(t.PL) > maxCheck || text.Length(t.EN) > maxCheck }) {
		wrong.Add("checklist", "call.checklist", maxChecklist, maxCheck)
	}
	for field, n := range map[string]int{"per_person": c.PerPerson, "per_institution": c.PerInstitution} {
		if n < 0 || n > mostEach {
			wrong.Add(field, "call.each", mostEach)
		}
	}
	switch {
	case c.OpensAt.IsZero():
		wrong.Add("opens_on", "call.when")
	case c.ClosesAt.IsZero():
		wrong.Add("closes_on", "call.when")
	case !c.OpensAt.Before(c.ClosesAt):
		wrong.Add("closes_on", "call.closes_before_opening")
	}
	return wrong.Err()
}

func validMark(mark string) bool {
	for _, r := range mark {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return mark != "" && len(mark) <= maxMark
}

func validOptions(wrong *errs.Problems, field string, options []Option) {
	seen := map[string]bool{}
	for _, o := range options {
		switch {
		case o.Slug == "" || o.Name.PL == "" || text.Length(o.Name.PL) > maxOption || text.Length(o.Name.EN) > maxOption:
			wrong.Add(field, "call.option", maxOption)
			return
		case seen[o.Slug]:
			wrong.Add(field, "call.option_twice", o.Name.PL)
			return
		case o.Minutes < 0 || o.Minutes > mostMinutes:
			wrong.Add(field, "call.minutes", mostMinutes)
			return
		}
		seen[o.Slug] = true
	}
	if len(options) > maxOptions {
		wrong.Add(field, "call.options", maxOptions)
	}
}

func tooLong(wrong *errs.Problems, field string, t i18n.Text, most int) {
	if text.Length(t.PL) > most {
		wrong.Add(field+"_pl", "form.too_long", most)
	}
	if text.Length(t.EN) > most {
		wrong.Add(field+"_en", "form.too_long", most)
	}
}

func choose[T comparable](wrong *errs.Problems, field string, from []T, one T) {
	if !slices.Contains(from, one) {
		wrong.Add(field, "programme.choose")
	}
}

// Extension is a deadline that was moved, as the call's page tells it.
type Extension struct {
	At         time.Time
	Was, Until time.Time
	Why        i18n.Text
	By         people.AccountID
}

const maxExtensionWhy = 500

// validate says what keeps the deadline of the call from being moved so.
func (e Extension) validate(c Call) error {
	var wrong errs.Problems
	switch {
	case e.Until.IsZero():
		wrong.Add("closes_on", "call.when")
	case !e.Until.After(c.ClosesAt):
		wrong.Add("closes_on", "call.not_later")
	}
	if e.Why.PL == "" {
		wrong.Add("why_pl", "edition.text_missing")
	}
	tooLong(&wrong, "why", e.Why, maxExtensionWhy)
	return wrong.Err()
}

// CodeID names a late code.
type CodeID string

// Code lets whoever has it send something in after the deadline.
type Code struct {
	ID        CodeID
	Call      ID
	Code      string
	Note      string // whom it is for, for organisers
	Until     time.Time
	Uses      int // how many submissions it admits
	Used      int
	By        people.AccountID
	MadeAt    time.Time
	RevokedAt time.Time
}

// Good says whether the code still admits something at the moment now.
func (c Code) Good(now time.Time) bool {
	return c.RevokedAt.IsZero() && now.Before(c.Until) && c.Used < c.Uses
}
