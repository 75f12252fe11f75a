//go:build unix

package app

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps a second server away from a SQLite file. The system gives it up when the process ends, however it ends.
type lock struct{ file *os.File }

func takeLock(name string) (*lock, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator says where
	if err != nil {
		return nil, fmt.Errorf("lock the database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another obrady works on this database (%s is locked); stop it, or choose another folder with --data", name)
		}
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return &lock{f}, nil
}

// release may be called on no lock at all.
func (l *lock) release() error {
	if l == nil {
		return nil
	}
	return l.file.Close()
}
