package db

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// A dump is a gzip'ed tar of manifest.json and, in the order of the manifest,
// one NAME.ndjson a table: a JSON object a line, keys are columns, times as
// RFC 3339 in UTC, BYTEA as base64. It carries no trace of the engine it came
// from, so moving to the other one is Dump and Load.

// dumpFormat changes when an older Load could not read a dump.
const dumpFormat = 1

// manifest is what a dump says about itself.
type manifest struct {
	Format int           `json:"format"`
	Schema int64         `json:"schema"`
	Engine Engine        `json:"engine"`
	MadeAt time.Time     `json:"made_at"`
	Tables []dumpedTable `json:"tables"`
}

type dumpedTable struct {
	Name    string   `json:"name"`
	Columns []column `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"` // of the uncompressed file
	size    int64
}

func (t dumpedTable) file() string { return t.Name + ".ndjson" }

const manifestFile = "manifest.json"

// Dump writes everything in the database, as it is at one moment, to w. It
// needs room for an uncompressed copy in the folder for temporary files.
func (d *DB) Dump(ctx context.Context, w io.Writer) error {
	if err := d.dump(ctx, w); err != nil {
		return fmt.Errorf("dump the database: %w", err)
	}
	return nil
}

func (d *DB) dump(ctx context.Context, w io.Writer) (err error) {
	m := manifest{Format: dumpFormat, Engine: d.engine}
	if m.Schema, err = d.Version(ctx); err != nil {
		return err
	}
	spool, err := os.CreateTemp("", "obrady-dump-")
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, spool.Close(), os.Remove(spool.Name()))
	}()
	err = d.Snapshot(ctx, func(q Querier) error {
		if m.MadeAt, err = moment(ctx, q); err != nil {
			return err
		}
		m.Tables, err = spoolTables(ctx, q, spool)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return pack(w, m, spool)
}

// moment asks the engine for the time, to the second: it is the engine's
// moment that the dump shows.
func moment(ctx context.Context, q Querier) (time.Time, error) {
	var text string
	if err := q.QueryRow(ctx, `SELECT SUBSTR(CAST(CURRENT_TIMESTAMP AS TEXT), 1, 19)`).Scan(&text); err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.DateTime, text)
}

func spoolTables(ctx context.Context, q Querier, spool io.Writer) ([]dumpedTable, error) {
	names, err := tables(ctx, q)
	if err != nil {
		return nil, err
	}
	all := make([]dumpedTable, 0, len(names))
	for _, name := range names {
		t := dumpedTable{Name: name}
		if t.Columns, err = columns(ctx, q, name); err != nil {
			return nil, err
		}
		if err := t.spool(ctx, q, spool); err != nil {
			return nil, fmt.Errorf("table %s: %w", name, err)
		}
		all = append(all, t)
	}
	return all, nil
}

// spool writes the rows of t and counts what it writes.
func (t *dumpedTable) spool(ctx context.Context, q Querier, to io.Writer) error {
	rows, err := q.Query(ctx, "SELECT "+quoted(t.Columns)+` FROM "`+t.Name+`"`)
	if err != nil {
		return err
	}
	defer rows.rows.Close()
	check := newSum()
	to = io.MultiWriter(to, check)
	for rows.rows.Next() {
		line, err := readLine(rows, t.Columns)
		if err != nil {
			return err
		}
		if _, err := to.Write(line); err != nil {
			return err
		}
		t.size += int64(len(line))
		t.Rows++
	}
	t.SHA256 = check.String()
	return rows.rows.Err()
}

func readLine(row Scanner, columns []column) ([]byte, error) {
	dest := make([]any, len(columns))
	for i, c := range columns {
		dest[i] = c.Kind.dest()
	}
	if err := row.Scan(append([]any(nil), dest...)...); err != nil {
		return nil, err
	}
	values := make(map[string]any, len(columns))
	for i, c := range columns {
		v, err := c.Kind.toJSON(dest[i])
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		values[c.Name] = v
	}
	line, err := json.Marshal(values)
	return append(line, '\n'), err
}

func pack(w io.Writer, m manifest, spool io.Reader) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(w)
	archive := tar.NewWriter(packed)
	if err := packFile(archive, m, manifestFile, int64(len(text)), strings.NewReader(string(text))); err != nil {
		return err
	}
	for _, t := range m.Tables {
		if err := packFile(archive, m, t.file(), t.size, io.LimitReader(spool, t.size)); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), packed.Close())
}

func packFile(archive *tar.Writer, m manifest, name string, size int64, content io.Reader) error {
	err := archive.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: m.MadeAt})
	if err != nil {
		return err
	}
	_, err = io.Copy(archive, content)
	return err
}
