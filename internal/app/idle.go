package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How the house notices that nothing is going on, and that it holds memory it could do without.
const (
	idleLook   = 2 * time.Second
	idleAtMost = 256 << 10 // bytes allocated between two looks
	worthwhile = 4 << 20   // bytes allocated since memory was last given back
)

// rest gives memory back to the machine when nobody asks for anything: what was needed to read a new release, or to
// answer a crowd, is of no use afterwards. While there is traffic it does nothing.
func rest(ctx context.Context) {
	tick := time.NewTicker(idleLook)
	defer tick.Stop()
	var before, given uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := allocated()
		if now-before < idleAtMost && now-given > worthwhile {
			runtime.GC() // what pools hold goes with the second collection
			debug.FreeOSMemory()
			given = now
		}
		before = now
	}
}

// allocated is how many bytes this process has ever allocated.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
