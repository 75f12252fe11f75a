package db_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"obrady/internal/db"
	"obrady/internal/db/dbtest"
)

func count(t *testing.T, q db.Querier, query string) (n int) {
	t.Helper()
	if err := q.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestTxIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		told := false
		sorry := errors.New("sorry")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { told = true })
			mustExec(t, tx, `DELETE FROM chair`)
			return sorry
		})
		if n := count(t, d, `SELECT COUNT(*) FROM chair`); !errors.Is(err, sorry) || n != 1 || told {
			t.Errorf("Tx = %v, %d chairs, told: %v; want sorry, 1, false", err, n, told)
		}
	})
}

// What follows a commit may use the database again, also where one connection writes.
func TestAfterCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		seen := -1
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() {
				seen = count(t, d, `SELECT COUNT(*) FROM chair`)
				mustExec(t, d, `DELETE FROM room WHERE id = 'foyer'`)
			})
			mustExec(t, tx, `DELETE FROM chair`)
			return nil
		})
		if err != nil || seen != 0 {
			t.Errorf("Tx = %v, %d chairs seen after the commit, want 0", err, seen)
		}
	})
}

// PostgreSQL gives a transaction up with its first failed statement; SQLite
// must not let code through that relies on the contrary.
func TestAFailedStatementEndsTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			mustExec(t, tx, `DELETE FROM chair`)
			if err := tx.QueryRow(t.Context(), `SELECT 1 FROM chair`).Scan(new(int)); !errors.Is(err, db.ErrNoRow) {
				t.Errorf("an empty answer: %v, want ErrNoRow", err)
			}
			mustExec(t, tx, `DELETE FROM chair`) // no row is no failure
			if _, err := tx.Exec(t.Context(), `UPDATE room SET taken = seats + 1`); !errors.Is(err, db.ErrRefused) {
				t.Errorf("a refused row: %v, want ErrRefused", err)
			}
			if _, err := tx.Exec(t.Context(), `DELETE FROM chair`); err == nil {
				t.Error("a statement after a failed one: no error")
			}
			if err := tx.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)); err == nil {
				t.Error("a question after a failed statement: no error")
			}
			return nil
		})
		if n := count(t, d, `SELECT COUNT(*) FROM chair`); err == nil || n != 1 {
			t.Errorf("Tx = %v, %d chairs, want an error and 1", err, n)
		}
	})
}

// Many at once ask for few seats. The condition in the UPDATE lets exactly as
// many through; a look before the UPDATE, the negative control, does not.
func TestNoUpdateIsLost(t *testing.T) {
	const people = 12
	var looked sync.WaitGroup
	for name, test := range map[string]struct {
		take func(context.Context, *db.DB) (bool, error)
		want func(sold int) bool
	}{
		"condition in the UPDATE": {
			func(ctx context.Context, d *db.DB) (bool, error) {
				n, err := d.Exec(ctx, `UPDATE room SET total = total + 1 WHERE id = 'foyer' AND total < seats`)
				return n == 1, err
			},
			func(sold int) bool { return sold == 4 },
		},
		"a look before the UPDATE": {
			func(ctx context.Context, d *db.DB) (bool, error) {
				var left int
				err := d.QueryRow(ctx, `SELECT seats - total FROM room WHERE id = 'foyer'`).Scan(&left)
				looked.Done()
				looked.Wait()
				if err != nil || left <= 0 {
					return false, err
				}
				n, err := d.Exec(ctx, `UPDATE room SET total = total + 1 WHERE id = 'foyer'`)
				return n == 1, err
			},
			func(sold int) bool { return sold > 4 },
		},
	} {
		for _, engine := range dbtest.Engines {
			t.Run(name+" on "+string(engine), func(t *testing.T) {
				d := dbtest.New(t, engine)
				furnish(t, d)
				looked.Add(people)
				var sold atomic.Int64
				var all sync.WaitGroup
				for range people {
					all.Go(func() {
						ok, err := test.take(t.Context(), d)
						if err != nil {
							t.Error(err)
						}
						if ok {
							sold.Add(1)
						}
					})
				}
				all.Wait()
				looked = sync.WaitGroup{}
				total := count(t, d, `SELECT total FROM room WHERE id = 'foyer'`)
				if got := int(sold.Load()); !test.want(got) || total != got {
					t.Errorf("%d of 4 seats sold, %d in the table", got, total)
				}
			})
		}
	}
}

