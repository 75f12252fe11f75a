package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// jsonTree reads any JSON into nodes: an object's keys are the names of its
// kids, an array's kids are called itemName, null has no text.
func jsonTree(text []byte, progress func(done int64)) (*node, []Repair, *Refusal) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	r := jsonReader{d: d, lines: lineCounter{text: text}, progress: progress}
	root, err := r.value("", 0)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = &Refusal{Line: r.line(), Reason: ReasonSyntax, Detail: "text after the end"}
		}
	}
	if err != nil {
		return nil, nil, r.refusal(err)
	}
	return root, r.repairs, nil
}

type jsonReader struct {
	d        *json.Decoder
	lines    lineCounter
	progress func(done int64)
	repairs  []Repair
}

func (r *jsonReader) line() int { return r.lines.at(int(r.d.InputOffset())) }

func (r *jsonReader) refusal(err error) *Refusal {
	var refused *Refusal
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Refusal{Line: r.line(), Reason: ReasonTruncated}
	case errors.As(err, &syntax) && syntax.Error() == "unexpected end of JSON input":
		return &Refusal{Line: r.line(), Reason: ReasonTruncated}
	}
	return &Refusal{Line: r.line(), Reason: ReasonSyntax, Detail: err.Error()}
}

func (r *jsonReader) value(name string, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, &Refusal{Line: r.line(), Reason: ReasonTooDeep}
	}
	token, err := r.d.Token()
	if err != nil {
		return nil, err
	}
	r.progress(r.d.InputOffset())
	n := &node{name: name, line: r.line()}
	switch token := token.(type) {
	case json.Delim:
		return n, r.inside(n, token, depth)
	case string:
		n.addText(r.clean(name, token))
	case json.Number:
		n.addText(token.String())
	case bool:
		if token {
			n.addText("true")
		} else {
			n.addText("false")
		}
	}
	return n, nil
}

// clean leaves out what XML could not hold, so that both formats carry the same.
func (r *jsonReader) clean(name, text string) string {
	if strings.IndexFunc(text, func(c rune) bool { return !inXML(c) }) >= 0 {
		r.repairs = append(r.repairs, Repair{Line: r.line(), Where: name, Code: ControlDropped})
	}
	return tidy(text)
}

// inside reads the members of an object or an array up to its end.
func (r *jsonReader) inside(n *node, open json.Delim, depth int) error {
	n.kind = array
	if open == '{' {
		n.kind = object
	}
	for r.d.More() {
		name := itemName
		if n.kind == object {
			token, err := r.d.Token()
			if err != nil {
				return err
			}
			name, _ = token.(string)
		}
		kid, err := r.value(name, depth+1)
		if err != nil {
			return err
		}
		n.add(kid)
	}
	_, err := r.d.Token()
	return err
}
