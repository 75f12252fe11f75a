package crash

import (
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"obrady/test/crash/disk"
)

// work is a folder for the binary and the prepared databases; TestMain removes it.
var work string

// TestMain is also the start of the processes that are killed: the test binary runs itself again.
func TestMain(m *testing.M) {
	if folder := os.Getenv(writerFolder); folder != "" {
		write(folder, os.Getenv(writerManner))
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if work, err = os.MkdirTemp("", "obrady-crash-"); err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(work)
	return m.Run()
}

// runs is how often the program is killed, and how often its power is cut: OBRADY_CRASH_RUNS times, or 50.
func runs(t *testing.T) int {
	t.Helper()
	text := os.Getenv("OBRADY_CRASH_RUNS")
	if text == "" {
		return 50
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("OBRADY_CRASH_RUNS=%s is no number of runs", text)
	}
	return n
}

// seed returns what the chances of a test are drawn from, and says how to draw them again. The moment of a cut depends
// on the machine as well and comes back only roughly.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := rand.Uint64N(1 << 32)
	if text := os.Getenv("OBRADY_CRASH_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("OBRADY_CRASH_SEED=%s: %v", text, err)
		}
	}
	t.Logf("OBRADY_CRASH_SEED=%d draws the same chances again", n)
	return n
}

// mount returns a fresh disk with the files of from on it, and where it is mounted.
func mount(t *testing.T, from string) (*disk.Disk, string) {
	t.Helper()
	at := filepath.Join(t.TempDir(), "mount")
	if err := os.Mkdir(at, 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := disk.Mount(at, from)
	if err != nil {
		disk.Need(t, err)
	}
	return d, at
}

// tally is what many cuts have shown.
type tally struct{ runs, confirmed, lost, losing int }

// add counts one run.
func (s *tally) add(confirmed, lost int) {
	s.runs++
	s.confirmed += confirmed
	s.lost += lost
	if lost > 0 {
		s.losing++
	}
}
