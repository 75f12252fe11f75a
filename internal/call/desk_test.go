package call_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/errs"
	"obrady/internal/form"
	"obrady/internal/i18n"
	"obrady/internal/people"
	"obrady/internal/rights"
)

func TestTheFormalCheckReturnsForCompletion(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		sent := o.send(ewa, o.begin(ewa))
		finding := call.Finding{Submission: sent.ID, By: "desk", Seen: call.Submitted, Next: call.Returned, Unmet: []int{1}}
		err := o.calls.Check(ctx, finding)
		o.wantProblem("why", err)
		o.wantProblem("due_on", err)
		finding.Why, finding.DueAt = "Brak adresu slajdów", closing.Add(48*time.Hour)
		o.must(o.calls.Check(ctx, finding))
		o.want(call.ErrMoved, o.calls.Check(ctx, finding)) // a second organiser, a moment later
		steps, err := o.calls.History(ctx, ewa, sent.ID)
		o.must(err)
		if last := steps[len(steps)-1]; last.Why != finding.Why || !cmp.Equal(last.Unmet, []string{"na temat"}) {
			t.Errorf("the last step is %+v, want the reason and what is not met", last)
		}
		o.now(closing.Add(47 * time.Hour)) // long after the deadline of the call
		again := o.find(sent.ID)
		_, err = o.trySend(ewa, again)
		o.wantProblem("a1", err) // what was needed by the deadline is needed now
		again = o.find(sent.ID)
		again.Answers["slides"] = "https://example.org/slajdy"
		o.send(ewa, again)
		if got := o.find(sent.ID); got.State != call.Submitted || !got.DueAt.IsZero() {
			t.Errorf("after completion: %s, due %v, want submitted", got.State, got.DueAt)
		}
		o.must(o.calls.Check(ctx, call.Finding{Submission: sent.ID, By: "desk", Seen: call.Submitted, Next: call.Eligible}))
		_, err = o.trySend(ewa, o.find(sent.ID))
		o.want(call.ErrFixed, err)
	})
}

func TestCompletionHasItsOwnDeadline(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		sent := o.send(ewa, o.begin(ewa))
		due := closing.Add(time.Hour)
		o.must(o.calls.Check(t.Context(), call.Finding{Submission: sent.ID, By: "desk", Seen: call.Submitted, Next: call.Returned, Why: "x", DueAt: due}))
		o.now(due.Add(call.Grace))
		again := o.find(sent.ID)
		again.Answers["slides"] = "https://example.org"
		_, err := o.trySend(ewa, again)
		o.want(call.ErrClosed, err)
		if got := o.find(sent.ID); got.Answers["slides"] == "" {
			t.Error("what was typed is gone, want it kept")
		}
	})
}

