package db_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

// What both engines understand, which is what our statements may use. Whoever
// needs another construct adds a row here first; what fails on one engine stays out.
//
// Not portable, and what we write instead: now() - the time as an argument;
// ILIKE - LOWER(…) LIKE, and for Polish letters a folded column; = ANY($1) -
// IN (…) with List; GREATEST - CASE; x::t - CAST, but never to a time; DISTINCT
// ON - a window; EXTRACT - Go; FOR UPDATE - the condition in the UPDATE;
// generate_series - WITH RECURSIVE; a serial - ids from Go.
var portable = []struct {
	what, query string
	args        []any
	want        int
}{
	{"arguments twice and out of order", `SELECT COUNT(*) FROM room WHERE seats = CAST($2 AS INTEGER) AND id = $1 AND $1 <> ''`, []any{"aula", 10}, 1},
	{"IN with a list of placeholders", `SELECT COUNT(*) FROM room WHERE seats > $1 AND id IN (` + db.List(2, 3) + `)`, []any{1, "aula", "foyer", "x"}, 2},
	{"IN with an empty list", `SELECT COUNT(*) FROM room WHERE id IN (` + db.List(1, 0) + `)`, nil, 0},
	{"booleans", `SELECT COUNT(*) FROM room WHERE (taken = 0) = TRUE AND open AND NOT (NOT open)`, nil, 1},
	{"a boolean argument", `SELECT COUNT(*) FROM room WHERE open = $1`, []any{false}, 1},
	{"CASE", `SELECT SUM(CASE WHEN seats > 5 THEN 2 ELSE 1 END) FROM room`, nil, 3},
	{"COALESCE and NULLIF", `SELECT COALESCE(NULLIF(MAX(seats), 10), -1) FROM room`, nil, -1},
	{"FILTER", `SELECT COUNT(*) FILTER (WHERE seats > 5) FROM room`, nil, 1},
	{"a window", `SELECT COUNT(*) OVER () FROM room LIMIT 1`, nil, 2},
	{"the first of each group", `SELECT COUNT(*) FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY open ORDER BY seats DESC, id) AS n FROM room) AS r WHERE n = 1`, nil, 2},
	{"WITH RECURSIVE", `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT MAX(i) FROM n`, nil, 5},
	{"NULLS LAST", `SELECT seats FROM room ORDER BY NULLIF(seats, 10) NULLS LAST LIMIT 1`, nil, 4},
	{"LIMIT and OFFSET as arguments", `SELECT seats FROM room ORDER BY seats LIMIT $1 OFFSET $2`, []any{1, 1}, 10},
	{"LIKE without case", `SELECT COUNT(*) FROM room WHERE LOWER(id) LIKE 'au%' ESCAPE '\'`, nil, 1},
	{"LIKE with an escaped sign", `SELECT COUNT(*) FROM room WHERE id LIKE $1 ESCAPE '\'`, []any{`a\_la`}, 0},
	{"rows compared, for pages of a list", `SELECT COUNT(*) FROM room WHERE (seats, id) > (4, 'foyer')`, nil, 1},
	{"text in order", `SELECT LENGTH(STRING_AGG(id, ', ' ORDER BY id)) FROM room`, nil, 11},
	{"joined text and SUBSTR", `SELECT LENGTH(id || '-' || SUBSTR(id, 1, 2)) FROM room WHERE id = 'aula'`, nil, 7},
	{"JSON by key", `SELECT CAST(notes ->> 'n' AS INTEGER) FROM room WHERE id = 'aula'`, nil, 7},
	{"JSON by path", `SELECT CAST(notes -> 'in' ->> 'n' AS INTEGER) FROM room WHERE id = 'aula'`, nil, 8},
	{"IS NOT DISTINCT FROM", `SELECT COUNT(*) FROM room WHERE NULLIF(1, 1) IS NOT DISTINCT FROM NULL`, nil, 2},
	{"LEFT JOIN", `SELECT COUNT(*) FROM room LEFT JOIN chair ON chair.room_id = room.id WHERE chair.id IS NULL`, nil, 1},
	{"FULL JOIN", `SELECT COUNT(*) FROM room FULL JOIN chair ON chair.room_id = room.id`, nil, 2},
	{"EXISTS", `SELECT COUNT(*) FROM room WHERE EXISTS (SELECT 1 FROM chair WHERE chair.room_id = room.id)`, nil, 1},
	{"EXCEPT", `SELECT COUNT(*) FROM (SELECT id FROM room EXCEPT SELECT room_id FROM chair) AS free`, nil, 1},
	{"GROUP BY and HAVING", `SELECT COUNT(*) FROM (SELECT open FROM room GROUP BY open HAVING MAX(seats) > 5) AS big`, nil, 1},
	{"times compared", `SELECT COUNT(*) FROM room WHERE opens_at >= $1 AND opens_at < $2`, []any{noon, noon.Add(time.Microsecond)}, 2},
	{"no time", `SELECT COUNT(*) FROM room WHERE closed_at IS NULL`, nil, 2},
	{"UPDATE … RETURNING", `UPDATE room SET taken = taken + 1 WHERE id = 'aula' AND taken < seats RETURNING taken`, nil, 1},
	{"UPDATE … FROM", `UPDATE room SET seats = room.seats + 1 FROM chair WHERE chair.room_id = room.id RETURNING room.seats`, nil, 11},
	{"UPDATE … FROM a list of values, whose columns both call so", `UPDATE room SET taken = room.taken + v.column2 FROM (VALUES ($1, CAST($2 AS INTEGER)), ($3, $4)) AS v WHERE room.id = v.column1 AND room.taken + v.column2 BETWEEN 0 AND room.seats RETURNING room.taken`, []any{"aula", 1, "nowhere", 2}, 1},
	{"INSERT of several rows of arguments", `INSERT INTO chair (id, room_id) VALUES ($1, $2), ($3, $4) ON CONFLICT (id) DO UPDATE SET room_id = excluded.room_id RETURNING LENGTH(room_id)`, []any{"1", "aula", "9", "foyer"}, 4},
	{"an insert that may be there already", `INSERT INTO chair (id, room_id) VALUES ('1', 'aula') ON CONFLICT (id) DO UPDATE SET room_id = excluded.room_id RETURNING LENGTH(room_id)`, nil, 4},
	{"INSERT … SELECT", `INSERT INTO chair (id, room_id) SELECT id, id FROM room WHERE id = 'foyer' RETURNING LENGTH(id)`, nil, 5},
	{"DELETE … RETURNING", `DELETE FROM chair WHERE room_id = 'aula' RETURNING 1`, nil, 1},
}

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// hall is a schema of the tests' own, in the types of our migrations.
var hall = []string{
	`CREATE TABLE room (
		id        TEXT             NOT NULL PRIMARY KEY,
		seats     INTEGER          NOT NULL,
		taken     INTEGER          NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND seats),
		open      BOOLEAN          NOT NULL DEFAULT TRUE,
		area      DOUBLE PRECISION NOT NULL DEFAULT 0,
		total     BIGINT           NOT NULL DEFAULT 0,
		notes     JSONB            NOT NULL,
		plan      BYTEA,
		opens_at  TIMESTAMPTZ      NOT NULL,
		closed_at TIMESTAMPTZ
	)`,
	`CREATE TABLE chair (
		id      TEXT NOT NULL PRIMARY KEY,
		room_id TEXT NOT NULL REFERENCES room (id) DEFERRABLE
	)`,
	`CREATE UNIQUE INDEX chair_aula ON chair (room_id) WHERE room_id = 'aula'`,
	`ALTER TABLE chair ADD COLUMN side TEXT NOT NULL DEFAULT ''`,
	`ALTER TABLE chair RENAME COLUMN side TO edge`,
	`ALTER TABLE chair DROP COLUMN edge`,
}

