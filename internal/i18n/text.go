package i18n

// State says how far the people of the congress stand behind a text.
type State string

// The states.
const (
	Approved State = ""        // somebody answers for it
	Draft    State = "draft"   // not to be shown as it is
	Machine  State = "machine" // translated by a machine; shown with a remark that says so
)

// Text is content in both languages: a title, a description. Polish is the
// original as a rule, English comes when somebody has translated it.
type Text struct {
	PL      string `json:"pl,omitempty"`
	EN      string `json:"en,omitempty"`
	PLState State  `json:"pl_state,omitempty"`
	ENState State  `json:"en_state,omitempty"`
}

// Reading is a Text as one reader gets it. Lang is the language it is really
// in, which the page must mark when it is not the page's own.
type Reading struct {
	Text  string
	Lang  Lang
	State State
}

// Both returns a Text that is the same in both languages, as names are.
func Both(s string) Text { return Text{PL: s, EN: s} }

// In returns what a reader of lang gets. English that is missing or still a
// draft gives way to Polish; Polish that is missing gives way to English.
func (t Text) In(lang Lang) Reading {
	english := t.EN != "" && (t.PL == "" || lang == English && t.ENState != Draft)
	if english {
		return Reading{t.EN, English, t.ENState}
	}
	return Reading{t.PL, Polish, t.PLState}
}

// IsZero reports whether there is nothing to read in either language.
func (t Text) IsZero() bool { return t.PL == "" && t.EN == "" }

// Equal reports whether the texts and their states are the same.
func (t Text) Equal(other Text) bool { return t == other }
