package arch

import (
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

var (
	migrationName = regexp.MustCompile(`^(\d{4})_([a-z0-9]+)(_[a-z0-9_]+)?(\.sqlite|\.postgres)?\.sql$`)
	createTable   = regexp.MustCompile(`(?i)\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([a-z_0-9]+)`)
	writeTo       = regexp.MustCompile(`\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_0-9]+)`)
	sqlComment    = regexp.MustCompile(`--[^\n]*`)
	selectStar    = regexp.MustCompile(`\bSELECT\s+(?:[a-z_]+\.)?\*`)
)

// tableOwners reads whose each table is from the names of the migrations: 0043_signup_waiting_list.sql
// makes tables of signup, for nobody else to write.
func tableOwners(migrations []source) (owners map[string]string, faults []string) {
	owners, numbers := map[string]string{}, map[string]string{}
	for _, file := range migrations {
		name := path.Base(file.Path)
		parts := migrationName.FindStringSubmatch(name)
		if parts == nil {
			faults = append(faults, name+" is not named like 0043_owner_what.sql")
			continue
		}
		number, owner := parts[1], parts[2]
		// One number, one migration; a pair for the two engines is one.
		stem := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".sql"), ".sqlite"), ".postgres")
		if other := numbers[number]; other != "" && other != stem {
			faults = append(faults, fmt.Sprintf("%s and %s have the same number", other, stem))
		}
		numbers[number] = stem
		for _, table := range createTable.FindAllStringSubmatch(sqlComment.ReplaceAllString(file.Text, ""), -1) {
			owners[table[1]] = owner
		}
	}
	return owners, faults
}

// owns reports whether the package, or a folder it lies in, bears the owner's name.
func owns(pkg, owner string) bool { return slices.Contains(strings.Split(pkg, "/"), owner) }

// laysOut are packages that lay out what they need, as tests do, in a database of their own.
var laysOut = map[string]bool{"app/bench": true, "app/opening": true}

func writeFaults(files []source, owners map[string]string) (faults []string) {
	for _, file := range files {
		if file.pkg() == "db" || file.isTest() || owns(file.pkg(), "dbtest") {
			continue // db restores whole backups; a test lays out what it needs
		}
		for _, text := range stringsOf(file) {
			for _, write := range writeTo.FindAllStringSubmatch(text, -1) {
				owner, known := owners[write[1]]
				switch {
				case !known:
					faults = append(faults, fmt.Sprintf("%s writes %s, which no migration makes", file.Path, write[1]))
				case !owns(file.pkg(), owner) && !laysOut[file.pkg()]:
					faults = append(faults, fmt.Sprintf("%s writes %s, which belongs to %s", file.Path, write[1], owner))
				}
			}
		}
	}
	return faults
}

// stringsOf returns the strings of a Go file; those joined by + come as one.
func stringsOf(file source) (found []string) {
	_, syntax := file.parse()
	ast.Inspect(syntax, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr, *ast.BasicLit:
			if text := joined(node.(ast.Expr)); text != "" {
				found = append(found, text)
				return false
			}
		}
		return true
	})
	return found
}

func joined(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.BasicLit:
		if expr.Kind == token.STRING {
			text, _ := strconv.Unquote(expr.Value)
			return text
		}
	case *ast.BinaryExpr:
		if expr.Op == token.ADD {
			return joined(expr.X) + joined(expr.Y)
		}
	}
	return ""
}

func migrationFaults(migrations []source, owners map[string]string) (faults []string) {
	for _, file := range migrations {
		parts := migrationName.FindStringSubmatch(path.Base(file.Path))
		if parts == nil {
			continue // said already
		}
		if !strings.HasPrefix(strings.TrimSpace(file.Text), "-- +goose Up") {
			faults = append(faults, file.Path+" does not begin with -- +goose Up")
		}
		if strings.Contains(file.Text, "+goose Down") {
			faults = append(faults, file.Path+" goes down; migrations only go forward")
		}
		for _, write := range writeTo.FindAllStringSubmatch(sqlComment.ReplaceAllString(file.Text, ""), -1) {
			if owner := owners[write[1]]; owner != "" && owner != parts[2] {
				faults = append(faults, fmt.Sprintf("%s writes %s, which belongs to %s", file.Path, write[1], owner))
			}
		}
	}
	return faults
}

func TestEveryTableIsWrittenByItsOwnerAlone(t *testing.T) {
	owners, faults := tableOwners([]source{
		{"m/0001_signup.sql", "-- +goose Up\nCREATE TABLE seat (id TEXT);"},
		{"m/0002_web_session.sql", "-- +goose Up\nCREATE TABLE web_session (id TEXT);"},
		{"m/0002_outbox.sql", ""},
		{"m/later.sql", ""},
	})
	expect(t, faults, 2)
	expect(t, writeFaults([]source{
		{"internal/signup/store.go", "package signup\nvar a = `UPDATE seat SET x = 1`"},
		{"internal/web/session/store.go", "package session\nvar a = `DELETE FROM web_session`"},
		{"internal/people/store.go", "package people\nvar a = `SELECT id FROM seat FOR UPDATE`"},
		{"internal/people/bad.go", "package people\nvar b = `DELETE FROM seat` + where"},
		{"internal/people/worse.go", "package people\nvar c = \"INSERT INTO \" + \"nothing (id) VALUES ($1)\""},
		{"internal/app/opening/crowd.go", "package opening\nvar a = `INSERT INTO seat (id) `\nvar b = `INSERT INTO nothing (id) `"},
	}, owners), 3)
	expect(t, migrationFaults([]source{
		{"m/0003_people.sql", "CREATE TABLE person (id TEXT);\nUPDATE seat SET x = 1;\n-- +goose Down"},
	}, owners), 3)

	migrations := sources(t, "internal/db/migrations", ".sql")
	owners, faults = tableOwners(migrations)
	report(t, faults)
	report(t, migrationFaults(migrations, owners))
	report(t, writeFaults(sources(t, "internal", ".go"), owners))
}

func starFaults(files []source) (faults []string) {
	for _, file := range files {
		for _, text := range stringsOf(file) {
			if !file.isTest() && file.pkg() != "db" && selectStar.MatchString(text) {
				faults = append(faults, file.Path+" selects *; name the columns")
			}
		}
	}
	return faults
}

func TestStatementsNameTheirColumns(t *testing.T) {
	expect(t, starFaults([]source{
		{"internal/signup/a.go", "package signup\nvar a = `SELECT * FROM seat`"},
		{"internal/signup/b.go", "package signup\nvar a = `SELECT s.* FROM seat s`"},
		{"internal/signup/c.go", "package signup\nvar a = `SELECT COUNT(*) FROM seat`"},
	}), 2)
	report(t, starFaults(sources(t, "internal", ".go")))
}
