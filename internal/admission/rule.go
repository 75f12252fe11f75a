package admission

import (
	"slices"
	"time"

	"obrady/internal/edition"
	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/programme"
	"obrady/internal/text"
	"obrady/internal/timetable"
)

// RuleID names a rule.
type RuleID string

// RuleKind says what a rule limits.
type RuleKind string

// The kinds.
const (
	MostEach        RuleKind = "most_each"        // so many sessions of the set for one person
	OneOf           RuleKind = "one_of"           // one session of the set for one person
	MostInstitution RuleKind = "most_institution" // so many people of one institution in each session of the set
)

// RuleKinds lists the kinds in the order in which forms offer them.
var RuleKinds = []RuleKind{MostEach, OneOf, MostInstitution}

// Key names the sentence that says the kind.
// key: admission.rule.*
func (k RuleKind) Key() string { return "admission.rule." + string(k) }

// Over says which sessions a rule is about.
type Over string

// What a rule can be about.
const (
	OverAll      Over = "all"
	OverFormats  Over = "formats"
	OverBlocks   Over = "blocks"
	OverWindows  Over = "windows"
	OverSessions Over = "sessions"
)

// Overs lists them in the order in which forms offer them.
var Overs = []Over{OverAll, OverFormats, OverBlocks, OverWindows, OverSessions}

// Key names the sentence that says it.
// key: admission.over.*
func (o Over) Key() string { return "admission.over." + string(o) }

// Rule is a limit that every claim is held to.
type Rule struct {
	ID        RuleID
	Edition   edition.ID
	Workspace string // the partner whose sessions it is about; empty: the host's rule
	Kind      RuleKind
	Most      int
	Over      Over
	Keys      []string // formats, or ids of blocks, windows or sessions
	Name      i18n.Text
	UpdatedAt time.Time
}

// Validate says what keeps the rule from being saved.
func (r Rule) Validate() error {
	var wrong errs.Problems
	const most, mostKeys = 100, 500
	if !slices.Contains(RuleKinds, r.Kind) {
		wrong.Add("kind", "admission.rule_kind")
	}
	if r.Most < 1 || r.Most > most {
		wrong.Add("most", "admission.rule_most", most)
	}
	if !slices.Contains(Overs, r.Over) || (r.Over == OverAll) != (len(r.Keys) == 0) || len(r.Keys) > mostKeys {
		wrong.Add("over", "admission.rule_over")
	}
	if text.Length(r.Name.PL) > maxName || text.Length(r.Name.EN) > maxName {
		wrong.Add("name_pl", "people.too_long", maxName)
	}
	return wrong.Err()
}

// covers says whether the rule is about the session; within says whether a block
// is another one or lies in it.
func (r Rule) covers(o *Offer, within func(block, other programme.BlockID) bool) bool {
	switch r.Over {
	case OverAll:
		return true
	case OverFormats:
		return slices.Contains(r.Keys, string(o.Format))
	case OverWindows:
		return slices.Contains(r.Keys, string(o.Window))
	case OverSessions:
		return slices.Contains(r.Keys, string(o.Session))
	case OverBlocks:
		return slices.ContainsFunc(r.Keys, func(key string) bool { return within(o.Block, programme.BlockID(key)) })
	}
	return false
}

// Span is when and where a session is given.
type Span struct {
	Start time.Time         `json:"start"`
	End   time.Time         `json:"end"`
	Place timetable.PlaceID `json:"place,omitempty"`
}

// apart says whether nobody can be at both: the spans overlap, or there is less
// than walk minutes and margin between them.
func (s Span) apart(other Span, minutes int) bool {
	spare := time.Duration(minutes) * time.Minute
	return s.Start.Before(other.End.Add(spare)) && other.Start.Before(s.End.Add(spare))
}

// Limit is how many the rule allows.
func (r Rule) Limit() int {
	if r.Kind == OneOf {
		return 1
	}
	return r.Most
}