// furnish makes the hall with two rooms and a chair.
func furnish(t *testing.T, d *db.DB) {
	t.Helper()
	for _, statement := range hall {
		mustExec(t, d, statement)
	}
	const room = `INSERT INTO room (id, seats, open, notes, opens_at) VALUES ($1, $2, $3, $4, $5)`
	mustExec(t, d, room, "aula", 10, true, db.JSON(map[string]any{"n": 7, "in": map[string]int{"n": 8}}), noon)
	mustExec(t, d, room, "foyer", 4, false, db.JSON(nilMap), noon)
	mustExec(t, d, `INSERT INTO chair (id, room_id) VALUES ('1', 'aula')`)
}

var nilMap map[string]any

func mustExec(t *testing.T, q db.Querier, query string, args ...any) int64 {
	t.Helper()
	n, err := q.Exec(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestPortable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		for _, test := range portable {
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				var got int
				if err := tx.QueryRow(t.Context(), test.query, test.args...).Scan(&got); err != nil || got != test.want {
					t.Errorf("%s: got %d, %v, want %d", test.what, got, err, test.want)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Errorf("%s: %v", test.what, err)
			}
		}
	})
}

var errUndo = errors.New("take it back")

func TestTimesComeBackAsTheyWent(t *testing.T) {
	summer := time.FixedZone("CEST", 2*60*60)
	went := time.Date(2026, 6, 1, 14, 0, 0, 123456789, summer)
	want := time.Date(2026, 6, 1, 12, 0, 0, 123456000, time.UTC)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		mustExec(t, d, `UPDATE room SET opens_at = $1, closed_at = $2 WHERE id = 'aula'`, went, &went)
		var got, latest time.Time
		var closed, never *time.Time
		err := d.QueryRow(t.Context(), `
			SELECT opens_at, (SELECT MAX(opens_at) FROM room), closed_at,
			       (SELECT closed_at FROM room WHERE id = 'foyer')
			FROM room WHERE id = 'aula'`).Scan(&got, &latest, &closed, &never)
		if err != nil {
			t.Fatal(err)
		}
		if got != want || latest != want || closed == nil || *closed != want || never != nil {
			t.Errorf("got %v, %v, %v, %v, want %v three times and nil", got, latest, closed, never, want)
		}
	})
}

