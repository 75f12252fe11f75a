package draw

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// fieldsOf lists the JSON fields of a struct and of what lies in them, as problem.sessions.id.
func fieldsOf(kind reflect.Type, path string) (names []string) {
	for kind.Kind() == reflect.Pointer || kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	if kind.Kind() != reflect.Struct {
		return nil
	}
	for i := range kind.NumField() {
		field := kind.Field(i)
		if field.Anonymous {
			names = append(names, fieldsOf(field.Type, path)...)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, path+name)
		names = append(names, fieldsOf(field.Type, path+name+".")...)
	}
	return names
}

func TestHandbooksExplainEveryFieldOfTheRecord(t *testing.T) {
	want := fieldsOf(reflect.TypeFor[Record](), "")
	if len(want) < 40 || !slices.Contains(want, "problem.sessions.pools.left") || !slices.Contains(want, "problem.group_limits.most") {
		t.Fatalf("the fields of a record are %q, which are too few", want)
	}
	for file, heading := range map[string]string{"draws.en.md": "Fields of the record", "draws.pl.md": "Pola protokołu"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "organisers", file))
		if err != nil {
			t.Fatal(err)
		}
		_, table, _ := strings.Cut(string(text), "\n## "+heading+"\n")
		table, _, _ = strings.Cut(table, "\n## ")
		var got []string
		for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_.]+)` \\|").FindAllStringSubmatch(table, -1) {
			got = append(got, row[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s explains the fields\n%q, want\n%q", file, got, want)
		}
	}
}
