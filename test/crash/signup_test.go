package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"obrady/test/crash/disk"
)

// prepared is a congress in SQLite, made once; each run gets a copy.
var prepared = sync.OnceValues(func() (congress, error) {
	if err := os.Mkdir(filepath.Join(work, "prepared"), 0o755); err != nil {
		return congress{}, err
	}
	c, err := fill(context.Background(), "sqlite:"+filepath.Join(work, "prepared", "obrady.db"))
	return c, errors.Join(err, os.RemoveAll(filepath.Join(work, "prepared", "obrady.db.lock")))
})

// Everybody whom the program told that they have a place, or a number on the waiting list, has it after whatever
// happens to the machine, and is told the same when they press again.
func TestAPlaceThatWasConfirmedIsThereAfter(t *testing.T) {
	for _, test := range []struct {
		ending ending
		share  int // of the runs
	}{{killed, 1}, {powerCut, 2}, {tornCut, 2}} {
		t.Run(test.ending.String(), func(t *testing.T) {
			sum := endOften(t, max(1, runs(t)/test.share), test.ending, honest)
			if sum.lost > 0 {
				t.Errorf("%d of %d confirmed places were lost, want 0", sum.lost, sum.confirmed)
			}
		})
	}
}

// honest is a disk as it should be.
func honest(*disk.Disk) {}

// The control: the same program, the same load, on a disk that says of every fsync that it was done and keeps nothing
// of it. Were this to lose nothing, the tests above would prove nothing.
func TestADiskThatLiesLosesWhatWasConfirmed(t *testing.T) {
	sum := endOften(t, 3, powerCut, (*disk.Disk).Lie)
	if sum.losing != sum.runs {
		t.Errorf("%d of %d runs lost something, want all", sum.losing, sum.runs)
	}
}

// endOften runs the program under load so many times, ends each run, and sums up what was lost. Before sets the disk.
func endOften(t *testing.T, times int, how ending, before func(*disk.Disk)) (sum tally) {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed(t), 0))
	for n := range times {
		if !t.Run(fmt.Sprintf("run %d", n+1), func(t *testing.T) { sum.add(endOne(t, how, before, chance)) }) {
			break
		}
	}
	t.Logf("%s: %d runs, %d confirmed, %d lost, in %d runs", how, sum.runs, sum.confirmed, sum.lost, sum.losing)
	return sum
}

// endOne is one run: serve on a disk of its own, load, end, serve again on what is left, compare.
func endOne(t *testing.T, how ending, before func(*disk.Disk), chance *rand.Rand) (confirmed, gone int) {
	t.Helper()
	r := newTrial(t, chance)
	before(r.disk)
	err := r.crowd.during(t.Context(), func(ctx context.Context) error {
		if err := r.crowd.until(ctx, 100+chance.IntN(900)); err != nil {
			return err
		}
		return r.end(how)
	})
	return r.finish(t, err)
}
