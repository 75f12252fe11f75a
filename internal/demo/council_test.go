package demo

import (
	"context"
	"testing"

	"obrady/internal/call"
	"obrady/internal/council"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/people"
	"obrady/internal/review"
)

// The Programme Council of the demonstration sits at this moment: some things are decided, one is being discussed,
// and a member who has a stake in it has left the room.
func TestTheCouncilOfTheDemoIsSitting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(Fill(ctx, d, morning))
		e, err := edition.NewService(d, morning).Edition(ctx, Main)
		must(err)
		c, err := call.NewService(d, morning).Call(ctx, e.ID, "nabor-inspirujace-miasta")
		must(err)
		reviews := review.NewService(d, morning)
		rooms := council.NewService(d, morning, reviews)
		chair, err := people.AccountOf(ctx, d, "rada@przyklad.example")
		must(err)
		recused, err := people.AccountOf(ctx, d, "rada-2@przyklad.example")
		must(err)

		sittings, err := rooms.Sittings(ctx, chair.ID, c.ID)
		must(err)
		if len(sittings) != 1 || sittings[0].State != council.OpenNow || len(sittings[0].Present) != 4 {
			t.Fatalf("the sittings are %+v, want one that is open, with four people", sittings)
		}
		_, agenda, err := rooms.Sitting(ctx, chair.ID, sittings[0].ID)
		must(err)
		states, discussed := map[council.ItemState]int{}, call.SubmissionID("")
		for _, item := range agenda {
			states[item.State]++
			if item.State == council.UnderIt {
				discussed = item.ID
			}
		}
		if len(agenda) != 6 || states[council.Done] != 2 || states[council.UnderIt] != 1 {
			t.Errorf("the agenda has %d items, %v, want six: two done, one discussed", len(agenda), states)
		}
		if _, seen, err := rooms.Sitting(ctx, recused.ID, sittings[0].ID); err != nil || len(seen) != 5 {
			t.Errorf("who has a stake sees %d items, %v, want all but the one", len(seen), err)
		}
		if err := reviews.Visible(ctx, recused.ID, discussed); err == nil {
			t.Error("who has a stake sees what is being discussed")
		}
		for name, check := range map[string]func(context.Context, db.Querier) ([]db.Fault, error){"review": review.Check, "council": council.Check} {
			if faults, err := check(ctx, d); err != nil || len(faults) != 0 {
				t.Errorf("the check of %s finds %v, %v, want nothing", name, faults, err)
			}
		}
	})
}
