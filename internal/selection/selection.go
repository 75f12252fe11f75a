// Package selection lets people apply for a session whose leader chooses: they
// answer its questions and say which session they want most; the leader reads, and
// decides; and everybody learns what was decided about them in the same moment.
package selection

import (
	"cmp"
	"embed"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors and verdicts.
//
//go:embed locale/*.json
var Locale embed.FS

// What can go wrong with applications and the choice among them.
var (
	ErrNoChoice   = errs.New(errs.Conflict, "selection.no_choice") // nobody applies for it
	ErrNone       = errs.New(errs.NotFound, "selection.none")      // no such application
	ErrNotYet     = errs.New(errs.Conflict, "selection.not_yet")
	ErrClosed     = errs.New(errs.Conflict, "selection.closed")
	ErrHeld       = errs.New(errs.Conflict, "selection.held")
	ErrNotListed  = errs.New(errs.Forbidden, "selection.not_listed")
	ErrTooMany    = errs.New(errs.Conflict, "selection.too_many", mostApplications)
	ErrChanged    = errs.New(errs.Conflict, "selection.changed")
	ErrApplied    = errs.New(errs.Conflict, "selection.applied") // questions that have been answered keep their sense
	ErrAnnounced  = errs.New(errs.Conflict, "selection.announced")
	ErrCollecting = errs.New(errs.Conflict, "selection.collecting")
	ErrUndecided  = errs.New(errs.Conflict, "selection.undecided")
	ErrBadVerdict = errs.New(errs.Invalid, "selection.verdict")

	ErrTooManyQuestions = errs.New(errs.Conflict, "selection.too_many_questions", MostQuestions)
)

// Kinds lists the kinds of questions that applicants are asked, in the order in which forms offer them.
var Kinds = []form.Kind{form.Line, form.Text, form.Choice, form.YesNo}

// Limits of texts, in characters, and of numbers.
const (
	MostQuestions    = 20
	maxNote          = 2000
	mostApplications = 40
	mostPlace        = 9999
)

// Form is the questions of a window, or those that one of its sessions asks besides.
type Form struct {
	Window    admission.WindowID
	Session   programme.SessionID // empty: for all sessions of the window
	Edition   edition.ID
	Questions []form.Question
	Revision  int
	UpdatedAt time.Time
}

// Validate says what keeps the form from being saved. Fields are called as form.Validate calls them.
func (f Form) Validate() error {
	var wrong errs.Problems
	if len(f.Questions) > MostQuestions {
		wrong.Add("questions", ErrTooManyQuestions.Key, MostQuestions)
	}
	for i, q := range f.Questions {
		if !slices.Contains(Kinds, q.Kind) {
			wrong.Add("q"+strconv.Itoa(i)+"-kind", "form.kind_missing")
		}
	}
	var more errs.Problems
	if errors.As(form.Validate(f.Questions), &more) {
		wrong = append(wrong, more...)
	}
	return wrong.Err()
}

// ApplicationID names an application (zgłoszenie).
type ApplicationID string

// Application is what somebody answered for one session.
type Application struct {
	ID         ApplicationID
	Window     admission.WindowID
	Session    programme.SessionID
	Account    people.AccountID
	Edition    edition.ID
	Preference int // 1: wants this session most
	Answers    form.Answers
	Needs      []admission.Need
	Revision   int
	SentAt     time.Time
	UpdatedAt  time.Time
}

// check says what is wrong with the answers. Fields are called as form.AnswerField calls them.
func (a Application) check(questions []form.Question) error {
	var wrong errs.Problems
	if !errors.As(a.Answers.Check(questions, form.Sending), &wrong) {
		wrong = nil
	}
	for _, n := range a.Needs {
		if !slices.Contains(admission.Needs, n) {
			wrong.Add("need", "form.answer_unknown")
		}
	}
	return wrong.Err()
}

// Applied is an application as those who choose see it.
type Applied struct {
	Application
	Name        string
	Affiliation string
	Decided
}

// Decided is what the leader of a session makes of an application. Applicants
// learn of it when it is announced, and never read the note before.
type Decided struct {
	Verdict   signup.Verdict // empty: not yet
	Place     int            // on the waiting list, the lower the earlier; of the admitted the order in which seats go round
	Note      string         // for those who choose
	DecidedBy people.AccountID
	DecidedAt time.Time
}

// Verdicts lists the verdicts in the order in which forms offer them.
var Verdicts = []signup.Verdict{signup.Chosen, signup.Reserve, signup.Passed}

// VerdictKey names the sentence that says a verdict.
// key: selection.verdict.*
func VerdictKey(v signup.Verdict) string {
	if v == "" {
		return "selection.verdict.none"
	}
	return "selection.verdict." + string(v)
}

// validate says what keeps the choice from being saved.
func (d Decided) validate() error {
	var wrong errs.Problems
	if d.Verdict != "" && !slices.Contains(Verdicts, d.Verdict) {
		wrong.Add("verdict", ErrBadVerdict.Key)
	}
	if d.Place < 0 || d.Place > mostPlace {
		wrong.Add("place", "selection.place", mostPlace)
	}
	if text.Length(d.Note) > maxNote {
		wrong.Add("note", "people.too_long", maxNote)
	}
	return wrong.Err()
}

// Tally says how far the choice for one session has come.
type Tally struct {
	Session   programme.SessionID
	Applied   int
	Admitted  int
	Waiting   int
	Passed    int
	Undecided int
	Seats     int // that the session has; 0: not counted
}

// Over is how many more have been admitted than there are seats.
func (t Tally) Over() int {
	if t.Seats == 0 {
		return 0
	}
	return max(0, t.Admitted-t.Seats)
}

// InTurn brings verdicts into the order in which seats are given: everybody's
// first choice among the sessions that admitted them before anybody's second,
// then the waiting lists, and at the end those who get nothing. Who was admitted
// to two sessions at the same hours so gets the one they wanted more.
func InTurn(all []Applied) []Applied {
	round := map[ApplicationID]int{}
	byAccount := map[people.AccountID][]Applied{}
	for _, a := range all {
		if a.Verdict == signup.Chosen {
			byAccount[a.Account] = append(byAccount[a.Account], a)
		}
	}
	for _, own := range byAccount {
		slices.SortFunc(own, func(a, b Applied) int { return a.Preference - b.Preference })
		for i, a := range own {
			round[a.ID] = i
		}
	}
	rank := map[signup.Verdict]int{signup.Chosen: 0, signup.Reserve: 1, signup.Passed: 2}
	turn := slices.Clone(all)
	slices.SortFunc(turn, func(a, b Applied) int {
		return cmp.Or(rank[a.Verdict]-rank[b.Verdict], round[a.ID]-round[b.ID], placeOf(a)-placeOf(b), a.SentAt.Compare(b.SentAt),
			strings.Compare(string(a.ID), string(b.ID)))
	})
	return turn
}

// placeOf puts those without a place behind those with one.
func placeOf(a Applied) int {
	if a.Place == 0 {
		return mostPlace + 1
	}
	return a.Place
}
