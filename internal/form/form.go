// Package form asks people questions and reads what they answer: what an applicant
// tells the leader of a workshop, what a city tells about its good practice. It
// knows the kinds of questions, how long an answer may be as a reader counts it,
// and what has changed for somebody who answered an earlier version.
package form

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/text"
)

// Locale holds the sentences that name kinds of questions and what is wrong with answers.
//
//go:embed locale/*.json
var Locale embed.FS

// Kind is a kind of question.
type Kind string

// The kinds.
const (
	Line    Kind = "short"   // one line
	Text    Kind = "long"    // running text
	Choice  Kind = "choice"  // one of several answers
	Choices Kind = "choices" // any of several answers
	YesNo   Kind = "yes_no"
	Number  Kind = "number" // a whole number
	Link    Kind = "link"   // a web address
)

// Kinds lists the kinds in the order in which forms offer them.
var Kinds = []Kind{Line, Text, Choice, Choices, YesNo, Number, Link}

// Key names the sentence that says the kind.
// key: form.kind.*
func (k Kind) Key() string { return "form.kind." + string(k) }

// Answers to a question of the kind YesNo.
const (
	Yes = "yes"
	No  = "no"
)

// Unit is what the length of an answer is counted in.
type Unit string

// The units.
const (
	Characters Unit = "" // as a reader sees them, see text.Length
	Words      Unit = "words"
)

// Units lists the units in the order in which forms offer them.
var Units = []Unit{Characters, Words}

// Key names the sentence that says the unit.
// key: form.unit.*
func (u Unit) Key() string {
	if u == Characters {
		return "form.unit.characters"
	}
	return "form.unit." + string(u)
}

// Need says when a question must have been answered.
type Need string

// The needs.
const (
	Optional   Need = ""
	Now        Need = "now"      // with the first sending
	ByDeadline Need = "deadline" // may stay open until answers are no longer taken
)

// Needs lists the needs in the order in which forms offer them.
var Needs = []Need{Optional, Now, ByDeadline}

// Key names the sentence that says the need.
// key: form.need.*
func (n Need) Key() string {
	if n == Optional {
		return "form.need.optional"
	}
	return "form.need." + string(n)
}

// Question is something that people are asked.
type Question struct {
	ID       string      `json:"id"`
	Kind     Kind        `json:"kind"`
	Label    i18n.Text   `json:"label"`
	Help     i18n.Text   `json:"help"`
	Options  []i18n.Text `json:"options,omitempty"` // of a Choice or Choices; an answer names them by number, from 1
	Required bool        `json:"required"`
	Later    bool        `json:"later,omitempty"` // of one that is required: only by the deadline
	Most     int         `json:"most"`            // units of an answer in words, or options of a Choices; 0: as many as the kind allows
	Unit     Unit        `json:"unit,omitempty"`
	Low      int         `json:"low,omitempty"`    // the least Number; with High, unless both are 0
	High     int         `json:"high,omitempty"`   // the greatest
	Inside   bool        `json:"inside,omitempty"` // only organisers read the answer, reviewers do not
}

// Limits of questions, in characters unless they count something else.
const (
	MostQuestions = 40
	MostOptions   = 30
	maxLabel      = 300
	maxHelp       = 1000
	mostLine      = 200
	mostText      = 2000
	mostAnswer    = 20_000 // that any question may ask for
	mostWords     = 3000
	maxLink       = 500
	maxDigits     = 12
)

// Asks says whether the question is of that kind; templates ask so.
func (q Question) Asks(kind string) bool { return string(q.Kind) == kind }

// Need says when the question must have been answered.
func (q Question) Need() Need {
	switch {
	case !q.Required:
		return Optional
	case q.Later:
		return ByDeadline
	}
	return Now
}

// Limit is how much an answer in words may have, in Unit; 0 where none are typed.
func (q Question) Limit() int {
	switch {
	case q.Kind != Line && q.Kind != Text:
		return 0
	case q.Most > 0:
		return q.Most
	case q.Unit == Words:
		return mostWords
	case q.Kind == Text:
		return mostText
	}
	return mostLine
}

// Count is how long an answer is, in the unit of the question.
func (q Question) Count(answer string) int { return q.Unit.Count(answer) }

// Count is how long a text is in the unit.
func (u Unit) Count(s string) int {
	if u == Words {
		return CountWords(s)
	}
	return text.Length(s)
}

// Picked returns the option that an answer to a Choice names.
func (q Question) Picked(answer string) (i18n.Text, bool) {
	n, err := strconv.Atoi(answer)
	if q.Kind != Choice && q.Kind != Choices || err != nil || n < 1 || n > len(q.Options) {
		return i18n.Text{}, false
	}
	return q.Options[n-1], true
}

// AllPicked returns the options that an answer to a Choice or Choices names, in
// the order in which they are offered; ok is false if it names one that is not.
func (q Question) AllPicked(answer string) (picked []i18n.Text, ok bool) {
	named := Ticked(answer)
	for i, option := range q.Options {
		if slices.Contains(named, strconv.Itoa(i+1)) {
			picked = append(picked, option)
		}
	}
	return picked, len(picked) == len(named)
}

// Ticked splits an answer to a Choices into the numbers of the options.
func Ticked(answer string) []string {
	if answer == "" {
		return nil
	}
	return strings.Split(answer, ",")
}

// Tick makes the answer to a Choices of the numbers of options, each once.
func Tick(numbers []string) string {
	var once []string
	for _, n := range numbers {
		if !slices.Contains(once, n) && n != "" {
			once = append(once, n)
		}
	}
	return strings.Join(once, ",")
}

// Validate says what keeps questions from being asked. Fields are called after
// the number of the question, from 0: "q0-label".
func Validate(questions []Question) error {
	var wrong errs.Problems
	if len(questions) > MostQuestions {
		wrong.Add("questions", "form.too_many_questions", MostQuestions)
	}
	for i, q := range questions {
		q.validate(&wrong, func(name string) string { return "q" + strconv.Itoa(i) + "-" + name })
	}
	return wrong.Err()
}

func (q Question) validate(wrong *errs.Problems, field func(name string) string) {
	switch {
	case q.Label.PL == "":
		wrong.Add(field("label"), "form.label_missing")
	case text.Length(q.Label.PL) > maxLabel || text.Length(q.Label.EN) > maxLabel:
		wrong.Add(field("label"), "form.too_long", maxLabel)
	case text.Length(q.Help.PL) > maxHelp || text.Length(q.Help.EN) > maxHelp:
		wrong.Add(field("help"), "form.too_long", maxHelp)
	}
	if !slices.Contains(Kinds, q.Kind) {
		wrong.Add(field("kind"), "form.kind_missing")
	}
	if n := len(q.Options); (q.Kind == Choice || q.Kind == Choices) && (n < 2 || n > MostOptions) {
		wrong.Add(field("options"), "form.options", MostOptions)
	}
	most := mostAnswer
	if q.Unit == Words {
		most = mostWords
	}
	if q.Most < 0 || q.Most > most || !slices.Contains(Units, q.Unit) {
		wrong.Add(field("most"), "form.most", most)
	}
	if q.Low > q.High {
		wrong.Add(field("high"), "form.high")
	}
}
