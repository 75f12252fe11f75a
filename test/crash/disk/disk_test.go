package disk

import (
	"errors"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mounted returns a disk and where it is mounted.
func mounted(t *testing.T, from string) (*Disk, string) {
	t.Helper()
	at := t.TempDir()
	d, err := Mount(at, from)
	if err != nil {
		Need(t, err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	return d, at
}

// put writes a file and, if it is to last, fsyncs it.
func put(t *testing.T, path, text string, lasts func(*os.File) error) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
	}
	if err == nil {
		err = lasts(f)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func loosely(*os.File) error { return nil }

func firmly(f *os.File) error { return f.Sync() }

func syncFolder(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// content reads all files below a folder.
func content(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNamesAndDataSurviveOnlyWhenTheyAreSynced(t *testing.T) {
	from := t.TempDir()
	for _, name := range []string{"old", "gone", "moved"} {
		put(t, filepath.Join(from, name), name, loosely)
	}
	d, at := mounted(t, from)
	path := func(name string) string { return filepath.Join(at, name) }

	if err := os.Mkdir(path("folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, path("folder/in"), "in", firmly)
	syncFolder(t, path("folder"))
	put(t, path("both"), "both", firmly)
	put(t, path("name-only"), "data", loosely)
	if err := os.Remove(path("gone")); err != nil {
		t.Fatal(err)
	}
	syncFolder(t, at)
	put(t, path("data-only"), "data", firmly)
	put(t, path("old"), "new", loosely)
	if err := os.Rename(path("moved"), path("both")); err != nil {
		t.Fatal(err)
	}

	now := map[string]string{"folder/in": "in", "both": "moved", "name-only": "data", "data-only": "data", "old": "new"}
	if got := content(t, at); !maps.Equal(got, now) {
		t.Errorf("programs see %v, want %v", got, now)
	}
	d.PullPlug()
	if err := os.WriteFile(path("late"), nil, 0o600); !errors.Is(err, syscall.EIO) {
		t.Errorf("writing without power: %v, want %v", err, syscall.EIO)
	}
	left := t.TempDir()
	if err := d.Survived(left, nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"folder/in": "in", "both": "both", "name-only": "", "moved": "moved", "old": "old"}
	if got := content(t, left); !maps.Equal(got, want) {
		t.Errorf("a power cut leaves %v, want %v", got, want)
	}
	killed := t.TempDir()
	if err := d.Written(killed); err != nil {
		t.Fatal(err)
	}
	if got := content(t, killed); !maps.Equal(got, now) {
		t.Errorf("kill -9 leaves %v, want %v", got, now)
	}
}

func TestARenamingIsNeverSeenHalf(t *testing.T) {
	from := t.TempDir()
	put(t, filepath.Join(from, "new"), "new", loosely)
	put(t, filepath.Join(from, "name"), "old", loosely)
	d, at := mounted(t, from)
	if err := os.Rename(filepath.Join(at, "new"), filepath.Join(at, "name")); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for seed := range uint64(50) {
		left := t.TempDir()
		if err := d.Survived(left, rand.New(rand.NewPCG(seed, 0))); err != nil {
			t.Fatal(err)
		}
		all := content(t, left)
		seen[all["name"]+" of "+strings.Join(slices.Sorted(maps.Keys(all)), "+")]++
	}
	if seen["old of name+new"]+seen["new of name"] != 50 || len(seen) != 2 {
		t.Errorf("50 torn cuts left %v, want the old and the new state", seen)
	}
}

func TestAFullDiskRefusesAndTakesAgain(t *testing.T) {
	d, at := mounted(t, "")
	name := filepath.Join(at, "f")
	put(t, name, strings.Repeat("a", 1000), firmly)
	d.LeaveFree(500)
	err := os.WriteFile(filepath.Join(at, "g"), make([]byte, 501), 0o600)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("501 bytes where 500 are free: %v, want %v", err, syscall.ENOSPC)
	}
	if err := os.Truncate(name, 400); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "g"), make([]byte, 1100), 0o600); err != nil {
		t.Errorf("1100 bytes where 1100 are free: %v", err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(at, &stat); err != nil || stat.Bavail != 0 {
		t.Errorf("statfs: %d blocks free, %v; want 0 whole ones of 400 bytes", stat.Bavail, err)
	}
	if err := os.WriteFile(name, make([]byte, 400), 0o600); err != nil {
		t.Errorf("400 bytes where 400 are free: %v", err)
	}
}

func TestAFailedFsyncIsToldOnceAndLosesTheData(t *testing.T) {
	d, at := mounted(t, "")
	d.FailSync("-wal")
	put(t, filepath.Join(at, "other"), "x", firmly)
	f, err := os.Create(filepath.Join(at, "db-wal"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("frames"); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); !errors.Is(err, syscall.EIO) || !d.Failed() {
		t.Errorf("fsync: %v, want %v", err, syscall.EIO)
	}
	if err := f.Sync(); err != nil {
		t.Errorf("the second fsync: %v, want nil, as Linux says", err)
	}
	syncFolder(t, at)
	left := t.TempDir()
	if err := d.Survived(left, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, left), map[string]string{"other": "x", "db-wal": "\x00\x00\x00\x00\x00\x00"}; !maps.Equal(got, want) {
		t.Errorf("a power cut leaves %q, want the length alone: %q", got, want)
	}
}

func TestALyingDiskKeepsNothing(t *testing.T) {
	d, at := mounted(t, "")
	d.Lie()
	put(t, filepath.Join(at, "f"), "text", firmly)
	syncFolder(t, at)
	left := t.TempDir()
	if err := d.Survived(left, nil); err != nil {
		t.Fatal(err)
	}
	if got := content(t, left); len(got) != 0 {
		t.Errorf("a lying disk kept %v", got)
	}
	if d.Syncs() != 2 {
		t.Errorf("%d fsyncs counted, want 2", d.Syncs())
	}
}

// SQLite shares the index of its log between processes through a mapping of a file.
func TestAMappingIsSharedWithTheFile(t *testing.T) {
	_, at := mounted(t, "")
	name := filepath.Join(at, "shm")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(32 << 10); err != nil {
		t.Fatal(err)
	}
	one, err := syscall.Mmap(int(f.Fd()), 0, 32<<10, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		t.Fatalf("map the file: %v", err)
	}
	copy(one[100:], "shared")
	g, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	read := make([]byte, 6)
	if _, err := g.ReadAt(read, 100); err != nil || string(read) != "shared" {
		t.Errorf("another reader gets %q, %v; want what was put into the mapping", read, err)
	}
	if err := syscall.Munmap(one); err != nil {
		t.Fatal(err)
	}
}
