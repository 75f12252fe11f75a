package db

import (
	"context"
	"fmt"
)

// Fault is something in the database that must not be. Every package that keeps
// data finds its own, with a function Check(ctx, q) ([]db.Fault, error).
type Fault struct {
	Package string // whose rule is broken
	What    string // for the operator, in English
	Row     string // which row, never whose
}

// Check asks the engine whether its files are whole and its own rules hold.
func (d *DB) Check(ctx context.Context) ([]Fault, error) {
	checks := sqliteChecks
	if d.engine == Postgres {
		checks = postgresChecks
	}
	var faults []Fault
	for _, query := range checks {
		found, err := Collect(scanFault)(d.Query(ctx, query))
		if err != nil {
			return nil, fmt.Errorf("check the database: %w", err)
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func scanFault(row Scanner) (Fault, error) {
	f := Fault{Package: "db"}
	return f, row.Scan(&f.What, &f.Row)
}

// Each query returns what is wrong and where.
var (
	sqliteChecks = []string{
		`SELECT integrity_check, '' FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
		`SELECT 'a row refers to one of ' || parent || ' that is not there', "table" || ' ' || COALESCE(rowid, '')
		 FROM pragma_foreign_key_check`,
	}
	// PostgreSQL keeps its rules itself; these tell where it could not, or
	// where somebody asked it not to.
	postgresChecks = []string{
		`SELECT 'an index is not valid', CAST(indexrelid AS regclass)::TEXT FROM pg_index WHERE NOT indisvalid`,
		`SELECT 'a constraint was never proved', CAST(conrelid AS regclass)::TEXT || ' ' || conname
		 FROM pg_constraint WHERE NOT convalidated`,
		`SELECT 'a trigger is switched off', CAST(tgrelid AS regclass)::TEXT || ' ' || tgname
		 FROM pg_trigger WHERE tgenabled = 'D'`,
		`SELECT 'pages with a wrong checksum: ' || checksum_failures, datname
		 FROM pg_stat_database WHERE datname = current_database() AND checksum_failures > 0`,
	}
)
