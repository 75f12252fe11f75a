// Package attendance follows people with a place to the door of their session:
// it asks them the day before whether they come, shows those who take part from
// elsewhere the way in when it is time, lets whoever stands at the door mark who is
// there, and hands places of those who have not come to those who wait.
package attendance

import (
	"cmp"
	"embed"
	"net/url"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// Locale holds the sentences that name this package's errors and states.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong at the door and on the way to it.
var (
	ErrNoSession = errs.New(errs.Conflict, "attendance.no_session") // nobody signs up for it
	ErrNobody    = errs.New(errs.NotFound, "attendance.nobody")     // has no place, and does not wait
	ErrNoLink    = errs.New(errs.NotFound, "attendance.no_link")    // of a letter: it is of no use, or no more
	ErrEarly     = errs.New(errs.Conflict, "attendance.early")
	ErrMoved     = errs.New(errs.Conflict, "attendance.moved") // the numbers have changed since they were looked at
	ErrChanged   = errs.New(errs.Conflict, "attendance.changed")
	ErrPresence  = errs.New(errs.Invalid, "attendance.presence")
)

// Presence says whether somebody was there.
type Presence string

// What can be marked.
const (
	Unknown Presence = "" // nobody has marked it
	Present Presence = "present"
	Absent  Presence = "absent"
)

// Key names the sentence that says it.
// key: attendance.presence.*
func (p Presence) Key() string {
	if p == Unknown {
		return "attendance.presence.unknown"
	}
	return "attendance.presence." + string(p)
}

// When things happen, counted from the beginning of a session.
const (
	AskBefore    = 24 * time.Hour     // people are asked whether they come
	MarkBefore   = 12 * time.Hour     // marks can be made from then on
	MarkAfter    = 7 * 24 * time.Hour // and corrected until then
	FreeAfter    = 5 * time.Minute    // places of those who have not come can be freed
	automaticFor = 30 * time.Minute   // from the beginning: the clock frees none later than that
)

// Limits of texts, in characters, and of numbers.
const (
	maxLink     = 500
	mostMinutes = 24 * 60
	usualMinute = 15
)

// Settings are what organisers set for the door of a session.
type Settings struct {
	Session   programme.SessionID
	Edition   edition.ID
	Link      string // by which people take part from elsewhere: https only; empty: there is none
	Minutes   int    // before the beginning, from when on those with a place see it
	Automatic bool   // places of those who have not come are freed by the clock
	Revision  int    // 0: nobody has set anything
	UpdatedAt time.Time
}

// Settled returns the settings of a session for which nothing has been set.
func Settled(session programme.SessionID, of edition.ID) Settings {
	return Settings{Session: session, Edition: of, Minutes: usualMinute}
}

// Validate says what keeps the settings from being saved.
func (s Settings) Validate() error {
	var wrong errs.Problems
	if len(s.Link) > maxLink {
		wrong.Add("link", "people.too_long", maxLink)
	}
	if u, err := url.Parse(s.Link); s.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
		wrong.Add("link", "attendance.link")
	}
	if s.Minutes < 0 || s.Minutes > mostMinutes {
		wrong.Add("minutes", "attendance.minutes", mostMinutes)
	}
	return wrong.Err()
}

// Link is the way into a session from elsewhere, as somebody with a place sees it.
type Link struct {
	URL  string    // empty: not yet
	From time.Time // when it is shown; zero: there is none
}

// Link says what somebody with a place in the session may see at the moment now.
func (s Settings) link(start, now time.Time) Link {
	if s.Link == "" || start.IsZero() {
		return Link{}
	}
	l := Link{From: start.Add(-time.Duration(s.Minutes) * time.Minute)}
	if !now.Before(l.From) {
		l.URL = s.Link
	}
	return l
}

// Guest is somebody on the list of a door. There is no address on it.
type Guest struct {
	Account     people.AccountID
	Name        string
	Affiliation string
	State       signup.State
	Position    int // on the waiting list
	Needs       []admission.Need
	Coming      bool // has said so
	Presence    Presence
	MarkedAt    time.Time

	inLine int64
}

