package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// What keeps anything from being written, whoever asks for it. Nothing was
// confirmed to anybody; what was asked for can be asked for again.
var (
	ErrNoRoom = errors.New("db: the disk is full")
	ErrDown   = errors.New("db: the database cannot be used at the moment")
	ErrBroken = errors.New("db: the disk has failed to keep what was written; look after it and start the program again")
)

// CannotWrite says whether err is one of these, so that who can do without
// writing goes on without.
func CannotWrite(err error) bool {
	return errors.Is(err, ErrNoRoom) || errors.Is(err, ErrDown) || errors.Is(err, ErrBroken)
}

// SQLite's codes (sqlite.org/rescode.html): the low bytes, and the whole ones of
// an fsync that failed, of a file and of its folder.
const (
	liteReadOnly = 8
	liteTrouble  = 10
	liteFull     = 13
	liteNoFile   = 14
	fileUnsynced = 1034
	nameUnsynced = 1290
)

// trouble says which of the errors above err is, or nil. Who stopped waiting
// tells nothing about the database.
func trouble(err error) error {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case liteFull:
			return ErrNoRoom
		case liteReadOnly, liteTrouble, liteNoFile:
			return ErrDown
		}
	case errors.As(err, &pg):
		return troubleOf(pg.Code)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case isGone(err):
		return ErrDown
	}
	return nil
}

// troubleOf reads an SQLSTATE (PostgreSQL manual, appendix A): no space on the
// disk, or for more connections or memory; a connection that was lost; a server
// that stops, has crashed or starts; a disk that fails, which stops the server.
func troubleOf(state string) error {
	const classes = 2 // the letters that name one
	switch {
	case state == "53100":
		return ErrNoRoom
	case state == "57P01", state == "57P02", state == "57P03", state == "58030", state == "25006":
		return ErrDown
	case len(state) > classes && (state[:classes] == "53" || state[:classes] == "08"):
		return ErrDown
	}
	return nil
}

// isGone says whether a connection could not be made, or has ended in the middle.
func isGone(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return pgconn.SafeToRetry(err) || errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn)
}

// fate says whether a database can still be trusted.
type fate struct {
	once   sync.Once
	sealed chan struct{} // closed when not
	why    error         // to be read once it is closed
}

func newFate() *fate { return &fate{sealed: make(chan struct{})} }

// err is why nothing may be written any more, or nil.
func (f *fate) err() error {
	select {
	case <-f.sealed:
		return f.why
	default:
		return nil
	}
}

func (f *fate) seal(why error) {
	f.once.Do(func() {
		f.why = why
		close(f.sealed)
	})
}

// condemn takes note of an fsync that has failed. From then on nobody knows what
// the disk holds: the kernel takes the pages for written, and the next fsync says
// that all is well. PostgreSQL stops itself for the same reason.
func (d *DB) condemn(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) && (lite.Code() == fileUnsynced || lite.Code() == nameUnsynced) {
		err = fmt.Errorf("%w: %w", ErrBroken, err)
		d.fate.seal(err)
	}
	return err
}

// Broken is closed once the disk has failed to keep what was written. Nothing is
// written any more then, and the program should end: only a start that reads the
// file anew knows what is there.
func (d *DB) Broken() <-chan struct{} { return d.fate.sealed }
