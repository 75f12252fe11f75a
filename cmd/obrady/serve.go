package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"obrady/internal/app"
	"obrady/internal/spool"
)

type serveCommand struct {
	Addr      string `help:"Where to listen." env:"OBRADY_ADDR" default:"127.0.0.1:8080"`
	NoMigrate bool   `help:"Refuse a database with an older schema instead of migrating it." env:"OBRADY_NO_MIGRATE"`

	storeFlags `embed:""`
	siteFlags  `embed:""`
	mailFlags  `embed:""`
}

// garbage is how much a server lets lie around before it sweeps, in percent of what it
// uses, where GOGC does not say so. A server uses some tens of megabytes, and a crowd
// that signs up leaves hundreds a second behind: with Go's 100 a tenth of the processor
// sweeps.
const garbage = 400

// Run serves until the program is told to stop.
func (c *serveCommand) Run(ctx context.Context, t terminal) (err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	lines := spool.New(t.err, 0)
	defer func() { _ = lines.Close() }() // a log that fails cannot be told of in the log
	log := c.logger(onto{lines, t.err})
	config, err := c.config(c.Addr, log)
	if err != nil {
		return err
	}
	config.Dropped, config.Scratch = lines.Dropped, filepath.Dir(c.erasures())
	warnOfFewFiles(ctx, log)
	if config.Mail, err = c.settings(); err != nil {
		return err
	}
	config.Erasures = c.erasures()
	at, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = at.Close() }() // the server has closed it, unless there was none
	store, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	house, err := app.New(ctx, store.DB, config)
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "serving", "address", at.Addr().String(), "base_url", config.BaseURL,
		"engine", string(store.Engine()), "editions", len(house.Publication.Current().Editions))
	return house.Run(ctx, at)
}

func (c *serveCommand) open(ctx context.Context, log *slog.Logger) (*app.Store, error) {
	store, err := app.OpenStore(ctx, c.address())
	if err != nil {
		return nil, err
	}
	pending, err := store.Pending(ctx)
	switch {
	case err == nil && pending && c.NoMigrate:
		err = errors.New("the database has an older schema than this program; run `obrady migrate`, or serve without --no-migrate")
	case err == nil:
		err = store.Migrate(ctx, time.Now())
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if store.Copied != "" {
		log.InfoContext(ctx, "the database was copied before its schema changed", "copy", store.Copied)
	}
	return store, nil
}

// listen takes the address before anything else is touched.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	at, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use; stop what listens there, or choose another address with --addr", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen at %s; --addr takes HOST:PORT of this machine: %w", addr, err)
	}
	return at, nil
}