func TestDuplicatesAreMerged(t *testing.T) {
	each(t, func(o *office) {
		ewa, jan := o.account("Ewa"), o.account("Jan")
		first, second := o.send(ewa, o.begin(ewa)), o.send(jan, o.begin(jan))
		for _, c := range []call.Contributor{
			{Submission: first.ID, Name: "Ola", Email: "ola@example.org"}, {Submission: second.ID, Name: "Aleksandra", Email: "ola@example.org"}, {Submission: second.ID, Name: "Wydział Wód"},
		} {
			by := map[call.SubmissionID]people.AccountID{first.ID: ewa, second.ID: jan}[c.Submission]
			c.Roles = []call.Role{call.Author}
			_, err := o.calls.SaveContributor(t.Context(), by, c)
			o.must(err)
		}
		all, err := o.calls.Sent(t.Context(), o.call.ID)
		o.must(err)
		if alike := call.Alike(all); len(alike[first.ID]) != 1 || alike[first.ID][0].ID != second.ID {
			t.Errorf("Alike = %v, want each beside the other", alike)
		}
		merging := call.Merging{Submission: second.ID, By: "desk", Seen: call.Submitted, Into: second.Code}
		o.wantProblem("into", o.calls.Merge(t.Context(), merging))
		merging.Into = "ab-1"
		o.must(o.calls.Merge(t.Context(), merging))
		if got := o.find(second.ID); got.State != call.Merged || got.MergedInto != first.ID || got.Title != second.Title {
			t.Errorf("merged: %+v, want its text and where it went", got)
		}
		who, err := call.IdentityOf(t.Context(), o.db, first.ID)
		o.must(err)
		var names []string
		for _, c := range who.Contributors {
			names = append(names, c.Name)
		}
		if diff := cmp.Diff([]string{"Ewa", "Ola", "Jan", "Wydział Wód"}, names); diff != "" {
			t.Errorf("behind what stays (-want +got):\n%s", diff)
		}
		if faults, err := call.Check(t.Context(), o.db); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

func TestASubmissionMovesToAnotherCall(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		sent := o.send(ewa, o.begin(ewa))
		posters := o.announce(call.Call{
			Slug: "plakaty", Mark: "PL", Kind: call.Poster, Title: i18n.Both("Plakaty"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs,
			OpensAt: opening, ClosesAt: closing,
		}, form.Question{ID: "summary", Kind: form.Text, Label: i18n.Both("ABSTRACT")}, form.Question{ID: "size", Kind: form.Line, Label: i18n.Both("Format")})
		o.wantProblem("call", o.calls.Transfer(ctx, "desk", sent.ID, o.call.ID))
		o.must(o.calls.Transfer(ctx, "desk", sent.ID, posters.ID))
		got := o.find(sent.ID)
		if got.Call != posters.ID || got.Code != sent.Code || got.Path != "" || got.Answers["summary"] != sent.Answers["abstract"] {
			t.Errorf("moved: %+v, want the answer under the question that reads the same", got)
		}
		if v, err := call.Versions(ctx, o.db, sent.ID); err != nil || len(v) != 1 || v[0].Call != o.call.ID || v[0].Path != "woda" {
			t.Errorf("Versions = %v, %v, want it as it was sent", v, err)
		}
		o.move(sent.ID, call.Eligible, call.UnderReview)
		o.want(call.ErrFixed, o.calls.Transfer(ctx, "desk", sent.ID, o.call.ID))
	})
}

func TestDecisionsAreNotToldBeforeTheyAreAnnounced(t *testing.T) {
	each(t, func(o *office) {
		ewa := o.account("Ewa")
		sent := o.send(ewa, o.begin(ewa))
		o.move(sent.ID, call.Eligible, call.UnderReview, call.Decided)
		steps, err := o.calls.History(t.Context(), ewa, sent.ID)
		o.must(err)
		for _, s := range steps {
			if s.To == call.Decided || s.From == call.Decided {
				t.Errorf("the author reads the step %+v", s)
			}
		}
		if got := o.find(sent.ID).State.Told(); got != call.UnderReview {
			t.Errorf("Told = %s, want under review", got)
		}
		o.want(call.ErrMoved, o.calls.Go(t.Context(), call.Step{Submission: sent.ID, By: ewa, To: call.Confirmed}))
		o.move(sent.ID, call.Accepted)
		o.must(o.calls.Go(t.Context(), call.Step{Submission: sent.ID, By: ewa, To: call.Confirmed}))
		o.want(call.ErrMoved, o.calls.Go(t.Context(), call.Step{Submission: sent.ID, By: ewa, To: call.Rejected}))
	})
}

func TestADeadlineMovesWhereEverybodySeesIt(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		changed := o.call
		changed.ClosesAt = closing.Add(time.Hour)
		_, err := o.calls.Save(ctx, "desk", changed)
		o.want(call.ErrPublished, err)
		o.wantProblem("closes_on", o.calls.Extend(ctx, "desk", o.call.ID, call.Extension{Until: closing, Why: i18n.Both("x")}))
		o.wantProblem("why_pl", o.calls.Extend(ctx, "desk", o.call.ID, call.Extension{Until: closing.Add(time.Hour)}))
		o.now(closing.Add(time.Minute))
		o.must(o.calls.Extend(ctx, "desk", o.call.ID, call.Extension{Until: closing.Add(72 * time.Hour), Why: i18n.Both("Awaria prądu")}))
		all, err := o.calls.Extensions(ctx, o.call.ID)
		if err != nil || len(all) != 1 || !all[0].Was.Equal(closing) || all[0].Why.PL != "Awaria prądu" {
			t.Errorf("Extensions = %v, %v, want one with its reason", all, err)
		}
		o.begin(o.account("Ewa")) // it is open again
		if n := o.promised("call.closing_soon"); n != 2 {
			t.Errorf("%d reminders promised, want one for each deadline", n)
		}
	})
}

