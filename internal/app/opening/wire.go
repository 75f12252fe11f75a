package opening

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"time"
)

// wire is one kept connection of somebody who presses. It shares the machine with the server that is measured, so it
// writes once, usually reads once, and leaves no garbage.
type wire struct {
	conn net.Conn
	out  []byte // the request being put together
	in   []byte // the answer being read
}

// wireBytes takes a whole answer to a press, headers and all; a longer one makes room for itself.
const wireBytes = 2 << 10

// slowest is how long an answer may take before it counts as lost.
const slowest = 60 * time.Second

// dial connects as the n-th person. The system lends each address some 28,000 ports, so a crowd comes from 64 where
// this machine answers to all of 127.0.0.0/8.
func dial(ctx context.Context, addr string, n int) (*wire, error) {
	dialer := net.Dialer{Timeout: slowest}
	if runtime.GOOS == "linux" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+n%64))} //nolint:gosec // at most 64
	}
	conn, err := dialer.DialContext(context.WithoutCancel(ctx), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &wire{conn: conn, in: make([]byte, wireBytes)}, nil
}

// greet asks for next to nothing.
func (w *wire) greet() error {
	w.out = append(w.out[:0], "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"...)
	_, _, err := w.ask()
	return err
}

func (w *wire) close() { _ = w.conn.Close() } // all that was to be read has been read

// ask sends what is in out, and returns the status and the body of the answer; the body is good until the next call.
func (w *wire) ask() (status int, body []byte, err error) {
	if _, err := w.conn.Write(w.out); err != nil {
		return 0, nil, err
	}
	var a head
	for filled := 0; a.whole == 0 || filled < a.whole; {
		if filled == len(w.in) {
			w.in = append(w.in, make([]byte, len(w.in))...)
		}
		n, err := w.conn.Read(w.in[filled:])
		if err != nil {
			return 0, nil, fmt.Errorf("read an answer: %w", err)
		}
		filled += n
		if a.whole == 0 {
			if a, err = readHead(w.in[:filled]); err != nil {
				return a.status, nil, err
			}
		}
		if a.whole > 0 && filled > a.whole {
			return a.status, nil, errors.New("more was answered than was asked for")
		}
	}
	return a.status, w.in[a.body:a.whole], nil
}

// head is what the head of an answer says: its status, where the body begins, and how long the whole is.
type head struct{ status, body, whole int }

var (
	endOfHead  = []byte("\r\n\r\n")
	lengthLine = []byte("\r\nContent-Length: ") // as net/http spells it
)

// readHead reads the head of an answer; its whole is 0 while it is not complete.
func readHead(read []byte) (a head, err error) {
	end := bytes.Index(read, endOfHead)
	if end < 0 {
		return a, nil
	}
	if end < len("HTTP/1.1 200") {
		return a, errors.New("this is no HTTP")
	}
	if a.status, err = strconv.Atoi(string(read[9:12])); err != nil {
		return a, errors.New("this is no HTTP")
	}
	at := bytes.Index(read[:end+2], lengthLine)
	if at < 0 {
		return a, fmt.Errorf("an answer of %d does not say how long it is", a.status)
	}
	length := 0
	for _, digit := range read[at+len(lengthLine) : end+2] {
		if digit < '0' || digit > '9' {
			break
		}
		length = 10*length + int(digit-'0')
	}
	a.body = end + len(endOfHead)
	a.whole = a.body + length
	return a, nil
}
