package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"obrady/internal/db"
)

// Backup writes everything in the database to a new file, which appears only when it is whole and on the disk. It
// never overwrites. A server may be at work meanwhile.
func Backup(ctx context.Context, d *db.DB, file string) (err error) {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already; a backup overwrites nothing, choose another name", file)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	half, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*") // readable by its owner alone
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(half.Name())
		}
	}()
	err = d.Dump(ctx, half)
	if err == nil {
		err = half.Sync()
	}
	if err = errors.Join(err, half.Close()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	// A link fails where somebody has been quicker; a rename would overwrite.
	if err = os.Link(half.Name(), file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	if err = os.Remove(half.Name()); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return syncFile(file)
}

// Restore puts a backup into the database, which must be new, or migrated and empty, and migrates it. A new database
// takes backups of older releases as well. Whatever is wrong, the database stays empty.
func Restore(ctx context.Context, d *db.DB, file string) error {
	if err := takeSchema(ctx, d, file); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	f, err := os.Open(file) //nolint:gosec // the operator says which
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := errors.Join(d.Load(ctx, f), f.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	if err := d.Migrate(ctx); err != nil {
		return fmt.Errorf("restore %s: %w", file, err)
	}
	return nil
}

// takeSchema gives a new database the schema that the backup was made with.
func takeSchema(ctx context.Context, d *db.DB, file string) error {
	has, err := d.Version(ctx)
	if err != nil || has > 0 {
		return err
	}
	f, err := os.Open(file) //nolint:gosec // the operator says which
	if err != nil {
		return err
	}
	schema, err := db.SchemaOf(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return d.MigrateTo(ctx, schema)
}
