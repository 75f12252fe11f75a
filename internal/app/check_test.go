package app_test

import (
	"slices"
	"testing"
	"time"

	"obrady/internal/app"
	"obrady/internal/app/bench"
	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func noon() time.Time { return time.Date(2031, 5, 1, 12, 0, 0, 0, time.UTC) }

// sample is a small published congress.
var sample = bench.Size{Slug: "wzorcowy", Sessions: 24, Persons: 48}

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	if err := bench.Generate(t.Context(), d, noon, sample); err != nil {
		t.Fatal(err)
	}
}

// damage is what a bad disk, a bad hand or a bad release could do to a database.
type damage struct {
	name     string
	found    string // by this package
	sqlite   []string
	postgres []string // the same as for SQLite when nil
}

var damages = []damage{
	{
		name: "a row that others refer to has gone", found: "db",
		sqlite: []string{`PRAGMA foreign_keys = OFF`, `DELETE FROM institution WHERE id IN (SELECT institution_id FROM affiliation)`},
		postgres: []string{
			`ALTER TABLE institution DISABLE TRIGGER ALL`,
			`DELETE FROM institution WHERE id IN (SELECT institution_id FROM affiliation)`,
		},
	},
	{
		name: "somebody else did it, says the journal now", found: "journal",
		sqlite:   []string{`DROP TRIGGER journal_no_update`, `UPDATE journal SET actor = 'nobody' WHERE seq = 3`},
		postgres: []string{`DROP TRIGGER journal_no_update ON journal`, `UPDATE journal SET actor = 'nobody' WHERE seq = 3`},
	},
	{
		name: "the end of the journal is cut off", found: "journal",
		sqlite:   []string{`DROP TRIGGER journal_no_delete`, `DELETE FROM journal WHERE seq > 5`},
		postgres: []string{`DROP TRIGGER journal_no_delete ON journal`, `DELETE FROM journal WHERE seq > 5`},
	},
	{
		name: "a promise that is both kept and given up", found: "outbox",
		sqlite: []string{`UPDATE outbox SET done_at = due_at, dead_at = due_at, attempts = 1`},
	},
	{
		name: "a person without a name", found: "people",
		sqlite: []string{`UPDATE person SET name = '' WHERE slug = 'wzorcowy-osoba-1'`},
	},
	{
		name: "two institutions, each part of the other", found: "people",
		sqlite: []string{
			`UPDATE institution SET part_of = (SELECT id FROM institution WHERE slug = 'wzorcowy-instytucja-2') WHERE slug = 'wzorcowy-instytucja-1'`,
			`UPDATE institution SET part_of = (SELECT id FROM institution WHERE slug = 'wzorcowy-instytucja-1') WHERE slug = 'wzorcowy-instytucja-2'`,
		},
	},
	{
		name: "an edition in a zone that no clock shows", found: "edition",
		sqlite: []string{`UPDATE edition SET time_zone = 'Mars/Olympus'`},
	},
	{
		name: "an edition whose dates are none", found: "edition",
		sqlite: []string{`UPDATE edition SET starts_on = '2031-02-30', ends_on = '2031-02-31'`},
	},
	{
		name: "a session of a format that nobody knows", found: "programme",
		sqlite: []string{`UPDATE session SET format = 'dance' WHERE slug = 'sesja-7'`},
	},
	{
		name: "a title that is no text in two languages", found: "programme",
		sqlite: []string{`UPDATE session SET title = '[]' WHERE slug = 'sesja-7'`},
	},
	{
		name: "a release that says something else than was published", found: "timetable",
		sqlite: []string{`UPDATE release SET hash = 'f00'`},
	},
	{
		name: "a place of a kind that nobody knows", found: "timetable",
		sqlite: []string{`UPDATE place SET kind = 'cloud' WHERE slug = 'sala-3'`},
	},
	{
		name: "in the programme, though its authors have withdrawn it", found: "onstage",
		sqlite: []string{
			`INSERT INTO call (id, edition_id, slug, mark, kind, title, lead, body, terms, anonymity, senders, languages, paths, formats, checklist, opens_at,
				closes_at, updated_at)
			VALUES ('nabor', (SELECT edition_id FROM session WHERE slug = 'sesja-7'), 'nabor', 'N', 'workshop', '{"pl":"Nabór"}', '{}', '{}', '{}', 'open',
				'anybody', '["pl"]', '[]', '[]', '[]', (SELECT MIN(starts_at) FROM slot), (SELECT MAX(ends_at) FROM slot), (SELECT MIN(starts_at) FROM slot))`,
			`INSERT INTO call_submission (id, call_id, edition_id, code, state, answers, form_version, began_at, updated_at)
			VALUES ('n-1', 'nabor', (SELECT edition_id FROM call WHERE id = 'nabor'), 'N-1', 'withdrawn', '{}', 0, (SELECT updated_at FROM call WHERE id = 'nabor'),
				(SELECT updated_at FROM call WHERE id = 'nabor'))`,
			`INSERT INTO onstage_place (submission_id, edition_id, session_id, placed_by, placed_at)
			SELECT 'n-1', edition_id, id, 'desk', updated_at FROM session WHERE slug = 'sesja-7'`,
		},
	},
	{
		name: "in a cycle of a kaleidoscope, though its presenter has declined", found: "kaleidoscope",
		sqlite: []string{
			`INSERT INTO call (id, edition_id, slug, mark, kind, title, lead, body, terms, anonymity, senders, languages, paths, formats, checklist, opens_at,
				closes_at, updated_at)
			VALUES ('abstrakty', (SELECT edition_id FROM session WHERE slug = 'sesja-7'), 'abstrakty', 'A', 'abstract', '{"pl":"Abstrakty"}', '{}', '{}', '{}',
				'open', 'anybody', '["pl"]', '[]', '[]', '[]', (SELECT MIN(starts_at) FROM slot), (SELECT MAX(ends_at) FROM slot), (SELECT MIN(starts_at) FROM slot))`,
			`INSERT INTO call_submission (id, call_id, edition_id, code, state, answers, form_version, began_at, updated_at)
			VALUES ('a-1', 'abstrakty', (SELECT edition_id FROM call WHERE id = 'abstrakty'), 'A-1', 'declined', '{}', 0,
				(SELECT updated_at FROM call WHERE id = 'abstrakty'), (SELECT updated_at FROM call WHERE id = 'abstrakty'))`,
			`INSERT INTO kaleidoscope_composition (session_id, edition_id, call_id, shape, before, revision, updated_by, updated_at)
			SELECT id, edition_id, 'abstrakty', '{"talk":4,"per_cycle":5}', '[]', 1, 'desk', updated_at FROM session WHERE slug = 'sesja-7'`,
			`INSERT INTO kaleidoscope_item (submission_id, session_id, cycle, position) SELECT 'a-1', id, 1, 1 FROM session WHERE slug = 'sesja-7'`,
		},
	},
}

func TestCheckFindsEachDamage(t *testing.T) {
	for _, damage := range damages {
		t.Run(damage.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				fill(t, d)
				if before := packagesAtFault(t, d); len(before) > 0 {
					t.Fatalf("before the damage Check blames %v, want nobody", before)
				}
				statements := damage.sqlite
				if d.Engine() == db.Postgres && damage.postgres != nil {
					statements = damage.postgres
				}
				for _, statement := range statements {
					if _, err := d.Exec(t.Context(), statement); err != nil {
						t.Fatalf("%s: %v", statement, err)
					}
				}
				if got := packagesAtFault(t, d); !slices.Contains(got, damage.found) {
					t.Errorf("Check blames %v, want %s", got, damage.found)
				}
			})
		})
	}
}

func packagesAtFault(t *testing.T, d *db.DB) (names []string) {
	t.Helper()
	faults, err := app.Check(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		names = append(names, fault.Package)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
