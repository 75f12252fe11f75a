package arch

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	mostLinesOfPackage = 3500 // a slice that is longer is two
	mostLinesOfFile    = 600  // ask whether two files would be clearer
)

// lengths counts the lines of each package and names the long files, tests left out.
func lengths(files []source) (packages map[string]int, long []string) {
	packages = map[string]int{}
	for _, file := range files {
		if file.isTest() {
			continue
		}
		n := strings.Count(file.Text, "\n")
		packages[file.pkg()] += n
		if n > mostLinesOfFile {
			long = append(long, fmt.Sprintf("%s has %d lines; would two files be clearer?", file.Path, n))
		}
	}
	return packages, long
}

func sizeFaults(packages map[string]int) (faults []string) {
	for pkg, n := range packages {
		if n > mostLinesOfPackage {
			faults = append(faults, fmt.Sprintf("%s has %d lines, want at most %d: find the second thing it does", pkg, n, mostLinesOfPackage))
		}
	}
	return faults
}

func TestPackagesStaySmall(t *testing.T) {
	sample := []source{
		{"internal/a/a.go", strings.Repeat("\n", mostLinesOfPackage)},
		{"internal/a/b.go", "\n"},
		{"internal/a/b_test.go", strings.Repeat("\n", 9000)},
	}
	size, long := lengths(sample)
	expect(t, sizeFaults(size), 1)
	expect(t, long, 1)

	size, long = lengths(sources(t, "internal", ".go"))
	report(t, sizeFaults(size))
	for _, warning := range long {
		t.Log(warning) // a question, not a failure
	}
}

// sayNothing are names that fit anything, and so tell nothing.
var sayNothing = []string{
	"util", "utils", "helper", "helpers", "common", "manager", "base", "model", "models", "misc", "shared", "lib", "core", "types",
}

func nameFaults(all []pack) (faults []string) {
	for _, p := range all {
		for _, part := range strings.Split(p.short(), "/") {
			if slices.Contains(sayNothing, part) {
				faults = append(faults, p.short()+": the name says nothing; what is it for?")
			}
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + path.Base(p.ImportPath) + " "
		}
		if !strings.HasPrefix(p.Doc, want) {
			faults = append(faults, fmt.Sprintf("%s: its doc begins %q, want %q and what it does for a person", p.short(), p.Doc, want+"…"))
		}
	}
	return faults
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	expect(t, nameFaults([]pack{
		{ImportPath: "obrady/internal/helpers", Name: "helpers", Doc: "Package helpers helps."},
		{ImportPath: "obrady/internal/id", Name: "id"},
		{ImportPath: "obrady/cmd/obrady", Name: "main", Doc: "Package main starts."},
		{ImportPath: "obrady/internal/errs", Name: "errs", Doc: "Package errs names what went wrong."},
	}), 3)
	report(t, nameFaults(packages(t)))
}