func TestAChangedFormShowsWhatIsNew(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		draft := o.send(ewa, o.begin(ewa))
		asked := append(append([]form.Question{}, o.asked...), form.Question{Kind: form.YesNo, Label: i18n.Both("Nowe")})
		_, err := o.calls.Ask(ctx, "desk", o.call.ID, form.Version{Number: 1, Questions: asked})
		o.must(err)
		_, err = o.calls.Ask(ctx, "desk", o.call.ID, form.Version{Number: 1, Questions: asked})
		o.want(call.ErrChanged, err)
		w, err := o.calls.Work(ctx, o.edition, ewa, draft.Code)
		o.must(err)
		if len(w.Change.New) != 1 || w.Change.New[0].Label.PL != "Nowe" || len(w.Questions) != 4 {
			t.Errorf("Change = %+v, want one new question of 4", w.Change)
		}
		paper, err := call.FindPaper(ctx, o.db, draft.ID)
		if err != nil || len(paper.Questions) != 2 {
			t.Errorf("the paper has %d questions, %v, want the 2 that reviewers read of the first version", len(paper.Questions), err)
		}
	})
}

func TestOrganisersChangeCallsOnlyWhereTheyMay(t *testing.T) {
	each(t, func(o *office) {
		ctx := t.Context()
		ewa := o.account("Ewa")
		sent := o.send(ewa, o.begin(ewa))
		other := o.announce(call.Call{
			Slug: "inny", Mark: "IN", Kind: call.Poster, Title: i18n.Both("Inny"), Anonymity: call.Open, Senders: call.Anybody, Languages: i18n.Langs, OpensAt: opening, ClosesAt: closing,
		}, form.Question{Kind: form.Line, Label: i18n.Both("x")})
		o.calls.Guard = func(context.Context, db.Querier, people.AccountID, rights.Action, []rights.Node) error {
			return rights.ErrHidden
		}
		before := o.find(sent.ID)
		_, err := o.calls.Save(ctx, "jan", o.call)
		o.want(rights.ErrHidden, err)
		_, err = o.calls.Ask(ctx, "jan", o.call.ID, form.Version{Number: 1, Questions: o.asked})
		o.want(rights.ErrHidden, err)
		_, err = o.calls.MakeCode(ctx, "jan", call.Code{Call: o.call.ID, Uses: 1, Until: closing.Add(time.Hour)})
		o.want(rights.ErrHidden, err)
		for name, err := range map[string]error{
			"publish": o.calls.Publish(ctx, "jan", o.call.ID), "cancel": o.calls.Cancel(ctx, "jan", o.call.ID), "archive": o.calls.Archive(ctx, "jan", o.call.ID),
			"extend":   o.calls.Extend(ctx, "jan", o.call.ID, call.Extension{Until: closing.Add(time.Hour), Why: i18n.Both("x")}),
			"check":    o.calls.Check(ctx, call.Finding{Submission: sent.ID, By: "jan", Seen: call.Submitted, Next: call.Eligible}),
			"merge":    o.calls.Merge(ctx, call.Merging{Submission: sent.ID, By: "jan", Seen: call.Submitted, Into: "AB-9"}),
			"transfer": o.calls.Transfer(ctx, "jan", sent.ID, other.ID),
			"revoke":   o.calls.RevokeCode(ctx, "jan", call.Code{Call: o.call.ID}),
		} {
			if errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s by who may not = %v, want it hidden", name, err)
			}
		}
		if diff := cmp.Diff(before, o.find(sent.ID)); diff != "" {
			t.Errorf("something changed:\n%s", diff)
		}
	})
}
