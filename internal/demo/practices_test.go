package demo

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/edition"
	"obrady/internal/practice"
)

func TestTheCatalogueIsMadeUpAndSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := Fill(t.Context(), d, morning); err != nil {
			t.Fatal(err)
		}
		e, err := edition.NewService(d, morning).Edition(t.Context(), Main)
		if err != nil {
			t.Fatal(err)
		}
		shelf := practice.NewShelf(d, slog.New(slog.DiscardHandler))
		if err := shelf.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		shown := shelf.Of(e.ID)
		threads, agreed, due := map[edition.TermID]int{}, 0, 0
		lists, err := edition.Taxonomies(t.Context(), d, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range shown.Practices {
			if !p.Example {
				t.Errorf("%s does not say that it is an example", p.Slug)
			}
			for _, list := range lists {
				for _, term := range list.Terms {
					if list.Kind == edition.PracticePath && len(p.Terms) > 0 && p.Terms[len(p.Terms)-1] == term.ID {
						threads[term.ID]++
					}
				}
			}
			agreed += len(p.Adoptions)
			if p.Due(morning()) {
				due++
			}
		}
		if len(shown.Practices) != 12 || len(threads) != 6 || agreed != 2 || due != 1 {
			t.Errorf("%d practices in %d threads, %d adoptions, %d to be checked, want 12 in 6, 2 and 1", len(shown.Practices), len(threads), agreed, due)
		}
		told, _ := json.Marshal(shown.Stories)
		if len(shown.Stories) != 2 || strings.Contains(string(told), "Irena") || strings.Contains(string(told), "Most") {
			t.Errorf("the public reads %s, want one story with a name and one without", told)
		}
		faults, err := practice.Check(t.Context(), d)
		if err != nil || len(faults) != 0 {
			t.Errorf("Check = %v, %v, want no fault", faults, err)
		}
	})
}

func morning() time.Time { return time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC) }
