package opening

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"obrady/internal/app/bench"
)

// process is a server that runs beside the crowd, as a program of its own.
type process struct {
	addr string
	cmd  *exec.Cmd
}

// starting is how long a server may take until it answers.
const starting = time.Minute

// launch starts the program at exe as a server at a free address, which is put behind args, and waits until it
// listens. What it writes goes to stderr of this one.
func launch(ctx context.Context, exe string, in io.Reader, args ...string) (*process, error) {
	addr, err := bench.FreeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p := &process{addr: addr, cmd: exec.CommandContext(ctx, exe, append(args, "--addr", addr)...)} //nolint:gosec // ourselves
	p.cmd.Env = append(os.Environ(), "OBRADY_BASE_URL=http://"+addr)
	p.cmd.Stdin, p.cmd.Stderr = in, os.Stderr
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) }
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	if err := p.listens(ctx, time.Now().Add(starting)); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *process) listens(ctx context.Context, until time.Time) error {
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.addr)
		if err == nil {
			_ = conn.Close() // it was only to see
			return nil
		}
		if time.Now().After(until) || ctx.Err() != nil {
			return fmt.Errorf("the server does not answer: %w", err)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// ready waits until the server says that visitors may come.
func (p *process) ready(ctx context.Context) error {
	until := time.Now().Add(starting)
	for {
		err := p.isReady(ctx)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(until) {
			return fmt.Errorf("the server is not ready: %w", err)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (p *process) isReady(ctx context.Context) error {
	v, err := bench.Arrive(ctx, p.addr)
	if err != nil {
		return err
	}
	defer v.Leave()
	status, err := v.Ask(bench.Request(p.addr, "/readyz", nil))
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("it answers with %d", status)
	}
	return err
}

// stop asks the server to stop and waits until it has.
func (p *process) stop() error {
	err := p.cmd.Process.Signal(os.Interrupt)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	if wait := p.cmd.Wait(); wait != nil && !interrupted(wait) {
		err = errors.Join(err, fmt.Errorf("a server ended with: %w", wait))
	}
	return err
}

// interrupted says whether a program ended because it was asked to.
func interrupted(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == os.Interrupt
}

// tick is the unit of the processor times in /proc, USER_HZ: a hundredth of a second wherever Linux runs
// (proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// usedBy is the processor time that a process has used, all its threads together; 0 where there is no /proc.
func usedBy(pid int) time.Duration {
	s, err := readStat(pid)
	if err != nil {
		return 0
	}
	return s.used
}

// stat is what the system says of a process.
type stat struct {
	parent        int
	used, waited4 time.Duration // by itself; by children that have ended
}

func readStat(pid int) (s stat, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, err
	}
	_, after, found := strings.Cut(string(text), ") ") // the name may hold anything
	fields := strings.Fields(after)
	if !found || len(fields) < 15 {
		return s, errors.New("/proc speaks in an unknown way")
	}
	number := func(field int) time.Duration { // counted as in the manual
		n, _ := strconv.ParseInt(fields[field-3], 10, 64)
		return time.Duration(n)
	}
	s.parent = int(number(4))
	s.used, s.waited4 = (number(14)+number(15))*tick, (number(16)+number(17))*tick
	return s, nil
}

// usedByFamily is the processor time of a process and of all that it has started, those that have ended among them.
func usedByFamily(pid int) time.Duration {
	own, err := readStat(pid)
	if err != nil {
		return 0
	}
	total := own.used + own.waited4
	all, _ := filepath.Glob("/proc/[0-9]*") // fails only for a bad pattern
	for _, folder := range all {
		child, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if s, err := readStat(child); err == nil && s.parent == pid {
			total += s.used + s.waited4
		}
	}
	return total
}
