package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"obrady/internal/app"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestABackupMovesToTheOtherEngineAndBack(t *testing.T) {
	first := dbtest.New(t, db.SQLite)
	fill(t, first)
	there, back := dbtest.New(t, db.Postgres), dbtest.New(t, db.SQLite)
	want := move(t, first, there)
	got := move(t, there, back)
	if !bytes.Equal(got, want) {
		t.Errorf("the public programme came back with %d bytes unlike the %d that went", len(got), len(want))
	}
	if faults := packagesAtFault(t, back); len(faults) > 0 {
		t.Errorf("after the journey Check blames %v, want nobody", faults)
	}
}

// move backs up one database, restores it into another, and returns what the public saw in the first.
func move(t *testing.T, from, to *db.DB) (document []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if err := app.Backup(t.Context(), from, file); err != nil {
		t.Fatal(err)
	}
	if err := app.Restore(t.Context(), to, file); err != nil {
		t.Fatal(err)
	}
	if err := from.QueryRow(t.Context(), `SELECT document FROM release`).Scan(&document); err != nil {
		t.Fatal(err)
	}
	return document
}

func TestABackupOverwritesNothing(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if err := os.WriteFile(file, []byte("last year"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := app.Backup(t.Context(), d, file); err == nil {
		t.Error("Backup over a file = nil, want an error")
	}
	if got, _ := os.ReadFile(file); string(got) != "last year" {
		t.Errorf("the file now says %q, want what it said", got)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(left) > 0 {
		t.Errorf("Backup left %v behind", left)
	}
}

func TestARestoreWantsAnEmptyDatabaseAndAWholeFile(t *testing.T) {
	full := dbtest.New(t, db.SQLite)
	fill(t, full)
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	if err := app.Backup(t.Context(), full, file); err != nil {
		t.Fatal(err)
	}
	if err := app.Restore(t.Context(), full, file); err == nil {
		t.Error("Restore into a full database = nil, want an error")
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := file + ".half"
	if err := os.WriteFile(broken, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	empty := dbtest.New(t, db.SQLite)
	if err := app.Restore(t.Context(), empty, broken); err == nil {
		t.Error("Restore of half a file = nil, want an error")
	}
	var n int
	if err := empty.QueryRow(t.Context(), `SELECT COUNT(*) FROM person`).Scan(&n); err != nil || n != 0 {
		t.Errorf("after a failed restore there are %d persons (%v), want none", n, err)
	}
}
