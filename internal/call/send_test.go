package call_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
)

func TestASubmissionGoesFromTheDraftToTheOrganisers(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa Kanarek")
		draft := o.begin(ewa)
		if draft.Code != "AB-1" || draft.State != call.Drafted {
			t.Errorf("Begin = %s, %s, want AB-1, a draft", draft.Code, draft.State)
		}
		saved, err := o.calls.Keep(t.Context(), ewa, draft)
		o.must(err)
		if all, err := o.calls.Sent(t.Context(), o.call.ID); err != nil || len(all) != 0 {
			t.Errorf("the organisers read %d submissions, %v, want no draft", len(all), err)
		}
		sent := o.send(ewa, saved)
		if sent.State != call.Submitted || sent.SubmittedAt.IsZero() || sent.Revision != 3 {
			t.Errorf("Send = %+v, want it submitted, revision 3", sent)
		}
		if diff := cmp.Diff(sent, o.find(draft.ID)); diff != "" {
			t.Errorf("what is kept (-sent +kept):\n%s", diff)
		}
		if n := o.promised("call.happened"); n != 1 {
			t.Errorf("%d letters promised, want 1", n)
		}
		sent.Title = "Rzeka i miasto"
		o.send(ewa, sent) // changed before the deadline
		versions, err := call.Versions(t.Context(), o.db, draft.ID)
		o.must(err)
		if len(versions) != 2 || versions[0].Title != "Rzeka w mieście" || versions[1].Title != "Rzeka i miasto" {
			t.Errorf("versions %v, want both titles", versions)
		}
		steps, err := o.calls.History(t.Context(), ewa, draft.ID)
		if err != nil || len(steps) != 1 || steps[0].By != ewa || steps[0].To != call.Submitted {
			t.Errorf("steps %v, %v, want one by ewa", steps, err)
		}
	})
}

func TestWhatCannotBeSentIsKeptAsItWasTyped(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		for _, test := range []struct {
			name  string
			typed func(*call.Submission)
			field string
		}{
			{"no title", func(s *call.Submission) { s.Title = "" }, "title"},
			{"a title of pictures", func(s *call.Submission) { s.Title = "🌊🌊" }, "title"},
			{"a title under a heap of marks", func(s *call.Submission) { s.Title = "Z" + strings.Repeat("\u0335", 12) }, "title"},
			{"a title that is too long", func(s *call.Submission) { s.Title = strings.Repeat("ż", 301) }, "title"},
			{"too many words", func(s *call.Submission) { s.Answers["abstract"] = "raz dwa trzy cztery pięć sześć" }, "a0"},
			{"an unknown path", func(s *call.Submission) { s.Path = "ogień" }, "path"},
			{"no language", func(s *call.Submission) { s.Language = "" }, "language"},
		} {
			draft := o.begin(ewa)
			test.typed(&draft)
			kept, err := o.trySend(ewa, draft)
			o.wantProblem(test.field, err)
			got := o.find(draft.ID)
			if got.State != call.Drafted || got.Title != draft.Title || got.Path != draft.Path || !cmp.Equal(got.Answers, draft.Answers) || got.Revision != kept.Revision {
				t.Errorf("%s: kept is %+v, want what was typed, and revision %d", test.name, got, kept.Revision)
			}
			o.must(o.calls.Discard(t.Context(), ewa, draft.ID))
		}
	})
}

func TestTheDeadline(t *testing.T) {
	for _, test := range []struct {
		name       string
		began, now time.Time
		want       error
	}{
		{"the last moment", closing.Add(-time.Hour), closing.Add(-time.Microsecond), nil},
		{"on the stroke, begun before", closing.Add(-time.Microsecond), closing, nil},
		{"within the grace", closing.Add(-time.Minute), closing.Add(call.Grace - time.Microsecond), nil},
		{"the grace is over", closing.Add(-time.Minute), closing.Add(call.Grace), call.ErrClosed},
	} {
		t.Run(test.name, func(t *testing.T) {
			each(t, func(o *office) {
				o.t = t
				o.now(test.began)
				ewa := o.account("Ewa")
				draft := o.begin(ewa)
				draft.Answers["slides"] = "https://example.org/slajdy" // needed by the deadline
				o.now(test.now)
				_, err := o.trySend(ewa, draft)
				o.want(test.want, err)
				if got := o.find(draft.ID); got.Title != draft.Title || !cmp.Equal(got.Answers, draft.Answers) {
					t.Errorf("kept is %q, want every word", got.Title)
				}
				if n, want := o.promised("call.too_late"), 0; test.want != nil && n != 1 || test.want == nil && n != want {
					t.Errorf("%d letters about being late", n)
				}
			})
		})
	}
}

