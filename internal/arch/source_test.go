package arch

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the folder of the module, seen from this package.
const root = "../.."

const module = "obrady/"

// source is one file of the house; Path is relative to the root, with slashes.
type source struct {
	Path string
	Text string
}

// sources reads all files under folder whose names end in one of the given ways. A test's own inputs
// (testdata) and what npm installed are nobody's source.
func sources(t *testing.T, folder string, endings ...string) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() {
			if name == "testdata" || name == "node_modules" || name != ".." && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(path, end) }) {
			return nil
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // somebody renamed it while we walked
		}
		rel, _ := filepath.Rel(root, path)
		found = append(found, source{filepath.ToSlash(rel), string(text)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (s source) isTest() bool { return strings.HasSuffix(s.Path, "_test.go") }

// pkg is the package's path under internal, or the whole folder for the rest.
func (s source) pkg() string {
	return strings.TrimPrefix(filepath.ToSlash(filepath.Dir(s.Path)), "internal/")
}

// parse returns the syntax of a Go file; what does not parse is the compiler's to report.
func (s source) parse() (*token.FileSet, *ast.File) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, s.Path, s.Text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return files, &ast.File{}
	}
	return files, file
}

// pack is what the go command knows of a package.
type pack struct {
	ImportPath string
	Name       string
	Doc        string
	Imports    []string
	GoFiles    []string
	Dir        string
}

func (p pack) short() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "internal/")
}

var packs = sync.OnceValues(func() ([]pack, error) {
	// -e: a package that does not compile at this moment is somebody else's failure.
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Doc,Imports,GoFiles,Dir", "./...")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		return nil, err
	}
	var all []pack
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pack
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if top := strings.TrimPrefix(p.ImportPath, module); !strings.HasPrefix(top, "tools/") && !strings.HasPrefix(top, "test/") {
			all = append(all, p)
		}
	}
})

func packages(t *testing.T) []pack {
	t.Helper()
	all, err := packs()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if len(all) < 3 {
		t.Fatalf("go list found %d packages; the guards would look at nothing", len(all))
	}
	return all
}

// report fails the test once for each fault.
func report(t *testing.T, faults []string) {
	t.Helper()
	slices.Sort(faults)
	for _, fault := range slices.Compact(faults) {
		t.Error(fault)
	}
}

// expect tries a guard on a bad sample: it must find exactly so many faults.
func expect(t *testing.T, faults []string, want int) {
	t.Helper()
	if len(faults) != want {
		t.Errorf("the guard found %d faults in the bad sample, want %d: %q", len(faults), want, faults)
	}
}
