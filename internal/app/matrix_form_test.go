package app_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"obrady/internal/db"
)

// form is a form as a browser would send it, and what one could choose in it.
type form struct {
	sent    url.Values
	choices map[string][]string // of the fields that offer some
}

// formsOf reads the forms of a page that stands at path, by the address that takes each.
func formsOf(path, page string) map[string]form {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return nil
	}
	all := map[string]form{}
	var outside []*html.Node // fields that name their form
	for n := range root.Descendants() {
		if attribute(n, "form") != "" {
			outside = append(outside, n)
		}
	}
	for n := range root.Descendants() {
		if n.DataAtom != atom.Form || !strings.EqualFold(attribute(n, "method"), "post") {
			continue
		}
		to := attribute(n, "action")
		if to == "" {
			to = path
		}
		f := form{url.Values{}, map[string][]string{}}
		for field := range n.Descendants() {
			f.read(field)
		}
		for _, field := range outside {
			if name := attribute(n, "id"); name != "" && attribute(field, "form") == name {
				f.read(field)
			}
		}
		to, _, _ = strings.Cut(to, "?")
		if _, there := all[to]; !there || len(all[to].sent) < len(f.sent) {
			all[to] = f
		}
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// read takes one field in, as a browser does.
func (f form) read(n *html.Node) {
	name := attribute(n, "name")
	if name == "" || has(n, "disabled") {
		return
	}
	switch n.Data {
	case "input":
		f.input(n, name)
	case "textarea":
		f.sent.Add(name, strings.TrimPrefix(textOf(n), "\n"))
	case "select":
		chosen, first := []string(nil), ""
		for i, option := range optionsOf(n) {
			value := attribute(option, "value")
			f.choices[name] = append(f.choices[name], value)
			if i == 0 {
				first = value
			}
			if has(option, "selected") {
				chosen = append(chosen, value)
			}
		}
		if chosen == nil && !has(n, "multiple") {
			chosen = []string{first}
		}
		for _, value := range chosen {
			f.sent.Add(name, value)
		}
	case "button":
		if !f.sent.Has(name) {
			f.sent.Add(name, attribute(n, "value"))
		}
	}
}

func (f form) input(n *html.Node, name string) {
	switch value := attribute(n, "value"); attribute(n, "type") {
	case "checkbox", "radio":
		f.choices[name] = append(f.choices[name], value)
		if has(n, "checked") {
			f.sent.Add(name, value)
		}
	case "file":
	case "submit", "image", "button", "reset":
		if !f.sent.Has(name) {
			f.sent.Add(name, value)
		}
	default:
		f.sent.Add(name, value)
	}
}

func optionsOf(n *html.Node) (all []*html.Node) {
	for option := range n.Descendants() {
		if option.DataAtom == atom.Option {
			all = append(all, option)
		}
	}
	return all
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for inner := range n.Descendants() {
		if inner.Type == html.TextNode {
			b.WriteString(inner.Data)
		}
	}
	return b.String()
}

// copied is the world's database as a file, to be opened as often as somebody is let do something.
func (w *world) copied(t testing.TB) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "world.db")
	if _, err := w.db.Exec(t.Context(), `VACUUM INTO $1`, file); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// another opens a copy of the world's database.
func another(t testing.TB, content []byte) *db.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), "sqlite:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// tablesOf is what each table holds, a line of JSON for each row.
func tablesOf(t testing.TB, d *db.DB) map[string][]byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for archive := tar.NewReader(unzipped); ; {
		file, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if name, table := strings.CutSuffix(file.Name, ".ndjson"); table {
			if all[name], err = io.ReadAll(archive); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// sums is a sum of what each table holds, but for some.
func sums(t testing.TB, d *db.DB, but ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, rows := range tablesOf(t, d) {
		if !slices.Contains(but, name) {
			sum := sha256.Sum256(rows)
			all[name] = hex.EncodeToString(sum[:8])
		}
	}
	return all
}

// differing names the tables that are not as they were.
func differing(before, after map[string]string) (tables []string) {
	for name, sum := range sorted(before) {
		if after[name] != sum {
			tables = append(tables, name)
		}
	}
	return tables
}
