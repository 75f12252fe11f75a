package arch

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A key of a sentence is used where a template or Go code names it. A key that is put together at run
// time is seen when its beginning stands there: "programme.format." or "programme.format.%s". Where it
// does not, a comment in Go or in a template says so: `key: programme.format.*` means every sentence
// whose key begins so, and `key: visitor.empty` means just that one.
var (
	inTemplate = regexp.MustCompile(`\.(?:T|N)\s+"([a-z0-9_.]+)"`)
	quoted     = regexp.MustCompile(`"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"`)
	beginning  = regexp.MustCompile(`"([a-z0-9_]+\.(?:[a-z0-9_]+\.)+)(?:%[sv])?"`)
	computed   = regexp.MustCompile(`\bkey: ([a-z0-9_.]+\*?)`)
)

// sayers are the functions that take a key, and where among their arguments it stands.
var sayers = map[string]int{"T": 0, "N": 0, "New": 1, "Add": 1}

// usage is what one file says of keys.
type usage struct {
	named    []string // must exist
	mention  []string // may be a key: enough to count as used
	computed []string // keys and beginnings of keys, from comments
}

func usageOf(file source) (u usage) {
	for _, match := range computed.FindAllStringSubmatch(file.Text, -1) {
		u.computed = append(u.computed, match[1])
	}
	for _, match := range beginning.FindAllStringSubmatch(file.Text, -1) {
		u.computed = append(u.computed, match[1]+"*")
	}
	for _, match := range quoted.FindAllStringSubmatch(file.Text, -1) {
		u.mention = append(u.mention, match[1])
	}
	if !strings.HasSuffix(file.Path, ".go") {
		for _, match := range inTemplate.FindAllStringSubmatch(file.Text, -1) {
			u.named = append(u.named, match[1])
		}
		return u
	}
	_, syntax := file.parse()
	ast.Inspect(syntax, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			if key := keyIn(call); key != "" {
				u.named = append(u.named, key)
			}
		}
		return true
	})
	return u
}

// keyIn returns the key that a call says, when it stands there as a plain string with a dot in it.
func keyIn(call *ast.CallExpr) string {
	name, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	at, says := sayers[name.Sel.Name]
	from, _ := name.X.(*ast.Ident)
	if !says || len(call.Args) <= at || name.Sel.Name == "New" && (from == nil || from.Name != "errs") {
		return ""
	}
	literal, ok := call.Args[at].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(literal.Value)
	if !quoted.MatchString(`"` + text + `"`) {
		return ""
	}
	return text
}

// catalogues reads all sentences: by language, then by key.
func catalogues(files []source) (said map[string]map[string]string, faults []string) {
	said = map[string]map[string]string{"pl": {}, "en": {}}
	for _, file := range files {
		if path.Base(path.Dir(file.Path)) != "locale" {
			continue
		}
		lang := strings.TrimSuffix(path.Base(file.Path), ".json")
		owner := path.Base(path.Dir(path.Dir(file.Path)))
		var sentences map[string]json.RawMessage
		if err := json.Unmarshal([]byte(file.Text), &sentences); err != nil || said[lang] == nil {
			faults = append(faults, fmt.Sprintf("%s cannot be read as a catalogue: %v", file.Path, err))
			continue
		}
		for key, value := range sentences {
			if !strings.HasPrefix(key, owner+".") {
				faults = append(faults, fmt.Sprintf("%s: the key %q does not begin with %s.", file.Path, key, owner))
			}
			said[lang][key] = string(value)
		}
		if !slices.IsSorted(keysInOrder(file.Text)) {
			faults = append(faults, file.Path+" is not sorted by key; run make fmt")
		}
	}
	return said, faults
}

// keysInOrder returns the keys of a catalogue as they stand in the file.
func keysInOrder(text string) (keys []string) {
	decoder := json.NewDecoder(strings.NewReader(text))
	_, _ = decoder.Token() // the opening brace; what is no JSON was reported before
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			break
		}
		keys = append(keys, fmt.Sprint(key))
	}
	return keys
}

func keyFaults(files []source, said map[string]map[string]string) (faults []string) {
	used := map[string]bool{}
	var starts []string
	for _, file := range files {
		if file.isTest() {
			continue
		}
		u := usageOf(file)
		for _, key := range u.named {
			for _, lang := range []string{"pl", "en"} {
				if said[lang][key] == "" {
					faults = append(faults, fmt.Sprintf("%s: no sentence %q in %s", file.Path, key, lang))
				}
			}
		}
		for _, key := range slices.Concat(u.named, u.mention, u.computed) {
			used[key] = true
		}
		for _, key := range u.computed {
			if start, cut := strings.CutSuffix(key, "*"); cut {
				starts = append(starts, start)
			}
		}
	}
	for _, sentences := range said {
		for key := range sentences {
			if !used[key] && !slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(key, s) }) {
				faults = append(faults, fmt.Sprintf("nobody says %q", key))
			}
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

func TestEverySentenceIsSaidAndEverySaidOneExists(t *testing.T) {
	said, faults := catalogues([]source{
		{"internal/a/locale/pl.json", `{"a.one": "jeden", "a.kind.x": "x", "a.sort.of.y": "y", "a.two": "dwa", "a.old": "stare", "b.far": "obce"}`},
		{"internal/a/locale/en.json", `{"a.kind.x": "x", "a.one": "one"}`},
		{"internal/a/locale/de.json", `{}`},
	})
	expect(t, faults, 3) // unsorted, another package's key, a third language
	expect(t, keyFaults([]source{
		{"internal/a/a.go", "package a\nvar e = errs.New(errs.Invalid, \"a.one\")\nvar f = errs.New(1, \"a.none\")\n// key: a.kind.*\nvar k = \"a.sort.of.\" + x"},
		{"internal/a/t.html", `{{$.T "a.two"}} {{template "field" (dict "Label" "b.far")}}`},
	}, said), 4) // a.none in both, a.two in English, a.old
	said, faults = catalogues(sources(t, "internal", ".json"))
	report(t, faults)
	report(t, keyFaults(sources(t, "internal", ".go", ".html", ".txt"), said))
}
