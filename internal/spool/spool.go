// Package spool writes the log beside the work, so that nobody who waits for a seat waits for the disk of the log, and a
// log that is stuck stops nothing.
package spool

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Writer takes lines and writes them to another writer a little later, many at once. Lines beyond its bound are
// dropped and counted; where they are missing, a line says how many. Each Write must be whole lines, as slog writes
// them. It is safe for concurrent use, and must be closed for the last lines to be written.
type Writer struct {
	to    io.Writer
	room  int
	wake  chan struct{} // holds one
	done  chan struct{}
	total atomic.Uint64

	mu      sync.Mutex
	waiting []byte
	dropped uint64 // since the last line that said so
	failed  error
	closed  bool
}

const (
	defaultRoom = 4 << 20 // some 20,000 lines: the log of half a second in which everybody presses
	company     = 10 * time.Millisecond
	longestEnd  = 2 * time.Second
)

// New begins to write to to, with room for that many bytes of lines; 4 MB when room is zero.
func New(to io.Writer, room int) *Writer {
	if room == 0 {
		room = defaultRoom
	}
	w := &Writer{to: to, room: room, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go w.run()
	return w
}

// Write keeps line to be written, and never waits. It fails only once the writer is closed.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return 0, errors.New("spool: closed")
	}
	if len(w.waiting)+len(line) > w.room {
		w.dropped++
		w.total.Add(1)
		return len(line), nil
	}
	w.waiting = append(w.waiting, line...)
	select {
	case w.wake <- struct{}{}:
	default:
	}
	return len(line), nil
}

// Dropped is how many lines have been dropped so far.
func (w *Writer) Dropped() uint64 { return w.total.Load() }

// Close writes what waits and returns the last error of the log underneath. A log that does not take the last lines
// within two seconds does not get them.
func (w *Writer) Close() error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.wake)
	}
	w.mu.Unlock()
	select {
	case <-w.done:
	case <-time.After(longestEnd):
		return errors.New("spool: the log does not take its last lines")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

// run writes until the writer is closed. Before each write it lets some lines come together.
func (w *Writer) run() {
	defer close(w.done)
	var writing []byte
	for range w.wake {
		pause := time.NewTimer(company)
		select {
		case <-pause.C:
		case _, open := <-w.wake:
			if open {
				<-pause.C // more lines came; closing does not wait
			}
		}
		writing = w.write(writing)
	}
	w.write(writing)
}

// write writes what waits, using the room of what was written before, which it returns.
func (w *Writer) write(room []byte) []byte {
	w.mu.Lock()
	lines := append(w.waiting, w.gap()...)
	w.waiting = room[:0]
	w.mu.Unlock()
	if len(lines) == 0 {
		return lines
	}
	_, err := w.to.Write(lines)
	w.mu.Lock()
	w.failed = err
	w.mu.Unlock()
	if cap(lines) > 1<<20 {
		return nil // a crowd has passed; its room is not needed again soon
	}
	return lines
}

// gap is a line about those that are missing, in the format of the others.
func (w *Writer) gap() []byte {
	if w.dropped == 0 {
		return nil
	}
	n := w.dropped
	w.dropped = 0
	if len(w.waiting) > 0 && w.waiting[0] == '{' {
		return fmt.Appendf(nil, `{"level":"WARN","msg":"lines of the log were dropped","lines":%d}`+"\n", n)
	}
	return fmt.Appendf(nil, "level=WARN msg=\"lines of the log were dropped\" lines=%d\n", n)
}
