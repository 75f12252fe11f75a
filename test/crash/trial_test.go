package crash

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"obrady/test/crash/disk"
)

// trial is a server on a disk of its own with people who press.
type trial struct {
	disk   *disk.Disk
	server *server
	crowd  *crowd
	book   *ledger
	chance *rand.Rand
	left   string // the folder with what is left after the end
}

// newTrial serves the prepared congress on a fresh disk until finish.
func newTrial(t *testing.T, chance *rand.Rand) *trial {
	t.Helper()
	c, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	d, at := mount(t, filepath.Join(work, "prepared"))
	s, err := serve(t.Context(), "sqlite:"+filepath.Join(at, "obrady.db"))
	if err != nil {
		t.Fatal(errors.Join(err, d.Unmount()))
	}
	book, err := openLedger(filepath.Join(t.TempDir(), "told"))
	if err != nil {
		t.Fatal(errors.Join(err, s.kill(), d.Unmount()))
	}
	w := newCrowd(c, book, chance)
	w.at(s.base)
	return &trial{d, s, w, book, chance, t.TempDir()}
}

// end ends the server in this way.
func (r *trial) end(how ending) error { return how.end(r.disk, r.server.kill, r.left, r.chance) }

// finish serves what is left, and returns how many were told something, and how many of them in vain. Failed is what
// went wrong until then.
func (r *trial) finish(t *testing.T, failed error) (confirmed, gone int) {
	t.Helper()
	said := ""
	if failed != nil {
		said = r.server.confess()
	}
	if err := errors.Join(failed, r.server.kill(), r.disk.Unmount()); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	all, err := r.book.close()
	if err != nil {
		t.Fatal(err)
	}
	return len(all), remains(t, r.crowd, "sqlite:"+filepath.Join(r.left, "obrady.db"), all)
}

// remains serves what is left, lets some of the people press again, and returns how many receipts count for nothing.
func remains(t *testing.T, w *crowd, address string, book []receipt) int {
	t.Helper()
	missing, err := lost(t.Context(), address, w.congress, book)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range missing[:min(3, len(missing))] {
		t.Log(m)
	}
	s, err := serve(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.kill()
	w.at(s.base)
	if len(missing) > 0 {
		return len(missing) // whom the press again could only confuse
	}
	for n := 0; n < len(book); n += 1 + len(book)/5 {
		status, _, body := w.send(book[n].press, book[n].key, "application/json")
		if body != book[n].body {
			t.Errorf("pressed again, the answer is %d %s, want that of the first time: %s", status, body, book[n].body)
		}
	}
	if faults := w.faults; len(faults) > 0 {
		t.Errorf("nobody should be answered\n%s", strings.Join(faults, "\n"))
	}
	return 0
}
