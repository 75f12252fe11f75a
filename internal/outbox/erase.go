package outbox

import (
	"context"
	"fmt"
	"strings"

	"obrady/internal/db"
)

// Forget takes out what promises tell of somebody by one of words, such as an
// address or an id: a promise that has been kept or given up goes, and what an
// attempt said when it failed. One that is still to be kept stays, for its
// handler to find that nobody is there. It returns how many were touched.
func Forget(ctx context.Context, tx *db.Tx, words ...string) (int64, error) {
	var touched int64
	for _, word := range words {
		if word == "" {
			continue
		}
		for _, statement := range []string{
			`DELETE FROM outbox
			WHERE (done_at IS NOT NULL OR dead_at IS NOT NULL)
				AND (CAST(payload AS TEXT) LIKE $1 ESCAPE '\' OR last_error LIKE $1 ESCAPE '\')`,
			`UPDATE outbox SET last_error = '' WHERE last_error LIKE $1 ESCAPE '\'`,
		} {
			n, err := tx.Exec(ctx, statement, containing(word))
			if err != nil {
				return touched, fmt.Errorf("forget promises that name somebody: %w", err)
			}
			touched += n
		}
	}
	return touched, nil
}

// containing is the pattern of LIKE for texts with word in them.
func containing(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}
