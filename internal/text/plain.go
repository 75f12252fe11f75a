package text

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"
)

// Plain writes Markdown as text for e-mails, exports and descriptions: without marks of
// formatting, paragraphs an empty line apart, list items on lines of their own, the address of a
// link in brackets after its words.
func Plain(source string) string {
	if !Fits(source) {
		return strings.TrimSpace(source)
	}
	w := plainWriter{source: []byte(source)}
	doc := markdown.Parser().Parse(mdtext.NewReader(w.source))
	return w.blocks(doc, "\n\n")
}

type plainWriter struct{ source []byte }

// blocks writes the block children of node, apart by between.
func (w plainWriter) blocks(node ast.Node, between string) string {
	var parts []string
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		if part := w.block(child); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, between)
}

func (w plainWriter) block(node ast.Node) string {
	switch node := node.(type) {
	case *ast.List:
		return w.list(node)
	case *ast.ThematicBreak:
		return "* * *"
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return strings.TrimRight(string(node.Lines().Value(w.source)), "\n")
	case *ast.HTMLBlock:
		return ""
	case *east.TableHeader, *east.TableRow:
		return w.blocks(node, " | ")
	case *east.Table:
		return w.blocks(node, "\n")
	case *ast.Blockquote:
		return w.blocks(node, "\n\n")
	}
	return strings.TrimSpace(w.inline(node))
}

func (w plainWriter) list(list *ast.List) string {
	var lines []string
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := "- "
		if list.IsOrdered() {
			bullet = strconv.Itoa(number) + ". "
			number++
		}
		indent := "\n" + strings.Repeat(" ", len(bullet))
		lines = append(lines, bullet+strings.ReplaceAll(w.blocks(item, "\n"), "\n", indent))
	}
	return strings.Join(lines, "\n")
}

// inline writes the words inside a block.
func (w plainWriter) inline(node ast.Node) string {
	var out strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		switch child := child.(type) {
		case *ast.Text:
			out.WriteString(w.words(child))
			if child.SoftLineBreak() || child.HardLineBreak() {
				out.WriteByte('\n')
			}
		case *ast.String:
			out.Write(child.Value)
		case *ast.AutoLink:
			out.Write(child.Label(w.source))
		case *ast.Link:
			out.WriteString(w.link(child))
		case *ast.RawHTML:
		default:
			out.WriteString(w.inline(child))
		}
	}
	return out.String()
}

// words writes a piece of text; within code, what looks like an escape is none.
func (w plainWriter) words(piece *ast.Text) string {
	typed := piece.Segment.Value(w.source)
	if piece.IsRaw() || piece.Parent().Kind() == ast.KindCodeSpan {
		return string(typed)
	}
	return unescape(typed)
}

func (w plainWriter) link(link *ast.Link) string {
	words, address := w.inline(link), string(link.Destination)
	if words == address || words == strings.TrimPrefix(address, "mailto:") {
		return words
	}
	return words + " (" + address + ")"
}