// A text sorts as its time does, also where digits after the second differ in number.
func TestTimesSort(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		mustExec(t, d, `DELETE FROM chair`)
		mustExec(t, d, `DELETE FROM room`)
		var want []time.Time
		for i, micros := range []int{0, 1, 100, 100_000, 120_000, 123_456, 1_000_000, 60_000_000} {
			at := noon.Add(time.Duration(micros) * time.Microsecond)
			want = append(want, at)
			mustExec(t, d, `INSERT INTO room (id, seats, notes, opens_at) VALUES ($1, 1, '{}', $2)`, string(rune('z'-i)), at)
		}
		got, err := db.Collect(func(row db.Scanner) (at time.Time, err error) { return at, row.Scan(&at) })(
			d.Query(t.Context(), `SELECT opens_at FROM room ORDER BY opens_at`))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("order of times (-want +got): %v\n%s", err, diff)
		}
	})
}

func TestJSON(t *testing.T) {
	type note struct {
		PL    string   `json:"pl"`
		Words []string `json:"words"`
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		want := note{"Zażółć \"gęślą\" jaźń", []string{"a", "<b>"}}
		mustExec(t, d, `UPDATE room SET notes = $1 WHERE id = 'aula'`, db.JSON(want))
		var got note
		var kept *string
		err := d.QueryRow(t.Context(), `SELECT notes, notes ->> 'pl' FROM room WHERE id = 'aula'`).Scan(db.FromJSON(&got), &kept)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || kept == nil || *kept != want.PL {
			t.Errorf("came back (-want +got): %v, %v\n%s", err, kept, diff)
		}
		var noList []string
		for _, test := range []struct {
			name, want string
			value      any
		}{
			{"a nil slice", "[]", noList},
			{"a nil map", "{}", nilMap},
			{"a bare number", "7", 7},
			{"a bare word", `"x"`, "x"},
		} {
			mustExec(t, d, `UPDATE room SET notes = $1 WHERE id = 'aula'`, db.JSON(test.value))
			var text string
			if err := d.QueryRow(t.Context(), `SELECT CAST(notes AS TEXT) FROM room WHERE id = 'aula'`).Scan(&text); err != nil || text != test.want {
				t.Errorf("%s: %s, %v, want %s", test.name, text, err, test.want)
			}
			var back any
			if err := d.QueryRow(t.Context(), `SELECT notes FROM room WHERE id = 'aula'`).Scan(db.FromJSON(&back)); err != nil {
				t.Errorf("%s: reading it back: %v", test.name, err)
			}
		}
		list := []string{"untouched"}
		if err := d.QueryRow(t.Context(), `SELECT NULL, ''`).Scan(db.FromJSON(&list), db.FromJSON(&list)); err != nil || list[0] != "untouched" {
			t.Errorf("NULL and empty text: %v, %v, want the value left alone", list, err)
		}
		if _, err := d.Exec(t.Context(), `UPDATE room SET notes = $1`, db.JSON(func() {})); err == nil {
			t.Error("a function as JSON: no error")
		}
	})
}

func TestErrors(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		for name, test := range map[string]struct {
			statement string
			want      error
		}{
			"a primary key twice":        {`INSERT INTO chair (id, room_id) VALUES ('1', 'foyer')`, db.ErrExists},
			"a unique index":             {`INSERT INTO chair (id, room_id) VALUES ('2', 'aula')`, db.ErrExists},
			"a reference to nothing":     {`INSERT INTO chair (id, room_id) VALUES ('2', 'cellar')`, db.ErrMissing},
			"a row that others refer to": {`DELETE FROM room`, db.ErrMissing},
			"a CHECK":                    {`UPDATE room SET taken = seats + 1`, db.ErrRefused},
			"NULL where none may be":     {`UPDATE room SET notes = NULL`, db.ErrRefused},
		} {
			if _, err := d.Exec(t.Context(), test.statement); !errors.Is(err, test.want) {
				t.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
		if err := d.QueryRow(t.Context(), `SELECT id FROM chair WHERE id = 'x'`).Scan(new(string)); !errors.Is(err, db.ErrNoRow) {
			t.Errorf("no row: %v, want ErrNoRow", err)
		}
	})
}

func TestList(t *testing.T) {
	for _, test := range []struct {
		first, n int
		want     string
	}{{1, 1, "$1"}, {2, 3, "$2, $3, $4"}, {1, 0, "NULL"}} {
		if got := db.List(test.first, test.n); got != test.want {
			t.Errorf("List(%d, %d) = %q, want %q", test.first, test.n, got, test.want)
		}
	}
}
