package arch

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// floors says how high each package stands. A package imports only what stands lower, or the package
// whose folder it lies in. The same table is in docs/ARCHITECTURE.md for people; a test compares them.
var floors = map[string]int{
	"errs": 0, "id": 0, "i18n": 0, "civil": 0, "db": 0, "db/dbtest": 0, "table": 0, "push": 0, "schedule": 0, "draw": 0, "pace": 0, "spool": 0, "assign": 0,
	"text": 1, "journal": 1, "outbox": 1, "draft": 1, "search": 1, "file": 1, "pdf": 1,
	"people": 2, "mail": 2, "form": 2,
	"edition": 3, "signin": 3,
	"consent":   4,
	"programme": 5, "registration": 5,
	"timetable": 6, "rights": 6,
	"plan": 7, "partner": 7, "admission": 7, "call": 7,
	"invitation": 8, "attachment": 8, "lottery": 8, "review": 8, "practice": 8,
	"signup": 9, "council": 9, "onstage": 9,
	"campaign": 10, "attendance": 10, "selection": 10, "fairness": 10, "arrangement": 10, "agenda": 10, "kaleidoscope": 10, "proceedings": 10,
	"export": 11, "publication": 11, "demo": 11, "notify": 11, "privacy": 11, "rehearsal": 11,
	"web": 12, "web/session": 12, "web/guard": 12, "web/cache": 12, "web/stream": 12, "web/webtest": 12, "web/desk": 12,
	"web/visitor": 12, "web/organiser": 12, "web/planner": 12, "web/feed": 12,
	"web/account": 12, "web/participant": 12, "web/reception": 12, "web/cohost": 12, "web/roles": 12, "web/mailroom": 12,
	"web/guardian": 12, "web/signups": 12, "web/windows": 12, "web/rehearsal": 12, "web/door": 12, "web/applicant": 12, "web/council": 12, "web/composer": 12, "web/author": 12, "web/calls": 12, "web/catalogue": 12, "web/presenter": 12, "web/proceedings": 12,
	"app": 13, "app/bench": 13,
	"app/opening": 14,
	"cmd/obrady":  15,
}

const pageFloor = 12

// kit are the packages on the floor of the pages that are no pages.
var kit = map[string]bool{
	"web": true, "web/session": true, "web/guard": true, "web/cache": true, "web/stream": true, "web/webtest": true, "web/desk": true,
}

// forTests are packages that only tests import.
var forTests = map[string]bool{"db/dbtest": true, "web/webtest": true}

func isPage(pkg string) bool { return strings.HasPrefix(pkg, "web/") && !kit[pkg] }

// offFloor are packages that no floor needs: tests.
var offFloor = map[string]bool{"arch": true}

