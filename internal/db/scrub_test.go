package db_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// Without Scrub (the control) the deleted word still stands in a file.
func TestScrubTakesDeletedTextOutOfTheFiles(t *testing.T) {
	for _, scrub := range []bool{true, false} {
		address := dbtest.URL(t, db.SQLite)
		d := dbtest.Open(t, address)
		const word = "kanarek-do-wymazania"
		for _, statement := range []string{
			`INSERT INTO draft (owner, form, base, fields, saved_at) VALUES ('a', 'f', 1, '{"x":"` + strings.Repeat(word, 500) + `"}', '2021-06-07')`,
			`DELETE FROM draft`,
		} {
			if _, err := d.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if scrub {
			if err := d.Scrub(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		found := false
		files, err := filepath.Glob(strings.TrimPrefix(address, "sqlite:") + "*")
		if err != nil || len(files) == 0 {
			t.Fatalf("files are %v, %v", files, err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || bytes.Contains(content, []byte(word))
		}
		if found == scrub {
			t.Errorf("scrubbed %v: the word stands in the files: %v", scrub, found)
		}
	}
}
