package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// calls walks the calls of the form a.B(…) in a Go file.
func calls(file source, visit func(line int, from, name string, args []ast.Expr)) {
	files, syntax := file.parse()
	ast.Inspect(syntax, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok {
				from, _ := fun.X.(*ast.Ident)
				if from == nil {
					from = ast.NewIdent("")
				}
				visit(files.Position(call.Pos()).Line, from.Name, fun.Sel.Name, call.Args)
			}
		}
		return true
	})
}

var trusted = map[string]bool{"HTML": true, "HTMLAttr": true, "JS": true, "JSStr": true, "CSS": true, "URL": true, "Srcset": true}

// trustFaults finds strings that are passed off as safe HTML outside package text.
func trustFaults(files []source) (faults []string) {
	for _, file := range files {
		if file.isTest() || file.pkg() == "text" {
			continue
		}
		calls(file, func(line int, from, name string, _ []ast.Expr) {
			if from == "template" && trusted[name] {
				faults = append(faults, fmt.Sprintf("%s:%d: template.%s; trusted HTML is made in package text alone", file.Path, line, name))
			}
		})
	}
	return faults
}

func TestTrustedHTMLIsMadeInOnePlace(t *testing.T) {
	const code = "package a\nvar x = template.HTML(typed)\nvar y template.HTML = other()\n"
	expect(t, trustFaults([]source{
		{"internal/web/a.go", code}, {"internal/text/a.go", code}, {"internal/web/a_test.go", code},
	}), 1)
	report(t, trustFaults(sources(t, "internal", ".go")))
}

// testFaults finds skips that do not say why and tests that wait by the clock.
func testFaults(files []source) (faults []string) {
	for _, file := range files {
		if !file.isTest() && !strings.Contains(file.Path, "dbtest/") {
			continue
		}
		calls(file, func(line int, from, name string, args []ast.Expr) {
			at := fmt.Sprintf("%s:%d: ", file.Path, line)
			tester := from == "t" || from == "b" || from == "f" || from == "tb"
			switch {
			case tester && name == "SkipNow", tester && (name == "Skip" || name == "Skipf") && !isReason(args):
				faults = append(faults, at+"a skip that does not say why")
			case (from == "time" || from == "chromedp") && name == "Sleep":
				faults = append(faults, at+"a test that sleeps; wait for what it waits for")
			}
		})
	}
	return faults
}

// isReason reports whether the arguments of a skip begin with a sentence, or with something computed.
func isReason(args []ast.Expr) bool {
	if len(args) == 0 {
		return false
	}
	literal, ok := args[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return true
	}
	text, _ := strconv.Unquote(literal.Value)
	return len(strings.Fields(text)) >= 3
}

func TestSkipsSayWhyAndNoTestSleeps(t *testing.T) {
	expect(t, testFaults([]source{
		{"internal/a/a_test.go", `package a
func f() {
	t.Skip()
	t.SkipNow()
	t.Skip("later")
	t.Skipf("no PostgreSQL: set %s", name)
	t.Skip(err)
	time.Sleep(1)
}`},
		{"internal/a/a.go", "package a\nfunc f() { time.Sleep(1) }"},
	}), 4)
	report(t, testFaults(append(sources(t, "internal", ".go"), sources(t, "test", ".go")...)))
}
