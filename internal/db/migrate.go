package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations holds the schema's history: NNNN_owner_what.sql, or the pair
// NNNN_owner_what.sqlite.sql and .postgres.sql where the engines must differ.
// A file that has been released is never edited and there is no way back, so
// the code of the release before must run on the new schema.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to date. Several instances may start at once:
// one migrates, the others wait. It refuses a schema that a newer release made.
func (d *DB) Migrate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	ctx = context.WithoutCancel(ctx)
	if err := refuseNewer(ctx, p); err != nil {
		return err
	}
	if err := up(ctx, p); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// MigrateTo brings a new, empty database to the schema that an older release
// had, so that a dump of that release can be loaded; Migrate goes on from there.
func (d *DB) MigrateTo(ctx context.Context, schema int64) error {
	p, err := d.provider()
	if err == nil {
		_, err = p.UpTo(context.WithoutCancel(ctx), schema)
	}
	if err != nil {
		return fmt.Errorf("migrate to schema %d: %w", schema, err)
	}
	return nil
}

// up migrates. PostgreSQL has a lock for that; on SQLite another process may
// have been faster with the same migration, which then fails here and leaves
// nothing behind, so it is worth looking again while the schema advances.
func up(ctx context.Context, p *goose.Provider) error {
	before, err := p.GetDBVersion(ctx)
	for err == nil {
		_, failed := p.Up(ctx)
		if failed == nil {
			return nil
		}
		var after int64
		if after, err = p.GetDBVersion(ctx); err == nil && after == before {
			return failed
		}
		before = after
	}
	return err
}

// Pending reports whether Migrate has something to do.
func (d *DB) Pending(ctx context.Context) (bool, error) {
	p, err := d.provider()
	if err != nil {
		return false, fmt.Errorf("look for migrations: %w", err)
	}
	if err := refuseNewer(ctx, p); err != nil {
		return false, err
	}
	return p.HasPending(ctx)
}

// Version returns the number of the newest migration that the database has had.
func (d *DB) Version(ctx context.Context) (int64, error) {
	p, err := d.provider()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

func refuseNewer(ctx context.Context, p *goose.Provider) error {
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("look for migrations: %w", err)
	}
	if has > knows {
		return fmt.Errorf("the database has schema %d and this program knows %d: start the newer release, or restore a backup of the older one", has, knows)
	}
	return nil
}

// provider prepares goose for this engine. Files of one release may come from
// several hands, so a lower number may arrive after a higher one.
func (d *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	foreign, err := fs.Glob(files, "*."+string(d.engine.other())+".sql")
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{
		goose.WithExcludeNames(foreign),
		goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true),
		goose.WithTableName(versionTable),
	}
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // try each second, five minutes long
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, d.write, files, options...)
}

// versionTable is where goose notes what it has done.
const versionTable = "schema_version"

func (e Engine) other() Engine {
	if e == SQLite {
		return Postgres
	}
	return SQLite
}

// Fingerprint names the state of the schema's history as this program knows
// it; tests keep prepared databases under it.
func Fingerprint() (string, error) {
	sum := newSum()
	err := fs.WalkDir(migrations, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".sql") {
			return err
		}
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sum, "%s %d\n%s", path.Base(name), len(text), text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("fingerprint of the schema: %w", err)
	}
	return sum.String(), nil
}
