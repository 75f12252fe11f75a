package arch

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// The policy of the pages (default-src 'none', nothing inline, nobody else's origin) fails in the
// visitor's browser; these guards make it fail here.
var (
	styleAttribute = regexp.MustCompile(`(?i)<[^>]*\sstyle\s*=`)
	styleElement   = regexp.MustCompile(`(?i)<style[\s>]`)
	handler        = regexp.MustCompile(`(?i)<[a-z][^>]*\son[a-z]+\s*=`)
	scriptElement  = regexp.MustCompile(`(?i)<script\b[^>]*>`)
	scriptURL      = regexp.MustCompile(`(?i)javascript:`)
	foreignAsset   = regexp.MustCompile(`(?i)<(?:script|img|iframe|source|audio|video|embed|object|track)\b[^>]*\s(?:src|srcset|data|poster)\s*=\s*["']?(?:https?:)?//`)
	foreignLink    = regexp.MustCompile(`(?i)<link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//`)
	foreignForm    = regexp.MustCompile(`(?i)\b(?:form)?action\s*=\s*["']?(?:https?:)?//`)
	foreignCSS     = regexp.MustCompile(`(?i)(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//`)
	foreignModule  = regexp.MustCompile(`(?:from|import\(?|fetch\()\s*["'](?:https?:)?//`)
	evaluated      = regexp.MustCompile(`\beval\(|\bnew Function\(|\.setAttribute\(\s*["'](?:style|on\w+)["']`)
	templateNote   = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}`)
	htmlNote       = regexp.MustCompile(`(?s)<!--.*?-->`)
)

func pageFaults(files []source) (faults []string) {
	for _, file := range files {
		text := htmlNote.ReplaceAllString(templateNote.ReplaceAllString(file.Text, ""), "")
		add := func(found bool, what string) {
			if found {
				faults = append(faults, file.Path+": "+what)
			}
		}
		add(styleAttribute.MatchString(text), "a style attribute; give it a class")
		// A drawing that is shown as an image is a document of its own; its style may follow dark mode.
		add(styleElement.MatchString(text) && !strings.HasSuffix(file.Path, ".svg"), "a style element; it belongs into the assets")
		add(handler.MatchString(text), "a handler in an attribute; script lives in modules")
		add(scriptURL.MatchString(text), "a javascript: address")
		for _, tag := range scriptElement.FindAllString(text, -1) {
			add(!strings.Contains(tag, "src=") && !strings.Contains(tag, "application/ld+json"), "an inline script")
		}
		add(foreignAsset.MatchString(text) || foreignLink.MatchString(text), "an asset of another origin")
		add(foreignForm.MatchString(text), "a form that goes to another origin")
	}
	return faults
}

func assetFaults(files []source) (faults []string) {
	for _, file := range files {
		if foreignCSS.MatchString(file.Text) || foreignModule.MatchString(file.Text) {
			faults = append(faults, file.Path+": something of another origin")
		}
		if strings.HasSuffix(file.Path, ".js") && evaluated.MatchString(file.Text) {
			faults = append(faults, file.Path+": code or style made of a string; the policy of the pages forbids it")
		}
	}
	return faults
}

func TestPagesCarryNothingInlineAndNothingForeign(t *testing.T) {
	for _, bad := range []string{
		`<p class="x" style="color: red">`,
		`<style>p {}</style>`,
		`<button type="button" onclick="go()">`,
		`<a href="javascript:go()">`,
		`<script>go()</script>`,
		`<script src="https://cdn.example/x.js"></script>`,
		`<img alt="" src="//cdn.example/x.png">`,
		`<link rel="stylesheet" href="https://fonts.example/x.css">`,
		`<form method="post" action="https://example.org/">`,
	} {
		expect(t, pageFaults([]source{{"bad.html", bad}}), 1)
	}
	expect(t, pageFaults([]source{{"good.html", `{{/* style="" */}}<a href="https://example.org/" lang="pl">x</a>
		<script type="module" src="{{.Asset "js/obrady.js"}}"></script><script type="application/ld+json">{{.Data}}</script>
		<p data-on="x">Once = one</p>`}}), 0)
	expect(t, assetFaults([]source{
		{"bad.css", `@import "https://fonts.example/x.css";`},
		{"worse.css", `a { background: url(//cdn.example/x.png) }`},
		{"bad.js", `import x from "https://cdn.example/x.js"; eval("1")`},
		{"good.js", `import x from "./x.js"; el.style.width = "1px"`},
	}), 4)

	report(t, pageFaults(sources(t, "internal", ".html", ".svg")))
	report(t, assetFaults(sources(t, "internal", ".css", ".js", ".mjs")))
}

// brokenAssets parses scripts and stylesheets and follows what they import. Nothing is written: the
// browser gets the files as they are.
func brokenAssets(options api.BuildOptions) (faults []string) {
	options.Bundle, options.Write, options.LogLevel = true, false, api.LogLevelSilent
	options.Format, options.Outdir = api.FormatESModule, "none"
	options.External = []string{"*.woff2", "*.svg", "*.png", "/assets/*"}
	for _, message := range api.Build(options).Errors {
		where := ""
		if message.Location != nil {
			where = message.Location.File
		}
		faults = append(faults, where+": "+message.Text)
	}
	return faults
}

func TestScriptsAndStylesheetsParseAndFindTheirImports(t *testing.T) {
	expect(t, brokenAssets(api.BuildOptions{Stdin: &api.StdinOptions{Contents: "import './nowhere.js'"}}), 1)
	expect(t, brokenAssets(api.BuildOptions{Stdin: &api.StdinOptions{Contents: "let x = )"}}), 1)
	expect(t, brokenAssets(api.BuildOptions{Stdin: &api.StdinOptions{Contents: "document.title = 'x'"}}), 0)

	var files []string
	for _, file := range sources(t, "internal", ".js", ".css") {
		files = append(files, filepath.Join(root, file.Path))
	}
	if len(files) > 0 {
		report(t, brokenAssets(api.BuildOptions{EntryPoints: files}))
	}
}
