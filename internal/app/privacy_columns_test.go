package app_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// placed is where docs/operators/personal-data.md puts the columns of a table.
type placed struct{ goes, stays, ids, nothing []string }

var (
	documentRow = regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\|([^|]*)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|$")
	inCode      = regexp.MustCompile("`([a-z_0-9]+)`")
)

// document reads the table of columns that operators read.
func document(text string) map[string]placed {
	told := map[string]placed{}
	names := func(cell string) (all []string) {
		for _, match := range inCode.FindAllStringSubmatch(cell, -1) {
			all = append(all, match[1])
		}
		return all
	}
	for _, match := range documentRow.FindAllStringSubmatch(text, -1) {
		told[match[1]] = placed{names(match[2]), names(match[3]), names(match[4]), names(match[5])}
	}
	return told
}

// columnsOf lists the columns of the schema that can hold words or pictures, by table.
func columnsOf(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	type column struct{ table, name string }
	all, err := db.Collect(func(row db.Scanner) (c column, err error) {
		return c, row.Scan(&c.table, &c.name)
	})(d.Query(t.Context(), `
		SELECT sqlite_master.name, columns.name FROM sqlite_master JOIN pragma_table_info(sqlite_master.name) AS columns
		WHERE sqlite_master.type = 'table' AND sqlite_master.name NOT LIKE 'sqlite_%' AND sqlite_master.name <> 'schema_version'
			AND UPPER(columns.type) IN ('TEXT', 'JSONB', 'BYTEA', 'BLOB')`))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, c := range all {
		found[c.table] = append(found[c.table], c.name)
	}
	return found
}

func (p placed) all() []string { return slices.Concat(p.goes, p.stays, p.ids, p.nothing) }

// unplaced names the columns that the document leaves out, or names although there are none, or twice.
func unplaced(schema map[string][]string, told map[string]placed) (faults []string) {
	for table, columns := range schema {
		named := told[table].all()
		for _, column := range columns {
			if !slices.Contains(named, column) {
				faults = append(faults, table+"."+column+" is not placed: is it personal, and does an erasure reach it?")
			}
		}
		for i, column := range named {
			if !slices.Contains(columns, column) || slices.Contains(named[:i], column) {
				faults = append(faults, table+"."+column+" is placed twice, or is no column")
			}
		}
	}
	for table := range told {
		if schema[table] == nil {
			faults = append(faults, table+" is no table")
		}
	}
	return faults
}

func readDocument(t *testing.T) map[string]placed {
	t.Helper()
	text, err := os.ReadFile("../../docs/operators/personal-data.md")
	if err != nil {
		t.Fatal(err)
	}
	return document(string(text))
}

func TestEveryColumnIsPlaced(t *testing.T) {
	sample := document("| `seat` | `name` | | `account_id` | `id` |\n| `attic` | | | | `id` |\n")
	bad := unplaced(map[string][]string{"seat": {"id", "name", "account_id", "diet"}, "room": {"id"}}, sample)
	if len(bad) != 3 { // seat.diet, room.id, the table attic
		t.Errorf("unplaced finds %v, want three faults", bad)
	}
	for _, fault := range unplaced(columnsOf(t, dbtest.New(t, db.SQLite)), readDocument(t)) {
		t.Error("docs/operators/personal-data.md: " + fault)
	}
}

// The erasure is tried with a canary in each column that the document says is emptied. A column without a canary has not
// been tried: add it to canaryRows and to the keeper of its table.
func TestEveryPersonalColumnIsErased(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	nest(t, d)
	planted := found(t, dumped(t, d))
	for table, columns := range readDocument(t) {
		for _, column := range columns.goes {
			if !slices.Contains(planted, table+"."+column) && !slices.Contains(noCanary, table+"."+column) {
				t.Errorf("%s.%s is said to be emptied and no canary was put there to try it", table, column)
			}
		}
		for _, column := range columns.nothing {
			if slices.Contains(planted, table+"."+column) {
				t.Errorf("%s.%s is said to hold nothing personal and has the canary", table, column)
			}
		}
	}
}

// noCanary are columns that no canary fits into: an id of another table, a word of a closed list, a day.
var noCanary = []string{
	"account.lang", "affiliation.institution_id", "affiliation.from_date", "affiliation.until_date", "member.institution_id",
	"participant.institution_id", "signup_seat.session_id", "signup_seat.edition_id", "signup_seat.state", "signup_wish.session_id",
	"signup_wish.edition_id", "signup_entry.window_id", "signup_event.account_id", "call_contributor.institution_id",
}

// A column that an erasure empties and that the document does not know fails the first test; this one shows that it does.
func TestANewColumnOfPersonalDataIsNoticed(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	if _, err := d.Exec(t.Context(), `ALTER TABLE person ADD COLUMN nickname TEXT NOT NULL DEFAULT ''`); err != nil {
		t.Fatal(err)
	}
	faults := unplaced(columnsOf(t, d), readDocument(t))
	if !slices.ContainsFunc(faults, func(f string) bool { return strings.HasPrefix(f, "person.nickname ") }) {
		t.Errorf("a new column is not noticed: %v", faults)
	}
}
