package db_test

import (
	"errors"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestAFullDiskIsSaidToBeFullAndTakesAgain(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	ctx := t.Context()
	if _, err := d.Exec(ctx, `CREATE TABLE heap (words TEXT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		t.Helper()
		if _, err := d.Exec(ctx, `PRAGMA max_page_count = `+pages); err != nil {
			t.Fatal(err)
		}
	}
	add := func() error {
		return d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO heap (words) VALUES ($1)`, strings.Repeat("x", 100_000))
			return err
		})
	}
	limit("1") // as few as there are already
	if err := add(); !errors.Is(err, db.ErrNoRoom) {
		t.Errorf("writing where there is no room: %v, want %v", err, db.ErrNoRoom)
	}
	limit("1000000")
	if err := add(); err != nil {
		t.Errorf("writing where there is room again: %v", err)
	}
}

// A server that is not there is trouble that passes.
func TestADatabaseThatIsAwayIsSaidToBe(t *testing.T) {
	_, err := db.Open(t.Context(), "postgres://obrady@127.0.0.1:1/nowhere?sslmode=disable&connect_timeout=2")
	if !errors.Is(err, db.ErrDown) {
		t.Errorf("Open where nobody listens: %v, want %v", err, db.ErrDown)
	}
}

func TestAServerThatEndsOurConnectionIsAway(t *testing.T) {
	d := dbtest.New(t, db.Postgres)
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if !errors.Is(err, db.ErrDown) {
		t.Errorf("a connection ended by the server: %v, want %v", err, db.ErrDown)
	}
	var one int
	if err := d.QueryRow(t.Context(), `SELECT 1`).Scan(&one); err != nil {
		t.Errorf("the next question: %v, want another connection", err)
	}
}
