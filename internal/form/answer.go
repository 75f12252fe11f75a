package form

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"obrady/internal/errs"
)

// Answers are what somebody answered, by the id of the question.
type Answers map[string]string

// Moment says how far along the answering is, and so how much must be there.
type Moment int

// The moments.
const (
	Sending Moment = iota // what is required now must be there
	Closing               // what is required by the deadline as well
)

// AnswerField is what the field of a question is called, by its number from 0.
func AnswerField(n int) string { return "a" + strconv.Itoa(n) }

// Check says what is wrong with the answers. Fields are called after the number
// of the question, see AnswerField.
func (a Answers) Check(questions []Question, at Moment) error {
	var wrong errs.Problems
	for i, q := range questions {
		if key, args := q.fault(strings.TrimSpace(a[q.ID]), at); key != "" {
			wrong.Add(AnswerField(i), key, args...)
		}
	}
	return wrong.Err()
}

// Missing lists the questions that are still to be answered by the deadline.
func (a Answers) Missing(questions []Question) (missing []Question) {
	for _, q := range questions {
		if q.Required && strings.TrimSpace(a[q.ID]) == "" {
			missing = append(missing, q)
		}
	}
	return missing
}

// Only keeps the answers to questions that are asked, without blanks around them.
func (a Answers) Only(questions []Question) Answers {
	kept := Answers{}
	for _, q := range questions {
		if answer := strings.TrimSpace(a[q.ID]); answer != "" {
			kept[q.ID] = answer
		}
	}
	return kept
}

// fault names what is wrong with one answer; "" for nothing.
func (q Question) fault(answer string, at Moment) (key string, args []any) {
	if answer == "" {
		if need := q.Need(); need == Now || need == ByDeadline && at == Closing {
			return "form.answer_missing", nil
		}
		return "", nil
	}
	switch q.Kind {
	case Choice, Choices:
		return q.faultOfChoice(answer)
	case YesNo:
		if answer != Yes && answer != No {
			return "form.answer_unknown", nil
		}
	case Number:
		return q.faultOfNumber(answer)
	case Link:
		if !isLink(answer) {
			return "form.link", nil
		}
	case Line, Text:
		return q.faultOfText(answer)
	}
	return "", nil
}

func (q Question) faultOfChoice(answer string) (key string, args []any) {
	picked, known := q.AllPicked(answer)
	switch {
	case !known || q.Kind == Choice && len(picked) != 1:
		return "form.answer_unknown", nil
	case q.Kind == Choices && q.Most > 0 && len(picked) > q.Most:
		return "form.too_many_picked", []any{q.Most}
	}
	return "", nil
}

func (q Question) faultOfNumber(answer string) (key string, args []any) {
	n, err := strconv.Atoi(answer)
	switch {
	case err != nil || len(answer) > maxDigits:
		return "form.number", nil
	case (q.Low != 0 || q.High != 0) && (n < q.Low || n > q.High):
		return "form.number_between", []any{q.Low, q.High}
	}
	return "", nil
}

func (q Question) faultOfText(answer string) (key string, args []any) {
	limit, n := q.Limit(), q.Count(answer)
	switch {
	case n <= limit && !Pressed(answer):
		return "", nil
	case n <= limit:
		return "form.marks", nil
	case q.Unit == Words:
		return "form.too_many_words", []any{n, limit, From(Words.tail(answer, limit))}
	}
	return "form.too_many_characters", []any{n, limit, From(Characters.tail(answer, limit))}
}

func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxLink && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// HasLetters says whether a text has at least one letter or digit in it, so that
// it can be found and read out.
func HasLetters(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
