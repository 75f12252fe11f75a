package schedule

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// carriedTarget names the processing instruction in which WriteXML puts what
// the XSD has no place for. Validators and apps pass over it.
const carriedTarget = "schedule-extra"

// xmlTree reads well-formed XML into nodes. The XML declaration must be gone or
// true: text is UTF-8. It also returns what carriedTarget holds.
func xmlTree(text []byte, progress func(done int64)) (root *node, carried string, refused *Refusal) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var open []*node
	for {
		token, err := d.RawToken()
		line, _ := d.InputPos()
		progress(d.InputOffset())
		if errors.Is(err, io.EOF) && len(open) == 0 && root != nil {
			return root, carried, nil
		}
		if err != nil {
			return nil, "", xmlRefusal(line, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := startNode(token, line)
			if refused := adopt(&root, open, n); refused != nil {
				return nil, "", refused
			}
			open = append(open, n)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != token.Name.Local {
				return nil, "", &Refusal{Line: line, Reason: ReasonSyntax, Detail: "</" + token.Name.Local + ">"}
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].addText(string(token))
			}
		case xml.ProcInst:
			if token.Target == carriedTarget {
				carried = string(token.Inst)
			}
		case xml.Directive:
			if bytes.Contains(token, []byte("ENTITY")) {
				return nil, "", &Refusal{Line: line, Reason: ReasonEntities}
			}
		}
	}
}

func startNode(token xml.StartElement, line int) *node {
	n := &node{name: token.Name.Local, line: line}
	for _, attr := range token.Attr {
		if attr.Name.Space == "xmlns" || attr.Name.Space == "xsi" || attr.Name.Local == "xmlns" {
			continue
		}
		kid := &node{name: "@" + attr.Name.Local, line: line}
		kid.addText(attr.Value)
		n.add(kid)
	}
	return n
}

// adopt puts n under the innermost open element, or makes it the root.
func adopt(root **node, open []*node, n *node) *Refusal {
	switch {
	case len(open) >= maxDepth:
		return &Refusal{Line: n.line, Reason: ReasonTooDeep}
	case len(open) > 0:
		open[len(open)-1].add(n)
	case *root != nil:
		return &Refusal{Line: n.line, Reason: ReasonSyntax, Detail: "<" + n.name + ">"}
	case strings.EqualFold(n.name, "html"):
		return &Refusal{Line: n.line, Reason: ReasonHTML}
	case n.name != "schedule":
		return &Refusal{Line: n.line, Reason: ReasonRoot, Detail: n.name}
	default:
		*root = n
	}
	return nil
}

func xmlRefusal(line int, err error) *Refusal {
	if syntax := new(xml.SyntaxError); errors.As(err, &syntax) && syntax.Msg != "unexpected EOF" {
		return &Refusal{Line: syntax.Line, Reason: ReasonSyntax, Detail: syntax.Msg}
	}
	return &Refusal{Line: line, Reason: ReasonTruncated}
}

var (
	entity   = regexp.MustCompile(`&([a-zA-Z][a-zA-Z0-9]*);`)
	controls = regexp.MustCompile("[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|&#(?:[0-9]{1,2}|[xX][0-9a-fA-F]{1,2});")
)

// cleanXML leaves out the characters that XML may not hold, raw or by number,
// and says where, and where entities stand that only HTML knows.
func cleanXML(text []byte) ([]byte, []Repair) {
	var repairs []Repair
	lines, literal := lineCounter{text: text}, literals(text)
	for _, at := range entity.FindAllSubmatchIndex(text, -1) {
		switch name := string(text[at[2]:at[3]]); name {
		case "amp", "lt", "gt", "quot", "apos":
		default:
			if literal(at[0]) {
				continue
			}
			repairs = append(repairs, Repair{Line: lines.at(at[0]), Code: HTMLEntity, Args: []any{name}})
		}
	}
	if !controls.Match(text) {
		return text, repairs
	}
	lines, literal = lineCounter{text: text}, literals(text)
	var kept []byte
	last := 0
	for _, at := range controls.FindAllIndex(text, -1) {
		if isRef := text[at[0]] == '&'; isRef && (allowedReference(text[at[0]:at[1]]) || literal(at[0])) {
			continue
		}
		repairs = append(repairs, Repair{Line: lines.at(at[0]), Code: ControlDropped})
		kept = append(kept, text[last:at[0]]...)
		last = at[1]
	}
	return append(kept, text[last:]...), repairs
}

// literals tells, for offsets asked for in rising order, whether they lie in a
// CDATA section, where & is only itself.
func literals(text []byte) func(offset int) bool {
	from, to := -1, 0
	return func(offset int) bool {
		for offset >= to {
			start := bytes.Index(text[to:], []byte("<![CDATA["))
			if start < 0 {
				from, to = len(text), len(text)
				break
			}
			from = to + start
			if end := bytes.Index(text[from:], []byte("]]>")); end >= 0 {
				to = from + end + 3
			} else {
				to = len(text)
			}
		}
		return offset >= from && offset < to
	}
}

// allowedReference says whether a reference by number names a character that
// XML may hold.
func allowedReference(ref []byte) bool {
	number, base := strings.ToLower(strings.Trim(string(ref), "&#;")), 10
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	n, err := strconv.ParseInt(number, base, 32)
	return err == nil && inXML(rune(n))
}

// lineCounter turns offsets, asked for in rising order, into line numbers.
type lineCounter struct {
	text       []byte
	done, seen int
}

func (l *lineCounter) at(offset int) int {
	offset = min(offset, len(l.text))
	if offset > l.done {
		l.seen += bytes.Count(l.text[l.done:offset], []byte("\n"))
		l.done = offset
	}
	return l.seen + 1
}
