package crash

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"obrady/internal/db"
	"obrady/test/crash/disk"
)

// What the writer's process finds in its environment.
const (
	writerFolder = "OBRADY_CRASH_WRITER"
	writerManner = "OBRADY_CRASH_WRITER_MANNER"
)

// The ways in which the writer keeps its numbers.
const (
	asObrady = "synchronous FULL, as the program does"
	asOthers = "synchronous NORMAL, as most advice says"
	hastily  = "synchronous FULL, but confirmed before the commit"
)

// write is the process that is killed: it commits numbered rows, and says the number of each when it is committed.
func write(folder, manner string) {
	ways := map[string]func(database string, to io.Writer) error{
		asObrady: func(database string, to io.Writer) error { return insertAsObrady(database, to, commitThenSay) },
		asOthers: insertAsOthers,
		hastily:  func(database string, to io.Writer) error { return insertAsObrady(database, to, sayThenCommit) },
	}
	if err := ways[manner](filepath.Join(folder, "numbers.db"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err) // the plug is pulled, or the test will wonder at too few numbers
		os.Exit(1)
	}
}

const (
	makeNumbers = `CREATE TABLE number (n BIGINT PRIMARY KEY, words TEXT NOT NULL)`
	addNumber   = `INSERT INTO number (n, words) VALUES ($1, 'a place in a workshop that somebody was told is theirs')`
)

func insertAsObrady(database string, to io.Writer, order func(commit, say func() error) error) error {
	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+database)
	if err != nil {
		return err
	}
	return count(to, order, func(query string, args ...any) error {
		return d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	})
}

func insertAsOthers(database string, to io.Writer) error {
	d, err := sql.Open("sqlite", "file:"+database+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return err
	}
	d.SetMaxOpenConns(1)
	return count(to, commitThenSay, func(query string, args ...any) error {
		_, err := d.Exec(query, args...)
		return err
	})
}

func commitThenSay(commit, say func() error) error {
	if err := commit(); err != nil {
		return err
	}
	return say()
}

func sayThenCommit(commit, say func() error) error { return commitThenSay(say, commit) }

func count(to io.Writer, order func(commit, say func() error) error, commit func(query string, args ...any) error) error {
	if err := commit(makeNumbers); err != nil {
		return err
	}
	for n := 1; ; n++ {
		err := order(func() error { return commit(addNumber, n) }, func() error { _, err := fmt.Fprintln(to, n); return err })
		if err != nil {
			return err
		}
	}
}

// writer is the process as the test sees it.
type writer struct {
	command *exec.Cmd
	numbers *bufio.Scanner
	last    int // the number that was confirmed last
}

func startWriter(t *testing.T, folder, manner string) *writer {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), writerFolder+"="+folder, writerManner+"="+manner)
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatalf("start the writer: %v", err)
	}
	return &writer{command: command, numbers: bufio.NewScanner(out)}
}

// until reads confirmations until so many have come, or no more do.
func (w *writer) until(n int) error {
	for w.last < n && w.numbers.Scan() {
		got, err := strconv.Atoi(w.numbers.Text())
		if err != nil || got != w.last+1 {
			return fmt.Errorf("the writer said %q after %d", w.numbers.Text(), w.last)
		}
		w.last = got
	}
	return w.numbers.Err()
}

// kill ends the process as kill -9 does and reads what it has confirmed until then.
func (w *writer) kill() error {
	if err := w.command.Process.Kill(); err != nil {
		return err
	}
	err := w.until(1 << 30)
	_ = w.command.Wait() // says that it was killed
	return err
}

// ending is how a process ends.
type ending int

const (
	killed   ending = iota // kill -9: the process is gone, the machine stays
	powerCut               // the machine is gone, and with it what was not synced
	tornCut                // as powerCut, but some of what was not synced was just being written
)

func (e ending) String() string { return []string{"kill -9", "power cut", "torn power cut"}[e] }

// end ends the process, and writes what is left of the disk into the folder to.
func (e ending) end(d *disk.Disk, kill func() error, to string, chance *rand.Rand) error {
	if e != killed {
		d.PullPlug()
	}
	if err := kill(); err != nil {
		return err
	}
	switch e {
	case killed:
		return d.Written(to)
	case powerCut:
		chance = nil
	case tornCut:
	}
	return d.Survived(to, chance)
}

// Kill -9 loses nothing with either setting, because the kernel still writes what the process has handed to it. So a
// test that only kills would pass with the setting that loses everything; only the power cut tells them apart.
func TestARowThatWasConfirmedIsThereAfterAPowerCut(t *testing.T) {
	for _, test := range []struct {
		manner string
		ending ending
		loses  bool
	}{
		{asObrady, killed, false},
		{asObrady, powerCut, false},
		{asObrady, tornCut, false},
		{asOthers, killed, false},
		// The controls.
		{asOthers, powerCut, true},
		{asOthers, tornCut, true},
		{hastily, killed, true},
		{hastily, powerCut, true},
	} {
		t.Run(test.manner+", "+test.ending.String(), func(t *testing.T) {
			chance := rand.New(rand.NewPCG(seed(t), 0))
			var sum tally
			for range max(5, runs(t)/5) {
				sum.add(cutWriter(t, test.manner, test.ending, chance))
			}
			t.Logf("%d runs, %d confirmed, %d lost, in %d runs", sum.runs, sum.confirmed, sum.lost, sum.losing)
			switch {
			case !test.loses && sum.lost > 0:
				t.Errorf("%d of %d confirmed rows were lost, want 0", sum.lost, sum.confirmed)
			case test.loses && sum.lost == 0:
				t.Error("nothing was lost, so this test would not notice if it were")
			}
		})
	}
}

// cutWriter starts a writer on a disk of its own, ends it after some rows, and compares.
func cutWriter(t *testing.T, manner string, how ending, chance *rand.Rand) (confirmed, lost int) {
	t.Helper()
	d, at := mount(t, "")
	w := startWriter(t, at, manner)
	enough := 50 + chance.IntN(400)
	if err := w.until(enough); err != nil || w.last < enough {
		t.Fatalf("the writer confirmed %d rows, want %d; %v", w.last, enough, err)
	}
	left := t.TempDir()
	if err := how.end(d, w.kill, left, chance); err != nil {
		t.Fatal(err)
	}
	if err := d.Unmount(); err != nil {
		t.Fatal(err)
	}
	return w.last, w.last - present(t, filepath.Join(left, "numbers.db"), w.last)
}

// present returns how many of the numbers from 1 to last are in the database, which must be whole.
func present(t *testing.T, database string, last int) int {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+database)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if faults, err := d.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("the database is damaged: %v, %v", faults, err)
	}
	var tables int
	if err := d.QueryRow(t.Context(), `SELECT COUNT(*) FROM sqlite_master WHERE name = 'number'`).Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if tables == 0 {
		return 0 // not even that was synced
	}
	found, err := db.Collect(func(row db.Scanner) (n int, err error) { return n, row.Scan(&n) })(
		d.Query(t.Context(), `SELECT n FROM number WHERE n <= $1 ORDER BY n`, last))
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.Compact(found))
}
