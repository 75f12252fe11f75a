package arch

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// mostDependencies is how many modules the running program may import by itself.
const mostDependencies = 36

// modules is what the go command prints of a go.mod.
type modules struct {
	Require []struct {
		Path, Version string
		Indirect      bool
	}
}

// goTool runs the go command in the root of the module.
func goTool(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

func requirements(t *testing.T, file string) modules {
	t.Helper()
	var m modules
	if err := json.Unmarshal([]byte(goTool(t, "mod", "edit", "-json", file)), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// reasonRow is a row of the table in the decision on dependencies: | `module` | what for | why not own | who |
var reasonRow = regexp.MustCompile("(?m)^\\|\\s*`([^`]+)`\\s*\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|")

func dependencyFaults(direct map[string]bool, document string) (faults []string) {
	reasons := map[string]bool{}
	for _, row := range reasonRow.FindAllStringSubmatch(document, -1) {
		reasons[row[1]] = true
		for _, cell := range row[2:] {
			if len(strings.TrimSpace(cell)) < 4 {
				faults = append(faults, "docs/adr/0007-dependencies.md leaves a cell of "+row[1]+" empty")
			}
		}
		if !direct[row[1]] {
			faults = append(faults, "docs/adr/0007-dependencies.md names "+row[1]+", which go.mod does not require directly")
		}
	}
	for path := range direct {
		if !reasons[path] {
			faults = append(faults, path+" has no row with its reason in docs/adr/0007-dependencies.md")
		}
	}
	return faults
}

// runtimeModules returns the modules that our code outside tests imports.
func runtimeModules(all []pack, required modules) map[string]bool {
	used := map[string]bool{}
	for _, p := range all {
		if offFloor[p.short()] || forTests[p.short()] {
			continue
		}
		for _, path := range p.Imports {
			longest := ""
			for _, r := range required.Require {
				if (path == r.Path || strings.HasPrefix(path, r.Path+"/")) && len(r.Path) > len(longest) {
					longest = r.Path
				}
			}
			if longest != "" {
				used[longest] = true
			}
		}
	}
	return used
}

func TestEveryDependencyHasAReason(t *testing.T) {
	bad := "| `a.org/x` | draws | letters are hard | many people |\n| `a.org/y` | counts |  | one person |\n| `a.org/gone` | does | something | once |"
	expect(t, dependencyFaults(map[string]bool{"a.org/x": true, "a.org/y": true, "a.org/z": true}, bad), 3)

	document, err := os.ReadFile(root + "/docs/adr/0007-dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	required := requirements(t, "go.mod")
	direct := map[string]bool{}
	for _, r := range required.Require {
		if !r.Indirect {
			direct[r.Path] = true
		}
	}
	running := runtimeModules(packages(t), required)
	for path := range running {
		direct[path] = true // imported, though go.mod still says indirect
	}
	report(t, dependencyFaults(direct, string(document)))
	if len(running) > mostDependencies {
		t.Errorf("the program imports %d modules by itself, want at most %d", len(running), mostDependencies)
	}
}

// versionFault compares the version of a module that we have with the one that somebody asks for.
func versionFault(have, asked modules, path string) string {
	version := func(m modules) string {
		for _, r := range m.Require {
			if r.Path == path {
				return r.Version
			}
		}
		return "none"
	}
	if version(have) != version(asked) || version(have) == "none" {
		return fmt.Sprintf("%s: we have %s, its user was tested with %s", path, version(have), version(asked))
	}
	return ""
}

// modernc.org/sqlite is C translated for one version of modernc.org/libc; with another it may fail in
// ways no test sees.
func TestSQLiteHasTheLibcItWasMadeFor(t *testing.T) {
	const libc = "modernc.org/libc"
	var one, other modules
	_ = json.Unmarshal([]byte(`{"Require": [{"Path": "modernc.org/libc", "Version": "v1.1.0"}]}`), &one)
	if versionFault(one, other, libc) == "" || versionFault(other, other, libc) == "" {
		t.Error("the guard does not see different versions")
	}
	file := goTool(t, "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite")
	if fault := versionFault(requirements(t, "go.mod"), requirements(t, file), libc); fault != "" {
		t.Error(fault)
	}
}
