// Package admission says how people get into sessions that not everybody fits
// into: when sign-ups open and close, in which way places are given, how many
// there are and for whom, and what one person may have. Package signup gives the
// places by it.
package admission

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, modes and rules.
//
//go:embed locale/*.json
var Locale embed.FS

// WindowID names a window (okno zapisów).
type WindowID string

// What can go wrong with the settings of sign-ups.
var (
	ErrNoWindow = errs.New(errs.NotFound, "admission.no_window")
	ErrChanged  = errs.New(errs.Conflict, "admission.changed")
	ErrTaken    = errs.New(errs.Conflict, "admission.taken")
	ErrCounts   = errs.New(errs.Internal, "admission.counts") // a count changed while somebody held the ledger
)

// Mode is a way to give out places (tryb zapisów).
type Mode string

// The modes.
const (
	Open       Mode = "open"       // whoever wants, from the opening on, up to the cap if there is one
	FirstCome  Mode = "first_come" // kolejność zgłoszeń: the order of the commits
	Prequeue   Mode = "prequeue"   // those who are ready at the opening are shuffled, later ones follow
	Lottery    Mode = "lottery"    // wish lists until a moment, then one draw
	Selection  Mode = "selection"  // the leader of the session chooses by what applicants answer
	Invitation Mode = "invitation" // codes, lists, domains of institutions
)

// Modes lists the modes in the order in which forms offer them.
var Modes = []Mode{Open, FirstCome, Prequeue, Lottery, Selection, Invitation}

// Key names the sentence that says the mode.
// key: admission.mode.*
func (m Mode) Key() string { return "admission.mode." + string(m) }

// Collects says whether people say beforehand what they want, and are given it
// together later.
func (m Mode) Collects() bool { return m == Lottery || m == Selection }

// Draws says whether a lot decides about an order.
func (m Mode) Draws() bool { return m == Lottery || m == Prequeue }

// Window is when and how one signs up for a group of sessions. Its moments are
// judged by the clock of the database.
type Window struct {
	ID          WindowID
	Edition     edition.ID
	Workspace   string // the partner whose window it is; empty: the host's
	Name        i18n.Text
	Mode        Mode
	OpensAt     time.Time
	DecidesAt   time.Time // of a mode that collects: no entries from then on; zero otherwise
	AnnouncesAt time.Time // of a selection: the decisions are known by then; zero otherwise
	ClosesAt    time.Time
	Waiting     bool // whether there is a waiting list
	// Until so many hours before a session a place that is given back goes to the first who waits at once; then it
	// is offered, for so many minutes; and in the last hours the waiting list is served at the door.
	SureHours    int
	OfferMinutes int
	DoorHours    int
	DecidedAt    time.Time // when the lot or the leader has spoken; zero: not yet
	Revision     int
	UpdatedAt    time.Time
}

// ReadyBefore is how long before the opening one can join a pre-queue.
const ReadyBefore = 15 * time.Minute

// Phase says where a window stands.
type Phase string

// The phases.
const (
	Before   Phase = "before"   // it has not opened
	Entries  Phase = "entries"  // it collects what people want
	Deciding Phase = "deciding" // nothing more is collected, and nothing decided yet
	Running  Phase = "running"  // places are given
	Closed   Phase = "closed"
)

// Key names the sentence that says the phase.
// key: admission.phase.*
func (p Phase) Key() string { return "admission.phase." + string(p) }

// Phase says where the window stands at the moment now.
func (w Window) Phase(now time.Time) Phase {
	switch {
	case now.Before(w.OpensAt):
		return Before
	case !now.Before(w.ClosesAt):
		return Closed
	case !w.Mode.Collects() || !w.DecidedAt.IsZero():
		return Running
	case now.Before(w.DecidesAt):
		return Entries
	}
	return Deciding
}

// Ref is what the window is called in addresses: the end of its id, which is short and stays.
func (w Window) Ref() string { return string(w.ID)[max(0, len(w.ID)-8):] }

// ReadyFrom is when one can join a pre-queue.
func (w Window) ReadyFrom() time.Time { return w.OpensAt.Add(-ReadyBefore) }

// Path is where the window stands in the tree of rights: at its partner's
// workspace, or at the congress.
func (w Window) Path(t rights.Tree) []rights.Node {
	if w.Workspace != "" {
		return t.Path(rights.OfWorkspace(rights.WorkspaceID(w.Workspace)))
	}
	return t.Path(rights.OfCongress(w.Edition))
}

// Limits of texts, in characters, and of numbers.
const (
	maxName     = 120
	mostSeats   = 20_000
	mostPools   = 12
	mostHours   = 24 * 30
	mostMinutes = 60 * 24 * 7
)

// Validate says what keeps the window from being saved.
func (w Window) Validate() error {
	var wrong errs.Problems
	if w.Name.PL == "" {
		wrong.Add("name_pl", "admission.name_missing")
	}
	if text.Length(w.Name.PL) > maxName {
		wrong.Add("name_pl", "people.too_long", maxName)
	}
	if text.Length(w.Name.EN) > maxName {
		wrong.Add("name_en", "people.too_long", maxName)
	}
	if !slices.Contains(Modes, w.Mode) {
		wrong.Add("mode", "admission.mode_missing")
	}
	w.validateTimes(&wrong)
	for field, n := range map[string]int{"sure_hours": w.SureHours, "door_hours": w.DoorHours} {
		if n < 0 || n > mostHours {
			wrong.Add(field, "admission.hours", mostHours)
		}
	}
	if w.OfferMinutes < 1 || w.OfferMinutes > mostMinutes {
		wrong.Add("offer_minutes", "admission.minutes", mostMinutes)
	}
	return wrong.Err()
}

