package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long anything may take that a person would wait for.
const patience = 30 * time.Second

// server is a process of the program.
type server struct {
	base    string
	command *exec.Cmd
	said    *said
	gone    chan struct{} // closed when it has ended
	took    time.Duration // from its start until it said it was ready
}

// said keeps what the process wrote to stderr.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// serve starts the program on the database at address and returns when it is ready.
func serve(ctx context.Context, address string) (*server, error) {
	file, err := program()
	if err != nil {
		return nil, err
	}
	s := &server{said: &said{}, gone: make(chan struct{})}
	s.command = exec.Command(file, "serve", "--database", address, "--addr", "127.0.0.1:0", "--log-format", "json", "--data", work)
	out, err := s.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start obrady: %w", err)
	}
	where := make(chan string, 1)
	go func() {
		s.listen(out, where)
		_ = s.command.Wait() // how it ended is asked for where it matters
		close(s.gone)
	}()
	select {
	case at := <-where:
		s.base = "http://" + at
	case <-s.gone:
		return nil, fmt.Errorf("obrady ended at once: %s", s.said)
	case <-time.After(patience):
		return nil, errors.Join(fmt.Errorf("obrady does not serve: %s", s.said), s.kill())
	}
	if err := await(ctx, func() bool { return s.is("/readyz", http.StatusOK) }); err != nil {
		return nil, errors.Join(fmt.Errorf("obrady is not ready: %w: %s", err, s.said), s.kill())
	}
	s.took = time.Since(began)
	return s, nil
}

// listen keeps what the process says, and sends the address at which it serves.
func (s *server) listen(from io.Reader, where chan<- string) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.said.mu.Lock()
		s.said.text.Write(append(lines.Bytes(), '\n'))
		s.said.mu.Unlock()
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			where <- line.Address
		}
	}
}

// is reports whether the path is answered with status.
func (s *server) is(path string, status int) bool {
	answer, err := http.Get(s.base + path)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode == status
}

// confess makes the process say what its goroutines are doing, which ends it, and returns what those say that are in
// our own code.
func (s *server) confess() string {
	_ = s.command.Process.Signal(syscall.SIGQUIT) // it may have ended already
	select {
	case <-s.gone:
	case <-time.After(patience):
	}
	text := s.said.String()
	const most = 30_000
	var ours strings.Builder
	for one := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(one, "goroutine ") && strings.Contains(one, "obrady/internal/") && ours.Len() < most {
			ours.WriteString(one + "\n\n")
		}
	}
	return text[max(0, len(text)-2000):] + ours.String()
}

// kill ends the process as kill -9 does.
func (s *server) kill() error {
	select {
	case <-s.gone:
		return nil
	default:
	}
	if err := s.command.Process.Kill(); err != nil {
		return err
	}
	<-s.gone
	return nil
}

// await asks until it is so.
func await(ctx context.Context, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
