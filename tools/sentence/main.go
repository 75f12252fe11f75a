// Command sentence keeps the catalogues of sentences: it adds one in both languages at once and keeps
// them sorted by key.
//
//	sentence add visitor.seat.title 'Twoje miejsce' 'Your seat'
//	sentence add visitor.seat.left '{"one": "%d miejsce", "few": "%d miejsca", "many": "%d miejsc", "other": "%d miejsca"}' '…'
//	sentence sort
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(".", os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sentence:", err)
		os.Exit(1)
	}
}

func run(root string, args []string, out io.Writer) error {
	switch {
	case len(args) == 4 && args[0] == "add":
		return add(root, args[1], map[string]string{"pl.json": args[2], "en.json": args[3]}, out)
	case len(args) == 1 && args[0] == "sort":
		return sortAll(root, out)
	}
	return errors.New("say: add KEY POLISH ENGLISH, or sort")
}

// add writes the sentence into the catalogues of the package that its key begins with.
func add(root, key string, sentences map[string]string, out io.Writer) error {
	folder, err := locale(root, key)
	if err != nil {
		return err
	}
	// Both are made before either is written, so that a slip leaves no half-added sentence.
	made := map[string][]byte{}
	for name, sentence := range sentences {
		path := filepath.Join(folder, name)
		if made[path], err = with(path, key, sentence); err != nil {
			return fmt.Errorf("add %s to %s: %w", key, path, err)
		}
	}
	for path, text := range made {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(out, path)
	}
	return nil
}

// with returns the catalogue at path with one more sentence.
func with(path, key, sentence string) ([]byte, error) {
	if strings.TrimSpace(sentence) == "" {
		return nil, errors.New("the sentence is empty")
	}
	catalogue, err := read(path)
	if err != nil {
		return nil, err
	}
	if _, there := catalogue[key]; there {
		return nil, errors.New("it is there already")
	}
	var value any = sentence
	if strings.HasPrefix(sentence, "{") {
		value = json.RawMessage(sentence)
	}
	if catalogue[key], err = encode(value); err != nil {
		return nil, err
	}
	return layOut(catalogue)
}

// locale finds the catalogues for a key: they lie in the package of the key's first word.
func locale(root, key string) (string, error) {
	owner, _, nested := strings.Cut(key, ".")
	if !nested {
		return "", fmt.Errorf("the key %q does not begin with the name of a package and a dot", key)
	}
	for _, pattern := range []string{"internal/%s/locale", "internal/*/%s/locale"} {
		found, err := filepath.Glob(filepath.Join(root, fmt.Sprintf(pattern, owner)))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("no package %q has a folder locale", owner)
}

// sortAll writes every catalogue that is not in order anew.
func sortAll(root string, out io.Writer) error {
	return filepath.WalkDir(filepath.Join(root, "internal"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Base(filepath.Dir(path)) != "locale" || filepath.Ext(path) != ".json" {
			return err
		}
		before, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		catalogue, err := read(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		after, err := layOut(catalogue)
		if err != nil || bytes.Equal(before, after) {
			return err
		}
		fmt.Fprintln(out, path)
		return os.WriteFile(path, after, 0o644)
	})
}

func read(path string) (map[string]json.RawMessage, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	catalogue := map[string]json.RawMessage{}
	return catalogue, json.Unmarshal(text, &catalogue)
}

// layOut lays the catalogue out as a person would: a sentence a line, sorted by key.
func layOut(catalogue map[string]json.RawMessage) ([]byte, error) {
	keys := make([]string, 0, len(catalogue))
	for key := range catalogue {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var joined bytes.Buffer
	joined.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			joined.WriteByte(',')
		}
		fmt.Fprintf(&joined, "%q:%s", key, catalogue[key])
	}
	joined.WriteByte('}')
	var laid bytes.Buffer
	if err := json.Indent(&laid, joined.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	laid.WriteByte('\n')
	return laid.Bytes(), nil
}

// encode leaves < and > as they are: a catalogue is read by people.
func encode(value any) (json.RawMessage, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(out.Bytes()), err
}
