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
	lasts       time.Duration
}

// outcome is what a load has seen.
type outcome struct {
	perSecond float64
	p50, p99  time.Duration
}

func (l load) run(ctx context.Context) (outcome, error) {
	took := make([][]time.Duration, l.connections)
	began := time.Now()
	end := began.Add(l.lasts)
	var crowd errgroup.Group
	for i := range took {
		crowd.Go(func() (err error) {
			took[i], err = l.visit(ctx, end)
			return err
		})
	}
	if err := crowd.Wait(); err != nil {
		return outcome{}, fmt.Errorf("ask %s: %w", bytes.SplitN(l.request, []byte(" HTTP"), 2)[0], err)
	}
	elapsed := time.Since(began)
	all := slices.Concat(took...)
	slices.Sort(all)
	return outcome{
		perSecond: float64(len(all)) / elapsed.Seconds(),
		p50:       all[len(all)/2], p99: all[len(all)*99/100],
	}, nil
}

// visit asks over one connection until end, at least once.
func (l load) visit(ctx context.Context, end time.Time) ([]time.Duration, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReaderSize(conn, 64<<10)
	took := make([]time.Duration, 0, 1<<14)
	for now := time.Now(); len(took) == 0 || now.Before(end); {
		if _, err := conn.Write(l.request); err != nil {
			return nil, err
		}
		status, err := skipAnswer(answers)
		if err != nil {
			return nil, err
		}
		if status != l.status {
			return nil, fmt.Errorf("the answer is %d, want %d", status, l.status)
		}
		then := time.Now()
		took = append(took, then.Sub(now))
		now = then
	}
	return took, ctx.Err()
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
