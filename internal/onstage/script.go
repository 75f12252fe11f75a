package onstage

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"obrady/internal/call"
	"obrady/internal/edition"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/practice"
	"obrady/internal/programme"
	"obrady/internal/text"
)

// script is everything that a session is made of.
type script struct {
	Call       call.Call
	Submission call.Submission
	Asked      []form.Question
	Answers    Answers
	Level      practice.Level // of a failure story; empty for everything else
	Neutral    string         // what is told of one that stays in the room
	Block      programme.BlockID
	Form       edition.Form // of the edition
}

// formats are those of sessions, by what was called for.
var formats = map[call.Kind]programme.Format{
	call.Abstract: programme.Presentation, call.Practice: programme.GoodPractice, call.Workshop: programme.Workshop,
	call.Networking: programme.NetworkingMeet, call.Failure: programme.FailPanel, call.Poster: programme.Presentation,
	call.SideEvent: programme.PartnerEvent,
}

// hidden says whether nothing of the words may leave the room where they are told.
// Only a story whose teller lets the house name them is more than a line in the
// programme: what others may read of it goes through the catalogue of stories, which
// a second person and the teller approve.
func (s script) hidden() bool { return s.Call.Kind == call.Failure && s.Level != practice.Named }

// session is the draft of a session. People come to it once they are known to the register.
func (s script) session() programme.Session {
	out := programme.Session{
		Edition: s.Call.Edition, Block: s.Block, Format: formats[s.Call.Kind], Form: s.Form, Status: programme.Draft,
		Languages: []string{string(s.Submission.Language)},
	}
	if out.Format == "" {
		out.Format = programme.OtherFormat
	}
	if s.Submission.Language == "" {
		out.Languages = []string{string(i18n.Polish)}
	}
	if s.hidden() {
		out.Title, out.Recording = i18n.Both(s.Neutral), programme.NotRecorded
		out.Slug = text.Slug(s.Neutral)
		return out
	}
	title := cut(s.Submission.Title, programme.MaxTitle)
	out.Title, out.Slug = i18n.Text{PL: title}, text.Slug(title)
	if s.Submission.Language == i18n.English {
		out.Title = i18n.Both(title)
	}
	if s.Call.Kind == call.Failure {
		out.Recording = programme.NotRecorded
		return out
	}
	out.Lead, out.Body = s.lead(), s.body()
	out.Audience = s.in(s.Submission.Answers[s.Answers.Audience])
	if n, err := strconv.Atoi(s.Submission.Answers[s.Answers.Places]); err == nil && n > 0 && n <= mostPlaces {
		out.Capacity = n
	}
	out.Entry = s.entry()
	return out
}

// mostPlaces is the largest number that is taken for one of places, and not for a slip.
const mostPlaces = 10_000

// in is a text in the language of the submission.
func (s script) in(words string) i18n.Text {
	if s.Submission.Language == i18n.English {
		return i18n.Text{EN: words}
	}
	return i18n.Text{PL: words}
}

func (s script) lead() i18n.Text {
	return s.in(cut(strings.TrimSpace(s.Submission.Answers[s.Answers.Lead]), programme.MaxLead))
}

// body is what was written, each answer under its question; one alone stands without. What only organisers
// read is left out, as are answers that have a place of their own, and whole answers that no longer fit.
func (s script) body() i18n.Text {
	var told []form.Question
	for _, q := range s.Asked {
		own := q.ID == s.Answers.Lead && utf8.RuneCountInString(s.Submission.Answers[q.ID]) <= programme.MaxLead || q.ID == s.Answers.Audience
		if own || q.Inside || q.Kind != form.Text && q.Kind != form.Line || strings.TrimSpace(s.Submission.Answers[q.ID]) == "" {
			continue
		}
		told = append(told, q)
	}
	body := ""
	for _, q := range told {
		part := strings.TrimSpace(s.Submission.Answers[q.ID])
		if len(told) > 1 {
			part = "### " + q.Label.In(s.Submission.Language).Text + "\n\n" + part
		}
		if utf8.RuneCountInString(body+"\n\n"+part) <= programme.MaxBody {
			body = strings.TrimPrefix(body+"\n\n"+part, "\n\n")
		}
	}
	return s.in(body)
}

// entry is the way in that the submission asks for.
func (s script) entry() programme.Entry {
	for _, mode := range Modes {
		picked, set := s.Answers.Modes[mode]
		if set && picked.Question != "" && s.Submission.Answers[picked.Question] == strconv.Itoa(picked.Option) {
			return mode
		}
	}
	return programme.EntryUnknown
}

// cut shortens words to a number of characters, at the end of a word.
func cut(words string, most int) string {
	runes := []rune(words)
	if len(runes) <= most {
		return words
	}
	short := string(runes[:most-1])
	if at := strings.LastIndexByte(short, ' '); at > 0 {
		short = short[:at]
	}
	return short + "…"
}

// words keeps so many words of a text, with the lines they stand in.
func words(s string, most int) string {
	for n, at := 0, 0; ; n++ {
		rest := strings.TrimLeftFunc(s[at:], unicode.IsSpace)
		if rest == "" {
			return s
		}
		begin := len(s) - len(rest)
		if n == most {
			return strings.TrimRightFunc(s[:begin], unicode.IsSpace) + "…"
		}
		length := strings.IndexFunc(rest, unicode.IsSpace)
		if length < 0 {
			return s
		}
		at = begin + length
	}
}
