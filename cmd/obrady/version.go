package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"
)

// version is set when a release is built: -ldflags "-X main.version=1.2.3".
var version = ""

type versionCommand struct{}

// Run prints the release, the commit that it was built from, and the Go release.
func (versionCommand) Run(t terminal) error { //nolint:unparam // the parser wants an error
	release, revision, dirty := version, "unknown", ""
	info, ok := debug.ReadBuildInfo()
	if ok {
		if release == "" {
			release = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = ", changed"
			}
		}
	}
	t.say("obrady %s (%s%s) %s", release, revision, dirty, runtime.Version())
	return nil
}

type healthCommand struct {
	Addr string `help:"Where the server listens." env:"OBRADY_ADDR" default:"127.0.0.1:8080"`
}

// Run asks /readyz.
func (c *healthCommand) Run(ctx context.Context, t terminal) error {
	addr, err := net.ResolveTCPAddr("tcp", c.Addr)
	if err != nil {
		return usageError{fmt.Errorf("--addr %q is no HOST:PORT: %w", c.Addr, err)}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+visible(addr)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask whether the server is ready: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // the status says all
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: it says %s", answer.Status)
	}
	t.say("ready")
	return nil
}
