package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers "sqlite"
)

// Open opens the database at address, "sqlite:PATH" or "postgres://…". A
// missing file is created, a missing folder is not. Open refuses a database
// that could lose what it has confirmed.
func Open(ctx context.Context, address string) (*DB, error) {
	path, isFile := strings.CutPrefix(address, "sqlite:")
	open := openPostgres
	if isFile {
		open = openSQLite
		address = path
	}
	d, err := open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return d, nil
}

// readers bounds the SQLite connections that read; each holds a page cache of its own.
const readers = 8

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if folder := filepath.Dir(path); !isFolder(folder) {
		return nil, fmt.Errorf("the folder %s does not exist; create it or choose another place", folder)
	}
	write, err := sql.Open("sqlite", source(path, "&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := checkPragmas(ctx, write); err != nil { // the first connection turns WAL on
		return nil, firstError(err, write.Close())
	}
	read, err := sql.Open("sqlite", source(path, "&_pragma=query_only(1)"))
	if err != nil {
		return nil, firstError(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{engine: SQLite, read: read, write: write, fate: newFate()}
	if err := checkPragmas(ctx, read); err != nil {
		return nil, firstError(err, d.Close())
	}
	return d, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pragmas are what SQLite must say of each connection. FULL makes a commit wait
// for the disk: with less, a power cut takes confirmed seats back.
var pragmas = []struct{ name, set, is string }{
	{"busy_timeout", "10000", "10000"},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "1", "1"},
	{"trusted_schema", "0", "0"},
	{"cell_size_check", "1", "1"},
	{"temp_store", "MEMORY", "2"}, // what a statement must be able to take back never goes to a file
}

func source(path, more string) string {
	s := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_time_format=sqlite"
	for _, p := range pragmas {
		s += "&_pragma=" + p.name + "(" + p.set + ")"
	}
	return s + more
}

func checkPragmas(ctx context.Context, pool *sql.DB) error {
	for _, p := range pragmas {
		var is string
		if err := pool.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&is); err != nil {
			return fmt.Errorf("ask SQLite for %s: %w", p.name, err)
		}
		if is != p.is {
			return fmt.Errorf("SQLite has %s = %s here and must have %s; the file system may not allow it", p.name, is, p.is)
		}
	}
	return nil
}

func openPostgres(ctx context.Context, address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["timezone"] = "UTC"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "obrady"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(32)
	pool.SetMaxIdleConns(32)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := translate(checkPromise(ctx, pool)); err != nil {
		return nil, firstError(err, pool.Close())
	}
	return &DB{engine: Postgres, read: pool, write: pool, fate: newFate()}, nil
}

// checkPromise refuses a server that confirms a commit before it is on disk.
func checkPromise(ctx context.Context, pool *sql.DB) error {
	var is string
	if err := pool.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&is); err != nil {
		return err
	}
	if is == "off" {
		return fmt.Errorf("PostgreSQL has synchronous_commit = off and must have at least on: a crash would take confirmed changes back")
	}
	return nil
}
