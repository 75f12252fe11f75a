package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Scanner is a row to be read, one or the current one of many, so that a type
// has one scan function.
type Scanner interface{ Scan(dest ...any) error }

// Row is the result of QueryRow.
type Row struct {
	row *sql.Row
	err error
}

// Scan copies the columns into dest, or returns ErrNoRow. Times come in UTC.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(instants(dest)...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNoRow
	}
	return translate(err)
}

// Rows is the result of Query.
type Rows struct{ rows *sql.Rows }

// Scan copies the columns of the current row into dest. Times come in UTC.
func (r *Rows) Scan(dest ...any) error { return r.rows.Scan(instants(dest)...) }

// Collect reads every row with scan. It takes what Query returns, so that both
// are written in one: Collect(scanSeat)(q.Query(ctx, "SELECT …")).
func Collect[T any](scan func(Scanner) (T, error)) func(*Rows, error) ([]T, error) {
	return func(r *Rows, err error) ([]T, error) {
		if err != nil {
			return nil, err
		}
		defer r.rows.Close()
		var all []T
		for r.rows.Next() {
			one, err := scan(r)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return all, translate(r.rows.Err())
	}
}

// List writes n placeholders from $first on, for IN (…): List(2, 3) is
// "$2, $3, $4". With n = 0 it is "NULL", which is IN nothing.
func List(first, n int) string {
	if n <= 0 {
		return "NULL"
	}
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(marks, ", ")
}

// Spare writes a condition that leaves alone the rows in which column holds one
// of values, whose placeholders begin with $first; with no values it is true.
func Spare[T any](column string, first int, values []T) (condition string, args []any) {
	if len(values) == 0 {
		return "1 = 1", nil
	}
	for _, value := range values {
		args = append(args, value)
	}
	return column + " NOT IN (" + List(first, len(values)) + ")", args
}

// normalise gives every argument the one form that both engines keep: times in
// UTC to the microsecond, JSON as text.
func normalise(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case time.Time:
			out[i] = stored(v)
		case *time.Time:
			if v != nil {
				out[i] = stored(*v)
			}
		case document:
			text, err := v.text()
			if err != nil {
				return nil, fmt.Errorf("argument $%d: %w", i+1, err)
			}
			out[i] = text
		default:
			out[i] = a
		}
	}
	return out, nil
}

// stored is the form of a time in a column: PostgreSQL keeps microseconds.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// instants puts readers of either engine's times into dest.
func instants(dest []any) []any {
	for i, d := range dest {
		switch t := d.(type) {
		case *time.Time:
			dest[i] = scanFunc(func(src any) (err error) { *t, err = instant(src); return err })
		case **time.Time:
			dest[i] = scanFunc(func(src any) error {
				if *t = nil; src == nil {
					return nil
				}
				v, err := instant(src)
				*t = &v
				return err
			})
		}
	}
	return dest
}

// scanFunc is a function that database/sql hands a column to.
type scanFunc func(src any) error

// Scan implements sql.Scanner.
func (f scanFunc) Scan(src any) error { return f(src) }

// instant reads a time as either driver gives it: SQLite has no type for it,
// and its driver hands out the text that it once wrote.
func instant(src any) (time.Time, error) {
	switch v := src.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		t, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
		return t.UTC(), err
	}
	return time.Time{}, fmt.Errorf("db: %T is not a time", src)
}
