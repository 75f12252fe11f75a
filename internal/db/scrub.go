package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Scrub takes what was deleted out of the files of SQLite as well, where it
// would otherwise stand until something is written over it: the file is made
// anew and the log is cut to nothing. It needs as much free space as the file
// has, and writers wait. PostgreSQL does such work by itself, page by page.
func (d *DB) Scrub(ctx context.Context) error {
	if d.engine != SQLite {
		return nil
	}
	if _, err := d.Exec(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("make the file of the database anew: %w", err)
	}
	// A reader that began before holds the log; it ends in a moment.
	const attempts = 20
	for range attempts {
		busy, err := d.cutLog(ctx)
		if err != nil {
			return fmt.Errorf("cut the log of the database: %w", err)
		}
		if !busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return errors.New("cut the log of the database: readers would not let go of it")
}

func (d *DB) cutLog(ctx context.Context) (busy bool, err error) {
	conn, err := d.turn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close() }() // back to the pool, where nothing can fail
	var in, total int
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &in, &total)
	return busy, err
}
