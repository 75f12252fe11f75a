package timetable

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"obrady/internal/edition"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/programme"
)

// ChangeKind says what has become of a session since the last release.
type ChangeKind string

// What can become of a session.
const (
	New       ChangeKind = "new"
	Moved     ChangeKind = "moved" // another time or place
	Cancelled ChangeKind = "cancelled"
	Restored  ChangeKind = "restored"  // cancelled before, takes place after all
	Withdrawn ChangeKind = "withdrawn" // no longer in the programme
	Changed   ChangeKind = "changed"
)

// Key names the sentence that says the kind.
// key: timetable.change.*
func (k ChangeKind) Key() string { return "timetable.change." + string(k) }

// Field names what of a session has changed.
type Field string

// The fields that a change list shows.
const (
	FieldHours     Field = "hours"
	FieldPlace     Field = "place"
	FieldTitle     Field = "title"
	FieldLead      Field = "lead"
	FieldBody      Field = "body"
	FieldPeople    Field = "people"
	FieldFormat    Field = "format"
	FieldForm      Field = "form"
	FieldLanguages Field = "languages"
	FieldAccess    Field = "access" // interpretation, captions, sign language
	FieldRecording Field = "recording"
	FieldEntry     Field = "entry"
	FieldCapacity  Field = "capacity"
	FieldBlock     Field = "block"
	FieldStage     Field = "stage"
	FieldTerms     Field = "terms"
	FieldSegments  Field = "segments"
	FieldCredits   Field = "credits"
)

// Key names the sentence that says the field.
// key: timetable.field.*
func (f Field) Key() string { return "timetable.field." + string(f) }

// Hours is a span of time in a change list.
type Hours struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Value is one side of a change: words, hours, or the keys of sentences.
type Value struct {
	Texts []i18n.Text `json:"texts,omitempty"`
	Hours []Hours     `json:"hours,omitempty"`
	Keys  []string    `json:"keys,omitempty"`
}

// FieldChange is what one field said before and says after.
type FieldChange struct {
	Field  Field `json:"field"`
	Before Value `json:"before"`
	After  Value `json:"after"`
}

// Change is what has become of one session between two releases.
type Change struct {
	Kind    ChangeKind          `json:"kind"`
	Session programme.SessionID `json:"session"`
	Slug    string              `json:"slug"`
	Title   i18n.Text           `json:"title"`
	Block   programme.BlockID   `json:"block"`
	Reason  i18n.Text           `json:"reason"`
	Fields  []FieldChange       `json:"fields,omitempty"`
}

// Compare lists what has become of every session between two programmes, in
// the order of the kinds and then of time. With no programme before, there is
// nothing to compare and the list is empty.
func Compare(before, after *Index) []Change {
	if before == nil {
		return nil
	}
	var changes []Change
	for i := range after.Sessions {
		s := &after.Sessions[i]
		if change, ok := compareSession(before, after, before.Session(s.ID), s); ok {
			changes = append(changes, change)
		}
	}
	for i := range before.Sessions {
		if s := &before.Sessions[i]; after.Session(s.ID) == nil {
			changes = append(changes, changeOf(Withdrawn, s))
		}
	}
	order := []ChangeKind{Cancelled, Withdrawn, Moved, Restored, New, Changed}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.Slug, b.Slug))
	})
	return changes
}

func changeOf(kind ChangeKind, s *programme.Session) Change {
	return Change{Kind: kind, Session: s.ID, Slug: s.Slug, Title: s.Title, Block: s.Block, Reason: s.Reason}
}

func compareSession(before, after *Index, was, is *programme.Session) (Change, bool) {
	if was == nil {
		change := changeOf(New, is)
		change.Fields = []FieldChange{
			{FieldHours, Value{}, after.hours(is)}, {FieldPlace, Value{}, after.placesOf(is)},
		}
		return change, true
	}
	change := changeOf(Changed, is)
	change.Fields = compareFields(before, after, was, is)
	switch {
	case is.Status == programme.Cancelled && was.Status != programme.Cancelled:
		change.Kind = Cancelled
	case was.Status == programme.Cancelled && is.Status != programme.Cancelled:
		change.Kind = Restored
	case len(change.Fields) == 0:
		return change, false
	case slices.ContainsFunc(change.Fields, func(f FieldChange) bool {
		return f.Field == FieldHours || f.Field == FieldPlace
	}):
		change.Kind = Moved
	}
	return change, true
}

// compareFields lists the fields whose value a visitor would see differ.
func compareFields(before, after *Index, was, is *programme.Session) []FieldChange {
	var changed []FieldChange
	for _, f := range fields {
		b, a := f.value(before, was), f.value(after, is)
		if b.text() != a.text() {
			changed = append(changed, FieldChange{f.field, b, a})
		}
	}
	return changed
}