func TestNobodyBeginsOutsideTheHours(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		for at, want := range map[time.Time]error{opening.Add(-time.Microsecond): call.ErrNotOpen, opening: nil, closing: call.ErrClosed} {
			o.now(at)
			_, err := o.calls.Begin(t.Context(), call.Beginning{Call: o.call.ID, By: o.account("Jan"), Lang: i18n.Polish})
			o.want(want, err)
		}
		o.now(opening.Add(time.Hour))
		o.must(o.calls.Cancel(t.Context(), "desk", o.call.ID))
		_, err := o.calls.Begin(t.Context(), call.Beginning{Call: o.call.ID, By: ewa})
		o.want(call.ErrCancelled, err)
	})
}

func TestALateCodeLetsAsManyInAsItSays(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		_, err := o.calls.MakeCode(ctx, "desk", call.Code{Call: o.call.ID, Uses: 1, Until: closing})
		o.wantProblem("until_on", err)
		code, err := o.calls.MakeCode(ctx, "desk", call.Code{Call: o.call.ID, Uses: 1, Until: closing.Add(24 * time.Hour)})
		o.must(err)
		o.now(closing.Add(time.Hour))
		ewa := o.account("Ewa")
		late := call.Beginning{Call: o.call.ID, By: ewa, Lang: i18n.Polish, Code: code.Code}
		draft, err := o.calls.Begin(ctx, late)
		o.must(err)
		again, err := o.calls.Begin(ctx, late) // pressed twice
		if err != nil || again.ID != draft.ID {
			t.Errorf("pressed twice: %s, %v, want the same draft %s", again.ID, err, draft.ID)
		}
		late.By = o.account("Jan")
		_, err = o.calls.Begin(ctx, late)
		o.want(call.ErrBadCode, err)
		late.Code = "guess"
		_, err = o.calls.Begin(ctx, late)
		o.want(call.ErrBadCode, err)
		draft.Title, draft.Path = "Późno", "ruch"
		draft.Answers = form.Answers{"abstract": "ale jest", "slides": "https://example.org"}
		o.now(closing.Add(24*time.Hour + time.Minute))
		o.send(ewa, draft)
	})
}

func TestTwoWindowsNeverLoseText(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		draft := o.begin(ewa)
		other := draft
		other.Title = "Inny tytuł"
		saved, err := o.calls.Keep(t.Context(), ewa, draft)
		o.must(err)
		kept, err := o.calls.Keep(t.Context(), ewa, other)
		o.want(call.ErrChanged, err)
		if kept.Title != other.Title {
			t.Errorf("the second window has %q in hand, want what was typed there", kept.Title)
		}
		_, err = o.trySend(ewa, other)
		o.want(call.ErrChanged, err)
		if got := o.find(draft.ID); got.Title != saved.Title || got.Revision != saved.Revision {
			t.Errorf("kept is %q, want %q", got.Title, saved.Title)
		}
	})
}

func TestOfManyWhoSaveAtOnceOneSucceeds(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		draft := o.begin(ewa)
		results := make(chan error, 8)
		var all sync.WaitGroup
		for range cap(results) {
			all.Go(func() { _, err := o.calls.Keep(t.Context(), ewa, draft); results <- err })
		}
		all.Wait()
		close(results)
		good := 0
		for err := range results {
			switch {
			case err == nil:
				good++
			case !errors.Is(err, call.ErrChanged):
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d saved, want 1", good)
		}
	})
}

