package draft

import (
	"context"
	"fmt"
	"strings"
	"time"

	"obrady/internal/db"
)

// Kept is a draft as its owner reads it when they ask what is kept of them.
type Kept struct {
	Form    string
	Fields  map[string][]string
	SavedAt time.Time
}

// Of lists the drafts of owner, by form.
func Of(ctx context.Context, q db.Querier, owner string) ([]Kept, error) {
	all, err := db.Collect(func(row db.Scanner) (k Kept, err error) {
		return k, row.Scan(&k.Form, db.FromJSON(&k.Fields), &k.SavedAt)
	})(q.Query(ctx, `SELECT form, fields, saved_at FROM draft WHERE owner = $1 ORDER BY form`, owner))
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return all, nil
}

// Forget drops the drafts of owner and, whoever typed them, all drafts that
// name one of words: an id, an address, a name. It returns how many there were.
func Forget(ctx context.Context, tx *db.Tx, owner string, words ...string) (int64, error) {
	gone, err := tx.Exec(ctx, `DELETE FROM draft WHERE owner = $1 AND owner <> ''`, owner)
	if err != nil {
		return 0, fmt.Errorf("forget drafts: %w", err)
	}
	for _, word := range words {
		if word == "" {
			continue
		}
		n, err := tx.Exec(ctx, `
			DELETE FROM draft
			WHERE LOWER(form) LIKE LOWER($1) ESCAPE '\' OR LOWER(CAST(fields AS TEXT)) LIKE LOWER($1) ESCAPE '\'`, containing(word))
		if err != nil {
			return gone, fmt.Errorf("forget drafts that name somebody: %w", err)
		}
		gone += n
	}
	return gone, nil
}

// containing is the pattern of LIKE for texts with word in them.
func containing(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}
