// Package rehearsal lets organisers try an opening before its hour: made-up
// people press in the first second, as many as take part and wanting what people
// want, for the places that there really are. It tells how fast they were
// answered, how soon all was taken, and which rooms are too small.
//
// It plays on a copy in a database of its own, with the code that decides at the
// hour. The real database is only read, and no person is copied: of them it takes
// how many there are of each sector and institution, and what lists of wishes
// look like. The figures are those of the machine that it runs on, and of deciding
// alone: the network is not in them.
package rehearsal

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/admission"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
)

// Locale holds the sentences that name this package's errors, steps and advice.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with rehearsals.
var (
	ErrRunning = errs.New(errs.Conflict, "rehearsal.running") // one is under way
	ErrSoon    = errs.New(errs.Conflict, "rehearsal.soon")    // real people press now, or in a moment
	ErrNothing = errs.New(errs.Conflict, "rehearsal.nothing") // the window has no sessions
	ErrChosen  = errs.New(errs.Conflict, "rehearsal.chosen")  // leaders choose: there is no opening to play
	ErrNone    = errs.New(errs.NotFound, "rehearsal.none")    // nothing has been rehearsed
	ErrNoRoom  = errs.New(errs.Conflict, "rehearsal.no_room") // the disk has no room for a copy
	errPeople  = errs.New(errs.Invalid, "rehearsal.people", MostPeople)
	errWindow  = errs.New(errs.Invalid, "rehearsal.no_window")
)

// Bounds of a rehearsal.
const (
	LeastPeople = 10
	MostPeople  = 20_000
	usualPeople = 500 // where nobody has registered yet

	longest = time.Minute      // that it may take
	before  = 15 * time.Minute // a real opening, from when on nothing is rehearsed
	after   = 10 * time.Minute // a real opening, until when
)

// Order says what to rehearse.
type Order struct {
	Window admission.WindowID
	People int // 0: as many as take part in the edition
}

func (o Order) validate() error {
	var wrong errs.Problems
	if o.Window == "" {
		wrong.Add("window", errWindow.Key)
	}
	if o.People != 0 && (o.People < LeastPeople || o.People > MostPeople) {
		wrong.Add("people", errPeople.Key, LeastPeople, MostPeople)
	}
	return wrong.Err()
}

// Step is what a rehearsal is doing.
type Step string

// The steps, in their order.
const (
	Reading  Step = "reading"  // the windows, rules and wishes that there are
	Laying   Step = "laying"   // a copy of them, and people
	Playing  Step = "playing"  // the opening
	Counting Step = "counting" // what became of everybody
)

// Key names the sentence that says the step.
// key: rehearsal.step.*
func (s Step) Key() string { return "rehearsal.step." + string(s) }

// Progress is how far the rehearsal under way has come.
type Progress struct {
	Running bool
	Order   Order
	Step    Step
	Done    int // people who have their answers, of those in Order
	Began   time.Time
	Failed  error // why the last one came to nothing; nil when it did not
}

// Percent is the part of all people who have their answers.
func (p Progress) Percent() int {
	if p.Order.People == 0 {
		return 0
	}
	return min(100, p.Done*100/p.Order.People)
}

// Report is what a rehearsal found. It names nobody: the people are made up.
type Report struct {
	Window   admission.WindowID `json:"window"`
	Name     i18n.Text          `json:"name"`
	Mode     admission.Mode     `json:"mode"`
	At       time.Time          `json:"at"`
	Took     time.Duration      `json:"took"` // all of it, with laying the copy
	Cut      bool               `json:"cut"`  // it was ended before everybody had an answer
	Cores    int                `json:"cores"`
	People   int                `json:"people"`
	Lists    int                `json:"lists"`    // real lists of wishes that theirs are like; 0: theirs are made up
	Entrants int                `json:"entrants"` // of the lot
	Drawing  time.Duration      `json:"drawing"`  // how long the lot took

	Answers   Answers     `json:"answers"`
	SoldOut   int         `json:"sold_out"`       // sessions
	SoldAfter Moment      `json:"sold_out_after"` // the last of them; none where it was not all
	ByNumber  []int       `json:"by_number"`      // how many people have no seat, one, two, …
	Waiting   int         `json:"waiting"`        // who wait and have none
	FirstWish int         `json:"first_wish"`     // who got what they wanted most
	Refusals  []Refusal   `json:"refusals"`       // the most frequent first
	Sessions  []OfSession `json:"sessions"`       // the most wanted for its seats first
	BySector  []OfSector  `json:"by_sector"`

	Oversold int      `json:"oversold"` // seats beyond those that there are
	Faults   []string `json:"faults"`   // what a check of the copy found
}