// Browser tabs are closed while others read and write: nobody else notices.
func TestCancelledQueriesHurtNobodyElse(t *testing.T) {
	const rounds, strangers = 300, 4
	const long = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT COUNT(*) FROM n`
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		var all sync.WaitGroup
		var cancelled atomic.Int64
		for i := range strangers {
			all.Go(func() {
				for round := range rounds {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(50+37*(round+i)%700)*time.Microsecond)
					if err := d.QueryRow(ctx, long).Scan(new(int)); err != nil {
						cancelled.Add(1)
					}
					_, _ = d.Exec(ctx, `UPDATE room SET area = area + 1 WHERE id = 'foyer'`) // may come too late, that is the point
					cancel()
				}
			})
		}
		all.Go(func() {
			for range rounds {
				if n, err := d.Exec(t.Context(), `UPDATE room SET total = total + 1 WHERE id = 'aula'`); err != nil || n != 1 {
					t.Errorf("an innocent write: %d, %v", n, err)
				}
			}
		})
		all.Go(func() {
			for range rounds {
				var n int
				if err := d.QueryRow(t.Context(), long).Scan(&n); err != nil || n != 3000 {
					t.Errorf("an innocent question: %d, %v", n, err)
				}
			}
		})
		all.Wait()
		if n := count(t, d, `SELECT total FROM room WHERE id = 'aula'`); n != rounds {
			t.Errorf("%d innocent writes arrived, want %d", n, rounds)
		}
		if cancelled.Load() == 0 {
			t.Error("no query was cancelled, so this test showed nothing")
		}
	})
}

// A write that has begun is finished, also when the one who asked has gone.
func TestAWriteIsNotInterrupted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		ctx, leave := context.WithCancel(t.Context())
		err := d.Tx(ctx, func(tx *db.Tx) error {
			leave()
			if _, err := tx.Exec(ctx, `DELETE FROM chair`); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM room`).Scan(new(int))
		})
		if n := count(t, d, `SELECT COUNT(*) FROM chair`); err != nil || n != 0 {
			t.Errorf("Tx = %v, %d chairs, want it done", err, n)
		}
		if _, err := d.Exec(ctx, `DELETE FROM room`); !errors.Is(err, context.Canceled) {
			t.Errorf("a write after leaving: %v, want it not begun", err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM room`); n != 2 {
			t.Errorf("%d rooms, want 2", n)
		}
	})
}

func TestSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		furnish(t, d)
		err := d.Snapshot(t.Context(), func(q db.Querier) error {
			before := count(t, q, `SELECT COUNT(*) FROM chair`)
			mustExec(t, d, `DELETE FROM chair`)
			if after := count(t, q, `SELECT COUNT(*) FROM chair`); before != 1 || after != 1 {
				t.Errorf("%d chairs before a change, %d after it, want 1 and 1", before, after)
			}
			if _, err := q.Exec(t.Context(), `DELETE FROM room`); err == nil {
				t.Error("a write in a snapshot: no error")
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM room`); n != 2 {
			t.Errorf("%d rooms, want 2", n)
		}
	})
}

func TestCheckFindsARowThatRefersToNothing(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	furnish(t, d)
	if faults, err := d.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
	mustExec(t, d, `PRAGMA foreign_keys = OFF`)
	mustExec(t, d, `INSERT INTO chair (id, room_id) VALUES ('9', 'cellar')`)
	faults, err := d.Check(t.Context())
	if err != nil || len(faults) != 1 || !strings.Contains(faults[0].What, "room") || !strings.HasPrefix(faults[0].Row, "chair") {
		t.Errorf("Check = %v, %v, want the chair without a room", faults, err)
	}
}

func TestCheckFindsWhatPostgresDoesNotVouchFor(t *testing.T) {
	d := dbtest.New(t, db.Postgres)
	furnish(t, d)
	if faults, err := d.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("Check = %v, %v, want no fault", faults, err)
	}
	mustExec(t, d, `ALTER TABLE room ADD CONSTRAINT room_later CHECK (seats > 5) NOT VALID`)
	mustExec(t, d, `ALTER TABLE chair DISABLE TRIGGER ALL`)
	faults, err := d.Check(t.Context())
	if err != nil || len(faults) < 2 || faults[0].Row != "room room_later" || !strings.HasPrefix(faults[1].Row, "chair ") {
		t.Errorf("Check = %v, %v, want the constraint and the triggers", faults, err)
	}
}

func TestClockIsTheDatabases(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first, err := db.Clock(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Tx(t.Context(), func(tx *db.Tx) error {
			second, err := db.Clock(t.Context(), tx)
			if second.Before(first) || second.Sub(first) > time.Minute || second.Location() != time.UTC {
				t.Errorf("Clock = %v after %v, want a little later, in UTC", second, first)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Whoever keeps a long statement for later must not stand in the way of the
// transaction that has the connection meanwhile.
func TestLongStatementsAreKeptBesideOthers(t *testing.T) {
	d := dbtest.New(t, db.SQLite)
	if _, err := d.Exec(t.Context(), `CREATE TABLE pile (id TEXT NOT NULL, n INTEGER NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for writer := range 8 {
		wait.Go(func() {
			for n := range 40 {
				rows := 8 + (writer*40+n)%48 // a new text for many of them
				insert := db.Batch(`INSERT INTO pile (id, n) VALUES `, []string{"", ""}, ``)
				err := d.Tx(t.Context(), func(tx *db.Tx) error {
					all := make([]int, rows*4)
					return db.InSteps(all, func(part []int) error {
						args := make([]any, 0, len(part)*2)
						for range part {
							args = append(args, "x", writer)
						}
						_, err := tx.Exec(t.Context(), insert[len(part)]+` ON CONFLICT DO NOTHING /* `+strings.Repeat("-", rows)+` */`, args...)
						return err
					})
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}
