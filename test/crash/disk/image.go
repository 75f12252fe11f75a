package disk

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// sector is what a disk writes at once, in bytes: after a power cut each is wholly there or wholly not.
const sector = 512

// image is the content of a file, twice: as programs see it, and as it would be found after a power cut.
type image struct {
	written []byte
	kept    []byte
	dirty   map[int64]struct{} // sectors of written that no fsync has reached
	shrunk  bool               // the file was cut shorter than kept, and no fsync has reached that
	least   int64              // the shortest that it was since; only when shrunk
}

func (i *image) write(data []byte, at int64) {
	end := at + int64(len(data))
	i.written = grown(i.written, end)
	copy(i.written[at:], data)
	i.soil(at, end)
}

// resize makes the file so long; what is new in it is zero.
func (i *image) resize(size int64) {
	old := int64(len(i.written))
	if size >= old {
		i.written = grown(i.written, size)
		i.soil(old, size)
		return
	}
	clear(i.written[size:]) // so that growing again finds zeros
	i.written = i.written[:size]
	maps.DeleteFunc(i.dirty, func(n int64, _ struct{}) bool { return n*sector >= size })
	if size < int64(len(i.kept)) {
		i.least = min(size, i.floor())
		i.shrunk = true
	}
}

// floor is the shortest that the file was since the last fsync.
func (i *image) floor() int64 {
	if i.shrunk {
		return i.least
	}
	return int64(len(i.kept))
}

func (i *image) soil(from, to int64) {
	if i.dirty == nil {
		i.dirty = map[int64]struct{}{}
	}
	for n := from / sector; n*sector < to; n++ {
		i.dirty[n] = struct{}{}
	}
}

// sync takes what was written as what is kept.
func (i *image) sync() {
	if i.shrunk {
		clear(i.kept[i.least:])
		i.kept = i.kept[:i.least]
	}
	size := int64(len(i.written))
	i.kept = grown(i.kept, size)[:size]
	for n := range i.dirty {
		copy(i.kept[n*sector:min((n+1)*sector, size)], i.written[n*sector:])
	}
	i.forget()
}

// forget takes what was written as if it were kept, as Linux does after an fsync that failed: the pages count as
// clean, and no later fsync writes them.
func (i *image) forget() {
	clear(i.dirty)
	i.shrunk = false
}

// survivor is what a power cut leaves: what is kept and, if torn is not nil, of each un-synced sector and of a
// shortening either nothing or the whole.
func (i *image) survivor(torn *rand.Rand) []byte {
	left := slices.Clone(i.kept)
	if torn == nil {
		return left
	}
	if i.shrunk && torn.IntN(2) == 0 {
		clear(left[i.least:])
		left = left[:i.least]
	}
	for _, n := range slices.Sorted(maps.Keys(i.dirty)) { // in order, so that a seed tears the same way again
		if torn.IntN(2) == 0 {
			end := min((n+1)*sector, int64(len(i.written)))
			left = grown(left, end)
			copy(left[n*sector:end], i.written[n*sector:end])
		}
	}
	return left
}

// grown returns b with at least so many bytes; the new ones are zero.
func grown(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		return b
	}
	if size <= int64(cap(b)) {
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}
