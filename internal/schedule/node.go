package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// node is an element of a file, whichever format it has: an XML element, or the
// JSON value that means the same. Attributes are kids named "@…", and runs of
// text are kids named textName, so that mixed content keeps its order.
type node struct {
	name  string
	text  string // of a textName node only
	line  int
	kind  kind
	kids  []*node
	taken bool
}

type kind uint8

const (
	element kind = iota // of XML, or a JSON scalar
	object
	array
)

const (
	textName = "#text"
	itemName = "#item"
	maxDepth = 64 // the deepest schedule known has 8
)

// add puts kids under n, where nobody has taken them yet.
func (n *node) add(kids ...*node) {
	for _, kid := range kids {
		kid.taken = false
	}
	n.kids = append(n.kids, kids...)
}

func (n *node) addText(text string) {
	n.add(&node{name: textName, text: text, line: n.line})
}

// take removes the first kid of that name, which may be nil.
func (n *node) take(name string) *node {
	if n == nil {
		return nil
	}
	for _, kid := range n.kids {
		if !kid.taken && kid.name == name {
			kid.taken = true
			return kid
		}
	}
	return nil
}

// all removes every kid of that name.
func (n *node) all(name string) []*node {
	var found []*node
	for kid := n.take(name); kid != nil; kid = n.take(name) {
		found = append(found, kid)
	}
	return found
}

// str removes the first of the named kids that says something, and returns its
// text with that of all it holds.
func (n *node) str(names ...string) string {
	for _, name := range names {
		for kid := n.take(name); kid != nil; kid = n.take(name) {
			if text := kid.deep(); text != "" {
				return text
			}
		}
	}
	return ""
}

// deep is the text of n and everything in it, without attributes.
func (n *node) deep() string {
	if n == nil {
		return ""
	}
	if len(n.kids) == 1 && n.kids[0].name == textName {
		return strings.TrimSpace(n.kids[0].text)
	}
	var b strings.Builder
	n.deepInto(&b)
	return strings.TrimSpace(b.String())
}

func (n *node) deepInto(b *strings.Builder) {
	b.WriteString(n.text)
	for _, kid := range n.kids {
		if !strings.HasPrefix(kid.name, "@") {
			kid.deepInto(b)
		}
	}
}

// own is the text directly in n.
func (n *node) own() string {
	var b strings.Builder
	for _, kid := range n.kids {
		if kid.name == textName && !kid.taken {
			b.WriteString(kid.text)
		}
	}
	return strings.TrimSpace(b.String())
}

// rest is what nobody took, or nil. The text directly in n is not part of it.
// Places are counted with those that were taken, as plant counts them, but
// without those that say nothing, which are not written again.
func (n *node) rest() Extra {
	extra := Extra{}
	if n != nil {
		n.restInto(extra, "")
	}
	if len(extra) == 0 {
		return nil
	}
	return extra
}

func (n *node) restInto(extra Extra, prefix string) {
	count := map[string]int{}
	for _, kid := range n.kids {
		if kid.name == textName || !kid.says() {
			continue
		}
		if count[kid.name]++; kid.taken {
			continue
		}
		path := prefix + step(kid.name, count[kid.name])
		if text := kid.own(); text != "" {
			extra[path] = text
		}
		kid.restInto(extra, path+"/")
	}
}

// says tells whether there is any text in n or its attributes.
func (n *node) says() bool {
	return strings.TrimSpace(n.text) != "" || slices.ContainsFunc(n.kids, (*node).says)
}

var (
	escapeName   = strings.NewReplacer("~", "~0", "/", "~1", "[", "~2")
	unescapeName = strings.NewReplacer("~1", "/", "~2", "[", "~0", "~")
)

// step is a segment of a path: the nth kid of that name, from 1.
func step(name string, n int) string {
	if n == 1 {
		return escapeName.Replace(name)
	}
	return fmt.Sprintf("%s[%d]", escapeName.Replace(name), n)
}

// plant sets the text at path below n, as if the file had had it there.
func (n *node) plant(path, text string) {
	at := n
	segments := strings.SplitN(path, "/", maxDepth)
	for _, segment := range segments {
		name, nth := splitStep(segment)
		at = at.reach(name, nth)
	}
	at.kids = deleteText(at.kids)
	if text != "" {
		at.addText(text)
	}
}

func splitStep(segment string) (name string, nth int) {
	if head, tail, found := strings.Cut(segment, "["); found {
		if n, err := strconv.Atoi(strings.TrimSuffix(tail, "]")); err == nil && n > 1 {
			return unescapeName.Replace(head), n
		}
		segment = head
	}
	return unescapeName.Replace(segment), 1
}

// reach finds the nth kid of that name, or adds one: never more than one,
// however large n is.
func (n *node) reach(name string, nth int) *node {
	for _, kid := range n.kids {
		if kid.name != name {
			continue
		}
		if nth--; nth == 0 {
			return kid
		}
	}
	kid := &node{name: name, line: n.line}
	n.add(kid)
	return kid
}

func deleteText(kids []*node) []*node {
	var kept []*node
	for _, kid := range kids {
		if kid.name != textName {
			kept = append(kept, kid)
		}
	}
	return kept
}
