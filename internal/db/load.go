package db

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Load puts a dump, of either engine, into this database, which must be
// migrated and empty. It compares every checksum and count; if anything is
// wrong the database stays empty.
func (d *DB) Load(ctx context.Context, r io.Reader) error {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("load a dump: %w", err)
	}
	archive := tar.NewReader(unpacked)
	m, err := d.readManifest(ctx, archive)
	if err != nil {
		return fmt.Errorf("load a dump: %w", err)
	}
	var tries int
	err = d.Tx(ctx, func(tx *Tx) error {
		if tries++; tries > 1 {
			return errors.New("somebody else is writing to the database")
		}
		return load(ctx, tx, m, archive)
	})
	if err != nil {
		return fmt.Errorf("load a dump: %w", err)
	}
	return nil
}

// SchemaOf returns the schema that the database had from which the dump in r
// was made: the one that Load wants.
func SchemaOf(r io.Reader) (int64, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return 0, fmt.Errorf("look into a dump: %w", err)
	}
	m, err := firstFile(tar.NewReader(unpacked))
	if err != nil {
		return 0, fmt.Errorf("look into a dump: %w", err)
	}
	return m.Schema, nil
}

// firstFile reads the manifest, which stands at the beginning.
func firstFile(archive *tar.Reader) (m manifest, err error) {
	header, err := archive.Next()
	if err != nil {
		return m, err
	}
	if header.Name != manifestFile {
		return m, fmt.Errorf("it begins with %q, not with %s", header.Name, manifestFile)
	}
	if err := json.NewDecoder(archive).Decode(&m); err != nil {
		return m, fmt.Errorf("%s: %w", manifestFile, err)
	}
	return m, nil
}

func (d *DB) readManifest(ctx context.Context, archive *tar.Reader) (m manifest, err error) {
	if m, err = firstFile(archive); err != nil {
		return m, err
	}
	schema, err := d.Version(ctx)
	switch {
	case err != nil:
		return m, err
	case m.Format != dumpFormat:
		return m, fmt.Errorf("it has format %d and this program reads %d", m.Format, dumpFormat)
	case m.Schema != schema:
		return m, fmt.Errorf("it has schema %d and the database has %d: restore it into a new database, which takes its schema first and is migrated afterwards", m.Schema, schema)
	}
	return m, nil
}

func load(ctx context.Context, tx *Tx, m manifest, archive *tar.Reader) error {
	// Rows come in no order that foreign keys could follow; the commit checks them all.
	later := `PRAGMA defer_foreign_keys = ON`
	if tx.Engine() == Postgres {
		later = `SET CONSTRAINTS ALL DEFERRED`
	}
	if _, err := tx.Exec(ctx, later); err != nil {
		return err
	}
	here, err := refuseFull(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range m.Tables {
		header, err := archive.Next()
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		if header.Name != t.file() {
			return fmt.Errorf("%s stands where %s should", header.Name, t.file())
		}
		if err := loadTable(ctx, tx, t, here[t.Name], archive); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	if header, err := archive.Next(); err == nil {
		return fmt.Errorf("%s is not in the manifest", header.Name)
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// refuseFull returns the columns of all tables here, all of which must be empty.
func refuseFull(ctx context.Context, q Querier) (map[string][]column, error) {
	names, err := tables(ctx, q)
	if err != nil {
		return nil, err
	}
	here := map[string][]column{}
	for _, name := range names {
		var n int
		if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM "`+name+`"`).Scan(&n); err != nil {
			return nil, err
		}
		if n > 0 {
			return nil, fmt.Errorf("the database is not empty: %s has %d rows", name, n)
		}
		if here[name], err = columns(ctx, q, name); err != nil {
			return nil, err
		}
	}
	return here, nil
}

func loadTable(ctx context.Context, tx *Tx, t dumpedTable, here []column, file io.Reader) error {
	if here == nil {
		return errors.New("there is no such table here")
	}
	for _, c := range t.Columns {
		if !slices.Contains(here, c) {
			return fmt.Errorf("there is no column %s of kind %s here", c.Name, c.Kind)
		}
	}
	insert := fmt.Sprintf(`INSERT INTO "%s" (%s) VALUES (%s)`, t.Name, quoted(t.Columns), List(1, len(t.Columns)))
	check := newSum()
	lines := json.NewDecoder(io.TeeReader(file, check))
	var n int64
	for {
		args, err := readArgs(lines, t.Columns)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			_, err = tx.Exec(ctx, insert, args...)
		}
		if n++; err != nil {
			return fmt.Errorf("row %d: %w", n, err)
		}
	}
	if n != t.Rows || check.String() != t.SHA256 {
		return fmt.Errorf("%d rows with checksum %.8s… came, the manifest says %d with %.8s…: the file is damaged", n, check, t.Rows, t.SHA256)
	}
	return nil
}

func readArgs(lines *json.Decoder, columns []column) ([]any, error) {
	var row map[string]json.RawMessage
	if err := lines.Decode(&row); err != nil {
		return nil, err
	}
	args := make([]any, len(columns))
	for i, c := range columns {
		value, there := row[c.Name]
		if !there {
			return nil, fmt.Errorf("column %s is missing", c.Name)
		}
		var err error
		if args[i], err = c.Kind.fromJSON(value); err != nil {
			return nil, fmt.Errorf("column %s: %s", c.Name, strings.TrimPrefix(err.Error(), "json: "))
		}
	}
	return args, nil
}
