package disk

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// sectors returns a text that fills one sector for each letter.
func sectors(letters string) []byte {
	var b strings.Builder
	for _, letter := range letters {
		b.WriteString(strings.Repeat(string(letter), sector))
	}
	return []byte(b.String())
}

// letters is the inverse of sectors; half a sector counts, and zeros are dots.
func letters(content []byte) string {
	var b strings.Builder
	for at := 0; at < len(content); at += sector {
		if content[at] == 0 {
			b.WriteByte('.')
		} else {
			b.WriteByte(content[at])
		}
	}
	return b.String()
}

func TestWhatSurvives(t *testing.T) {
	for _, test := range []struct {
		name    string
		do      func(*image)
		written string
		kept    string
	}{
		{"nothing was synced", func(i *image) { i.write(sectors("abc"), 0) }, "abc", ""},
		{"synced", func(i *image) { i.write(sectors("abc"), 0); i.sync() }, "abc", "abc"},
		{"written over and not synced", func(i *image) {
			i.write(sectors("abc"), 0)
			i.sync()
			i.write(sectors("X"), sector)
		}, "aXc", "abc"},
		{"written over twice, synced between", func(i *image) {
			i.write(sectors("abc"), 0)
			i.sync()
			i.write(sectors("X"), 0)
			i.sync()
			i.write(sectors("Y"), 0)
		}, "Ybc", "Xbc"},
		{"grown and not synced", func(i *image) {
			i.write(sectors("a"), 0)
			i.sync()
			i.resize(3 * sector)
		}, "a..", "a"},
		{"cut shorter and not synced", func(i *image) {
			i.write(sectors("abc"), 0)
			i.sync()
			i.resize(sector)
		}, "a", "abc"},
		{"cut shorter, grown again, synced", func(i *image) {
			i.write(sectors("abc"), 0)
			i.sync()
			i.resize(sector)
			i.resize(3 * sector)
			i.sync()
		}, "a..", "a.."},
		{"a hole", func(i *image) { i.write(sectors("c"), 2*sector); i.sync() }, "..c", "..c"},
		{"an fsync failed and the next did not", func(i *image) {
			i.write(sectors("abc"), 0)
			i.sync()
			i.write(sectors("X"), 1*sector)
			i.forget()
			i.sync()
		}, "aXc", "abc"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var i image
			test.do(&i)
			if got := letters(i.written); got != test.written {
				t.Errorf("programs read %q, want %q", got, test.written)
			}
			if got := letters(i.survivor(nil)); got != test.kept {
				t.Errorf("a power cut leaves %q, want %q", got, test.kept)
			}
		})
	}
}

func TestATornCutKeepsEachSectorWhollyOrNot(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(500) {
		var i image
		i.write(sectors("abc"), 0)
		i.sync()
		i.write(sectors("XY"), sector)
		left := i.survivor(rand.New(rand.NewPCG(seed, 0)))
		if again := i.survivor(rand.New(rand.NewPCG(seed, 0))); !bytes.Equal(left, again) {
			t.Fatalf("seed %d tears twice: %q and %q", seed, letters(left), letters(again))
		}
		seen[letters(left)] = true
	}
	for _, want := range []string{"abc", "aXc", "abY", "aXY"} {
		if !seen[want] {
			t.Errorf("500 torn cuts never left %q", want)
		}
	}
	if len(seen) != 4 {
		t.Errorf("torn cuts left %v, want the four mixtures", seen)
	}
}

func TestATornCutMayForgetAShortening(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(100) {
		var i image
		i.write(sectors("abc"), 0)
		i.sync()
		i.resize(sector)
		seen[letters(i.survivor(rand.New(rand.NewPCG(seed, 0))))] = true
	}
	if !seen["abc"] || !seen["a"] || len(seen) != 2 {
		t.Errorf("torn cuts left %v, want a and abc", seen)
	}
}
