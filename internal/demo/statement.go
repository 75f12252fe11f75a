package demo

import (
	"context"
	"fmt"

	"obrady/internal/db"
	"obrady/internal/edition"
	"obrady/internal/people"
)

// hasStatement lists the congresses of the demo that have an accessibility statement, in statement.json.
var hasStatement = map[string]bool{"kpm-2021": true}

// writeStatement writes the accessibility statement of the edition. Its body, days and addresses are examples.
func (b *builder) writeStatement(ctx context.Context, tx *db.Tx, c people.Change) error {
	if !hasStatement[b.slug] {
		return nil
	}
	s, err := read[edition.Statement](b.slug + "/statement.json")
	if err != nil {
		return err
	}
	s.Edition = b.edition.ID
	if _, err := edition.SaveStatement(ctx, tx, c, s); err != nil {
		return fmt.Errorf("accessibility statement of %s: %w", b.slug, err)
	}
	return nil
}
