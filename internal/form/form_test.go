package form_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
)

func ask(kind form.Kind, change ...func(*form.Question)) form.Question {
	q := form.Question{ID: "q", Kind: kind, Label: i18n.Both("Pytanie")}
	for _, c := range change {
		c(&q)
	}
	return q
}

func required(q *form.Question) { q.Required = true }

func later(q *form.Question) { q.Required, q.Later = true, true }

func most(n int) func(*form.Question) { return func(q *form.Question) { q.Most = n } }

func words(q *form.Question) { q.Unit = form.Words }

func options(q *form.Question) {
	q.Options = []i18n.Text{i18n.Both("raz"), i18n.Both("dwa"), i18n.Both("trzy")}
}

func between(q *form.Question) { q.Low, q.High = 5, 50 }

func TestAnAnswerIsChecked(t *testing.T) {
	for _, test := range []struct {
		name   string
		ask    form.Question
		answer string
		at     form.Moment
		want   string
	}{
		{"nothing, where nothing is needed", ask(form.Line), "", form.Closing, ""},
		{"nothing, where something is", ask(form.Line, required), " \n", form.Sending, "form.answer_missing"},
		{"nothing yet, where it is needed by the deadline", ask(form.Line, later), "", form.Sending, ""},
		{"nothing at the deadline", ask(form.Line, later), "", form.Closing, "form.answer_missing"},
		{"as long as a line may be", ask(form.Line), strings.Repeat("ż", 200), form.Sending, ""},
		{"one too long", ask(form.Line), strings.Repeat("ż", 201), form.Sending, "form.too_many_characters"},
		{"accents typed separately count with their letters", ask(form.Line, most(3)), "z\u0301z\u0301z\u0301", form.Sending, ""},
		{"flags are one character each", ask(form.Line, most(2)), "🇵🇱🇺🇦", form.Sending, ""},
		{"as many words as may be", ask(form.Text, words, most(3)), "w 4.5 godziny", form.Sending, ""},
		{"dashes are no words", ask(form.Text, words, most(3)), "jeden — dwa - trzy", form.Sending, ""},
		{"a word too many", ask(form.Text, words, most(3)), "raz dwa trzy cztery", form.Sending, "form.too_many_words"},
		{"letters under a heap of marks", ask(form.Text), "Z" + strings.Repeat("\u0335", 20), form.Sending, "form.marks"},
		{"an option that is there", ask(form.Choice, options), "3", form.Sending, ""},
		{"an option that is not", ask(form.Choice, options), "4", form.Sending, "form.answer_unknown"},
		{"two options of one", ask(form.Choice, options), "1,2", form.Sending, "form.answer_unknown"},
		{"two options of several", ask(form.Choices, options), "1,3", form.Sending, ""},
		{"an option twice", ask(form.Choices, options), "1,1", form.Sending, "form.answer_unknown"},
		{"more options than wanted", ask(form.Choices, options, most(1)), "1,3", form.Sending, "form.too_many_picked"},
		{"yes", ask(form.YesNo), form.Yes, form.Sending, ""},
		{"perhaps", ask(form.YesNo), "perhaps", form.Sending, "form.answer_unknown"},
		{"a number", ask(form.Number), "0", form.Sending, ""},
		{"no number", ask(form.Number), "1e9", form.Sending, "form.number"},
		{"a number beyond all numbers", ask(form.Number), "9223372036854775808", form.Sending, "form.number"},
		{"a number too small", ask(form.Number, between), "4", form.Sending, "form.number_between"},
		{"the greatest number", ask(form.Number, between), "50", form.Sending, ""},
		{"an address", ask(form.Link), "https://example.org/a?b", form.Sending, ""},
		{"a script for an address", ask(form.Link), "javascript:alert(1)", form.Sending, "form.link"},
		{"an address with a password", ask(form.Link), "https://a:b@example.org", form.Sending, "form.link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := form.Answers{"q": test.answer}.Check([]form.Question{test.ask}, test.at)
			got := ""
			if one := problem(err, form.AnswerField(0)); one != nil {
				got = one.Key
			}
			if got != test.want {
				t.Errorf("Check = %q, want %q", got, test.want)
			}
		})
	}
}

func problem(err error, field string) *errs.Error {
	var wrong errs.Problems
	if !errors.As(err, &wrong) {
		return nil
	}
	return wrong.Of(field)
}

