package db_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	for name, test := range map[string]struct{ address, want string }{
		"a missing folder":        {"sqlite:" + folder + "/no/obrady.db", "/no does not exist"},
		"a file that is none":     {"sqlite:" + folder, "open the database"},
		"an address of something": {"mysql://localhost/x", "open the database"},
	} {
		d, err := db.Open(t.Context(), test.address)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Open = %v, want an error with %q", name, err, test.want)
		}
		if err == nil {
			d.Close()
		}
	}
}

func TestOpenTakesAnyFileName(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kpm 2021?x=100%#ż.db")
	d := dbtest.Open(t, "sqlite:"+file)
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the database is elsewhere: %v", err)
	}
}

func TestOpenRefusesAPostgresThatConfirmsTooEarly(t *testing.T) {
	address := dbtest.URL(t, db.Postgres)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("synchronous_commit", "off")
	u.RawQuery = query.Encode()
	if d, err := db.Open(t.Context(), u.String()); err == nil || !strings.Contains(err.Error(), "synchronous_commit") {
		t.Errorf("Open = %v, %v, want an error", d, err)
	}
}

// fresh returns the address of a database that was never migrated.
func fresh(t *testing.T, engine db.Engine) string {
	t.Helper()
	if engine == db.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "fresh.db")
	}
	name := "fresh_" + strings.ToLower(rand.Text())
	admin := dbtest.New(t, engine)
	mustExec(t, admin, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { // when the context of the test is over
		ctx := context.Background()
		if _, err := admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(os.Getenv("OBRADY_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// Several instances start on an empty database at once.
func TestMigrateTogether(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			const instances = 4
			address := fresh(t, engine)
			var all sync.WaitGroup
			dbs := make([]*db.DB, instances)
			for i := range instances {
				dbs[i] = dbtest.Open(t, address)
			}
			for _, d := range dbs {
				all.Go(func() {
					if err := d.Migrate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if pending, err := dbs[0].Pending(t.Context()); err != nil || pending {
				t.Errorf("Pending = %v, %v, want false", pending, err)
			}
			mustExec(t, dbs[0], `DELETE FROM draft`)
		})
	}
}

func TestPending(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(string(engine), func(t *testing.T) {
			d := dbtest.Open(t, fresh(t, engine))
			if pending, err := d.Pending(t.Context()); err != nil || !pending {
				t.Errorf("before Migrate: Pending = %v, %v, want true", pending, err)
			}
			if err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if pending, err := d.Pending(t.Context()); err != nil || pending {
				t.Errorf("after Migrate: Pending = %v, %v, want false", pending, err)
			}
		})
	}
}

func TestMigrateRefusesANewerSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, `INSERT INTO schema_version (version_id, is_applied) VALUES (99999, $1)`, true)
		const want = "has schema 99999"
		if err := d.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Migrate = %v, want an error with %q", err, want)
		}
		if _, err := d.Pending(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Pending = %v, want an error with %q", err, want)
		}
	})
}
