package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// SQLite says yes to settings that it does not follow; Open believes only what it reads back.
func TestPragmasAreReadBack(t *testing.T) {
	whole := source(filepath.Join(t.TempDir(), "whole.db"), "")
	pool := openPool(t, whole)
	if err := checkPragmas(t.Context(), pool); err != nil {
		t.Errorf("all pragmas as they must be: %v", err)
	}
	for _, p := range []struct{ name, set, weak string }{
		{"journal_mode", "WAL", "DELETE"},
		{"synchronous", "FULL", "NORMAL"},
		{"foreign_keys", "1", "0"},
	} {
		set, weak := p.name+"("+p.set+")", p.name+"("+p.weak+")"
		weakened := strings.Replace(source(filepath.Join(t.TempDir(), "weak.db"), ""), set, weak, 1)
		err := checkPragmas(t.Context(), openPool(t, weakened))
		if err == nil || !strings.Contains(err.Error(), p.name) {
			t.Errorf("%s: checkPragmas = %v, want an error that names it", weak, err)
		}
	}
}

func openPool(t *testing.T, source string) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}

// Load brings rows in any order, so every foreign key must be able to wait.
func TestForeignKeysCanWait(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	reference := regexp.MustCompile(`(?i)\bREFERENCES\s+\w+(?:\s*\([^)]*\))?[^,;]*?(?:,|\)\s*;|\n\)|--)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "-- +goose Up\n") {
			t.Errorf("%s does not begin with -- +goose Up", file)
		}
		for _, found := range reference.FindAllString(string(text), -1) {
			if !strings.Contains(found, " DEFERRABLE") {
				t.Errorf("%s: %q is not DEFERRABLE", file, strings.TrimSpace(found))
			}
		}
	}
}

func TestStatesThatMeanTrouble(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want error // nil: no trouble
	}{
		{"PostgreSQL's disk is full", &pgconn.PgError{Code: "53100"}, ErrNoRoom},
		{"PostgreSQL has too many connections", &pgconn.PgError{Code: "53300"}, ErrDown},
		{"PostgreSQL is being stopped", &pgconn.PgError{Code: "57P01"}, ErrDown},
		{"PostgreSQL is starting", &pgconn.PgError{Code: "57P03"}, ErrDown},
		{"PostgreSQL has lost us", &pgconn.PgError{Code: "08006"}, ErrDown},
		{"PostgreSQL has become a standby", &pgconn.PgError{Code: "25006"}, ErrDown},
		{"the line is cut", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), ErrDown},
		{"somebody was faster", &pgconn.PgError{Code: "40001"}, nil},
		{"a row is there already", &pgconn.PgError{Code: "23505"}, nil},
		{"who asked has gone", context.Canceled, nil},
		{"who asked had no patience", fmt.Errorf("query: %w", context.DeadlineExceeded), nil},
		{"no such row", sql.ErrNoRows, nil},
	} {
		got := translate(test.err)
		if CannotWrite(got) != (test.want != nil) || test.want != nil && !errors.Is(got, test.want) || !errors.Is(got, test.err) {
			t.Errorf("%s: translate = %v, want %v in front of it", test.name, got, test.want)
		}
	}
}

// What happens when a disk lies is tried on a disk that does, in test/crash.
func TestNothingIsWrittenOnceTheDiskHasFailed(t *testing.T) {
	d, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "obrady.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	write := func() error {
		_, err := d.Exec(t.Context(), `CREATE TABLE IF NOT EXISTS heap (words TEXT)`)
		return err
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	d.fate.seal(fmt.Errorf("%w: fsync", ErrBroken))
	d.fate.seal(io.EOF) // the first reason stays
	select {
	case <-d.Broken():
	default:
		t.Error("nobody is told that the disk has failed")
	}
	err = d.Tx(t.Context(), func(*Tx) error { return nil })
	if !errors.Is(write(), ErrBroken) || !errors.Is(err, ErrBroken) {
		t.Errorf("writing afterwards: %v, %v, want %v", write(), err, ErrBroken)
	}
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM heap`).Scan(new(int)); err != nil {
		t.Errorf("reading afterwards: %v", err)
	}
}
