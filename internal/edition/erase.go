package edition

import (
	"context"
	"time"

	"obrady/internal/db"
)

// Renew gives the edition its next revision because something that the public
// sees of it has changed elsewhere: everything drawn from it is drawn anew.
func Renew(ctx context.Context, tx *db.Tx, edition ID, at time.Time) error {
	return touch(ctx, tx, edition, at)
}
