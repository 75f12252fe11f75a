package crash

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"obrady/test/crash/disk"
)

// postgres is a PostgreSQL server that can be ended at any moment, with all its settings for safety as they come.
type postgres struct {
	binaries, place string
	port            int
	owner           *syscall.Credential // PostgreSQL refuses to run as root
}

// errNoPostgres says that this machine has no PostgreSQL.
var errNoPostgres = errors.New("no PostgreSQL on this machine: apt-get install postgresql")

// startPostgres starts a server until the end of the test.
func startPostgres(t *testing.T) *postgres {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	if err != nil || len(found) == 0 {
		disk.Need(t, errNoPostgres)
	}
	place, err := os.MkdirTemp("", "obrady-crash-postgres-") //nolint:usetesting // whoever PostgreSQL runs as may not look into t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(place) })
	p := &postgres{binaries: filepath.Dir(found[len(found)-1]), place: place}
	if err := p.initialise(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.control(context.WithoutCancel(t.Context()), "-m", "immediate", "stop") })
	return p
}

func (p *postgres) initialise(ctx context.Context) (err error) {
	if os.Getuid() == 0 {
		if p.owner, err = anybodyElse(); err != nil {
			return err
		}
		if err := os.Chown(p.place, int(p.owner.Uid), int(p.owner.Gid)); err != nil {
			return err
		}
	}
	err = p.run(ctx, "initdb", "-D", p.data(), "-U", "obrady", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	// Two servers that begin at the same time may choose the same port.
	for range 5 {
		if p.port, err = freePort(); err != nil {
			return err
		}
		settings := fmt.Sprintf("listen_addresses = '127.0.0.1'\nport = %d\nunix_socket_directories = '%s'\n"+
			"max_connections = 100\nlog_min_messages = log\n", p.port, p.place)
		if err = os.WriteFile(filepath.Join(p.data(), "postgresql.auto.conf"), []byte(settings), 0o644); err != nil {
			return err
		}
		if err = p.control(ctx, "start"); err == nil {
			return nil
		}
	}
	return err
}

func (p *postgres) data() string { return filepath.Join(p.place, "data") }

func (p *postgres) control(ctx context.Context, args ...string) error {
	return p.run(ctx, "pg_ctl", append([]string{"-D", p.data(), "-w", "-t", "60", "-l", filepath.Join(p.place, "log")}, args...)...)
}

// run runs a program of PostgreSQL. What it starts keeps its output open, so that goes into a file.
func (p *postgres) run(ctx context.Context, name string, args ...string) error {
	out, err := os.Create(filepath.Join(p.place, name+".out"))
	if err != nil {
		return err
	}
	defer out.Close()
	command := exec.CommandContext(ctx, filepath.Join(p.binaries, name), args...)
	command.Dir = p.place
	command.Env = append(os.Environ(), "HOME="+p.place)
	command.Stdout, command.Stderr = out, out
	if p.owner != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: p.owner}
	}
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return nil
}

// restart ends all processes of the server at once, without a word to anybody, and starts it again, which replays its
// log.
func (p *postgres) restart(ctx context.Context) error {
	return p.control(ctx, "-m", "immediate", "restart")
}

// address is that of a database of the server.
func (p *postgres) address(database string) string {
	return fmt.Sprintf("postgres://obrady@127.0.0.1:%d/%s?sslmode=disable", p.port, database)
}

func anybodyElse() (*syscall.Credential, error) {
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("whom to run PostgreSQL as: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func freePort() (int, error) {
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return at.Addr().(*net.TCPAddr).Port, at.Close()
}