// fields says how each field reads in a programme, in the order of the list.
var fields = []struct {
	field Field
	value func(*Index, *programme.Session) Value
}{
	{FieldHours, (*Index).hours},
	{FieldPlace, (*Index).placesOf},
	{FieldTitle, func(_ *Index, s *programme.Session) Value { return words(s.Title) }},
	{FieldLead, func(_ *Index, s *programme.Session) Value { return words(s.Lead) }},
	{FieldBody, func(_ *Index, s *programme.Session) Value { return words(s.Body) }},
	{FieldPeople, (*Index).peopleOf},
	{FieldFormat, func(_ *Index, s *programme.Session) Value { return keys(s.Format.Key()) }},
	{FieldForm, func(_ *Index, s *programme.Session) Value { return keys(s.Form.Key()) }},
	{FieldLanguages, func(_ *Index, s *programme.Session) Value { return languages(s.Languages) }},
	{FieldAccess, func(_ *Index, s *programme.Session) Value { return access(s) }},
	{FieldRecording, func(_ *Index, s *programme.Session) Value { return keys(s.Recording.Key()) }},
	{FieldEntry, func(_ *Index, s *programme.Session) Value { return keys(s.Entry.Key()) }},
	{FieldCapacity, func(_ *Index, s *programme.Session) Value { return figure(s.Capacity) }},
	{FieldBlock, (*Index).blockOf},
	{FieldStage, (*Index).stageOf},
	{FieldTerms, (*Index).termsOf},
	{FieldSegments, (*Index).segmentsOf},
	{FieldCredits, (*Index).creditsOf},
}

// text writes the value in one line, for comparing.
func (v Value) text() string {
	var line strings.Builder
	for _, t := range v.Texts {
		fmt.Fprintf(&line, "%s\x00%s\x01", t.PL, t.EN)
	}
	for _, h := range v.Hours {
		fmt.Fprintf(&line, "%d %d\x01", h.Start.Unix(), h.End.Unix())
	}
	return line.String() + strings.Join(v.Keys, "\x01")
}

// Empty reports whether there is nothing to show.
func (v Value) Empty() bool { return len(v.Texts) == 0 && len(v.Hours) == 0 && len(v.Keys) == 0 }

func words(all ...i18n.Text) Value {
	var v Value
	for _, t := range all {
		if t.PL != "" || t.EN != "" {
			v.Texts = append(v.Texts, t)
		}
	}
	return v
}

func keys(all ...string) Value { return Value{Keys: all} }

func figure(n int) Value {
	if n == 0 {
		return Value{}
	}
	return words(i18n.Both(fmt.Sprint(n)))
}

func languages(codes []string) Value {
	var v Value
	for _, code := range codes {
		v.Keys = append(v.Keys, programme.LanguageKey(code))
	}
	return v
}

func access(s *programme.Session) Value {
	v := languages(s.Interpretation)
	if s.Captions {
		v.Keys = append(v.Keys, "timetable.captions")
	}
	if s.SignLanguage {
		v.Keys = append(v.Keys, "timetable.sign_language")
	}
	return v
}

func (x *Index) hours(s *programme.Session) Value {
	var v Value
	for _, slot := range x.SlotsOf(s.ID) {
		v.Hours = append(v.Hours, Hours{slot.Start, slot.End})
	}
	return v
}

func (x *Index) placesOf(s *programme.Session) Value {
	var all []i18n.Text
	for _, slot := range x.SlotsOf(s.ID) {
		if place := x.Place(slot.Place); place != nil {
			all = append(all, place.Name)
		}
	}
	return words(all...)
}

func (x *Index) peopleOf(s *programme.Session) Value {
	var all []i18n.Text
	for _, id := range s.Everybody() {
		all = append(all, x.personName(id))
	}
	return words(all...)
}

func (x *Index) personName(id people.PersonID) i18n.Text {
	if p := x.Person(id); p != nil {
		return i18n.Both(p.Name)
	}
	return i18n.Text{}
}

func (x *Index) blockOf(s *programme.Session) Value {
	if b := x.Block(s.Block); b != nil {
		return words(b.Name)
	}
	return Value{}
}

func (x *Index) stageOf(s *programme.Session) Value {
	if g := x.Stage(s.Stage); g != nil {
		return words(g.Name)
	}
	return Value{}
}

func (x *Index) termsOf(s *programme.Session) Value {
	var all []i18n.Text
	for _, id := range s.Terms {
		if t, _ := x.Term(id); t != nil {
			all = append(all, t.Name)
		}
	}
	return words(all...)
}

func (x *Index) segmentsOf(s *programme.Session) Value {
	var all []i18n.Text
	for _, g := range s.Segments {
		t := g.Title
		if t.IsZero() {
			t = i18n.Both("·")
		}
		minutes := fmt.Sprintf(" (%d′)", g.Minutes)
		all = append(all, i18n.Text{PL: t.In(i18n.Polish).Text + minutes, EN: t.In(i18n.English).Text + minutes})
	}
	return words(all...)
}

func (x *Index) creditsOf(s *programme.Session) Value {
	var all []i18n.Text
	for _, c := range s.Credits {
		if i := x.Institution(c.Institution); i != nil && c.Role != edition.Funder {
			all = append(all, i.Name)
		}
	}
	return words(all...)
}