// List is the list of a door: those with a place, those who wait in their order,
// and those who had a place until it was freed because they had not come.
type List struct {
	Settings
	Slug    string // of the session
	Name    i18n.Text
	StartAt time.Time
	Seated  []Guest
	Waiting []Guest
	Missed  []Guest
	Left    int // places for anyone that nobody has; -1 where nothing is counted
	Now     time.Time
}

// Here counts those with a place who have been marked as present.
func (l List) Here() int { return count(l.Seated, Present) }

// Missing counts those with a place who have not.
func (l List) Missing() int { return len(l.Seated) - l.Here() }

// Unmarked counts those with a place about whom nobody has said anything.
func (l List) Unmarked() int { return count(l.Seated, Unknown) }

// AtDoor counts those without a place who have been marked as present.
func (l List) AtDoor() int { return count(l.Waiting, Present) + count(l.Missed, Present) }

func count(all []Guest, as Presence) (n int) {
	for _, g := range all {
		if g.Presence == as {
			n++
		}
	}
	return n
}

// Free says whether places of those who have not come can be freed.
func (l List) Free() bool {
	return !l.StartAt.IsZero() && !l.Now.Before(l.StartAt.Add(FreeAfter)) && l.Missing() > 0
}

// Opens is the moment from which on they can be; zero where the hour is not known.
func (l List) Opens() time.Time {
	if l.StartAt.IsZero() {
		return time.Time{}
	}
	return l.StartAt.Add(FreeAfter)
}

// Admits says whether somebody who waits at the door can be given a place that is free.
func (l List) Admits() bool { return l.AtDoor() > 0 && l.Left != 0 && markable(l.StartAt, l.Now) }

// Markable says whether marks can be made at this moment.
func (l List) Markable() bool { return markable(l.StartAt, l.Now) }

// markable says whether marks can be made at the moment now. A session without
// hours can be marked at any time.
func markable(start, now time.Time) bool {
	return start.IsZero() || !now.Before(start.Add(-MarkBefore)) && now.Before(start.Add(MarkAfter))
}

// absent lists who would lose their place.
func (l List) absent() (who []people.AccountID) {
	for _, g := range l.Seated {
		if g.Presence != Present {
			who = append(who, g.Account)
		}
	}
	return who
}

// atDoor lists who has no place and is there: who waits, in the order of the
// waiting list, and then who came late.
func (l List) atDoor() (who []people.AccountID) {
	for _, g := range slices.Concat(l.Waiting, l.Missed) {
		if g.Presence == Present {
			who = append(who, g.Account)
		}
	}
	return who
}

// sort puts people into the order in which they are looked for: by family name
// those with a place, by the line those who wait.
func (l *List) sort(all []Guest) {
	for _, g := range all {
		switch {
		case g.State.Takes():
			l.Seated = append(l.Seated, g)
		case g.State == signup.Waiting:
			l.Waiting = append(l.Waiting, g)
		default:
			l.Missed = append(l.Missed, g)
		}
	}
	compare := i18n.Compare(i18n.Polish)
	byName := func(a, b Guest) int {
		return cmp.Or(compare(people.SortName(a.Name), people.SortName(b.Name)), cmp.Compare(a.Account, b.Account))
	}
	slices.SortFunc(l.Seated, byName)
	slices.SortFunc(l.Missed, byName)
	slices.SortFunc(l.Waiting, func(a, b Guest) int { return cmp.Compare(a.inLine, b.inLine) })
	for i := range l.Waiting {
		l.Waiting[i].Position = i + 1
	}
}

// Figures are what is known about who came to a session, without names.
type Figures struct {
	Session programme.SessionID `json:"-"`
	Seats   int                 `json:"seats"`   // that people had when it began
	Came    int                 `json:"came"`    // of them
	AtDoor  int                 `json:"at_door"` // places given to others once it had begun
	Kept    bool                `json:"-"`       // the list has been forgotten, and this is what stays of it
}

// NoShow is the share of places whose owners did not come, in percent; -1 where
// nobody has been marked as present, so that nothing is known.
func (f Figures) NoShow() int {
	if f.Seats <= 0 || f.Came <= 0 {
		return -1
	}
	return ((f.Seats-f.Came)*100 + f.Seats/2) / f.Seats
}
