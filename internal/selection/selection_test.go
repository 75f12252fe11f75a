package selection_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"obrady/internal/admission"
	"obrady/internal/civil"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/outbox"
	"obrady/internal/people"
	"obrady/internal/programme"
	"obrady/internal/rights"
	"obrady/internal/selection"
	"obrady/internal/signup"
)

// why is a question that must be answered.
var why = form.Question{ID: "why", Kind: form.Text, Label: i18n.Both("Dlaczego?"), Required: true, Most: 10}

func TestQuestionsAreForAllSessionsAndForOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		_, err := c.ask("", why)
		c.must(err)
		_, err = c.ask(c.a, form.Question{ID: "own", Kind: form.YesNo, Label: i18n.Both("Laptop?")})
		c.must(err)
		for session, want := range map[programme.SessionID][]string{c.a: {"why", "own"}, c.b: {"why"}} {
			questions, err := c.choice.Questions(t.Context(), c.edition.ID, session)
			c.must(err)
			var got []string
			for _, q := range questions {
				got = append(got, q.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

func TestAFormSaysWhatIsWrongWithIt(t *testing.T) {
	many := make([]form.Question, selection.MostQuestions+1)
	for i := range many {
		many[i] = why
	}
	for _, test := range []struct {
		name  string
		ask   []form.Question
		field string
	}{
		{"no words", []form.Question{{Kind: form.Line}}, "q0-label"},
		{"too many words", []form.Question{{Kind: form.Line, Label: i18n.Both(strings.Repeat("x", 301))}}, "q0-label"},
		{"too much help", []form.Question{{Kind: form.Line, Label: i18n.Both("x"), Help: i18n.Both(strings.Repeat("x", 1001))}}, "q0-help"},
		{"no kind", []form.Question{why, {Label: i18n.Both("x")}}, "q1-kind"},
		{"one answer to choose from", []form.Question{{Kind: form.Choice, Label: i18n.Both("x"), Options: []i18n.Text{i18n.Both("a")}}}, "q0-options"},
		{"an answer as long as a book", []form.Question{{Kind: form.Text, Label: i18n.Both("x"), Most: 20_001}}, "q0-most"},
		{"too many", many, "questions"},
	} {
		var wrong errs.Problems
		if err := (selection.Form{Questions: test.ask}).Validate(); !errors.As(err, &wrong) || wrong.Of(test.field) == nil {
			t.Errorf("%s: %v, want a problem of %s", test.name, err, test.field)
		}
	}
	if err := (selection.Form{Questions: []form.Question{why}}).Validate(); err != nil {
		t.Errorf("a good form: %v", err)
	}
}

func TestQuestionsThatWereAnsweredKeepTheirSense(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		like := form.Question{ID: "how", Kind: form.Choice, Label: i18n.Both("Jak?"), Options: []i18n.Text{i18n.Both("a"), i18n.Both("b")}}
		_, err := c.ask("", why, like)
		c.must(err)
		c.now(opening)
		_, err = c.choice.Apply(t.Context(), selection.Application{
			Account: c.account("ewa"), Session: c.a, Edition: c.edition.ID, Answers: map[string]string{"why": "bo tak"},
		})
		c.must(err)
		reworded, longer, other, fewer := why, like, why, like
		reworded.Label, longer.Options = i18n.Both("Po co?"), append(slices.Clone(like.Options), i18n.Both("c"))
		other.Kind, fewer.Options = form.Choice, longer.Options
		other.Options = like.Options
		required := like
		required.Required = true
		added := form.Question{ID: "new", Kind: form.Line, Label: i18n.Both("Coś jeszcze?")}
		must := added
		must.Required = true
		for _, test := range []struct {
			name string
			ask  []form.Question
			want error
		}{
			{"other words", []form.Question{reworded, like}, nil},
			{"another kind", []form.Question{other, like}, selection.ErrApplied},
			{"one gone", []form.Question{why}, selection.ErrApplied},
			{"one that was not required", []form.Question{why, required}, selection.ErrApplied},
			{"more to choose from", []form.Question{why, longer}, nil},
			{"less to choose from", []form.Question{why, like}, selection.ErrApplied},
			{"one more that need not be answered", []form.Question{why, longer, added}, nil},
			{"one more that must be", []form.Question{why, longer, added, must}, selection.ErrApplied},
		} {
			if _, err := c.ask("", test.ask...); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
		}
	})
}

func TestAnApplicationIsCheckedAndCanBeChangedAndWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		how := form.Question{ID: "how", Kind: form.Choice, Label: i18n.Both("Jak?"), Options: []i18n.Text{i18n.Both("a"), i18n.Both("b")}}
		here := form.Question{ID: "here", Kind: form.YesNo, Label: i18n.Both("Na miejscu?")}
		_, err := c.ask("", why, how, here)
		c.must(err)
		ewa := c.account("ewa")
		apply := func(answers map[string]string) (selection.Application, error) {
			return c.choice.Apply(t.Context(), selection.Application{Account: ewa, Session: c.a, Edition: c.edition.ID, Answers: answers})
		}
		if _, err := apply(nil); !errors.Is(err, selection.ErrNotYet) {
			t.Errorf("before the opening: %v, want ErrNotYet", err)
		}
		c.now(opening)
		for _, test := range []struct {
			name    string
			answers map[string]string
			field   string
		}{
			{"no answer", map[string]string{"how": "1"}, "a0"},
			{"only spaces", map[string]string{"why": "  \n"}, "a0"},
			{"too long, counted in characters", map[string]string{"why": strings.Repeat("ż", 11)}, "a0"},
			{"an option that there is not", map[string]string{"why": "x", "how": "3"}, "a1"},
			{"neither yes nor no", map[string]string{"why": "x", "here": "maybe"}, "a2"},
		} {
			var wrong errs.Problems
			if _, err := apply(test.answers); !errors.As(err, &wrong) || wrong.Of(test.field) == nil {
				t.Errorf("%s: %v, want a problem of %s", test.name, err, test.field)
			}
		}
		first, err := apply(map[string]string{"why": strings.Repeat("ż", 10), "how": "2", "here": "yes", "other": "not asked"})
		c.must(err)
		if diff := cmp.Diff(form.Answers{"why": strings.Repeat("ż", 10), "how": "2", "here": "yes"}, first.Answers); diff != "" {
			t.Error(diff)
		}
		if _, err := apply(map[string]string{"why": "x"}); !errors.Is(err, selection.ErrChanged) {
			t.Errorf("a form of an older revision: %v, want ErrChanged", err)
		}
		first.Answers = map[string]string{"why": "inaczej"}
		second, err := c.choice.Apply(t.Context(), first)
		if err != nil || second.ID != first.ID || second.Revision != 2 {
			t.Errorf("changed = %+v, %v, want the same application", second, err)
		}
		c.must(c.choice.Withdraw(t.Context(), c.edition.ID, ewa, c.a))
		if err := c.choice.Withdraw(t.Context(), c.edition.ID, ewa, c.a); !errors.Is(err, selection.ErrNone) {
			t.Errorf("again: %v, want ErrNone", err)
		}
		c.now(closing)
		if _, err := apply(map[string]string{"why": "x"}); !errors.Is(err, selection.ErrClosed) {
			t.Errorf("at the end: %v, want ErrClosed", err)
		}
		if err := c.choice.Withdraw(t.Context(), c.edition.ID, ewa, c.a); !errors.Is(err, selection.ErrClosed) {
			t.Errorf("withdrawn at the end: %v, want ErrClosed", err)
		}
	})
}

func TestPeopleSayWhatTheyWantMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa := c.account("ewa")
		c.apply(ewa, c.a, c.b, c.c)
		order := func(want ...programme.SessionID) {
			t.Helper()
			mine, err := c.choice.Mine(t.Context(), c.edition.ID, ewa)
			c.must(err)
			var got []programme.SessionID
			for i, a := range mine {
				got = append(got, a.Session)
				if a.Preference != i+1 {
					t.Errorf("preference %d, want %d", a.Preference, i+1)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		}
		c.must(c.choice.Arrange(t.Context(), c.edition.ID, ewa, []programme.SessionID{c.c, c.a}))
		order(c.c, c.a, c.b)
		c.must(c.choice.Withdraw(t.Context(), c.edition.ID, ewa, c.c))
		order(c.a, c.b)
		c.now(closing)
		c.must(c.choice.Arrange(t.Context(), c.edition.ID, ewa, []programme.SessionID{c.b, c.a}))
		order(c.a, c.b) // too late: nothing moves
	})
}

func TestWhatWasDecidedIsAnnouncedAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa, jan, ola, iga := c.account("ewa"), c.account("jan"), c.account("ola"), c.account("iga")
		c.apply(ewa, c.b, c.a) // wants b more, which is at the same hour
		c.apply(jan, c.a)
		c.apply(ola, c.b, c.c)
		c.apply(iga, c.c)
		announce := func() error {
			_, err := c.choice.Announce(t.Context(), "desk", c.edition.ID, c.window.ID)
			return err
		}
		if err := announce(); !errors.Is(err, selection.ErrCollecting) {
			t.Errorf("while people apply: %v, want ErrCollecting", err)
		}
		c.now(deciding)
		c.decide(ewa, c.a, signup.Chosen)
		c.decide(ewa, c.b, signup.Chosen)
		c.decide(jan, c.a, signup.Reserve)
		c.decide(ola, c.b, signup.Reserve)
		c.decide(ola, c.c, signup.Passed)
		if err := announce(); !errors.Is(err, selection.ErrUndecided) {
			t.Errorf("with one missing: %v, want ErrUndecided", err)
		}
		if states := c.states(ewa); len(states) != 0 {
			t.Errorf("before it is announced Ewa has %v, want nothing", states)
		}
		progress, err := c.choice.Progress(t.Context(), c.edition.ID, c.window.ID)
		if diff := cmp.Diff([]selection.Tally{
			{Session: c.a, Applied: 2, Admitted: 1, Waiting: 1, Seats: 1},
			{Session: c.b, Applied: 2, Admitted: 1, Waiting: 1, Seats: 1},
			{Session: c.c, Applied: 2, Passed: 1, Undecided: 1, Seats: 1},
		}, progress, cmpopts.SortSlices(func(a, b selection.Tally) bool { return a.Session < b.Session })); diff != "" || err != nil {
			t.Error(err, diff)
		}
		c.decide(iga, c.c, signup.Chosen)
		c.must(announce())
		for _, test := range []struct {
			name string
			who  people.AccountID
			want map[programme.SessionID]signup.State
		}{
			{"admitted twice at one hour: the one wanted more", ewa, map[programme.SessionID]signup.State{c.b: signup.Holding}},
			{"the other stays free for the list", jan, map[programme.SessionID]signup.State{c.a: signup.Holding}},
			{"on one list, passed over for the other", ola, map[programme.SessionID]signup.State{c.b: signup.Waiting}},
			{"admitted", iga, map[programme.SessionID]signup.State{c.c: signup.Holding}},
		} {
			if diff := cmp.Diff(test.want, c.states(test.who)); diff != "" {
				t.Errorf("%s: %s", test.name, diff)
			}
		}
		if err := announce(); !errors.Is(err, selection.ErrAnnounced) {
			t.Errorf("again: %v, want ErrAnnounced", err)
		}
		all, err := c.choice.Applications(t.Context(), c.a)
		c.must(err)
		if err := c.choice.Decide(t.Context(), "leader", all[0]); !errors.Is(err, selection.ErrAnnounced) {
			t.Errorf("another verdict after it: %v, want ErrAnnounced", err)
		}
		if faults, err := selection.Check(t.Context(), d); len(faults) > 0 || err != nil {
			t.Error(faults, err)
		}
	})
}

