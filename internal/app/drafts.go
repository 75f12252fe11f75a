package app

import (
	"context"

	"obrady/internal/db"
	"obrady/internal/draft"
)

// drafts keeps drafts in the database of the house.
type drafts struct{ db *db.DB }

// Keep, Find and Drop are those of package draft.
func (d drafts) Keep(ctx context.Context, one draft.Draft) error { return draft.Keep(ctx, d.db, one) }

// Find returns what somebody has typed into a form.
func (d drafts) Find(ctx context.Context, owner, form string) (draft.Draft, error) {
	return draft.Find(ctx, d.db, owner, form)
}

// Drop forgets a draft.
func (d drafts) Drop(ctx context.Context, owner, form string) error {
	return draft.Drop(ctx, d.db, owner, form)
}