func floorFaults(all []pack) (faults []string) {
	for _, p := range all {
		here, known := floors[p.short()]
		if offFloor[p.short()] {
			continue
		}
		if !known {
			faults = append(faults, p.short()+" stands on no floor: add it to floors and to docs/ARCHITECTURE.md")
			continue
		}
		for _, path := range p.Imports {
			name, ours := strings.CutPrefix(path, module)
			if name = strings.TrimPrefix(name, "internal/"); !ours {
				continue
			}
			if fault := mayImport(p.short(), here, name); fault != "" {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

func mayImport(pkg string, here int, dep string) string {
	switch {
	case strings.HasPrefix(pkg, dep+"/"):
		return "" // the folder it lies in
	case forTests[dep]:
		return pkg + " imports " + dep + ", which only tests may"
	case isPage(dep) && here <= pageFloor:
		return pkg + " imports the page " + dep + "; only app knows pages"
	case kit[dep] && (kit[pkg] || isPage(pkg)):
		return ""
	case floors[dep] >= here:
		return fmt.Sprintf("%s (floor %d) imports %s (floor %d)", pkg, here, dep, floors[dep])
	}
	return ""
}

func TestPackagesImportOnlyLowerFloors(t *testing.T) {
	bad := []pack{
		{ImportPath: "obrady/internal/people", Imports: []string{"obrady/internal/programme", "obrady/internal/errs", "strings"}},
		{ImportPath: "obrady/internal/errs", Imports: []string{"obrady/internal/id"}},
		{ImportPath: "obrady/internal/attic"},
		{ImportPath: "obrady/internal/web/visitor", Imports: []string{"obrady/internal/web", "obrady/internal/web/feed"}},
		{ImportPath: "obrady/internal/edition", Imports: []string{"obrady/internal/db/dbtest"}},
		{ImportPath: "obrady/internal/db/dbtest", Imports: []string{"obrady/internal/db"}},
	}
	expect(t, floorFaults(bad), 5)
	report(t, floorFaults(packages(t)))
}

func importFaults(all []pack) (faults []string) {
	for _, p := range all {
		pkg := p.short()
		floor, known := floors[pkg]
		slice := known && floor < pageFloor
		for _, path := range p.Imports {
			dep := strings.TrimPrefix(path, module+"internal/")
			switch {
			case strings.HasPrefix(path, "database/sql") && pkg != "db" && pkg != "db/dbtest":
				faults = append(faults, pkg+" imports "+path+"; only db talks to databases")
			case pkg == "text" && path == "html/template":
				// the one place where trusted HTML is made
			case slice && (path == "net/http" || path == "html/template"):
				faults = append(faults, pkg+" imports "+path+"; a slice knows no pages")
			case slice && (dep == "web" || strings.HasPrefix(dep, "web/")):
				faults = append(faults, pkg+" imports "+dep+"; a slice knows no pages")
			case isPage(pkg) && dep == "db":
				faults = append(faults, pkg+" imports db; a page asks a slice")
			}
		}
	}
	return faults
}

func TestSlicesKnowNoPagesAndPagesNoDatabase(t *testing.T) {
	bad := []pack{
		{ImportPath: "obrady/internal/people", Imports: []string{"net/http", "html/template", "obrady/internal/web", "database/sql"}},
		{ImportPath: "obrady/internal/text", Imports: []string{"html/template", "net/http"}},
		{ImportPath: "obrady/internal/web/visitor", Imports: []string{"obrady/internal/db", "net/http"}},
		{ImportPath: "obrady/internal/web/session", Imports: []string{"obrady/internal/db"}},
	}
	expect(t, importFaults(bad), 6)
	report(t, importFaults(packages(t)))
}

// floorRow is a row of the table in docs/ARCHITECTURE.md: | 3 | `edition` | … |
var floorRow = regexp.MustCompile(`(?m)^\|\s*(\d+)\s*\|([^|]*)\|`)

var inCode = regexp.MustCompile("`([^`]+)`")

func floorsInDocument(text string) map[string]int {
	told := map[string]int{}
	for _, row := range floorRow.FindAllStringSubmatch(text, -1) {
		floor, _ := strconv.Atoi(row[1])
		for _, name := range inCode.FindAllStringSubmatch(row[2], -1) {
			told[name[1]] = floor
		}
	}
	return told
}

func documentFaults(told map[string]int) (faults []string) {
	for name, floor := range floors {
		if got, there := told[name]; !there || got != floor {
			faults = append(faults, fmt.Sprintf("docs/ARCHITECTURE.md does not put %s on floor %d", name, floor))
		}
	}
	for name := range told {
		if _, there := floors[name]; !there {
			faults = append(faults, fmt.Sprintf("docs/ARCHITECTURE.md names %s, which stands on no floor", name))
		}
	}
	return faults
}

func TestTheDocumentTellsTheSameFloors(t *testing.T) {
	sample := floorsInDocument("| 0 | `errs` `attic` | grounds |\n| 4 | `id` | |\n")
	expect(t, documentFaults(sample), len(floors)-1+1)
	text, err := os.ReadFile(root + "/docs/ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	report(t, documentFaults(floorsInDocument(string(text))))
}
