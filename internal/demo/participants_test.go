package demo_test

import (
	"context"
	"strings"
	"testing"

	"obrady/internal/consent"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/demo"
	"obrady/internal/edition"
	"obrady/internal/registration"
)

func TestTheDemoHasParticipantsWhoAreAllMadeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		for name, check := range map[string]func(context.Context, db.Querier) ([]db.Fault, error){
			"consent": consent.Check, "registration": registration.Check,
		} {
			if faults, err := check(t.Context(), d); err != nil || len(faults) > 0 {
				t.Errorf("check of %s = %v, %v, want nothing", name, faults, err)
			}
		}
		e, err := edition.NewService(d, today).Edition(t.Context(), demo.Main)
		if err != nil {
			t.Fatal(err)
		}
		s := registration.NewService(d, today)
		list, err := s.List(t.Context(), e.ID, registration.Filter{})
		if want := (registration.Tally{OnSite: 28, Online: 10, Cancelled: 2}); err != nil || list.Tally != want || list.Found != 40 {
			t.Errorf("List = %+v of %d, %v, want %+v", list.Tally, list.Found, err, want)
		}
		for _, p := range list.Rows {
			if !strings.HasSuffix(p.Badge, "(przykład)") || !strings.HasSuffix(p.Email, "@przyklad.example") {
				t.Errorf("%s <%s> looks like a real person", p.Badge, p.Email)
			}
		}
		needs, err := s.Needs(t.Context(), "test", e.ID, "próba")
		if err != nil || len(needs) < 5 {
			t.Errorf("%d people need something, %v, want some", len(needs), err)
		}
		notice, err := consent.NewService(d, today).Notice(t.Context(), e.ID)
		if err != nil || len(notice.Controllers) != 2 || len(notice.Purposes) < 5 || len(notice.Clauses) != 4 {
			t.Errorf("Notice = %+v, %v, want joint controllers, purposes and clauses", notice, err)
		}
		if set, err := s.Settings(t.Context(), e.ID); err != nil || set.Phase(today()) != registration.Open {
			t.Errorf("registration is %s, %v, want it open: somebody wants to try it", set.Phase(today()), err)
		}
	})
}
