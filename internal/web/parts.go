package web

import (
	"maps"
	"slices"
	"strconv"

	"obrady/internal/errs"
	"obrady/internal/i18n"
)

// Input is one field of a form as the components show it. The methods that change it return the changed one,
// so that a template writes ((.Input .Data.Form "lead").Optional.Help (.T "…")).
type Input struct {
	i18n.Printer
	Name, Label, Value string
	Note               string // help below the label
	Problem            string // what is wrong, as a sentence
	NotNeeded          bool
	Most               int    // characters, or what Unit says; 0 for any number
	Unit               string // "words" where words are counted
	Type               string
	Auto               string // value of the autocomplete attribute
	Size               string // class of the width: size-s, size-m
	Options            []Option
	Ticked             bool
	In                 string // language of what is typed, where it is not the page's
}

// Option is one answer that a field offers.
type Option struct {
	Value, Label string
	Note         string
	Chosen       bool
}

// Input returns the field called name with what was typed into it.
func (v View) Input(form Form, name string) Input {
	in := Input{Printer: v.Printer, Name: name, Value: form.Value(name), Type: "text"}
	if key := form.Fields[name]; key != "" {
		in.Label = v.T(key)
	}
	if problem := form.Problem(name); problem != nil {
		in.Problem = v.T(problem.Key, problem.Args...)
	}
	in.Ticked = in.Value != ""
	in.Options = chosen(form.All(name))
	return in
}

func chosen(values []string) []Option {
	all := make([]Option, len(values))
	for i, value := range values {
		all[i] = Option{Value: value, Chosen: true}
	}
	return all
}

// ID is the id of the field's element, to which labels and the error summary point.
func (in Input) ID() string { return "f-" + in.Name }

// Described lists the elements that describe the field, for aria-describedby.
func (in Input) Described() string {
	ids := ""
	if in.Note != "" {
		ids = in.ID() + "-help"
	}
	if in.Problem != "" {
		ids += " " + in.ID() + "-error"
	}
	return ids
}

// Optional marks the field as one that may stay empty.
func (in Input) Optional() Input { in.NotNeeded = true; return in }

// Help puts a sentence below the label.
func (in Input) Help(sentence string) Input { in.Note = sentence; return in }

// Called gives the field another label than its form does.
func (in Input) Called(label string) Input { in.Label = label; return in }

// Limit shows how many characters are left of most.
func (in Input) Limit(most int) Input { in.Most = most; return in }

// InWords counts words in place of characters.
func (in Input) InWords() Input { in.Unit = "words"; return in }

// As sets the type of the input element: "email", "number", "url", "search", "tel", "file".
func (in Input) As(kind string) Input { in.Type = kind; return in }

// Autofill says what the browser may fill in, by the names of the HTML standard.
func (in Input) Autofill(what string) Input { in.Auto = what; return in }

// Sized sets the width: "size-s" or "size-m".
func (in Input) Sized(class string) Input { in.Size = class; return in }

// Written says which language is typed into the field.
func (in Input) Written(lang i18n.Lang) Input { in.In = string(lang); return in }

// Choices gives the answers to choose from; what was chosen before stays chosen.
func (in Input) Choices(options []Option) Input {
	before := in.Options
	in.Options = slices.Clone(options)
	for i := range in.Options {
		in.Options[i].Chosen = slices.ContainsFunc(before, func(o Option) bool { return o.Value == in.Options[i].Value })
	}
	return in
}

// Summary is what the component "error-summary" shows: everything that is wrong with a form.
type Summary struct {
	i18n.Printer
	Lines []SummaryLine
}

// SummaryLine leads from one problem to its field.
type SummaryLine struct{ ID, Label, Sentence string }

