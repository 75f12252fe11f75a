package organiser

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"obrady/internal/i18n"
	"obrady/internal/web"
)

// control is one question of a form, as sheet.html asks it.
type control struct {
	Name string
	As   string // the component; see the constants below
	Key  string // of the sentence that labels it
	Help string // key of the sentence that explains it; none when empty
	Most int    // characters; 0: no counter
	Type string // of a line: "url", "number"
	Size string // class of the width
	Must bool   // it cannot stay empty
	Rows []control
}

// The components of forms.
const (
	asPair   = "pair"   // a line in each language, with the state of the English one
	asProse  = "prose"  // the same for running text
	asLine   = "line"   // one line
	asSelect = "select" // one of several
	asDate   = "date"
	asTick   = "tick" // yes or no
	asSwatch = "swatch"
	asFile   = "file"
	asRows   = "rows" // a table of questions, asked as often as there are answers
)

// idField names what a form is about before it is saved for the first time, so that a form that is sent twice makes
// one thing.
const idField = "id"

// The drafts of forms are kept by kind; see draft.go. Forms of the desk enter themselves when the program starts.
var draftable = map[string]web.Fields{}

// drafted names the fields of a kind of form and lets drafts of it be kept.
func drafted(kind string, fields web.Fields) web.Fields {
	draftable[kind] = fields
	return fields
}

// fieldsOf names the fields that controls ask.
func fieldsOf(kind string, controls []control) web.Fields {
	fields := web.Fields{idField: "organiser.form.id"}
	for _, c := range controls {
		switch c.As {
		case asPair, asProse:
			for _, ending := range []string{"_pl", "_en", "_state"} {
				fields[c.Name+ending] = c.Key
			}
		case asRows:
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

// setText puts t into the fields of the pair called name.
func setText(f *web.Form, name string, t i18n.Text) {
	f.Set(name+"_pl", t.PL)
	f.Set(name+"_en", t.EN)
	f.Set(name+"_state", string(t.ENState))
}

// readText reads the pair called name. The state of the Polish text, which no form asks for, stays as it was.
func readText(f *web.Form, name string, before i18n.Text) i18n.Text {
	t := i18n.Text{PL: f.Value(name + "_pl"), EN: f.Value(name + "_en"), PLState: before.PLState}
	switch state := i18n.State(f.Value(name + "_state")); {
	case t.EN == "":
	case state == i18n.Draft || state == i18n.Machine:
		t.ENState = state
	}
	return t
}

// tick writes yes or no as a box does.
func tick(f *web.Form, name string, on bool) { //nolint:revive // flag-parameter: it is the value, not a choice of what to do
	if on {
		f.Set(name, "yes")
	}
}

// column reads what was typed into the fields called name, one for each row; rows that lack it are empty.
func column(f *web.Form, name string, row int) string {
	if all := f.All(name); row < len(all) {
		return all[row]
	}
	return ""
}

// rowsOf counts the rows of fields called names that something was typed into.
func rowsOf(f *web.Form, names ...string) int {
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

// choice is one answer of a select. Its label is a sentence, a text or a name.
type choice struct {
	Value string
	Key   string
	Words i18n.Text
	Plain string
}

// choices offers all of a list.
func choices[T keyed](all []T) []choice {
	offered := make([]choice, len(all))
	for i, one := range all {
		offered[i] = choice{Value: string(one), Key: one.Key()}
	}
	return offered
}

// orNone puts an empty answer, called by the sentence of key, before the others.
func orNone(key string, all []choice) []choice {
	return append([]choice{{Key: key}}, all...)
}

// label is the answer in the words of v.
func (c choice) label(v web.View) string {
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
		if name != idField && strings.Join(trimmed(a.All(name)), "\x00") != strings.Join(trimmed(b.All(name)), "\x00") {
			return false
		}
	}
	return true
}

// trimmed leaves out the empty rows at the end.
func trimmed(values []string) []string {
	for len(values) > 0 && values[len(values)-1] == "" {
		values = values[:len(values)-1]
	}
	return values
}

// setNumber writes n, and nothing for 0.
func setNumber(f *web.Form, name string, n int) {
	if n != 0 {
		f.Set(name, strconv.Itoa(n))
	}
}

// taken says whether any of all is such.
func taken[T any](all []T, such func(T) bool) bool { return slices.ContainsFunc(all, such) }
