// Package council decides what of all that was sent in becomes part of the
// congress: the Programme Council sits over an agenda that lets nobody judge where
// they have a stake, gives its reasons, and tells all authors in the same moment.
// Whoever sees it differently appeals, and who declines makes room for the next.
//
// What a member may see is decided by package review, by its one predicate.
package council

import (
	"embed"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/review"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors and states.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with sittings and decisions.
var (
	ErrNoSitting  = errs.New(errs.NotFound, "council.no_sitting")
	ErrNotSitting = errs.New(errs.Conflict, "council.not_sitting") // the sitting is not open
	ErrQuorum     = errs.New(errs.Conflict, "council.quorum")
	ErrAbsent     = errs.New(errs.Conflict, "council.absent")
	ErrNoDecision = errs.New(errs.NotFound, "council.no_decision")
	ErrAnnounced  = errs.New(errs.Conflict, "council.already_announced")
	ErrNothing    = errs.New(errs.Conflict, "council.nothing") // nothing to announce
	ErrNoAppeal   = errs.New(errs.NotFound, "council.no_appeal")
	ErrNoAppeals  = errs.New(errs.Conflict, "council.no_appeals") // too late, or not against this
	ErrAppealed   = errs.New(errs.Conflict, "council.twice")
)

// Service keeps sittings and decisions.
type Service struct {
	db      *db.DB
	now     func() time.Time
	reviews *review.Service
}

// NewService returns a Service that reads the time from now and asks reviews who may see what.
func NewService(d *db.DB, now func() time.Time, reviews *review.Service) *Service {
	return &Service{db: d, now: now, reviews: reviews}
}

// SittingID names a sitting.
type SittingID string

// SittingState is where a sitting stands.
type SittingState string

// The states of a sitting.
const (
	Planned  SittingState = "planned"
	OpenNow  SittingState = "open"
	ClosedUp SittingState = "closed"
	Approved SittingState = "approved" // its minutes have been
)

// Key names the sentence that says the state.
// key: council.sitting.*
func (s SittingState) Key() string { return "council.sitting." + string(s) }

// Part is what somebody does at a sitting.
type Part string

// The parts.
const (
	Chair     Part = "chair"
	Member    Part = "member"
	Secretary Part = "secretary" // writes, and has no vote
)

// Parts lists the parts in the order in which forms offer them.
var Parts = []Part{Chair, Member, Secretary}

// Key names the sentence that says the part.
// key: council.part.*
func (p Part) Key() string { return "council.part." + string(p) }

// Present is somebody at a sitting.
type Present struct {
	Account people.AccountID
	Part    Part
}

// Sitting is a meeting of the council about a call (posiedzenie).
type Sitting struct {
	ID         SittingID
	Call       call.ID
	Number     int
	Place      string
	BeginsAt   time.Time
	State      SittingState
	Notes      string // for the minutes, beside the decisions
	Present    []Present
	OpenedAt   time.Time
	ClosedAt   time.Time
	ApprovedAt time.Time
	ApprovedBy people.AccountID
	Revision   int
	UpdatedAt  time.Time
}

// Limits of the texts of sittings and decisions, in characters.
const (
	maxPlace   = 300
	maxNotes   = 20_000
	maxWords   = 6000
	mostVote   = 200
	mostPlaces = 2000 // of the reserve list
)

// Validate says what keeps the sitting from being saved.
func (s Sitting) Validate() error {
	var wrong errs.Problems
	if s.BeginsAt.IsZero() {
		wrong.Add("begins_on", "review.when")
	}
	if text.Length(s.Place) > maxPlace {
		wrong.Add("place", "review.too_long", maxPlace)
	}
	if text.Length(s.Notes) > maxNotes {
		wrong.Add("notes", "review.too_long", maxNotes)
	}
	for _, p := range s.Present {
		if !slices.Contains(Parts, p.Part) {
			wrong.Add("present", "review.choose")
		}
	}
	return wrong.Err()
}

// Voters counts who has a vote.
func (s Sitting) Voters() (n int) {
	for _, p := range s.Present {
		if p.Part != Secretary {
			n++
		}
	}
	return n
}

// Has says whether somebody is there.
func (s Sitting) Has(who people.AccountID) bool {
	return slices.ContainsFunc(s.Present, func(p Present) bool { return p.Account == who })
}

// Item is one submission on the agenda of a sitting.
type Item struct {
	review.Entry
	Position int
	State    ItemState
	Recused  []people.AccountID // of those present
	BegunAt  time.Time
	EndedAt  time.Time
}

// ItemState is where an item of an agenda stands.
type ItemState string

// The states of an item.
const (
	ToCome  ItemState = "to_come"
	UnderIt ItemState = "now"
	Done    ItemState = "done"
	PutOff  ItemState = "put_off" // to another sitting
)

// Key names the sentence that says the state.
// key: council.item.*
func (s ItemState) Key() string { return "council.item." + string(s) }

// Decision is what the council decided about a submission.
type Decision struct {
	Submission  call.SubmissionID
	Call        call.ID
	Sitting     SittingID // empty: between sittings, after an appeal or a vacancy
	Outcome     review.Outcome
	Path        string // as accepted
	Format      string
	Place       int    // on the reserve list, from 1
	ToAuthor    string // the rationale that the author reads
	Inside      string // the rationale for the council
	InFavour    int
	Against     int
	Abstained   int
	Recused     []people.AccountID // of those present
	Snapshot    review.Figure      // what the reviewers thought
	MadeBy      people.AccountID
	MadeAt      time.Time
	Batch       string
	AnnouncedAt time.Time // zero: pending
	Revision    int
}

// Votes is how many voted.
func (d Decision) Votes() int { return d.InFavour + d.Against + d.Abstained }

// Carried says whether more were in favour than against.
func (d Decision) Carried() bool { return d.InFavour > d.Against }

// validate says what keeps the decision from being taken at a sitting with so many who may vote.
func (d Decision) validate(c call.Call, voters int) error {
	var wrong errs.Problems
	if d.Outcome == review.Undecided || !slices.Contains(review.Outcomes, d.Outcome) {
		wrong.Add("outcome", "review.choose")
	}
	if _, known := c.Option(c.Paths, d.Path); d.Outcome.Takes() && len(c.Paths) > 0 && !known {
		wrong.Add("path", "review.choose")
	}
	if _, known := c.Option(c.Formats, d.Format); d.Outcome.Takes() && len(c.Formats) > 0 && !known {
		wrong.Add("format", "review.choose")
	}
	if d.ToAuthor == "" && d.Outcome != review.Accept {
		wrong.Add("to_author", "council.rationale_missing")
	}
	for field, words := range map[string]string{"to_author": d.ToAuthor, "inside": d.Inside} {
		if text.Length(words) > maxWords {
			wrong.Add(field, "review.too_long", maxWords)
		}
	}
	if d.Outcome == review.OnReserve && (d.Place < 1 || d.Place > mostPlaces) {
		wrong.Add("place", "council.reserve_place", mostPlaces)
	}
	switch {
	case min(d.InFavour, d.Against, d.Abstained) < 0 || max(d.InFavour, d.Against, d.Abstained) > mostVote:
		wrong.Add("in_favour", "review.number", mostVote)
	case d.Sitting != "" && d.Votes() > voters:
		wrong.Add("in_favour", "council.too_many_votes", voters)
	case d.Sitting != "" && !d.Carried():
		wrong.Add("in_favour", "council.not_carried")
	}
	return wrong.Err()
}

// Dissent is what a member of the council has to say against a decision (zdanie odrębne).
type Dissent struct {
	Submission call.SubmissionID
	Account    people.AccountID
	Words      string
	At         time.Time
}

// Slot is what is left of the places on a path in a format.
type Slot struct {
	review.Places
	Taken   int // by decisions, announced or not
	Reserve int // on the list behind it
}

// Left is how many places are left; negative if too many have been given.
func (s Slot) Left() int { return s.Seats - s.Taken }

// Verdict is what the council answers an author who has appealed.
type Verdict string

// The verdicts.
const (
	Upheld  Verdict = "upheld"  // the decision stands
	Changed Verdict = "changed" // it is decided anew
)

// Verdicts lists the verdicts in the order in which forms offer them.
var Verdicts = []Verdict{Upheld, Changed}

// Key names the sentence that says the verdict.
// key: council.verdict.*
func (v Verdict) Key() string {
	if v == "" {
		return "council.verdict.none"
	}
	return "council.verdict." + string(v)
}

// Appeal is an author who asks the council to look again (odwołanie).
type Appeal struct {
	ID         string
	Submission call.SubmissionID
	Code       string
	Title      string
	Call       call.ID
	OfRevision int // of the decision
	Words      string
	FiledBy    people.AccountID
	FiledAt    time.Time
	Verdict    Verdict // empty: not answered
	Answer     string
	AnsweredBy people.AccountID
	AnsweredAt time.Time
}
