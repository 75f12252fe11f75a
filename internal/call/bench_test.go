package call_test

import (
	"fmt"
	"strings"
	"testing"

	"obrady/internal/call"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/id"
)

// BenchmarkListed lists what an organiser sees of a call with two thousand submissions of two thousand characters.
func BenchmarkListed(b *testing.B) {
	d := dbtest.New(b, db.SQLite)
	o := furnish(b, d)
	ctx := b.Context()
	answers := db.JSON(map[string]string{"abstract": strings.Repeat("słowo ", 350)})
	o.must(d.Tx(ctx, func(tx *db.Tx) error {
		for i := range 2000 {
			one := id.New()
			for _, statement := range []struct {
				text string
				args []any
			}{
				{`INSERT INTO call_submission (id, call_id, edition_id, code, state, path, title, answers, form_version, began_at, submitted_at, updated_at)
					VALUES ($1, $2, $3, $4, 'submitted', 'woda', $5, $6, 1, $7, $7, $7)`, []any{one, o.call.ID, o.edition, fmt.Sprintf("AB-%d", i), fmt.Sprintf("Rzeka %d", i), answers, opening}},
				{`INSERT INTO call_owner (submission_id, account_id) VALUES ($1, 'ewa')`, []any{one}},
				{`INSERT INTO call_contributor (id, submission_id, position, roles, name, state) VALUES ($1, $1, 1, '["author"]', 'Ewa', 'named')`, []any{one}},
			} {
				if _, err := tx.Exec(ctx, statement.text, statement.args...); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	b.ReportAllocs()
	for b.Loop() {
		all, err := o.calls.Listed(ctx, o.call.ID)
		if err != nil || len(all) != 2000 {
			b.Fatal(len(all), err)
		}
		call.Alike(all)
	}
}
