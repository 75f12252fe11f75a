package desk

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/web"
)

// Control is one question of a form, as sheet.html asks it.
type Control struct {
	Name  string
	As    string // the component; see the constants below
	Key   string // of the sentence that labels it
	Help  string // key of the sentence that explains it; none when empty
	Most  int    // characters; 0: no counter
	Words int    // words, in place of characters; the slice that takes the text holds it to them
	Type  string // of a line: "url", "number"
	Size  string // class of the width
	Must  bool   // it cannot stay empty
	Rows  []Control
}

// The components of forms.
const (
	AsPair   = "pair"   // a line in each language, with the state of the English one
	AsProse  = "prose"  // the same for running text
	AsLine   = "line"   // one line
	AsSelect = "select" // one of several
	AsDate   = "date"
	AsTick   = "tick"  // yes or no
	AsBoxes  = "boxes" // any of several
	AsSwatch = "swatch"
	AsFile   = "file"
	AsRows   = "rows" // a table of questions, asked as often as there are answers
)

// IDField names what a form is about before it is saved for the first time, so that a form that is sent twice makes
// one thing.
const IDField = "id"

// DoField says which button of the form was pressed. Without it, or as Enter sends it, the form is saved.
const DoField = "do"

// The drafts of forms are kept by kind; see draft.go. Forms of the desk enter themselves when the program starts.
var draftable = map[string]web.Fields{}

// drafted names the fields of a kind of form and lets drafts of it be kept.
func drafted(kind string, fields web.Fields) web.Fields {
	draftable[kind] = fields
	return fields
}

// FieldsOf names the fields that controls ask.
func FieldsOf(kind string, controls []Control) web.Fields {
	fields := web.Fields{IDField: "desk.form.id"}
	for _, c := range controls {
		switch c.As {
		case AsPair, AsProse:
			for _, ending := range []string{"_pl", "_en", "_state"} {
				fields[c.Name+ending] = c.Key
			}
		case AsRows:
			for _, column := range c.Rows {
				fields[column.Name] = c.Key
			}
			fields[c.Name] = c.Key
		default:
			fields[c.Name] = c.Key
		}
	}
	return drafted(kind, fields)
}

// SetText puts t into the fields of the pair called name.
func SetText(f *web.Form, name string, t i18n.Text) {
	f.Set(name+"_pl", t.PL)
	f.Set(name+"_en", t.EN)
	f.Set(name+"_state", string(t.ENState))
}

// ReadText reads the pair called name. The state of the Polish text, which no form asks for, stays as it was.
func ReadText(f *web.Form, name string, before i18n.Text) i18n.Text {
	t := i18n.Text{PL: f.Value(name + "_pl"), EN: f.Value(name + "_en"), PLState: before.PLState}
	switch state := i18n.State(f.Value(name + "_state")); {
	case t.EN == "":
	case state == i18n.Draft || state == i18n.Machine:
		t.ENState = state
	}
	return t
}

// Tick writes yes or no as a box does.
func Tick(f *web.Form, name string, on bool) { //nolint:revive // flag-parameter: it is the value, not a choice of what to do
	if on {
		f.Set(name, "yes")
	}
}

// CellAt reads what was typed into the fields called name, one for each row; rows that lack it are empty.
func CellAt(f *web.Form, name string, row int) string {
	if all := f.All(name); row < len(all) {
		return all[row]
	}
	return ""
}

// RowsOf counts the rows of fields called names that something was typed into.
func RowsOf(f *web.Form, names ...string) int {
	n := 0
	for _, name := range names {
		n = max(n, len(f.All(name)))
	}
	return n
}

// keyed is anything that has a sentence of its own: a kind, a role, a form.
type keyed interface {
	~string
	Key() string
}

// Choice is one answer of a select. Its label is a sentence, a text or a name.
type Choice struct {
	Value string
	Key   string
	Words i18n.Text
	Plain string
}

// Choices offers all of a list.
func Choices[T keyed](all []T) []Choice {
	offered := make([]Choice, len(all))
	for i, one := range all {
		offered[i] = Choice{Value: string(one), Key: one.Key()}
	}
	return offered
}

// OrNone puts an empty answer, called by the sentence of key, before the others.
func OrNone(key string, all []Choice) []Choice {
	return append([]Choice{{Key: key}}, all...)
}

// label is the answer in the words of v.
func (c Choice) label(v web.View) string {
	switch {
	case c.Key != "":
		return v.T(c.Key)
	case c.Plain != "":
		return c.Plain
	}
	return v.Plain(c.Words)
}

// sameFields says whether both forms say the same in every field but the name of the thing itself.
func sameFields(a, b web.Form) bool {
	for _, name := range slices.Sorted(maps.Keys(a.Fields)) {
		if name != IDField && strings.Join(Trimmed(a.All(name)), "\x00") != strings.Join(Trimmed(b.All(name)), "\x00") {
			return false
		}
	}
	return true
}

// Trimmed leaves out the empty rows at the end.
func Trimmed(values []string) []string {
	for len(values) > 0 && values[len(values)-1] == "" {
		values = values[:len(values)-1]
	}
	return values
}

// SetNumber writes n, and nothing for 0.
func SetNumber(f *web.Form, name string, n int) {
	if n != 0 {
		f.Set(name, strconv.Itoa(n))
	}
}

// Taken says whether any of all is such.
func Taken[T any](all []T, such func(T) bool) bool { return slices.ContainsFunc(all, such) }
