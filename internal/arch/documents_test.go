package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"obrady/internal/export"
	"obrady/internal/schedule"
)

var (
	mdFence   = regexp.MustCompile("(?ms)^```.*?^```|^    .*?$|`[^`\n]*`")
	mdLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	mdHeading = regexp.MustCompile(`(?m)^#{1,6} +(.*)$`)
	mdDropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names under which the headings of a document can be linked to, as forges make them.
func anchors(text string) (names []string) {
	for _, heading := range mdHeading.FindAllStringSubmatch(text, -1) {
		name := mdDropped.ReplaceAllString(strings.ToLower(heading[1]), "")
		names = append(names, strings.ReplaceAll(strings.TrimSpace(name), " ", "-"))
	}
	return names
}

// linkFaults lists the links of a document that lead nowhere inside the house. Other sites are not asked.
func linkFaults(s source, read func(string) (string, bool)) (faults []string) {
	for _, link := range mdLink.FindAllStringSubmatch(mdFence.ReplaceAllString(s.Text, ""), -1) {
		if strings.Contains(link[1], "://") || strings.HasPrefix(link[1], "mailto:") {
			continue
		}
		file, fragment, _ := strings.Cut(link[1], "#")
		text, there := s.Text, true
		if file != "" {
			text, there = read(path.Join(path.Dir(s.Path), file))
		}
		switch {
		case !there:
			faults = append(faults, s.Path+" leads to "+file+", which is not there")
		case fragment != "" && !slices.Contains(anchors(text), fragment):
			faults = append(faults, s.Path+" leads to "+link[1]+", where no heading has that name")
		}
	}
	return faults
}

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	bad := source{"docs/bad.md", "# Żółty dom\n[a](#żółty-dom) [b](#none) [c](gone.md) [d](https://x.org) `[e](code.md)`"}
	expect(t, linkFaults(bad, func(string) (string, bool) { return "", false }), 2)

	documents := sources(t, ".", ".md")
	if len(documents) < 10 {
		t.Errorf("found %d documents, want at least 10", len(documents))
	}
	read := func(name string) (string, bool) {
		file := filepath.Join(root, filepath.FromSlash(name))
		info, err := os.Stat(file)
		if err != nil || info.IsDir() {
			return "", err == nil
		}
		text, err := os.ReadFile(file)
		return string(text), err == nil
	}
	var faults []string
	for _, document := range documents {
		faults = append(faults, linkFaults(document, read)...)
	}
	report(t, faults)
}

// firstCells returns the first cells of the rows of the table under a heading.
func firstCells(text, heading string) (cells []string) {
	_, text, _ = strings.Cut(text, "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	for line := range strings.Lines(text) {
		if cell, in := strings.CutPrefix(line, "| "); in {
			cell, _, _ = strings.Cut(cell, " |")
			cells = append(cells, strings.Trim(cell, "`"))
		}
	}
	return cells[min(len(cells), 1):] // the head of the table
}

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHandbooksListTheColumnsOfTheTable(t *testing.T) {
	var polish, english []string
	for _, column := range export.Columns {
		polish, english = append(polish, column.Aliases[0]), append(english, column.Name)
	}
	if got := firstCells(document(t, "docs/organisers/pl.md"), "Kolumny tabeli"); !slices.Equal(got, polish) {
		t.Errorf("docs/organisers/pl.md lists the columns\n%q, want\n%q", got, polish)
	}
	if got := firstCells(document(t, "docs/organisers/en.md"), "Columns of the table"); !slices.Equal(got, english) {
		t.Errorf("docs/organisers/en.md lists the columns\n%q, want\n%q", got, english)
	}
}

func TestFormatsListWhatIsRepairedAndRefused(t *testing.T) {
	text := document(t, "docs/formats.md")
	var repairs, refusals []string
	for _, code := range schedule.Codes() {
		repairs = append(repairs, string(code))
	}
	for _, reason := range schedule.Reasons() {
		refusals = append(refusals, string(reason))
	}
	if got := firstCells(text, "What is repaired"); !slices.Equal(got, repairs) {
		t.Errorf("docs/formats.md lists the repairs\n%q, want\n%q", got, repairs)
	}
	if got := firstCells(text, "What is refused"); !slices.Equal(got, refusals) {
		t.Errorf("docs/formats.md lists the refusals\n%q, want\n%q", got, refusals)
	}
}

// shown finds what a handbook quotes in running text.
var shown = map[string]*regexp.Regexp{
	"pl": regexp.MustCompile(`„([^”]+)”`),
	"en": regexp.MustCompile(`"([^"]+)"`),
}

// labelFaults lists the quoted words of a handbook that stand on no page. Names of releases and other things that
// people type are quoted as well, and named here.
func labelFaults(s source, quote *regexp.Regexp, said map[string]bool) (faults []string) {
	typed := []string{"Program z 20 maja", "TBA", "w trakcie ustaleń"}
	for _, match := range quote.FindAllStringSubmatch(mdFence.ReplaceAllString(s.Text, ""), -1) {
		label := strings.Join(strings.Fields(match[1]), " ")
		if !said[label] && !slices.Contains(typed, label) {
			faults = append(faults, s.Path+" speaks of “"+label+"”, which stands on no page")
		}
	}
	return faults
}

func TestHandbooksQuoteWhatPagesSay(t *testing.T) {
	expect(t, labelFaults(source{"x.md", "press „Nie ma mnie”"}, shown["pl"], nil), 1)
	for lang, quote := range shown {
		said := map[string]bool{}
		for _, s := range sources(t, "internal", "/locale/"+lang+".json") {
			for _, match := range regexp.MustCompile(`": "((?:[^"\\]|\\.)*)"`).FindAllStringSubmatch(s.Text, -1) {
				said[match[1]] = true
			}
		}
		name := "docs/organisers/" + lang + ".md"
		report(t, labelFaults(source{name, document(t, name)}, quote, said))
	}
}
