package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
	"obrady/internal/journal"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 123456789, time.UTC)

func note(t *testing.T, d *db.DB, e journal.Entry) error {
	t.Helper()
	return d.Tx(t.Context(), func(tx *db.Tx) error { return journal.Write(t.Context(), tx, e) })
}

// five writes an entry for each of five sessions.
func five(t *testing.T, d *db.DB) {
	t.Helper()
	for i := range 5 {
		err := note(t, d, journal.Entry{
			At: noon, Actor: journal.System, Action: "programme.session_saved", Edition: "kpm",
			Object: fmt.Sprint("session-", i+1), Reason: "„bo tak”", Detail: map[string]any{"b": 1, "a": 1.50},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		five(t, d)
		for _, test := range []struct {
			name   string
			filter journal.Filter
			want   []int64
		}{
			{"all, the newest first", journal.Filter{}, []int64{5, 4, 3, 2, 1}},
			{"of an object", journal.Filter{Object: "session-2"}, []int64{2}},
			{"of an edition", journal.Filter{Edition: "wuf"}, nil},
			{"a first page", journal.Filter{Limit: 2}, []int64{5, 4}},
			{"the next page", journal.Filter{Edition: "kpm", Limit: 2, Before: 4}, []int64{3, 2}},
		} {
			found, err := journal.Entries(t.Context(), d, test.filter)
			var got []int64
			for _, e := range found {
				got = append(got, e.Seq)
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%s (-want +got): %v\n%s", test.name, err, diff)
			}
		}
		found, err := journal.Entries(t.Context(), d, journal.Filter{Object: "session-1"})
		if err != nil {
			t.Fatal(err)
		}
		want := journal.Entry{
			Seq: 1, At: noon.Truncate(time.Microsecond), Actor: "system", Action: "programme.session_saved", Edition: "kpm",
			Object: "session-1", Reason: "„bo tak”", Detail: json.RawMessage(`{"a":1.5,"b":1}`), Hash: found[0].Hash,
		}
		if diff := cmp.Diff(want, found[0]); diff != "" {
			t.Errorf("an entry came back otherwise (-want +got):\n%s", diff)
		}
	})
}

func TestWriteRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		whole := journal.Entry{At: noon, Actor: "a", Action: "b.done"}
		for name, spoil := range map[string]func(*journal.Entry){
			"no moment":            func(e *journal.Entry) { e.At = time.Time{} },
			"nobody":               func(e *journal.Entry) { e.Actor = "" },
			"nothing done":         func(e *journal.Entry) { e.Action = "" },
			"what JSON cannot say": func(e *journal.Entry) { e.Detail = func() {} },
		} {
			e := whole
			spoil(&e)
			if err := note(t, d, e); err == nil {
				t.Errorf("%s: Write = nil, want an error", name)
			}
		}
		if err := note(t, d, whole); err != nil {
			t.Errorf("a whole entry: %v", err)
		}
	})
}

// An entry exists exactly when its transaction was committed, and the next one
// takes the number of one that was taken back.
func TestWriteIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sorry := errors.New("sorry")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := journal.Write(t.Context(), tx, journal.Entry{At: noon, Actor: "a", Action: "b.done"}); err != nil {
				return err
			}
			return sorry
		})
		if !errors.Is(err, sorry) {
			t.Fatal(err)
		}
		five(t, d)
		wantSound(t, d)
		if seq, _, err := journal.Head(t.Context(), d); err != nil || seq != 5 {
			t.Errorf("Head = %d, %v, want 5", seq, err)
		}
	})
}

func TestManyWritersMakeOneChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const writers, each = 8, 5
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range each {
					if err := note(t, d, journal.Entry{At: noon, Actor: "a", Action: "b.done"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		wantSound(t, d)
		if seq, hash, err := journal.Head(t.Context(), d); err != nil || seq != writers*each || len(hash) != 64 {
			t.Errorf("Head = %d, %q, %v, want %d and a hash", seq, hash, err, writers*each)
		}
	})
}

func wantSound(t *testing.T, d *db.DB) {
	t.Helper()
	if faults, err := journal.Check(t.Context(), d); err != nil || len(faults) > 0 {
		t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
}

func TestTheDatabaseRefusesCorrections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		five(t, d)
		for _, statement := range []string{`UPDATE journal SET reason = ''`, `DELETE FROM journal WHERE seq = 5`} {
			if _, err := d.Exec(t.Context(), statement); err == nil {
				t.Errorf("%s: no error", statement)
			}
		}
		wantSound(t, d)
	})
}

