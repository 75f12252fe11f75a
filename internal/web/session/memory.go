package session

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"
)

// digest is the sum of a token, before it is written out.
type digest = [sha256.Size]byte

// remembered is what the memory knows of a session that lived when it was read.
type remembered struct {
	account, name string
	expires, seen time.Time
}

// mostRemembered bounds each half of the memory: some 12 MB when everybody of a large congress is signed in.
const mostRemembered = 32 << 10

// memory knows whose the sessions are that were used lately. It is right about every session that is ended through the
// store it belongs to, and is safe for concurrent use.
type memory struct {
	due func() // called when a session is due to be noted as seen, and none was

	mu     sync.Mutex
	recent map[digest]remembered
	before map[digest]remembered // what was recent; whatever is found here becomes recent again
	used   []string              // names of sessions to be noted as seen
	turns  uint64                // counts what was forgotten
	erased uint64                // how much of erasures this memory knows of
}

// erasures counts, for all stores of this process, how often somebody's data were erased. Erase works on the database
// alone, for a program without a store as well, so stores look here.
var erasures atomic.Uint64

func newMemory(due func()) *memory {
	return &memory{due: due, recent: map[digest]remembered{}}
}

// find returns what is known of a session that lives, and notes that it was used.
func (m *memory) find(d digest, now time.Time) (remembered, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hear()
	known, ok := m.recent[d]
	if !ok {
		if known, ok = m.before[d]; !ok {
			return remembered{}, false
		}
		delete(m.before, d)
		m.put(d, known)
	}
	if !now.Before(known.expires) || now.Sub(known.seen) >= Idle {
		return remembered{}, false // it may have been used elsewhere; the table knows
	}
	if now.Sub(known.seen) > touch {
		known.seen = now
		m.recent[d] = known
		m.use(known.name)
	}
	return known, true
}

// hear forgets everything after an erasure.
func (m *memory) hear() {
	if n := erasures.Load(); n != m.erased {
		m.erased = n
		m.recent, m.before = map[digest]remembered{}, nil
		m.turns++
	}
}

func (m *memory) put(d digest, known remembered) {
	if len(m.recent) >= mostRemembered {
		m.before, m.recent = m.recent, map[digest]remembered{}
	}
	m.recent[d] = known
}

func (m *memory) use(name string) {
	if len(m.used) == 0 {
		m.due()
	}
	m.used = append(m.used, name)
}

// moment is to be asked for before the table is read, and given to keep.
func (m *memory) moment() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hear()
	return m.turns
}

// keep remembers what was read in the table after a moment, unless something has been forgotten since: it might be the
// very session, ended between the look and now.
func (m *memory) keep(d digest, known remembered, after uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hear(); m.turns == after {
		m.put(d, known)
	}
}

// forget forgets the session called name.
func (m *memory) forget(name string) {
	var d digest
	if n, err := hex.Decode(d[:], []byte(name)); err != nil || n != len(d) {
		return // no session is called so
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turns++
	delete(m.recent, d)
	delete(m.before, d)
}

// forgetAll forgets every session of account.
func (m *memory) forgetAll(account string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turns++
	for _, half := range []map[digest]remembered{m.recent, m.before} {
		for d, known := range half {
			if known.account == account {
				delete(half, d)
			}
		}
	}
}

// takeUsed returns the names of the sessions that are due, each once, and takes them as noted.
func (m *memory) takeUsed() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	used := m.used
	m.used = nil
	return used
}

// putBack makes names due again that could not be noted.
func (m *memory) putBack(names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used = append(m.used, names...)
}
