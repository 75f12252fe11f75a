package db

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// document is a value on its way into a JSONB column.
type document struct{ v any }

// JSON is v as an argument for a JSONB column. A nil slice is written as [] and
// a nil map as {}, so that no column holds JSON's null; a nil pointer becomes NULL.
func JSON(v any) any { return document{v} }

func (d document) text() (any, error) {
	if d.v == nil {
		return nil, nil
	}
	if v := reflect.ValueOf(d.v); v.Kind() == reflect.Slice && v.IsNil() && v.Type().Elem().Kind() != reflect.Uint8 {
		return "[]", nil
	} else if v.Kind() == reflect.Map && v.IsNil() {
		return "{}", nil
	} else if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil
	}
	text, err := json.Marshal(d.v)
	if err != nil {
		return nil, fmt.Errorf("write %T as JSON: %w", d.v, err)
	}
	return string(text), nil // as text: SQLite would take bytes for its binary JSON
}

// FromJSON lets Scan read a JSONB column into dest, a pointer. NULL and the
// empty text leave dest as it is.
func FromJSON(dest any) any {
	return scanFunc(func(src any) error {
		var text []byte
		switch v := src.(type) {
		case nil:
		case string:
			text = []byte(v)
		case []byte:
			text = v
		default: // SQLite keeps a document that is a bare number as a number
			text = fmt.Append(nil, v)
		}
		if len(text) == 0 {
			return nil
		}
		if err := json.Unmarshal(text, dest); err != nil {
			return fmt.Errorf("read %T from JSON: %w", dest, err)
		}
		return nil
	})
}
