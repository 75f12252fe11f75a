package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"obrady/internal/db"
)

// sqlitePrefix begins the address of a database that is one file.
const sqlitePrefix = "sqlite:"

// Store is an open database that this process may change the schema of: no other server works on its file.
type Store struct {
	*db.DB
	// Copied is the file to which the database was copied before its schema was changed; "" when it was not.
	Copied string

	address string
	lock    *lock
}

// OpenStore opens the database at address for a server: alone, where it is a file. What is missing of the folder of
// the file is made. It is not migrated.
func OpenStore(ctx context.Context, address string) (*Store, error) {
	s := &Store{address: address}
	if file, ok := strings.CutPrefix(address, sqlitePrefix); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
		var err error
		if s.lock, err = takeLock(file + ".lock"); err != nil {
			return nil, err
		}
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return nil, errors.Join(err, s.lock.release())
	}
	s.DB = d
	return s, nil
}

// Migrate brings the schema up to date. A SQLite file that holds an older one is copied first.
func (s *Store) Migrate(ctx context.Context, now time.Time) error {
	pending, err := s.Pending(ctx)
	if err != nil || !pending {
		return err
	}
	if s.Copied, err = s.copyFirst(ctx, now); err != nil {
		return fmt.Errorf("copy the database before its schema changes: %w", err)
	}
	return s.DB.Migrate(ctx)
}

// copyFirst copies a SQLite file that has a schema already; PostgreSQL has backups of its own.
func (s *Store) copyFirst(ctx context.Context, now time.Time) (string, error) {
	schema, err := s.Version(ctx)
	if err != nil || schema == 0 || s.Engine() != db.SQLite {
		return "", err
	}
	file := strings.TrimPrefix(s.address, sqlitePrefix)
	target := fmt.Sprintf("%s.schema-%04d-%s", file, schema, now.UTC().Format("20060102T150405"))
	if _, err := s.Exec(ctx, `VACUUM INTO $1`, target); err != nil {
		return "", err
	}
	return target, syncFile(target)
}

// Close closes the database and lets another server have it.
func (s *Store) Close() error { return errors.Join(s.DB.Close(), s.lock.release()) }

// OpenBeside opens a database that a server may be working on. It neither makes nor migrates one.
func OpenBeside(ctx context.Context, address string) (*db.DB, error) {
	if file, ok := strings.CutPrefix(address, sqlitePrefix); ok {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database at %s; name its folder with --data, or make one with `obrady migrate`", file)
		}
	}
	d, err := db.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	pending, err := d.Pending(ctx)
	if err == nil && pending {
		err = errors.New("the database has an older schema than this program; run `obrady migrate` first")
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// syncFile waits until the file and its name are on the disk.
func syncFile(name string) error {
	for _, path := range []string{name, filepath.Dir(name)} {
		f, err := os.Open(path) //nolint:gosec // the operator says where
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("sync %s: %w", path, err)
		}
	}
	return nil
}
