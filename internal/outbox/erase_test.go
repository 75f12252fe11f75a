package outbox

import (
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestForgetTakesWhatFailuresSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, row := range []struct{ id, payload, said, done string }{
			{"kept", `{"account":"z-1"}`, "", "2021-06-07 12:00:00+00:00"},
			{"waiting", `{"account":"z-1"}`, "no such host for zofia@example.org", ""},
			{"other", `{"account":"a-1"}`, "refused", ""},
		} {
			_, err := d.Exec(t.Context(), `
				INSERT INTO outbox (id, kind, payload, due_at, attempts, last_error)
				VALUES ($1, 'test.done', $2, '2021-06-07 12:00:00+00:00', 1, $3)`, row.id, row.payload, row.said)
			if err == nil && row.done != "" {
				_, err = d.Exec(t.Context(), `UPDATE outbox SET done_at = due_at WHERE id = $1`, row.id)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			n, err := Forget(t.Context(), tx, "z-1", "zofia@example.org", "")
			if n != 2 {
				t.Errorf("Forget = %d, want 2", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		type left struct{ id, said string }
		rows, err := db.Collect(func(row db.Scanner) (l left, err error) {
			return l, row.Scan(&l.id, &l.said)
		})(d.Query(t.Context(), `SELECT id, last_error FROM outbox ORDER BY id`))
		if want := []left{{"other", "refused"}, {"waiting", ""}}; err != nil || len(rows) != 2 || rows[0] != want[0] || rows[1] != want[1] {
			t.Errorf("left are %v, %v, want %v", rows, err, want)
		}
	})
}
