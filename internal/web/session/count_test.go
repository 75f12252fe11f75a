package session

import (
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestCountKnowsOnlyThoseWhoAreIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, first, _ := house(t, d)
		if err := s.Commit("public", []byte("public"), noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Count(t.Context()); err != nil || n != 3 {
			t.Errorf("Count = %d, %v, want the three of the house", n, err)
		}
		if err := s.End(t.Context(), first, s.Name("phone")); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Count(t.Context()); err != nil || n != 2 {
			t.Errorf("Count = %d, %v, want the two that are left", n, err)
		}
	})
}