func (w Window) validateTimes(wrong *errs.Problems) {
	if w.OpensAt.IsZero() {
		wrong.Add("opens_at", "admission.opens_missing")
	}
	if !w.ClosesAt.After(w.OpensAt) {
		wrong.Add("closes_at", "admission.closes_before_opening")
	}
	if w.Mode.Collects() && (!w.DecidesAt.After(w.OpensAt) || w.DecidesAt.After(w.ClosesAt)) {
		wrong.Add("decides_at", "admission.decides_between")
	}
	if w.Mode == Selection && (w.AnnouncesAt.Before(w.DecidesAt) || w.AnnouncesAt.After(w.ClosesAt)) {
		wrong.Add("announces_at", "admission.announces_between")
	}
}

// Narrows names the first thing in which next takes from people what before,
// which has opened, had given them; "" when it only gives more.
func (w Window) Narrows(next Window) string {
	switch {
	case next.Mode != w.Mode:
		return "mode"
	case next.OpensAt.After(w.OpensAt):
		return "opens_at"
	case next.ClosesAt.Before(w.ClosesAt):
		return "closes_at"
	case w.Mode.Collects() && next.DecidesAt.Before(w.DecidesAt):
		return "decides_at"
	case !w.AnnouncesAt.IsZero() && next.AnnouncesAt.After(w.AnnouncesAt):
		return "announces_at"
	case w.Waiting && !next.Waiting:
		return "waiting"
	case next.OfferMinutes < w.OfferMinutes:
		return "offer_minutes"
	}
	return ""
}

// Manner says how a place that becomes free is handed on.
type Manner string

// The manners.
const (
	AtOnce  Manner = "at_once" // the first who waits holds it
	ByOffer Manner = "offered" // it is kept for the first who waits, for a while
	AtDoor  Manner = "at_door" // whoever waits comes to the door
)

// Key names the sentence that says the manner.
// key: admission.manner.*
func (m Manner) Key() string { return "admission.manner." + string(m) }

// Manner says how a place of a session that begins at start is handed on at the
// moment now. A session without hours is far away.
func (w Window) Manner(now, start time.Time) Manner {
	if start.IsZero() {
		return AtOnce
	}
	switch left := start.Sub(now); {
	case left < time.Duration(w.DoorHours)*time.Hour:
		return AtDoor
	case left < time.Duration(w.SureHours)*time.Hour:
		return ByOffer
	}
	return AtOnce
}

// Settings are what holds for all sign-ups of an edition.
type Settings struct {
	Edition   edition.ID
	Held      bool // nothing can be signed up for, whatever the windows say
	Overlap   bool // somebody may hold places in sessions that overlap
	Walking   bool // sessions must leave time to walk between their places
	Margin    int  // minutes to spare between two sessions, besides the walk
	Revision  int
	UpdatedAt time.Time
}

// Settled returns the settings of an edition that nobody has changed.
func Settled(of edition.ID) Settings { return Settings{Edition: of, Walking: true} }

// Validate says what keeps the settings from being saved.
func (s Settings) Validate() error {
	var wrong errs.Problems
	const most = 240
	if s.Margin < 0 || s.Margin > most {
		wrong.Add("margin", "admission.margin", most)
	}
	return wrong.Err()
}

// Offer is a session that one signs up for.
type Offer struct {
	Session   programme.SessionID
	Edition   edition.ID
	Window    WindowID
	Slug      string
	Title     i18n.Text
	Format    programme.Format
	Block     programme.BlockID
	Hours     []Span
	StartsAt  time.Time // zero: not known, or before the window opens: a series that goes on takes people in
	Cancelled bool
	Waiting   int // how many wait
	Pools     []Pool
	Revision  int
	UpdatedAt time.Time
}

// Left is how many could still be given a seat that is for anyone; -1 where
// nothing is counted.
func (o Offer) Left() int {
	left := -1
	for _, p := range o.Pools {
		if p.Kind == ForAll {
			left = max(left, 0) + p.Left()
		}
	}
	return left
}

// Seats is how many places there are besides those that a need takes; 0 where
// nothing is counted.
func (o Offer) Seats() (n int) {
	for _, p := range o.Pools {
		if p.Kind != ForNeed {
			n += p.Capacity
		}
	}
	return n
}

// Taken is how many of them are taken.
func (o Offer) Taken() (n int) {
	for _, p := range o.Pools {
		if p.Kind != ForNeed {
			n += p.Taken
		}
	}
	return n
}

// Pool returns the pool of this number, or nil.
func (o *Offer) Pool(number int) *Pool {
	for i := range o.Pools {
		if o.Pools[i].Number == number {
			return &o.Pools[i]
		}
	}
	return nil
}
