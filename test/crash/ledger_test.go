package crash

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

// receipt is what somebody was told: the place that they hold, or their number on the waiting list.
type receipt struct {
	press press
	key   string // of the request
	state string // held, or waiting
	seq   int64  // of the decision
	body  string
}

// ledger is the clients' own book of what they were told. A receipt counts once it is in a file and that is synced,
// so that the book never knows less than the people.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	waiting []entry
	all     []receipt
	writing bool
}

type entry struct {
	receipt receipt
	done    chan error
}

func openLedger(path string) (*ledger, error) {
	file, err := os.Create(path)
	return &ledger{file: file}, err
}

// note returns when the receipt is in the book. Receipts that come while others are being synced share the next sync.
func (l *ledger) note(r receipt) error {
	e := entry{r, make(chan error, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, e)
	first := !l.writing
	l.writing = true
	l.mu.Unlock()
	if first {
		l.write()
	}
	return <-e.done
}

func (l *ledger) write() {
	for {
		l.mu.Lock()
		batch := l.waiting
		l.waiting = nil
		l.writing = len(batch) > 0
		l.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		err := l.sync(batch)
		l.mu.Lock()
		for _, e := range batch {
			if err == nil {
				l.all = append(l.all, e.receipt)
			}
			e.done <- err
		}
		l.mu.Unlock()
	}
}

func (l *ledger) sync(batch []entry) error {
	for _, e := range batch {
		r := e.receipt
		if _, err := fmt.Fprintf(l.file, "%s %d %d %s %d\n", r.key, r.press.person, r.press.session, r.state, r.seq); err != nil {
			return err
		}
	}
	return l.file.Sync()
}

// len is how many receipts are in the book.
func (l *ledger) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all)
}

// close ends the book and returns what is in it.
func (l *ledger) close() ([]receipt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.writing {
		return nil, errors.New("the book is closed while somebody writes")
	}
	return l.all, l.file.Close()
}