func TestAnAnswerThatIsTooLongShowsWhereTheLimitFalls(t *testing.T) {
	for _, test := range []struct {
		ask          form.Question
		answer, from string
	}{
		{ask(form.Text, words, most(2)), "jeden dwa trzy cztery", "trzy cztery"},
		{ask(form.Text, words, most(2)), "  jeden – dwa\n\ntrzy", "trzy"},
		{ask(form.Text, most(4)), "żółć i sól", "i sól"},
	} {
		one := problem(form.Answers{"q": test.answer}.Check([]form.Question{test.ask}, form.Sending), "a0")
		if one == nil || len(one.Args) != 3 || one.Args[2] != test.from {
			t.Errorf("Check of %q = %v, want a problem with %q", test.answer, one, test.from)
		}
	}
}

func TestQuestionsAreChecked(t *testing.T) {
	for _, test := range []struct {
		name  string
		ask   form.Question
		field string
	}{
		{"a good one", ask(form.Line), ""},
		{"no words", form.Question{Kind: form.Line}, "q0-label"},
		{"no kind", form.Question{Label: i18n.Both("x")}, "q0-kind"},
		{"nothing to choose from", ask(form.Choices), "q0-options"},
		{"more words than a book", ask(form.Text, words, most(3001)), "q0-most"},
		{"from much to little", ask(form.Number, func(q *form.Question) { q.Low = 3 }), "q0-high"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := form.Validate([]form.Question{test.ask})
			if test.field == "" && err != nil || test.field != "" && problem(err, test.field) == nil {
				t.Errorf("Validate = %v, want a problem of %q", err, test.field)
			}
		})
	}
}

func TestChangedQuestionsSayWhatIsNew(t *testing.T) {
	named := func(id string, q form.Question) form.Question { q.ID = id; return q }
	title, year, link := named("title", ask(form.Line)), named("year", ask(form.Number)), named("link", ask(form.Link))
	reworded := named("title", ask(form.Line, func(q *form.Question) { q.Label = i18n.Both("Inaczej") }))
	shorter, needed := named("title", ask(form.Line, most(10))), named("year", ask(form.Number, required))
	for _, test := range []struct {
		name          string
		before, after []form.Question
		keeps         bool
		want          form.Change
	}{
		{"other words", []form.Question{title}, []form.Question{reworded}, true, form.Change{}},
		{"one more", []form.Question{title}, []form.Question{title, link}, true, form.Change{New: []form.Question{link}}},
		{"one more that is needed", []form.Question{title}, []form.Question{title, needed}, false, form.Change{New: []form.Question{needed}}},
		{"one less", []form.Question{title, year}, []form.Question{title}, false, form.Change{Gone: []form.Question{year}}},
		{"less room", []form.Question{title}, []form.Question{shorter}, false, form.Change{Changed: []form.Question{shorter}}},
		{"needed from now on", []form.Question{title, year}, []form.Question{title, needed}, false, form.Change{Changed: []form.Question{needed}}},
		{"another order", []form.Question{title, year}, []form.Question{year, title}, false, form.Change{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := form.Keeps(test.before, test.after); got != test.keeps {
				t.Errorf("Keeps = %v, want %v", got, test.keeps)
			}
			got := form.Since(test.before, test.after)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Since (-want +got):\n%s", diff)
			}
			if got.Empty() != cmp.Equal(test.want, form.Change{}) {
				t.Errorf("Empty = %v of %v", got.Empty(), got)
			}
		})
	}
}

func TestAnswersToWhatIsNotAskedAreLeftOut(t *testing.T) {
	got := form.Answers{"q": " tak ", "other": "x", "empty": ""}.Only([]form.Question{ask(form.Line), {ID: "empty"}})
	if diff := cmp.Diff(form.Answers{"q": "tak"}, got); diff != "" {
		t.Error(diff)
	}
	if got := (form.Answers{}).Missing([]form.Question{ask(form.Line), ask(form.Line, later)}); len(got) != 1 || !got[0].Later {
		t.Errorf("Missing = %v, want the one that is needed by the deadline", got)
	}
	if got := form.Tick([]string{"1", "3", "1", ""}); got != "1,3" {
		t.Errorf("Tick = %q, want 1,3", got)
	}
}