func TestCheckFinds(t *testing.T) {
	for _, test := range []struct {
		name, tamper string
		want         []string // rows
	}{
		{"a changed reason", `UPDATE journal SET reason = 'x' WHERE seq = 3`, []string{"3"}},
		{"a changed moment", `UPDATE journal SET at = (SELECT at FROM journal WHERE seq = 6) WHERE seq = 2`, []string{"2"}},
		{"a changed detail", `UPDATE journal SET detail = '{}' WHERE seq = 5`, []string{"5"}},
		{"a changed hash", `UPDATE journal SET hash = 'x' WHERE seq = 2`, []string{"2", "3"}},
		{"a deleted entry", `DELETE FROM journal WHERE seq = 3`, []string{"4"}},
		{"the first entry deleted", `DELETE FROM journal WHERE seq = 1`, []string{"2"}},
		{"the last entry deleted", `DELETE FROM journal WHERE seq = 6`, []string{"6"}},
		{"all entries deleted", `DELETE FROM journal`, []string{"6"}},
		{"two entries swapped", `UPDATE journal SET seq = 7 WHERE seq = 2; UPDATE journal SET seq = 2 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 7`, []string{"2", "3", "4"}},
		{"two objects swapped", `UPDATE journal SET object = CASE seq WHEN 2 THEN 'session-3' ELSE 'session-2' END WHERE seq IN (2, 3)`, []string{"2", "3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				five(t, d)
				if err := note(t, d, journal.Entry{At: noon.Add(time.Hour), Actor: "a", Action: "b.done"}); err != nil {
					t.Fatal(err)
				}
				wantSound(t, d)
				unguard(t, d)
				for statement := range strings.SplitSeq(test.tamper, ";") {
					if _, err := d.Exec(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
				faults, err := journal.Check(t.Context(), d)
				var got []string
				for _, f := range faults {
					got = append(got, f.Row)
				}
				if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
					t.Errorf("Check (-want +got): %v, %v\n%s", faults, err, diff)
				}
			})
		})
	}
}

// unguard takes away what refuses corrections, as somebody with the file in hand would.
func unguard(t *testing.T, d *db.DB) {
	t.Helper()
	on := ""
	if d.Engine() == db.Postgres {
		on = " ON journal"
	}
	for _, trigger := range []string{"journal_no_update", "journal_no_delete"} {
		if _, err := d.Exec(t.Context(), "DROP TRIGGER "+trigger+on); err != nil {
			t.Fatal(err)
		}
	}
}

// While one transaction holds the journal no other change can be committed;
// without the hold (the control) it can.
func TestHold(t *testing.T) {
	for name, hold := range map[string]func(context.Context, *db.Tx) error{
		"held":     journal.Hold,
		"not held": func(context.Context, *db.Tx) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t, db.Postgres) // SQLite has one writer anyway
			write := func(tx *db.Tx) error {
				return journal.Write(t.Context(), tx, journal.Entry{At: noon, Actor: "ada", Action: "test.changed", Object: "x"})
			}
			if err := d.Tx(t.Context(), write); err != nil {
				t.Fatal(err)
			}
			committed := make(chan error, 1)
			err := d.Tx(t.Context(), func(tx *db.Tx) error {
				if err := hold(t.Context(), tx); err != nil {
					return err
				}
				go func() { committed <- d.Tx(context.Background(), write) }()
				if name == "not held" {
					return <-committed
				}
				return waitForLock(t, d, committed)
			})
			if err != nil {
				t.Fatal(err)
			}
			if name == "held" {
				if err := <-committed; err != nil {
					t.Errorf("after the hold the change is refused: %v", err)
				}
			}
		})
	}
}

// waitForLock returns when a session of the database waits for a lock, or
// fails when the change is committed instead.
func waitForLock(t *testing.T, d *db.DB, committed chan error) error {
	t.Helper()
	for {
		select {
		case err := <-committed:
			t.Errorf("the change was committed (%v), want it to wait", err)
			committed <- nil
			return nil
		default:
		}
		var waiting int
		if err := d.QueryRow(t.Context(), `
			SELECT COUNT(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			return err
		}
		if waiting > 0 {
			return nil
		}
	}
}
