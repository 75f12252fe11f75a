package text

import (
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	mdtext "github.com/yuin/goldmark/text"
)

// tamer rewrites a parsed text: images become links, links to anything but the web and mail lose
// their address, and headings move below those of the page.
type tamer struct{}

// Transform implements parser.ASTTransformer.
func (tamer) Transform(doc *ast.Document, reader mdtext.Reader, _ parser.Context) {
	found := gather(doc)
	for _, image := range found.images {
		found.links = append(found.links, linkTo(image))
	}
	for _, link := range found.links {
		if !allowed(string(link.Destination)) {
			unlink(link)
			continue
		}
		link.SetAttributeString("rel", []byte(linkRel))
	}
	for _, auto := range found.autos {
		tameAuto(auto, reader.Source())
	}
	lower(found.headings)
}

type gathered struct {
	images   []*ast.Image
	links    []*ast.Link
	autos    []*ast.AutoLink
	headings []*ast.Heading
}

func gather(doc *ast.Document) (found gathered) {
	// The visitor returns no error, so Walk has none to report.
	_ = ast.Walk(doc, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Image:
			found.images = append(found.images, node)
		case *ast.Link:
			found.links = append(found.links, node)
		case *ast.AutoLink:
			found.autos = append(found.autos, node)
		case *ast.Heading:
			found.headings = append(found.headings, node)
		}
		return ast.WalkContinue, nil
	})
	return found
}

// linkTo replaces an image by a link to it, named by its alternative text. An image within a link,
// or around one, gives way to its words, for a link cannot hold another.
func linkTo(image *ast.Image) *ast.Link {
	link := ast.NewLink()
	if !nearLink(image) {
		link.Destination = image.Destination
	}
	if !image.HasChildren() {
		link.AppendChild(link, ast.NewString(image.Destination))
	}
	for child := image.FirstChild(); child != nil; {
		next := child.NextSibling()
		link.AppendChild(link, child)
		child = next
	}
	parent := image.Parent()
	parent.ReplaceChild(parent, image, link)
	return link
}

func nearLink(image *ast.Image) bool {
	for above := image.Parent(); above != nil; above = above.Parent() {
		if _, is := above.(*ast.Link); is {
			return true
		}
	}
	for child := image.FirstChild(); child != nil; child = child.NextSibling() {
		if child.Kind() != ast.KindText && child.Kind() != ast.KindString {
			return true // emphasis may hold a link; to be sure costs more than it is worth
		}
	}
	return false
}

// tameAuto marks a bare address as a link of a visitor, or shows it as the text that it is.
func tameAuto(auto *ast.AutoLink, source []byte) {
	if auto.AutoLinkType == ast.AutoLinkEmail || allowed(string(auto.URL(source))) {
		auto.SetAttributeString("rel", []byte(linkRel))
		return
	}
	parent := auto.Parent()
	parent.ReplaceChild(parent, auto, ast.NewString(auto.Label(source)))
}

// allowed says whether a link may lead to address: to the web or to a mailbox, in full.
func allowed(address string) bool {
	parsed, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return false
	}
	switch parsed.Scheme {
	case "http", "https":
		return parsed.Host != ""
	case "mailto":
		return parsed.Opaque != ""
	}
	return false
}

// lower moves the headings of a text so that the highest stands at topHeading.
func lower(headings []*ast.Heading) {
	highest := 6
	for _, heading := range headings {
		highest = min(highest, heading.Level)
	}
	for _, heading := range headings {
		heading.Level = min(6, heading.Level-highest+topHeading)
	}
}
