// Package text makes what people type fit to be read: it turns Markdown into safe HTML or plain
// text, keeps Polish typography, cuts, counts and cleans words, and makes addresses out of titles.
//
// This is the only package of the house that makes template.HTML, and therefore the only one
// below the pages that imports html/template. Whoever wants formatted text on a page goes
// through HTML; a second place would be a second chance for a script to slip in.
package text

import (
	"bytes"
	"embed"
	"html/template"
	"regexp"
	"strings"
	"unicode/utf8"

	"obrady/internal/errs"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Locale holds the sentences for flaws and for ErrTooComplex.
//
//go:embed locale/*.json
var Locale embed.FS

// ErrTooComplex is for forms whose text does not fit: see Fits.
var ErrTooComplex = errs.New(errs.Invalid, "text.too_complex")

// What HTML formats; a text beyond any of these bounds is shown as typed. The time of the parser
// grows with the square of open brackets and of nested quotes, so both are bounded as well.
const (
	MaxLength   = 20_000 // characters
	maxDepth    = 10     // quotes and lists within one another, by line
	maxBrackets = 2_000  // opening square brackets in the whole text
)

// topHeading is the level of the highest heading inside a text: h1 is the page, h2 its part.
const topHeading = 3

// linkRel tells search engines and browsers that a visitor wrote the link, not the house.
const linkRel = "nofollow ugc noopener"

var (
	markdown = goldmark.New(
		goldmark.WithExtensions(
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
			extension.Strikethrough,
			extension.Linkify,
		),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(tamer{}, 500))),
		goldmark.WithRendererOptions(html.WithHardWraps()),
	)
	policy = newPolicy()
	nested = regexp.MustCompile(`^[ \t]*(?:(?:>|[-+*](?:[ \t]|$)|\d{1,9}[.)](?:[ \t]|$))[ \t]*)*`)
	marker = regexp.MustCompile(`>|[-+*]|\d+[.)]`)
)

// HTML formats Markdown for a page: paragraphs, lists, tables, quotes, code, emphasis and links to
// http, https and mailto addresses. HTML typed into the text is left out, images become links, and
// the highest heading becomes h3. A text that Fits does not accept appears as typed, unformatted.
func HTML(source string) template.HTML {
	if !Fits(source) {
		return literal(source)
	}
	var out bytes.Buffer
	if err := markdown.Convert([]byte(source), &out); err != nil {
		return literal(source) // a buffer does not fail; should it ever, nobody loses the text
	}
	return template.HTML(policy.SanitizeBytes(out.Bytes())) //nolint:gosec // the one place: parsed without raw HTML, then through the policy
}

// Fits says whether HTML formats source, or shows it as typed because it is too long or too
// intricate. A form asks before it saves and answers ErrTooComplex, so that the author hears of it.
func Fits(source string) bool {
	if len(source) > MaxLength && utf8.RuneCountInString(source) > MaxLength {
		return false
	}
	if strings.Count(source, "[") > maxBrackets {
		return false
	}
	for line := range strings.Lines(source) {
		if depth(line) > maxDepth {
			return false
		}
	}
	return true
}

// depth is how many quotes and list items a line opens, one inside the other.
func depth(line string) int {
	opening := nested.FindString(line)
	indent := len(opening) - len(strings.TrimLeft(opening, " \t"))
	return indent/4 + len(marker.FindAllString(opening, -1))
}

func literal(source string) template.HTML {
	escaped := template.HTMLEscapeString(strings.ToValidUTF8(source, "\uFFFD"))
	escaped = strings.ReplaceAll(escaped, "\n", "<br>\n")
	return template.HTML("<p>" + escaped + "</p>\n") //nolint:gosec // escaped on the line before
}

// newPolicy lists all that may stand in formatted text. It repeats what the parser should already
// guarantee: parsers have let a javascript: address through before (CVE-2026-5160).
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote",
		"ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^\d{1,9}$`)).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile("^" + linkRel + "$")).OnElements("a")
	p.RequireParseableURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	return p
}

// unlink puts the children of node in its place.
func unlink(node ast.Node) {
	parent := node.Parent()
	for child := node.FirstChild(); child != nil; {
		next := child.NextSibling()
		parent.InsertBefore(parent, node, child)
		child = next
	}
	parent.RemoveChild(parent, node)
}