// Summary collects what is wrong with form.
func (v View) Summary(form Form) Summary {
	s := Summary{Printer: v.Printer}
	for _, problem := range form.Problems {
		line := SummaryLine{Sentence: v.T(problem.Key, problem.Args...)}
		if key := form.Fields[problem.Name]; key != "" {
			line.ID, line.Label = "f-"+problem.Name, v.T(key)
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

// Notice is a sentence that stands out. Kind is "done", "warn", "bad" or "" for a plain one.
type Notice struct{ Kind, Text string }

// Class is the notice's class for its kind.
func (n Notice) Class() string {
	switch n.Kind {
	case "done":
		return "notice notice-good"
	case "warn", "bad":
		return "notice notice-" + n.Kind
	}
	return "notice"
}

// Notice makes one for the component "notice".
func (v View) Notice(kind, sentence string) Notice { return Notice{kind, sentence} }

// Empty is what the component "empty" says where a list has nothing in it: what is not there, and what to do.
type Empty struct {
	Title, Text string
	Link        Link
}

// Empty makes one for the component "empty".
func (v View) Empty(title, text string) Empty { return Empty{Title: title, Text: text} }

// Leading adds a link to what to do.
func (e Empty) Leading(label, address string) Empty {
	e.Link = Link{Label: label, URL: address}
	return e
}

// Crumbs is the way from the front page to here, for the component "breadcrumbs".
type Crumbs struct {
	i18n.Printer
	Links []Link
}

// Crumbs makes one; the last link is the page itself.
func (v View) Crumbs(links []Link) Crumbs { return Crumbs{v.Printer, links} }

const (
	pageParameter = "page"
	sortParameter = "sort"
)

// Pager leads through a list that is longer than a page, for the component "pager".
type Pager struct {
	i18n.Printer
	At, Of         int
	Previous, Next string // addresses, "" at the ends
}

// Pager makes one for page at, counted from 1, of all there are. Its route declares the parameter "page".
func (v View) Pager(at, of int) Pager {
	p := Pager{Printer: v.Printer, At: at, Of: of}
	switch {
	case at == 2:
		p.Previous = v.With(pageParameter, "")
	case at > 2:
		p.Previous = v.With(pageParameter, at-1)
	}
	if at < of {
		p.Next = v.With(pageParameter, at+1)
	}
	return p
}

// Sort is a column's heading that sorts by a link, for the component "sort".
type Sort struct {
	i18n.Printer
	Label, URL string
	Direction  string // "ascending", "descending" or "" as aria-sort has it
}

// Sort makes one for the column called name. Its route declares the parameter "sort", which says the name of the
// column, with a minus in front for the other way round.
func (v View) Sort(name, label string) Sort {
	s := Sort{Printer: v.Printer, Label: label, URL: v.With(sortParameter, name)}
	switch v.Query(sortParameter) {
	case name:
		s.Direction, s.URL = "ascending", v.With(sortParameter, "-"+name)
	case "-" + name:
		s.Direction = "descending"
	}
	return s
}

// Conflict shows two versions of what two people changed at once, for the component "conflict".
type Conflict struct {
	i18n.Printer
	Rows []Difference
}

// Difference is one field in both versions.
type Difference struct{ Label, Mine, Theirs string }

// Conflict makes one of form, as it was sent, and what has been saved meanwhile, by field. Only fields that differ
// are shown.
func (v View) Conflict(form Form, theirs map[string]string) Conflict {
	c := Conflict{Printer: v.Printer}
	for _, name := range slices.Sorted(maps.Keys(form.Fields)) {
		if saved, ok := theirs[name]; ok && saved != form.Value(name) {
			c.Rows = append(c.Rows, Difference{v.T(form.Fields[name]), form.Value(name), saved})
		}
	}
	return c
}

// PageOf reads which page of a list r asks for, counted from 1.
func PageOf(query string) int {
	n, err := strconv.Atoi(query)
	if err != nil || n < 1 || n > 100_000 {
		return 1
	}
	return n
}

// ErrStale is what a use-case may return when a form was opened on an older revision.
var ErrStale = errs.New(errs.Conflict, "web.stale")
