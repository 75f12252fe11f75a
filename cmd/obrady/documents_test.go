package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"obrady/internal/app"
)

// Settings of the yard and of the samples, which are no settings of the program.
var notOurs = []string{"OBRADY_SHARED", "OBRADY_DB_PASSWORD", "OBRADY_NAME", "OBRADY_TEST_POSTGRES", "OBRADY_TEST_NO_SKIP"}

// manual is what can be typed: flags by command, and settings.
type manual struct {
	flags    map[string][]string
	settings []string
}

func manualOf(t *testing.T) manual {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Vars{"formats": strings.Join(app.Formats(), ","), "formatlist": ""})
	if err != nil {
		t.Fatal(err)
	}
	m := manual{flags: map[string][]string{}}
	var walk func(*kong.Node, string)
	walk = func(n *kong.Node, path string) {
		m.flags[path] = append(m.flags[path], "help")
		for _, flag := range n.Flags {
			m.flags[path] = append(m.flags[path], flag.Name)
			m.settings = append(m.settings, flag.Envs...)
		}
		for _, child := range n.Children {
			walk(child, strings.TrimSpace(path+" "+child.Name))
		}
	}
	walk(parser.Model.Node, "")
	slices.Sort(m.settings)
	m.settings = slices.Compact(m.settings)
	return m
}

var (
	codeBlock  = regexp.MustCompile("(?m)^    .*$|`[^`\n]+`")
	invocation = regexp.MustCompile(`(?:^|[\s/(])obrady((?: [a-z]+(?:-[a-z]+)*)+)([^|;\n)]*)`)
	longFlag   = regexp.MustCompile(`--([a-z][a-z-]*)`)
	setting    = regexp.MustCompile(`OBRADY_[A-Z_]+[A-Z]`)
)

// commandFaults says which commands, flags and settings a document names that are not there.
func (m manual) commandFaults(name, text string) (faults []string) {
	for _, code := range codeBlock.FindAllString(text, -1) {
		for _, said := range invocation.FindAllStringSubmatch(strings.Trim(code, "` "), -1) {
			command := m.command(said[1])
			if command == "" {
				faults = append(faults, fmt.Sprintf("%s: there is no command obrady%s", name, said[1]))
				continue
			}
			for _, flag := range longFlag.FindAllStringSubmatch(said[2], -1) {
				if !slices.Contains(m.flags[command], flag[1]) {
					faults = append(faults, fmt.Sprintf("%s: obrady %s has no flag --%s", name, command, flag[1]))
				}
			}
		}
	}
	for _, one := range setting.FindAllString(text, -1) {
		if !slices.Contains(m.settings, one) && !slices.Contains(notOurs, one) {
			faults = append(faults, fmt.Sprintf("%s: there is no setting %s", name, one))
		}
	}
	return faults
}

// command is the longest beginning of words that is a command: in "backup move" it is "backup".
func (m manual) command(words string) string {
	for all := strings.Fields(words); len(all) > 0; all = all[:len(all)-1] {
		if path := strings.Join(all, " "); m.flags[path] != nil {
			return path
		}
	}
	return ""
}

func TestDocumentsNameOnlyWhatCanBeTyped(t *testing.T) {
	m := manualOf(t)
	const wrong = "    obrady fly --high\n`obrady backup FILE --fast` and `OBRADY_WINGS` and obrady in a sentence"
	if got := m.commandFaults("wrong.md", wrong); len(got) != 3 {
		t.Errorf("the guard found %q in the bad sample, want 3 faults", got)
	}
	root := filepath.Join("..", "..")
	var looked int
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			looked++
			for _, fault := range m.commandFaults(file, string(text)) {
				t.Error(fault)
			}
		}
	}
	if looked < 5 {
		t.Errorf("the guard looked at %d documents, want at least 5", looked)
	}
}

func TestOperatorsReadOfEverySettingAndCommand(t *testing.T) {
	m := manualOf(t)
	for _, file := range []string{"README.md", "docs/operators/README.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range m.settings {
			if !strings.Contains(string(text), "| `"+one+"` |") {
				t.Errorf("%s has no row for %s in its table of settings", file, one)
			}
		}
		if file == "README.md" {
			continue
		}
		for command := range m.flags {
			if group := command == "" || command == "admin" || command == "import" || command == "bench"; group {
				continue
			}
			if !strings.Contains(string(text), "`obrady "+command) {
				t.Errorf("%s does not name obrady %s", file, command)
			}
		}
	}
}
