package review

import (
	"cmp"
	"slices"
	"time"

	"obrady/internal/call"
	"obrady/internal/errs"
	"obrady/internal/people"
	"obrady/internal/text"
)

// Source says how a conflict of interest came to be known.
type Source string

// The sources.
const (
	Own         Source = "own"         // they are behind it themselves
	Institution Source = "institution" // the same institution
	Kin         Source = "kin"         // an institution under the same roof
	Group       Source = "group"       // a member of the same expert group
	Together    Source = "together"    // sent something else in together with one of its authors
	Declared    Source = "declared"    // they say so
	Told        Source = "told"        // somebody else says so
)

// Sources lists the sources, the gravest first.
var Sources = []Source{Own, Institution, Kin, Group, Together, Declared, Told}

// Key names the sentence that says the source.
// key: review.source.*
func (s Source) Key() string { return "review.source." + string(s) }

// Stage is where a conflict of interest stands in its life.
type Stage string

// The stages.
const (
	NoConflict Stage = ""
	Suspected  Stage = "suspected" // podejrzenie
	Confirmed  Stage = "confirmed" // potwierdzony
	Dismissed  Stage = "dismissed" // odrzucony
	Ended      Stage = "ended"     // it was one, and is no longer
)

// Stages lists the stages in the order in which lists show them.
var Stages = []Stage{Suspected, Confirmed, Dismissed, Ended}

// Key names the sentence that says the stage.
// key: review.stage.*
func (s Stage) Key() string { return "review.stage." + string(s) }

// Stands says whether it keeps the person from the submission. A suspicion does
// so until somebody has looked.
func (s Stage) Stands() bool { return s == Suspected || s == Confirmed }

// stages says what follows on what by a person's word.
var stages = map[Stage][]Stage{
	Suspected: {Confirmed, Dismissed},
	Confirmed: {Ended, Dismissed},
	Dismissed: {Confirmed},
	Ended:     {Confirmed},
}

// May says whether somebody can bring a conflict from one stage to the other.
func (s Stage) May(next Stage) bool { return slices.Contains(stages[s], next) }

// Conflict is a stake that somebody has in a submission, or may have (konflikt interesów).
type Conflict struct {
	Submission call.SubmissionID
	Account    people.AccountID
	Call       call.ID
	Sources    []Source
	Stage      Stage
	Cleared    []Source // what was known when it was dismissed; something new raises it again
	UpdatedAt  time.Time
}

// found returns the conflict after the rules have found sources again, and whether
// anything has changed. A rule finds more and never takes back: that is a person's
// to do.
func (c Conflict) found(sources []Source) (Conflict, bool) {
	before := c
	for _, s := range sources {
		if !slices.Contains(c.Sources, s) {
			c.Sources = append(slices.Clone(c.Sources), s)
		}
	}
	slices.SortFunc(c.Sources, func(a, b Source) int { return cmp.Compare(slices.Index(Sources, a), slices.Index(Sources, b)) })
	sure := slices.ContainsFunc(sources, Source.sure)
	news := slices.ContainsFunc(sources, func(s Source) bool { return !slices.Contains(c.Cleared, s) })
	switch {
	case c.Stage == NoConflict && sure, !c.Stage.Stands() && sure && news, c.Stage == Suspected && sure:
		c.Stage = Confirmed
	case c.Stage == NoConflict, c.Stage == Dismissed && news:
		c.Stage = Suspected
	}
	return c, c.Stage != before.Stage || len(c.Sources) != len(before.Sources)
}

// sure says whether nobody need look whether it is so.
func (s Source) sure() bool { return s == Own || s == Declared || s == Told }

// facts are what we know of somebody that could tie them to a submission.
type facts struct {
	Account      people.AccountID       `json:"account"`
	Institutions []people.InstitutionID `json:"institutions"` // they work for
	Groups       []string               `json:"groups"`       // expert groups
	Together     []people.AccountID     `json:"together"`     // sent something in with them in this edition
}

// ties are the same of everybody who is behind submissions.
type ties struct {
	roof   map[people.InstitutionID]people.InstitutionID // the topmost institution above each
	works  map[people.AccountID][]people.InstitutionID
	groups map[people.AccountID][]string
}

// roofs finds the topmost institution above each.
func roofs(all []people.Institution) map[people.InstitutionID]people.InstitutionID {
	above := map[people.InstitutionID]people.InstitutionID{}
	for _, i := range all {
		above[i.ID] = i.PartOf
	}
	roof := map[people.InstitutionID]people.InstitutionID{}
	for _, i := range all {
		top := i.ID
		for range all { // a circle ends as well
			if above[top] == "" {
				break
			}
			top = above[top]
		}
		roof[i.ID] = top
	}
	return roof
}

// suspect says what ties somebody to a submission, the gravest first.
func (f facts) suspect(parties []call.Party, t ties) []Source {
	found := map[Source]bool{}
	for _, p := range parties {
		if p.Account != "" {
			found[Own] = found[Own] || p.Account == f.Account
			found[Together] = found[Together] || slices.Contains(f.Together, p.Account)
			found[Group] = found[Group] || p.Account != f.Account && meet(f.Groups, t.groups[p.Account])
		}
		theirs := t.works[p.Account]
		if p.Institution != "" {
			theirs = append(slices.Clone(theirs), p.Institution)
		}
		for _, other := range theirs {
			found[Institution] = found[Institution] || slices.Contains(f.Institutions, other)
			found[Kin] = found[Kin] || slices.ContainsFunc(f.Institutions, func(own people.InstitutionID) bool {
				return own != other && t.roof[own] != "" && t.roof[own] == t.roof[other]
			})
		}
	}
	return slices.DeleteFunc(slices.Clone(Sources), func(s Source) bool { return !found[s] })
}

func meet[T comparable](a, b []T) bool {
	return slices.ContainsFunc(a, func(one T) bool { return slices.Contains(b, one) })
}

// ConflictStep is one change in the life of a conflict.
type ConflictStep struct {
	Submission call.SubmissionID
	Account    people.AccountID
	At         time.Time
	By         people.AccountID // journal.System: a rule
	From, To   Stage
	Sources    []Source
	Why        string
}

// maxWhy is how long a reason may be, in characters.
const maxWhy = 2000

// Reasoned says what is wrong with a reason that must be given.
func Reasoned(field, why string) error {
	var wrong errs.Problems
	switch n := text.Length(why); {
	case n == 0:
		wrong.Add(field, "review.reason_missing")
	case n > maxWhy:
		wrong.Add(field, "review.too_long", maxWhy)
	}
	return wrong.Err()
}

// GlassFor is how long a conflicted file stays open once the glass is broken.
const GlassFor = time.Hour

// Glass is a conflicted file that somebody had to open (wgląd nadzwyczajny). The
// council reads who it was, and why.
type Glass struct {
	ID         string
	Submission call.SubmissionID
	Code       string
	Account    people.AccountID
	Reason     string
	OpenedAt   time.Time
	Until      time.Time
}
