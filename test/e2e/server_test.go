package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// work is a folder for the binary, the data of the servers and the browser's profile; TestMain removes it.
var work string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if work, err = os.MkdirTemp("", "obrady-e2e-"); err != nil {
		log.Print(err)
		return 1
	}
	code := m.Run()
	closeBrowser()
	if fault := stopServers(); fault != "" {
		log.Print(fault)
		code = max(code, 1)
	}
	if err := os.RemoveAll(work); err != nil {
		log.Printf("left behind: %v", err)
	}
	return code
}

// binary is obrady as it is delivered, built once; or the one that OBRADY_BINARY names, to try one that is installed.
var binary = sync.OnceValues(func() (string, error) {
	if built := os.Getenv("OBRADY_BINARY"); built != "" {
		return filepath.Abs(built)
	}
	file := filepath.Join(work, "obrady")
	build := exec.Command("go", "build", "-o", file, "./cmd/obrady")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build obrady: %w\n%s", err, out)
	}
	return file, nil
})

// server is a demo congress that answers.
type server struct {
	Base string // http://127.0.0.1:… without a slash
	// Links are the sign-in links by role; each is good once.
	Links map[string]string

	data    string // the folder of its data
	command *exec.Cmd
	gone    chan error    // what it ended with
	said    *bytes.Buffer // what it wrote to stderr, whole once the process has ended
}

// servers are all that were started, for TestMain to stop.
var servers struct {
	sync.Mutex
	all []*server
}

// patience is how long anything may take that a person would wait for.
const patience = 30 * time.Second

// startDemo serves a fresh demo from a folder of its own; more says where to listen and whatever else it wants.
func startDemo(name string, more ...string) (*server, error) {
	file, err := binary()
	if err != nil {
		return nil, err
	}
	s := &server{
		Links: map[string]string{}, gone: make(chan error, 1), said: &bytes.Buffer{}, data: filepath.Join(work, name),
	}
	if len(more) == 0 {
		more = []string{"--addr", "127.0.0.1:0"}
	}
	s.command = exec.Command(file, append([]string{"demo", "--data", s.data, "--reset"}, more...)...)
	s.command.Stderr = s.said
	s.command.WaitDelay = patience
	out, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("start obrady: %w", err)
	}
	servers.Lock()
	servers.all = append(servers.all, s)
	servers.Unlock()
	err = s.readLinks(out)
	go func() { s.gone <- s.command.Wait() }()
	if err != nil {
		return nil, err
	}
	return s, s.ready()
}

// readLinks reads the sign-in links, a role, a tab and an address each, up to the last of them, the operator's, and takes
// the address of the site from the organiser's; the port was chosen by the machine.
func (s *server) readLinks(out io.Reader) error {
	lines := bufio.NewScanner(out)
	for s.Links["operator"] == "" && lines.Scan() {
		role, address, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			return fmt.Errorf("obrady demo printed %q, want a role, a tab and an address", lines.Text())
		}
		s.Links[role] = address
	}
	at, err := url.Parse(s.Links["organiser"])
	if err != nil || at.Host == "" {
		_ = s.command.Process.Kill()
		return fmt.Errorf("obrady demo printed no sign-in link of the organiser (%w)", err)
	}
	s.Base = at.Scheme + "://" + at.Host
	return nil
}

// ready returns when the server says that it is.
func (s *server) ready() error {
	err := await(context.Background(), func() bool {
		answer, err := http.Get(s.Base + "/readyz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	if err != nil {
		return fmt.Errorf("obrady demo is not ready: %w", err)
	}
	return nil
}

// stopServers ends all servers in good order. No journey may have made one fail inside: that is a fault even if the
// page looked right.
func stopServers() (fault string) {
	servers.Lock()
	defer servers.Unlock()
	for _, s := range servers.all {
		select {
		case err := <-s.gone:
			fault += fmt.Sprintf("a server was gone before the tests were over (%v):\n%s", err, s.said)
			continue
		default:
		}
		_ = s.command.Process.Signal(syscall.SIGTERM)
		if err := <-s.gone; err != nil {
			fault += fmt.Sprintf("a server ended with %v\n", err)
		}
		for line := range strings.Lines(s.said.String()) {
			if strings.Contains(line, "ERROR") || strings.Contains(line, "panic") {
				fault += "a server said: " + line
			}
		}
		fault += damageIn(s.data)
	}
	return fault
}

// damageIn is what fsck finds in the data that a whole run of journeys has left; nothing, if all is well.
func damageIn(data string) string {
	file, err := binary()
	if err != nil {
		return err.Error()
	}
	if out, err := exec.Command(file, "fsck", "--data", data).CombinedOutput(); err != nil {
		return fmt.Sprintf("fsck after the run finds damage (%v):\n%s", err, out)
	}
	return ""
}

// reading is the demo that tests share which change nothing.
var reading = sync.OnceValues(func() (*server, error) { return startDemo("reading") })

// readDemo is the shared demo; whoever uses it only reads.
func readDemo(t *testing.T) *server {
	t.Helper()
	s, err := reading()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ownDemo is a demo of this test alone, to be changed.
func ownDemo(t *testing.T) *server {
	t.Helper()
	s, err := startDemo(strings.NewReplacer("/", "-", " ", "-").Replace(t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// need fails where all must run, and skips on a machine that lacks something.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("OBRADY_TEST_NO_SKIP") == "1":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}