func TestAVerdictIsAboutTheAnswersThatWereRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa := c.account("ewa")
		c.apply(ewa, c.a)
		all, err := c.choice.Applications(t.Context(), c.a)
		c.must(err)
		read := all[0]
		changed := read.Application
		changed.Needs = []admission.Need{admission.Headset}
		_, err = c.choice.Apply(t.Context(), changed)
		c.must(err)
		read.Verdict = signup.Chosen
		if err := c.choice.Decide(t.Context(), "leader", read); !errors.Is(err, selection.ErrChanged) {
			t.Errorf("Decide = %v, want ErrChanged", err)
		}
		for field, bad := range map[string]selection.Decided{
			"verdict": {Verdict: "perhaps"}, "place": {Place: -1}, "note": {Note: strings.Repeat("x", 2001)},
		} {
			read.Decided = bad
			var wrong errs.Problems
			if err := c.choice.Decide(t.Context(), "leader", read); !errors.As(err, &wrong) || wrong.Of(field) == nil {
				t.Errorf("%s: %v, want a problem", field, err)
			}
		}
	})
}

func TestSeatsGoRoundInTheOrderOfWishes(t *testing.T) {
	applied := func(id, who string, preference, place int, v signup.Verdict) selection.Applied {
		return selection.Applied{
			Application: selection.Application{ID: selection.ApplicationID(id), Account: people.AccountID(who), Preference: preference},
			Decided:     selection.Decided{Verdict: v, Place: place},
		}
	}
	turn := selection.InTurn([]selection.Applied{
		applied("passed", "jan", 1, 0, signup.Passed),
		applied("third on the list", "ewa", 9, 0, signup.Reserve),
		applied("first on the list", "ola", 9, 1, signup.Reserve),
		applied("second on the list", "iga", 9, 2, signup.Reserve),
		applied("second wish", "ewa", 5, 1, signup.Chosen),
		applied("z: first wish, by number 3", "ewa", 3, 0, signup.Chosen),
		applied("y: first wish, by number 7", "iga", 7, 0, signup.Chosen),
	})
	var got []string
	for _, a := range turn {
		got = append(got, string(a.ID))
	}
	want := []string{
		"y: first wish, by number 7", "z: first wish, by number 3", "second wish", "first on the list", "second on the list", "third on the list", "passed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheClockAnnouncesWhatIsCompleteAndRemindsOfTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa := c.account("ewa")
		c.apply(ewa, c.a)
		due := func(at time.Time) int64 {
			t.Helper()
			c.now(at)
			n, err := c.choice.AnnounceDue(t.Context())
			c.must(err)
			return n
		}
		for _, at := range []time.Time{deciding, telling, telling.Add(time.Hour), telling.Add(25 * time.Hour)} {
			if n := due(at); n != 0 {
				t.Errorf("at %v %d announced, want none", at, n)
			}
		}
		entries, err := outbox.Claim(t.Context(), d, congress, time.Minute, 100)
		c.must(err)
		reminders := 0
		for _, e := range entries {
			var late selection.Late
			if e.Kind == late.Kind() {
				c.must(e.Into(&late))
				if reminders++; late.Missing != 1 || late.Window != c.window.ID {
					t.Errorf("reminded of %+v, want one verdict of the window", late)
				}
			}
		}
		if reminders != 2 {
			t.Errorf("%d reminders, want one a day", reminders)
		}
		c.decide(ewa, c.a, signup.Chosen)
		if n := due(telling.Add(26 * time.Hour)); n != 1 || c.states(ewa)[c.a] != signup.Holding {
			t.Errorf("%d announced, and Ewa has %v; want a seat", n, c.states(ewa))
		}
		if n := due(telling.Add(27 * time.Hour)); n != 0 {
			t.Errorf("%d announced again", n)
		}
	})
}

func TestTheGuardIsAskedInEachTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa := c.account("ewa")
		c.apply(ewa, c.a)
		keeper, err := rights.NewService(d, c.time).Appoint(t.Context(), people.Account{Email: "recepcja@example.org"}, rights.CheckIn, rights.OfCongress(c.edition.ID), c.edition.ID)
		c.must(err)
		c.choice.Guard = func(ctx context.Context, q db.Querier, by people.AccountID, a rights.Action, path []rights.Node) error {
			who, err := rights.Load(ctx, q, by, c.time())
			if err != nil {
				return err
			}
			return who.Decide(a, path)
		}
		all, err := c.choice.Applications(t.Context(), c.a)
		c.must(err)
		all[0].Verdict = signup.Chosen
		f := selection.Form{Window: c.window.ID, Edition: c.edition.ID}
		announce := func(by people.AccountID) error {
			_, err := c.choice.Announce(t.Context(), by, c.edition.ID, c.window.ID)
			return err
		}
		ask := func(by people.AccountID) error {
			_, err := c.choice.SaveForm(t.Context(), by, f)
			return err
		}
		for _, test := range []struct {
			name string
			err  error
			want error
		}{
			{"the reception chooses", c.choice.Decide(t.Context(), keeper.ID, all[0]), rights.ErrRole},
			{"an applicant chooses", c.choice.Decide(t.Context(), ewa, all[0]), rights.ErrHidden},
			{"an applicant announces", announce(ewa), rights.ErrHidden},
			{"the reception asks", ask(keeper.ID), rights.ErrRole},
		} {
			if !errors.Is(test.err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, test.err, test.want)
			}
		}
	})
}

func TestApplicationsAreForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		_, err := c.ask("", form.Question{ID: "why", Kind: form.Line, Label: i18n.Both("Dlaczego?")})
		c.must(err)
		c.now(opening)
		ewa, jan := c.account("ewa"), c.account("jan")
		c.apply(ewa, c.a)
		c.apply(jan, c.a)
		c.now(deciding)
		c.decide(ewa, c.a, signup.Chosen)
		c.decide(jan, c.a, signup.Passed)
		verdict := func() any {
			t.Helper()
			mine, err := selection.Collect(t.Context(), d, people.Subject{Account: ewa})
			c.must(err)
			return mine.Rows[0]["verdict"]
		}
		if got := verdict(); got != nil {
			t.Errorf("before it is announced Ewa reads %v", got)
		}
		_, err = c.choice.Announce(t.Context(), "desk", c.edition.ID, c.window.ID)
		c.must(err)
		if got := verdict(); got != signup.Chosen {
			t.Errorf("after it Ewa reads %v, want the verdict", got)
		}
		for _, test := range []struct {
			day  civil.Date
			want int64
		}{{c.edition.EndsOn, 0}, {"2021-06-09", 1}} {
			c.must(d.Tx(t.Context(), func(tx *db.Tx) error {
				n, err := selection.Forget(t.Context(), tx, test.day, ewa)
				if n != test.want {
					t.Errorf("Forget(%s) = %d, want %d", test.day, n, test.want)
				}
				return err
			}))
		}
		c.must(d.Tx(t.Context(), func(tx *db.Tx) error {
			gone, err := selection.Erase(t.Context(), tx, people.Subject{Account: ewa}, c.time())
			if err == nil && gone[0].Gone != 1 {
				t.Errorf("Erase = %+v, want one row", gone)
			}
			return err
		}))
	})
}

func TestCheckFindsWhatNoRuleLetsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := convene(t, d)
		c.now(opening)
		ewa := c.account("ewa")
		c.apply(ewa, c.a, c.b)
		_, err := d.Exec(t.Context(), `UPDATE selection_application SET verdict = 'perhaps', preference = 1`)
		c.must(err)
		faults, err := selection.Check(t.Context(), d)
		if err != nil || len(faults) != 5 { // two verdicts, of nobody; equal wishes
			t.Errorf("Check = %v, %v, want five faults", faults, err)
		}
	})
}
