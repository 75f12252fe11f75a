// Package registration lets people say that they take part in an edition of
// the congress, on site or online, change it, tell what they need, and leave
// again.
//
// There is no public list of participants, and nothing here makes one. What
// somebody needs is kept apart from who they are on the list, under a consent of
// its own, and is gone with it.
package registration

import (
	"embed"
	"slices"
	"strings"
	"time"

	"obrady/internal/consent"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, states and needs.
//
//go:embed locale/*.json
var Locale embed.FS

// ID names somebody's registration for an edition.
type ID string

// What can go wrong with registrations.
var (
	ErrOff           = errs.New(errs.NotFound, "registration.off")
	ErrNotYet        = errs.New(errs.Conflict, "registration.not_yet")
	ErrClosed        = errs.New(errs.Conflict, "registration.closed")
	ErrFull          = errs.New(errs.Conflict, "registration.full")
	ErrAlready       = errs.New(errs.Conflict, "registration.already")
	ErrNotRegistered = errs.New(errs.NotFound, "registration.none")
	ErrChanged       = errs.New(errs.Conflict, "registration.changed")
	ErrTooShort      = errs.New(errs.Invalid, "registration.too_short", LeastLetters)
	ErrTooOften      = errs.New(errs.Conflict, "registration.too_often", LooksInMinute)
)

// Phase says where the registration of an edition stands.
type Phase string

// The phases.
const (
	Off    Phase = "off" // this edition has none
	Before Phase = "before"
	Open   Phase = "open"
	Closed Phase = "closed"
)

// Settings are the rules of registration for one edition.
type Settings struct {
	Edition   edition.ID
	OpensAt   time.Time
	ClosesAt  time.Time // zero: until the organisers say so
	Seats     int       // on site; 0: any number
	Taken     int       // on site
	Note      i18n.Text // Markdown: what people should know before
	Tally     Tally     // of an edition whose list has been forgotten
	Revision  int       // 0: there is no registration
	UpdatedAt time.Time
}

// Tally is what stays of a list of participants: how many there were.
type Tally struct {
	OnSite    int `json:"on_site"`
	Online    int `json:"online"`
	Cancelled int `json:"cancelled"`
}

// Phase says where registration stands at the moment now.
func (s Settings) Phase(now time.Time) Phase {
	switch {
	case s.Revision == 0:
		return Off
	case now.Before(s.OpensAt):
		return Before
	case !s.ClosesAt.IsZero() && !now.Before(s.ClosesAt):
		return Closed
	}
	return Open
}

// Left is how many seats are free on site; -1 where they are not counted. It
// may be 0 while more are taken than there are, when seats were taken away.
func (s Settings) Left() int {
	if s.Seats == 0 {
		return -1
	}
	return max(0, s.Seats-s.Taken)
}

// Admit says whether one more person may register for form at the moment now.
func (s Settings) Admit(now time.Time, form edition.Form) error {
	switch s.Phase(now) {
	case Off:
		return ErrOff
	case Before:
		return ErrNotYet
	case Closed:
		return ErrClosed
	case Open:
	}
	if form == edition.OnSite && s.Left() == 0 {
		return ErrFull
	}
	return nil
}

// Validate says what keeps the settings from being saved.
func (s Settings) Validate() error {
	var wrong errs.Problems
	if s.OpensAt.IsZero() {
		wrong.Add("opens_on", "registration.opens_missing")
	}
	if !s.ClosesAt.IsZero() && !s.ClosesAt.After(s.OpensAt) {
		wrong.Add("closes_on", "registration.closes_before_opening")
	}
	if s.Seats < 0 || s.Seats > mostSeats {
		wrong.Add("seats", "registration.seats", mostSeats)
	}
	if text.Length(s.Note.PL) > maxNote || text.Length(s.Note.EN) > maxNote {
		wrong.Add("note_pl", "people.too_long", maxNote)
	}
	return wrong.Err()
}

// Forms lists how one can take part in an edition of this form.
func Forms(of edition.Form) []edition.Form {
	if of == edition.Hybrid {
		return []edition.Form{edition.OnSite, edition.Online}
	}
	return []edition.Form{of}
}

// State tells participants from those who have left.
type State string

// The states.
const (
	Registered State = "registered"
	Cancelled  State = "cancelled"
)

// States lists the states in the order in which lists offer them.
var States = []State{Registered, Cancelled}

// Participant is somebody who takes part in an edition, or did not in the end.
type Participant struct {
	ID           ID
	Edition      edition.ID
	Account      people.AccountID
	Email        string // of the account
	Form         edition.Form
	Badge        string               // the name on the badge
	Institution  people.InstitutionID // of the register; empty where it has none by this name
	Affiliation  string               // for whom, as typed
	City         string
	Sector       people.Sector // empty: not said
	State        State
	Told         []consent.Answer // the information that was shown, in its version
	RegisteredAt time.Time
	CancelledAt  time.Time
	Revision     int
	UpdatedAt    time.Time
}

// Entry is what somebody fills in.
type Entry struct {
	Form        edition.Form
	Badge       string
	Affiliation string
	City        string
	Sector      people.Sector
	Told        []consent.Answer // the information that was shown
	Consents    []consent.Answer // what was ticked
	Revision    int              // of the participant, as the form was opened; 0 to register
}

// Limits of texts, in characters, and of numbers.
const (
	maxLine   = 120
	maxNeed   = 1000
	maxNote   = 6000
	mostSeats = 100_000
)

// validate says what keeps the entry from being taken in an edition of form.
func (e Entry) validate(of edition.Form) error {
	var wrong errs.Problems
	if !slices.Contains(Forms(of), e.Form) {
		wrong.Add("form", "registration.form_missing")
	}
	if strings.TrimSpace(e.Badge) == "" {
		wrong.Add("badge", "registration.badge_missing")
	}
	for field, line := range map[string]string{"badge": e.Badge, "affiliation": e.Affiliation, "city": e.City} {
		if text.Length(line) > maxLine {
			wrong.Add(field, "people.too_long", maxLine)
		}
	}
	if e.Sector != "" && !slices.Contains(people.Sectors, e.Sector) {
		wrong.Add("sector", "people.sector_unknown")
	}
	return wrong.Err()
}

// Need is one thing that somebody needs to take part as others do.
type Need string

// The needs.
const (
	Wheelchair   Need = "wheelchair"
	HearingLoop  Need = "hearing_loop"
	SignLanguage Need = "sign_language" // polski język migowy
	LargePrint   Need = "large_print"
	Quiet        Need = "quiet" // a place to rest from noise
	Assistant    Need = "assistant"
	GuideDog     Need = "guide_dog"
	Interpreting Need = "interpreting" // between Polish and English
	Vegetarian   Need = "vegetarian"
	Vegan        Need = "vegan"
	GlutenFree   Need = "gluten_free"
)

// NeedKinds lists the needs in the order in which forms offer them.
var NeedKinds = []Need{
	Wheelchair, HearingLoop, SignLanguage, LargePrint, Quiet, Assistant, GuideDog, Interpreting, Vegetarian, Vegan, GlutenFree,
}

// Needs are what somebody needs, in order to take part as others do.
type Needs struct {
	Kinds   []Need
	Note    string
	SavedAt time.Time
}

// Empty reports whether nothing is needed.
func (n Needs) Empty() bool { return len(n.Kinds) == 0 && strings.TrimSpace(n.Note) == "" }

func (n Needs) validate() error {
	var wrong errs.Problems
	for _, kind := range n.Kinds {
		if !slices.Contains(NeedKinds, kind) {
			wrong.Add("kinds", "registration.need_unknown")
		}
	}
	if text.Length(n.Note) > maxNeed {
		wrong.Add("note", "people.too_long", maxNeed)
	}
	return wrong.Err()
}

// Event tells that somebody's registration was made, changed or cancelled. It
// names nobody but by id.
type Event struct {
	What        string           `json:"what"`
	Participant ID               `json:"participant"`
	Edition     edition.ID       `json:"edition"`
	Account     people.AccountID `json:"account"`
	Revision    int              `json:"revision"` // a letter is due once for each
}

// What can be promised.
const (
	EventMade      = "registration.made"
	EventChanged   = "registration.changed"
	EventCancelled = "registration.cancelled"
)

// Kind implements outbox.Event.
func (e Event) Kind() string { return e.What }

// Key names the sentence that says the state.
// key: registration.state.*
func (s State) Key() string { return "registration.state." + string(s) }

// Key names the sentence that says the need.
// key: registration.need.*
func (n Need) Key() string { return "registration.need." + string(n) }

// Key names the sentence that says the phase.
// key: registration.phase.*
func (p Phase) Key() string { return "registration.phase." + string(p) }
