package db

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
