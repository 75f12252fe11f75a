package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Fresh is what a server that has just been started shows.
type Fresh struct {
	FirstAnswer time.Duration // from the start of the process to the whole first page
	RSS, Heap   uint64        // bytes, once it has been left alone for a while
}

// idle is how long a server is left alone before its memory is read.
const idle = 5 * time.Second

// Start starts the program at exe as a server over the database, asks for one page, leaves it alone, and reads its
// memory.
func Start(ctx context.Context, exe, database, path string) (f Fresh, err error) {
	addr, err := FreeAddress(ctx)
	if err != nil {
		return f, err
	}
	server := exec.CommandContext(ctx, exe, "serve", "--addr", addr, "--database", database, "--log-level", "error") //nolint:gosec // ourselves
	server.Env = append(os.Environ(), "OBRADY_BASE_URL=http://"+addr)
	server.Stderr = os.Stderr
	began := time.Now()
	if err := server.Start(); err != nil {
		return f, fmt.Errorf("start a server: %w", err)
	}
	defer func() {
		err = errors.Join(err, server.Process.Signal(os.Interrupt), server.Wait())
	}()
	if err := firstAnswer(ctx, addr, path, began.Add(time.Minute)); err != nil {
		return f, err
	}
	f.FirstAnswer = time.Since(began)
	select {
	case <-ctx.Done():
		return f, ctx.Err()
	case <-time.After(idle):
	}
	if f.RSS, err = ResidentBytes(server.Process.Pid); err != nil {
		return f, err
	}
	f.Heap, err = heapBytes(ctx, addr)
	return f, err
}

// FreeAddress returns an address of this machine, host and port, at which nothing listens.
func FreeAddress(ctx context.Context) (string, error) {
	at, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return at.Addr().String(), at.Close()
}

func firstAnswer(ctx context.Context, addr, path string, until time.Time) error {
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
		if err == nil {
			defer func() { _ = conn.Close() }() // the answer has been read
			if _, err := conn.Write(Request(addr, path, nil)); err != nil {
				return err
			}
			status, err := skipAnswer(bufio.NewReaderSize(conn, 64<<10))
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("the first answer is %d", status)
			}
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("the server does not answer: %w", err)
		}
		<-time.After(time.Millisecond)
	}
}

// ResidentBytes reads what the system counts as the process's memory; 0 where there is no /proc.
func ResidentBytes(pid int) (uint64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the memory of the server: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, nil
}

// heapBytes asks the server itself for what its heap takes.
func heapBytes(ctx context.Context, addr string) (uint64, error) {
	figures, err := fetch(ctx, addr, "/metrics", "identity")
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(figures.body) {
		if rest, ok := bytes.CutPrefix(line, []byte("go_memstats_heap_inuse_bytes ")); ok {
			value, err := strconv.ParseFloat(string(bytes.TrimSpace(rest)), 64)
			return uint64(value), err
		}
	}
	return 0, errors.New("the server tells nothing of its heap")
}
