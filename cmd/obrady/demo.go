package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"obrady/internal/app"
	"obrady/internal/spool"
)

type demoCommand struct {
	Addr  string `help:"Where to listen." env:"OBRADY_ADDR" default:"127.0.0.1:8080"`
	Data  string `help:"Folder of the demo; never one with real data." env:"OBRADY_DEMO_DATA" default:"./obrady-data/demo"`
	Reset bool   `help:"Forget what was changed in the demo and fill it anew."`

	siteFlags `embed:""`
}

// marker is the file that says that the database beside it may be thrown away.
const marker = "THIS-IS-A-DEMO"

// Run fills the demo where it is empty, says where to look, and serves it.
func (c *demoCommand) Run(ctx context.Context, t terminal) (err error) {
	c.LogLevel = "warn" // a demo's terminal is for its links
	lines := spool.New(t.err, 0)
	defer func() { _ = lines.Close() }() // a log that fails cannot be told of in the log
	config, err := c.config(c.Addr, c.logger(onto{lines, t.err}))
	if err != nil {
		return err
	}
	config.Dropped, config.Scratch = lines.Dropped, c.Data
	config.Demo, config.Erasures = true, app.ErasuresBeside(c.address(), c.Data)
	at, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = at.Close() }() // the server has closed it, unless there was none
	if c.BaseURL == "" {
		config.BaseURL = "http://" + visible(at.Addr())
	}
	store, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := app.FillDemo(ctx, store.DB, time.Now); err != nil {
		return err
	}
	house, err := app.New(ctx, store.DB, config)
	if err != nil {
		return err
	}
	if err := c.greet(ctx, t, house, config.BaseURL); err != nil {
		return err
	}
	return house.Run(ctx, at)
}

// greet tells people on stderr where to look, and scripts on stdout: one role, a tab and its address a line.
func (c *demoCommand) greet(ctx context.Context, t terminal, house *app.App, base string) error {
	folder, err := filepath.Abs(c.Data)
	if err != nil {
		folder = c.Data
	}
	t.note("The demo congress is at %s/pl/ and %s/en/", base, base)
	t.note("Its data are in %s; changes stay there until --reset. Press Ctrl-C to stop.", folder)
	t.note("Sign-in links, each good for one use within %s. A browser is one person at a time: use private windows for several.", app.DemoLinkLife)
	links, err := house.DemoLinks(ctx)
	if err != nil {
		return err
	}
	for _, link := range links {
		t.say("%s\t%s", link.Role, link.URL)
	}
	return nil
}

func (c *demoCommand) open(ctx context.Context) (*app.Store, error) {
	if err := c.claim(); err != nil {
		return nil, err
	}
	store, err := app.OpenStore(ctx, c.address())
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, time.Now()); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func (c *demoCommand) address() string { return "sqlite:" + filepath.Join(c.Data, "obrady.db") }

// claim makes the folder a demo's, and empties it on request. It touches no folder with data that are no demo's.
func (c *demoCommand) claim() error {
	sign, file := filepath.Join(c.Data, marker), filepath.Join(c.Data, "obrady.db")
	_, noSign := os.Stat(sign)
	_, noFile := os.Stat(file)
	switch {
	case noFile == nil && errors.Is(noSign, fs.ErrNotExist):
		return fmt.Errorf("%s holds a database that is no demo; choose another folder with --data", c.Data)
	case c.Reset && noFile == nil:
		if err := app.RemoveStore(file); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make the folder of the demo: %w", err)
	}
	const says = "The database in this folder is a demo: obrady demo --reset deletes it.\n"
	if err := os.WriteFile(sign, []byte(says), 0o600); err != nil {
		return fmt.Errorf("mark the folder of the demo: %w", err)
	}
	return nil
}
