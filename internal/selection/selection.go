// Package selection lets people apply for a session whose leader chooses: they
// answer its questions and say which session they want most; the leader reads, and
// decides; and everybody learns what was decided about them in the same moment.
package selection

import (
	"cmp"
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"obrady/internal/admission"
	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/signup"
	"obrady/internal/text"
)

// Locale holds the sentences that name this package's errors, questions and verdicts.
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

// Kind is a kind of question.
type Kind string

// The kinds.
const (
	Short  Kind = "short"  // one line
	Long   Kind = "long"   // running text
	Choice Kind = "choice" // one of several answers
	YesNo  Kind = "yes_no"
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{Short, Long, Choice, YesNo}

// Key names the sentence that says the kind.
// key: selection.kind.*
func (k Kind) Key() string { return "selection.kind." + string(k) }

// Answers to a question of the kind YesNo.
const (
	Yes = "yes"
	No  = "no"
)

// Question is something that applicants are asked.
type Question struct {
	ID       string      `json:"id"`
	Kind     Kind        `json:"kind"`
	Label    i18n.Text   `json:"label"`
	Help     i18n.Text   `json:"help"`
	Options  []i18n.Text `json:"options,omitempty"` // of a Choice; an answer is the number of one, from 1
	Required bool        `json:"required"`
	Most     int         `json:"most"` // characters of an answer in words
}

// limit is how many characters an answer may have.
func (q Question) limit() int {
	switch {
	case q.Most > 0:
		return q.Most
	case q.Kind == Long:
		return mostLong
	}
	return mostShort
}

// Limit is how many characters an answer in words may have; 0 where none are typed.
func (q Question) Limit() int {
	if q.Kind == Short || q.Kind == Long {
		return q.limit()
	}
	return 0
}

// Picked returns the option that an answer to a Choice names.
func (q Question) Picked(answer string) (i18n.Text, bool) {
	n, err := strconv.Atoi(answer)
	if q.Kind != Choice || err != nil || n < 1 || n > len(q.Options) {
		return i18n.Text{}, false
	}
	return q.Options[n-1], true
}

// Limits of texts, in characters, and of numbers.
const (
	MostQuestions    = 20
	MostOptions      = 12
	maxLabel         = 300
	maxHelp          = 600
	mostShort        = 200
	mostLong         = 2000
	mostOfAnswer     = 5000
	maxNote          = 2000
	mostApplications = 40
	mostPlace        = 9999
)

// Form is the questions of a window, or those that one of its sessions asks besides.
type Form struct {
	Window    admission.WindowID
	Session   programme.SessionID // empty: for all sessions of the window
	Edition   edition.ID
	Questions []Question
	Revision  int
	UpdatedAt time.Time
}

// Validate says what keeps the form from being saved. Fields are called after the
// number of the question, from 0: "q0-label".
func (f Form) Validate() error {
	var wrong errs.Problems
	if len(f.Questions) > MostQuestions {
		wrong.Add("questions", "selection.too_many_questions", MostQuestions)
	}
	for i, q := range f.Questions {
		field := func(name string) string { return "q" + strconv.Itoa(i) + "-" + name }
		switch {
		case q.Label.PL == "":
			wrong.Add(field("label"), "selection.label_missing")
		case text.Length(q.Label.PL) > maxLabel || text.Length(q.Label.EN) > maxLabel:
			wrong.Add(field("label"), "people.too_long", maxLabel)
		case text.Length(q.Help.PL) > maxHelp || text.Length(q.Help.EN) > maxHelp:
			wrong.Add(field("help"), "people.too_long", maxHelp)
		}
		if !slices.Contains(Kinds, q.Kind) {
			wrong.Add(field("kind"), "selection.kind_missing")
		}
		if n := len(q.Options); q.Kind == Choice && (n < 2 || n > MostOptions) {
			wrong.Add(field("options"), "selection.options", MostOptions)
		}
		if q.Most < 0 || q.Most > mostOfAnswer {
			wrong.Add(field("most"), "selection.most", mostOfAnswer)
		}
	}
	return wrong.Err()
}

// keeps says whether what was answered to the questions before still answers
// those of next: none has gone, none has another sense, and none is required that
// nobody was asked. Wording may be corrected.
func (f Form) keeps(next Form) bool {
	if len(next.Questions) < len(f.Questions) {
		return false
	}
	for i, q := range f.Questions {
		n := next.Questions[i]
		if n.ID != q.ID || n.Kind != q.Kind || len(n.Options) < len(q.Options) || n.Required && !q.Required || n.limit() < q.limit() {
			return false
		}
	}
	return !slices.ContainsFunc(next.Questions[len(f.Questions):], func(q Question) bool { return q.Required })
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
	Preference int               // 1: wants this session most
	Answers    map[string]string // by the id of the question
	Needs      []admission.Need
	Revision   int
	SentAt     time.Time
	UpdatedAt  time.Time
}

// check says what is wrong with the answers. Fields are called after the number of
// the question, from 0: "a0".
func (a Application) check(questions []Question) error {
	var wrong errs.Problems
	for i, q := range questions {
		field, answer := AnswerField(i), a.Answers[q.ID]
		_, picked := q.Picked(answer)
		switch {
		case strings.TrimSpace(answer) == "":
			if q.Required {
				wrong.Add(field, "selection.answer_missing")
			}
		case q.Kind == Choice && !picked, q.Kind == YesNo && answer != Yes && answer != No:
			wrong.Add(field, "selection.answer_unknown")
		case q.Limit() > 0 && text.Length(answer) > q.limit():
			wrong.Add(field, "people.too_long", q.limit())
		}
	}
	for _, n := range a.Needs {
		if !slices.Contains(admission.Needs, n) {
			wrong.Add("need", "selection.answer_unknown")
		}
	}
	return wrong.Err()
}

// AnswerField is what the field of a question is called, by its number from 0.
func AnswerField(n int) string { return "a" + strconv.Itoa(n) }

// only keeps the answers to questions that are asked.
func only(answers map[string]string, questions []Question) map[string]string {
	kept := map[string]string{}
	for _, q := range questions {
		if answer := strings.TrimSpace(answers[q.ID]); answer != "" {
			kept[q.ID] = answer
		}
	}
	return kept
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
