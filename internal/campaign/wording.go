package campaign

import (
	"strings"

	"obrady/internal/errs"
	"obrady/internal/i18n"
	"obrady/internal/mail"
	"obrady/internal/text"
)

// Slot is a word in braces that a letter has in place of something about its
// reader: {name}.
type Slot struct {
	Name string
	Kind SlotKind
}

// SlotKind says what may stand in place of a word in braces, and where the word
// may stand.
type SlotKind uint8

// The kinds of slots.
const (
	Short  SlotKind = iota // on one line, at most 80 characters, anywhere
	Long                   // what somebody else has written: a quotation, alone on its line
	Button                 // the one link of the letter: a button, alone on its line
	Lines                  // a list that the house writes, one thing on each line: alone on its line
)

// Key names the sentence that says what the word stands for.
// key: campaign.slot.*
func (s Slot) Key() string { return "campaign.slot." + s.Name }

// Written is the word as people type it.
func (s Slot) Written() string { return "{" + s.Name + "}" }

// Vocabulary is the closed list of words in braces that a letter of one kind
// knows.
type Vocabulary []Slot

func (v Vocabulary) find(name string) (Slot, bool) {
	for _, s := range v {
		if s.Name == name {
			return s, true
		}
	}
	return Slot{}, false
}

// Limits of what people write, in characters.
const (
	MostOfSubject = 150
	MostOfWords   = 10_000
)

// Written is a subject and a text, in both languages, with words in braces. An
// empty line parts paragraphs.
type Written struct{ Subject, Words i18n.Text }

// Check notes what is wrong in the fields subject and words, each with its line.
func (v Vocabulary) Check(wrong *errs.Problems, w Written) {
	for _, part := range []struct {
		field, text string
		most        int
		single      bool
	}{
		{"subject_pl", w.Subject.PL, MostOfSubject, true},
		{"subject_en", w.Subject.EN, MostOfSubject, true},
		{"words_pl", w.Words.PL, MostOfWords, false},
		{"words_en", w.Words.EN, MostOfWords, false},
	} {
		if text.Length(part.text) > part.most {
			wrong.Add(part.field, "people.too_long", part.most)
			continue
		}
		for _, f := range v.faults(part.text) {
			wrong.Add(part.field, f.key, f.args...)
		}
		if part.single && v.hasBlock(part.text) {
			wrong.Add(part.field, "campaign.not_in_subject")
		}
	}
}

// fault is something wrong with a text, as a sentence says it.
type fault struct {
	key  string
	args []any
}

// faults reads a text line by line and lists what is wrong with it.
// key: campaign.brace.*
func (v Vocabulary) faults(written string) (all []fault) {
	for n, line := range linesOf(written) {
		pieces, wrong := scan(line)
		if wrong != "" {
			all = append(all, fault{wrong, []any{n + 1}})
			continue
		}
		for _, p := range pieces {
			if p.slot == "" {
				continue
			}
			s, known := v.find(p.slot)
			switch {
			case !known:
				all = append(all, fault{"campaign.brace.unknown", []any{n + 1, shown(p.slot)}})
			case s.Kind != Short && strings.TrimSpace(line) != s.Written():
				all = append(all, fault{"campaign.brace.alone", []any{n + 1, s.Written()}})
			}
		}
	}
	return all
}

// shown is a word that somebody typed, cut to what a message can do with.
func shown(word string) string { return "{" + text.Excerpt(word, 40) + "}" }

func (v Vocabulary) hasBlock(line string) bool {
	for _, s := range v {
		if s.Kind != Short && strings.Contains(line, s.Written()) {
			return true
		}
	}
	return false
}

// piece is a run of text, or a word that stood in braces.
type piece struct{ text, slot string }

// scan takes one line apart. There is no expression and no escape: a brace
// begins a word or is wrong. It returns the key of the sentence that says how.
func scan(line string) (pieces []piece, wrong string) {
	for line != "" {
		at := strings.IndexAny(line, "{}")
		if at < 0 {
			return append(pieces, piece{text: line}), ""
		}
		if at > 0 {
			pieces = append(pieces, piece{text: line[:at]})
		}
		if line[at] == '}' {
			return nil, "campaign.brace.unopened"
		}
		rest := line[at+1:]
		end := strings.IndexAny(rest, "{}")
		switch {
		case strings.HasPrefix(rest, "{"):
			return nil, "campaign.brace.doubled"
		case end < 0 || rest[end] == '{':
			return nil, "campaign.brace.unclosed"
		case end == 0:
			return nil, "campaign.brace.empty"
		}
		pieces = append(pieces, piece{slot: rest[:end]})
		line = rest[end+1:]
	}
	return pieces, ""
}

func linesOf(written string) []string {
	return strings.Split(strings.ReplaceAll(written, "\r\n", "\n"), "\n")
}

// Values are what the words in braces stand for in the letter to one person.
type Values struct {
	Words  map[string]string
	Button *mail.Button
}

// Line fills in a subject.
func (v Vocabulary) Line(written string, vals Values) string {
	var out string
	for _, line := range linesOf(written) {
		out += v.fill(line, vals) + " "
	}
	return strings.TrimSpace(out)
}

// Paragraphs fills in a text. A value is on one line, cut at 80 characters, and
// never becomes a link or markup; a word that the vocabulary does not know
// stays as it was typed.
func (v Vocabulary) Paragraphs(written string, vals Values) (all []mail.Paragraph) {
	var open []string
	shut := func() {
		if said := strings.TrimSpace(strings.Join(open, "\n")); said != "" {
			all = append(all, mail.Paragraph{Text: said})
		}
		open = nil
	}
	for _, line := range linesOf(written) {
		switch s := v.alone(line); {
		case strings.TrimSpace(line) == "":
			shut()
		case s.Kind == Button:
			shut()
			if vals.Button != nil {
				all = append(all, mail.Paragraph{Button: vals.Button})
			}
		case s.Kind == Lines:
			shut()
			if said := strings.TrimSpace(vals.Words[s.Name]); said != "" {
				all = append(all, mail.Paragraph{Text: said})
			}
		case s.Kind == Long:
			shut()
			if said := strings.TrimSpace(vals.Words[s.Name]); said != "" {
				all = append(all, mail.Paragraph{Quote: said})
			}
		default:
			open = append(open, v.fill(line, vals))
		}
	}
	shut()
	return all
}

// alone is the slot that has the line to itself; the zero Slot when none has.
func (v Vocabulary) alone(line string) Slot {
	line = strings.TrimSpace(line)
	for _, s := range v {
		if s.Kind != Short && line == s.Written() {
			return s
		}
	}
	return Slot{}
}

// fill puts values into a line. Where there is none, the comma before it goes as
// well: "Dzień dobry, {name}!" is "Dzień dobry!" to somebody without a name.
func (v Vocabulary) fill(line string, vals Values) string {
	pieces, wrong := scan(line)
	if wrong != "" {
		return line
	}
	var out string
	for _, p := range pieces {
		s, known := v.find(p.slot)
		switch {
		case p.slot == "":
			out += p.text
		case !known || s.Kind != Short:
			out += "{" + p.slot + "}"
		default:
			value := mail.Value(vals.Words[p.slot])
			if value == "" {
				out = strings.TrimRight(out, " ,")
			}
			out += value
		}
	}
	return out
}
