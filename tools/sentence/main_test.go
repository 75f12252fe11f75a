package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const catalogue = `{
  "visitor.a": "pierwsze",
  "visitor.z": "ostatnie <b>"
}
`

func house(t *testing.T) (root, folder string) {
	t.Helper()
	root = t.TempDir()
	folder = filepath.Join(root, "internal", "web", "visitor", "locale")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pl.json", "en.json"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(catalogue), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root, folder
}

func text(t *testing.T, path ...string) string {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestAddPutsTheSentenceInItsPlaceInBothLanguages(t *testing.T) {
	root, folder := house(t)
	if err := run(root, []string{"add", "visitor.m", "„środkowe”", `{"one":"middle","other":"middles"}`}, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(catalogue, "  \"visitor.z\"", "  \"visitor.m\": \"„środkowe”\",\n  \"visitor.z\"", 1)
	if got := text(t, folder, "pl.json"); got != want {
		t.Errorf("pl.json = %s, want %s", got, want)
	}
	if got := text(t, folder, "en.json"); !strings.Contains(got, `"one": "middle"`) {
		t.Errorf("en.json = %s, want plural forms", got)
	}
}

func TestAddRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"a key that is there", []string{"add", "visitor.a", "x", "y"}},
		{"a key of no package", []string{"add", "nobody.a", "x", "y"}},
		{"a key without a package", []string{"add", "a", "x", "y"}},
		{"one language", []string{"add", "visitor.b", "x", ""}},
		{"broken plural forms", []string{"add", "visitor.b", `{"one"`, "y"}},
		{"nothing", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, folder := house(t)
			if err := run(root, test.args, io.Discard); err == nil {
				t.Error("run = nil, want an error")
			}
			for _, name := range []string{"pl.json", "en.json"} {
				if got := text(t, folder, name); got != catalogue {
					t.Errorf("%s = %s, want it untouched", name, got)
				}
			}
		})
	}
}

func TestSortPutsKeysInOrderAndLeavesTheRest(t *testing.T) {
	root, folder := house(t)
	mixed := `{"visitor.z": "ostatnie <b>", "visitor.a": "pierwsze"}`
	if err := os.WriteFile(filepath.Join(folder, "pl.json"), []byte(mixed), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(root, []string{"sort"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got := text(t, folder, "pl.json"); got != catalogue {
		t.Errorf("pl.json = %s, want %s", got, catalogue)
	}
}
