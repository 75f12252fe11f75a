package session

import (
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

var _ scs.CtxStore = (*Store)(nil)

func TestStore(t *testing.T) {
	noon := time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		after []time.Duration // when the session is asked for, counted from its beginning
		found bool            // the last time
	}{
		{"at once", []time.Duration{0}, true},
		{"half a day later to the minute", []time.Duration{Idle - time.Minute}, true},
		{"after half a day away", []time.Duration{Idle}, false},
		{"kept alive by use", []time.Duration{8 * time.Hour, 16 * time.Hour, 23 * time.Hour}, true},
		{"used in the first minutes only", []time.Duration{5 * time.Minute, Idle + time.Minute}, false},
		{"past its end in spite of use", []time.Duration{8 * time.Hour, 16 * time.Hour, 24 * time.Hour}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				now := noon
				store := NewStore(d, func() time.Time { return now })
				if err := store.Commit("secret", []byte("ada"), noon.Add(24*time.Hour)); err != nil {
					t.Fatal(err)
				}
				var data []byte
				var found bool
				for _, after := range test.after {
					now = noon.Add(after)
					var err error
					if data, found, err = store.Find("secret"); err != nil {
						t.Fatal(err)
					}
				}
				if found != test.found || found && string(data) != "ada" {
					t.Errorf("Find = %q, %v, want found %v", data, found, test.found)
				}
			})
		})
	}
}

func TestStoreForgets(t *testing.T) {
	noon := time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := noon
		store := NewStore(d, func() time.Time { return now })
		for _, token := range []string{"one", "two"} {
			for _, data := range []string{"first", "second"} { // the second replaces the first
				if err := store.Commit(token, []byte(data), noon.Add(24*time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if data, _, err := store.Find("two"); err != nil || string(data) != "second" {
			t.Errorf("Find = %q, %v, want second", data, err)
		}
		if err := store.Delete("one"); err != nil {
			t.Fatal(err)
		}
		if _, found, err := store.Find("one"); err != nil || found {
			t.Errorf("after Delete: found %v, %v, want false", found, err)
		}
		if n, err := store.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("Sweep at noon = %d, %v, want 0", n, err)
		}
		now = noon.Add(Idle)
		if n, err := store.Sweep(t.Context()); err != nil || n != 2 {
			t.Errorf("Sweep after half a day = %d, %v, want 2: one has ended, one was forgotten", n, err)
		}
	})
}

// Whoever reads the table does not learn a token.
func TestStoreKeepsNoToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store := NewStore(d, func() time.Time { return time.Date(2021, 6, 7, 12, 0, 0, 0, time.UTC) })
		if err := store.Commit("secret", []byte("ada"), time.Date(2021, 6, 8, 12, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := d.QueryRow(t.Context(), `SELECT token_sum FROM web_session`).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if kept == "secret" || len(kept) != 64 {
			t.Errorf("the table holds %q, want 64 digits of a sum", kept)
		}
	})
}
