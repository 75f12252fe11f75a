package export

import (
	"strings"

	"golang.org/x/net/html"

	"obrady/internal/text"
)

// markdown rewrites the text of a file as Markdown. Others write HTML or
// plain text into the same element, so the text itself decides.
func markdown(source string) string {
	source, _ = text.Clean(source)
	if !strings.Contains(source, "<") || !strings.Contains(source, ">") {
		return source
	}
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return source
	}
	var w mdWriter
	w.children(root)
	return w.text()
}

// mdWriter collects blocks of Markdown.
type mdWriter struct {
	out  strings.Builder
	list int
}

func (w *mdWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *mdWriter) node(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		w.words(n.Data)
		return
	case n.Type != html.ElementNode:
		w.children(n)
		return
	}
	switch n.Data {
	case "script", "style", "head":
	case "br":
		w.out.WriteString("  \n")
	case "p", "div", "section", "table", "tr", "blockquote", "pre":
		w.block("", n)
	case "h1", "h2", "h3", "h4", "h5", "h6":
		w.block("### ", n)
	case "ul", "ol":
		w.out.WriteString("\n\n")
		w.list++
		w.children(n)
		w.list--
		w.out.WriteString("\n\n")
	case "li":
		w.out.WriteString("\n" + strings.Repeat("  ", max(w.list-1, 0)) + "- ")
		w.children(n)
	case "strong", "b":
		w.around("**", n)
	case "em", "i":
		w.around("*", n)
	case "a":
		w.link(n)
	default:
		w.children(n)
	}
}

// words writes text without the line breaks that only the source had.
func (w *mdWriter) words(s string) {
	joined := strings.Join(strings.Fields(s), " ")
	if joined == "" {
		if s != "" {
			w.space()
		}
		return
	}
	if strings.TrimLeft(s, " \n\t\r") != s {
		w.space()
	}
	w.out.WriteString(joined)
	if strings.TrimRight(s, " \n\t\r") != s {
		w.out.WriteString(" ")
	}
}

// space ends a word, unless a line has just begun.
func (w *mdWriter) space() {
	if s := w.out.String(); s != "" && !strings.HasSuffix(s, " ") && !strings.HasSuffix(s, "\n") {
		w.out.WriteString(" ")
	}
}

func (w *mdWriter) block(mark string, n *html.Node) {
	if !strings.HasSuffix(w.out.String(), "- ") { // a paragraph in a list item
		w.out.WriteString("\n\n" + mark)
	}
	w.children(n)
	w.out.WriteString("\n\n")
}

func (w *mdWriter) around(mark string, n *html.Node) {
	inner := inside(n)
	if inner == "" {
		return
	}
	w.out.WriteString(mark + inner + mark)
}

func (w *mdWriter) link(n *html.Node) {
	inner := inside(n)
	for _, a := range n.Attr {
		if a.Key == "href" && (strings.HasPrefix(a.Val, "http://") || strings.HasPrefix(a.Val, "https://")) {
			if inner == "" || inner == a.Val {
				w.out.WriteString("<" + a.Val + ">")
				return
			}
			w.out.WriteString("[" + inner + "](<" + a.Val + ">)")
			return
		}
	}
	w.out.WriteString(inner)
}

// inside is the content of an element on one line.
func inside(n *html.Node) string {
	var w mdWriter
	w.children(n)
	return strings.Join(strings.Fields(w.out.String()), " ")
}

// text returns what was collected, with at most one empty line in a row.
func (w *mdWriter) text() string {
	var lines []string
	for line := range strings.SplitSeq(w.out.String(), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" && (len(lines) == 0 || lines[len(lines)-1] == "") {
			continue
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