// Answers are how fast people were answered, and whether the same answer came to
// the same request.
type Answers struct {
	Number    int           `json:"number"`
	Missing   int           `json:"missing"` // presses without an answer
	PerSecond int           `json:"per_second"`
	Half      time.Duration `json:"p50"`
	NearlyAll time.Duration `json:"p99"`
	Slowest   time.Duration `json:"max"`
	Repeated  int           `json:"repeated"` // requests that were sent twice
	Unlike    int           `json:"unlike"`   // of which got two different answers
	GivenBack int           `json:"given_back"`
	Swapped   int           `json:"swapped"`
}

// Moment is a time since the opening that may not have come.
type Moment struct {
	Came bool          `json:"came"`
	At   time.Duration `json:"at"`
}

// Refusal is how often a reason was given.
type Refusal struct {
	Why    signup.Why `json:"why"`
	Number int        `json:"number"`
}

// OfSector is what became of the people of a sector.
type OfSector struct {
	Sector people.Sector `json:"sector"` // empty: not said
	People int           `json:"people"`
	Seated int           `json:"seated"`
}

// OfSession is what became of a session.
type OfSession struct {
	Session programme.SessionID `json:"session"`
	Slug    string              `json:"slug"`
	Title   i18n.Text           `json:"title"`
	Counted bool                `json:"counted"` // whether its seats are
	Seats   int                 `json:"seats"`
	Room    int                 `json:"room"`   // how many its place holds; 0: not known
	Wanted  int                 `json:"wanted"` // people who want it
	First   int                 `json:"first"`  // of whom more than anything else
	Held    int                 `json:"held"`
	Waiting int                 `json:"waiting"`
	SoldOut Moment              `json:"sold_out"`
}

// Advice is what to think about for a session.
type Advice string

// The advice.
const (
	Fine    Advice = "fine"
	Widen   Advice = "widen"   // its place holds more than it has seats
	Larger  Advice = "larger"  // a larger place would seat them
	Repeat  Advice = "repeat"  // it would fill a second time
	Smaller Advice = "smaller" // half of its seats stay empty
)

// Key names the sentence that says the advice.
// key: rehearsal.advice.*
func (a Advice) Key() string { return "rehearsal.advice." + string(a) }

// Advice says what to think about. A number of people who want a session is no
// promise that they come, so small differences give no advice.
func (s OfSession) Advice() Advice {
	const tenth = 10
	switch {
	case !s.Counted:
		return Fine
	case s.Wanted <= s.Seats+s.Seats/tenth:
		if s.Wanted*2 <= s.Seats {
			return Smaller
		}
		return Fine
	case s.Room > s.Seats+s.Seats/tenth:
		return Widen
	case s.Wanted >= s.Seats*2:
		return Repeat
	}
	return Larger
}

// percentile is the smallest of sorted that is not less than so many hundredths
// of all.
func percentile(sorted []time.Duration, hundredths int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	n := (len(sorted)*hundredths + 99) / 100
	return sorted[max(n, 1)-1]
}

// answersOf summarises how long people waited.
func answersOf(took []time.Duration, all time.Duration) Answers {
	slices.Sort(took)
	a := Answers{Number: len(took), Half: percentile(took, 50), NearlyAll: percentile(took, 99), Slowest: percentile(took, 100)}
	if all > 0 {
		a.PerSecond = int(float64(len(took)) / all.Seconds())
	}
	return a
}
