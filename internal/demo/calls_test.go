package demo

import (
	"strings"
	"testing"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
)

func TestCallsStandInEveryPhaseAndSayThatTheyAreMadeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := Fill(ctx, d, morning); err != nil {
			t.Fatal(err)
		}
		e, err := edition.NewService(d, morning).Edition(ctx, Main)
		if err != nil {
			t.Fatal(err)
		}
		all, err := call.Of(ctx, d, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		phases, states := map[call.Phase]bool{}, map[call.State]bool{}
		for _, c := range all {
			phases[c.Phase(morning())] = true
			if !strings.Contains(c.Title.PL, "(przykład)") || !strings.Contains(c.Title.EN, "(example)") {
				t.Errorf("the call %s does not say that it is an example", c.Slug)
			}
			sent, err := call.Submissions(ctx, d, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			drafts, err := call.Drafts(ctx, d, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range append(sent, drafts...) {
				states[s.State] = true
				if !strings.Contains(s.Title, "(przykład)") {
					t.Errorf("%s, %s, does not say that it is an example", s.Code, s.Title)
				}
			}
		}
		for _, want := range []call.Phase{call.Draft, call.Scheduled, call.Running, call.Closed, call.Cancelled, call.Archived} {
			if !phases[want] {
				t.Errorf("no call is %s", want)
			}
		}
		for _, want := range []call.State{call.Drafted, call.Submitted, call.Returned, call.Eligible, call.Ineligible, call.Withdrawn} {
			if !states[want] {
				t.Errorf("no submission is %s", want)
			}
		}
		if faults, err := call.Check(ctx, d); err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}
