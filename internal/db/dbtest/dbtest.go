// Package dbtest gives each test an empty, migrated database of its own, so that
// what people of the congress rely on is tried on both engines.
package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"obrady/internal/db"
)

// Engines lists where tests run.
var Engines = []db.Engine{db.SQLite, db.Postgres}

// Each runs test on each engine, in parallel: it returns before the tests have run.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			test(t, New(t, engine))
		})
	}
}

// New returns an empty database on engine that is gone after the test.
func New(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	return Open(t, URL(t, engine))
}

// Open opens the database at url until the end of the test: a second instance
// of the program, say.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// URL returns the address of an empty database on engine. PostgreSQL runs where
// OBRADY_TEST_POSTGRES says; without it the test is skipped, or fails if
// OBRADY_TEST_NO_SKIP is 1.
func URL(t testing.TB, engine db.Engine) string {
	t.Helper()
	if engine == db.SQLite {
		return sqliteURL(t)
	}
	server := os.Getenv("OBRADY_TEST_POSTGRES")
	if server == "" && os.Getenv("OBRADY_TEST_NO_SKIP") == "1" {
		t.Fatal("OBRADY_TEST_POSTGRES is not set, and OBRADY_TEST_NO_SKIP=1 forbids to skip")
	}
	if server == "" {
		t.Skip("OBRADY_TEST_POSTGRES is not set")
	}
	return postgresURL(t, server)
}

// Blank is New without a schema: what an operator has before the first start.
func Blank(t testing.TB, engine db.Engine) *db.DB {
	t.Helper()
	if engine == db.SQLite {
		return Open(t, "sqlite:"+filepath.Join(t.TempDir(), "obrady.db"))
	}
	d := New(t, engine)
	if _, err := d.Exec(t.Context(), `DROP SCHEMA public CASCADE`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(t.Context(), `CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	return d
}

// migratedFile is the content of an empty SQLite database, made once a process.
var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "obrady-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "template.db")
	if err := migrate(context.Background(), "sqlite:"+file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func sqliteURL(t testing.TB) string {
	t.Helper()
	content, err := migratedFile()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "obrady.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// migrate prepares the database at url and closes it, which moves SQLite's log
// into the file and frees PostgreSQL's template to be copied.
func migrate(ctx context.Context, url string) error {
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}

// server is one PostgreSQL with its template database.
type server struct {
	admin    *db.DB
	template string
}

var (
	servers   = map[string]*server{}
	serversMu sync.Mutex
)

func postgresURL(t testing.TB, address string) string {
	t.Helper()
	s, err := prepare(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if _, err := s.admin.Exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := s.admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the database of the test: %v", err)
		}
	})
	return withDatabase(address, name)
}

// prepare finds or makes the template for the schema of this program. Several
// test processes share it; the advisory lock lets one of them make it.
func prepare(ctx context.Context, address string) (*server, error) {
	serversMu.Lock()
	defer serversMu.Unlock()
	if s := servers[address]; s != nil {
		return s, nil
	}
	print, err := db.Fingerprint()
	if err != nil {
		return nil, err
	}
	admin, err := db.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	s := &server{admin, "template_" + print[:24]}
	err = admin.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(7021)`); err != nil {
			return err
		}
		return s.makeTemplate(ctx, address)
	})
	if err != nil {
		return nil, err
	}
	servers[address] = s
	return s, nil
}

// makeTemplate migrates under another name, so that a process that dies on the
// way leaves no half-made template.
func (s *server) makeTemplate(ctx context.Context, address string) error {
	var there int
	err := s.admin.QueryRow(ctx, `SELECT COUNT(*) FROM pg_database WHERE datname = $1`, s.template).Scan(&there)
	if err != nil || there > 0 {
		return err
	}
	raw := "raw_" + strings.ToLower(rand.Text())
	if _, err := s.admin.Exec(ctx, "CREATE DATABASE "+raw); err != nil {
		return err
	}
	if err := migrate(ctx, withDatabase(address, raw)); err != nil {
		_, dropErr := s.admin.Exec(ctx, "DROP DATABASE "+raw+" WITH (FORCE)")
		return errors.Join(err, dropErr)
	}
	_, err = s.admin.Exec(ctx, "ALTER DATABASE "+raw+" RENAME TO "+s.template)
	return err
}

func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil { // db.Open has parsed it before
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}
