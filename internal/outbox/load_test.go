package outbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/outbox"
)

func TestLoadsCountWhatIsNotDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		promise(t, d, 4)
		claimed, err := outbox.Claim(t.Context(), d, noon, time.Minute, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := outbox.Done(t.Context(), d, noon, claimed[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE outbox SET dead_at = $1 WHERE id = $2`, noon, claimed[1].ID); err != nil {
			t.Fatal(err)
		}
		got, err := outbox.Loads(t.Context(), d)
		want := []outbox.Load{{Kind: "test.said", Waiting: 2, Out: 1}}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Loads, %v (-want +got):\n%s", err, diff)
		}
	})
}
