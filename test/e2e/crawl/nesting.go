package crawl

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// void elements have no end.
var void = strings.Fields("area base br col embed hr img input link meta source track wbr")

// endsParagraph are elements before which a browser silently ends an open p.
var endsParagraph = strings.Fields(`address article aside blockquote details dialog div dl fieldset figcaption figure
	footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul`)

// alone are elements that may not stand inside one of their own kind, or of each other.
var alone = strings.Fields("a button label form")

// within says in which parents an element may stand; a browser moves it elsewhere, or a reader gets lost.
var within = map[string][]string{
	"li": {"ul", "ol", "menu"}, "dt": {"dl", "div"}, "dd": {"dl", "div"}, "option": {"select", "optgroup", "datalist"},
	"tr": {"table", "thead", "tbody", "tfoot"}, "td": {"tr"}, "th": {"tr"}, "caption": {"table"}, "legend": {"fieldset"},
	"thead": {"table"}, "tbody": {"table"}, "figcaption": {"figure"}, "summary": {"details"},
}

// only says which children an element may have.
var only = map[string][]string{
	"ul": {"li", "script", "template"}, "ol": {"li", "script", "template"}, "dl": {"dt", "dd", "div", "script", "template"},
}

// nesting reads the tags as they were written, before a browser mends them. Every element that can be ended must be,
// in the right order.
func nesting(body []byte, add func(string)) {
	reader := html.NewTokenizer(bytes.NewReader(body))
	var open []string
	for {
		switch reader.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				add("never ended: " + strings.Join(open, " "))
			}
			return
		case html.StartTagToken:
			raw := string(reader.Raw())
			token := reader.Token()
			repeated(raw, add)
			opening(token.Data, open, add)
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.SelfClosingTagToken:
			token := reader.Token()
			if !slices.Contains(open, "svg") && !slices.Contains(void, token.Data) && token.Data != "svg" {
				add(fmt.Sprintf("<%s/> is no void element", token.Data))
			}
		case html.EndTagToken:
			open = ending(reader.Token().Data, open, add)
		}
	}
}

// written is an attribute as it stands in a tag.
var written = regexp.MustCompile(`\s([^\s"'=<>/]+)(\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?`)

// repeated finds what a reader of HTML drops: the second attribute of a name.
func repeated(tag string, add func(string)) {
	seen := map[string]bool{}
	for _, found := range written.FindAllStringSubmatch(tag, -1) {
		name := strings.ToLower(found[1])
		if seen[name] {
			add(fmt.Sprintf("%s twice in %.80s", name, tag))
		}
		seen[name] = true
	}
}

func opening(name string, open []string, add func(string)) {
	if slices.Contains(endsParagraph, name) && slices.Contains(open, "p") {
		add(fmt.Sprintf("<%s> inside <p>", name))
	}
	for _, around := range open {
		if slices.Contains(alone, name) && around == name || name == "button" && around == "a" || name == "a" && around == "button" {
			add(fmt.Sprintf("<%s> inside <%s>", name, around))
		}
	}
	parent := ""
	if len(open) > 0 {
		parent = open[len(open)-1]
	}
	if parents, ok := within[name]; ok && !slices.Contains(parents, parent) {
		add(fmt.Sprintf("<%s> inside <%s>", name, parent))
	}
	if children, ok := only[parent]; ok && !slices.Contains(children, name) {
		add(fmt.Sprintf("<%s> inside <%s>", name, parent))
	}
}

func ending(name string, open []string, add func(string)) []string {
	if len(open) > 0 && open[len(open)-1] == name {
		return open[:len(open)-1]
	}
	at := -1
	for i, around := range open {
		if around == name {
			at = i
		}
	}
	if at < 0 {
		add("</" + name + "> ends nothing")
		return open
	}
	add(fmt.Sprintf("</%s> while open: %s", name, strings.Join(open[at+1:], " ")))
	return open[:at]
}
