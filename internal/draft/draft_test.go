package draft_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/draft"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func keep(t *testing.T, q db.Querier, d draft.Draft) {
	t.Helper()
	if err := draft.Keep(t.Context(), q, d); err != nil {
		t.Fatal(err)
	}
}

func wantKept(t *testing.T, q db.Querier, want draft.Draft) {
	t.Helper()
	got, err := draft.Find(t.Context(), q, want.Owner, want.Form)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Find (-want +got): %v\n%s", err, diff)
	}
}

func wantNone(t *testing.T, q db.Querier, owner, form string) {
	t.Helper()
	if got, err := draft.Find(t.Context(), q, owner, form); !errors.Is(err, draft.ErrNone) {
		t.Errorf("Find(%s, %s) = %v, %v, want ErrNone", owner, form, got, err)
	}
}

func TestDrafts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := draft.Draft{Owner: "ewa", Form: "session/1", Base: 3, SavedAt: noon, Fields: map[string][]string{"title": {"Miasto"}, "lang": {"pl", "en"}}}
		others := draft.Draft{Owner: "jan", Form: "session/1", Base: 3, SavedAt: noon, Fields: map[string][]string{"title": {"Wieś"}}}
		wantNone(t, d, "ewa", "session/1")
		keep(t, d, first)
		keep(t, d, others)

		later := first
		later.Base, later.SavedAt, later.Fields = 4, noon.Add(time.Hour), map[string][]string{"title": {"Miasto zielone"}}
		keep(t, d, later)
		wantKept(t, d, later)
		wantKept(t, d, others)

		if n, err := draft.SweepForm(t.Context(), d, "session/2", noon.Add(2*time.Hour)); err != nil || n != 0 {
			t.Errorf("SweepForm of another form = %d, %v, want 0", n, err)
		}
		held := draft.Draft{Owner: "token", Form: "held", SavedAt: noon, Fields: map[string][]string{}}
		keep(t, d, held)
		for i, older := range []time.Time{noon, noon.Add(time.Second)} { // what is just as old stays
			if n, err := draft.SweepForm(t.Context(), d, "held", older); err != nil || n != int64(i) {
				t.Errorf("SweepForm(%v) = %d, %v, want %d", older, n, err, i)
			}
		}
		wantNone(t, d, "token", "held")
		if n, err := draft.Sweep(t.Context(), d, noon.Add(time.Minute)); err != nil || n != 1 {
			t.Errorf("Sweep = %d, %v, want 1", n, err)
		}
		wantNone(t, d, "jan", "session/1")
		wantKept(t, d, later)

		for range 2 { // the second time there is nothing left to drop
			if err := draft.Drop(t.Context(), d, "ewa", "session/1"); err != nil {
				t.Errorf("Drop = %v, want nil", err)
			}
		}
		wantNone(t, d, "ewa", "session/1")
	})
}

func TestNobodyFillsTheDiskWithDrafts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		others := draft.Draft{Owner: "jan", Form: "session/1", SavedAt: noon, Fields: map[string][]string{}}
		keep(t, d, others)
		for i := range 103 {
			keep(t, d, draft.Draft{Owner: "ewa", Form: fmt.Sprintf("session/%03d", i), SavedAt: noon.Add(time.Duration(i) * time.Second)})
		}
		for i, kept := range map[int]bool{0: false, 2: false, 3: true, 102: true} {
			_, err := draft.Find(t.Context(), d, "ewa", fmt.Sprintf("session/%03d", i))
			if got := err == nil; got != kept {
				t.Errorf("draft %d of 103 is kept: %v, want %v", i, got, kept)
			}
		}
		wantKept(t, d, others)
	})
}

// What is typed before the first save has no fields yet, or no revision.
func TestAnEmptyForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		keep(t, d, draft.Draft{Owner: "ewa", Form: "session/new", SavedAt: noon})
		wantKept(t, d, draft.Draft{Owner: "ewa", Form: "session/new", SavedAt: noon, Fields: map[string][]string{}})
	})
}