func TestLimitsPerPersonAndInstitution(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		o.call.PerPerson, o.call.PerInstitution = 1, 1
		var err error
		o.call, err = o.calls.Save(ctx, "desk", o.call)
		o.must(err)
		ewa, jan := o.account("Ewa"), o.account("Jan")
		city := o.city("Miasto Kanarkowo", ewa, jan)
		first := o.send(ewa, o.begin(ewa))
		_, err = o.trySend(ewa, o.begin(ewa))
		o.want(call.ErrPersonFull, err)
		forCity := func(clerk people.AccountID) call.Submission {
			s, err := o.calls.Begin(ctx, call.Beginning{Call: o.call.ID, By: clerk, Institution: city, Lang: i18n.Polish})
			o.must(err)
			s.Title, s.Path, s.Answers = "Od miasta", "woda", form.Answers{"abstract": "tak"}
			return s
		}
		byEwa := forCity(ewa)
		o.send(jan, byEwa) // another clerk of the same office
		_, err = o.trySend(jan, forCity(jan))
		o.want(call.ErrBodyFull, err)
		o.must(o.calls.Go(ctx, call.Step{Submission: first.ID, By: ewa, To: call.Withdrawn}))
		o.send(ewa, o.begin(ewa)) // what was withdrawn does not count
		_, err = o.calls.Begin(ctx, call.Beginning{Call: o.call.ID, By: o.account("Obcy"), Institution: city})
		o.want(call.ErrNotClerk, err)
	})
}

func TestSubmissionsOfOthersAreNotThere(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa, jan := o.account("Ewa"), o.account("Jan")
		draft := o.begin(ewa)
		_, err := o.calls.Work(ctx, o.edition, jan, draft.Code)
		o.want(call.ErrNoSubmission, err)
		_, err = o.calls.Keep(ctx, jan, draft)
		o.want(call.ErrNoSubmission, err)
		_, err = o.trySend(jan, draft)
		o.want(call.ErrNoSubmission, err)
		_, err = o.calls.Behind(ctx, jan, draft.ID)
		o.want(call.ErrNoSubmission, err)
		_, err = o.calls.History(ctx, jan, draft.ID)
		o.want(call.ErrNoSubmission, err)
		o.want(call.ErrNoSubmission, o.calls.Discard(ctx, jan, draft.ID))
		o.want(call.ErrNoSubmission, o.calls.Go(ctx, call.Step{Submission: draft.ID, By: jan, To: call.Withdrawn}))
		_, err = o.calls.SaveContributor(ctx, jan, call.Contributor{Submission: draft.ID, Name: "Jan", Roles: []call.Role{call.Author}})
		o.want(call.ErrNoSubmission, err)
		if mine, err := o.calls.Mine(ctx, o.edition, jan); err != nil || len(mine) != 0 {
			t.Errorf("Mine of jan = %v, %v, want none", mine, err)
		}
	})
}

func TestNobodyFillsTheDiskWithDrafts(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		for range 10 {
			_, err := o.calls.Keep(t.Context(), ewa, o.begin(ewa))
			o.must(err)
		}
		_, err := o.calls.Begin(t.Context(), call.Beginning{Call: o.call.ID, By: ewa})
		o.want(call.ErrDrafts, err)
		huge := o.begin(o.account("Jan"))
		huge.Answers["abstract"] = strings.Repeat("x", 500_000)
		_, err = o.calls.Keep(t.Context(), ewa, huge)
		o.wantProblem("answers", err)
	})
}

func TestTermsAreAgreedTo(t *testing.T) {
	each(t, func(o *office) {
		var err error
		o.call.Terms = i18n.Both("Zgoda na druk")
		o.call, err = o.calls.Save(t.Context(), "desk", o.call)
		o.must(err)
		ewa := o.account("Ewa")
		kept, err := o.trySend(ewa, o.begin(ewa))
		o.wantProblem("terms", err)
		_, err = o.calls.Send(t.Context(), call.Sending{By: ewa, Typed: kept, Agreed: true})
		o.must(err)
		if v, err := call.Versions(t.Context(), o.db, kept.ID); err != nil || len(v) != 1 || v[0].Terms != o.call.Terms {
			t.Errorf("Versions = %v, %v, want the terms with it", v, err)
		}
	})
}
