package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// load is a crowd that asks for one page again and again over connections that it keeps. It shares the machine with
// the server, so it does as little as it can: it writes the same bytes and counts what comes back.
type load struct {
	addr        string
	request     []byte
	status      int // that every answer must have
	connections int

	visitors []*Visitor // once they have come
}

// outcome is what a load has seen.
type outcome struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of crowd and server, for one answer
}

// run lets the crowd ask for as long as it lasts, and each of it at least once.
func (l *load) run(ctx context.Context, lasts time.Duration) (outcome, error) {
	for len(l.visitors) < l.connections {
		v, err := Arrive(ctx, l.addr)
		if err != nil {
			return outcome{}, err
		}
		l.visitors = append(l.visitors, v)
	}
	began, used := time.Now(), CPU()
	end := began.Add(lasts)
	var crowd errgroup.Group
	for _, v := range l.visitors {
		crowd.Go(func() error { return v.askUntil(ctx, l, end) })
	}
	if err := crowd.Wait(); err != nil {
		return outcome{}, fmt.Errorf("%s: %w", bytes.SplitN(l.request, []byte(" HTTP"), 2)[0], err)
	}
	elapsed := time.Since(began)
	used = CPU() - used
	var all []time.Duration
	for _, v := range l.visitors {
		all = append(all, v.took...)
	}
	slices.Sort(all)
	return outcome{
		perSecond: float64(len(all)) / elapsed.Seconds(),
		p50:       all[len(all)/2], p99: all[len(all)*99/100],
		cpu: used / time.Duration(len(all)),
	}, nil
}

// leave ends the connections.
func (l *load) leave() {
	for _, v := range l.visitors {
		v.Leave()
	}
}

// Visitor is somebody who asks for pages over one connection, with the times that the answers to a load took. It does
// as little as it can, and leaves no garbage.
type Visitor struct {
	conn    net.Conn
	answers *bufio.Reader
	took    []time.Duration
}

// Arrive connects to the server at addr.
func Arrive(ctx context.Context, addr string) (*Visitor, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &Visitor{conn: conn, answers: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// Leave ends the connection.
func (v *Visitor) Leave() { _ = v.conn.Close() } // all that was asked for has been read

// Ask sends a request, as Request writes it, reads the whole answer and returns its status.
func (v *Visitor) Ask(request []byte) (status int, err error) {
	if _, err := v.conn.Write(request); err != nil {
		return 0, err
	}
	return skipAnswer(v.answers)
}

// askUntil asks until end, at least once.
func (v *Visitor) askUntil(ctx context.Context, l *load, end time.Time) error {
	v.took = v.took[:0]
	for now := time.Now(); len(v.took) == 0 || now.Before(end); {
		status, err := v.Ask(l.request)
		if err != nil {
			return err
		}
		if status != l.status {
			return fmt.Errorf("the answer is %d, want %d", status, l.status)
		}
		then := time.Now()
		v.took = append(v.took, then.Sub(now))
		now = then
	}
	return ctx.Err()
}

var (
	contentLength = []byte("content-length:")
	chunked       = []byte("transfer-encoding: chunked")
)

// skipAnswer reads one answer of HTTP/1.1 and returns its status.
func skipAnswer(r *bufio.Reader) (status int, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return 0, errors.New("this is no HTTP")
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length, inChunks := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return status, err
		}
		if len(line) <= 2 {
			break
		}
		switch {
		case hasPrefixFold(line, contentLength):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return status, err
			}
		case hasPrefixFold(line, chunked):
			inChunks = true
		}
	}
	if inChunks {
		return status, skipChunks(r)
	}
	_, err = r.Discard(length)
	return status, err
}

func hasPrefixFold(line, prefix []byte) bool {
	return len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], prefix)
}

func skipChunks(r *bufio.Reader) error {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, r, size+2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}
