package db_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// A tree whose rows refer to later ones, in a table whose name comes before the
// one that it refers to.
var tree = []string{
	`CREATE TABLE a_leaf (id TEXT NOT NULL PRIMARY KEY, branch_id TEXT NOT NULL REFERENCES branch (id) DEFERRABLE)`,
	`INSERT INTO branch (id, parent_id) VALUES ('low', NULL), ('high', 'low')`,
	`UPDATE branch SET parent_id = 'high' WHERE id = 'low'`,
	`INSERT INTO a_leaf (id, branch_id) VALUES ('leaf', 'high')`,
}

const branch = `CREATE TABLE branch (id TEXT NOT NULL PRIMARY KEY, parent_id TEXT REFERENCES branch (id) DEFERRABLE)`

// fill writes at least one of everything that a column can hold.
func fill(t *testing.T, d *db.DB) {
	t.Helper()
	furnish(t, d)
	for _, statement := range append([]string{branch}, tree...) {
		mustExec(t, d, statement)
	}
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	mustExec(t, d, `
		UPDATE room SET plan = $1, area = $2, total = $3, opens_at = $4, closed_at = $5, notes = $6 WHERE id = 'aula'`,
		every, 0.1, int64(-1<<63), time.Date(1, 1, 2, 3, 4, 5, 6000, time.UTC), noon.Add(999999*time.Microsecond),
		db.JSON(map[string]any{"z": []any{nil, 1.5, "„<&>”"}, "a": map[string]any{}}))
	mustExec(t, d, `UPDATE room SET plan = $1, notes = $2 WHERE id = 'foyer'`, []byte{}, db.JSON(7))
	mustExec(t, d, `INSERT INTO outbox (id, kind, payload, due_at, last_error) VALUES ('1', 'it''s', '{}', $1, $2)`, noon, "zażółć\n\t\"\\ 🌳")
}

func bare(t *testing.T, d *db.DB) {
	t.Helper()
	for _, statement := range append(slices.Clone(hall), branch, tree[0]) {
		mustExec(t, d, statement)
	}
}

func dump(t *testing.T, d *db.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := d.Dump(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// file is one file of a dump.
type file struct{ name, text string }

func unpack(t *testing.T, dump []byte) (files []file) {
	t.Helper()
	unzipped, err := gzip.NewReader(bytes.NewReader(dump))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(unzipped)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{header.Name, string(text)})
	}
}

func repack(t *testing.T, files []file) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	archive := tar.NewWriter(zipped)
	for _, f := range files {
		if err := archive.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rowsOf returns the lines of every table of a dump, sorted: the order in which
// an engine gives rows means nothing.
func rowsOf(t *testing.T, dump []byte) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, f := range unpack(t, dump)[1:] {
		lines := strings.Split(f.text, "\n")
		slices.Sort(lines)
		all[f.name] = lines
	}
	return all
}

func TestDumpAndLoad(t *testing.T) {
	for _, from := range dbtest.Engines {
		for _, to := range dbtest.Engines {
			t.Run(string(from)+" to "+string(to), func(t *testing.T) {
				t.Parallel()
				source, target := dbtest.New(t, from), dbtest.New(t, to)
				fill(t, source)
				bare(t, target)
				first := dump(t, source)
				if err := target.Load(t.Context(), bytes.NewReader(first)); err != nil {
					t.Fatal(err)
				}
				want, got := rowsOf(t, first), rowsOf(t, dump(t, target))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("rows (-%s +%s):\n%s", from, to, diff)
				}
				if !strings.Contains(want["room.ndjson"][1], `"plan":""`) {
					t.Errorf("bytes that are empty became %s, want them told from NULL", want["room.ndjson"][1])
				}
				if n := len(want["room.ndjson"]); n != 3 { // and the end of the last line
					t.Errorf("the dump has %d lines of rooms, want 3", n)
				}
				if faults, err := target.Check(t.Context()); err != nil || len(faults) > 0 {
					t.Errorf("Check after Load = %v, %v, want no fault", faults, err)
				}
			})
		}
	}
}

func TestADumpSaysWhatItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		var got struct {
			Format int
			Schema int64
			Engine db.Engine
			MadeAt time.Time `json:"made_at"`
			Tables []struct {
				Name   string
				Rows   int
				SHA256 string
			}
		}
		files := unpack(t, dump(t, d))
		if err := json.Unmarshal([]byte(files[0].text), &got); err != nil {
			t.Fatal(err)
		}
		version, err := d.Version(t.Context())
		if err != nil || got.Format != 1 || got.Schema != version || got.Engine != d.Engine() || got.MadeAt.Year() < 2026 {
			t.Errorf("manifest %+v, %v, want schema %d of %s", got, err, version, d.Engine())
		}
		for i, table := range got.Tables {
			if files[i+1].name != table.Name+".ndjson" || len(table.SHA256) != 64 {
				t.Errorf("table %+v stands as %s", table, files[i+1].name)
			}
			if table.Name == "room" && table.Rows != 2 {
				t.Errorf("room has %d rows, want 2", table.Rows)
			}
		}
		if len(got.Tables) != len(files)-1 {
			t.Errorf("%d tables in the manifest, %d files", len(got.Tables), len(files)-1)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	change := func(name string, f func(string) string) func([]file) []file {
		return func(files []file) []file {
			for i := range files {
				if files[i].name == name {
					files[i].text = f(files[i].text)
				}
			}
			return files
		}
	}
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		whole := dump(t, d)
		for _, test := range []struct {
			name   string
			change func([]file) []file
			want   string
		}{
			{"a changed value", change("room.ndjson", replace(`"seats":10`, `"seats":11`)), "damaged"},
			{"a row less", change("chair.ndjson", func(string) string { return "" }), "damaged"},
			{"a column less", change("chair.ndjson", replace(`"room_id"`, `"room"`)), "room_id is missing"},
			{"a reference to nothing", change("a_leaf.ndjson", replace("high", "gone")), "damaged"},
			{"what is not JSON", change("chair.ndjson", func(string) string { return "{" }), "chair"},
			{"another format", change("manifest.json", replace(`"format": 1`, `"format": 2`)), "format 2"},
			{"another schema", change("manifest.json", replace(`"schema": `, `"schema": 9`)), "restore it into a new database"},
			{"an unknown table", change("manifest.json", replace(`"name": "room"`, `"name": "cellar"`)), "cellar.ndjson should"},
			{"a file less", func(f []file) []file { return f[:len(f)-1] }, "EOF"},
			{"a file more", func(f []file) []file { return append(f, file{"more.ndjson", ""}) }, "not in the manifest"},
			{"no manifest", func(f []file) []file { return f[1:] }, "not with manifest.json"},
		} {
			target := dbtest.New(t, d.Engine())
			bare(t, target)
			err := target.Load(t.Context(), bytes.NewReader(repack(t, test.change(unpack(t, whole)))))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: Load = %v, want an error with %q", test.name, err, test.want)
			}
			var left int
			if err := target.QueryRow(t.Context(), `SELECT COUNT(*) FROM branch`).Scan(&left); err != nil || left != 0 {
				t.Errorf("%s: %d rows left behind, %v", test.name, left, err)
			}
		}
		target := dbtest.New(t, d.Engine())
		bare(t, target)
		if err := target.Load(t.Context(), bytes.NewReader(whole[:len(whole)/2])); err == nil {
			t.Error("half a dump: Load = nil, want an error")
		}
		if err := d.Load(t.Context(), bytes.NewReader(whole)); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("a full database: Load = %v, want an error", err)
		}
		if err := target.Load(t.Context(), bytes.NewReader(whole)); err != nil {
			t.Errorf("the whole dump after all that: %v", err)
		}
	})
}

// A dump shows one moment even while others write: two tables that are changed
// together agree.
func TestADumpShowsOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, `CREATE TABLE a_first (n INTEGER NOT NULL)`)
		mustExec(t, d, `CREATE TABLE z_last (n INTEGER NOT NULL)`)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			var err error
			for n := 0; ctx.Err() == nil && err == nil; n++ {
				err = d.Tx(t.Context(), func(tx *db.Tx) error {
					if _, err := tx.Exec(t.Context(), `INSERT INTO a_first (n) VALUES ($1)`, n); err != nil {
						return err
					}
					_, err := tx.Exec(t.Context(), `INSERT INTO z_last (n) VALUES ($1)`, n)
					return err
				})
			}
			done <- err
		}()
		for range 5 {
			rows := rowsOf(t, dump(t, d))
			if a, z := len(rows["a_first.ndjson"]), len(rows["z_last.ndjson"]); a != z {
				t.Errorf("the dump has %d rows of the first table and %d of the last", a, z)
			}
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
