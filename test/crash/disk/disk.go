// Package disk is a disk whose plug can be pulled, to see whether what people were told is theirs is still theirs
// when the light comes back.
//
// It is a file system in memory, mounted through FUSE, that knows of each file what was written to it and what an
// fsync has reached. Programs read what was written, as they always do. PullPlug stops everything at one moment;
// Survived then gives the files as a machine would find them after its power was cut.
//
// What counts as durable is read strictly. Data and length of a file: what fsync or fdatasync of that file reached.
// Its name, an old name's end, a renaming: what fsync of the folder reached; ext4 and XFS are kinder to a file that is
// fsynced right after it was made, POSIX is not. A torn cut keeps, beside all that, a random part of the rest: of
// each file some of the un-synced 512-byte sectors, of each folder the first few changes.
//
// It also runs out of space, fails an fsync, and lies, all on demand.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	tree "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Disk is one mounted disk.
type Disk struct {
	mu     sync.Mutex
	root   *folder
	server *fuse.Server

	off   bool   // the plug is pulled: nothing works any more
	lies  bool   // says of an fsync that it was done, and does nothing
	fail  string // the next fsync of a file whose name ends so fails
	used  int64  // bytes of all files
	quota int64
	syncs int
}

// roomy is a quota that nothing fills.
const roomy = 1 << 40

// ErrNoFUSE says that this machine lets nobody mount a file system of his own.
var ErrNoFUSE = errors.New("no FUSE here: it takes /dev/fuse, and the right to mount or fusermount3 of package fuse3")

// Mount mounts a disk at the folder at, with the files of the folder from on it, all of them durable. From may be
// empty. The error is ErrNoFUSE where this machine does not allow it.
func Mount(at, from string) (*Disk, error) {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, ErrNoFUSE
	}
	d := &Disk{quota: roomy}
	d.root = d.newFolder(0o755)
	var loaded error
	forever := time.Hour // all changes come through the kernel, so what it remembers is true
	server, err := tree.Mount(at, d.root, &tree.Options{
		MountOptions: fuse.MountOptions{
			DirectMount: true, ExplicitDataCacheControl: true, DisableXAttrs: true, MaxWrite: 1 << 20,
			FsName: "plug", Name: "plug",
		},
		EntryTimeout: &forever, AttrTimeout: &forever,
		OnAdd: func(ctx context.Context) {
			if from != "" {
				loaded = d.root.load(ctx, from)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoFUSE, err)
	}
	d.server = server
	keepToOurselves()
	if loaded != nil {
		return nil, errors.Join(fmt.Errorf("put %s on the disk: %w", from, loaded), d.Unmount())
	}
	return d, nil
}

// keepToOurselves keeps the connection to the kernel from programs that are started later. One that held it would keep
// the file system alive after us, with nobody to answer, and could then not even be killed.
func keepToOurselves() {
	open, _ := os.ReadDir("/proc/self/fd") // without /proc all is as it was
	for _, entry := range open {
		if to, err := os.Readlink("/proc/self/fd/" + entry.Name()); err == nil && to == "/dev/fuse" {
			if fd, err := strconv.Atoi(entry.Name()); err == nil {
				syscall.CloseOnExec(fd)
			}
		}
	}
}

// Unmount takes the disk away. What used it must have ended.
func (d *Disk) Unmount() error {
	if err := d.server.Unmount(); err != nil {
		return fmt.Errorf("unmount the disk: %w", err)
	}
	return nil
}

// PullPlug cuts the power: from this moment every access that reaches the disk fails, and what is on it stays as it
// is. Programs may still read what the kernel remembers.
func (d *Disk) PullPlug() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
}

// Lie makes the disk say of every fsync that it was done without doing it, as cheap disks with a write cache do.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// FailSync makes one fsync fail with EIO, the next of a file whose name ends with suffix. As on Linux, what it should
// have written is then lost although it can still be read.
func (d *Disk) FailSync(suffix string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = suffix
}

// Failed reports whether the fsync that FailSync asked for has failed.
func (d *Disk) Failed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fail == ""
}

// LeaveFree makes the disk so large that bytes more fit on it; with less than nothing it is as good as endless.
func (d *Disk) LeaveFree(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quota = roomy
	if bytes >= 0 {
		d.quota = d.used + bytes
	}
}

// Syncs is how many times a file or a folder was fsynced.
func (d *Disk) Syncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncs
}

// Survived writes into the folder to what a power cut at this moment would leave. With torn, a random part of what
// was not synced survives as well.
func (d *Disk) Survived(to string, torn *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.root.survive(to, torn)
}

// Written writes into the folder to what programs see: what is left when they are killed and the power stays.
func (d *Disk) Written(to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.root.copyOut(to)
}

// take notes that files grow by so many bytes, or refuses.
func (d *Disk) take(bytes int64) syscall.Errno {
	if bytes > 0 && d.used+bytes > d.quota {
		return syscall.ENOSPC
	}
	d.used += bytes
	return 0
}

// synced counts an fsync of a file or folder of this name. It reports whether the fsync reaches the disk, and what
// the program is told.
func (d *Disk) synced(name string) (reaches bool, errno syscall.Errno) {
	d.syncs++
	switch {
	case d.off:
		return false, syscall.EIO
	case d.fail != "" && strings.HasSuffix(name, d.fail):
		d.fail = ""
		return false, syscall.EIO
	}
	return !d.lies, 0
}

func (f *folder) load(ctx context.Context, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(from, entry.Name())
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.IsDir() {
			under := f.disk.newFolder(info.Mode().Perm())
			f.adopt(ctx, entry.Name(), under)
			if err := under.load(ctx, path); err != nil {
				return err
			}
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		made := f.disk.newFile(info.Mode().Perm())
		made.image = image{written: data, kept: append([]byte(nil), data...)}
		f.disk.used += int64(len(data))
		f.adopt(ctx, entry.Name(), made)
	}
	f.keep()
	return nil
}

func (f *folder) adopt(ctx context.Context, name string, n node) {
	f.AddChild(name, f.NewPersistentInode(ctx, n, tree.StableAttr{Mode: n.kind()}), true)
	f.change(change{{name, n}})
}

func (f *folder) survive(to string, torn *rand.Rand) error {
	return writeOut(to, f.survivors(torn), func(path string, n node) error {
		switch n := n.(type) {
		case *folder:
			return n.survive(path, torn)
		case *file:
			return os.WriteFile(path, n.image.survivor(torn), n.mode)
		}
		return fs.ErrInvalid
	})
}

func (f *folder) copyOut(to string) error {
	return writeOut(to, f.names, func(path string, n node) error {
		switch n := n.(type) {
		case *folder:
			return n.copyOut(path)
		case *file:
			return os.WriteFile(path, n.image.written, n.mode)
		}
		return fs.ErrInvalid
	})
}
