package bench

import (
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func noon() time.Time { return time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC) }

func TestTheMadeUpCongressHasItsSizeAndNoFault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := Generate(t.Context(), d, noon, Size{Slug: "wzorcowy", Sessions: 100, Persons: 300}); err != nil {
			t.Fatal(err)
		}
		house, err := app.New(t.Context(), d, app.Config{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		e, err := house.Publication.Edition("wzorcowy")
		if err != nil {
			t.Fatal(err)
		}
		if s, p, n := len(e.Programme.Sessions), len(e.Programme.Persons), len(e.Programme.Slots); s != 100 || p != 300 || n != 100 {
			t.Errorf("made %d sessions, %d persons, %d slots, want 100, 300, 100", s, p, n)
		}
		if days := len(e.Programme.Days()); days != 3 {
			t.Errorf("it lasts %d days, want 3", days)
		}
		faults, err := app.Check(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults {
			t.Errorf("fault: %+v", fault)
		}
	})
}
