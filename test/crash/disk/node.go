package disk

import (
	"context"
	iofs "io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	tree "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// node is a file or a folder.
type node interface {
	tree.InodeEmbedder
	kind() uint32
}

// about is what files and folders have in common.
type about struct {
	disk    *Disk
	mode    iofs.FileMode
	changed time.Time
}

func (a *about) describe(out *fuse.Attr, size int) {
	out.Mode = uint32(a.mode)
	out.Size = uint64(size)
	out.Blocks = (out.Size + sector - 1) / sector
	out.SetTimes(&a.changed, &a.changed, &a.changed)
}

func (a *about) settle(in *fuse.SetAttrIn) {
	if mode, ok := in.GetMode(); ok {
		a.mode = iofs.FileMode(mode) & iofs.ModePerm
	}
	if at, ok := in.GetMTime(); ok {
		a.changed = at
	}
}

// Statfs tells how much room there is.
func (a *about) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	a.disk.mu.Lock()
	defer a.disk.mu.Unlock()
	const block = 4096
	out.Bsize, out.Frsize, out.NameLen = block, block, 255
	out.Blocks = uint64(a.disk.quota) / block
	out.Bfree = uint64(max(0, a.disk.quota-a.disk.used)) / block
	out.Bavail = out.Bfree
	out.Files, out.Ffree = 1<<20, 1<<20
	return 0
}

// file is a file.
type file struct {
	tree.Inode
	about
	image image
	name  string // that it was last given, for FailSync
	links int    // 0 once it is unlinked
}

var _ interface {
	tree.NodeOpener
	tree.NodeReader
	tree.NodeWriter
	tree.NodeFsyncer
	tree.NodeGetattrer
	tree.NodeSetattrer
	tree.NodeAllocater
	tree.NodeStatfser
} = (*file)(nil)

func (d *Disk) newFile(mode iofs.FileMode) *file {
	return &file{about: about{d, mode, time.Now()}}
}

func (f *file) kind() uint32 { return fuse.S_IFREG }

// Open lets the kernel keep the pages of the file, which a shared mapping needs.
func (f *file) Open(context.Context, uint32) (tree.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Read reads what was written.
func (f *file) Read(_ context.Context, _ tree.FileHandle, dest []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return nil, syscall.EIO
	}
	at = min(at, int64(len(f.image.written)))
	return fuse.ReadResultData(dest[:copy(dest, f.image.written[at:])]), 0
}

// Write writes wholly or not at all.
func (f *file) Write(_ context.Context, _ tree.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return 0, syscall.EIO
	}
	if errno := f.resized(max(at+int64(len(data)), int64(len(f.image.written)))); errno != 0 {
		return 0, errno
	}
	f.image.write(data, at)
	f.changed = time.Now()
	return uint32(len(data)), 0
}

// Fsync makes what was written durable, if the disk is honest today.
func (f *file) Fsync(context.Context, tree.FileHandle, uint32) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	reaches, errno := f.disk.synced(f.name)
	switch {
	case reaches:
		f.image.sync()
	case errno != 0 && !f.disk.off:
		f.image.forget()
	}
	return errno
}

// Getattr describes the file.
func (f *file) Getattr(_ context.Context, _ tree.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.describe(&out.Attr, len(f.image.written))
	return 0
}

// Setattr changes length, mode and time.
func (f *file) Setattr(_ context.Context, _ tree.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return syscall.EIO
	}
	if size, ok := in.GetSize(); ok {
		if errno := f.resized(int64(size)); errno != 0 {
			return errno
		}
		f.image.resize(int64(size))
		f.changed = time.Now()
	}
	f.settle(in)
	f.describe(&out.Attr, len(f.image.written))
	return 0
}

// Allocate is left to the C library, which writes zeros instead.
func (f *file) Allocate(context.Context, tree.FileHandle, uint64, uint64, uint32) syscall.Errno {
	return syscall.EOPNOTSUPP
}

// folder is a folder: the names in it as programs see them, those that a power cut leaves, and the way between.
type folder struct {
	tree.Inode
	about
	names   map[string]node
	kept    map[string]node
	changes []change
}

// change is what happens to names of a folder at once: after a power cut all of it has happened, or none.
type change []entry

// entry gives a name to a node, or to none.
type entry struct {
	name string
	node node
}

// apply does to the names what the change says.
func (c change) apply(names map[string]node) {
	for _, e := range c {
		delete(names, e.name)
		if e.node != nil {
			names[e.name] = e.node
		}
	}
}

var _ interface {
	tree.NodeCreater
	tree.NodeMkdirer
	tree.NodeUnlinker
	tree.NodeRmdirer
	tree.NodeRenamer
	tree.NodeFsyncer
	tree.NodeGetattrer
	tree.NodeSetattrer
	tree.NodeStatfser
} = (*folder)(nil)

