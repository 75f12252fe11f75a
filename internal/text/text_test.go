package text

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestHTML(t *testing.T) {
	const rel = ` rel="nofollow ugc noopener"`
	for _, test := range []struct{ name, source, want string }{
		{"a paragraph", "Miasto *zielone* i **dostępne**", "<p>Miasto <em>zielone</em> i <strong>dostępne</strong></p>\n"},
		{"a line end stays", "Łódź\nKielce", "<p>Łódź<br>\nKielce</p>\n"},
		{"the highest heading is h3", "# Cel\n\n## Zadanie", "<h3>Cel</h3>\n<h4>Zadanie</h4>\n"},
		{"also when it begins lower", "### Cel\n\n#### Zadanie", "<h3>Cel</h3>\n<h4>Zadanie</h4>\n"},
		{"no heading is below h6", "# a\n\n###### b", "<h3>a</h3>\n<h6>b</h6>\n"},
		{"a list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		{"a list from 3", "3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
		{"a table", "|a|b|\n|-|:-:|\n|1|2|", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"},
		{"struck out", "~~nie~~", "<p><del>nie</del></p>\n"},
		{"a link", "[ZMP](https://miasta.pl)", `<p><a href="https://miasta.pl"` + rel + ">ZMP</a></p>\n"},
		{"a bare address", "https://miasta.pl", `<p><a href="https://miasta.pl"` + rel + ">https://miasta.pl</a></p>\n"},
		{"a mailbox", "<biuro@miasta.pl>", `<p><a href="mailto:biuro@miasta.pl"` + rel + ">biuro@miasta.pl</a></p>\n"},
		{"an image becomes a link", "![Mapa](https://miasta.pl/m.png)", `<p><a href="https://miasta.pl/m.png"` + rel + ">Mapa</a></p>\n"},
		{"an image without words too", "![](https://miasta.pl/m.png)", `<p><a href="https://miasta.pl/m.png"` + rel + ">https://miasta.pl/m.png</a></p>\n"},
		{"an image in a link gives its words", "[![Mapa](https://b.pl/m.png)](https://a.pl)", `<p><a href="https://a.pl"` + rel + ">Mapa</a></p>\n"},
		{"an image with a link in its words", "![x [y](https://a.pl)](https://b.pl/m.png)", `<p>x <a href="https://a.pl"` + rel + ">y</a></p>\n"},
		{"a link into the house loses its address", "[tu](/pl/sesje)", "<p>tu</p>\n"},
		{"raw HTML is left out", "a <b onclick=x>b</b>\n\n<script>alert(1)</script>", "<p>a b</p>\n\n"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := string(HTML(test.source)); got != test.want {
				t.Errorf("HTML(%q)\n got %q\nwant %q", test.source, got, test.want)
			}
		})
	}
}

// What a browser could run: a tag or attribute that the policy does not list, or an address with
// another scheme. Escaped text is not matched, for it holds no "<".
var (
	tags  = regexp.MustCompile(`<[^>]*>`)
	tamed = regexp.MustCompile(`^<(/?(p|strong|em|del|code|pre|blockquote|ul|ol|li|h[3-6]|table|thead|tbody|tr|th|td|a)|[bh]r ?/?|ol start="\d+"|a( href="(https?://|mailto:)[^"<>]*")?( rel="nofollow ugc noopener")?)>$`)
)

func TestNothingRuns(t *testing.T) {
	wrappers := []string{"%s", "[x](%s)", "[x](<%s>)", "![x](%s)", "<%s>", "[x]: %s\n\n[x]", "`%s`", "# %s", "- %s", "|a|\n|-|\n|%s|", "> %s", "[%s](https://a.pl)", "https://a.pl/%s", "[x](https://a.pl \"%s\")"}
	payloads := []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "java\tscript:alert(1)", "&#106;avascript:alert(1)",
		"\x01javascript:alert(1)", "vbscript:x", "data:text/html;base64,PHNjcmlwdD4=", "file:///etc/passwd", "//evil.example", "blob:x",
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>",
		"<iframe srcdoc=x>", "<style>*{}</style>", "<math><mtext></math>", "\"onmouseover=alert(1) x=\"", "' onfocus=alert(1)",
		"<!--><script>alert(1)</script>-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php x ?>", "<p style=color:red>", "<base href=//x>",
	}
	for _, wrapper := range wrappers {
		for _, payload := range payloads {
			source := strings.ReplaceAll(wrapper, "%s", payload)
			for _, tag := range tags.FindAllString(string(HTML(source)), -1) {
				if !tamed.MatchString(tag) {
					t.Errorf("HTML(%q) holds %s", source, tag)
				}
			}
		}
	}
}

func TestTooIntricate(t *testing.T) {
	for _, test := range []struct {
		name, source string
		fits         bool
	}{
		{"the longest text", strings.Repeat("ą", MaxLength), true},
		{"a character more", strings.Repeat("ą", MaxLength+1), false},
		{"ten quotes deep", strings.Repeat("> ", 10) + "a", true},
		{"eleven quotes deep", strings.Repeat("> ", 11) + "a", false},
		{"quotes without spaces", strings.Repeat(">", 5000), false},
		{"lists in lists", strings.Repeat("- ", 11) + "a", false},
		{"quotes and lists in turn", strings.Repeat("> 1. ", 6) + "a", false},
		{"a dash in a sentence", "- tak - nie - tak - nie - tak - nie - tak - nie - tak - nie - tak - nie", true},
		{"a date", "3.04.2026 1.2.3.4", true},
		{"ten thousand brackets", strings.Repeat("[a](", 5000), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Fits(test.source); got != test.fits {
				t.Errorf("Fits = %t, want %t", got, test.fits)
			}
			if html := string(HTML(test.source)); !test.fits && strings.Contains(html, "<blockquote>") {
				t.Errorf("HTML formatted it: %.100s", html)
			}
		})
	}
}

// No text of the allowed length may keep a processor busy. The bound is generous for a machine
// under load; the usual time is a tenth of it.
func TestNastyInputIsQuick(t *testing.T) {
	for _, piece := range []string{"[a](", "![", "> ", "*a **b ", "_a __b ", "`", "<a ", "&#1;", "|a", "|a|\n|-|\n", "- a\n ", "[a]: b\n", "~~a ", "https://a.pl ", "\\[", "a@b.c ", "<!--", "# \n", "    - a\n", "*", "[a][b]", "]("} {
		source := strings.Repeat(piece, MaxLength/len(piece))
		start := time.Now()
		HTML(source)
		Plain(source)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%q repeated took %s", piece, took)
		} else if took > 200*time.Millisecond {
			t.Logf("%q repeated took %s", piece, took)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add("# a\n\n> - [x](javascript:a) ![y](https://b.pl)")
	f.Fuzz(func(t *testing.T, source string) {
		for _, tag := range tags.FindAllString(string(HTML(source)), -1) {
			if !tamed.MatchString(tag) {
				t.Errorf("HTML(%q) holds %s", source, tag)
			}
		}
		Plain(source)
	})
}
