package db

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// column is a column as a dump knows it.
type column struct {
	Name string     `json:"name"`
	Kind columnKind `json:"kind"`
}

// columnKind is a type of our migrations, under one name on both engines.
type columnKind string

const (
	kindText  columnKind = "text"
	kindInt   columnKind = "integer"
	kindFloat columnKind = "float"
	kindBool  columnKind = "boolean"
	kindTime  columnKind = "time"
	kindBytes columnKind = "bytes"
	kindJSON  columnKind = "json"
)

// kinds knows the types by the names that our migrations and PostgreSQL give them.
var kinds = map[string]columnKind{
	"TEXT": kindText, "INTEGER": kindInt, "BIGINT": kindInt, "DOUBLE PRECISION": kindFloat, "BOOLEAN": kindBool,
	"TIMESTAMPTZ": kindTime, "TIMESTAMP WITH TIME ZONE": kindTime, "BYTEA": kindBytes, "JSONB": kindJSON,
}

// tables lists what holds data, by name. Virtual tables of SQLite, and the
// tables behind them, are indexes in disguise and are made anew.
func tables(ctx context.Context, q Querier) ([]string, error) {
	query := `SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> $1 ORDER BY name`
	if q.Engine() == Postgres {
		query = `SELECT CAST(table_name AS TEXT) COLLATE "C" AS name FROM information_schema.tables
			WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> $1 ORDER BY name`
	}
	return Collect(func(row Scanner) (name string, err error) { return name, row.Scan(&name) })(
		q.Query(ctx, query, versionTable))
}

// columns lists the columns of a table that are written, not computed.
func columns(ctx context.Context, q Querier, table string) ([]column, error) {
	query := `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`
	if q.Engine() == Postgres {
		query = `SELECT column_name, data_type FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER'
			ORDER BY ordinal_position`
	}
	return Collect(func(row Scanner) (c column, err error) {
		var typ string
		if err := row.Scan(&c.Name, &typ); err != nil {
			return c, err
		}
		if c.Kind = kinds[strings.ToUpper(typ)]; c.Kind == "" {
			return c, fmt.Errorf("column %s.%s is of type %s, which a dump cannot carry", table, c.Name, typ)
		}
		return c, nil
	})(q.Query(ctx, query, table))
}

func quoted(columns []column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + c.Name + `"`
	}
	return strings.Join(names, ", ")
}

// dest returns where Scan puts a value of this kind; all of them take NULL.
func (k columnKind) dest() any {
	switch k {
	case kindInt:
		return new(*int64)
	case kindFloat:
		return new(*float64)
	case kindBool:
		return new(*bool)
	case kindTime:
		return new(*time.Time)
	case kindBytes, kindJSON:
		return new(content)
	default:
		return new(*string)
	}
}

// toJSON turns what Scan put into dest into what json.Marshal writes.
func (k columnKind) toJSON(dest any) (any, error) {
	switch v := dest.(type) {
	case *content:
		if v.null || k == kindBytes {
			return v.bytes, nil // json.Marshal makes base64 of it, or null
		}
		return canonical(v.bytes)
	case **time.Time:
		if *v == nil {
			return nil, nil
		}
		return (*v).Format(time.RFC3339Nano), nil
	}
	return dest, nil
}

// content is a value of bytes that tells nothing, NULL, from nothing inside.
type content struct {
	bytes []byte
	null  bool
}

// Scan implements sql.Scanner.
func (c *content) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*c = content{null: true}
	case []byte:
		c.bytes = append([]byte{}, v...) // never nil
	default: // JSON comes as text or, from SQLite, as a bare number
		c.bytes = fmt.Append(nil, v)
	}
	return nil
}

// canonical gives a document the spelling that it has on both engines.
func canonical(text []byte) (any, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err := d.Decode(&v)
	return v, err
}

// fromJSON turns a value of a dump into an argument of a statement.
func (k columnKind) fromJSON(text json.RawMessage) (any, error) {
	if string(text) == "null" && k != kindJSON {
		return nil, nil
	}
	switch k {
	case kindInt:
		return decoded[int64](text)
	case kindFloat:
		return decoded[float64](text)
	case kindBool:
		return decoded[bool](text)
	case kindTime:
		return decoded[time.Time](text)
	case kindBytes:
		encoded, err := decoded[string](text)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(encoded)
	case kindJSON:
		if string(text) == "null" {
			return nil, nil
		}
		return string(text), nil
	default:
		return decoded[string](text)
	}
}

func decoded[T any](text json.RawMessage) (v T, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}
