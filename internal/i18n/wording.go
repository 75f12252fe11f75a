package i18n

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// wording is one text with its placeholders.
type wording struct {
	text  string
	verbs map[int]string // by the number of the argument, from 1
	need  int            // how many arguments it speaks of
}

// placeholder finds what fmt.Sprintf fills. Widths and flags have no place in a sentence.
var placeholder = regexp.MustCompile(`%(?:\[(\d+)\])?([sdv])|%%|%`)

func readWording(text string) (wording, error) {
	w := wording{text: text, verbs: map[int]string{}}
	if strings.TrimSpace(text) == "" {
		return w, errors.New("the sentence is empty")
	}
	next, stray := 1, false
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		switch found[0] {
		case "%%":
			continue
		case "%":
			stray = true
			continue
		}
		if found[1] != "" {
			next, _ = strconv.Atoi(found[1]) // the pattern lets only digits through
		}
		w.verbs[next] = found[2]
		w.need = max(w.need, next)
		next++
	}
	if stray && w.need > 0 {
		return w, errors.New("a per cent sign beside placeholders is written %%")
	}
	if w.need == 0 { // never goes through Sprintf
		w.text = strings.ReplaceAll(text, "%%", "%")
	}
	return w, nil
}

// fill puts args in, as many as the wording speaks of.
func (w wording) fill(args []any) string {
	if w.need == 0 {
		return w.text
	}
	return fmt.Sprintf(w.text, args[:min(w.need, len(args))]...)
}