func (d *Disk) newFolder(mode iofs.FileMode) *folder {
	return &folder{about: about{d, mode, time.Now()}, names: map[string]node{}, kept: map[string]node{}}
}

func (f *folder) kind() uint32 { return fuse.S_IFDIR }

// change does what c says, for programs to see at once and for the disk to keep at the next fsync.
func (f *folder) change(c change) {
	for _, e := range c {
		if old, ok := f.names[e.name].(*file); ok {
			old.unlink()
		}
		if named, ok := e.node.(*file); ok {
			named.link(e.name)
		}
		change{e}.apply(f.names)
	}
	f.changes = append(f.changes, c)
	f.changed = time.Now()
}

func (f *file) link(name string) {
	f.links++
	f.name = name
}

// unlink gives the space back with the last name; who still has the file open writes for nothing.
func (f *file) unlink() {
	f.links--
	if f.links == 0 {
		f.disk.used -= int64(len(f.image.written))
	}
}

// resized notes that the file shall be so long, or refuses.
func (f *file) resized(size int64) syscall.Errno {
	if f.links == 0 {
		return 0
	}
	return f.disk.take(size - int64(len(f.image.written)))
}

// keep makes the changes durable.
func (f *folder) keep() {
	for _, c := range f.changes {
		c.apply(f.kept)
	}
	f.changes = nil
}

// survivors are the names that a power cut leaves; if torn is not nil, after the first few changes that were not
// synced.
func (f *folder) survivors(torn *rand.Rand) map[string]node {
	left := maps.Clone(f.kept)
	if torn != nil {
		for _, c := range f.changes[:torn.IntN(len(f.changes)+1)] {
			c.apply(left)
		}
	}
	return left
}

// Create makes an empty file.
func (f *folder) Create(ctx context.Context, name string, _, mode uint32, out *fuse.EntryOut) (*tree.Inode, tree.FileHandle, uint32, syscall.Errno) {
	made := f.disk.newFile(iofs.FileMode(mode) & iofs.ModePerm)
	inode, errno := f.add(ctx, name, made)
	made.describe(&out.Attr, 0)
	return inode, nil, fuse.FOPEN_KEEP_CACHE, errno
}

// Mkdir makes an empty folder.
func (f *folder) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*tree.Inode, syscall.Errno) {
	made := f.disk.newFolder(iofs.FileMode(mode) & iofs.ModePerm)
	made.describe(&out.Attr, 0)
	return f.add(ctx, name, made)
}

// add gives the name to a new node; the caller of the kernel's request puts the inode into the tree.
func (f *folder) add(ctx context.Context, name string, n node) (*tree.Inode, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return nil, syscall.EIO
	}
	f.change(change{{name, n}})
	return f.NewPersistentInode(ctx, n, tree.StableAttr{Mode: n.kind()}), 0
}

// Unlink takes a file's name away.
func (f *folder) Unlink(_ context.Context, name string) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.off {
		return syscall.EIO
	}
	f.change(change{{name, nil}})
	return 0
}

// Rmdir takes an empty folder away.
func (f *folder) Rmdir(_ context.Context, name string) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	under, ok := f.names[name].(*folder)
	switch {
	case f.disk.off:
		return syscall.EIO
	case !ok:
		return syscall.ENOTDIR
	case len(under.names) > 0:
		return syscall.ENOTEMPTY
	}
	f.change(change{{name, nil}})
	return 0
}

// Rename gives a node another name, and takes that from what had it. Within a folder the two are one change, of which
// nobody ever sees a half; between folders each needs an fsync of its own.
func (f *folder) Rename(_ context.Context, name string, to tree.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	other, ok := to.(*folder)
	moved := f.names[name]
	switch {
	case f.disk.off:
		return syscall.EIO
	case !ok || moved == nil:
		return syscall.ENOENT
	case flags != 0:
		return syscall.EINVAL
	}
	if f == other {
		f.change(change{{newName, moved}, {name, nil}})
		return 0
	}
	other.change(change{{newName, moved}})
	f.change(change{{name, nil}})
	return 0
}

// Fsync makes the names durable, if the disk is honest today.
func (f *folder) Fsync(context.Context, tree.FileHandle, uint32) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	reaches, errno := f.disk.synced("/")
	if reaches {
		f.keep()
	}
	return errno
}

// Getattr describes the folder.
func (f *folder) Getattr(_ context.Context, _ tree.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.describe(&out.Attr, 0)
	return 0
}

// Setattr changes mode and time.
func (f *folder) Setattr(_ context.Context, _ tree.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.settle(in)
	f.describe(&out.Attr, 0)
	return 0
}

func writeOut(to string, names map[string]node, one func(path string, n node) error) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if err := one(filepath.Join(to, name), names[name]); err != nil {
			return err
		}
	}
	return nil
}
