// Package review lets the congress choose fairly among what was sent in: it gives
// each submission to people who know its field and have no stake in it, collects
// what they think, brings it before the council, and tells all authors in the same
// moment what was decided and why.
//
// No statement of this package reads who is behind a submission. Rules about
// conflicts of interest get ids alone, from call.PartiesOf; and whether somebody
// may see a submission is one predicate, visible, which stands in every list,
// count and file.
package review

import (
	"embed"
	"slices"
	"strconv"
	"time"

	"obrady/internal/assign"
	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, states and outcomes.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with reviews and decisions.
var (
	ErrNone       = errs.New(errs.NotFound, "review.none") // there is no such submission, for this person
	ErrNoSetup    = errs.New(errs.Conflict, "review.no_setup")
	ErrNotReader  = errs.New(errs.Conflict, "review.not_reader")
	ErrNotGiven   = errs.New(errs.Conflict, "review.not_given")
	ErrConflict   = errs.New(errs.Forbidden, "review.conflict")
	ErrOwnStake   = errs.New(errs.Conflict, "review.own_stake") // nobody judges a conflict of their own
	ErrChanged    = errs.New(errs.Conflict, "review.changed")
	ErrNotOpen    = errs.New(errs.Conflict, "review.not_open")
	ErrOver       = errs.New(errs.Conflict, "review.over")
	ErrSent       = errs.New(errs.Conflict, "review.sent")
	ErrMoved      = errs.New(errs.Conflict, "review.moved")
	ErrNoProposal = errs.New(errs.NotFound, "review.no_proposal")
	ErrConsulted  = errs.New(errs.NotFound, "review.consulted")
)

// Criterion is one thing by which a submission is judged.
type Criterion struct {
	ID      string      `json:"id"`
	Label   i18n.Text   `json:"label"`
	Help    i18n.Text   `json:"help"`
	Weight  int         `json:"weight"`
	Anchors []i18n.Text `json:"anchors"` // what each mark means, from 1 up; their number is the scale
}

// Highest is the best mark.
func (c Criterion) Highest() int { return len(c.Anchors) }

// Places is what there is to give on one path in one format.
type Places struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	Seats  int    `json:"seats"`
}

// Setup says how the submissions of a call are judged.
type Setup struct {
	Call       call.ID
	Edition    edition.ID
	Each       int // reviews of each submission
	Stretch    int // see assign.Problem
	Criteria   []Criterion
	Places     []Places
	Consulted  []people.InstitutionID // whose opinion is asked
	OpensAt    time.Time              // for reviews
	ClosesAt   time.Time
	AppealDays int // after the announcement; 0: there is no appeal
	Quorum     int // members present without whom nothing is decided
	Revision   int
	UpdatedAt  time.Time
}

// Limits of the setup, in characters unless they count something else.
const (
	mostCriteria  = 12
	mostWeight    = 100
	leastScale    = 2
	mostScale     = 10
	maxLabel      = 200
	maxHelp       = 1000
	mostPlaces    = 200
	mostSeats     = 2000
	mostConsulted = 10
	mostAppeal    = 90
	mostQuorum    = 100
)

// Validate says what keeps the setup from being saved. Fields of a criterion are
// called after its number, from 0: "c0-label".
func (s Setup) Validate() error {
	var wrong errs.Problems
	if s.Each < 1 || s.Each > assign.MostEach {
		wrong.Add("each", "review.each", assign.MostEach)
	}
	if s.Stretch < 0 || s.Stretch > assign.MostStretch {
		wrong.Add("stretch", "review.number", assign.MostStretch)
	}
	if n := len(s.Criteria); n == 0 || n > mostCriteria {
		wrong.Add("criteria", "review.criteria", mostCriteria)
	}
	for i, c := range s.Criteria {
		c.validate(&wrong, "c"+strconv.Itoa(i)+"-")
	}
	if len(s.Places) > mostPlaces || slices.ContainsFunc(s.Places, func(p Places) bool { return p.Seats < 0 || p.Seats > mostSeats }) {
		wrong.Add("places", "review.number", mostSeats)
	}
	if len(s.Consulted) > mostConsulted {
		wrong.Add("consulted", "review.number", mostConsulted)
	}
	if s.AppealDays < 0 || s.AppealDays > mostAppeal {
		wrong.Add("appeal_days", "review.number", mostAppeal)
	}
	if s.Quorum < 0 || s.Quorum > mostQuorum {
		wrong.Add("quorum", "review.number", mostQuorum)
	}
	switch {
	case s.OpensAt.IsZero():
		wrong.Add("opens_on", "review.when")
	case s.ClosesAt.IsZero() || !s.OpensAt.Before(s.ClosesAt):
		wrong.Add("closes_on", "review.closes_before_opening")
	}
	return wrong.Err()
}

func (c Criterion) validate(wrong *errs.Problems, prefix string) {
	switch {
	case c.Label.PL == "":
		wrong.Add(prefix+"label", "review.label_missing")
	case tooLong(c.Label, maxLabel):
		wrong.Add(prefix+"label", "review.too_long", maxLabel)
	}
	if tooLong(c.Help, maxHelp) {
		wrong.Add(prefix+"help", "review.too_long", maxHelp)
	}
	if c.Weight < 1 || c.Weight > mostWeight {
		wrong.Add(prefix+"weight", "review.weight", mostWeight)
	}
	if n := len(c.Anchors); n < leastScale || n > mostScale || slices.ContainsFunc(c.Anchors, func(t i18n.Text) bool { return t.PL == "" || tooLong(t, maxLabel) }) {
		wrong.Add(prefix+"anchors", "review.anchors", leastScale, mostScale)
	}
}

func tooLong(t i18n.Text, most int) bool { return text.Length(t.PL) > most || text.Length(t.EN) > most }

// keeps says whether the marks that were given by s can still be read by next:
// no criterion has gone and none has another scale. Wording and weight may change.
func (s Setup) keeps(next Setup) bool {
	for _, c := range s.Criteria {
		i := slices.IndexFunc(next.Criteria, func(n Criterion) bool { return n.ID == c.ID })
		if i < 0 || next.Criteria[i].Highest() != c.Highest() {
			return false
		}
	}
	return true
}

// Seats is how many places there are on a path in a format, and whether they are counted.
func (s Setup) Seats(path, format string) (int, bool) {
	for _, p := range s.Places {
		if p.Path == path && p.Format == format {
			return p.Seats, true
		}
	}
	return 0, false
}

// Takes says whether a review may be written at the moment now.
func (s Setup) Takes(now time.Time) error {
	switch {
	case now.Before(s.OpensAt):
		return ErrNotOpen
	case !now.Before(s.ClosesAt):
		return ErrOver
	}
	return nil
}

// Reader is somebody who reviews for a call, and how much they take on.
type Reader struct {
	Call      call.ID
	Account   people.AccountID
	Most      int // reviews
	Skills    map[string]assign.Level
	Languages []i18n.Lang // that they read; empty: all
	UpdatedAt time.Time
}

const mostReviews = 500

// Validate says what keeps a reader from being saved.
func (r Reader) Validate() error {
	var wrong errs.Problems
	if r.Most < 0 || r.Most > mostReviews {
		wrong.Add("most", "review.number", mostReviews)
	}
	for _, level := range r.Skills {
		if level < assign.Foreign || level > assign.Expert {
			wrong.Add("skills", "review.choose")
		}
	}
	return wrong.Err()
}

// Reads says whether they read the language.
func (r Reader) Reads(lang i18n.Lang) bool {
	return len(r.Languages) == 0 || slices.Contains(r.Languages, lang)
}
